// Receipts out of a file. New ones wait for finance as any other (rules §6: recorder and approver are two people).
// Opening balances are money from before: a second person of finance agreed to the file as a whole, and it is booked at once.
import type { Ctx } from '../../ctx.js';
import { bulkInsert } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { openApprovals } from '../approvals/approval.service.js';
import { recordAudit } from '../audit.service.js';
import { newId } from '../ids.js';
import { diffDays, fromUtcDate, localDate, toUtcDate } from '../local-date.js';
import { listHolders, toActor } from '../members/member.queries.js';
import { markHomesStale } from '../notices/outbox.service.js';
import { takeNumbers } from '../numbering.service.js';
import { bookProposed, lockProposed } from '../receipts/booking.service.js';
import { DUPLICATE_WINDOW_DAYS, LIVE_STATUSES } from '../receipts/receipt.js';
import { leaveTraces } from '../traces.service.js';
import { decideReceipts, type LiveReceipt, type ReceiptFacts, type SameMoney } from './decide-receipt.js';
import { IMPORT_ACTIONS } from './import-access.js';
import type { StagedRow } from './import-row.js';
import type { DecidedRow, KindWork, Prepared } from './kind-work.service.js';
import { findCustomersOf, textsOf } from './lookups.service.js';
import { type FileRef, isOfFile, recall, remember } from './memory.service.js';
import { findOpeningDecision, type OpeningDecision } from './opening.queries.js';
import { type ImportedReceipt, refuseOwn, type SplitLine, splitter } from './split-receipts.service.js';

type ReceiptsKind = 'receipts' | 'opening';

export const receiptsImport = (kind: ReceiptsKind): KindWork => ({
  async decide(tx, ctx, job, rows) {
    const facts = await loadFacts(tx, ctx, kind, job, rows);
    const decisions = decideReceipts(rows, facts);
    return kind === 'opening' ? refuseOwn(tx, ctx, job, rows, decisions) : decisions;
  },

  async prepare(ctx, _job, rows) {
    const fresh = rows.filter((row) => row.outcome === 'new');
    const numbers = await takeNumbers(ctx, 'receipt', fresh.length);
    return new Map(fresh.map((row, index) => [row.line, { number: numbers[index] ?? '', searchText: '' }]));
  },

  apply: (tx, ctx, job, rows, prepared) => insertReceipts(tx, ctx, kind, job, rows, prepared),
});

async function loadFacts(
  tx: Tx,
  ctx: Ctx,
  kind: ReceiptsKind,
  file: FileRef,
  rows: readonly StagedRow[],
): Promise<ReceiptFacts> {
  const owners = visibleOwners(ctx.actor, IMPORT_ACTIONS[kind]);
  const contracts = await tx.contract.findMany({
    where: {
      number: { in: textsOf(rows, 'contract') },
      deletedAt: null,
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: {
      ...{ id: true, number: true, customerId: true, currency: true, status: true },
      customer: { select: { code: true, name: true, shortName: true } },
    },
  });
  const findCustomer = await findCustomersOf(tx, ctx, kind, rows);
  const named = textsOf(rows, 'customer').flatMap((ref) => findCustomer(ref).map(({ id }) => id));
  const live = await liveReceipts(tx, file, [
    ...new Set([...named, ...contracts.map((one) => one.customerId)]),
  ]);
  const unclaimed = await openUnclaimed(tx, rows);
  const bySlip = new Map(live.map((receipt) => [`${receipt.customerId} ${receipt.slip}`, receipt]));
  return {
    findCustomer,
    byNumber: new Map(contracts.map((contract) => [contract.number, contract])),
    ...(await recall(tx, kind, file, rows)),
    byReceiptNumber: await findReceipts(tx, textsOf(rows, 'receiptNumber')),
    bySlip: (customerId, slip) => bySlip.get(`${customerId} ${slip}`),
    unclaimedSlip: (slip) => unclaimed.find((money) => money.slip === slip),
    twinOf: (customerId, amount, currency, receivedOn) => {
      const isTwin = (other: SameMoney) =>
        other.amount === amount &&
        other.currency === currency &&
        Math.abs(diffDays(localDate(other.receivedOn), localDate(receivedOn))) <= DUPLICATE_WINDOW_DAYS;
      return (
        live.find((receipt) => !receipt.ofFile && receipt.customerId === customerId && isTwin(receipt)) ??
        unclaimed.find(isTwin)
      );
    },
  };
}

async function findReceipts(tx: Tx, numbers: string[]): Promise<Map<string, string>> {
  if (numbers.length === 0) return new Map();
  const found = await tx.receipt.findMany({
    where: { number: { in: numbers } },
    select: { id: true, number: true },
  });
  return new Map(found.map((receipt) => [receipt.number, receipt.id]));
}

/** Receipts of these customers that count or wait, and whether this very file made them. */
async function liveReceipts(
  tx: Tx,
  file: FileRef,
  customerIds: readonly string[],
): Promise<(LiveReceipt & { ofFile: boolean })[]> {
  const rows = await tx.$queryRaw<
    (Omit<LiveReceipt, 'receivedOn'> & { receivedOn: Date; ofFile: boolean })[]
  >`
    SELECT r.number, r.customer_id::text AS "customerId", r.amount, r.currency, r.received_on AS "receivedOn",
      r.bank_slip_no AS slip, ${isOfFile('r', 'receipts', file)} AS "ofFile"
    FROM receipt r
    WHERE r.customer_id = ANY(${[...customerIds]}::uuid[]) AND r.kind IN ('payment', 'prepayment', 'opening')
      AND r.status::text = ANY(${[...LIVE_STATUSES]}::text[])`;
  return rows.map((row) => ({ ...row, receivedOn: fromUtcDate(row.receivedOn) }));
}

/** Money that waits to be claimed and may be that of a row: by its slip, or its amount. */
async function openUnclaimed(tx: Tx, rows: readonly StagedRow[]): Promise<SameMoney[]> {
  const found = await tx.$queryRaw<(Omit<SameMoney, 'receivedOn'> & { receivedOn: Date })[]>`
    SELECT u.number, u.amount, u.currency, u.received_on AS "receivedOn", u.bank_slip_no AS slip
    FROM unclaimed_money u
    WHERE u.withdrawn_at IS NULL AND (u.bank_slip_no = ANY(${textsOf(rows, 'bankSlipNo')}::text[])
        OR u.amount = ANY(${textsOf(rows, 'amount')}::bigint[]))
      AND NOT EXISTS (SELECT 1 FROM receipt r WHERE r.unclaimed_id = u.id
        AND r.status::text = ANY(${[...LIVE_STATUSES]}::text[])) ORDER BY u.id`;
  return found.map((row) => ({ ...row, receivedOn: fromUtcDate(row.receivedOn) }));
}

async function insertReceipts(
  tx: Tx,
  ctx: Ctx,
  kind: ReceiptsKind,
  job: ImportJob,
  rows: readonly DecidedRow[],
  prepared: Prepared,
): Promise<void> {
  const fresh = rows.flatMap(({ row, decision }) => {
    const ready = prepared.get(row.line);
    if (decision.outcome !== 'new' || decision.customerId === null || !ready) return [];
    return [{ row, customerId: decision.customerId, number: ready.number }];
  });
  if (fresh.length === 0) return;
  // What is deleted or made void at the same time is waited for, and takes no proposal afterwards.
  const split = await splitter(tx, ctx, kind, fresh, { lock: true });
  const built = fresh.map(({ row, customerId, number }) => {
    const input = split.inputOf(row, customerId);
    const lines = split.propose(input);
    split.take(input, lines);
    return { id: newId(ctx.now), number, input, lines, row };
  });
  await writeReceipts(tx, ctx, kind, job, built);
  await remember(
    tx,
    ctx,
    kind,
    job,
    built.map(({ id, row }) => ({ key: row.rowKey, lines: [row.line], subjectId: id })),
  );
}

interface Built {
  readonly row: StagedRow;
  readonly id: string;
  readonly number: string;
  readonly input: ImportedReceipt;
  readonly lines: readonly SplitLine[];
}

/** @throws RangeError without the decision of a second person: nothing is booked */
async function requireAgreed(tx: Tx, job: ImportJob): Promise<OpeningDecision> {
  const agreed = await findOpeningDecision(tx, job.id);
  if (!agreed) throw new RangeError(`import ${job.id} was not approved`);
  return agreed;
}

async function writeReceipts(
  tx: Tx,
  ctx: Ctx,
  kind: ReceiptsKind,
  job: ImportJob,
  built: readonly Built[],
): Promise<void> {
  const opening = kind === 'opening';
  const agreed = opening ? await requireAgreed(tx, job) : null;
  const rows = built.map(({ id, number, input, lines }) => {
    const { receivedOn, replacesId: _replacesId, instalmentId: _instalmentId, ...fields } = input;
    const applied = lines.reduce((sum, line) => sum + line.amount, 0n);
    return {
      ...fields,
      id,
      number,
      receivedOn: toUtcDate(receivedOn),
      ...(opening && {
        kind: 'opening' as const,
        status: 'approved' as const,
        unapplied: input.amount - applied,
      }),
      importId: job.id,
      recordedById: ctx.actor.id,
      lastEditedById: ctx.actor.id,
      createdAt: ctx.now,
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    };
  });
  await bulkInsert(tx, 'receipt', rows);
  await bulkInsert(
    tx,
    'allocation',
    built.flatMap(({ id, lines }) =>
      lines.map((line) => ({ ...line, id: newId(ctx.now), receiptId: id, createdAt: ctx.now })),
    ),
  );
  const by = agreed ? await approverCtx(tx, ctx, agreed) : ctx;
  await recordAudit(
    tx,
    by,
    ...built.map(({ id, number, input, lines }) => ({
      action: agreed ? 'receipt.approved' : 'receipt.submitted',
      subjectType: 'receipt',
      subjectId: id,
      after: {
        number,
        ...input,
        lines,
        ...(agreed && { approvalId: agreed.approvalId, importedById: ctx.actor.id }),
      },
    })),
  );
  if (!agreed) return askFinance(tx, ctx, built);
  const ids = built.map((one) => one.id);
  const lines = await lockProposed(tx, ...ids);
  const receipts = await tx.receipt.findMany({ where: { id: { in: ids } } });
  await leaveTraces(tx, by, await bookProposed(tx, by, receipts, lines));
}

/** What is booked is booked by whoever agreed to it, as with any receipt. */
async function approverCtx(tx: Tx, ctx: Ctx, { approverId }: OpeningDecision): Promise<Ctx> {
  const user = await tx.user.findUniqueOrThrow({ where: { id: approverId } });
  return { ...ctx, actor: await toActor(tx, user) };
}

/** One approval each; no card each, which would bury the channel: they wait on finance's Home and in its lists. */
async function askFinance(tx: Tx, ctx: Ctx, built: readonly Built[]): Promise<void> {
  const rows = await tx.instalment.findMany({
    where: { id: { in: built.flatMap((one) => one.lines.map((line) => line.instalmentId)) } },
    select: { id: true, ownerId: true },
  });
  const owners = new Map(rows.map((row) => [row.id, row.ownerId]));
  await openApprovals(
    tx,
    ctx,
    built.map(({ id, input, lines }) => ({
      type: 'receipt' as const,
      id,
      version: 1,
      amount: { minor: input.amount, currency: input.currency },
      method: input.method,
      ownerId: null,
      involved: lines.map((line) => owners.get(line.instalmentId) ?? null),
    })),
  );
  const finance = await listHolders(tx, 'finance', 'finance_manager');
  await markHomesStale(tx, [ctx.actor.id, ...finance.map((person) => person.id)]);
}

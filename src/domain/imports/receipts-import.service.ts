// Receipts out of a file. New ones wait for finance as any other (rules §6: recorder and approver are two people).
// Opening balances are money from before: a second person of finance agreed to the file as a whole, and it is booked at once.
import type { Ctx } from '../../ctx.js';
import { bulkInsert } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { sendInTurn } from '../../db/send-in-turn.js';
import type { ImportJob } from '../../generated/prisma/client.js';
import { openApprovals } from '../approvals/approval.service.js';
import { manyOrphans } from '../approvals/ask.service.js';
import { recordAudit } from '../audit.service.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { listHolders, toActor } from '../members/member.queries.js';
import { takeNumbers } from '../numbering.service.js';
import { holdBankNumbers } from '../receipts/bank-numbers.service.js';
import { bookProposed, lockProposed } from '../receipts/booking.service.js';
import { lockOpenItemsOf } from '../receipts/open-items.queries.js';
import { asTold, rateOf } from '../receipts/receipt.js';
import { leaveTraces } from '../traces.service.js';
import { decideReceipts } from './decide-receipt.js';
import { importScope } from './import-access.js';
import { type Decision, failed, type StagedRow } from './import-row.js';
import type { DecidedRow, KindWork, Prepared } from './kind-work.service.js';
import { bankNumbersOf, loadKnownMoney } from './known-money.service.js';
import { textsOf } from './lookups.service.js';
import { remembering } from './memory.service.js';
import { findOpeningDecision, type OpeningDecision } from './opening.queries.js';
import { type ImportedReceipt, refuseOwn, type SplitLine, splitter } from './split-receipts.service.js';

type ReceiptsKind = 'receipts' | 'opening';

export const receiptsImport = (kind: ReceiptsKind): KindWork => ({
  async decide(tx, ctx, job, rows) {
    if (job.status === 'running') await holdBankNumbers(tx, bankNumbersOf(rows));
    const facts = await loadKnownMoney(tx, importScope(ctx.actor, kind, job), kind, job, rows);
    const found = decideReceipts(rows, facts);
    const decisions = job.status === 'running' ? await holdTargets(tx, rows, found) : found;
    return kind === 'opening' ? refuseOwn(tx, ctx, job, rows, decisions) : decisions;
  },

  async prepare(ctx, _job, rows) {
    const fresh = rows.filter((row) => row.outcome === 'new');
    const numbers = await takeNumbers(ctx, 'receipt', fresh.length);
    return new Map(fresh.map((row, index) => [row.line, { number: numbers[index] ?? '', searchText: '' }]));
  },

  apply: (tx, ctx, job, rows, prepared) => insertReceipts(tx, ctx, kind, job, rows, prepared),
});

/**
 * Holds the customers that money comes in for, as recording by hand does, then their contracts and rows: what was merged,
 * made void or deleted since it was looked up takes none.
 */
async function holdTargets(
  tx: Tx,
  rows: readonly StagedRow[],
  decisions: readonly Decision[],
): Promise<Decision[]> {
  const ids = decisions.flatMap((one) => (one.outcome === 'new' && one.customerId ? [one.customerId] : []));
  const held = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM customer WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE`;
  await lockOpenItemsOf(tx, ids);
  const contracts = await tx.contract.findMany({
    where: {
      number: { in: textsOf(rows, 'contract') },
      deletedAt: null,
      status: { in: ['active', 'completed'] },
    },
    select: { number: true, customerId: true },
  });
  const customers = new Set(held.map((row) => row.id));
  const payers = new Map(contracts.map((contract) => [contract.number, contract.customerId]));
  const byLine = new Map(rows.map((row) => [row.line, row]));
  return decisions.map((decision) => {
    const row = byLine.get(decision.line);
    if (!row || decision.outcome !== 'new' || decision.customerId === null) return decision;
    const { contract } = row.fields;
    const stands =
      customers.has(decision.customerId) &&
      (typeof contract !== 'string' || payers.get(contract) === decision.customerId);
    return stands ? decision : failed(row, 'changed_since', null);
  });
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
  const split = await splitter(tx, ctx, importScope(ctx.actor, kind, job), fresh);
  const built = fresh.map(({ row, customerId, number }) => {
    const input = split.inputOf(row, customerId);
    const lines = split.propose(input);
    split.take(input, lines);
    return { id: newId(ctx.now), number, input, lines, row };
  });
  await writeReceipts(tx, ctx, kind, job, built);
  const made = built.map(({ id, row }) => ({ key: row.rowKey, lines: [row.line], subjectId: id }));
  await sendInTurn(tx, [() => remembering(ctx, kind, job, made)]);
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
      rate: rateOf(input),
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
        ...asTold(input),
        lines,
        ...(agreed && { approvalId: agreed.approvalId, importedById: ctx.actor.id }),
      },
    })),
  );
  if (!agreed) return askFinance(tx, ctx, built);
  const ids = built.map((one) => one.id);
  const lines = await lockProposed(tx, ...ids);
  const receipts = await tx.receipt.findMany({ where: { id: { in: ids } } });
  const { notices = [], ...traces } = await bookProposed(tx, by, receipts, lines);
  // That old money completes a contract is no news to its owner, and of a file of thousands each would be a message.
  const told = notices.filter((one) => one.kind !== 'contract.changed');
  await leaveTraces(tx, by, { ...traces, notices: told });
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
  const customers = await tx.customer.findMany({
    where: { id: { in: built.map((one) => one.input.customerId) } },
    select: { id: true, ownerId: true },
  });
  const ownersOf = new Map(customers.map((customer) => [customer.id, customer.ownerId]));
  // Whose customer it is has the credit that a receipt leaves.
  const gainersOf = ({ input, lines }: Pick<Built, 'input' | 'lines'>) => [
    ...lines.map((line) => owners.get(line.instalmentId) ?? null),
    ...(lines.reduce((sum, line) => sum + line.amount, 0n) < input.amount
      ? [ownersOf.get(input.customerId) ?? null]
      : []),
  ];
  const { orphans } = await openApprovals(
    tx,
    ctx,
    built.map(({ id, input, lines }) => ({
      type: 'receipt' as const,
      id,
      version: 1,
      amount: { minor: input.amount, currency: input.currency },
      method: input.method,
      ownerId: null,
      involved: gainersOf({ input, lines }),
    })),
  );
  const finance = await listHolders(tx, 'finance', 'finance_manager');
  const homes = [ctx.actor.id, ...finance.map((person) => person.id)];
  await leaveTraces(tx, ctx, { notices: await manyOrphans(tx, ctx, orphans), homes });
}

// Records receipts (F46-F50, F55; rules §3, §5). What a decision does to one is receipt-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { type ApprovalRequest, openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import type { Notice } from '../notices/notice.js';
import { takeNumber } from '../numbering.service.js';
import { tellCasesOf } from '../reminders/case.service.js';
import type { Redraw } from '../reminders/digest.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { type AllocationTarget, type OpenItem, proposeAllocation, validateSplit } from './allocation.js';
import { involvedInReceipt } from './involved.service.js';
import { listOpenItems } from './open-items.queries.js';
import {
  asTold,
  BILL_METHOD,
  type ParsedReceipt,
  type ReceiptInput,
  rateOf,
  receiptInput,
  type SplitLine,
} from './receipt.js';
import {
  checkClaim,
  checkDuplicates,
  checkEntered,
  checkTarget,
  isNumberTaken,
  slipTaken,
} from './receipt-checks.service.js';
import { checkReplaced, inheritAttachments, rejectionRewrites } from './receipt-replaced.service.js';
import type { NotDuplicate } from './receipt-twins.service.js';
import { unclaimedRewrites } from './unclaimed.service.js';

export interface RecordOptions {
  files?: UploadedFile[];
  /** The split the person saw; left out, the proposal of rules §5 is taken. */
  lines?: readonly SplitLine[];
  /** The person chose the lines: they are kept where an open amount changes before the decision. */
  byHand?: boolean;
  /** The person ticked that the suspected duplicate is another payment. */
  notDuplicate?: NotDuplicate;
}

/**
 * Records a receipt and sends it to finance. Nothing is booked until it is approved: the split is proposed.
 * @throws DomainError receipt.future_date, text.required and receipt.bill_due (of a bill), receipt.duplicate_slip, receipt.duplicate_suspected, receipt.split_changed,
 *   receipt.exceeds_outstanding, receipt.split_exceeds, choice.unknown, unclaimed.claimed, unclaimed.withdrawn,
 *   not_found, access.denied, request.repeated
 */
export async function recordReceipt(
  ctx: Ctx,
  raw: ReceiptInput,
  options: RecordOptions = {},
): Promise<Receipt> {
  const input = receiptInput.parse(
    raw.method === BILL_METHOD ? raw : { ...raw, billNo: null, billDueOn: null },
  );
  checkEntered(ctx, input);
  const number = await takeNumber(ctx, 'receipt');
  const id = newId(ctx.now);
  try {
    return await transact(ctx.db, async (tx) => {
      await claimRequest(tx, ctx, 'receipt.record', {
        reference: number,
        subjectType: 'receipt',
        subjectId: id,
      });
      await checkTarget(tx, ctx, input);
      await checkClaim(tx, input);
      await checkReplaced(tx, ctx, input.replacesId);
      await checkDuplicates(tx, input, options.notDuplicate ?? false);
      const lines = await decideSplit(tx, ctx, input, options.lines);
      const { receivedOn, billDueOn, ...fields } = input;
      const receipt = await tx.receipt.create({
        data: {
          ...fields,
          id,
          number,
          splitByHand: options.byHand === true && lines.length > 0,
          receivedOn: toUtcDate(receivedOn),
          billDueOn: billDueOn && toUtcDate(billDueOn),
          rate: rateOf(input),
          recordedById: ctx.actor.id,
          lastEditedById: ctx.actor.id,
          createdAt: ctx.now,
          updatedAt: ctx.now,
          updatedById: ctx.actor.id,
        },
      });
      await proposeLines(tx, ctx, id, lines);
      await keepAttachments(tx, ctx, 'receipt', id, options.files ?? []);
      await inheritAttachments(tx, ctx, { ownerType: 'receipt', ownerId: id }, input);
      const sent = await sendToFinance(tx, ctx, receipt, lines);
      const rowIds = [...new Set(lines.map((line) => line.instalmentId))];
      const cases = await tellCasesOf(tx, ctx, rowIds, 'submitted', { byId: ctx.actor.id, receiptId: id });
      await leaveTraces(tx, ctx, {
        audit: [
          {
            action: 'receipt.submitted',
            subjectType: 'receipt',
            subjectId: id,
            after: { number, ...asTold(input), lines },
          },
        ],
        redraws: redrawsOf(ctx, id, lines),
        rewrites: [
          ...(cases.rewrites ?? []),
          ...unclaimedRewrites(receipt),
          ...(await rejectionRewrites(tx, input.replacesId, `replaced:${id}`)),
        ],
        notices: [...(cases.notices ?? []), ...sent.notices],
        homes: [ctx.actor.id, ...sent.homes],
        concerned: lines.map((line) => line.instalmentId),
      });
      return receipt;
    });
  } catch (error) {
    // Two people type the same slip at the same moment: the index decides.
    if (isNumberTaken(error)) throw await slipTaken(ctx.db, input);
    throw error;
  }
}

/** The split as the person saw it if it still fits; else the proposal; a seen split that is stale is refused. */
async function decideSplit(
  tx: Tx,
  ctx: Ctx,
  input: ParsedReceipt,
  seen: readonly SplitLine[] | undefined,
): Promise<readonly SplitLine[]> {
  const owners = visibleOwners(ctx.actor, 'receipt.record');
  const { customerId, currency, instalmentId } = input;
  const named = seen?.map((line) => line.instalmentId) ?? [];
  const open = await listOpenItems(tx, { customerId, currency, owners, target: instalmentId, named });
  const target = targetOf(input);
  if (!seen)
    return marked(proposeAllocation({ amount: input.amount, target, open, today: ctx.today }).lines, open);
  const known = seen.every((line) => open.some((item) => item.id === line.instalmentId));
  if (!known) throw new DomainError('receipt.split_changed', {});
  const checked = validateSplit({ amount: input.amount, currency: input.currency, lines: seen, open });
  if (!checked.ok) throw new DomainError(checked.code, checked.params);
  return marked(mergeLines(seen), open);
}

/** Lines on bad debt say so: what they are booked as must not depend on what happens until then. */
export const marked = (lines: readonly SplitLine[], open: readonly OpenItem[]): SplitLine[] => {
  const badDebt = new Set(open.filter((item) => item.recovery).map((item) => item.id));
  return lines.map(({ instalmentId, amount }) => ({
    instalmentId,
    amount,
    ...(badDebt.has(instalmentId) && { recovery: true }),
  }));
};

/** One line a row: what is booked later is compared with the row's open amount line by line. */
function mergeLines(lines: readonly SplitLine[]): SplitLine[] {
  const amounts = new Map<string, bigint>();
  for (const line of lines)
    amounts.set(line.instalmentId, (amounts.get(line.instalmentId) ?? 0n) + line.amount);
  return [...amounts].map(([instalmentId, amount]) => ({ instalmentId, amount }));
}

/** The narrowest thing the receipt was recorded on. */
export function targetOf(input: {
  customerId: string;
  contractId: string | null;
  instalmentId: string | null;
}): AllocationTarget {
  const { customerId, contractId, instalmentId } = input;
  if (instalmentId !== null) return { instalmentId, contractId };
  return contractId === null ? { customerId } : { contractId };
}

/**
 * Writes proposed allocations, on rows that are open, or on bad debt: one that is being paid or deleted is waited for.
 * @throws DomainError receipt.split_changed
 */
export async function proposeLines(
  tx: Tx,
  ctx: Ctx,
  receiptId: string,
  lines: readonly SplitLine[],
): Promise<void> {
  const written = await tx.$executeRaw`
    INSERT INTO allocation (id, receipt_id, instalment_id, amount, recovery, created_at)
    SELECT x.id, ${receiptId}::uuid, i.id, x.amount, x.recovery, ${ctx.now}
    FROM unnest(${lines.map(() => newId(ctx.now))}::uuid[], ${lines.map((line) => line.instalmentId)}::uuid[],
      ${lines.map((line) => line.amount)}::bigint[], ${lines.map((line) => line.recovery === true)}::boolean[])
      AS x(id, instalment_id, amount, recovery)
    JOIN instalment i ON i.id = x.instalment_id
      AND (i.lifecycle = 'open' OR (x.recovery AND i.lifecycle IN ('written_off', 'settled'))) ORDER BY i.id FOR KEY SHARE OF i`;
  if (written !== lines.length) throw new DomainError('receipt.split_changed', {});
}

/** Today's digests show which rows are in approval: redrawn once a request, also where it releases and proposes. */
export const redrawsOf = (
  ctx: Ctx,
  receiptId: string,
  lines: readonly { instalmentId: string }[],
): Redraw[] =>
  lines.map(({ instalmentId }) => ({ instalmentId, tag: `receipt:${receiptId}:${ctx.requestId}` }));

/** What a receipt's approval asks about it. `lines`: the rows that it would pay. */
async function receiptRequest(
  tx: Tx,
  receipt: Receipt,
  lines: readonly SplitLine[],
): Promise<ApprovalRequest> {
  const rows = await tx.instalment.findMany({
    where: { id: { in: lines.map((line) => line.instalmentId) } },
    select: { id: true, ownerId: true },
  });
  const shown = rows.map((row) => ({
    row,
    amount: lines.reduce((sum, line) => (line.instalmentId === row.id ? sum + line.amount : sum), 0n),
  }));
  return {
    type: 'receipt',
    id: receipt.id,
    version: receipt.version,
    amount: { minor: receipt.amount, currency: receipt.currency },
    method: receipt.method,
    ownerId: null,
    involved: await involvedInReceipt(tx, receipt, shown),
  };
}

/** Opens the approval; finance gets the card and, in its thread, the vouchers. */
async function sendToFinance(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  lines: readonly SplitLine[],
): Promise<{ notices: readonly Notice[]; homes: readonly string[] }> {
  const approval = await openApproval(tx, ctx, await receiptRequest(tx, receipt, lines));
  const about = { type: 'receipt', subjectId: receipt.id, approvalId: approval.id } as const;
  return askNotices(tx, ctx, about, approval.asked);
}

/** Releases proposals that will not be booked; they never counted. @returns the rows they were for */
export function releaseProposals(
  tx: Tx,
  ctx: Ctx,
  receiptId: string,
  reason: string,
): Promise<{ instalmentId: string }[]> {
  return tx.allocation.updateManyAndReturn({
    where: { receiptId, status: 'proposed' },
    data: {
      status: 'released',
      releasedOn: toUtcDate(ctx.today),
      releasedAt: ctx.now,
      releasedById: ctx.actor.id,
      releaseReason: reason,
    },
    select: { instalmentId: true },
  });
}

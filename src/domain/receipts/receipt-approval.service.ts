// Finance decides about receipts (F51, F52; rules §3, §6): exactly one decision, never by who recorded or gains.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRows } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { Prisma, type Receipt } from '../../generated/prisma/client.js';
import { type Actor, authorize, can } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import { decideStep, lockOpenApproval, type OpenApproval } from '../approvals/approval.service.js';
import { DomainError, isDomainError } from '../errors.js';
import { listHolders } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import type { Rewrite } from '../notices/outbox.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { proposeAllocation, redistribute } from './allocation.js';
import { bookProposed, lockProposed, type ProposedLine } from './booking.service.js';
import { listOpenItems } from './open-items.queries.js';
import type { RejectReason } from './receipt.js';
import {
  listConcerned,
  proposeLines,
  receiptCardKey,
  redrawsOf,
  releaseProposals,
  targetOf,
} from './receipt.service.js';
import { unclaimedRewrites } from './unclaimed.service.js';

/** approved: booked as the card showed; redrawn: an open amount had changed, nothing booked, the card shows a new split. */
export interface ApproveResult {
  outcome: 'approved' | 'redrawn';
  receipt: Receipt;
}

/** Whether this person may decide about this receipt (rules §6: recorder, last editor and beneficiary never). */
export function canDecideReceipt(
  actor: Actor,
  receipt: { recordedById: string; lastEditedById: string },
  beneficiaryIds: readonly string[],
): boolean {
  const involved = [receipt.recordedById, receipt.lastEditedById, ...beneficiaryIds];
  return can(actor, 'receipt.approve') && !isInvolved(actor.id, involved);
}

/**
 * Approves a receipt: its allocations become effective exactly as the card showed them.
 * @param version the approval's version on the card
 * @throws DomainError approval.decided, version.conflict, receipt.self_approval, access.denied, not_found
 */
export async function approveReceipt(ctx: Ctx, approvalId: string, version: number): Promise<ApproveResult> {
  return transact(ctx.db, async (tx) => {
    const { receipt, approval, lines } = await lockForDecision(tx, ctx, approvalId, version);
    if (lines.some((line) => line.row.lifecycle !== 'open' || line.amount > line.row.outstanding)) {
      return { outcome: 'redrawn', receipt: await redraw(tx, ctx, receipt, approval, lines) };
    }
    const decided = await decideStep(tx, ctx, approval, 'approved');
    if (!decided) {
      await leaveTraces(tx, ctx, {
        rewrites: [rewriteOf(receipt, approvalId, `step${approval.currentStep}`)],
      });
      return { outcome: 'approved', receipt };
    }
    const booked = await bookProposed(tx, ctx, [receipt], lines);
    const applied = lines.reduce((sum, line) => sum + line.amount, 0n);
    const approved = await tx.receipt.update({
      where: { id: receipt.id },
      data: {
        status: 'approved',
        unapplied: receipt.amount - applied,
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    const entry = {
      action: 'receipt.approved',
      subjectType: 'receipt',
      subjectId: receipt.id,
      after: { approvalId, applied, unapplied: receipt.amount - applied },
    };
    const told = await tellDecision(
      tx,
      approved,
      approvalId,
      lines.map((line) => ({ instalmentId: line.row.id })),
    );
    await leaveTraces(tx, ctx, joinTraces({ audit: [entry] }, booked, told));
    return { outcome: 'approved', receipt: approved };
  });
}

/**
 * Rejects a receipt with a reason; its proposals are released, the recorder may record it anew.
 * @throws as approveReceipt
 */
export async function rejectReceipt(
  ctx: Ctx,
  approvalId: string,
  version: number,
  words: { reason: RejectReason; comment?: string },
): Promise<Receipt> {
  return transact(ctx.db, async (tx) => {
    const { receipt, approval } = await lockForDecision(tx, ctx, approvalId, version);
    await decideStep(tx, ctx, approval, 'rejected', words);
    const released = await releaseProposals(tx, ctx, receipt.id, 'rejected');
    const rejected = await tx.receipt.update({
      where: { id: receipt.id },
      data: { status: 'rejected', version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'receipt.rejected',
          subjectType: 'receipt',
          subjectId: receipt.id,
          after: { approvalId, ...words },
        },
      ],
      redraws: redrawsOf(ctx, receipt.id, released),
      ...(await tellDecision(tx, rejected, approvalId, released)),
    });
    return rejected;
  });
}

/**
 * Whether the person could decide now: asked before a form for it opens.
 * @returns the receipt's id
 * @throws DomainError as approveReceipt
 */
export async function checkDecision(ctx: Ctx, approvalId: string, version: number): Promise<string> {
  return transact(ctx.db, async (tx) => (await lockForDecision(tx, ctx, approvalId, version)).receipt.id);
}

async function lockForDecision(
  tx: Tx,
  ctx: Ctx,
  approvalId: string,
  version: number,
): Promise<{ receipt: Receipt; approval: OpenApproval; lines: ProposedLine[] }> {
  const [receipt] = await lockRows(
    tx,
    'receipt',
    Prisma.sql`id = (
      SELECT subject_id FROM approval WHERE id = ${approvalId}::uuid AND subject_type = 'receipt')`,
  );
  if (!receipt) throw new DomainError('not_found', { ref: '' });
  await authorizeDecision(tx, ctx);
  const approval = await lockOpenApproval(tx, approvalId, 'receipt', version);
  const lines = await lockProposed(tx, receipt.id);
  // Owners of the instalments that the money would go to: their figures gain from it.
  const owners = lines.map((line) => line.row.ownerId);
  if (!canDecideReceipt(ctx.actor, receipt, owners)) {
    const holders = await listHolders(tx, 'finance', 'finance_manager');
    const involved = [receipt.recordedById, receipt.lastEditedById, ...owners];
    const names = holders.filter((person) => !isInvolved(person.id, involved)).map((person) => person.name);
    throw new DomainError('receipt.self_approval', { names });
  }
  return { receipt, approval, lines };
}

/** The refusal names who can. */
async function authorizeDecision(tx: Tx, ctx: Ctx): Promise<void> {
  try {
    authorize(ctx.actor, 'receipt.approve');
  } catch (error) {
    if (!isDomainError(error, 'access.denied')) throw error;
    const names = (await listHolders(tx, 'finance', 'finance_manager')).map((person) => person.name);
    throw new DomainError('access.denied', { ...error.params, names });
  }
}

/**
 * Splits anew over what is open now, or keeps what the recorder chose as far as it still fits; the approval gets a new
 * version, so that the old card's buttons ask again.
 */
async function redraw(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  approval: OpenApproval,
  asked: readonly ProposedLine[],
): Promise<Receipt> {
  const released = await releaseProposals(tx, ctx, receipt.id, 'outstanding_changed');
  const where = { customerId: receipt.customerId, currency: receipt.currency, owners: 'all' } as const;
  const open = await listOpenItems(tx, where);
  const chosen = asked.map((line) => ({ instalmentId: line.row.id, amount: line.amount }));
  const { lines } = receipt.splitByHand
    ? redistribute(chosen, open)
    : proposeAllocation({ amount: receipt.amount, target: targetOf(receipt), open, today: ctx.today });
  await proposeLines(tx, ctx, receipt.id, lines);
  const { version } = await tx.approval.update({
    where: { id: approval.id },
    data: { version: { increment: 1 }, updatedAt: ctx.now },
  });
  await leaveTraces(tx, ctx, {
    audit: [
      {
        action: 'receipt.split_recalculated',
        subjectType: 'receipt',
        subjectId: receipt.id,
        after: { lines },
      },
    ],
    rewrites: [rewriteOf(receipt, approval.id, `redrawn${version}`)],
    redraws: redrawsOf(ctx, receipt.id, [...released, ...lines]),
    notices: [lineOf(receipt, approval.id, 'redrawn', version)],
  });
  return receipt;
}

/** The card shows the decision, its thread says it, the recorder is told. */
async function tellDecision(
  tx: Tx,
  receipt: Receipt,
  approvalId: string,
  lines: readonly { instalmentId: string }[],
): Promise<Pick<Traces, 'notices' | 'rewrites' | 'homes'>> {
  const decided = notice({
    kind: 'receipt.decided',
    key: `receipt.decided:${approvalId}`,
    to: { user: receipt.recordedById },
    payload: { receiptId: receipt.id, approvalId },
  });
  return {
    rewrites: [rewriteOf(receipt, approvalId, receipt.version), ...unclaimedRewrites(receipt)],
    notices: [lineOf(receipt, approvalId, 'decided', receipt.version), decided],
    homes: [receipt.recordedById, ...(await listConcerned(tx, lines))],
  };
}

const rewriteOf = (receipt: Receipt, approvalId: string, tag: string | number): Rewrite => ({
  key: receiptCardKey(approvalId),
  kind: 'receipt.card',
  payload: { receiptId: receipt.id, approvalId },
  tag,
});

const lineOf = (receipt: Receipt, approvalId: string, event: 'decided' | 'redrawn', tag: number): Notice =>
  notice({
    kind: 'receipt.line',
    key: `receipt.line:${approvalId}:${tag}`,
    to: { channel: 'finance', otherwise: [] },
    threadOf: receiptCardKey(approvalId),
    payload: { receiptId: receipt.id, approvalId, event },
  });

// Finance decides about receipts (F51, F52; rules §3, §6): exactly one decision, never by who recorded or gains.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { type Actor, authorize, can } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import { decideStep, lockOpenApproval, type OpenApproval } from '../approvals/approval.service.js';
import { recordAudit } from '../audit.service.js';
import { DomainError, isDomainError } from '../errors.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale, rewriteMessage } from '../notices/outbox.service.js';
import { proposeAllocation } from './allocation.js';
import { bookProposed, lockProposed } from './booking.service.js';
import { listOpenItems } from './open-items.queries.js';
import type { RejectReason } from './receipt.js';
import { proposeLines, receiptCardKey, releaseProposals, targetOf } from './receipt.service.js';

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
    const { receipt, approval } = await lockForDecision(tx, ctx, approvalId, version);
    const lines = await lockProposed(tx, receipt.id);
    if (lines.some((line) => line.row.lifecycle !== 'open' || line.amount > line.row.outstanding)) {
      return { outcome: 'redrawn', receipt: await redraw(tx, ctx, receipt, approval) };
    }
    const decided = await decideStep(tx, ctx, approval, 'approved');
    if (!decided) {
      await rewriteCard(tx, ctx, receipt, approvalId, `step${approval.currentStep}`);
      return { outcome: 'approved', receipt };
    }
    const rows = await bookProposed(tx, ctx, receipt);
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
    await recordAudit(tx, ctx, {
      action: 'receipt.approved',
      subjectType: 'receipt',
      subjectId: receipt.id,
      after: { approvalId, applied, unapplied: receipt.amount - applied },
    });
    await tellDecision(
      tx,
      ctx,
      approved,
      approvalId,
      rows.map((row) => row.ownerId),
    );
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
    await releaseProposals(tx, ctx, receipt.id, 'rejected');
    const rejected = await tx.receipt.update({
      where: { id: receipt.id },
      data: { status: 'rejected', version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    await recordAudit(tx, ctx, {
      action: 'receipt.rejected',
      subjectType: 'receipt',
      subjectId: receipt.id,
      after: { approvalId, ...words },
    });
    await tellDecision(tx, ctx, rejected, approvalId, []);
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
): Promise<{ receipt: Receipt; approval: OpenApproval }> {
  const subject = await tx.approval.findUnique({ where: { id: approvalId } });
  if (subject?.subjectType !== 'receipt') throw new DomainError('not_found', { ref: '' });
  await authorizeDecision(tx, ctx);
  await tx.$queryRaw`SELECT 1 FROM receipt WHERE id = ${subject.subjectId}::uuid FOR UPDATE`;
  const receipt = await tx.receipt.findUniqueOrThrow({ where: { id: subject.subjectId } });
  const approval = await lockOpenApproval(tx, approvalId, 'receipt', version);
  const owners = await findBeneficiaries(tx, receipt);
  if (!canDecideReceipt(ctx.actor, receipt, owners)) {
    const holders = await listHolders(tx, 'finance', 'finance_manager');
    const involved = [receipt.recordedById, receipt.lastEditedById, ...owners];
    const names = holders.filter((person) => !isInvolved(person.id, involved)).map((person) => person.name);
    throw new DomainError('receipt.self_approval', { names });
  }
  return { receipt, approval };
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

/** Owners of the instalments that the money would go to: their figures gain from it. */
async function findBeneficiaries(tx: Tx, receipt: Receipt): Promise<string[]> {
  const rows = await tx.allocation.findMany({
    where: { receiptId: receipt.id, status: 'proposed' },
    select: { instalment: { select: { ownerId: true } } },
  });
  return rows.map((row) => row.instalment.ownerId);
}

/** Splits anew over what is open now; the approval gets a new version, so that the old card's buttons ask again. */
async function redraw(tx: Tx, ctx: Ctx, receipt: Receipt, approval: OpenApproval): Promise<Receipt> {
  await releaseProposals(tx, ctx, receipt.id, 'outstanding_changed');
  const where = { customerId: receipt.customerId, currency: receipt.currency, owners: 'all' } as const;
  const open = await listOpenItems(tx, where);
  const { lines } = proposeAllocation({
    amount: receipt.amount,
    target: targetOf(receipt),
    open,
    today: ctx.today,
  });
  await proposeLines(tx, ctx, receipt.id, lines);
  const { version } = await tx.approval.update({
    where: { id: approval.id },
    data: { version: { increment: 1 }, updatedAt: ctx.now },
  });
  await recordAudit(tx, ctx, {
    action: 'receipt.split_recalculated',
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { lines },
  });
  await rewriteCard(tx, ctx, receipt, approval.id, `redrawn${version}`);
  await addLine(tx, ctx, receipt, approval.id, 'redrawn', version);
  return receipt;
}

async function tellDecision(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  approvalId: string,
  ownerIds: string[],
): Promise<void> {
  await rewriteCard(tx, ctx, receipt, approvalId, receipt.version);
  await addLine(tx, ctx, receipt, approvalId, 'decided', receipt.version);
  await enqueue(
    tx,
    ctx,
    notice({
      kind: 'receipt.decided',
      key: `receipt.decided:${approvalId}`,
      to: { user: receipt.recordedById },
      payload: { receiptId: receipt.id, approvalId },
    }),
  );
  const managers = await tx.user.findMany({ where: { id: { in: ownerIds } }, select: { managerId: true } });
  const finance = await listHolders(tx, 'finance', 'finance_manager');
  await markHomesStale(tx, [
    receipt.recordedById,
    ...ownerIds,
    ...managers.map((user) => user.managerId),
    ...finance.map((person) => person.id),
  ]);
}

const rewriteCard = (tx: Tx, ctx: Ctx, receipt: Receipt, approvalId: string, tag: string | number) =>
  rewriteMessage(
    tx,
    ctx,
    { key: receiptCardKey(approvalId), kind: 'receipt.card', payload: { receiptId: receipt.id, approvalId } },
    tag,
  );

const addLine = (
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  approvalId: string,
  event: 'decided' | 'redrawn',
  tag: number,
) =>
  enqueue(
    tx,
    ctx,
    notice({
      kind: 'receipt.line',
      key: `receipt.line:${approvalId}:${tag}`,
      to: { channel: 'finance', otherwise: [] },
      threadOf: receiptCardKey(approvalId),
      payload: { receiptId: receipt.id, approvalId, event },
    }),
  );

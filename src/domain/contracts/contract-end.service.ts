// How a contract ends other than by being paid (F30; rules §3): archived by button once complete, or void with a reason.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { undoAdjustments } from '../adjustments/undo-all.service.js';
import { endApprovals } from '../approvals/end.service.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { cancelWaiting } from '../plans/cancel-waiting.service.js';
import { closeCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { withdrawOpenAmendment } from './amendment-subject.service.js';
import { lockContract, requireState } from './contract.service.js';

/**
 * Puts a completed contract away: read-only from here on; only money that is taken away opens it again.
 * @throws DomainError contract.bad_state, version.conflict, access.denied
 */
export async function archiveContract(ctx: Ctx, id: string, version: number): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, id);
    authorize(ctx.actor, 'contract.archive', before.ownerId);
    requireState(before, 'archive');
    if (before.version !== version) throw await versionConflict(tx, before);
    const contract = await tx.contract.update({
      where: { id },
      data: { status: 'archived', version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    await leaveTraces(tx, ctx, {
      audit: [{ action: 'contract.archived', subjectType: 'contract', subjectId: id }],
      homes: [contract.ownerId],
    });
    return contract;
  });
}

/**
 * Ends an active contract that brought no money: its open instalments are cancelled, their reminders and cases closed,
 * what waits for approval about it is withdrawn.
 * @throws DomainError contract.has_money, contract.receipt_waits (names them), contract.bad_state, version.conflict
 */
export async function voidContract(
  ctx: Ctx,
  input: { id: string; version: number; reason: string },
): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, input.id);
    await claimRequest(tx, ctx, 'contract.void', {
      reference: before.number,
      subjectType: 'contract',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'contract.void', before.ownerId);
    requireState(before, 'void');
    if (before.version !== input.version) throw await versionConflict(tx, before);
    await tx.$queryRaw`SELECT 1 FROM instalment WHERE contract_id = ${before.id}::uuid ORDER BY id FOR UPDATE`;
    const minor = await sumReceived(tx, before.id);
    if (minor > 0n)
      throw new DomainError('contract.has_money', { amount: { minor, currency: before.currency } });
    await requireNoneWaiting(tx, before);
    const { contract, traces } = await endAsVoid(tx, ctx, before, input.reason);
    await leaveTraces(tx, ctx, traces);
    return contract;
  });
}

/**
 * Cancels what is open of a contract that is held and has no money, with what waits about it; what is to be left.
 * `askedById`: whoever asked for it, and is told of the decision by itself.
 */
export async function endAsVoid(
  tx: Tx,
  ctx: Ctx,
  before: Contract,
  reason: string,
  askedById?: string,
): Promise<{ contract: Contract; traces: Traces }> {
  const withdrawn = await withdrawOpenAmendment(tx, ctx, before);
  const overtaken = await endOpenVoid(tx, ctx, before);
  const cancelled = await cancelPlan(tx, ctx, before);
  const contract = await tx.contract.update({
    where: { id: before.id },
    data: {
      status: 'void',
      voidedOn: toUtcDate(ctx.today),
      voidReason: reason,
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  const told = notice({
    kind: 'contract.changed',
    key: `contract.voided:${contract.id}`,
    to: { user: contract.ownerId },
    payload: { contractId: contract.id, event: 'voided', byId: ctx.actor.id },
  });
  const own: Traces = {
    audit: [
      {
        action: 'contract.voided',
        subjectType: 'contract',
        subjectId: contract.id,
        after: { reason, instalments: cancelled.count },
      },
    ],
    notices: [ctx.actor.id, askedById].includes(contract.ownerId) ? [] : [told],
    homes: [contract.ownerId, ctx.actor.id],
  };
  return { contract, traces: joinTraces(withdrawn, overtaken, cancelled.traces, own) };
}

/** The money is gone from it, and it was voided without asking: nobody has to approve that any more. */
async function endOpenVoid(tx: Tx, ctx: Ctx, contract: Contract): Promise<Traces> {
  const asked = await tx.contractVoid.updateManyAndReturn({
    where: { contractId: contract.id, status: 'open' },
    data: { status: 'withdrawn' },
  });
  if (asked.length === 0) return {};
  const ids = asked.map((one) => one.id);
  const { ended, traces } = await endApprovals(tx, ctx, ['contract_void'], ids);
  return joinTraces(traces, {
    audit: asked.map(({ amount }) => ({
      action: 'contract.void_cancelled',
      subjectType: 'contract',
      subjectId: contract.id,
      after: { amount },
    })),
    notices: ended
      .filter((one) => one.requestedById !== ctx.actor.id)
      .map(({ subjectId: voidId, approvalId, requestedById }) =>
        notice({
          kind: 'contract.void_decided',
          key: `contract.void_decided:${approvalId}`,
          to: { user: requestedById },
          payload: { voidId, approvalId },
        }),
      ),
  });
}

/** What is effective on a contract's instalments. */
export async function sumReceived(tx: Tx, contractId: string): Promise<bigint> {
  const { _sum } = await tx.allocation.aggregate({
    where: { status: 'effective', instalment: { contractId } },
    _sum: { amount: true },
  });
  return _sum.amount ?? 0n;
}

/** A receipt that waits is decided or withdrawn first. @throws DomainError contract.receipt_waits */
export async function requireNoneWaiting(tx: Tx, contract: Contract): Promise<void> {
  const waiting = await tx.receipt.findMany({
    where: {
      status: 'submitted',
      OR: [
        { contractId: contract.id },
        { allocations: { some: { status: 'proposed', instalment: { contractId: contract.id } } } },
      ],
    },
    select: { number: true },
    orderBy: { number: 'asc' },
  });
  if (waiting.length === 0) return;
  throw new DomainError('contract.receipt_waits', { numbers: waiting.map((receipt) => receipt.number) });
}

/** How many instalments were cancelled, and what that leaves. */
async function cancelPlan(tx: Tx, ctx: Ctx, contract: Contract): Promise<{ count: number; traces: Traces }> {
  const cancelled = await tx.instalment.updateManyAndReturn({
    where: { contractId: contract.id, lifecycle: { in: ['inactive', 'open'] } },
    data: {
      lifecycle: 'cancelled',
      outstanding: 0n,
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
      version: { increment: 1 },
    },
    select: { id: true },
  });
  const ids = cancelled.map((row) => row.id);
  // Also of rows that stay bad debt: undoing that would open them in a void contract.
  const all = await tx.instalment.findMany({ where: { contractId: contract.id }, select: { id: true } });
  await cancelWaiting(
    tx,
    ctx,
    all.map((row) => row.id),
    true,
  );
  const undone = await undoAdjustments(tx, ctx, ids);
  const closed = await closeCasesOf(tx, ctx, ids, 'void', { byId: ctx.actor.id });
  const revisions = ids.map((id) => ({ id, cause: 'contract_void' }));
  return { count: ids.length, traces: joinTraces({ revisions }, undone, closed) };
}

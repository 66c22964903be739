// A postponement beyond what a rep may decide (rules §3, §6): asked for, approved or rejected by the manager, taken back.
// Until it is approved the old date stands and reminders go on.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Instalment, Postponement } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import {
  decideStep,
  lockOpenApproval,
  type OpenApproval,
  openApproval,
  withdrawApproval,
} from '../approvals/approval.service.js';
import { requireNotAmended } from '../contracts/amendment.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { enqueue, rewriteMessage } from '../notices/outbox.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { decidePostponement } from './instalment.js';
import { lockInstalment, toFacts } from './instalment.service.js';
import { latestPlanDate } from './plan.js';
import { applyPostponement, type PostponementInput, postponementRefusal } from './plan-changes.service.js';
import { askApprovers, findPostponementApprovers } from './postponement-approvers.service.js';
import { postponementCardKey } from './postponement-cancel.service.js';

/**
 * Asks the manager for a later date than the actor may choose; the row stays as it is, but for the badge.
 * @returns who is asked; nobody found: the admins are told
 * @throws DomainError instalment.not_postponable, instalment.date_not_later, instalment.postponement_open,
 *   version.conflict
 */
export async function askPostponement(ctx: Ctx, input: PostponementInput): Promise<{ names: string[] }> {
  return transact(ctx.db, async (tx) => {
    const row = await lockInstalment(tx, input.id);
    await claimRequest(tx, ctx, 'instalment.postpone', {
      reference: input.to,
      subjectType: 'instalment',
      subjectId: row.id,
    });
    authorize(ctx.actor, 'instalment.postpone', row.ownerId);
    await requireNotAmended(tx, row);
    await requireNoneOpen(tx, row);
    const decision = decidePostponement(factsOf(row), input.to, ctx.today, 'manager');
    if (!decision.ok) throw await postponementRefusal(tx, row, decision);
    if (row.version !== input.version) throw await versionConflict(tx, row);
    const max = latestPlanDate(ctx.today);
    if (input.to > max) throw new DomainError('plan.date_too_far', { max }, 'to');
    const from = requireDate(row);
    const id = newId(ctx.now);
    const approvers = await findPostponementApprovers(tx, row.ownerId, [ctx.actor.id, row.ownerId]);
    const flow = { mode: 'any', approverRoles: [], approverIds: approvers.map((one) => one.id) } as const;
    const approval = await openApproval(tx, ctx, { type: 'postponement', id, version: row.version }, [flow]);
    await tx.postponement.create({
      data: {
        id,
        instalmentId: row.id,
        fromDate: toUtcDate(from),
        toDate: toUtcDate(input.to),
        remark: input.remark,
        status: 'open',
        approvalId: approval.id,
        createdAt: ctx.now,
        createdById: ctx.actor.id,
      },
    });
    await askApprovers(tx, ctx, { postponementId: id, approvalId: approval.id }, approvers);
    await note(tx, ctx, row, 'asked', { from, to: input.to, remark: input.remark });
    return { names: approvers.map((one) => one.name) };
  });
}

/** @throws DomainError instalment.postponement_open (who is waited for) */
export async function requireNoneOpen(tx: Tx, row: Instalment): Promise<void> {
  const open = await tx.postponement.findFirst({ where: { instalmentId: row.id, status: 'open' } });
  if (!open) return;
  const step = await tx.approvalStep.findFirst({
    where: { approvalId: open.approvalId ?? '', decidedAt: null },
  });
  const people = await tx.user.findMany({ where: { id: { in: step?.approverIds ?? [] } } });
  throw new DomainError('instalment.postponement_open', { who: people.map((one) => one.name).join(', ') });
}

const factsOf = (row: Instalment) => ({
  ...toFacts(row),
  postponeCount: row.postponeCount,
  isRetention: row.isRetention,
  // The limits are the rep's; here the manager decides.
  postponedDays: 0,
});

function requireDate(row: Instalment): LocalDate {
  if (!row.effectiveDue) throw new RangeError('a postponable instalment has a date');
  return fromUtcDate(row.effectiveDue);
}

interface Locked {
  readonly row: Instalment;
  readonly postponement: Postponement;
  readonly approval: OpenApproval;
}

/** Contract, row, approval: in the order of every writer. @throws DomainError not_found, approval.decided, version.conflict */
async function lock(tx: Tx, approvalId: string, version?: number): Promise<Locked> {
  const postponement = await tx.postponement.findFirst({ where: { approvalId } });
  if (!postponement) throw new DomainError('not_found', { ref: '' });
  const row = await lockInstalment(tx, postponement.instalmentId);
  const approval = await lockOpenApproval(tx, approvalId, 'postponement', version);
  return { row, postponement, approval };
}

/** Neither who asked nor the owner decides. @throws DomainError access.denied, receipt.self_approval */
async function authorizeDecision(tx: Tx, ctx: Ctx, { row, approval }: Locked): Promise<void> {
  authorize(ctx.actor, 'instalment.postpone_further', row.ownerId);
  const involved = [approval.requestedById, row.ownerId];
  if (!isInvolved(ctx.actor.id, involved)) return;
  const others = await findPostponementApprovers(tx, row.ownerId, involved);
  throw new DomainError('receipt.self_approval', { names: others.map((one) => one.name) });
}

/**
 * Approves: the row moves as if the manager had postponed it; checked again against today.
 * @throws DomainError approval.decided, version.conflict, access.denied, receipt.self_approval,
 *   instalment.not_postponable, instalment.date_not_later (the day asked for has come: reject it)
 */
export async function approvePostponement(
  ctx: Ctx,
  approvalId: string,
  version: number,
): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const locked = await lock(tx, approvalId, version);
    const { row, postponement, approval } = locked;
    await authorizeDecision(tx, ctx, locked);
    const to = fromUtcDate(postponement.toDate);
    const decision = decidePostponement(factsOf(row), to, ctx.today, 'manager');
    if (!decision.ok) throw await postponementRefusal(tx, row, decision);
    await decideStep(tx, ctx, approval, 'approved');
    await tx.postponement.update({ where: { id: postponement.id }, data: { status: 'approved' } });
    const after = await applyPostponement(tx, ctx, row, { to, remark: postponement.remark });
    await tellDecision(tx, ctx, locked, 'approved');
    return after;
  });
}

/** Rejects; the old date stands. @throws as approvePostponement, without the dates */
export async function rejectPostponement(
  ctx: Ctx,
  approvalId: string,
  version: number,
  reason: string,
): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const locked = await lock(tx, approvalId, version);
    await authorizeDecision(tx, ctx, locked);
    await decideStep(tx, ctx, locked.approval, 'rejected', { comment: reason });
    await close(tx, ctx, locked, 'rejected', reason);
    return locked.row;
  });
}

/** Whoever asked takes it back before it is decided. @throws DomainError access.denied, approval.decided */
export async function withdrawPostponement(ctx: Ctx, approvalId: string): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const locked = await lock(tx, approvalId);
    if (locked.approval.requestedById !== ctx.actor.id) {
      const { roles } = ctx.actor;
      const known = can(ctx.actor, 'record.see', locked.row.ownerId);
      if (!known) throw new DomainError('not_found', { ref: '' });
      throw new DomainError('access.denied', {
        action: 'instalment.postpone',
        needs: [],
        has: [...roles],
        names: [],
      });
    }
    await withdrawApproval(tx, ctx, locked.approval);
    await close(tx, ctx, locked, 'withdrawn', null);
    return locked.row;
  });
}

async function close(
  tx: Tx,
  ctx: Ctx,
  locked: Locked,
  status: 'rejected' | 'withdrawn',
  remark: string | null,
): Promise<void> {
  const { row, postponement } = locked;
  await tx.postponement.update({ where: { id: postponement.id }, data: { status } });
  await note(tx, ctx, row, status, {
    from: fromUtcDate(postponement.fromDate),
    to: fromUtcDate(postponement.toDate),
    remark,
  });
  await tellDecision(tx, ctx, locked, status);
}

/** History and whoever looks at the row: its date is as it was, only the badge comes or goes. */
async function note(
  tx: Tx,
  ctx: Ctx,
  row: Instalment,
  event: 'asked' | 'rejected' | 'withdrawn',
  facts: { from: LocalDate; to: LocalDate; remark: string | null },
): Promise<void> {
  await leaveTraces(tx, ctx, {
    audit: [
      {
        action: `postponement.${event}`,
        subjectType: 'instalment',
        subjectId: row.id,
        before: { effectiveDue: facts.from },
        after: { effectiveDue: facts.to, remark: facts.remark },
      },
    ],
    redraws: [{ instalmentId: row.id, tag: `postponement.${event}:${ctx.now.getTime()}` }],
    homes: [row.ownerId, ctx.actor.id],
  });
}

async function tellDecision(
  tx: Tx,
  ctx: Ctx,
  { postponement, approval }: Locked,
  status: 'approved' | 'rejected' | 'withdrawn',
): Promise<void> {
  const payload = { postponementId: postponement.id, approvalId: approval.id };
  const key = postponementCardKey(approval.id);
  await rewriteMessage(tx, ctx, { key, kind: 'postponement.card', payload }, status);
  if (status === 'withdrawn') return;
  const told = notice({
    kind: 'postponement.decided',
    key: `postponement.decided:${approval.id}`,
    to: { user: approval.requestedById },
    payload,
  });
  await enqueue(tx, ctx, told);
}

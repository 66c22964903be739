// Asks for a postponement beyond what a rep may decide (rules §3, §6). Until it is approved the old date stands and
// reminders go on; what a decision does to the row is postponement-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { requireNotAmended } from '../contracts/amendment.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { decidePostponement } from './instalment.js';
import { lockInstalment, toFacts } from './instalment.service.js';
import { latestPlanDate } from './plan.js';
import { type PostponementInput, postponementRefusal } from './plan-changes.service.js';

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
    const decision = decidePostponement(postponable(row), input.to, ctx.today, 'manager');
    if (!decision.ok) throw await postponementRefusal(tx, row, decision);
    if (row.version !== input.version) throw await versionConflict(tx, row);
    const max = latestPlanDate(ctx.today);
    if (input.to > max) throw new DomainError('plan.date_too_far', { max }, 'to');
    const from = requireDate(row);
    const id = newId(ctx.now);
    const approval = await openApproval(tx, ctx, {
      type: 'postponement',
      id,
      version: row.version,
      amount: { minor: row.outstanding, currency: row.currency },
      ownerId: row.ownerId,
      involved: [row.ownerId],
    });
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
    const about = { type: 'postponement', subjectId: id, approvalId: approval.id } as const;
    await leaveTraces(
      tx,
      ctx,
      joinTraces(
        postponementTraces(ctx, row, 'asked', { from, to: input.to, remark: input.remark }),
        await askNotices(tx, ctx, about, approval.asked),
      ),
    );
    return { names: approval.asked.map((one) => one.name) };
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

/** The facts that a postponement is decided by. */
export const postponable = (row: Instalment) => ({
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

/** History and whoever looks at the row: its date is as it was, only the badge comes or goes. */
export const postponementTraces = (
  ctx: Ctx,
  row: Instalment,
  event: 'asked' | 'rejected' | 'withdrawn',
  facts: { from: LocalDate; to: LocalDate; remark: string | null },
  more: Readonly<Record<string, unknown>> = {},
): Traces => ({
  audit: [
    {
      action: `postponement.${event}`,
      subjectType: 'instalment',
      subjectId: row.id,
      before: { effectiveDue: facts.from },
      after: { ...more, effectiveDue: facts.to, remark: facts.remark },
    },
  ],
  redraws: [{ instalmentId: row.id, tag: `postponement.${event}:${ctx.now.getTime()}` }],
  homes: [row.ownerId, ctx.actor.id],
});

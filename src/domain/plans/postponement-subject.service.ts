// A postponement as a subject of approval (rules §3, §6): approved, the row moves as if the manager had postponed it.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Instalment, Postponement } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import { fromUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { decidePostponement } from './instalment.js';
import { lockInstalment } from './instalment.service.js';
import { applyPostponement, postponementRefusal } from './plan-changes.service.js';
import { postponable, postponementTraces } from './postponement-ask.service.js';

/** Locks contract and row of a postponement. @throws DomainError not_found */
export async function holdPostponement(tx: Tx, ctx: Ctx, postponementId: string): Promise<HeldSubject> {
  const found = await tx.postponement.findUnique({ where: { id: postponementId } });
  if (!found) throw new DomainError('not_found', { ref: '' });
  const row = await lockInstalment(tx, found.instalmentId);
  return {
    ownerId: row.ownerId,
    involved: [row.ownerId],
    about: { subjectType: 'instalment', subjectId: row.id },
    homes: [row.ownerId, ctx.actor.id],
    recheck: async () => {
      await requireFit(tx, ctx, row, found);
      return null;
    },
    finish: (ending) => finish(tx, ctx, row, found, ending),
  };
}

/** @throws DomainError instalment.not_postponable, instalment.date_not_later (the day asked for has come: reject it) */
async function requireFit(tx: Tx, ctx: Ctx, row: Instalment, asked: Postponement): Promise<void> {
  const to = fromUtcDate(asked.toDate);
  const decision = decidePostponement(postponable(row), to, ctx.today, 'manager');
  if (!decision.ok) throw await postponementRefusal(tx, row, decision);
}

async function finish(
  tx: Tx,
  ctx: Ctx,
  row: Instalment,
  asked: Postponement,
  ending: Ending,
): Promise<Traces> {
  const { status, approvalId } = ending;
  await tx.postponement.update({ where: { id: asked.id }, data: { status } });
  const told = notice({
    kind: 'postponement.decided',
    key: `postponement.decided:${approvalId}`,
    to: { user: ending.requestedById },
    payload: { postponementId: asked.id, approvalId },
  });
  const from = fromUtcDate(asked.fromDate);
  const to = fromUtcDate(asked.toDate);
  if (status === 'approved') {
    await applyPostponement(tx, ctx, row, { to, remark: asked.remark, askedById: ending.requestedById });
    return { notices: [told] };
  }
  const own = postponementTraces(ctx, row, status, { from, to, remark: ending.comment }, ending.audit);
  return joinTraces(own, { notices: status === 'withdrawn' ? [] : [told] });
}

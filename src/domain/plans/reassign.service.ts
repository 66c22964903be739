// One instalment gets another owner (改派): for a case that somebody else has to bring home, or whose owner has left
// (rules §8). The contract stays whose it is; a whole book goes by hand-over.
import type { Ctx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { excludeNewOwner } from '../approvals/new-owner.service.js';
import { DomainError } from '../errors.js';
import { MAY_OWN } from '../members/member.js';
import { findSuperiorId } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { tellCasesOf } from '../reminders/case.service.js';
import { remindNewOwners } from '../reminders/new-owners.service.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { displayState } from './instalment.js';
import { changeInstalment, lockInstalment, toFacts } from './instalment.service.js';

/**
 * Gives an open instalment to somebody else of the actor's team. The new owner is told of its highest step once; what the
 * old owner had not been sent is dropped; the case asks the people above the new one, and its thread tells it.
 * @throws DomainError follow_up.not_open, member.same, member.cannot_own, access.denied, version.conflict, request.repeated
 */
export async function reassignInstalment(
  ctx: Ctx,
  input: { id: string; version: number; toId: string },
): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const before = await lockInstalment(tx, input.id);
    await claimRequest(tx, ctx, 'instalment.reassign', {
      reference: null,
      subjectType: 'instalment',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'instalment.assign', before.ownerId);
    authorize(ctx.actor, 'instalment.assign', input.toId);
    if (before.lifecycle !== 'open') {
      const state = displayState(toFacts(before), ctx.today);
      throw new DomainError('follow_up.not_open', { seq: before.seq, state });
    }
    if (before.version !== input.version) throw await versionConflict(tx, before);
    if (input.toId === before.ownerId) throw new DomainError('member.same', {}, 'to');
    const to = await tx.user.findUnique({ where: { id: input.toId } });
    if (!to) throw new DomainError('not_found', { ref: '' }, 'to');
    if (!to.active || !MAY_OWN.some((role) => to.roles.includes(role)))
      throw new DomainError('member.cannot_own', { name: to.name }, 'to');
    const after = await changeInstalment(tx, ctx, before, { ownerId: to.id }, 'reassigned');
    await excludeNewOwner(tx, ctx, 'instalment', [after.id], to.id);
    const moved = await remindNewOwners(tx, ctx, [after.id], before.ownerId);
    const { cases, newlyAsked, noLongerAsked } = moved;
    const asks = newlyAsked.length > 0 && cases.some((found) => found.ackedById === null);
    const event = asks ? 'reassigned_beyond' : 'reassigned';
    const told = [before.ownerId, to.id].filter((userId) => userId !== ctx.actor.id);
    await leaveTraces(
      tx,
      ctx,
      joinTraces(await tellCasesOf(tx, ctx, [after.id], event, { byId: ctx.actor.id }), {
        audit: [
          {
            action: 'instalment.reassigned',
            subjectType: 'instalment',
            subjectId: after.id,
            before: { ownerId: before.ownerId },
            after: { ownerId: to.id },
          },
        ],
        notices: told.map((userId) =>
          notice({
            kind: 'instalment.changed',
            key: `instalment.changed:${after.id}:${after.version}@${userId}`,
            to: { user: userId },
            payload: {
              instalmentId: after.id,
              byId: ctx.actor.id,
              event: 'reassigned',
              from: null,
              to: null,
            },
          }),
        ),
        homes: [
          before.ownerId,
          to.id,
          await findSuperiorId(tx, before.ownerId),
          await findSuperiorId(tx, to.id),
          ...newlyAsked,
          ...noLongerAsked,
        ],
      }),
    );
    return after;
  });
}

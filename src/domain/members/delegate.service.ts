// 代理审批: who decides in a person's place while they are away, and gets their morning digest too (rules §6, §14). It
// ends by itself: everybody who asks compares the last day with today.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { User } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { cardsIn, outsideFinance } from '../approvals/ask.service.js';
import { isSubjectType, subjectRow } from '../approvals/subjects.js';
import { waitsFor } from '../approvals/waiting.queries.js';
import { DomainError } from '../errors.js';
import { addDays, fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { type Notice, notice } from '../notices/notice.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { conflictOn } from '../versions.service.js';
import { delegateOf, MAX_DELEGATE_DAYS, mayStandIn } from './delegate.js';
import { toActor } from './member.queries.js';

export interface DelegateChange {
  /** Whose decisions: one's own, or by admins anybody's. */
  readonly userId: string;
  readonly version: number;
  /** Null: nobody any more. */
  readonly delegate: { readonly id: string; readonly until: LocalDate } | null;
}

/** At most so many cards are sent to a new delegate; the others stand in their lists. */
const CARDS_SENT = 30;

/**
 * Sets or ends it; the delegate is told and gets the cards that wait for the person. As it was already, nothing happens.
 * @throws DomainError access.denied, not_found, version.conflict, delegate.self, delegate.no_role, delegate.cycle,
 *   delegate.until, delegate.decides_nothing, delegate.named_self, request.repeated
 */
export async function setDelegate(ctx: Ctx, change: DelegateChange): Promise<User> {
  const { userId, delegate } = change;
  if (ctx.actor.roles.length === 0) throw new DomainError('role.missing', {});
  if (userId !== ctx.actor.id && !can(ctx.actor, 'settings.edit'))
    throw new DomainError('access.denied', {
      action: 'settings.edit',
      needs: ['admin'],
      has: [...ctx.actor.roles],
      names: [],
    });
  return transact(ctx.db, async (tx) => {
    // Two who name each other at the same moment: one after the other.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.members'))`;
    const before = await tx.user.findUnique({ where: { id: userId } });
    if (!before) throw new DomainError('not_found', { ref: '' });
    await claimRequest(tx, ctx, 'member.delegate', {
      reference: before.name,
      subjectType: 'member',
      subjectId: userId,
    });
    if (before.version !== change.version) throw conflictOn(before);
    if (delegate) await checkDelegate(tx, ctx, before, delegate);
    const was = delegateOf(before, ctx.today);
    // Saved as it was: nobody is told of what they know.
    if (was?.id === delegate?.id && was?.until === delegate?.until) return before;
    const after = await tx.user.update({
      where: { id: userId },
      data: {
        delegateId: delegate?.id ?? null,
        delegateUntil: delegate && toUtcDate(delegate.until),
        version: { increment: 1 },
        updatedAt: ctx.now,
      },
    });
    const facts = (user: User) => ({
      delegateId: user.delegateId,
      delegateUntil: user.delegateUntil && fromUtcDate(user.delegateUntil),
    });
    const told = new Set([delegate?.id, was?.id, userId]);
    told.delete(ctx.actor.id);
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'member.delegate_set',
          subjectType: 'member',
          subjectId: userId,
          before: facts(before),
          after: facts(after),
        },
      ],
      notices: [
        ...[...told].flatMap((id) =>
          id === undefined
            ? []
            : notice({
                kind: 'member.delegate',
                key: `member.delegate:${userId}:${after.version}@${id}`,
                to: { user: id },
                payload: { userId, byId: ctx.actor.id, readerId: id },
              }),
        ),
        ...(delegate ? await waitingCards(tx, ctx, after, delegate.id) : []),
      ],
      homes: [userId, delegate?.id ?? null, was?.id ?? null],
    });
    return after;
  });
}

async function checkDelegate(
  tx: Tx,
  ctx: Ctx,
  person: User,
  { id, until }: NonNullable<DelegateChange['delegate']>,
): Promise<void> {
  const max = addDays(ctx.today, MAX_DELEGATE_DAYS);
  if (until < ctx.today || until > max)
    throw new DomainError('delegate.until', { today: ctx.today, max }, 'until');
  if (id === person.id) throw new DomainError('delegate.self', {}, 'delegateId');
  let next = await tx.user.findUnique({ where: { id } });
  if (!next?.active || next.roles.length === 0)
    throw new DomainError('delegate.no_role', { name: next?.name ?? '' }, 'delegateId');
  const { name } = next;
  if (!mayStandIn(next.roles)) throw new DomainError('delegate.decides_nothing', { name }, 'delegateId');
  // Else an admin would take the decisions about money, one by one, without a role for them.
  if (id === ctx.actor.id) throw new DomainError('delegate.named_self', { name: person.name }, 'delegateId');
  // Whoever is away cannot stand in, and a ring of stand-ins would leave nobody.
  const seen = new Set<string>();
  while (next) {
    const following = delegateOf(next, ctx.today);
    if (!following || seen.has(following.id)) return;
    if (following.id === person.id) throw new DomainError('delegate.cycle', { name }, 'delegateId');
    seen.add(following.id);
    next = await tx.user.findUnique({ where: { id: following.id } });
  }
}

/** The cards that wait for the person: of what stands in finance's channel a delegate who looks into it has one already. */
async function waitingCards(tx: Tx, ctx: Ctx, person: User, delegateId: string): Promise<Notice[]> {
  const actor = await toActor(tx, person);
  const isOutside = (await outsideFinance(tx, [delegateId])).length > 0;
  const rows = await tx.$queryRaw<{ id: string; type: string; subjectId: string }[]>`
    SELECT a.id::text, a.subject_type AS type, a.subject_id::text AS "subjectId"
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE ${waitsFor({ actor, today: ctx.today })} AND NOT ${delegateId}::uuid = ANY(a.involved_ids)
    ORDER BY a.asked_at, a.id LIMIT ${CARDS_SENT}`;
  const cards: Notice[] = [];
  for (const { id: approvalId, type, subjectId } of rows) {
    if (!isSubjectType(type)) continue;
    const isInChannel = subjectRow(type).place === 'finance' && ctx.company.financeChannelId !== null;
    if (isInChannel && !isOutside) continue;
    cards.push(...(await cardsIn(tx, { type, subjectId, approvalId }, [{ user: delegateId }])));
  }
  return cards;
}

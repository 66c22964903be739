// A person's own hour of reminders and quiet hours: chosen by themselves, for their own messages (rules §7).
import type { Ctx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import { isQuiet, type PersonalTimes, TIME, zoneOf } from '../reminders/send-times.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { changedOnly, conflictOn } from '../versions.service.js';

/** What the person chose, and the row as it was shown. */
export type OwnTimes = Omit<PersonalTimes, 'timezone'>;
export type ShownTimes = PersonalTimes & { readonly version: number };

/** The actor's own times. */
export async function findOwnTimes(ctx: Ctx): Promise<ShownTimes> {
  const { timezone, remindAt, quietFrom, quietTo, version } = await ctx.db.user.findUniqueOrThrow({
    where: { id: ctx.actor.id },
  });
  return { timezone, remindAt, quietFrom, quietTo, version };
}

/**
 * Sets the actor's own times; the next digest keeps to them.
 * @throws DomainError times.pair, times.same, times.quiet_at, times.early, version.conflict, request.repeated
 */
export async function setOwnTimes(ctx: Ctx, version: number, times: OwnTimes): Promise<void> {
  authorize(ctx.actor, 'record.see');
  check(ctx, times);
  await transact(ctx.db, async (tx) => {
    const before = await tx.user.findUniqueOrThrow({ where: { id: ctx.actor.id } });
    await claimRequest(tx, ctx, 'member.times', {
      reference: before.name,
      subjectType: 'member',
      subjectId: before.id,
    });
    const after = changedOnly({ ...times }, before);
    if (Object.keys(after).length === 0) return;
    const saved = await tx.user.updateMany({
      where: { id: before.id, version },
      data: { ...times, version: { increment: 1 }, updatedAt: ctx.now },
    });
    if (saved.count === 0) throw conflictOn(before);
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'member.times_changed',
          subjectType: 'member',
          subjectId: before.id,
          before: changedOnly(before, { ...times }),
          after,
        },
      ],
    });
  });
}

function check({ company, actor }: Ctx, { remindAt, quietFrom, quietTo }: OwnTimes): void {
  for (const [field, time] of Object.entries({ remindAt, quietFrom, quietTo })) {
    if (time !== null && !TIME.test(time)) throw new DomainError('choice.unknown', { value: time }, field);
  }
  if ((quietFrom === null) !== (quietTo === null))
    throw new DomainError('times.pair', {}, quietFrom === null ? 'quietFrom' : 'quietTo');
  if (quietFrom !== null && quietFrom === quietTo) throw new DomainError('times.same', {}, 'quietTo');
  const hour = remindAt ?? company.remindAt;
  if (isQuiet(hour, { quietFrom, quietTo }))
    throw new DomainError('times.quiet_at', { time: hour }, 'quietFrom');
  // Nothing is planned before the company's morning begins.
  if (remindAt !== null && remindAt < company.remindAt && zoneOf(actor, company) === company.timezone)
    throw new DomainError('times.early', { time: company.remindAt }, 'remindAt');
}

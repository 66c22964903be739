// The Monday message to the managers' channel (F91): asked for once a week, written when it is sent.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { addDays, instantOf, mondayOf } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { enqueue, personalKey } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';

/**
 * On the first workday of a week from the company's morning on; without a channel it goes to the directors. Its key makes
 * it one a week: whoever becomes a director later in it is told the next. Returns whether this call asked for it.
 */
export async function tellMonday(ctx: SystemCtx): Promise<{ told: number }> {
  const { today, now, db, company } = ctx;
  const { timezone, remindAt, remindUntil, calendar } = company;
  if (!isSendWindow(now, timezone, remindAt, remindUntil, calendar)) return { told: 0 };
  const monday = mondayOf(today);
  const begun = { lt: instantOf(addDays(monday, 1), '00:00', timezone) };
  const [open, directors] = await Promise.all([
    db.instalment.findFirst({
      where: { lifecycle: 'open', outstanding: { gt: 0n }, createdAt: begun },
      select: { id: true },
    }),
    db.user.findMany({ where: { active: true, roles: { has: 'sales_director' } }, select: { id: true } }),
  ]);
  // A company that began within the week has nothing to look back on.
  if (!open || (company.escalationChannelId === null && directors.length === 0)) return { told: 0 };
  const key = `report.monday:${monday}`;
  const people = directors.map(({ id }) => id);
  const keys = [key, ...people.map((id) => personalKey(key, id))];
  if (await db.outbox.findFirst({ where: { dedupeKey: { in: keys } }, select: { id: true } }))
    return { told: 0 };
  const told = {
    kind: 'report.monday',
    key,
    to: { channel: 'escalation', otherwise: people },
    // Of the week before, whichever day of this one it is told on.
    payload: { date: monday },
  } as const;
  await transact(db, (tx) => enqueue(tx, ctx, notice(told)));
  return { told: 1 };
}

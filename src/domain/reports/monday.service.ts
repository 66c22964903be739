// The Monday message to the managers' channel (F91): asked for once a week, written when it is sent.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { addDays, instantOf, mondayOf } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';

/**
 * On the first workday of a week from the company's morning on; without a channel it goes to the directors. Its key makes
 * it one a week.
 */
export async function tellMonday(ctx: SystemCtx): Promise<{ told: number }> {
  const { today, now, db } = ctx;
  const { timezone, remindAt, remindUntil, calendar } = ctx.company;
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
  if (!open) return { told: 0 };
  const to = { channel: 'escalation', otherwise: directors.map(({ id }) => id) } as const;
  const told = {
    kind: 'report.monday',
    key: `report.monday:${monday}`,
    to,
    // Of the week before, whichever day of this one it is told on.
    payload: { date: monday },
  } as const;
  await transact(db, (tx) => enqueue(tx, ctx, notice(told)));
  return { told: 1 };
}

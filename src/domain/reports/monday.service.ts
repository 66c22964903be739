// The Monday message to the managers' channel (F91): asked for once a week, written when it is sent.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { localTimeIn, weekday } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';

/** On Monday from the company's morning on; without a channel it goes to the directors. Its key makes it one a week. */
export async function tellMonday(ctx: SystemCtx): Promise<{ told: number }> {
  const { company, today, now, db } = ctx;
  if (weekday(today) !== 1 || localTimeIn(now, company.timezone) < company.remindAt) return { told: 0 };
  const [open, directors] = await Promise.all([
    db.instalment.findFirst({ where: { lifecycle: 'open', outstanding: { gt: 0n } }, select: { id: true } }),
    db.user.findMany({ where: { active: true, roles: { has: 'sales_director' } }, select: { id: true } }),
  ]);
  // A company that has not begun has nothing to look back on.
  if (!open) return { told: 0 };
  const to = { channel: 'escalation', otherwise: directors.map(({ id }) => id) } as const;
  const told = {
    kind: 'report.monday',
    key: `report.monday:${today}`,
    to,
    payload: { date: today },
  } as const;
  await transact(db, (tx) => enqueue(tx, ctx, notice(told)));
  return { told: 1 };
}

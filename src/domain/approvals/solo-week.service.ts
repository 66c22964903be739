// Once a week the directors get the decisions that the only finance user made about their own receipts (rules §6).
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { addDays, instantOf, mondayOf } from '../local-date.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';

const WEEK = 7;

/**
 * Tells of the week before, on the first workday of this one, each director once; nobody is a director: the admins.
 * @returns how many people
 */
export async function tellSoloWeek(ctx: SystemCtx): Promise<number> {
  const { timezone, remindAt, remindUntil, calendar } = ctx.company;
  if (!isSendWindow(ctx.now, timezone, remindAt, remindUntil, calendar)) return 0;
  const to = mondayOf(ctx.today);
  const from = addDays(to, -WEEK);
  const decided = {
    gte: instantOf(from, '00:00', timezone),
    lt: instantOf(to, '00:00', timezone),
  };
  if ((await ctx.db.approvalStep.count({ where: { solo: true, decidedAt: decided } })) === 0) return 0;
  return transact(ctx.db, async (tx) => {
    const directors = await listHolders(tx, 'sales_director');
    const people = directors.length > 0 ? directors : await listHolders(tx, 'admin');
    const keys = people.map((one) => `approval.solo_week:${to}@${one.id}`);
    const known = await tx.outbox.findMany({
      where: { dedupeKey: { in: keys } },
      select: { dedupeKey: true },
    });
    const told = new Set(known.map((row) => row.dedupeKey));
    const fresh = people.filter((_one, index) => !told.has(keys[index] ?? ''));
    await enqueue(
      tx,
      ctx,
      ...fresh.map((one) =>
        notice({
          kind: 'approval.solo_week',
          key: `approval.solo_week:${to}@${one.id}`,
          to: { user: one.id },
          payload: { from, to },
        }),
      ),
    );
    return fresh.length;
  });
}

// Reminds of acceptance bills (承兑汇票) a week before they fall due and on that day: whoever recorded one, and finance. From
// facts like all reminders: run it every minute or after days of silence, each bill and step is told once.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { nextWorkday } from '../calendar.js';
import { addDays } from '../local-date.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';

/** Days ahead of the day at which a bill is told of. */
const STEPS = [7, 0];
/** Days after it in which a bill that was missed is still told of: whether it was paid can be found out. */
const MISSED_DAYS = 14;
/** Rows a transaction: on the embedded engine everybody else waits for it. */
const BATCH_ROWS = 500;

/**
 * Tells what is due to be told now, on workdays and in the sending hours; one message a person. A step that falls on days
 * off is told on the workday before (rules §7); only the nearest step that is due is told.
 * @returns how many bills were told of
 */
export async function remindBills(ctx: SystemCtx): Promise<{ told: number }> {
  const { timezone, remindAt, remindUntil, calendar } = ctx.company;
  if (!isSendWindow(ctx.now, timezone, remindAt, remindUntil, calendar)) return { told: 0 };
  let told = 0;
  for (;;) {
    const batch = await tellBatch(ctx);
    told += batch;
    if (batch < BATCH_ROWS) return { told };
  }
}

async function tellBatch(ctx: SystemCtx): Promise<number> {
  const horizon = addDays(nextWorkday(ctx.company.calendar, addDays(ctx.today, 1)), -1);
  return transact(ctx.db, async (tx) => {
    const bills = await tx.$queryRaw<{ id: string; days: number; recorderId: string | null }[]>`
      WITH due AS (
        SELECT r.id, step.days FROM receipt r CROSS JOIN LATERAL (
          SELECT MIN(d) AS days FROM unnest(${STEPS}::int[]) AS d WHERE r.bill_due_on - d <= ${horizon}::date) step
        WHERE r.bill_due_on BETWEEN ${addDays(ctx.today, -MISSED_DAYS)}::date AND ${horizon}::date + ${Math.max(...STEPS)}::int
          AND r.status IN ('approved', 'partly_reversed') AND r.reverses_id IS NULL AND step.days IS NOT NULL
          AND (r.bill_told_days IS NULL OR r.bill_told_days > step.days)
        ORDER BY r.bill_due_on, r.id LIMIT ${BATCH_ROWS} FOR UPDATE OF r SKIP LOCKED),
      told AS (
        UPDATE receipt r SET bill_told_days = due.days FROM due WHERE r.id = due.id
        RETURNING r.id, r.recorded_by, r.bill_due_on, due.days)
      SELECT t.id::text, t.days, CASE WHEN u.active THEN u.id END::text AS "recorderId"
      FROM told t JOIN app_user u ON u.id = t.recorded_by ORDER BY t.bill_due_on, t.id`;
    const [first] = bills;
    if (!first) return 0;
    const finance = (await listHolders(tx, 'finance', 'finance_manager')).map((person) => person.id);
    const people = [...new Set([...finance, ...bills.flatMap((bill) => bill.recorderId ?? [])])];
    const notices = people.flatMap((userId) => {
      const mine = bills.filter((bill) => finance.includes(userId) || bill.recorderId === userId);
      const [oldest] = mine;
      if (!oldest) return [];
      return notice({
        kind: 'bill.due',
        key: `bill.due:${oldest.id}:${oldest.days}@${userId}`,
        to: { user: userId },
        payload: { userId, receiptIds: mine.map((bill) => bill.id) },
      });
    });
    await enqueue(tx, ctx, ...notices);
    return bills.length;
  });
}

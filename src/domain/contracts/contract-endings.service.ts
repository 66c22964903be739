// Reminds owners of contracts that end soon (F29): 30 and 7 days ahead unless the company says otherwise. Computed from
// facts like all reminders: run it every minute or after days of silence, each end and step is told once.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { nextWorkday } from '../calendar.js';
import { addDays } from '../local-date.js';
import { superiorSql } from '../members/reach.sql.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';

/** Rows a transaction: on the embedded engine everybody else waits for it. */
const BATCH_ROWS = 500;

interface Ending {
  readonly id: string;
  readonly endsOn: string;
  readonly days: number;
  readonly recipientId: string | null;
}

/**
 * Tells what is due to be told now, on workdays and in the sending hours only; one message a person. A step that falls
 * on days off is told on the workday before (rules §7). Only the nearest step that is due is told; a changed end is
 * another end. An absent owner's contracts are told to their manager.
 * @returns how many contracts were told of
 */
export async function remindEndings(ctx: SystemCtx): Promise<{ told: number }> {
  const { timezone, remindAt, remindUntil, calendar, settings } = ctx.company;
  if (!isSendWindow(ctx.now, timezone, remindAt, remindUntil, calendar)) return { told: 0 };
  if (settings.endingDays.length === 0) return { told: 0 };
  let told = 0;
  for (;;) {
    const batch = await tellBatch(ctx);
    told += batch;
    if (batch < BATCH_ROWS) return { told };
  }
}

async function tellBatch(ctx: SystemCtx): Promise<number> {
  const { calendar, settings } = ctx.company;
  const horizon = addDays(nextWorkday(calendar, addDays(ctx.today, 1)), -1);
  return transact(ctx.db, async (tx) => {
    const endings = await tx.$queryRaw<Ending[]>`
      WITH due AS (
        SELECT c.id, step.days FROM contract c CROSS JOIN LATERAL (
          SELECT MIN(d) AS days FROM unnest(${[...settings.endingDays]}::int[]) AS d
          WHERE c.ends_on - d <= ${horizon}::date) step
        WHERE c.status = 'active' AND c.deleted_at IS NULL AND step.days IS NOT NULL
          AND c.ends_on BETWEEN ${ctx.today}::date AND ${horizon}::date + ${Math.max(...settings.endingDays)}::int
          AND (c.end_told_for IS DISTINCT FROM c.ends_on OR c.end_told_days > step.days)
        ORDER BY c.ends_on, c.id LIMIT ${BATCH_ROWS} FOR UPDATE OF c SKIP LOCKED),
      told AS (
        UPDATE contract c SET end_told_for = c.ends_on, end_told_days = due.days FROM due WHERE c.id = due.id
        RETURNING c.id, c.owner_id, c.ends_on, due.days)
      SELECT t.id::text, t.ends_on::text AS "endsOn", t.days,
        (CASE WHEN u.active THEN u.id ELSE m.id END)::text AS "recipientId"
      FROM told t JOIN app_user u ON u.id = t.owner_id LEFT JOIN app_user m ON m.active AND m.id = ${Prisma.raw(superiorSql('u'))}
      ORDER BY t.ends_on, t.id`;
    const people = [...new Set(endings.flatMap((one) => one.recipientId ?? []))];
    const notices = people.flatMap((userId) => {
      const mine = endings.filter((one) => one.recipientId === userId);
      const [first] = mine;
      if (!first) return [];
      return notice({
        kind: 'contract.ending',
        key: `contract.ending:${first.id}:${first.endsOn}:${first.days}`,
        to: { user: userId },
        payload: { userId, contractIds: mine.map((one) => one.id) },
      });
    });
    await enqueue(tx, ctx, ...notices);
    return endings.length;
  });
}

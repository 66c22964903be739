// The trend (F88): what fell due each month, what had been paid of it when the month ended and by now, and what came in.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { ANY_PART } from '../plans/instalment-search.queries.js';
import type { ReportQuery } from './report.js';
import { countedAt, IN_FORCE, moneyIsAsNow, moneyIsToCome, paidOf, rowsInScope } from './standing.queries.js';

/** Minor units; a month by its first day. */
export interface Month {
  readonly month: LocalDate;
  readonly due: bigint;
  /** Of it, paid when the month ended (or the report's day, if that is earlier). */
  readonly paidInTime: bigint;
  /** Of it, paid until the report's day. */
  readonly paid: bigint;
  /** Money applied in the month, whatever it was due for. */
  readonly received: bigint;
}

export interface Trend {
  readonly months: readonly Month[];
  /** What fell due in the whole period, summed by itself. */
  readonly due: bigint;
}

/** A row for each month of the period, also where nothing happened. */
export async function readTrend(ctx: ReadCtx, query: ReportQuery): Promise<Trend> {
  const { from, to } = query;
  const mine = rowsInScope(ctx, query);
  const last = Prisma.sql`${to}::date`;
  const monthOf = (day: Prisma.Sql) => Prisma.sql`date_trunc('month', ${day}::timestamp)::date`;
  const ended = Prisma.sql`LEAST(${last}, (${monthOf(Prisma.sql`i.effective_due`)} + interval '1 month')::date - 1)`;
  const paidNow = Prisma.sql`i.amount - i.outstanding - COALESCE(w.adjusted, 0)`;
  const paidAt = (
    day: Prisma.Sql,
  ) => Prisma.sql`CASE WHEN ${moneyIsToCome(day)} THEN 0 WHEN ${moneyIsAsNow(day)} THEN ${paidNow}
    ELSE (SELECT p.paid FROM ${paidOf(day)} p) END`;
  // Money that came on one day needs no looking up; what came on several is looked up line by line.
  const onOneDay = Prisma.sql`i.money_from = i.money_to`;
  const adjusted = Prisma.sql`(SELECT d.instalment_id, SUM(d.amount)::bigint AS adjusted FROM adjustment d GROUP BY 1)`;
  const rows = await queryWide<Omit<Month, 'month'> & { month: Date; whole: bigint }>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
    WITH fallen AS (
      SELECT ${monthOf(Prisma.sql`i.effective_due`)} AS month, SUM(i.amount) AS due, SUM(${paidAt(ended)}) AS in_time,
        SUM(${paidAt(last)}) AS now
      FROM instalment i LEFT JOIN ${adjusted} w ON w.instalment_id = i.id
      WHERE ${ANY_PART} AND i.lifecycle IN ${IN_FORCE} AND i.effective_due BETWEEN ${from}::date AND ${last} AND ${mine}
      GROUP BY GROUPING SETS ((1), ())),
    received AS (
      SELECT ${monthOf(Prisma.sql`x.day`)} AS month, SUM(x.amount) AS amount FROM (
        SELECT i.money_to AS day, ${paidNow} AS amount FROM instalment i LEFT JOIN ${adjusted} w ON w.instalment_id = i.id
        WHERE ${onOneDay} AND i.money_to BETWEEN ${from}::date AND ${last} AND i.lifecycle IN ${IN_FORCE} AND ${mine}
        UNION ALL
        SELECT a.effective_on, a.amount FROM instalment i JOIN allocation a ON a.instalment_id = i.id
        WHERE NOT ${onOneDay} AND i.money_to >= ${from}::date AND i.money_from <= ${last}
          AND a.effective_on BETWEEN ${from}::date AND ${last} AND ${countedAt(to)} AND ${mine}) x
      GROUP BY 1)
    SELECT m.month::date AS month, COALESCE(f.due, 0)::bigint AS due, COALESCE(f.in_time, 0)::bigint AS "paidInTime",
      COALESCE(f.now, 0)::bigint AS paid, COALESCE(r.amount, 0)::bigint AS received,
      (SELECT COALESCE(w.due, 0)::bigint FROM fallen w WHERE w.month IS NULL) AS whole
    FROM generate_series(date_trunc('month', ${from}::timestamp), ${to}::timestamp, '1 month') AS m(month)
    LEFT JOIN fallen f ON f.month = m.month::date LEFT JOIN received r ON r.month = m.month::date ORDER BY m.month`,
  );
  const months = rows.map(({ month, due, paidInTime, paid, received }) => {
    return { month: fromUtcDate(month), due, paidInTime, paid, received };
  });
  return { months, due: rows[0]?.whole ?? 0n };
}

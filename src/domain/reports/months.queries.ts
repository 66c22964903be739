// The trend (F88): what fell due each month, what had been paid of it when the month ended and by now, and what came in.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { ANY_PART } from '../plans/instalment-search.queries.js';
import type { ReportQuery } from './report.js';
import { countedAt, rowsInScope } from './standing.queries.js';

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

/** A row for each month of the period, also where nothing happened. */
export async function readTrend(ctx: ReadCtx, query: ReportQuery): Promise<Month[]> {
  const { from, to } = query;
  const mine = rowsInScope(ctx, query);
  const ended = Prisma.sql`LEAST(${to}::date, (b.month + interval '1 month')::date - 1)`;
  const rows = await ctx.db.$queryRaw<(Omit<Month, 'month'> & { month: Date })[]>`${PLANNED_ANEW}
    WITH base AS MATERIALIZED (
      SELECT i.id, i.amount, date_trunc('month', i.effective_due::timestamp)::date AS month FROM instalment i
      WHERE ${ANY_PART} AND i.lifecycle IN ('open', 'settled', 'written_off') AND i.effective_due BETWEEN ${from}::date AND ${to}::date AND ${mine}),
    paid AS (
      SELECT b.id, SUM(a.amount) FILTER (WHERE ${countedAt(to)}) AS now, SUM(a.amount) FILTER (
        WHERE a.effective_on <= ${ended} AND (a.released_on IS NULL OR a.released_on > ${ended})) AS in_time
      FROM base b JOIN allocation a ON a.instalment_id = b.id WHERE a.effective_on IS NOT NULL GROUP BY b.id),
    fallen AS (
      SELECT b.month, SUM(b.amount) AS due, SUM(p.in_time) AS in_time, SUM(p.now) AS now
      FROM base b LEFT JOIN paid p ON p.id = b.id GROUP BY b.month),
    received AS (
      SELECT date_trunc('month', a.effective_on::timestamp)::date AS month, SUM(a.amount) AS amount
      FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE a.effective_on BETWEEN ${from}::date AND ${to}::date AND ${countedAt(to)} AND ${mine} GROUP BY 1)
    SELECT m.month::date AS month, COALESCE(f.due, 0)::bigint AS due, COALESCE(f.in_time, 0)::bigint AS "paidInTime",
      COALESCE(f.now, 0)::bigint AS paid, COALESCE(r.amount, 0)::bigint AS received
    FROM generate_series(date_trunc('month', ${from}::timestamp), ${to}::timestamp, '1 month') AS m(month)
    LEFT JOIN fallen f ON f.month = m.month::date LEFT JOIN received r ON r.month = m.month::date ORDER BY m.month`;
  return rows.map((row) => ({ ...row, month: fromUtcDate(row.month) }));
}

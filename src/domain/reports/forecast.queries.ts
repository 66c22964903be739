// What a forecast is made from, and what earlier ones said (F93, rules §11). Open items in the reader's scope; how late
// customers pay is learnt from everybody's, which is told to nobody.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { addDays, fromUtcDate, type LocalDate } from '../local-date.js';
import { type DelayFact, FORECAST_WEEKS, type ForecastWeek, forecast, type OpenItem } from './forecast.js';
import { isNarrowed, type ReportQuery } from './report.js';
import { countedAt, creditSql, paidSql, type StandingFilter, standingSql } from './standing.queries.js';

/** Older facts would count for less than half a hundredth. */
const FACT_DAYS = 365;
/** What is due later is not paid within the weeks, but by who pays very early. */
const EARLY_DAYS = 90;

/** A Monday's forecast of its own week, and what came in. */
export interface ForecastError {
  readonly from: LocalDate;
  readonly expected: bigint;
  readonly contract: bigint;
  readonly received: bigint;
}
export interface Forecast {
  readonly weeks: readonly ForecastWeek[];
  /** Money of customers that belongs to no instalment: it is in already, and may pay some of this. */
  readonly credit: bigint;
  readonly errors: readonly ForecastError[];
}

type Scope = StandingFilter;

/** The report: thirteen weeks, prepayments, and how the last Mondays' forecasts did. */
export async function readForecast(ctx: ReadCtx, query: ReportQuery): Promise<Forecast> {
  const [weeks, [credit], errors] = await Promise.all([
    readForecastWeeks(ctx, query),
    ctx.db.$queryRaw<{ sum: bigint }[]>`
      SELECT COALESCE(SUM(r.credit), 0)::bigint AS sum FROM ${creditSql(ctx, query)} r`,
    // What the whole company was told to expect is for whoever sees it all, and asks for it all.
    visibleOwners(ctx.actor) === 'all' && !isNarrowed(query) ? readForecastErrors(ctx, query) : [],
  ]);
  return { weeks, credit: credit?.sum ?? 0n, errors };
}

/** Thirteen weeks from the day after `to`. */
export async function readForecastWeeks(ctx: ReadCtx, query: Scope): Promise<ForecastWeek[]> {
  const { to } = query;
  const [items, facts] = await Promise.all([
    ctx.db.$queryRaw<
      (Omit<OpenItem, 'due' | 'promisedOn'> & { due: Date | null; promisedOn: Date | null })[]
    >`
      SELECT s.customer_id::text AS "customerId", s.effective_due AS due, SUM(s.outstanding)::bigint AS amount,
        i.disputed, CASE WHEN i.promised_on > ${to}::date THEN i.promised_on END AS "promisedOn",
        SUM(LEAST(s.outstanding, i.promised_amount))::bigint AS "promisedAmount"
      FROM ${standingSql(ctx, query)} s JOIN instalment i ON i.id = s.id
      WHERE s.effective_due <= ${addDays(to, FORECAST_WEEKS * 7 + EARLY_DAYS)}::date OR i.promised_on > ${to}::date
      GROUP BY 1, 2, 4, 5`,
    readDelayFacts(ctx, query),
  ]);
  const day = (date: Date | null) => date && fromUtcDate(date);
  return forecast(
    items.map((item) => ({ ...item, due: day(item.due), promisedOn: day(item.promisedOn) })),
    facts,
    to,
  );
}

async function readDelayFacts({ db, today }: ReadCtx, { currency, to }: Scope): Promise<DelayFact[]> {
  const from = addDays(to, -FACT_DAYS);
  // Of today the rows say themselves that they are paid: their earlier money need not be read.
  if (to >= today)
    return db.$queryRaw<DelayFact[]>`
      SELECT p.customer_id::text AS "customerId", (p.last_on - p.effective_due)::int AS delay,
        ((${to}::date - p.last_on) / 7 * 7)::int AS age, COUNT(*)::int AS count
      FROM (
        SELECT i.customer_id, i.effective_due, MAX(a.effective_on) AS last_on
        FROM allocation a JOIN instalment i ON i.id = a.instalment_id
        WHERE a.effective_on BETWEEN ${from}::date AND ${to}::date AND ${countedAt(to)} AND i.currency = ${currency}
          AND i.lifecycle = 'settled' AND i.effective_due IS NOT NULL
          AND NOT EXISTS (SELECT 1 FROM adjustment d WHERE d.instalment_id = i.id AND d.kind <> 'small_difference')
        GROUP BY i.id) p
      GROUP BY 1, 2, 3`;
  return db.$queryRaw<DelayFact[]>`
    WITH base AS MATERIALIZED (
      SELECT i.id, i.customer_id, i.amount, i.effective_due FROM instalment i
      WHERE i.currency = ${currency} AND i.effective_due IS NOT NULL AND i.id IN (
        SELECT a.instalment_id FROM allocation a WHERE a.effective_on BETWEEN ${from}::date AND ${to}::date))
    SELECT b.customer_id::text AS "customerId", (p.last_on - b.effective_due)::int AS delay,
      ((${to}::date - p.last_on) / 7 * 7)::int AS age, COUNT(*)::int AS count
    FROM base b JOIN ${paidSql(Prisma.sql`SELECT id FROM base`, to)} p ON p.id = b.id
    WHERE p.paid + p.small >= b.amount AND p.last_on >= ${from}::date GROUP BY 1, 2, 3`;
}

const SHOWN_ERRORS = 8;

/** The last kept Mondays whose week is over, the newest first; of the whole company. */
async function readForecastErrors({ db, today }: ReadCtx, { currency }: Scope): Promise<ForecastError[]> {
  const rows = await db.$queryRaw<(Omit<ForecastError, 'from'> & { from: Date; to: Date })[]>`
    SELECT f.week_from AS from, f.contract, f.expected, COALESCE((
      SELECT SUM(a.amount) FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE i.currency = f.currency AND a.effective_on BETWEEN f.week_from AND f.week_to AND ${countedAt(today)}), 0)::bigint AS received
    FROM forecast_week f
    WHERE f.currency = ${currency} AND f.made_on = f.week_from AND f.week_to < ${today}::date
    ORDER BY f.made_on DESC LIMIT ${SHOWN_ERRORS}`;
  return rows.map(({ from, contract, expected, received }) => ({
    from: fromUtcDate(from),
    contract,
    expected,
    received,
  }));
}

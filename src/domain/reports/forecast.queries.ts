// What a forecast is made from, and what earlier ones said (F93, rules §11). Open items in the reader's scope; how late
// customers pay is learnt from everybody's, which is told to nobody.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { addDays, fromUtcDate, type LocalDate } from '../local-date.js';
import { type Fact, FORECAST_WEEKS, Forecaster, type ForecastWeek, type Item } from './forecast.js';
import { isNarrowed, type ReportQuery } from './report.js';
import { settledSql } from './settled.queries.js';
import { countedAt, creditSql, type StandingFilter, standingSql } from './standing.queries.js';

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
    ctx.db.$queryRaw<{ sum: bigint }[]>`${PLANNED_ANEW}
      SELECT COALESCE(SUM(r.credit), 0)::bigint AS sum FROM ${creditSql(ctx, query)} r`,
    // What the whole company was told to expect is for whoever sees it all, and asks for it all.
    visibleOwners(ctx.actor) === 'all' && !isNarrowed(query) ? readForecastErrors(ctx, query) : [],
  ]);
  return { weeks, credit: credit?.sum ?? 0n, errors };
}

/** So many customers are counted at a time: others get their turn in between. */
const BATCH = 2000;

/** Thirteen weeks from the day after `to`. */
export async function readForecastWeeks(ctx: ReadCtx, query: Scope): Promise<ForecastWeek[]> {
  const { to } = query;
  const end = addDays(to, FORECAST_WEEKS * 7 + EARLY_DAYS);
  // A line a customer, as text: a large company has more items than there is room for as objects.
  const rows = await ctx.db.$queryRaw<{ items: string | null; facts: string | null }[]>`${PLANNED_ANEW}
    WITH held AS (
      SELECT i.id, i.disputed, CASE WHEN i.promised_on > ${to}::date THEN i.promised_on END AS promised_on, i.promised_left
      FROM instalment i WHERE i.lifecycle = 'open' AND (i.disputed OR i.promised_on IS NOT NULL)),
    item AS (
      SELECT s.customer_id, s.effective_due AS due, h.disputed, h.promised_on, SUM(s.outstanding) AS amount,
        SUM(GREATEST(0, s.outstanding - h.promised_left)) AS promised
      FROM ${standingSql(ctx, query)} s LEFT JOIN held h ON h.id = s.id
      WHERE s.effective_due <= ${end}::date OR h.promised_on IS NOT NULL
      GROUP BY s.customer_id, s.effective_due, h.disputed, h.promised_on),
    items AS (
      SELECT customer_id, string_agg(concat_ws(':', COALESCE((due - ${to}::date)::text, ''), amount,
        CASE WHEN disputed THEN 'd' ELSE (promised_on - ${to}::date)::text END,
        CASE WHEN NOT disputed AND promised_on IS NOT NULL THEN promised END), ' ') AS items
      FROM item GROUP BY customer_id),
    facts AS (
      SELECT customer_id, string_agg(concat_ws(':', delay, age, count), ' ') AS facts
      FROM ${delayFactsSql(query)} fact GROUP BY customer_id)
    SELECT i.items, f.facts FROM items i FULL JOIN facts f ON f.customer_id = i.customer_id`;
  const forecaster = new Forecaster(to, everyFact(rows));
  const dayIn = daysAfter(to);
  for (const [index, { items, facts }] of rows.entries()) {
    if (items !== null) forecaster.add(itemsFrom(items, dayIn), factsFrom(facts));
    if (index % BATCH === BATCH - 1) await new Promise((done) => setImmediate(done));
  }
  return forecaster.result();
}

function* everyFact(rows: readonly { facts: string | null }[]): Generator<Fact> {
  for (const { facts } of rows) yield* factsFrom(facts);
}

/** `days late:days ago:count …` */
const factsFrom = (text: string | null): Fact[] =>
  (text ?? '')
    .split(' ')
    .filter(Boolean)
    .map((fact) => {
      const [delay = 0, age = 0, count = 0] = fact.split(':').map(Number);
      return { delay, age, count };
    });

/** `days until due:amount[:d or days until promised:promised amount] …`; without a day: undated. `dayIn`: that many days on. */
const itemsFrom = (text: string, dayIn: (days: string) => LocalDate): Item[] =>
  text.split(' ').map((item) => {
    const [due = '', amount = '0', held = '', promised] = item.split(':');
    return {
      due: due === '' ? null : dayIn(due),
      amount: BigInt(amount),
      disputed: held === 'd',
      promisedOn: held === '' || held === 'd' ? null : dayIn(held),
      promisedAmount: promised === undefined ? null : BigInt(promised),
    };
  });

/** Days after another, each reckoned once. */
function daysAfter(day: LocalDate): (days: string) => LocalDate {
  const known = new Map<string, LocalDate>();
  return (days) => {
    const found = known.get(days) ?? addDays(day, Number(days));
    known.set(days, found);
    return found;
  };
}

/** A table expression of how late payments in full were: customer_id, delay, age (of full weeks), count. */
function delayFactsSql({ currency, to }: Scope): Prisma.Sql {
  return Prisma.sql`(
    SELECT f.customer_id, (f.last_on - f.effective_due)::int AS delay, ((${to}::date - f.last_on) / 7 * 7)::int AS age,
      COUNT(*)::int AS count
    FROM ${settledSql(addDays(to, -FACT_DAYS), to, Prisma.sql`i.currency = ${currency}`)} f
    GROUP BY 1, 2, 3)`;
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

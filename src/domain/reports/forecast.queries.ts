// What a forecast is made from, and what earlier ones said (F93, rules §11). Open items in the reader's scope; how late
// customers pay is learnt from everybody's, which is told to nobody.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { MAX_PROMISE_DAYS } from '../follow-ups/follow-up.js';
import { addDays, fromUtcDate, type LocalDate } from '../local-date.js';
import {
  type Fact,
  FORECAST_WEEKS,
  Forecaster,
  type ForecastWeek,
  forecastWeeks,
  type Item,
} from './forecast.js';
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
/** The weeks, and what of all that is open is due after them or has no date. */
export interface Outlook {
  readonly weeks: readonly ForecastWeek[];
  readonly later: bigint;
  readonly undated: bigint;
  readonly open: bigint;
}
export interface Forecast extends Outlook {
  /** Money of customers that belongs to no instalment: it is in already, and may pay some of this. */
  readonly credit: bigint;
  readonly errors: readonly ForecastError[];
}

type Scope = StandingFilter;

/** The report: thirteen weeks, prepayments, and how the last Mondays' forecasts did. */
export async function readForecast(ctx: ReadCtx, query: ReportQuery, zone: string): Promise<Forecast> {
  const [outlook, [credit], errors] = await Promise.all([
    readOutlook(ctx, query, zone),
    ctx.db.$queryRaw<{ sum: bigint }[]>`${PLANNED_ANEW}
      SELECT COALESCE(SUM(r.credit), 0)::bigint AS sum FROM ${creditSql(ctx, query)} r`,
    // What the whole company was told to expect is for whoever sees it all, and asks for it all.
    visibleOwners(ctx.actor) === 'all' && !isNarrowed(query) ? readForecastErrors(ctx, query) : [],
  ]);
  return { ...outlook, credit: credit?.sum ?? 0n, errors };
}

/** So many customers are a piece of text, and counted at a time: others get their turn in between. */
const PIECE = 50;

/** A fact is a number: days late × WEEKS + weeks ago. */
const WEEKS = 64;

/** Thirteen weeks from the day after `to`. */
export async function readOutlook(ctx: ReadCtx, query: Scope, zone: string): Promise<Outlook> {
  const { to } = query;
  const lastDay = forecastWeeks(to).at(-1)?.to ?? to;
  const end = addDays(to, FORECAST_WEEKS * 7 + EARLY_DAYS);
  const standing = standingSql(ctx, query, 'by_due');
  // First what the weeks are held against; then a line a customer, in pieces of text: a large company has more items and
  // payments than there is room for as objects, and more customers than the client hands over without holding up the process.
  const rows = await queryWide<Row>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
    WITH held AS MATERIALIZED (${to < ctx.today ? heldThenSql(to, zone) : heldNowSql(to)}),
    items AS (
      SELECT i.customer_id, string_agg(COALESCE((i.due - ${to}::date)::text, '') || ':' || i.amount || CASE
        WHEN i.disputed THEN ':d'
        WHEN i.promised_on IS NOT NULL THEN ':' || i.promised_on - ${to}::date || ':' || GREATEST(0, i.amount - i.promised_left)
        ELSE '' END, ' ') AS items
      FROM (
        SELECT s.customer_id, s.effective_due AS due, s.outstanding AS amount, h.disputed, h.promised_on, h.promised_left
        FROM ${standing} s LEFT JOIN held h ON h.id = s.id WHERE s.effective_due <= ${end}::date
        UNION ALL
        SELECT s.customer_id, s.effective_due, s.outstanding, h.disputed, h.promised_on, h.promised_left
        FROM ${standing} s JOIN held h ON h.id = s.id
        WHERE h.promised_on IS NOT NULL AND (s.effective_due > ${end}::date OR s.effective_due IS NULL)) i
      GROUP BY i.customer_id),
    facts AS (
      SELECT f.customer_id,
        array_to_string(array_agg((f.last_on - f.effective_due) * ${WEEKS}::int + (${to}::date - f.last_on) / 7), ' ') AS facts
      FROM ${settledSql(addDays(to, -FACT_DAYS), to, Prisma.sql`i.currency = ${query.currency}`)} f GROUP BY f.customer_id)
    SELECT NULL AS piece, COALESCE(SUM(s.outstanding), 0)::bigint AS open,
      COALESCE(SUM(s.outstanding) FILTER (WHERE s.effective_due > ${lastDay}::date), 0)::bigint AS later,
      COALESCE(SUM(s.outstanding) FILTER (WHERE s.effective_due IS NULL), 0)::bigint AS undated
    FROM ${standingSql(ctx, query, 'sums')} s
    UNION ALL
    SELECT string_agg(x.line, chr(10)), NULL, NULL, NULL FROM (
      SELECT COALESCE(i.items, '') || '|' || COALESCE(f.facts, '') AS line, row_number() OVER () / ${PIECE}::int AS piece
      FROM items i FULL JOIN facts f ON f.customer_id = i.customer_id) x
    GROUP BY x.piece`,
  );
  const forecaster = new Forecaster(to);
  for await (const customers of customersIn(rows))
    for (const { facts } of customers) forecaster.learn(factsFrom(facts));
  for await (const customers of customersIn(rows))
    for (const { items, facts } of customers) forecaster.add(itemsFrom(items), factsFrom(facts));
  const whole = rows.find(({ piece }) => piece === null);
  return {
    weeks: forecaster.result(),
    later: whole?.later ?? 0n,
    undated: whole?.undated ?? 0n,
    open: whole?.open ?? 0n,
  };
}

interface Row {
  /** Some customers; null: the sums. */
  readonly piece: string | null;
  readonly open: bigint | null;
  readonly later: bigint | null;
  readonly undated: bigint | null;
}

/** Rows with a dispute or a promise for a day that is still to come: id, disputed, promised_on, promised_left. */
const heldNowSql = (to: LocalDate): Prisma.Sql => Prisma.sql`
  SELECT i.id, i.disputed, CASE WHEN i.promised_on > ${to}::date THEN i.promised_on END AS promised_on, i.promised_left
  FROM instalment i WHERE i.lifecycle = 'open' AND (i.disputed OR i.promised_on IS NOT NULL)`;

/**
 * The same as far as it was known at the end of a day: what was promised until then by what was written down, unless
 * it was dropped since without a word, and disputes that began before and go on. So a forecast that is made late knows no
 * more than one made in time.
 */
function heldThenSql(to: LocalDate, zone: string): Prisma.Sql {
  const end = Prisma.sql`(${addDays(to, 1)}::timestamp AT TIME ZONE ${zone})`;
  return Prisma.sql`
    WITH said AS MATERIALIZED (
      SELECT DISTINCT ON (f.instalment_id) f.instalment_id AS id, f.result, f.promised_on, f.promised_amount, f.created_at
      FROM follow_up f WHERE f.result IN ('promised', 'disputed') AND f.created_at < ${end}
        AND f.created_at >= ${end} - ${`${MAX_PROMISE_DAYS} days`}::interval
      ORDER BY f.instalment_id, f.id DESC),
    promise AS (
      SELECT s.*, i.amount, i.promised_on IS NOT DISTINCT FROM s.promised_on AS stands, i.promised_left
      FROM said s JOIN instalment i ON i.id = s.id
      WHERE s.result = 'promised' AND s.promised_on > ${to}::date AND (
        i.promised_on = s.promised_on OR i.broken_on = s.promised_on OR i.lifecycle <> 'open'
        OR EXISTS (SELECT 1 FROM follow_up f WHERE f.instalment_id = s.id AND f.created_at >= ${end} AND f.result IN ('promised', 'disputed'))))
    SELECT p.id, FALSE AS disputed, p.promised_on, CASE WHEN p.stands THEN p.promised_left
      ELSE (p.amount - p.promised_amount - COALESCE((
        SELECT SUM(a.amount) FROM allocation a WHERE a.instalment_id = p.id AND a.booked_at < p.created_at AND ${countedAt(to)}), 0))::bigint
      END AS promised_left
    FROM promise p
    UNION ALL
    SELECT i.id, TRUE, NULL, NULL FROM instalment i
    WHERE i.disputed AND i.disputed_on <= ${to}::date
      AND NOT EXISTS (SELECT 1 FROM said s WHERE s.id = i.id AND s.result = 'promised')`;
}

/** `items|facts` of each customer, piece by piece; others get their turn after each. */
async function* customersIn(rows: readonly Row[]): AsyncGenerator<{ items: string; facts: string }[]> {
  for (const { piece } of rows) {
    if (piece === null) continue;
    yield piece.split('\n').map((line) => {
      const at = line.indexOf('|');
      return { items: line.slice(0, at), facts: line.slice(at + 1) };
    });
    await new Promise((done) => setImmediate(done));
  }
}

/** A payment each. */
const factsFrom = (text: string): Fact[] =>
  partsOf(text).map((fact) => {
    const delay = Math.floor(Number(fact) / WEEKS);
    return { delay, age: 7 * (Number(fact) - delay * WEEKS), count: 1 };
  });

/** `days until due:amount[:d or days until promised:promised amount] …`; without a day: undated. */
const itemsFrom = (text: string): Item[] =>
  partsOf(text).map((item) => {
    const at = item.indexOf(':');
    const [amount = '0', held, promised = '0'] = item.slice(at + 1).split(':');
    const disputed = held === 'd';
    return {
      due: at === 0 ? null : Number(item.slice(0, at)),
      amount: BigInt(amount),
      disputed,
      promisedIn: held === undefined || disputed ? null : Number(held),
      promised: BigInt(promised),
    };
  });

const partsOf = (text: string): string[] => (text === '' ? [] : text.split(' '));

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

// The numbers that reports about a period are made of, per group: each source reads its facts once, for whatever group is
// asked, within the reader's scope and one currency (rules §9). Amounts in minor units. Rates are kpi.ts's.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { GROUP_NAMES, keyText, MONEY_KEYS, STANDING_KEYS } from './groups.queries.js';
import { MAXIMA, MEASURES, type Measure, type Measures, noMeasures } from './measures.js';
import type { ReportQuery } from './report.js';
import { countedAt, creditSql, paidSql, rowsInScope, standingSql } from './standing.queries.js';

export const SOURCES = [
  'standing',
  'due',
  'received',
  'contracts',
  'credit',
  'holds',
  'promises',
  'follow_ups',
] as const;
export type Source = (typeof SOURCES)[number];

/** Rows (key, m, v): a value a measure and key. `zone`: in which a moment is a day. */
type Read = (ctx: ReadCtx, query: ReportQuery, zone: string) => Prisma.Sql;

/** One row a key with a column a measure, turned into rows. */
const unpivot = (measures: readonly Measure[], from: Prisma.Sql): Prisma.Sql => {
  const values = measures.map((name) => `('${name}', x."${name}"::numeric)`).join(', ');
  return Prisma.sql`SELECT ${keyText(Prisma.sql`x.key`)} AS key, y.m, y.v FROM (${from}) x CROSS JOIN LATERAL (VALUES ${Prisma.raw(values)}) AS y(m, v)`;
};

const IN_FORCE = Prisma.raw(`('open', 'settled', 'written_off')`);

/**
 * What was paid on each row until the end of a day. Of today the rows say it themselves: what is not outstanding and was
 * not written off; of earlier days the money that counted then is added up.
 */
function collectedSql(ctx: ReadCtx, query: ReportQuery): Prisma.Sql {
  const mine = rowsInScope(ctx, query);
  if (query.to < ctx.today)
    return Prisma.sql`
      SELECT i.contract_id, i.customer_id, i.owner_id, 0, a.amount
      FROM allocation a JOIN instalment i ON i.id = a.instalment_id WHERE ${countedAt(query.to)} AND ${mine}`;
  return Prisma.sql`
    SELECT i.contract_id, i.customer_id, i.owner_id, 0, i.amount - i.outstanding
    FROM instalment i WHERE i.lifecycle IN ${IN_FORCE} AND i.outstanding < i.amount AND ${mine}
    UNION ALL
    SELECT i.contract_id, i.customer_id, i.owner_id, 0, -d.amount
    FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
    WHERE d.effective_on <= ${query.to}::date AND i.lifecycle IN ${IN_FORCE} AND ${mine}`;
}

const READ: { readonly [S in Source]: Read } = {
  standing: (ctx, query) => {
    const { key, join } = STANDING_KEYS[query.by];
    const late = Prisma.sql`s.effective_due < ${query.to}::date`;
    const days = Prisma.sql`(${query.to}::date - s.effective_due)`;
    return unpivot(
      ['open', 'openCount', 'overdue', 'overdueCount', 'overdueDays', 'oldest', 'retention', 'current'],
      Prisma.sql`
        SELECT ${key} AS key, SUM(s.outstanding) AS open, COUNT(*) AS "openCount",
          SUM(s.outstanding) FILTER (WHERE ${late}) AS overdue, COUNT(*) FILTER (WHERE ${late}) AS "overdueCount",
          SUM(s.outstanding * ${days}) FILTER (WHERE ${late}) AS "overdueDays", MAX(${days}) FILTER (WHERE ${late}) AS oldest,
          SUM(s.outstanding) FILTER (WHERE s.is_retention) AS retention,
          SUM(s.outstanding) FILTER (WHERE s.effective_due >= ${query.to}::date OR s.effective_due IS NULL) AS current
        FROM ${standingSql(ctx, query)} s ${join} GROUP BY 1`,
    );
  },
  due: (ctx, query) => {
    const { key, join } = STANDING_KEYS[query.by];
    const { from, to } = query;
    return unpivot(
      [
        'due',
        'duePaid',
        'dueCount',
        'judged',
        'onTime',
        'settled',
        'lateDays',
        'lateAmount',
        'retentionDue',
        'retentionPaid',
      ],
      Prisma.sql`
        SELECT ${key} AS key, SUM(s.amount) FILTER (WHERE s.fell) AS due, SUM(s.paid) FILTER (WHERE s.fell) AS "duePaid",
          COUNT(*) FILTER (WHERE s.fell) AS "dueCount", COUNT(*) FILTER (WHERE s.fell OR s.settled) AS judged,
          COUNT(*) FILTER (WHERE (s.fell OR s.settled) AND s.whole AND s.last_on <= s.effective_due) AS "onTime",
          COUNT(*) FILTER (WHERE s.settled) AS settled,
          SUM(GREATEST(0, s.last_on - s.effective_due) * s.amount) FILTER (WHERE s.settled) AS "lateDays",
          SUM(s.amount) FILTER (WHERE s.settled) AS "lateAmount",
          SUM(s.amount) FILTER (WHERE s.fell AND s.is_retention) AS "retentionDue",
          SUM(s.paid) FILTER (WHERE s.fell AND s.is_retention) AS "retentionPaid"
        FROM (
          WITH base AS MATERIALIZED (
            SELECT i.id, i.contract_id, i.customer_id, i.owner_id, i.amount, i.effective_due, i.is_retention
            FROM instalment i WHERE i.lifecycle IN ${IN_FORCE} AND ${rowsInScope(ctx, query)}
              AND (i.effective_due BETWEEN ${from}::date AND ${to}::date OR (i.effective_due IS NOT NULL AND i.id IN (
                SELECT a.instalment_id FROM allocation a
                WHERE a.effective_on BETWEEN ${from}::date AND ${to}::date AND ${countedAt(to)}))))
          SELECT b.*, COALESCE(p.paid, 0) AS paid, p.last_on, COALESCE(p.paid + p.small, 0) >= b.amount AS whole,
            b.effective_due BETWEEN ${from}::date AND ${to}::date AS fell,
            COALESCE(p.paid + p.small, 0) >= b.amount AND p.last_on BETWEEN ${from}::date AND ${to}::date AS settled
          FROM base b LEFT JOIN ${paidSql(Prisma.sql`SELECT id FROM base`, to)} p ON p.id = b.id) s ${join} GROUP BY 1`,
    );
  },
  received: (ctx, query) => {
    const { key, join } = STANDING_KEYS[query.by];
    return unpivot(
      ['received'],
      Prisma.sql`
        SELECT ${key} AS key, SUM(s.amount) AS received FROM (
          SELECT i.contract_id, i.customer_id, i.owner_id, a.amount FROM allocation a JOIN instalment i ON i.id = a.instalment_id
          WHERE a.effective_on BETWEEN ${query.from}::date AND ${query.to}::date AND ${countedAt(query.to)}
            AND ${rowsInScope(ctx, query)}) s ${join} GROUP BY 1`,
    );
  },
  contracts: (ctx, query) => {
    const { key, join } = STANDING_KEYS[query.by];
    return unpivot(
      ['contracted', 'collected'],
      Prisma.sql`
        SELECT ${key} AS key, SUM(s.contracted) AS contracted, SUM(s.collected) AS collected FROM (
          SELECT i.contract_id, i.customer_id, i.owner_id, i.amount AS contracted, 0 AS collected
          FROM (SELECT c.*, c.id AS contract_id FROM contract c) i
          WHERE i.status IN ('active', 'completed', 'archived') AND i.deleted_at IS NULL AND ${rowsInScope(ctx, query)}
          UNION ALL ${collectedSql(ctx, query)}) s ${join} GROUP BY 1`,
    );
  },
  credit: (ctx, query) => {
    const { key, join } = MONEY_KEYS[query.by];
    return unpivot(
      ['credit'],
      Prisma.sql`SELECT ${key} AS key, SUM(r.credit) AS credit FROM ${creditSql(ctx, query)} r ${join} GROUP BY 1`,
    );
  },
  // As they are now, whatever day is asked: what is agreed or disputed has no history of its own.
  holds: (ctx, query, zone) => {
    const { key, join } = STANDING_KEYS[query.by];
    return unpivot(
      ['disputed', 'promised', 'broken', 'silent'],
      Prisma.sql`
        SELECT ${key} AS key, SUM(s.outstanding) FILTER (WHERE s.disputed) AS disputed,
          SUM(LEAST(s.outstanding, s.promised_amount)) FILTER (WHERE s.promised_on >= ${ctx.today}::date) AS promised,
          COUNT(*) FILTER (WHERE s.broken_on IS NOT NULL) AS broken,
          COUNT(*) FILTER (WHERE s.effective_due < ${ctx.today}::date AND NOT EXISTS (
            SELECT 1 FROM follow_up f WHERE f.instalment_id = s.id
              AND f.created_at >= (${ctx.today}::date - 7)::timestamp AT TIME ZONE ${zone})) AS silent
        FROM (SELECT i.* FROM instalment i WHERE i.lifecycle = 'open' AND i.outstanding > 0
          AND (i.disputed OR i.promised_on IS NOT NULL OR i.broken_on IS NOT NULL OR i.effective_due < ${ctx.today}::date)
          AND ${rowsInScope(ctx, query)}) s ${join} GROUP BY 1`,
    );
  },
  promises: (ctx, query, zone) => {
    const { key, join } = STANDING_KEYS[query.by];
    return unpivot(
      ['promisesDue', 'promisesKept'],
      Prisma.sql`
        SELECT ${key} AS key, COUNT(*) AS "promisesDue", COUNT(*) FILTER (WHERE s.paid >= s.promised_amount) AS "promisesKept"
        FROM (
          SELECT i.contract_id, i.customer_id, i.owner_id, f.promised_amount, COALESCE((
            SELECT SUM(a.amount) FROM allocation a WHERE a.instalment_id = i.id AND ${countedAt(query.to)}
              AND a.effective_on BETWEEN (f.created_at AT TIME ZONE ${zone})::date AND f.promised_on), 0) AS paid
          FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
          WHERE f.result = 'promised' AND f.promised_on BETWEEN ${query.from}::date AND ${query.to}::date
            AND ${rowsInScope(ctx, query)}) s ${join} GROUP BY 1`,
    );
  },
  follow_ups: (ctx, query, zone) => {
    const { key, join } = STANDING_KEYS[query.by];
    const day = Prisma.sql`(f.created_at AT TIME ZONE ${zone})::date`;
    return unpivot(
      ['followUps'],
      Prisma.sql`
        SELECT ${key} AS key, COUNT(*) AS "followUps" FROM (
          SELECT i.contract_id, i.customer_id, i.owner_id FROM follow_up f JOIN instalment i ON i.id = f.instalment_id
          WHERE ${day} BETWEEN ${query.from}::date AND ${query.to}::date AND ${rowsInScope(ctx, query)}) s
        ${join} GROUP BY 1`,
    );
  },
};

export interface MeasuredLine extends Measures {
  /** '' where it belongs to none. */
  readonly key: string;
  readonly name: string;
}
export interface Measured {
  readonly lines: readonly MeasuredLine[];
  /** The groups beyond the lines, together. */
  readonly others: (Measures & { readonly groups: number }) | null;
  readonly total: Measures;
}

/** Groups with the measures of these sources, the largest of `order` first; those beyond `limit` as one. */
export async function readMeasures(
  ctx: ReadCtx,
  query: ReportQuery,
  asked: {
    readonly sources: readonly Source[];
    readonly order: Measure;
    readonly limit: number;
    readonly zone: string;
  },
): Promise<Measured> {
  const names = GROUP_NAMES[query.by];
  const parts = Prisma.join(
    asked.sources.map((source) => READ[source](ctx, query, asked.zone)),
    ' UNION ALL ',
  );
  const gather = (name: Measure) => (MAXIMA.includes(name) ? 'MAX' : 'SUM');
  const pivot = Prisma.raw(
    MEASURES.map((name) => `${gather(name)}(v) FILTER (WHERE m = '${name}') AS "${name}"`).join(', '),
  );
  const roll = Prisma.raw(
    MEASURES.map((name) => `COALESCE(${gather(name)}("${name}"), 0)::bigint AS "${name}"`).join(', '),
  );
  const columns = Prisma.raw(MEASURES.map((name) => `g."${name}"`).join(', '));
  const order = Prisma.raw(`"${asked.order}"`);
  const rows = await ctx.db.$queryRaw<
    (Measures & { key: string | null; name: string | null; groups: number })[]
  >`
    WITH part AS (${parts}),
    one AS (SELECT key, ${pivot} FROM part GROUP BY key),
    ranked AS (SELECT *, row_number() OVER (ORDER BY ${order} DESC NULLS LAST, open DESC NULLS LAST, key) AS rank FROM one),
    g AS (
      SELECT CASE WHEN rank <= ${asked.limit} THEN rank END AS rank, MIN(key) AS key, COUNT(*)::int AS groups, ${roll}
      FROM ranked GROUP BY 1)
    SELECT CASE WHEN g.rank IS NULL THEN NULL ELSE g.key END AS key, ${names.name} AS name, g.groups, ${columns}
    FROM g ${names.join} ORDER BY g.rank NULLS LAST`;
  const lines = rows.flatMap((row) =>
    row.key === null ? [] : [{ ...measuresOf(row), key: row.key, name: row.name ?? '' }],
  );
  const rest = rows.find((row) => row.key === null);
  return { lines, others: rest ?? null, total: rows.reduce(addMeasures, noMeasures()) };
}

function measuresOf(row: Measures): Measures {
  const own = noMeasures();
  for (const name of MEASURES) own[name] = row[name];
  return own;
}

function addMeasures(sum: Measures, part: Measures): Measures {
  const added = noMeasures();
  for (const name of MEASURES) {
    const [a, b] = [sum[name], part[name]];
    added[name] = MAXIMA.includes(name) ? (a > b ? a : b) : a + b;
  }
  return added;
}

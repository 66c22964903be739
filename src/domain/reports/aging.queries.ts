// Aging (账龄, F85, P20) as of any day: what was open then in buckets by its due day, per group, beside what the customers
// had in credit. One currency at a time; always within the reader's scope. The rows behind it: rows.queries.ts.
import type { ReadCtx } from '../../ctx.js';
import { queryPacked } from '../../db/packed-rows.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { LocalDate } from '../local-date.js';
import { GROUP_NAMES, inOrder, keyText, MONEY_KEYS, STANDING_KEYS } from './groups.queries.js';
import { BUCKETS, type Bucket, bucketDays, type DueBasis, type ReportQuery } from './report.js';
import { creditSql, standingParts } from './standing.queries.js';

/** Minor units of the report's currency. */
export interface AgingSums {
  readonly buckets: Readonly<Record<Bucket, bigint>>;
  /** Σ of what is open, summed by itself: the buckets must add up to it. */
  readonly open: bigint;
  readonly count: number;
  /** Of `open`, what is retention. */
  readonly retention: bigint;
  /** Money of the customers that belongs to no instalment. */
  readonly credit: bigint;
}
export interface AgingLine extends AgingSums {
  /** '' where it belongs to none. */
  readonly key: string;
  readonly name: string;
}
export interface Aging {
  readonly lines: readonly AgingLine[];
  /** The groups beyond the lines, together. */
  readonly others: (AgingSums & { readonly groups: number }) | null;
  /** The group with the most overdue, shown or not; null where nothing is. */
  readonly worst: AgingLine | null;
  readonly total: AgingSums;
  /** Σ buckets − open: anything but 0 means that the report must not be used. */
  readonly difference: bigint;
}

/** The due day of a row `s` by the report's basis. */
export const dueColumn = (basis: DueBasis): Prisma.Sql =>
  basis === 'effective' ? Prisma.sql`s.effective_due` : Prisma.sql`s.original_due`;

/** Whether a row `s` is in a bucket. */
export function inBucket(bucket: Bucket, basis: DueBasis, asOf: LocalDate): Prisma.Sql {
  const due = dueColumn(basis);
  if (bucket === 'undated') return Prisma.sql`${due} IS NULL`;
  const { from, to } = bucketDays(bucket, asOf);
  const ends = [
    ...(from === null ? [] : [Prisma.sql`${due} >= ${from}::date`]),
    ...(to === null ? [] : [Prisma.sql`${due} <= ${to}::date`]),
  ];
  return Prisma.join(ends, ' AND ');
}

const SUMS = ['open', 'count', 'retention', 'credit'] as const;

interface RawLine extends Record<Bucket | (typeof SUMS)[number], bigint> {
  /** null: all groups beyond the first ones. */
  key: string | null;
  name: string | null;
  /** 0: the one with the most overdue, once more. */
  groups: number | bigint;
}
const COLUMNS = { texts: ['key', 'name'], numbers: ['groups', ...BUCKETS, ...SUMS] } as const;

/** The report, the largest groups first; what is beyond `limit` together as one line. */
export async function readAging(ctx: ReadCtx, query: ReportQuery, limit: number): Promise<Aging> {
  const rows = await queryWide<RawLine>(ctx.db, agingSql(ctx, query, limit));
  return { ...(await summed([rows])), lines: rows.flatMap(lineOf) };
}

/** The same with very many lines: these some at a time, and the report without them. */
export async function readLongAging(
  ctx: ReadCtx,
  query: ReportQuery,
  limit: number,
): Promise<{ rest: Aging; parts: () => Iterable<AgingLine[]> }> {
  const rows = await queryPacked(ctx.db, agingSql(ctx, query, limit), COLUMNS);
  const parts = function* () {
    for (const piece of rows.inPieces()) yield piece.flatMap(lineOf);
  };
  return { rest: { ...(await summed(rows.inTurns())), lines: [] }, parts };
}

function agingSql(ctx: ReadCtx, query: ReportQuery, limit: number): Prisma.Sql {
  const owed = STANDING_KEYS[query.by];
  const money = MONEY_KEYS[query.by];
  const names = GROUP_NAMES[query.by];
  const sums = BUCKETS.map(
    (bucket) =>
      Prisma.sql`SUM(s.outstanding) FILTER (WHERE ${inBucket(bucket, query.due, query.to)}) AS ${Prisma.raw(bucket)}`,
  );
  const columns = (wrap: (name: string) => string) => Prisma.raw([...BUCKETS, ...SUMS].map(wrap).join(', '));
  const grouped = (part: Prisma.Sql) => Prisma.sql`
      SELECT ${owed.key} AS key, ${Prisma.join(sums)}, SUM(s.outstanding) AS open, COUNT(*) AS count,
        SUM(s.outstanding) FILTER (WHERE s.is_retention) AS retention, 0 AS credit
      FROM (${part}) s ${owed.join} GROUP BY ${inOrder(query.by)}`;
  const credit = Prisma.sql`
      SELECT ${money.key} AS key, ${columns((name) => `${name === 'credit' ? 'SUM(r.credit)' : '0'} AS ${name}`)}
      FROM ${creditSql(ctx, query)} r ${money.join} GROUP BY 1`;
  const [most, ...few] = standingParts(ctx, query, 'all').map(grouped);
  // What stands as it does now comes in the order of its groups: the little that does not is joined to these.
  // The first ones are found among all groups and stay; all others are summed, not sorted.
  return Prisma.sql`${PLANNED_ANEW}
    WITH most AS (${most}),
    few AS (
      SELECT x.key, ${columns((name) => `SUM(x.${name}) AS ${name}`)}
      FROM (${Prisma.join([...few, credit], ' UNION ALL ')}) x GROUP BY x.key),
    one AS MATERIALIZED (
      SELECT COALESCE(m.key, f.key) AS key,
        ${columns((name) => `COALESCE(m.${name}, 0)::bigint + COALESCE(f.${name}, 0)::bigint AS ${name}`)}
      FROM most m FULL JOIN few f ON f.key = m.key),
    top AS MATERIALIZED (
      SELECT first.*, row_number() OVER (ORDER BY open DESC, credit DESC, key) AS rank
      FROM (SELECT * FROM one ORDER BY open DESC, credit DESC, key LIMIT ${limit}) first),
    g AS (
      SELECT rank, ${keyText(Prisma.sql`key`)} AS key, 1 AS groups, ${columns((name) => name)} FROM top
      UNION ALL
      SELECT NULL, NULL, COUNT(*)::int, ${columns((name) => `SUM(${name})::bigint`)}
      FROM one WHERE NOT EXISTS (SELECT 1 FROM top WHERE top.key = one.key) HAVING COUNT(*) > 0
      UNION ALL
      (SELECT 0, ${keyText(Prisma.sql`key`)}, 0, ${columns((name) => name)} FROM one
      WHERE open > not_due + undated ORDER BY open - not_due - undated DESC, key LIMIT 1))
    SELECT g.key, ${names.name} AS name, g.groups, ${columns((name) => `g.${name}`)}
    FROM g ${names.join} ORDER BY g.rank NULLS LAST`;
}

/** All but the lines, from these some at a time. */
async function summed(
  pieces: Iterable<readonly RawLine[]> | AsyncIterable<readonly RawLine[]>,
): Promise<Omit<Aging, 'lines'>> {
  let [total, others, worst] = [NOTHING, null as Aging['others'], null as Aging['worst']];
  for await (const rows of pieces)
    for (const row of rows) {
      const sums = sumsOf(row);
      if (Number(row.groups) === 0) worst = { ...sums, key: row.key ?? '', name: row.name ?? '' };
      else total = addAll([total, sums]);
      if (row.key === null) others = { ...sums, groups: Number(row.groups) };
    }
  const inBuckets = BUCKETS.reduce((sum, bucket) => sum + total.buckets[bucket], 0n);
  return { others, worst, total, difference: inBuckets - total.open };
}

/** Written out: a literal that spreads another leaves a shape of its own behind each time, which outlives many files' lines. */
function lineOf(row: RawLine): AgingLine[] {
  if (row.key === null || Number(row.groups) === 0) return [];
  const { buckets, open, count, retention, credit } = sumsOf(row);
  return [{ buckets, open, count, retention, credit, key: row.key, name: row.name ?? '' }];
}

const sumsOf = (row: RawLine): AgingSums => ({
  buckets: bucketsOf((bucket) => row[bucket]),
  open: row.open,
  count: Number(row.count),
  retention: row.retention,
  credit: row.credit,
});

const bucketsOf = (amount: (bucket: Bucket) => bigint): Record<Bucket, bigint> => ({
  not_due: amount('not_due'),
  d30: amount('d30'),
  d60: amount('d60'),
  d90: amount('d90'),
  d180: amount('d180'),
  older: amount('older'),
  undated: amount('undated'),
});

function addAll(parts: readonly AgingSums[]): AgingSums {
  const sum = (pick: (part: AgingSums) => bigint) => parts.reduce((total, part) => total + pick(part), 0n);
  return {
    buckets: bucketsOf((bucket) => sum((part) => part.buckets[bucket])),
    open: sum((part) => part.open),
    count: parts.reduce((total, part) => total + part.count, 0),
    retention: sum((part) => part.retention),
    credit: sum((part) => part.credit),
  };
}

const NOTHING: AgingSums = { buckets: bucketsOf(() => 0n), open: 0n, count: 0, retention: 0n, credit: 0n };

// Aging (账龄, F85, P20) as of any day: what was open then in buckets by its due day, per group, beside what the customers
// had in credit; and the rows behind a bucket or a group. One currency at a time; always within the reader's scope.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { PAGE_SIZE, pageOf } from '../page.js';
import { findGroupName, GROUP_NAMES, MONEY_KEYS, STANDING_KEYS } from './groups.queries.js';
import { BUCKETS, type Bucket, bucketDays, type DueBasis, type ReportQuery } from './report.js';
import { creditSql, standingSql } from './standing.queries.js';

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
  readonly total: AgingSums;
  /** Σ buckets − open: anything but 0 means that the report must not be used. */
  readonly difference: bigint;
}

const dueColumn = (basis: DueBasis): Prisma.Sql =>
  basis === 'effective' ? Prisma.sql`s.effective_due` : Prisma.sql`s.original_due`;

/** Whether a row `s` is in a bucket. */
function inBucket(bucket: Bucket, basis: DueBasis, asOf: LocalDate): Prisma.Sql {
  const due = dueColumn(basis);
  if (bucket === 'undated') return Prisma.sql`${due} IS NULL`;
  const { from, to } = bucketDays(bucket, asOf);
  const ends = [
    ...(from === null ? [] : [Prisma.sql`${due} >= ${from}::date`]),
    ...(to === null ? [] : [Prisma.sql`${due} <= ${to}::date`]),
  ];
  return Prisma.join(ends, ' AND ');
}

interface RawLine extends Record<Bucket, bigint> {
  key: string | null;
  name: string | null;
  open: bigint;
  count: number;
  retention: bigint;
  credit: bigint;
  groups: number;
}

/** The report, the largest groups first; what is beyond `limit` together as one line. */
export async function readAging(ctx: ReadCtx, query: ReportQuery, limit: number): Promise<Aging> {
  const owed = STANDING_KEYS[query.by];
  const money = MONEY_KEYS[query.by];
  const names = GROUP_NAMES[query.by];
  const sums = BUCKETS.map(
    (bucket) =>
      Prisma.sql`SUM(s.outstanding) FILTER (WHERE ${inBucket(bucket, query.due, query.to)}) AS ${Prisma.raw(bucket)}`,
  );
  const columns = (wrap: (name: string) => string) => Prisma.raw(BUCKETS.map(wrap).join(', '));
  const rows = await ctx.db.$queryRaw<RawLine[]>`
    WITH part AS (
      SELECT ${owed.key} AS key, ${Prisma.join(sums)}, SUM(s.outstanding) AS open, COUNT(*) AS count,
        SUM(s.outstanding) FILTER (WHERE s.is_retention) AS retention, 0 AS credit
      FROM ${standingSql(ctx, query)} s ${owed.join} GROUP BY 1
      UNION ALL
      SELECT ${money.key}, ${columns(() => 'NULL::numeric')}, 0, 0, 0, SUM(r.credit)
      FROM ${creditSql(ctx, query)} r ${money.join} GROUP BY 1),
    one AS (
      SELECT key, ${columns((name) => `SUM(${name}) AS ${name}`)}, SUM(open) AS open, SUM(count) AS count,
        SUM(retention) AS retention, SUM(credit) AS credit,
        row_number() OVER (ORDER BY SUM(open) DESC, SUM(credit) DESC, key) AS rank
      FROM part GROUP BY key),
    g AS (
      SELECT CASE WHEN rank <= ${limit} THEN rank END AS rank, MIN(key) AS key, COUNT(*)::int AS groups,
        ${columns((name) => `COALESCE(SUM(${name}), 0)::bigint AS ${name}`)}, SUM(open)::bigint AS open,
        SUM(count)::int AS count, COALESCE(SUM(retention), 0)::bigint AS retention, COALESCE(SUM(credit), 0)::bigint AS credit
      FROM one GROUP BY 1)
    SELECT CASE WHEN g.rank IS NULL THEN NULL ELSE g.key END AS key, ${names.name} AS name, g.groups,
      ${columns((name) => `g.${name}`)}, g.open, g.count, g.retention, g.credit
    FROM g ${names.join} ORDER BY g.rank NULLS LAST`;
  const lines = rows.flatMap((row) =>
    row.key === null ? [] : [{ ...sumsOf(row), key: row.key, name: row.name ?? '' }],
  );
  const rest = rows.find((row) => row.key === null);
  const others = rest ? { ...sumsOf(rest), groups: rest.groups } : null;
  const total = addAll(others === null ? lines : [...lines, others]);
  const inBuckets = BUCKETS.reduce((sum, bucket) => sum + total.buckets[bucket], 0n);
  return { lines, others, total, difference: inBuckets - total.open };
}

const sumsOf = (row: RawLine): AgingSums => ({
  buckets: bucketsOf((bucket) => row[bucket]),
  open: row.open,
  count: row.count,
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

/** A row behind a bucket or a group, as it was on the report's day. */
export interface AgingRow {
  readonly id: string;
  readonly customerName: string;
  readonly contractNumber: string;
  readonly seq: number;
  readonly name: string;
  readonly outstanding: bigint;
  /** By the report's basis; null: undated. */
  readonly due: LocalDate | null;
  readonly ownerName: string;
  readonly isRetention: boolean;
}
export interface AgingRows {
  readonly rows: readonly AgingRow[];
  readonly total: number;
  readonly open: bigint;
  /** Of the group looked into; '' for a bucket, or where it belongs to none. */
  readonly groupName: string;
  readonly page: number;
  readonly pages: number;
}

/** What is looked into: a bucket, a group, or both; neither is everything. */
export interface AgingPart {
  readonly bucket?: Bucket | undefined;
  readonly key?: string | undefined;
}

/** One page (20) of the rows, the oldest first. */
export async function findAgingRows(
  ctx: ReadCtx,
  query: ReportQuery,
  part: AgingPart,
  page: { number: number; size?: number } = { number: 1 },
): Promise<AgingRows> {
  const { key, join } = STANDING_KEYS[query.by];
  const due = dueColumn(query.due);
  const where = Prisma.join(
    [
      Prisma.sql`TRUE`,
      ...(part.bucket === undefined ? [] : [inBucket(part.bucket, query.due, query.to)]),
      ...(part.key === undefined ? [] : [Prisma.sql`${key} = ${part.key}`]),
    ],
    ' AND ',
  );
  const from = Prisma.sql`${standingSql(ctx, query)} s ${join}`;
  const [sums] = await ctx.db.$queryRaw<{ total: number; open: bigint }[]>`
    SELECT COUNT(*)::int AS total, COALESCE(SUM(s.outstanding), 0)::bigint AS open FROM ${from} WHERE ${where}`;
  const { total = 0, open = 0n } = sums ?? {};
  const size = page.size ?? PAGE_SIZE;
  const { page: number, pages } = pageOf(total, page.number, size);
  const groupName = part.key === undefined ? '' : await findGroupName(ctx, query.by, part.key);
  const rows = await ctx.db.$queryRaw<(Omit<AgingRow, 'due'> & { due: Date | null })[]>`
    SELECT x.id::text, k.name AS "customerName", c.number AS "contractNumber", i.seq, i.name, x.outstanding, x.due,
      u.name AS "ownerName", x.is_retention AS "isRetention"
    FROM (SELECT s.id, s.outstanding, s.owner_id, s.is_retention, ${due} AS due FROM ${from} WHERE ${where}
      ORDER BY ${due}, s.outstanding DESC, s.id LIMIT ${size} OFFSET ${(number - 1) * size}) x
    JOIN instalment i ON i.id = x.id JOIN contract c ON c.id = i.contract_id
    JOIN customer k ON k.id = i.customer_id JOIN app_user u ON u.id = x.owner_id
    ORDER BY x.due, x.outstanding DESC, x.id`;
  return {
    rows: rows.map((row) => ({ ...row, due: row.due === null ? null : fromUtcDate(row.due) })),
    total,
    open,
    groupName: total === 0 ? '' : groupName,
    page: number,
    pages,
  };
}

// The numbers that reports about a period are made of, per group: what the sources have, put together. Amounts in minor
// units. Rates are measures.ts's.
import type { ReadCtx } from '../../ctx.js';
import { queryPacked } from '../../db/packed-rows.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { GROUP_NAMES, keyText } from './groups.queries.js';
import { MAXIMA, MEASURES, type Measure, type Measures, noMeasures } from './measures.js';
import type { ReportCompany, ReportQuery } from './report.js';
import { READ, type Source, type SourceSql, type Sum } from './sources.queries.js';

export interface MeasuredLine extends Measures {
  /** '' where it belongs to none. */
  readonly key: string;
  readonly name: string;
}
export interface Measured {
  readonly lines: readonly MeasuredLine[];
  /** The groups beyond the lines, together; groups null: not counted. */
  readonly others: (Measures & { readonly groups: number | null }) | null;
  readonly total: Measures;
}

interface Asked {
  readonly sources: readonly Source[];
  /** Those of the sources that are looked at: the others stay 0. All when left out. */
  readonly measures?: readonly Measure[];
  /** Sources whose sums beyond the first groups nobody looks at: where there are very many groups, these stay 0. */
  readonly firstOnly?: readonly Source[];
  readonly order: Measure;
  /** How many groups; 0: only the total. */
  readonly limit: number;
  readonly company: ReportCompany;
}
type Row = Partial<Measures> & { key: string | null; name: string | null; groups: number | bigint | null };

const gather = (name: Measure): string => `${MAXIMA.includes(name) ? 'MAX' : 'SUM'}("${name}")`;

/** Groups with the measures of these sources, the largest of `order` first; those beyond `limit` as one. */
export async function readMeasures(ctx: ReadCtx, query: ReportQuery, asked: Asked): Promise<Measured> {
  const sources = asked.sources.map((name) => ({
    ...only(READ[name](ctx, query, asked.company), asked.measures),
    isWhole: !asked.firstOnly?.includes(name),
  }));
  if (asked.limit === 0) {
    const [total] = await readFirst(ctx, query, sources, []);
    return { lines: [], others: null, total: measuresOf(total ?? {}) };
  }
  // Customers and contracts are very many: the first ones are found in one source or two, and looked up in each; of all
  // others only the sums are made.
  const isMany = query.by === 'customer' || query.by === 'contract';
  const first = isMany && asked.limit <= FEW ? await findFirst(ctx, sources, asked) : [];
  if (first.length > 0) {
    const summed = usedBy(sources.filter(({ isWhole }) => isWhole));
    return beyondFirst(await readFirst(ctx, query, sources, first), summed);
  }
  const rows = await queryWide<Row>(ctx.db, groupsSql(query, sources, asked));
  return { ...(await summedUp([rows])), lines: linesOf(rows) };
}

/** The same with very many lines: these some at a time, and the report without them. */
export async function readLongMeasures(
  ctx: ReadCtx,
  query: ReportQuery,
  asked: Asked,
): Promise<{ rest: Measured; parts: () => Iterable<MeasuredLine[]> }> {
  const sources = asked.sources.map((name) => only(READ[name](ctx, query, asked.company), asked.measures));
  const columns = { texts: ['key', 'name'], numbers: ['groups', ...usedBy(sources)] } as const;
  const rows = await queryPacked(ctx.db, groupsSql(query, sources, asked), columns);
  const parts = function* () {
    for (const piece of rows.inPieces()) yield linesOf(piece);
  };
  return { rest: { ...(await summedUp(rows.inTurns())), lines: [] }, parts };
}

/** All but the lines, from these some at a time. */
async function summedUp(
  pieces: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
): Promise<Omit<Measured, 'lines'>> {
  let [total, others] = [noMeasures(), null as Measured['others']];
  for await (const rows of pieces)
    for (const row of rows) {
      const measures = measuresOf(row);
      total = addMeasures(total, measures);
      if (row.key === null) others = { ...measures, groups: Number(row.groups) };
    }
  return { others, total };
}

/** Each sum costs something for each row that is read, and so does a part that counts in none. */
function only(source: SourceSql, measures?: readonly Measure[]): SourceSql {
  if (measures === undefined) return source;
  const isAsked = (name: string) => measures.some((one) => one === name);
  return {
    ...source,
    from: source.from.filter((part) => part.only?.some(isAsked) ?? true),
    sums: Object.fromEntries(Object.entries(source.sums).filter(([name]) => isAsked(name))),
  };
}

const linesOf = (rows: readonly Row[]): MeasuredLine[] =>
  rows.flatMap((row) =>
    row.key === null ? [] : [Object.assign(measuresOf(row), { key: row.key, name: row.name ?? '' })],
  );

/** So many groups are looked up one by one. */
const FEW = 2000;
const NONE = Prisma.raw('NULL');

const EVERY = Prisma.raw('TRUE');
const sumOf = (sum: Sum | undefined, besides: Prisma.Sql): Prisma.Sql =>
  typeof sum === 'function' ? sum(besides) : (sum ?? NONE);

/** The sums of a source, a column for each that is used. `besides`: of which rows what is no sum is said. */
function columnsOf({ sums }: SourceSql, used: readonly Measure[], besides: Prisma.Sql = EVERY): Prisma.Sql {
  const all = used.map(
    (name) => Prisma.sql`(${sumOf(sums[name], besides)})::bigint AS ${Prisma.raw(`"${name}"`)}`,
  );
  return Prisma.join(all);
}
const usedBy = (sources: readonly SourceSql[]): Measure[] =>
  MEASURES.filter((name) => sources.some(({ sums }) => sums[name] !== undefined));

/** Keys of the first groups, where there are enough that have any of it, or anything open; else none. */
async function findFirst(
  ctx: ReadCtx,
  sources: readonly SourceSql[],
  { order, limit }: Asked,
): Promise<string[]> {
  const found = await largestOf(ctx, sources, order, limit);
  if (found.length === limit || order === 'open') return found.length < limit ? [] : found;
  const open = await largestOf(ctx, sources, 'open', limit);
  const keys = [...new Set([...found, ...open])];
  return keys.length < limit ? [] : keys.slice(0, limit);
}

/** Keys of at most `limit` groups that have any of it, the largest first. */
async function largestOf(
  { db }: ReadCtx,
  sources: readonly SourceSql[],
  measure: Measure,
  limit: number,
): Promise<string[]> {
  const source = sources.find(({ sums }) => sums[measure] !== undefined);
  if (!source) return [];
  const parts = only(source, [measure]).from.map(
    ({ table }) =>
      Prisma.sql`SELECT ${source.key} AS key, ${sumOf(source.sums[measure], EVERY)} AS sum FROM ${table} GROUP BY ${source.inOrder ?? source.key}`,
  );
  const sums =
    parts.length === 1
      ? parts[0]
      : Prisma.sql`SELECT y.key, SUM(y.sum) AS sum FROM (${Prisma.join(parts, ' UNION ALL ')}) y GROUP BY 1`;
  const rows = await queryWide<{ key: string }>(
    db,
    Prisma.sql`${PLANNED_ANEW}
      SELECT x.key::text FROM (${sums}) x WHERE x.sum > 0 ORDER BY x.sum DESC, x.key LIMIT ${limit}`,
    0,
  );
  return rows.map(({ key }) => key);
}

type AskedSql = SourceSql & { readonly isWhole: boolean };

/**
 * The groups of these keys, in this order; then the sum of every group, these too, but of what is no sum the largest of all
 * others. A sum of all needs no look at each row's group, and a few groups are looked up.
 */
function readFirst(
  { db }: ReadCtx,
  query: ReportQuery,
  sources: readonly AskedSql[],
  keys: readonly string[],
): Promise<Row[]> {
  const names = GROUP_NAMES[query.by];
  const used = usedBy(sources);
  const ids = Prisma.sql`${[...keys]}::uuid[]`;
  const parts = sources.flatMap((source) => {
    const { key, from, isWhole } = source;
    const besides = keys.length === 0 ? EVERY : Prisma.sql`${key} <> ALL(${ids})`;
    const asksKeys = keys.length > 0 && Object.values(source.sums).some((sum) => typeof sum === 'function');
    const whole = asksKeys ? from : (source.whole ?? from);
    return [
      ...(isWhole ? whole : []).map(
        ({ table }) =>
          Prisma.sql`SELECT NULL::uuid AS key, ${columnsOf(source, used, besides)} FROM ${table}`,
      ),
      ...(keys.length > 0 ? from : []).map(
        ({ table }) =>
          Prisma.sql`SELECT ${key} AS key, ${columnsOf(source, used)} FROM ${table} WHERE ${key} = ANY(${ids}) GROUP BY 1`,
      ),
    ];
  });
  const columns = (wrap: (name: Measure) => string) => Prisma.raw(used.map(wrap).join(', '));
  return queryWide(
    db,
    Prisma.sql`${PLANNED_ANEW}
    WITH part AS (${Prisma.join(parts, ' UNION ALL ')}),
    g AS (
      SELECT array_position(${ids}, part.key) AS rank, ${keyText(Prisma.sql`part.key`)} AS key,
        ${columns((name) => `COALESCE(${gather(name)}, 0)::bigint AS "${name}"`)}
      FROM part GROUP BY part.key)
    SELECT g.key, ${names.name} AS name, NULL::int AS groups, ${columns((name) => `g."${name}"`)}
    FROM g ${names.join} ORDER BY g.rank NULLS LAST`,
  );
}

/** From the first groups and the sum of all: the others, as far as these measures were summed. */
function beyondFirst(rows: readonly Row[], summed: readonly Measure[]): Measured {
  const lines = linesOf(rows);
  const others = measuresOf(rows.find((row) => row.key === null) ?? {});
  for (const name of summed)
    if (!MAXIMA.includes(name)) others[name] = lines.reduce((left, line) => left - line[name], others[name]);
  const hasOthers = MEASURES.some((name) => others[name] !== 0n);
  return {
    lines,
    others: hasOthers ? { ...others, groups: null } : null,
    total: [...lines, others].reduce(addMeasures, noMeasures()),
  };
}

/** Every group, the first ones as they are and the others as one. */
function groupsSql(query: ReportQuery, sources: readonly SourceSql[], { order, limit }: Asked): Prisma.Sql {
  const names = GROUP_NAMES[query.by];
  const used = usedBy(sources);
  const parts = sources.flatMap((source) =>
    source.from.map(
      ({ table }) =>
        Prisma.sql`SELECT ${source.key} AS key, ${columnsOf(source, used)} FROM ${table} GROUP BY 1`,
    ),
  );
  const columns = (wrap: (name: Measure) => string) => Prisma.raw(used.map(wrap).join(', '));
  const first = Prisma.raw(`"${order}" DESC, ${used.includes('open') ? 'open DESC, ' : ''}key`);
  return Prisma.sql`${PLANNED_ANEW}
    WITH part AS (${Prisma.join(parts, ' UNION ALL ')}),
    one AS MATERIALIZED (
      SELECT key, ${columns((name) => `COALESCE(${gather(name)}, 0)::bigint AS "${name}"`)} FROM part GROUP BY key),
    top AS MATERIALIZED (
      SELECT x.*, row_number() OVER (ORDER BY ${first}) AS rank
      FROM (SELECT * FROM one ORDER BY ${first} LIMIT ${limit}) x),
    g AS (
      SELECT rank, ${keyText(Prisma.sql`key`)} AS key, 1 AS groups, ${columns((name) => `"${name}"`)} FROM top
      UNION ALL
      SELECT NULL, NULL, COUNT(*)::int, ${columns((name) => `${gather(name)}::bigint`)}
      FROM one WHERE NOT EXISTS (SELECT 1 FROM top WHERE top.key = one.key) HAVING COUNT(*) > 0)
    SELECT g.key, ${names.name} AS name, g.groups, ${columns((name) => `g."${name}"`)}
    FROM g ${names.join} ORDER BY g.rank NULLS LAST`;
}

function measuresOf(row: Partial<Measures>): Measures {
  const own = noMeasures();
  for (const name of MEASURES) own[name] = row[name] ?? 0n;
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

// One moment of the embedded engine, which has one session: nobody else gets a turn while a transaction runs, so none of
// these may be long. Rows are copied slice by slice between other people's statements. A last transaction, the moment
// itself, only counts: a version of a row never changes, so a slice that has as many of its rows left as were copied is what
// was copied. What is not, and all rows that are newer than the beginning, it copies then.
import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { BackupError, disturbedBy } from './format.js';
import {
  type Column,
  hasFiles,
  isFile,
  type Moment,
  ROWS_A_BATCH,
  readFacts,
  selectLines,
  type Table,
  writeAsText,
} from './tables.js';
import { inTransaction } from './transaction.js';

/** Pages of a slice at first, an eighth of a megabyte, some hundred rows: about 10 ms. */
const FIRST_PAGES = 16;
const MOST_PAGES = 32;
/** Where rows are wide or the machine is busy a slice takes longer: the next one is half as large; else twice. */
const LONG_MS = 40;
const SHORT_MS = 10;
/** Slices that changed are copied again before the moment, until so few are left for it. */
const FEW_SLICES = 3;
const MAX_ROUNDS = 5;

/** Some pages of a table, and what was copied of them. */
interface Slice {
  readonly table: Table;
  /** Its pages: the first, and the one after the last. */
  readonly from: number;
  readonly to: number;
  readonly cursor: string;
  copied: number;
}

/** What was there when it began: `isOld` tells whether a row version is. */
interface Beginning {
  readonly tables: readonly Table[];
  readonly isOld: string;
  readonly pagesOf: ReadonlyMap<string, number>;
  /** Grows while they are copied. */
  readonly slices: Slice[];
}

/** @throws BackupError schema; disturbed: tables came or went, begin again */
export async function setAside(pool: Pool): Promise<Moment> {
  const cursors = new Map<Table, string[]>();
  const end = async () => {
    for (const cursor of [...cursors.values()].flat()) await pool.query(`CLOSE ${cursor}`).catch(() => {});
  };
  try {
    const begun = await begin(pool);
    for await (const slice of copyAll(pool, begun))
      cursors.set(slice.table, [...(cursors.get(slice.table) ?? []), slice.cursor]);
    await copyChanged(pool, begun);
    const facts = await inTransaction(pool, async (client) => {
      for (const [table, cursor] of await takeRest(client, begun))
        cursors.set(table, [...(cursors.get(table) ?? []), cursor]);
      return readFacts(client);
    });
    if (JSON.stringify(facts.tables) !== JSON.stringify(begun.tables))
      throw new BackupError('disturbed', 'Tables were made or removed during the backup. Start it again.');
    return { ...facts, tables: begun.tables, next: (table) => nextOf(pool, table, cursors), end };
  } catch (error) {
    await end();
    throw disturbedBy(error);
  }
}

function begin(pool: Pool): Promise<Beginning> {
  return inTransaction(pool, async (client) => {
    const { tables } = await readFacts(client);
    const [since] = (await client.query<{ xid: string }>('SELECT pg_current_xact_id()::xid::text AS xid'))
      .rows;
    if (!since) throw new RangeError('no transaction');
    const { rows } = await client.query<{ name: string; pages: number }>(
      `SELECT relname AS name, (pg_relation_size(oid) / current_setting('block_size')::int)::int AS pages FROM pg_class
       WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
    );
    const pagesOf = new Map(rows.map(({ name, pages }) => [name, pages]));
    return { tables, isOld: `age(xmin) > age('${since.xid}'::xid)`, pagesOf, slices: [] };
  });
}

/** Copies every table slice by slice, each as large as the time of the last one allows. */
async function* copyAll(pool: Pool, { tables, isOld, pagesOf, slices }: Beginning): AsyncGenerator<Slice> {
  // Another backup may be read in the same session.
  const own = randomBytes(4).toString('hex');
  let size = FIRST_PAGES;
  for (const table of tables) {
    const pages = pagesOf.get(table.name) ?? 0;
    for (let from = 0; from < pages; ) {
      const to = Math.min(from + size, pages);
      const slice: Slice = { table, from, to, cursor: `backup_${own}_${slices.length}`, copied: 0 };
      slices.push(slice);
      let begunAt = 0;
      await inTransaction(pool, async (client) => {
        begunAt = performance.now();
        await copySlice(client, slice, isOld);
      });
      // With its commit, which is when rows that stay readable are copied.
      const tookMs = performance.now() - begunAt;
      yield slice;
      if (tookMs > LONG_MS) size = Math.max(1, size >> 1);
      else if (tookMs < SHORT_MS) size = Math.min(MOST_PAGES, size * 2);
      from = to;
    }
  }
}

const startOf = (page: number): string => `(${page},0)`;

/** Copies what is left of the old rows of a slice, out of everybody's way. */
async function copySlice(client: PoolClient, slice: Slice, isOld: string): Promise<void> {
  const { table, from, to, cursor } = slice;
  const where = `ctid >= '${startOf(from)}'::tid AND ctid < '${startOf(to)}'::tid AND ${isOld}`;
  await writeAsText(client);
  const [found] = (
    await client.query<{ count: number }>(`SELECT count(*)::int FROM "${table.name}" WHERE ${where}`)
  ).rows;
  slice.copied = found?.count ?? 0;
  await hold(client, cursor, `${selectLines(table, true)} WHERE ${where}`);
}

/** Rows that stay readable when the transaction is over. */
const hold = (client: PoolClient, cursor: string, query: string) =>
  client.query(`DECLARE ${cursor} NO SCROLL CURSOR WITH HOLD FOR ${query}`);

/** The slices of a table that have lost rows since they were copied, and whether the table has new ones. */
async function findChanged(
  client: PoolClient,
  table: Table,
  { slices, isOld }: Beginning,
): Promise<{ changed: Slice[]; hasNew: boolean }> {
  const own = slices.filter((slice) => slice.table === table);
  const [found] = (
    await client.query<{ all: number; old: number }>(
      `SELECT count(*)::int AS all, count(*) FILTER (WHERE ${isOld})::int AS old FROM "${table.name}"`,
    )
  ).rows;
  const { all = 0, old = 0 } = found ?? {};
  const hasNew = all > old;
  // Rows only go: as many as were copied are those that were copied.
  if (own.reduce((sum, slice) => sum + slice.copied, 0) === old) return { changed: [], hasNew };
  const { rows } = await client.query<{ place: number; old: number }>(
    `SELECT width_bucket(ctid, $1::tid[]) AS place, count(*)::int AS old FROM "${table.name}" WHERE ${isOld} GROUP BY 1`,
    [`{${own.map((slice) => `"${startOf(slice.from)}"`).join(',')}}`],
  );
  // The places of the slices, from 1.
  const left = new Map(rows.map((row) => [row.place, row.old]));
  return { changed: own.filter((slice, index) => (left.get(index + 1) ?? 0) !== slice.copied), hasNew };
}

/** Copies again what has changed meanwhile, table by table, so that little is left for the moment itself. */
async function copyChanged(pool: Pool, begun: Beginning): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const stale: Slice[] = [];
    for (const table of new Set(begun.slices.map((slice) => slice.table)))
      stale.push(...(await inTransaction(pool, (client) => findChanged(client, table, begun))).changed);
    if (stale.length <= FEW_SLICES) return;
    for (const slice of stale)
      await inTransaction(pool, async (client) => {
        await client.query(`CLOSE ${slice.cursor}`);
        await copySlice(client, slice, begun.isOld);
      });
  }
}

/** The moment: what changed in the last while, and all that is new, as one transaction sees it. */
async function takeRest(client: PoolClient, begun: Beginning): Promise<Map<Table, string>> {
  await writeAsText(client);
  const own = randomBytes(4).toString('hex');
  const fresh = new Map<Table, string>();
  for (const [index, table] of begun.tables.entries()) {
    const { changed, hasNew } = await findChanged(client, table, begun);
    for (const slice of changed) {
      await client.query(`CLOSE ${slice.cursor}`);
      await copySlice(client, slice, begun.isOld);
    }
    if (!hasNew) continue;
    const cursor = `backup_${own}_new_${index}`;
    await hold(client, cursor, `${selectLines(table, true)} WHERE NOT ${begun.isOld}`);
    fresh.set(table, cursor);
  }
  return fresh;
}

/** The next rows of a table; a copy that was read to its end is given up at once. */
async function nextOf(pool: Pool, table: Table, cursors: Map<Table, string[]>): Promise<string[]> {
  for (;;) {
    const [cursor, ...rest] = cursors.get(table) ?? [];
    if (cursor === undefined) return [];
    const lines = await (hasFiles(table) ? nextWithFiles(pool, table, cursor) : nextLines(pool, cursor));
    if (lines.length > 0) return lines;
    await pool.query(`CLOSE ${cursor}`);
    cursors.set(table, rest);
  }
}

async function nextLines(pool: Pool, cursor: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`FETCH ${ROWS_A_BATCH} FROM ${cursor}`);
  return rows.map(({ line }) => line);
}

/**
 * The next row of a table with files. These are never changed once they are there, so they are not set aside, which would
 * write each of them twice more; only one that is deleted in between is missed.
 */
async function nextWithFiles(pool: Pool, table: Table, cursor: string): Promise<string[]> {
  const { rows } = await pool.query<{ line: string; keys: string[]; filled: boolean[] }>(
    `FETCH 1 FROM ${cursor}`,
  );
  const [row] = rows;
  if (!row) return [];
  const files = table.columns.filter(isFile).filter((_, index) => row.filled[index]);
  if (files.length === 0) return [row.line];
  const where = table.columns
    .filter(({ isKey }) => isKey)
    .map(({ name, type }, index) => `"${name}" = $${index + 1}::${type}`);
  const found = await pool.query<Record<string, string | null>>(
    `SELECT ${files.map(asText).join(', ')} FROM "${table.name}" WHERE ${where.join(' AND ')}`,
    row.keys,
  );
  const [bytes] = found.rows;
  const cells: unknown[] = JSON.parse(row.line);
  for (const file of files) {
    const text = bytes?.[file.name] ?? null;
    if (text === null)
      throw new BackupError(
        'disturbed',
        'A file was deleted while the backup was being made. Start it again.',
      );
    cells[table.columns.indexOf(file)] = text;
  }
  return [JSON.stringify(cells)];
}

const asText = ({ name }: Column): string => `"${name}"::text AS "${name}"`;

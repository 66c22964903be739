// One moment of the embedded engine, which has one session: nobody else gets a turn while a transaction runs, so none of
// these may be long. Rows are copied slice by slice between other people's statements, while the engine's log is followed:
// a slice none of whose pages was written to since is what was copied. A last transaction, the moment itself, copies the
// few that were, and the pages that are new.
import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { followLog, type LogReader, PLACE_NOW } from './changed-pages.js';
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
/** What was written to is copied again in small slices: it is the same few pages that are written to again. */
const AGAIN_PAGES = 4;
/** It is copied again before the moment, until so few pages are left for it. */
const FEW_PAGES = 16;
const MAX_ROUNDS = 8;

/** Some pages of a table: the first, and the one after the last. */
interface Pages {
  readonly shelf: Shelf;
  readonly from: number;
  readonly to: number;
}

/** A copy of them. */
interface Slice extends Pages {
  /** Undefined when they had no rows. */
  readonly cursor: string | undefined;
  /** The place in the log: what was written before it is in the copy. */
  readonly copiedAt: bigint;
}

/** A table, and what was copied of it. */
interface Shelf {
  readonly table: Table;
  readonly file: number;
  readonly slices: Set<Slice>;
  /** How many are copied, or due. */
  pages: number;
}

interface Work {
  readonly shelves: readonly Shelf[];
  readonly log: LogReader;
  /** What has no copy, or no longer. */
  readonly due: Pages[];
  readonly nameCursor: () => string;
}

/** @throws BackupError schema; disturbed: tables came, went or were written anew, begin again */
export async function setAside(pool: Pool): Promise<Moment> {
  const work = await inTransaction(pool, begin);
  const cursorsOf = ({ slices }: Shelf) =>
    [...slices].flatMap(({ cursor }) => (cursor === undefined ? [] : [cursor]));
  const end = async () => {
    for (const cursor of work.shelves.flatMap(cursorsOf)) await pool.query(`CLOSE ${cursor}`).catch(() => {});
  };
  try {
    await copyAll(pool, work);
    await copyChanged(pool, work);
    const facts = await inTransaction(pool, async (client) => {
      await findChanged(client, work);
      for (const pages of work.due.splice(0)) await copy(client, work, pages);
      return readFacts(client);
    });
    const cursors = new Map(work.shelves.map((shelf) => [shelf.table, cursorsOf(shelf)]));
    const tables = [...cursors.keys()];
    if (JSON.stringify(facts.tables) !== JSON.stringify(tables)) throw otherTables();
    return { ...facts, tables, next: (table) => nextOf(pool, table, cursors), end };
  } catch (error) {
    await end();
    throw disturbedBy(error);
  }
}

const otherTables = (): BackupError =>
  new BackupError('disturbed', 'Tables were made or removed during the backup. Start it again.');

async function begin(client: PoolClient): Promise<Work> {
  const { tables } = await readFacts(client);
  const files = await readFiles(client);
  const shelves = tables.map((table) => {
    const { file, pages } = files.get(table.name) ?? { file: 0, pages: 0 };
    return { table, file, pages, slices: new Set<Slice>() };
  });
  // Another backup may be read in the same session.
  const own = randomBytes(4).toString('hex');
  let count = 0;
  const nameCursor = () => `backup_${own}_${count++}`;
  return { shelves, log: await followLog(client), due: [], nameCursor };
}

/** Where each table is kept, which is elsewhere once it is emptied or written anew, and how many pages it has. */
async function readFiles(client: PoolClient): Promise<Map<string, { file: number; pages: number }>> {
  const { rows } = await client.query<{ name: string; file: number; pages: number }>(
    `SELECT relname AS name, pg_relation_filenode(oid) AS file,
       (pg_relation_size(oid) / current_setting('block_size')::int)::int AS pages
     FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'`,
  );
  return new Map(rows.map(({ name, ...found }) => [name, found]));
}

/** Copies every table slice by slice, each as large as the time of the last one allows. */
async function copyAll(pool: Pool, work: Work): Promise<void> {
  let size = FIRST_PAGES;
  for (const shelf of work.shelves) {
    const { pages } = shelf;
    for (let from = 0; from < pages; ) {
      const to = Math.min(from + size, pages);
      let begunAt = 0;
      await inTransaction(pool, async (client) => {
        begunAt = performance.now();
        // The log is read in small pieces too.
        await takeStale(client, work);
        await copy(client, work, { shelf, from, to });
      });
      // With its commit, which is when rows that stay readable are copied.
      const tookMs = performance.now() - begunAt;
      if (tookMs > LONG_MS) size = Math.max(1, size >> 1);
      else if (tookMs < SHORT_MS) size = Math.min(MOST_PAGES, size * 2);
      from = to;
    }
  }
}

async function copy(client: PoolClient, work: Work, { shelf, from, to }: Pages): Promise<void> {
  const where = `ctid >= '(${from},0)'::tid AND ctid < '(${to},0)'::tid`;
  await writeAsText(client);
  // To look at a page tidies it, which the log has too: its place is taken after a first look.
  const [found] = (
    await client.query<{ count: number; place: string }>(
      `SELECT count(*)::int AS count, ${PLACE_NOW} AS place FROM "${shelf.table.name}" WHERE ${where}`,
    )
  ).rows;
  const { count = 0, place = '0' } = found ?? {};
  const cursor = count > 0 ? work.nameCursor() : undefined;
  // Rows that stay readable when the transaction is over.
  if (cursor !== undefined)
    await client.query(
      `DECLARE ${cursor} NO SCROLL CURSOR WITH HOLD FOR ${selectLines(shelf.table, true)} WHERE ${where}`,
    );
  shelf.slices.add({ shelf, from, to, cursor, copiedAt: BigInt(place) });
}

/** What was written to since it was copied is due again. */
async function takeStale(client: PoolClient, { shelves, log, due }: Work): Promise<void> {
  const stale = new Set<Slice>();
  for (const { file, page, at } of await log.next(client))
    for (const slice of shelves.find((shelf) => shelf.file === file)?.slices ?? [])
      if (slice.from <= page && page < slice.to && slice.copiedAt <= at) stale.add(slice);
  for (const slice of stale) {
    slice.shelf.slices.delete(slice);
    due.push(...inPieces(slice, AGAIN_PAGES));
    if (slice.cursor !== undefined) await client.query(`CLOSE ${slice.cursor}`);
  }
}

function inPieces({ shelf, from, to }: Pages, size: number): Pages[] {
  const pieces: Pages[] = [];
  for (let at = from; at < to; at += size) pieces.push({ shelf, from: at, to: Math.min(at + size, to) });
  return pieces;
}

/** All that has no copy, or no longer, is due; @throws BackupError disturbed: a table was written anew */
async function findChanged(client: PoolClient, work: Work): Promise<void> {
  await takeStale(client, work);
  const files = await readFiles(client);
  for (const shelf of work.shelves) {
    const now = files.get(shelf.table.name);
    if (now?.file !== shelf.file) throw otherTables();
    if (now.pages <= shelf.pages) continue;
    work.due.push(...inPieces({ shelf, from: shelf.pages, to: now.pages }, FIRST_PAGES));
    shelf.pages = now.pages;
  }
}

const pagesIn = (pieces: readonly Pages[]): number =>
  pieces.reduce((sum, { from, to }) => sum + to - from, 0);

/** Copies what has changed meanwhile, so that little is left for the moment itself. */
async function copyChanged(pool: Pool, work: Work): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    await inTransaction(pool, (client) => findChanged(client, work));
    if (pagesIn(work.due) <= FEW_PAGES) return;
    while (work.due.length > 0)
      await inTransaction(pool, async (client) => {
        for (let pages = 0; pages < MOST_PAGES; ) {
          const next = work.due.pop();
          if (next === undefined) break;
          await copy(client, work, next);
          pages += next.to - next.from;
        }
      });
  }
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

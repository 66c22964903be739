// One moment of the whole database, read while everybody else goes on. On PostgreSQL that is a snapshot. The embedded
// engine has one session: there one transaction sets the rows aside, for which everybody waits (a second or two for 100,000
// rows), and they are read a batch at a time between other people's statements.
import { randomBytes } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { type BackupEnd, BackupError, type BackupHeader } from './format.js';

const ROWS_A_BATCH = 500;

// One way to write a value, whatever the server's defaults are. What is set aside goes to disk early.
const AS_TEXT = `
  SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
  SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL work_mem = '1MB'`;

interface Column {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

export interface Moment {
  readonly migrations: BackupHeader['migrations'];
  readonly tables: readonly Table[];
  readonly sequences: BackupEnd['sequences'];
  /** The table's next rows, each a line; none: that was all. @throws BackupError disturbed */
  next(table: Table): Promise<string[]>;
  end(): Promise<void>;
}

/** @throws BackupError schema: there is no database of Huikuan */
export async function takeMoment(pool: Pool, engine: BackupHeader['engine']): Promise<Moment> {
  const client = await pool.connect();
  return engine === 'embedded' ? setAside(pool, client) : takeSnapshot(client);
}

async function takeSnapshot(client: PoolClient): Promise<Moment> {
  // Its transaction ends with the connection, which nothing else needs.
  const end = async () => client.release(true);
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const facts = await readFacts(client);
    const cursors = await declareCursors(client, facts.tables, false);
    const next = async (table: Table) => {
      const { rows } = await client.query<{ line: string }>(
        `FETCH ${hasFiles(table) ? 1 : ROWS_A_BATCH} FROM ${cursors.get(table)}`,
      );
      return rows.map(({ line }) => line);
    };
    return { ...facts, next, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function setAside(pool: Pool, client: PoolClient): Promise<Moment> {
  let broken = true;
  try {
    await client.query('BEGIN');
    const facts = await readFacts(client);
    const cursors = await declareCursors(client, facts.tables, true);
    // Here it happens.
    await client.query('COMMIT');
    broken = false;
    return {
      ...facts,
      next: async (table) => {
        const cursor = cursors.get(table);
        return hasFiles(table) ? nextWithFiles(pool, table, cursor) : nextLines(pool, cursor);
      },
      end: async () => {
        for (const cursor of cursors.values()) await pool.query(`CLOSE ${cursor}`).catch(() => {});
      },
    };
  } finally {
    client.release(broken);
  }
}

type Cursors = ReadonlyMap<Table, string>;

async function nextLines(pool: Pool, cursor: string | undefined): Promise<string[]> {
  const { rows } = await pool.query<{ line: string }>(`FETCH ${ROWS_A_BATCH} FROM ${cursor}`);
  return rows.map(({ line }) => line);
}

/**
 * The next row of a table with files. These are never changed once they are there, so they are not set aside, which would
 * write each of them twice more; only one that is deleted in between is missed.
 */
async function nextWithFiles(pool: Pool, table: Table, cursor: string | undefined): Promise<string[]> {
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

const isFile = ({ type }: Column): boolean => type === 'bytea';
const hasFiles = (table: Table): boolean => table.columns.some(isFile);
const asText = ({ name }: Column): string => `"${name}"::text AS "${name}"`;

async function declareCursors(client: PoolClient, tables: readonly Table[], held: boolean): Promise<Cursors> {
  // Another backup may be read in the same session.
  const own = randomBytes(4).toString('hex');
  const cursors = new Map(tables.map((table, index) => [table, `backup_${own}_${index}`]));
  for (const [table, cursor] of cursors) {
    await client.query(
      `DECLARE ${cursor} NO SCROLL CURSOR ${held ? 'WITH HOLD' : ''} FOR ${selectLines(table, held)}`,
    );
  }
  return cursors;
}

/** A row as a list of texts; with files left for later: which are there, and the key that finds them. */
function selectLines(table: Table, filesLater: boolean): string {
  const later = filesLater && hasFiles(table);
  const cells = table.columns.map((column) => (later && isFile(column) ? 'NULL' : `"${column.name}"::text`));
  const line = `json_build_array(${cells.join(', ')})::text AS line`;
  if (!later) return `SELECT ${line} FROM "${table.name}"`;
  const keys = table.columns.filter(({ isKey }) => isKey).map(({ name }) => `"${name}"::text`);
  const filled = table.columns.filter(isFile).map(({ name }) => `"${name}" IS NOT NULL`);
  return `SELECT ${line}, ARRAY[${keys.join(', ')}] AS keys, ARRAY[${filled.join(', ')}] AS filled FROM "${table.name}"`;
}

/** Migrations, tables and sequences as they are in this transaction. */
async function readFacts(client: PoolClient): Promise<Pick<Moment, 'migrations' | 'tables' | 'sequences'>> {
  await client.query(AS_TEXT);
  const [present] = (
    await client.query<{ found: boolean }>(
      `SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS found`,
    )
  ).rows;
  if (present?.found !== true) throw new BackupError('schema', 'This database has no tables of Huikuan yet.');
  const migrations = await client.query<{ name: string; checksum: string }>(
    `SELECT migration_name AS name, checksum FROM _prisma_migrations
     WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return {
    migrations: migrations.rows,
    tables: await readTables(client),
    sequences: await readSequences(client),
  };
}

/** Every table of the schema with its columns in their order, and which are its key. */
export async function readTables(client: PoolClient): Promise<Table[]> {
  const { rows } = await client.query<Column & { table: string }>(
    `SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       COALESCE(a.attnum = ANY (i.indkey), false) AS "isKey"
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attgenerated = ''
     ORDER BY c.relname, a.attnum`,
  );
  const tables = new Map<string, Column[]>();
  for (const { table, ...column } of rows) tables.set(table, [...(tables.get(table) ?? []), column]);
  return [...tables].map(([name, columns]) => ({ name, columns }));
}

async function readSequences(client: PoolClient): Promise<BackupEnd['sequences']> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind = 'S' ORDER BY relname`,
  );
  if (rows.length === 0) return [];
  const values = rows.map(
    ({ name }) => `SELECT '${name}' AS name, last_value::text AS value, is_called AS called FROM "${name}"`,
  );
  return (await client.query<BackupEnd['sequences'][number]>(values.join(' UNION ALL '))).rows;
}

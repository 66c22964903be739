// The tables of a database as a backup reads them: which there are, with which columns, and a row as a line of text.
import type { PoolClient } from 'pg';
import { type BackupEnd, BackupError, type BackupHeader } from './format.js';

// One way to write a value, whatever the server's defaults are. What is set aside goes to disk early.
const AS_TEXT = `
  SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';
  SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL work_mem = '64kB'`;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly isKey: boolean;
}
export interface Table {
  readonly name: string;
  readonly columns: readonly Column[];
}

/** How many rows are read at once. */
export const ROWS_A_BATCH = 500;

/** What a database is made of. */
export interface Facts {
  readonly migrations: BackupHeader['migrations'];
  readonly tables: readonly Table[];
  readonly sequences: BackupEnd['sequences'];
}

/** One moment of it, read batch by batch. */
export interface Moment extends Facts {
  /** The table's next rows, each a line; none: that was all. @throws BackupError disturbed */
  next(table: Table): Promise<string[]>;
  end(): Promise<void>;
}

export const isFile = ({ type }: Column): boolean => type === 'bytea';
export const hasFiles = (table: Table): boolean => table.columns.some(isFile);

/** Values are written in one way until the transaction ends. */
export const writeAsText = (client: PoolClient) => client.query(AS_TEXT);

/** Rows as lists of texts; with files left for later: which are there, and the key that finds them. */
export function selectLines(table: Table, filesLater: boolean): string {
  const later = filesLater && hasFiles(table);
  const cells = table.columns.map((column) => (later && isFile(column) ? 'NULL' : `"${column.name}"::text`));
  const line = `json_build_array(${cells.join(', ')})::text AS line`;
  if (!later) return `SELECT ${line} FROM "${table.name}"`;
  const keys = table.columns.filter(({ isKey }) => isKey).map(({ name }) => `"${name}"::text`);
  const filled = table.columns.filter(isFile).map(({ name }) => `"${name}" IS NOT NULL`);
  return `SELECT ${line}, ARRAY[${keys.join(', ')}] AS keys, ARRAY[${filled.join(', ')}] AS filled FROM "${table.name}"`;
}

/** Migrations, tables and sequences as they are in this transaction. @throws BackupError schema: none of Huikuan */
export async function readFacts(client: PoolClient): Promise<Facts> {
  await writeAsText(client);
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

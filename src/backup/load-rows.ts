// Fills an empty schema from a backup, within the caller's transaction: tables by their migrations, rows without foreign
// keys in the way, then the keys again, which checks every row against them.
import type { PoolClient } from 'pg';
import { buildSchema, type Migration } from '../db/migrate.js';
import { readBackup } from './backup-file.js';
import { type BackupEnd, BackupError, type BackupHeader, damaged } from './format.js';
import { readTables } from './tables.js';

export interface LoadedBackup {
  readonly header: BackupHeader;
  readonly end: BackupEnd;
  /** Tables in it that are none of ours: they are left out. */
  readonly foreign: readonly string[];
}

/** @throws BackupError damaged, newer, schema */
export async function loadBackup(
  client: PoolClient,
  path: string,
  known: readonly Migration[],
): Promise<LoadedBackup> {
  const inserts = new Map<string, string>();
  let restoreKeys: string[] = [];
  const { header, end } = await readBackup(path, {
    async header(shown) {
      await buildSchema(client, migrationsOf(shown, known));
      restoreKeys = await dropForeignKeys(client);
      for (const [table, sql] of await insertsFor(client, shown)) inserts.set(table, sql);
    },
    async rows(table, lines) {
      const sql = inserts.get(table);
      if (sql !== undefined) await client.query(sql, [`[${lines.join(',')}]`]);
    },
  });
  for (const statement of restoreKeys) await client.query(statement);
  for (const { name, value, called } of end.sequences)
    await client.query(`SELECT setval(to_regclass($1), $2, $3)`, [`public.${quote(name)}`, value, called]);
  await checkCounts(client, end, inserts);
  await client.query('ANALYZE');
  return { header, end, foreign: header.tables.flatMap(({ name }) => (inserts.has(name) ? [] : [name])) };
}

/** The migrations that made the backup's schema, as they are in this version. @throws BackupError newer, schema */
export function migrationsOf(header: BackupHeader, known: readonly Migration[]): Migration[] {
  return header.migrations.map(({ name, checksum }) => {
    const migration = known.find((one) => one.name === name);
    if (migration === undefined)
      throw new BackupError(
        'newer',
        `The backup has migration ${name}, which this version does not know: it was made by a newer version. ` +
          'Install that version, then restore it.',
      );
    if (migration.checksum !== checksum)
      throw new BackupError(
        'schema',
        `Migration ${name} of the backup is not the one of this version. Restore it with the version that made it.`,
      );
    return migration;
  });
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** @returns the statements that make them again */
async function dropForeignKeys(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ table: string; name: string; definition: string }>(
    `SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition
     FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace ORDER BY 1, 2`,
  );
  for (const { table, name } of rows) await client.query(`ALTER TABLE ${table} DROP CONSTRAINT ${name}`);
  return rows.map(
    ({ table, name, definition }) => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`,
  );
}

/** How the rows of each table are put in, many at once. */
async function insertsFor(client: PoolClient, header: BackupHeader): Promise<Map<string, string>> {
  const inserts = new Map<string, string>();
  const present = await readTables(client);
  for (const { name, columns } of header.tables) {
    const table = present.find((one) => one.name === name);
    if (!table) continue;
    const values = columns.map((column, index) => {
      const type = table.columns.find((one) => one.name === column)?.type;
      if (type === undefined)
        throw new BackupError(
          'schema',
          `The backup has a column ${name}.${column} that no version of Huikuan made. Restore it by hand, without it.`,
        );
      return `(r->>${index})::${type}`;
    });
    inserts.set(
      name,
      `INSERT INTO ${quote(name)} (${columns.map(quote).join(', ')})
       SELECT ${values.join(', ')} FROM jsonb_array_elements($1::jsonb) AS r`,
    );
    // What the migrations themselves have put in is in the backup as well, as it was last.
    await client.query(`DELETE FROM ${quote(name)}`);
  }
  return inserts;
}

async function checkCounts(
  client: PoolClient,
  end: BackupEnd,
  tables: ReadonlyMap<string, string>,
): Promise<void> {
  const names = [...tables.keys()];
  const counts = names.map(
    (name, index) => `SELECT ${index} AS "table", count(*)::int AS count FROM ${quote(name)}`,
  );
  const { rows } = await client.query<{ table: number; count: number }>(counts.join(' UNION ALL '));
  for (const { table, count } of rows) {
    const name = names[table] ?? '';
    if (end.rows[name] !== count) throw damaged(`${name} has ${count} of ${end.rows[name]} rows`);
  }
}

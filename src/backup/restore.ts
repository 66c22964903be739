// Puts a backup into a database that nobody uses, whole or not at all: on PostgreSQL in one transaction, on the embedded
// engine beside what is there, which it then takes the place of.
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { PoolClient } from 'pg';
import { openConnections } from '../db/client.js';
import { lockDataDir } from '../db/data-dir-lock.js';
import { hasCluster, installCluster, openEmbedded } from '../db/embedded.js';
import { ADVISORY_LOCK_KEY, findMigrationsDir, loadMigrations, type Migration } from '../db/migrate.js';
import { checkBackup } from './backup-file.js';
import { BackupError, type BackupHeader } from './format.js';
import { type LoadedBackup, loadBackup, migrationsOf } from './load-rows.js';
import { inTransaction } from './transaction.js';

export interface RestoreOptions {
  readonly databaseUrl?: string | undefined;
  readonly dataDir: string;
  readonly file: string;
  /** Asked when there is data: whether what has this name may be replaced. */
  readonly mayReplace: (name: string) => Promise<boolean>;
}

/**
 * Checks the backup first, then restores it.
 * @throws BackupError damaged, no_backup, newer, schema, not_empty, in_use; DataDirInUseError
 */
export async function restoreBackup(options: RestoreOptions): Promise<LoadedBackup> {
  const { header } = await checkBackup(options.file);
  const known = await loadMigrations(findMigrationsDir());
  migrationsOf(header, known);
  return options.databaseUrl === undefined
    ? restoreEmbedded(options, known, header)
    : restorePostgres(options, known);
}

const BUILDING = 'restoring-';

async function restoreEmbedded(
  { dataDir, file, mayReplace }: RestoreOptions,
  known: readonly Migration[],
  header: BackupHeader,
): Promise<LoadedBackup> {
  const lock = await lockDataDir(dataDir);
  try {
    for (const entry of await readdir(dataDir))
      if (entry.startsWith(BUILDING)) await rm(join(dataDir, entry), { recursive: true });
    if (hasCluster(dataDir) && !(await mayReplace(resolve(dataDir)))) throw notEmpty(resolve(dataDir));
    const building = join(dataDir, `${BUILDING}${process.pid}`);
    try {
      // Synced at the end, all at once.
      const loaded = await loadInto(building, file, known);
      await installCluster(building, dataDir, keptName(dataDir, header));
      return loaded;
    } finally {
      await rm(building, { recursive: true, force: true });
    }
  } finally {
    await lock.release();
  }
}

async function loadInto(dir: string, file: string, known: readonly Migration[]): Promise<LoadedBackup> {
  const { pool, close } = await openEmbedded(dir, false);
  try {
    return await inTransaction(pool, (client) => loadBackup(client, file, known));
  } finally {
    await close();
  }
}

/** A name that is not taken, after the backup that took the place. */
function keptName(dataDir: string, { madeAt }: BackupHeader): string {
  const name = `pg.before-restore-of-${madeAt.slice(0, 10)}`;
  for (let count = 1; ; count += 1) {
    const candidate = count === 1 ? name : `${name}-${count}`;
    if (!existsSync(join(dataDir, candidate))) return candidate;
  }
}

async function restorePostgres(
  { databaseUrl, dataDir, file, mayReplace }: RestoreOptions,
  known: readonly Migration[],
): Promise<LoadedBackup> {
  const { pool, close } = await openConnections({
    ...(databaseUrl !== undefined && { databaseUrl }),
    dataDir,
  });
  try {
    return await inTransaction(pool, async (client) => {
      // An app that starts meanwhile waits here, until all is there or nothing.
      await client.query('SELECT pg_advisory_xact_lock($1)', [ADVISORY_LOCK_KEY]);
      const [found] = (
        await client.query<{ name: string; others: number; tables: number }>(
          `SELECT current_database() AS name,
             (SELECT count(*)::int FROM pg_stat_activity WHERE datname = current_database()
                AND backend_type = 'client backend' AND pid <> pg_backend_pid()) AS others,
             (SELECT count(*)::int FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r') AS tables`,
        )
      ).rows;
      if (!found) throw new BackupError('schema', 'The database did not answer.');
      if (found.others > 0)
        throw new BackupError(
          'in_use',
          `The database ${found.name} is in use: ${found.others} other connections. Stop the app everywhere, and ` +
            'whatever else is connected, then restore again.',
        );
      if (found.tables > 0) {
        if (!(await mayReplace(found.name))) throw notEmpty(found.name);
        await dropAll(client);
      }
      return loadBackup(client, file, known);
    });
  } finally {
    await close();
  }
}

const notEmpty = (name: string): BackupError =>
  new BackupError(
    'not_empty',
    `${name} has data. Restore into an empty database or a new DATA_DIR, or add --replace to put the backup in its place.`,
  );

/** Everything in the schema but what belongs to an extension; within the transaction, so that it can be taken back. */
async function dropAll(client: PoolClient): Promise<void> {
  await client.query(`
    DO $$
    DECLARE statement text;
    BEGIN
      FOR statement IN
        SELECT format('DROP %s IF EXISTS %s CASCADE', kind, name) FROM (
          SELECT 1 AS turn, CASE relkind WHEN 'v' THEN 'VIEW' WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END AS kind,
            oid::regclass::text AS name, oid FROM pg_class
          WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
          UNION ALL
          SELECT 2, 'FUNCTION', oid::regprocedure::text, oid FROM pg_proc
          WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'
          UNION ALL
          SELECT 3, 'TYPE', oid::regtype::text, oid FROM pg_type
          WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
        ) o
        WHERE NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = o.oid AND d.deptype = 'e')
        ORDER BY turn
      LOOP EXECUTE statement; END LOOP;
    END $$`);
}

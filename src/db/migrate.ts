// Applies prisma/migrations at start, writing the same bookkeeping as `prisma migrate deploy`, so that
// either may take over from the other. It must never apply a file twice or accept one changed afterwards.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Pool, PoolClient } from 'pg';

/** The key Prisma's own engine locks, so that both kinds of runner wait for each other. */
export const ADVISORY_LOCK_KEY = 72707369;

// The definition Prisma's engine uses, letter for letter.
const CREATE_TABLE = `
CREATE TABLE IF NOT EXISTS "_prisma_migrations" (
    "id"                    VARCHAR(36) PRIMARY KEY NOT NULL,
    "checksum"              VARCHAR(64) NOT NULL,
    "finished_at"           TIMESTAMPTZ,
    "migration_name"        VARCHAR(255) NOT NULL,
    "logs"                  TEXT,
    "rolled_back_at"        TIMESTAMPTZ,
    "started_at"            TIMESTAMPTZ NOT NULL DEFAULT now(),
    "applied_steps_count"   INTEGER NOT NULL DEFAULT 0
)`;

export interface Migration {
  name: string;
  sql: string;
  /** sha256 of the file, in hexadecimal. */
  checksum: string;
}

/** The database and the migration files do not fit together; the message says what to do. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** The folder of the migrations: beside the sources, or beside dist in a build. */
export function findMigrationsDir(): string {
  for (let dir = dirname(fileURLToPath(import.meta.url)); ; dir = dirname(dir)) {
    const candidate = join(dir, 'prisma', 'migrations');
    if (existsSync(candidate)) return candidate;
    if (dirname(dir) === dir)
      throw new MigrationError('The folder prisma/migrations is missing from this installation.');
  }
}

/** The migrations in a folder, in the order in which they apply (by name). */
export async function loadMigrations(dir: string): Promise<Migration[]> {
  const entries = await readdir(dir, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => {
      const bytes = await readFile(join(dir, name, 'migration.sql'));
      return {
        name,
        sql: bytes.toString('utf8'),
        checksum: createHash('sha256').update(bytes).digest('hex'),
      };
    }),
  );
}

/**
 * Applies what is missing, each migration in its own transaction, one runner at a time, and returns the
 * names it applied.
 * @throws MigrationError when a file changed after it was applied, an earlier run failed half-way, or
 * the database is newer than this version.
 */
export async function migrate(pool: Pool, migrations: readonly Migration[]): Promise<string[]> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCK_KEY]);
    await client.query(CREATE_TABLE);
    const pending = await findPending(client, migrations);
    for (const migration of pending) await apply(client, migration);
    await client.query('SELECT pg_advisory_unlock($1)', [ADVISORY_LOCK_KEY]);
    broken = false;
    return pending.map(({ name }) => name);
  } finally {
    // A connection that failed is closed, which also gives the lock back.
    client.release(broken);
  }
}

/**
 * Makes the tables of `migrations` in an empty database, within the caller's transaction and without writing the books:
 * those come with the rows of a backup.
 */
export async function buildSchema(client: PoolClient, migrations: readonly Migration[]): Promise<void> {
  await client.query(CREATE_TABLE);
  for (const { sql } of migrations) await client.query(sql);
}

async function findPending(client: PoolClient, migrations: readonly Migration[]): Promise<Migration[]> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM "_prisma_migrations" WHERE rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.map((row) => [row.name, row]));
  for (const row of rows) {
    if (!row.finished) {
      throw new MigrationError(
        `Migration ${row.name} failed half-way in an earlier run. Repair the database, then mark it with ` +
          `\`npx prisma migrate resolve --rolled-back ${row.name}\` and start again.`,
      );
    }
    const file = migrations.find(({ name }) => name === row.name);
    if (file === undefined) {
      throw new MigrationError(
        `The database has migration ${row.name}, which this version does not know: it was used by a newer ` +
          'version. Start that version, or restore a backup made before the upgrade.',
      );
    }
    if (file.checksum !== row.checksum) {
      throw new MigrationError(
        `Migration ${row.name} was changed after it had been applied. Restore the original ` +
          'migration.sql and put the change into a new migration.',
      );
    }
  }
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(client: PoolClient, { name, sql, checksum }: Migration): Promise<void> {
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO "_prisma_migrations" (id, checksum, migration_name, started_at) VALUES ($1, $2, $3, clock_timestamp())`,
      [randomUUID(), checksum, name],
    );
    await client.query(sql);
    await client.query(
      `UPDATE "_prisma_migrations" SET finished_at = clock_timestamp(), applied_steps_count = 1
       WHERE migration_name = $1 AND finished_at IS NULL AND rolled_back_at IS NULL`,
      [name],
    );
    await client.query('COMMIT');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MigrationError(`Migration ${name} failed and was rolled back: ${reason}`, { cause });
  }
}

import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { Databases, listMigrations, startSchemaEngine } from '../../scripts/schema-engine.js';
import { openDatabase } from '../../src/db/client.js';
import {
  findMigrationsDir,
  loadMigrations,
  type Migration,
  MigrationError,
  migrate,
} from '../../src/db/migrate.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const { engine } = inject('testDatabase');
let database: TestDatabase;
let shipped: Migration[];

beforeEach(async () => {
  database = await createTestDatabase({ alone: true });
  shipped = await loadMigrations(findMigrationsDir());
});
afterEach(() => database.close());

const probe: Migration = {
  name: '99990101000000_probe',
  sql: `CREATE TABLE probe (id int); INSERT INTO probe VALUES (1);
        CREATE FUNCTION probe() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$;`,
  checksum: 'c'.repeat(64),
};

async function rowsOf(name: string) {
  const { rows } = await database.db.pool.query(
    'SELECT * FROM "_prisma_migrations" WHERE migration_name = $1',
    [name],
  );
  return rows;
}
async function exists(table: string): Promise<boolean> {
  const { rows } = await database.db.pool.query<{ found: boolean }>(
    'SELECT to_regclass($1) IS NOT NULL AS found',
    [table],
  );
  return rows[0]?.found === true;
}

test('applies what is missing, once, and keeps the books as Prisma does', async () => {
  expect(await migrate(database.db.pool, [...shipped, probe])).toEqual([probe.name]);
  expect(await migrate(database.db.pool, [...shipped, probe])).toEqual([]);
  const rows = await rowsOf(probe.name);
  expect(rows).toEqual([
    {
      id: expect.stringMatching(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/),
      checksum: probe.checksum,
      migration_name: probe.name,
      started_at: expect.any(Date),
      finished_at: expect.any(Date),
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 1,
    },
  ]);
});

test("Prisma's own engine finds this history whole and has nothing to add", async () => {
  const path = fileURLToPath(new URL('../../prisma/schema.prisma', import.meta.url));
  const schema = { path, content: await readFile(path, 'utf8') };
  const schemaEngine = await startSchemaEngine(schema, new Databases(database.db.pool));
  const migrationsList = await listMigrations(findMigrationsDir());
  const filters = { externalTables: [], externalEnums: [] };
  const history = await schemaEngine.diagnoseMigrationHistory({
    migrationsList,
    filters,
    optInToShadowDatabase: false,
  });
  expect(history).toEqual({
    editedMigrationNames: [],
    failedMigrationNames: [],
    hasMigrationsTable: true,
    history: null,
  });
  expect(await schemaEngine.applyMigrations({ migrationsList, filters })).toEqual({
    appliedMigrationNames: [],
  });
  schemaEngine.free();
});

describe('refuses', () => {
  const refusal = (message: RegExp) =>
    expect.objectContaining({ name: 'MigrationError', message: expect.stringMatching(message) });

  test('a file that changed after it was applied', async () => {
    const changed = shipped.map((migration) => ({ ...migration, checksum: 'd'.repeat(64) }));
    await expect(migrate(database.db.pool, changed)).rejects.toEqual(
      refusal(/changed after it had been applied/),
    );
  });

  test('a database newer than this version, and keeps its hands off it', async () => {
    await migrate(database.db.pool, [...shipped, probe]);
    const other = { ...probe, name: '99990101000001_other', sql: 'CREATE TABLE other (id int)' };
    await expect(migrate(database.db.pool, [...shipped, other])).rejects.toEqual(refusal(/newer version/));
    expect(await exists('other')).toBe(false);
  });

  test('to go on after a run that Prisma left half-way, until somebody has resolved it', async () => {
    await migrate(database.db.pool, [...shipped, probe]);
    await database.db.pool.query(
      'UPDATE "_prisma_migrations" SET finished_at = NULL WHERE migration_name = $1',
      [probe.name],
    );
    await expect(migrate(database.db.pool, [...shipped, probe])).rejects.toEqual(
      refusal(/prisma migrate resolve/),
    );
    await database.db.pool.query('DROP TABLE probe; DROP FUNCTION probe');
    await database.db.pool.query(
      'UPDATE "_prisma_migrations" SET rolled_back_at = now() WHERE migration_name = $1',
      [probe.name],
    );
    expect(await migrate(database.db.pool, [...shipped, probe])).toEqual([probe.name]);
    expect(await rowsOf(probe.name)).toHaveLength(2);
  });
});

test('a migration that fails leaves nothing, not even its row; those before it stay', async () => {
  const broken = { ...probe, name: '99990101000002_broken', sql: 'CREATE TABLE half (id int); SELECT 1/0;' };
  const failed = migrate(database.db.pool, [...shipped, probe, broken]);
  await expect(failed).rejects.toThrow(MigrationError);
  await expect(failed).rejects.toThrow('99990101000002_broken failed and was rolled back: division by zero');
  expect(await exists('half')).toBe(false);
  expect(await rowsOf(broken.name)).toEqual([]);
  expect(await exists('probe')).toBe(true);
  expect(await migrate(database.db.pool, [...shipped, probe])).toEqual([]);
});

test('the checksum is the sha256 of the bytes of the file', async () => {
  const known = await loadMigrations(fileURLToPath(new URL('../support/migrations', import.meta.url)));
  expect(known).toEqual([
    {
      name: '20260101000000_known',
      sql: 'SELECT 1;\n',
      // As sha256sum says.
      checksum: 'b4e0497804e46e0a0b0b8c31975b062152d551bac49c3c2e80932567b4085dcd',
    },
  ]);
});

// The embedded engine refuses a second opener before it comes to this.
if (engine === 'postgres') {
  test('of openers at the same time one applies, and all find it applied', async () => {
    const slow = { ...probe, sql: `${probe.sql} SELECT pg_sleep(0.3);` };
    const { target } = database;
    const others = await Promise.all([1, 2, 3].map(() => openDatabase(target)));
    const applied = await Promise.all(others.map(({ pool }) => migrate(pool, [...shipped, slow])));
    for (const other of others) await other.close();
    expect(applied.flat()).toEqual([probe.name]);
    expect(await rowsOf(probe.name)).toHaveLength(1);
  });
}

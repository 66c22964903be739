import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { runMigrationCommand } from '../../scripts/migration-command.js';
import { diffMigrations } from '../../scripts/schema-engine.js';

// Creating a cluster is seconds of pure computing: many, on a machine that is busy.
vi.setConfig({ testTimeout: 120_000 });

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'huikuan-drift-'));
  await mkdir(join(root, 'prisma', 'migrations', '20260101000000_init'), { recursive: true });
});
afterEach(() => rm(root, { recursive: true }));

const schemaFile = () => join(root, 'prisma', 'schema.prisma');
const migrationsDir = () => join(root, 'prisma', 'migrations');
const writeSchema = (fields: string) =>
  writeFile(
    schemaFile(),
    `datasource db {\n  provider = "postgresql"\n}\nmodel Probe {\n  id Int @id\n${fields}\n}\n`,
  );
const writeMigration = (sql: string) =>
  writeFile(join(migrationsDir(), '20260101000000_init', 'migration.sql'), sql);

const TABLE =
  'CREATE TABLE "Probe" (id INTEGER NOT NULL, name TEXT NOT NULL, CONSTRAINT "Probe_pkey" PRIMARY KEY (id));';

async function runCommand(...args: string[]): Promise<{ code: number; output: string }> {
  let output = '';
  const code = await runMigrationCommand(args, join(root, 'prisma'), (text) => {
    output += `${text}\n`;
  });
  return { code, output };
}

test('SQL that the schema cannot say is no drift', async () => {
  await writeSchema('  name String');
  await writeMigration(`${TABLE}
    ALTER TABLE "Probe" ADD CONSTRAINT probe_positive CHECK (id > 0);
    CREATE UNIQUE INDEX probe_open_key ON "Probe" (name) WHERE id > 3;
    CREATE INDEX probe_lower_idx ON "Probe" (lower(name));
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no; never'; END $$;
    CREATE TRIGGER probe_refuse BEFORE DELETE ON "Probe" FOR EACH ROW EXECUTE FUNCTION refuse();`);
  expect(await diffMigrations(schemaFile(), migrationsDir(), 'sql')).toBe('');
});

test('a new or removed column, nullability and an index that differ are drift', async () => {
  await writeSchema('  name String? @unique\n  added Int?');
  await writeMigration(`${TABLE} ALTER TABLE "Probe" ADD COLUMN removed TEXT;`);
  const sql = await diffMigrations(schemaFile(), migrationsDir(), 'sql');
  expect(sql).toContain('ADD COLUMN     "added" INTEGER');
  expect(sql).toContain('ALTER COLUMN "name" DROP NOT NULL');
  expect(sql).toContain('CREATE UNIQUE INDEX "Probe_name_key"');
  expect(sql).toContain('DROP COLUMN "removed"');
});

test('a migration that does not apply is named by its own error', async () => {
  await writeSchema('  name String');
  await writeMigration('CREATE TABLE broken (');
  await expect(diffMigrations(schemaFile(), migrationsDir(), 'sql')).rejects.toThrow(
    'syntax error at end of input',
  );
});

test('the command fails on drift, writes what is missing, and is content afterwards', async () => {
  await writeSchema('  name String\n  added Int?');
  await writeMigration(TABLE);
  const drift = await runCommand('check');
  expect(drift.code).toBe(1);
  expect(drift.output).toContain('Added column `added`');

  expect((await runCommand('new', 'add_added')).code).toBe(0);
  const written = (await readdir(migrationsDir())).find((name) => name.endsWith('_add_added'));
  expect(written).toMatch(/^\d{14}_add_added$/);
  const sql = await readFile(join(migrationsDir(), written ?? '', 'migration.sql'), 'utf8');
  expect(sql).toContain('ADD COLUMN     "added" INTEGER');
  expect(await runCommand('check')).toEqual({
    code: 0,
    output: 'The migrations arrive at prisma/schema.prisma.\n',
  });
});

test.each([[['new', 'Bad Name']], [['check', 'more']]])('the command explains itself to %j', async (args) => {
  const { code, output } = await runCommand(...args);
  expect(code).toBe(2);
  expect(output).toContain('Usage:');
});

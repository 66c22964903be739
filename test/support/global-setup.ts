// Runs once per test run, before any worker: builds one migrated database that every test file copies.
// On PostgreSQL it must never touch a database that was not made for tests.
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/client.js';
import { findMigrationsDir, loadMigrations } from '../../src/db/migrate.js';

/** Where test files get their databases from. */
export type TestDatabaseSource =
  | { engine: 'embedded'; template: string; runDir: string }
  | { engine: 'postgres'; serverUrl: string; template: string };

declare module 'vitest' {
  export interface ProvidedContext {
    testDatabase: TestDatabaseSource;
  }
}

interface SharedSource {
  source: Promise<TestDatabaseSource>;
  users: number;
}

const CACHE_DIR = fileURLToPath(new URL('../../node_modules/.cache/huikuan/', import.meta.url));
const DAY_MS = 24 * 60 * 60 * 1000;

declare global {
  // Every project of a run has its own copy of this module, but they share one process.
  var huikuanTestDatabase: SharedSource | undefined;
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  globalThis.huikuanTestDatabase ??= { source: prepare(), users: 0 };
  const mine = globalThis.huikuanTestDatabase;
  mine.users += 1;
  const source = await mine.source;
  project.provide('testDatabase', source);
  return async () => {
    mine.users -= 1;
    if (mine.users > 0) return;
    globalThis.huikuanTestDatabase = undefined;
    await dispose(source);
  };
}

async function prepare(): Promise<TestDatabaseSource> {
  const engine = process.env.HUIKUAN_TEST_ENGINE ?? 'embedded';
  if (engine === 'embedded') return prepareEmbedded();
  if (engine === 'postgres') return preparePostgres();
  throw new Error(`HUIKUAN_TEST_ENGINE must be embedded or postgres, not '${engine}'.`);
}

async function dispose(source: TestDatabaseSource): Promise<void> {
  if (source.engine === 'embedded') {
    await rm(source.runDir, { recursive: true, force: true });
    return;
  }
  await withClient(source.serverUrl, (client) =>
    client.query(`DROP DATABASE "${source.template}" WITH (FORCE)`),
  );
}

/** The template outlives the run, named by all that made it, so that a second run starts at once. */
async function prepareEmbedded(): Promise<TestDatabaseSource> {
  const template = join(CACHE_DIR, `template-${await fingerprint()}`);
  await mkdir(CACHE_DIR, { recursive: true });
  await removeOldTemplates(template);
  if (!existsSync(template)) {
    const building = await mkdtemp(join(CACHE_DIR, 'building-'));
    await (await openDatabase({ dataDir: building, durable: false })).close();
    await rename(building, template).catch((error: NodeJS.ErrnoException) => {
      // Another run was quicker; both are the same.
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      return rm(building, { recursive: true });
    });
  }
  const now = new Date();
  await utimes(template, now, now);
  return { engine: 'embedded', template, runDir: await mkdtemp(join(tmpdir(), 'huikuan-test-')) };
}

async function fingerprint(): Promise<string> {
  const hash = createHash('sha256');
  const manifest: unknown = createRequire(import.meta.url)('../../package.json');
  hash.update(JSON.stringify(manifest));
  for (const { name, checksum } of await loadMigrations(findMigrationsDir()))
    hash.update(`${name} ${checksum}\n`);
  return hash.digest('hex').slice(0, 16);
}

async function removeOldTemplates(current: string): Promise<void> {
  for (const entry of await readdir(CACHE_DIR)) {
    const path = join(CACHE_DIR, entry);
    if (path === current) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
  }
}

async function preparePostgres(): Promise<TestDatabaseSource> {
  const serverUrl = process.env.DATABASE_URL;
  if (!serverUrl) {
    throw new Error(
      'HUIKUAN_TEST_ENGINE=postgres needs DATABASE_URL. To use a private server: ' +
        'scripts/private-postgres.sh run npm run test:postgres',
    );
  }
  const name = decodeURIComponent(new URL(serverUrl).pathname.slice(1));
  if (!name.includes('test')) {
    throw new Error(
      `The tests create and drop databases: '${name}' is refused, its name must contain 'test'.`,
    );
  }
  const template = `${name}_template_${randomBytes(4).toString('hex')}`;
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE "${template}"`));
  await (await openDatabase({ databaseUrl: databaseUrl(serverUrl, template) })).close();
  return { engine: 'postgres', serverUrl, template };
}

/** The same server's URL for another database. */
export function databaseUrl(serverUrl: string, name: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.toString();
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

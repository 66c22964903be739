// Databases for tests: each call gives a fresh, migrated one of the engine this run is about, in well under
// a second. Nothing here is fsynced, and nothing here may open a database that it did not make.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.js';
import { databaseUrl, type TestDatabaseSource, withClient } from './global-setup.js';
import { truncate, vacuumEmptied } from './truncate.js';

export { truncate } from './truncate.js';

export interface TestDatabase {
  db: Database;
  /** What openDatabase needs to open the same database again, for example in another process. */
  target: { databaseUrl: string } | { dataDir: string };
  /** Closes the database and removes it. */
  close: () => Promise<void>;
}

/** Emptied by the file before in this worker: to open one anew, with its client's query plans, takes a second. */
let spare: TestDatabase | undefined;

/**
 * A fresh, migrated database; the caller closes it (afterAll or afterEach).
 * @param how.alone for what changes the schema, the session or the files: it is made anew, and removed afterwards.
 */
export async function createTestDatabase(how: { alone?: boolean } = {}): Promise<TestDatabase> {
  if (how.alone !== true && spare !== undefined) {
    const found = spare;
    spare = undefined;
    return found;
  }
  const { target, remove } = await createTarget();
  const opened = await openDatabase({ ...target, durable: false });
  let isClosed = false;
  const db: Database = {
    ...opened,
    close: () => {
      isClosed = true;
      return opened.close();
    },
  };
  const database: TestDatabase = {
    db,
    target,
    close: async () => {
      if (how.alone !== true && spare === undefined && !isClosed) {
        spare = database;
        await truncate(db);
        await vacuumEmptied(db);
        return;
      }
      await db.close();
      await remove();
    },
  };
  return database;
}

/** A place of the run's engine, or of the one named, with nothing in it: what a restore is given. */
export async function createEmptyTarget(
  engine: TestDatabaseSource['engine'] = inject('testDatabase').engine,
): Promise<{ target: TestDatabase['target']; remove: () => Promise<void> }> {
  const source = inject('testDatabase');
  if (engine === 'embedded' || source.engine === 'embedded') {
    const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-empty-'));
    return { target: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) };
  }
  const { serverUrl, template } = source;
  const name = `${template}_${randomBytes(4).toString('hex')}`;
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE "${name}"`));
  const drop = () => withClient(serverUrl, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  return {
    target: { databaseUrl: databaseUrl(serverUrl, name) },
    remove: async () => {
      await drop();
    },
  };
}

async function createTarget(): Promise<{ target: TestDatabase['target']; remove: () => Promise<void> }> {
  const source = inject('testDatabase');
  if (source.engine === 'embedded') {
    const dataDir = await mkdtemp(join(source.runDir, 'db-'));
    // A thousand small files: fs.cp takes 25 times as long.
    await promisify(execFile)('cp', ['-R', `${source.template}/.`, dataDir]);
    return { target: { dataDir }, remove: () => rm(dataDir, { recursive: true, force: true }) };
  }
  const { serverUrl, template } = source;
  const name = `${template}_${randomBytes(4).toString('hex')}`;
  await withClient(serverUrl, (client) => client.query(`CREATE DATABASE "${name}" TEMPLATE "${template}"`));
  const drop = () => withClient(serverUrl, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  return {
    target: { databaseUrl: databaseUrl(serverUrl, name) },
    remove: async () => {
      await drop();
    },
  };
}

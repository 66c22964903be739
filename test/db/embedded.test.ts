// The embedded engine's own promises, whichever engine the run is about.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import v8 from 'node:v8';
import vm from 'node:vm';
import type { PoolClient } from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type EmbeddedEngine, openEmbedded } from '../../src/db/embedded.js';
import { isUnavailable } from '../../src/db/transact.js';

// Creating a cluster is seconds of pure computing: many, on a machine that is busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let root: string;
let engine: EmbeddedEngine;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'huikuan-embedded-'));
  await (await openEmbedded(join(root, 'pristine'), false)).close();
  engine = await openEmbedded(copyOfPristine('data'), true);
  await engine.pool.query('CREATE TABLE probe (id int PRIMARY KEY, name text)');
});
afterEach(() => vi.restoreAllMocks());
afterAll(async () => {
  await engine.close();
  await rm(root, { recursive: true });
});

/** A data directory past its first start, which takes seconds. */
function copyOfPristine(name: string): string {
  execFileSync('cp', ['-R', join(root, 'pristine'), join(root, name)]);
  return join(root, name);
}

async function setting(name: string): Promise<string | undefined> {
  const { rows } = await engine.pool.query<{ value: string }>('SELECT current_setting($1) AS value', [name]);
  return rows[0]?.value;
}

describe('durability', () => {
  test.each([
    ['fsync', 'on'],
    ['synchronous_commit', 'on'],
    ['full_page_writes', 'on'],
    ['wal_sync_method', 'fsync'],
    ['TimeZone', 'UTC'],
  ])('%s is %s', async (name, value) => {
    expect(await setting(name)).toBe(value);
  });

  test('every commit reaches the disk before it is acknowledged', async () => {
    const fsync = vi.spyOn(fs, 'fsyncSync');
    for (let i = 0; i < 50; i += 1) {
      const before = fsync.mock.calls.length;
      await engine.pool.query('INSERT INTO probe VALUES ($1)', [i]);
      expect(fsync.mock.calls.length).toBeGreaterThan(before);
    }
    const before = fsync.mock.calls.length;
    await engine.pool.query('SELECT * FROM probe');
    expect(fsync.mock.calls.length).toBe(before);
  });

  test('a checkpoint syncs the files it wrote', async () => {
    const fsync = vi.spyOn(fs, 'fsyncSync');
    await engine.pool.query('UPDATE probe SET name = $1', ['x']);
    const before = fsync.mock.calls.length;
    await engine.pool.query('CHECKPOINT');
    expect(fsync.mock.calls.length - before).toBeGreaterThan(2);
  });

  test('after a failed fsync nothing is acknowledged any more', async () => {
    const doomed = await openEmbedded(copyOfPristine('doomed'), true);
    doomed.pool.on('error', () => {});
    await doomed.pool.query('CREATE TABLE probe (id int)');
    vi.spyOn(fs, 'fsyncSync').mockImplementation(() => {
      throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    });
    const refused = expect.objectContaining({ message: expect.stringContaining('The disk refused') });
    await expect(doomed.pool.query('INSERT INTO probe VALUES (1)')).rejects.toEqual(refused);
    vi.restoreAllMocks();
    await expect(doomed.pool.query('INSERT INTO probe VALUES (2)')).rejects.toSatisfy(isUnavailable);
    await expect(doomed.pool.query('SELECT 1')).rejects.toSatisfy(isUnavailable);
    await doomed.close();
  });

  test('without durability nothing is synced', async () => {
    const fsync = vi.spyOn(fs, 'fsyncSync');
    const fast = await openEmbedded(copyOfPristine('fast'), false);
    await fast.pool.query('CREATE TABLE probe (id int)');
    await fast.close();
    expect(fsync).not.toHaveBeenCalled();
  });

  test('what an interrupted first start left is replaced, not opened', async () => {
    const dataDir = join(root, 'half');
    await mkdir(join(dataDir, 'pg.new-12345'), { recursive: true });
    await writeFile(join(dataDir, 'pg.new-12345', 'PG_VERSION'), '18\n');
    const started = await openEmbedded(dataDir, false);
    expect(await started.pool.query('SELECT 1')).toMatchObject({ rowCount: 1 });
    await started.close();
    expect(await readdir(dataDir)).toEqual(['pg']);
  });
});

describe('the session', () => {
  async function withClient<T>(work: (client: PoolClient) => Promise<T>, destroy = false): Promise<T> {
    const client = await engine.pool.connect();
    try {
      return await work(client);
    } finally {
      client.release(destroy);
    }
  }

  test('a client that breaks off leaves no transaction, setting or lock to the next one', async () => {
    await withClient(async (client) => {
      await client.query("SET statement_timeout = '5s'");
      await client.query('SELECT pg_advisory_lock(7)');
      await client.query('BEGIN');
      await client.query("INSERT INTO probe VALUES (1000, 'half')");
    }, true);
    const { rows } = await engine.pool.query('SELECT id FROM probe WHERE id = 1000');
    expect(rows).toEqual([]);
    expect(await setting('statement_timeout')).toBe('0');
    const locks = await engine.pool.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'");
    expect(locks.rowCount).toBe(0);
  });

  test('a failed statement fails alone, prepared or not', async () => {
    await expect(engine.pool.query('SELECT $1::int / 0', [1])).rejects.toMatchObject({ code: '22012' });
    await expect(engine.pool.query('SELEKT')).rejects.toMatchObject({ code: '42601' });
    await expect(engine.pool.query('INSERT INTO probe VALUES (2000), (2000)')).rejects.toMatchObject({
      code: '23505',
    });
    const named = { name: 'n', text: 'SELECT $1::int + 1 AS next' };
    expect((await engine.pool.query({ ...named, values: [1] })).rows).toEqual([{ next: 2 }]);
    expect((await engine.pool.query({ ...named, values: [2] })).rows).toEqual([{ next: 3 }]);
  });

  test('carries megabytes both ways', async () => {
    const text = '回款😀'.repeat(500_000);
    const { rows } = await engine.pool.query<{ text: string; length: number }>(
      'SELECT $1::text AS text, length($1::text) AS length',
      [text],
    );
    expect(rows[0]?.length).toBe(1_500_000);
    expect(rows[0]?.text === text).toBe(true);
  });

  test('lets others work between round trips', async () => {
    let turns = 0;
    let done = false;
    const others = (async () => {
      while (!done) {
        await turn();
        turns += 1;
      }
    })();
    for (let i = 0; i < 100; i += 1) await engine.pool.query('SELECT 1');
    done = true;
    await others;
    expect(turns).toBeGreaterThanOrEqual(100);
  });

  test('keeps no answer in memory', async () => {
    v8.setFlagsFromString('--expose-gc');
    const collect: unknown = vm.runInNewContext('gc');
    const heldBytes = async () => {
      for (let i = 0; i < 3; i += 1) {
        if (typeof collect === 'function') collect();
        await sleep(50);
      }
      const { heapUsed, external } = process.memoryUsage();
      return heapUsed + external;
    };
    const read = async () => {
      for (let i = 0; i < 200; i += 1) await engine.pool.query("SELECT repeat('x', 300000)");
    };
    await read();
    const before = await heldBytes();
    await read();
    // Kept, they would be 60 MB.
    expect((await heldBytes()) - before).toBeLessThan(20_000_000);
  });
});

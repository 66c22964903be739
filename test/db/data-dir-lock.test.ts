import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { DataDirInUseError, lockDataDir } from '../../src/db/data-dir-lock.js';
import { type Child, startChild } from '../support/children.js';

let dir: string;
const children: Child[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huikuan-lock-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill();
  await rm(dir, { recursive: true });
});

async function startHolder(): Promise<Child> {
  const child = startChild(new URL('../support/hold-lock.ts', import.meta.url), [dir]);
  children.push(child);
  expect(await child.nextLine()).toBe('locked');
  return child;
}

test('a second process is refused, by name and with the remedy, before it touches anything', async () => {
  const holder = await startHolder();
  const before = await readdir(dir);
  const refused = openDatabase({ dataDir: dir });
  await expect(refused).rejects.toThrow(DataDirInUseError);
  await expect(refused).rejects.toMatchObject({ pid: holder.pid, dataDir: dir });
  await expect(refused).rejects.toThrow(
    new RegExp(`${dir} is in use by process ${holder.pid}\\. Stop that process.*DATA_DIR.*DATABASE_URL`),
  );
  expect(await readdir(dir)).toEqual(before);
});

test('what a killed process left is taken over at once', async () => {
  const holder = await startHolder();
  await holder.kill();
  expect(await readdir(dir)).toHaveLength(1);
  const lock = await lockDataDir(dir);
  expect(await readdir(dir)).toEqual([expect.stringContaining(`lock-${process.pid}-`)]);
  await lock.release();
});

test('the same process is refused too, until it gives the directory back', async () => {
  const lock = await lockDataDir(dir);
  await expect(lockDataDir(dir)).rejects.toMatchObject({ pid: process.pid });
  await lock.release();
  await lock.release();
  const again = await lockDataDir(dir);
  await again.release();
  expect(await readdir(dir)).toEqual([]);
});

test('a pid that lives on in another program does not keep the directory', async () => {
  await writeFile(join(dir, `lock-${process.ppid}-0123456789ab.sock`), '');
  const lock = await lockDataDir(dir);
  await lock.release();
});

test('of many who come at once, at most one gets in, and afterwards the directory is free', async () => {
  for (let round = 0; round < 5; round += 1) {
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDir(dir)));
    const winners = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
    expect(winners.length).toBeLessThanOrEqual(1);
    for (const error of errors) expect(error).toBeInstanceOf(DataDirInUseError);
    for (const winner of winners) await winner.release();
  }
  const lock = await lockDataDir(dir);
  await lock.release();
});

test('a directory with a long name can be locked', async () => {
  const long = join(dir, 'x'.repeat(120), 'y'.repeat(120));
  const lock = await lockDataDir(long);
  await expect(lockDataDir(long)).rejects.toThrow(DataDirInUseError);
  await lock.release();
});

test('a database that fails to open gives the directory back', async () => {
  await mkdir(join(dir, 'pg'));
  await writeFile(join(dir, 'pg', 'PG_VERSION'), '18\n');
  await expect(openDatabase({ dataDir: dir })).rejects.toThrow();
  const lock = await lockDataDir(dir);
  await lock.release();
});

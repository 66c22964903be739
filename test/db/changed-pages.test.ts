// The embedded engine's log tells which pages were written to: what a backup that is made while others work hangs on.
// Its own promise, whichever engine the run is about.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followLog, PLACE_NOW } from '../../src/backup/changed-pages.js';
import { inTransaction } from '../../src/backup/transaction.js';
import { type EmbeddedEngine, openEmbedded } from '../../src/db/embedded.js';

let dir: string;
let engine: EmbeddedEngine;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huikuan-log-'));
  engine = await openEmbedded(dir, true);
});
afterAll(async () => {
  await engine.close();
  await rm(dir, { recursive: true });
});

it('names every page that was written to, once, and none besides', async () => {
  const { pool } = engine;
  await pool.query('CREATE TABLE log_probe (n int, pad text)');
  await pool.query(`INSERT INTO log_probe SELECT n, repeat('x', 1000) FROM generate_series(1, 70) n`);
  const { rows } = await pool.query<{ file: number }>(`SELECT pg_relation_filenode('log_probe') AS file`);
  const pageOf = async (n: number): Promise<number> =>
    (await pool.query(`SELECT (ctid::text::point)[0]::int AS page FROM log_probe WHERE n = ${n}`)).rows[0]
      .page;
  const log = await inTransaction(pool, followLog);
  const next = async () =>
    (await inTransaction(pool, (client) => log.next(client))).filter((one) => one.file === rows[0]?.file);
  expect(await next()).toEqual([]);
  const [first, middle, last] = [await pageOf(1), await pageOf(40), await pageOf(70)];
  const before = BigInt((await pool.query(`SELECT ${PLACE_NOW} AS place`)).rows[0].place);
  // Far apart, so that each changes a page of its own; the new versions come to the end.
  await pool.query('UPDATE log_probe SET pad = pad WHERE n = 1');
  await pool.query('DELETE FROM log_probe WHERE n = 40');
  const changed = await next();
  expect(changed.map((one) => one.page)).toEqual(expect.arrayContaining([first, middle, await pageOf(1)]));
  expect(changed.every((one) => one.at >= before)).toBe(true);
  expect(new Set(changed.map((one) => one.page)).size).toBe(changed.length);
  expect(changed.length).toBeLessThanOrEqual(3);
  expect(await next()).toEqual([]);
  // What is taken back was written all the same: it is looked at, and nothing is missed.
  await pool.query(`BEGIN; INSERT INTO log_probe VALUES (71, 'x'); ROLLBACK`);
  await pool.query(`INSERT INTO log_probe VALUES (72, 'x')`);
  expect((await next()).map((one) => one.page)).toContain(await pageOf(72));
  expect(last).toBeGreaterThan(first);
});

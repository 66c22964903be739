// The embedded engine has no autovacuum; a server does it by itself.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ alone: true });
});
afterAll(() => database.close());

const estimatedRows = async (): Promise<number> => {
  const { rows } = await database.db.pool.query<{ count: number }>(
    "SELECT reltuples::int AS count FROM pg_class WHERE relname = 'counter'",
  );
  return rows[0]?.count ?? 0;
};

it('tidies the tables that changed much, once, and leaves a server alone', async () => {
  const { pool, engine, vacuum } = database.db;
  await vacuum();
  await pool.query("INSERT INTO counter SELECT 'x', i::text, 1 FROM generate_series(1, 1000) i");
  if (engine === 'postgres') {
    expect(await vacuum()).toBe(0);
    return;
  }
  expect(await estimatedRows()).toBeLessThanOrEqual(0);
  expect(await vacuum()).toBe(1);
  expect(await estimatedRows()).toBe(1000);
  expect(await vacuum()).toBe(0);
  await pool.query("UPDATE counter SET value = 2 WHERE period < '4'");
  expect(await vacuum()).toBe(1);
  await pool.query("UPDATE counter SET value = 3 WHERE period = '7'");
  expect(await vacuum()).toBe(0);
});

it('cuts the log of the embedded engine, which nobody else does while it runs; a server’s is its own', async () => {
  const { pool, engine, vacuum } = database.db;
  const begins = async () =>
    (await pool.query<{ at: string }>('SELECT redo_lsn::text AS at FROM pg_control_checkpoint()')).rows[0]
      ?.at;
  const before = await begins();
  await pool.query("INSERT INTO counter SELECT 'y', i::text, 1 FROM generate_series(1, 10) i");
  expect(await begins()).toBe(before);
  await vacuum();
  expect((await begins()) !== before).toBe(engine === 'embedded');
});

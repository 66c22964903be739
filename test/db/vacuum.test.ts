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

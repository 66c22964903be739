// Wide queries have more memory by themselves, and leave a transaction that they are part of as it was.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Db, Tx } from '../../src/db/client.js';
import { transact } from '../../src/db/transact.js';
import { queryWide } from '../../src/db/wide-query.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const memory = async (db: Db | Tx) =>
  (await queryWide<{ kb: string }>(db, Prisma.sql`SELECT current_setting('work_mem') AS kb`))[0]?.kb;

it('has room of its own, and takes none within the transaction of somebody else', async () => {
  const { prisma } = database.db;
  expect(await memory(prisma)).toBe('64MB');
  const within = await transact(prisma, async (tx) => {
    const [before] = await tx.$queryRaw<{ kb: string }[]>`SELECT current_setting('work_mem') AS kb`;
    return { before: before?.kb, inside: await memory(tx) };
  });
  expect(within.inside).toBe(within.before);
  expect(within.before).not.toBe('64MB');
});

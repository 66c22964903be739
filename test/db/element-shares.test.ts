// What the database says of how many rows hold an element: asked for soon again where it has not counted yet.
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { pairSharesOf } from '../../src/domain/customers/customer-search.queries.js';
import { aCustomer, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  // Its client has asked nothing before: what a file before it was told seconds ago would still count.
  database = await createTestDatabase({ alone: true });
  company = await createTestCompany(database.db.prisma);
});
afterEach(() => {
  vi.restoreAllMocks();
});
afterAll(() => database.close());

it('is asked again after five seconds where nothing was counted, after ten minutes where it was', async () => {
  const { prisma } = database.db;
  let now = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  expect(await pairSharesOf(prisma)).toBeNull();
  for (let made = 0; made < 30; made += 1) await aCustomer(company, 'rep');
  await prisma.$executeRaw`ANALYZE customer`;
  now += 4_900;
  expect(await pairSharesOf(prisma)).toBeNull();
  now += 200;
  const counted = await pairSharesOf(prisma);
  expect(counted?.rows).toBeGreaterThanOrEqual(30);
  now += 9 * 60_000;
  expect(await pairSharesOf(prisma)).toBe(counted);
  now += 61_000;
  expect(await pairSharesOf(prisma)).not.toBe(counted);
});

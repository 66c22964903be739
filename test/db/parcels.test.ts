import { afterAll, beforeAll, expect, it } from 'vitest';
import { parcel } from '../../src/db/parcels.js';
import { transact } from '../../src/db/transact.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const LONG = `"O'Brien" \\ {} \n\t 𠮷 \\u007f \x7f \x93`.repeat(20_000);

it('brings a long text to a statement as it is, inside a transaction and outside of one', async () => {
  const db = database.db.prisma;
  const inside = await transact(
    db,
    (tx) => tx.$queryRaw`SELECT ${parcel(LONG)} AS text, ${'beside'} AS word`,
  );
  expect(inside).toEqual([{ text: LONG, word: 'beside' }]);
  expect(await db.$queryRaw`SELECT ${parcel(LONG)} AS text`).toEqual([{ text: LONG }]);
  const changed = await transact(
    db,
    (tx) => tx.$executeRaw`SELECT * FROM string_to_table(${parcel('a b c')}, ' ')`,
  );
  expect(changed).toBe(3);
});

it('is good for one statement', async () => {
  const db = database.db.prisma;
  const ticket = parcel('once');
  expect(await db.$queryRaw`SELECT ${ticket} AS text`).toEqual([{ text: 'once' }]);
  await expect(db.$queryRaw`SELECT ${ticket} AS text`).rejects.toThrow('called for twice');
});

it('takes nothing that somebody typed for a ticket', async () => {
  const db = database.db.prisma;
  const typed = '\x01parcel:2c9f9f0e-0000-4000-8000-000000000000:1';
  expect(await db.$queryRaw`SELECT ${typed} AS text`).toEqual([{ text: typed }]);
});

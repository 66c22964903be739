// Quick reads: their values come as the client would give them, and connections that fail are told as such.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { queryQuick } from '../../src/db/quick-query.js';
import { isUnavailable } from '../../src/db/transact.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('gives texts, numbers, booleans, instants, JSON and arrays as the client does', async () => {
  const at = new Date('2026-02-28T16:30:00.125Z');
  const query = Prisma.sql`SELECT ${"华为 o'x"}::text AS text, ${7}::int AS number, ${true}::boolean AS yes,
    ${at}::timestamptz AS at, ${['a,b', '"c"', '']}::text[] AS texts, ARRAY[]::text[] AS none, NULL::text AS nothing,
    ${JSON.stringify({ a: [1, '二'] })}::jsonb AS value`;
  const [quick] = await queryQuick(database.db.prisma, query);
  expect(quick).toEqual({
    text: "华为 o'x",
    number: 7,
    yes: true,
    at,
    texts: ['a,b', '"c"', ''],
    none: [],
    nothing: null,
    value: { a: [1, '二'] },
  });
  expect([quick]).toEqual(await database.db.prisma.$queryRaw(query));
});

it('says of a closed database that it is not there', async () => {
  const { db, close } = await createTestDatabase({ alone: true });
  await close();
  await expect(queryQuick(db.prisma, Prisma.sql`SELECT 1`)).rejects.toSatisfy(isUnavailable);
});

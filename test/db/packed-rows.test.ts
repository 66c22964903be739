import { afterAll, beforeAll, expect, it } from 'vitest';
import { queryPacked } from '../../src/db/packed-rows.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.close();
});

const COLUMNS = { texts: ['name'], numbers: ['amount', 'nothing'] } as const;
const NASTY = '徐州"重工"\\ \t\n😀';

it('gives every row in the order of the query, as often as it is asked, and no piece with all of them', async () => {
  const packed = await queryPacked(
    database.db.prisma,
    Prisma.sql`SELECT ${NASTY} || n AS name, 9007199254740993 + n AS amount, NULL::bigint AS nothing
      FROM generate_series(1, 2500) n ORDER BY n DESC`,
    COLUMNS,
  );
  const expected = Array.from({ length: 2500 }, (_, index) => ({
    name: `${NASTY}${2500 - index}`,
    amount: 9007199254740993n + BigInt(2500 - index),
    nothing: 0n,
  }));
  const pieces = [...packed.inPieces()];
  expect(pieces.flat()).toEqual(expected);
  expect([...packed.inPieces()]).toEqual(pieces);
  expect(Math.max(...pieces.map((rows) => rows.length))).toBeLessThanOrEqual(100);
});

it('has no piece where there is no row; text that is NULL stays so', async () => {
  const ask = (which: Prisma.Sql) =>
    queryPacked(
      database.db.prisma,
      Prisma.sql`SELECT NULL::text AS name, 1::bigint AS amount, 2 AS nothing WHERE ${which}`,
      COLUMNS,
    );
  expect([...(await ask(Prisma.sql`FALSE`)).inPieces()]).toEqual([]);
  expect([...(await ask(Prisma.sql`TRUE`)).inPieces()].flat()).toEqual([
    { name: null, amount: 1n, nothing: 2n },
  ]);
});

it('lets everybody else in after each piece where all of them are looked at', async () => {
  const packed = await queryPacked(
    database.db.prisma,
    Prisma.sql`SELECT n::text AS name, n AS amount, 0 AS nothing FROM generate_series(1, 2500) n`,
    COLUMNS,
  );
  let [turns, looking] = [0, true];
  const others = () => {
    turns += 1;
    if (looking) setImmediate(others);
  };
  setImmediate(others);
  const seen = [];
  for await (const piece of packed.inTurns()) seen.push(piece);
  looking = false;
  expect(seen).toEqual([...packed.inPieces()]);
  expect(turns).toBeGreaterThanOrEqual(seen.length);
});

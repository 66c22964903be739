import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sendInTurn } from '../../src/db/send-in-turn.js';
import { transact } from '../../src/db/transact.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.db.prisma.$executeRaw`CREATE TABLE sent (what text)`;
});
afterAll(async () => {
  await database.db.prisma.$executeRaw`DROP TABLE sent`;
  await database.close();
});

const add = (what: string) => Prisma.sql`INSERT INTO sent SELECT ${what}`;
const sent = () => database.db.prisma.$queryRaw<{ what: string }[]>`SELECT what FROM sent`;

it('carries them out in their order, and writes each before the one before is done', async () => {
  const written: { what: string; rows: number }[] = [];
  let done = 0;
  await transact(database.db.prisma, async (tx) => {
    const counting: typeof tx = Object.create(tx, {
      $executeRaw: {
        value: async (sql: Prisma.Sql) => {
          // As a server in another process, which leaves this one time.
          await sleep(20);
          await tx.$executeRaw(sql);
          done += 1;
        },
      },
    });
    const write = (what: string) => () => {
      written.push({ what, rows: done });
      return add(what);
    };
    await sendInTurn(counting, [write('a'), () => null, write('b'), write('c')]);
  });
  expect((await sent()).map(({ what }) => what)).toEqual(['a', 'b', 'c']);
  expect(written.at(-1)).toEqual({ what: 'c', rows: 1 });
});

it('throws what the database refuses, and nothing of it is there', async () => {
  const wrong = () => Prisma.sql`INSERT INTO sent SELECT 1 / 0`;
  const before = await sent();
  const all = transact(database.db.prisma, (tx) => sendInTurn(tx, [() => add('d'), wrong, () => add('e')]));
  await expect(all).rejects.toThrow('division by zero');
  expect(await sent()).toEqual(before);
});

// Contracts that words name among the rows of some people: each way of finding them finds what a plain look through all
// of their rows finds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transact } from '../../src/db/transact.js';
import {
  contractHolds,
  findContractsNamedOf,
  findNamedContracts,
} from '../../src/domain/lists/words.queries.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  const sold: [PersonKey, string][] = [
    ['rep', '冲压线 甲'],
    ['rep', '冲压线 乙'],
    ['rep', '喷涂线'],
    ['rep2', '冲压线 甲'],
    ['rep2', '总装线'],
  ];
  for (const [who, name] of sold) {
    const rows: Parameters<typeof anActiveContract>[1] = [
      [100_00n, '2026-12-01'],
      [50_00n, '2027-01-01'],
    ];
    await anActiveContract(company, rows, { who, contract: { name } });
  }
  // A row of another's contract.
  const lent = await database.db.prisma.instalment.findFirstOrThrow({
    where: { contract: { name: '喷涂线' } },
  });
  await database.db.prisma.instalment.update({ where: { id: lent.id }, data: { ownerId: company.ids.rep2 } });
});
afterAll(() => database.close());

const WORDS = ['冲压线', '冲压线 甲', '甲 客户', '客户', 'cyx', '喷', '喷涂', '总装 客户', '没有', 'h', '%'];
const PEOPLE: PersonKey[][] = [['rep'], ['rep2'], ['rep', 'rep2'], []];

describe('contracts named', () => {
  it.each([...WORDS, 'ht-2026-0003', '0003 ht', '没有0003'])(
    '“$0”: by some pairs, and by the rarest',
    async (words) => {
      const { prisma } = database.db;
      const plain = await prisma.$queryRaw<{ id: string }[]>`
      SELECT c.id::text FROM contract c JOIN customer k ON k.id = c.customer_id WHERE ${contractHolds(words)}`;
      const expected = plain.map(({ id }) => id).toSorted();
      const counted = await transact(prisma, async (tx) => {
        await tx.$executeRaw(Prisma.raw('ANALYZE contract, customer'));
        return findNamedContracts(tx, words);
      });
      const single = [...words].length === 1 && /[a-z%]/.test(words);
      for (const found of [await findNamedContracts(prisma, words), counted])
        expect(found?.toSorted() ?? null).toEqual(single ? null : expected);
    },
  );
});

describe('contracts named of some people', () => {
  const cases = WORDS.flatMap((words) => PEOPLE.map((people) => ({ words, people })));
  it.each(cases)('“$words” of $people', async ({ words, people }) => {
    const { prisma } = database.db;
    const owners = people.map((who) => company.ids[who]);
    const plain = await prisma.$queryRaw<{ id: string }[]>`
      SELECT DISTINCT c.id::text FROM instalment i JOIN contract c ON c.id = i.contract_id
      JOIN customer k ON k.id = c.customer_id WHERE i.owner_id = ANY(${owners}::uuid[]) AND ${contractHolds(words)}`;
    const expected = plain.map(({ id }) => id).toSorted();
    // Named by their customers; row by row, where many contracts hold the word; not at all, where too many of theirs do.
    for (const most of [4000, 2, 1, 0]) {
      const found = await findContractsNamedOf(prisma, words, owners, most);
      if (expected.length > most) expect(found, `${most}`).toBeNull();
      else if (found) expect(found.toSorted(), `${most}`).toEqual(expected);
      else expect(most).toBeLessThan(4000);
    }
  });
});

// The search finds what a plain look through every customer finds, in the same order, and no more than the scope holds.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ElementShares } from '../../src/db/element-shares.js';
import { transact } from '../../src/db/transact.js';
import { findCustomerByRef, findCustomers } from '../../src/domain/customers/customer.queries.js';
import { createCustomer } from '../../src/domain/customers/customer.service.js';
import {
  CUSTOMER_ORDER,
  type CustomerOrder,
  type CustomerScope,
  customersOf,
  matchingCustomers,
  pageOfCustomers,
  pairSharesOf,
  SIZES,
} from '../../src/domain/customers/customer-search.queries.js';
import { newId } from '../../src/domain/ids.js';
import { findOwnerOptions } from '../../src/domain/lists/filter-names.queries.js';
import { searchPayingCustomers } from '../../src/domain/receipts/split.queries.js';
import { likePattern, searchGramsOf, wordsOf } from '../../src/domain/search.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  const names = [
    '华为技术',
    '中华集团',
    '重庆长安',
    '重工机械',
    'hw trading',
    'h-w',
    '100%纯棉',
    'a_b公司',
    '无名公司',
  ];
  for (const [place, name] of names.entries()) {
    const ctx = await company.as(
      place % 2 === 0 ? 'rep' : 'rep2',
      new Date(Date.UTC(2026, 10, 1 + ((place * 7) % 20))),
    );
    await createCustomer(ctx, { name, taxNo: place === 0 ? '91320300MA1K' : null });
  }
  // One of another's customers: the rep has two contracts with it.
  const { prisma } = database.db;
  const shared = await prisma.customer.findFirstOrThrow({ where: { ownerId: company.ids.rep2 } });
  await prisma.contract.createMany({
    data: ['HT-1', 'HT-2'].map((number) => ({
      id: newId(NOON),
      number,
      name: '共享',
      customerId: shared.id,
      type: 'vehicle',
      amount: 100n,
      currency: 'CNY',
      searchText: '',
      ownerId: company.ids.rep,
      createdById: company.ids.rep,
      updatedById: company.ids.rep,
      createdAt: NOON,
      updatedAt: NOON,
    })),
  });
});
afterAll(() => database.close());

const WORDS = [
  '',
  '华',
  'hw',
  'h',
  '公司',
  'gs',
  'chongqing',
  'zhongqing',
  '%',
  '_',
  'a_b',
  '100%',
  '长安 重',
  'zz',
  '1320300ma',
];

/** Everybody's; a person's, counted or known to be few; also with those of their contracts, known to be few or many. */
function scopes(): (CustomerScope | null)[] {
  const own = customersOf([company.ids.rep]);
  const all = customersOf([company.ids.rep], { contractsToo: true });
  if (!own || !all) throw new Error('a rep has a scope');
  return [null, own, { ...own, few: true }, { ...all, few: true }, { ...all, few: false }];
}

describe('matching customers', () => {
  const cases = WORDS.flatMap((words) => [1, 2, 100].map((limit) => ({ words, limit })));
  // Whatever is said of how many hold a pair, what is found is the same: nearly nobody, nearly everybody, nothing known.
  const said: ElementShares[] = [0.000_001, 0.9].map((share) => ({ rows: 1e6, shareOf: () => share }));
  it.each(cases)('“$words”, first $limit', async ({ words, limit }) => {
    const { prisma } = database.db;
    for (const order of Object.keys(CUSTOMER_ORDER) as CustomerOrder[]) {
      // What is known of how many they are makes no difference to how many are wanted.
      for (const scope of limit === 2 ? scopes() : scopes().slice(0, 2)) {
        const holds = wordsOf(words).map((word) => Prisma.sql`k.search_text LIKE ${likePattern(word)}`);
        const plain = await prisma.$queryRaw<{ id: string }[]>`
          SELECT k.id::text FROM customer k WHERE ${Prisma.join([scope?.holds ?? Prisma.sql`TRUE`, ...holds], ' AND ')}
          ORDER BY ${CUSTOMER_ORDER[order]} LIMIT ${limit}`;
        // Every way of finding: met in the order of the list, by the index, and looked through one by one.
        const ways = [SIZES, { all: 0, some: 0, few: 0 }, { all: 3, some: 3, few: 2 }].map(
          (sizes) => [null, sizes] as const,
        );
        const known = scope?.few === true ? ways.slice(0, 1) : ways;
        for (const [shares, sizes] of [...known, ...said.map((shares) => [shares, SIZES] as const)]) {
          const found = await prisma.$queryRaw<{ id: string }[]>`
          SELECT k.id::text FROM customer k
          WHERE k.id = ANY(ARRAY(${matchingCustomers({ words, scope, order, limit }, shares, sizes)}))
          ORDER BY ${CUSTOMER_ORDER[order]}`;
          expect(found).toEqual(plain);
        }
        // A page of it, counted up to the limit.
        const matching = await prisma.$queryRaw<{ id: string }[]>`
          SELECT k.id::text FROM customer k WHERE ${Prisma.join([scope?.holds ?? Prisma.sql`TRUE`, ...holds], ' AND ')}
          ORDER BY ${CUSTOMER_ORDER[order]} LIMIT ${limit + 1}`;
        for (const shares of [null, ...said]) {
          const search = { words, scope, order, limit: limit + 1 };
          const [page] = await prisma.$queryRaw<{ total: number; ids: string[] }[]>(
            pageOfCustomers(search, { number: 2, size: 2 }, shares),
          );
          const start = 2 * (Math.min(2, Math.ceil(Math.min(matching.length, limit) / 2)) - 1);
          const ids = matching.slice(Math.max(0, start), Math.max(0, start) + 2).map(({ id }) => id);
          expect(page).toEqual({ total: matching.length, ids });
        }
      }
    }
  });

  it('is told by the database how many hold a pair', async () => {
    const { prisma } = database.db;
    // What was counted for the searches before this one is kept with their client.
    const shares = await transact(prisma, async (tx) => {
      await tx.$executeRaw`ANALYZE customer`;
      return pairSharesOf(tx);
    });
    const { length } = await prisma.customer.findMany();
    const holding = await prisma.customer.count({ where: { searchGrams: { has: '公司' } } });
    expect(shares?.rows).toBe(length);
    expect(shares?.shareOf('公司')).toBeCloseTo(holding / length);
    expect(shares?.shareOf('公司')).toBeGreaterThan(shares?.shareOf('??') ?? 1);
    expect((await findCustomers(await company.as('director'), { words: '华为' })).total).toBe(1);
  });

  it('keeps the pairs of what it searches in', async () => {
    const rows = await database.db.prisma.customer.findMany();
    for (const row of rows)
      expect(row.searchGrams.toSorted()).toEqual(searchGramsOf(row.searchText).toSorted());
  });

  it('are the same pairs in the database, of which the indexes of contracts and receipts are made', async () => {
    const texts = ['', 'a', '华', 'hw 华为技术 ht-2026-0001', 'x\ty\n　华 为', 'é𠮷b', 'aa aa'];
    for (const text of texts) {
      const [row] = await database.db.prisma.$queryRaw<
        { grams: string[] }[]
      >`SELECT search_grams(${text}) AS grams`;
      expect(new Set(row?.grams), text).toEqual(new Set(searchGramsOf(text)));
    }
  });

  it('stays within the scope in every door', async () => {
    const rep2 = await company.as('rep2');
    expect((await findCustomers(rep2, { words: '华为' })).rows).toEqual([]);
    expect(await searchPayingCustomers(rep2, '华为')).toEqual([]);
    expect(await findCustomerByRef(rep2, '华为技术')).toBeNull();
    expect(await searchPayingCustomers(await company.as('finance'), 'hwjs')).toHaveLength(1);
    expect((await findCustomers(rep2, { ownerId: company.ids.rep })).rows).toEqual([]);
  });

  it('offers of many who pay those changed last, by name', async () => {
    const { prisma } = database.db;
    const [some] = await prisma.customer.findMany({ where: { ownerId: company.ids.rep2 } });
    if (!some) throw new Error('nobody');
    const many = Array.from({ length: 103 }, (_, n) => `批量${String(n).padStart(3, '0')}`);
    await prisma.customer.createMany({
      data: many.map((name, n) => ({
        ...{ id: newId(NOON), code: name, name, contacts: [], searchText: name },
        ...{
          searchGrams: searchGramsOf(name),
          ownerId: some.ownerId,
          createdAt: NOON,
          createdById: some.ownerId,
        },
        ...{ updatedById: some.ownerId, updatedAt: new Date(NOON.getTime() + (n < 3 ? 0 : 103 - n) * 1000) },
      })),
    });
    for (const who of ['rep2', 'finance'] as const) {
      const found = await searchPayingCustomers(await company.as(who), '批量');
      expect(found.map(({ name }) => name)).toEqual(many.slice(3));
    }
  });

  it('offers them, and people, by pinyin', async () => {
    const rep = await company.as('rep');
    // By code point 云 and 安 would stand the other way round.
    for (const name of ['云帆甲', '安达甲']) await createCustomer(await company.as('rep'), { name });
    expect((await searchPayingCustomers(rep, '甲')).map(({ name }) => name)).toEqual(['安达甲', '云帆甲']);
    const { prisma } = database.db;
    await prisma.user.update({ where: { id: company.ids.rep }, data: { name: '云甲' } });
    await prisma.user.update({ where: { id: company.ids.rep2 }, data: { name: '安甲' } });
    await prisma.user.update({ where: { id: company.ids.manager }, data: { name: '阿甲', active: false } });
    const people = await findOwnerOptions(await company.as('finance'), '甲');
    expect(people.map(({ name }) => name)).toEqual(['安甲', '云甲', '阿甲']);
  });

  it('compares what is only looked up byte by byte', async () => {
    const columns = await database.db.prisma.$queryRaw<{ name: string }[]>`
      SELECT table_name || '.' || column_name AS name FROM information_schema.columns
      WHERE table_schema = current_schema() AND collation_name = 'C' ORDER BY 1`;
    expect(columns.map(({ name }) => name)).toEqual([
      'contract.search_text',
      'customer.search_grams',
      'import_key.key',
    ]);
  });
});

// Lists of receipts: whichever way they are found, they are what a plain look at every receipt finds, in the same order.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { visibleOwners } from '../../src/domain/access.js';
import { newId } from '../../src/domain/ids.js';
import { findReceipts } from '../../src/domain/receipts/receipt.queries.js';
import {
  chooseReceipts,
  type ReceiptFilter,
  SIZES,
} from '../../src/domain/receipts/receipt-search.queries.js';
import { wordsOf } from '../../src/domain/search.js';
import { Prisma, type Receipt } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

/** A receipt with what decides who sees it and what finds it. */
type Known = Receipt & {
  readonly customer: { name: string; searchText: string; ownerId: string };
  readonly owners: string[];
};

let database: TestDatabase;
let company: TestCompany;
let receipts: Known[];

beforeAll(async () => {
  database = await createTestDatabase();
  const { prisma } = database.db;
  company = await createTestCompany(prisma);
  const { rep, rep2, finance } = company.ids;
  const sold: PersonKey[] = ['rep', 'rep', 'rep', 'rep2', 'rep2', 'rep2'];
  const rows = [];
  for (const who of sold)
    rows.push(
      (
        await anActiveContract(
          company,
          [
            [100_00n, '2026-12-01'],
            [50_00n, '2027-01-01'],
          ],
          { who },
        )
      ).rows,
    );
  const [, , lent, given, , above] = rows;
  // Rows of others' contracts: of a rep's customer, and of a customer that the rep does not see.
  await prisma.instalment.update({ where: { id: lent?.[0]?.id ?? '' }, data: { ownerId: rep2 } });
  await prisma.instalment.update({ where: { id: given?.[1]?.id ?? '' }, data: { ownerId: rep } });
  // One that no team sees.
  const ownerId = company.ids.director;
  await prisma.customer.update({ where: { id: above?.[0]?.customerId ?? '' }, data: { ownerId } });
  await prisma.instalment.updateMany({
    where: { customerId: above?.[0]?.customerId ?? '' },
    data: { ownerId },
  });
  const all = await prisma.instalment.findMany({ orderBy: { id: 'asc' } });
  const data = Array.from({ length: 60 }, (_, n) => {
    const row = all[n % all.length];
    if (!row) throw new Error('no row');
    const recordedById = n % 7 === 0 ? rep : n % 5 === 0 ? finance : row.ownerId;
    return {
      ...{
        id: newId(NOON),
        number: `HK-20261120-${100 + n}`,
        customerId: row.customerId,
        contractId: row.contractId,
      },
      ...{ amount: BigInt(100 + (n % 9)), currency: n % 6 === 0 ? 'USD' : 'CNY', method: 'transfer' },
      ...{
        receivedOn: new Date(Date.UTC(2026, 9, 1 + (n % 20))),
        payerName: n % 4 === 0 ? `付款方${n % 3}` : null,
      },
      ...{
        bankSlipNo: n % 3 === 0 ? `SL${n}` : null,
        status: n % 5 === 1 ? ('submitted' as const) : ('approved' as const),
      },
      ...{
        recordedById,
        lastEditedById: recordedById,
        updatedById: recordedById,
        createdAt: NOON,
        updatedAt: NOON,
      },
    };
  });
  await prisma.receipt.createMany({ data });
  await prisma.allocation.createMany({
    data: data.map((one, n) => ({
      ...{
        id: newId(NOON),
        receiptId: one.id,
        instalmentId: all[n % all.length]?.id ?? '',
        amount: 1n,
        createdAt: NOON,
      },
    })),
  });
  const found = await prisma.receipt.findMany({
    include: { customer: true, allocations: { include: { instalment: true } } },
  });
  receipts = found.map(({ allocations, ...one }) => ({
    ...one,
    owners: [
      one.recordedById,
      one.customer.ownerId,
      ...allocations.map(({ instalment }) => instalment.ownerId),
    ],
  }));
});
afterAll(() => database.close());

const WORDS = [
  '',
  '客户',
  '客户1',
  '付款方',
  '付款方1',
  'sl',
  'sl3',
  'kh',
  '客户1 付款方',
  'hk-20261120-10',
  '1',
  'h',
  'zzzz',
  '%',
  '付款方 sl 客户',
];
const READERS: PersonKey[] = ['rep', 'rep2', 'manager', 'director', 'finance', 'nobody'];
/** As they are; walked in order; words compared row by row; both. */
const WAYS = [
  { ...SIZES },
  { ...SIZES, fetched: 0 },
  { ...SIZES, named: 2 },
  { ...SIZES, fetched: 0, named: 0 },
];

const holds = (one: Known, words: string): boolean => {
  const own = `${one.number} ${one.payerName ?? ''} ${one.bankSlipNo ?? ''}`.toLowerCase();
  return wordsOf(words.toLowerCase()).every(
    (word) => own.includes(word) || one.customer.searchText.includes(word),
  );
};
const least = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

async function plain(who: PersonKey, filter: ReceiptFilter): Promise<string[]> {
  const owners = visibleOwners((await company.as(who)).actor);
  const seen = receipts.filter(
    (one) =>
      (owners === 'all' || one.owners.some((owner) => owners.includes(owner))) &&
      holds(one, filter.words ?? '') &&
      (filter.customerId === undefined || one.customerId === filter.customerId) &&
      (filter.contractId === undefined || one.contractId === filter.contractId) &&
      (filter.ownerId === undefined || one.customer.ownerId === filter.ownerId) &&
      (filter.states === undefined || filter.states.some((state) => state === one.status)),
  );
  return seen.toSorted((a, b) => least(b.id, a.id)).map((one) => one.id);
}

describe('lists of receipts', () => {
  it.each(READERS.flatMap((who) => WORDS.map((words) => ({ who, words }))))(
    '$who finds “$words”',
    async ({ who, words }) => {
      const { prisma } = database.db;
      const ctx = await company.as(who);
      const expected = await plain(who, { words });
      for (const sizes of WAYS) {
        const { from, where, order, walked } = await chooseReceipts(ctx, { words }, sizes);
        const conditions = [await where(), ...(walked ? [walked.each] : [])];
        for (const condition of conditions) {
          const found = await prisma.$queryRaw<{ id: string }[]>(
            Prisma.sql`SELECT r.id::text FROM ${from} WHERE ${condition} ORDER BY ${order}`,
          );
          const ids = found.map(({ id }) => id);
          expect(ids, JSON.stringify(sizes)).toEqual(expected);
        }
      }
    },
  );

  it.each(READERS)('%s turns the pages of what they narrow it to', async (who) => {
    const ctx = await company.as(who);
    const [some] = receipts;
    const { rep, rep2 } = company.ids;
    const filters: ReceiptFilter[] = [
      ...[
        {},
        { ownerId: rep },
        { ownerId: rep2 },
        { customerId: some?.customerId },
        { contractId: some?.contractId ?? undefined },
      ],
      ...[
        { states: ['submitted'] as const },
        { words: '客户', ownerId: rep2 },
        { words: 'sl', customerId: some?.customerId },
      ],
    ];
    for (const filter of filters) {
      const expected = await plain(who, filter);
      for (const number of [1, 2, 99]) {
        const page = await findReceipts(ctx, filter, { number, size: 7 });
        const start = 7 * (page.page - 1);
        expect(page.page).toBe(Math.min(number, Math.max(1, Math.ceil(expected.length / 7))));
        expect(page.rows.map(({ id }) => id)).toEqual(expected.slice(start, start + 7));
        expect(page.total).toBe(expected.length);
        expect(page.totals.reduce((sum, { count }) => sum + count, 0)).toBe(expected.length);
        const submitted = receipts.filter((one) => expected.includes(one.id) && one.status === 'submitted');
        expect(page.totals.reduce((sum, { waiting }) => sum + waiting, 0n)).toBe(
          submitted.reduce((sum, one) => sum + one.amount, 0n),
        );
      }
      for (const sort of ['date', 'amount', 'customer'] as const)
        for (const reversed of [false, true]) {
          const { rows } = await findReceipts(ctx, { ...filter, sort, reversed }, { number: 1, size: 100 });
          expect(rows.map(({ id }) => id).toSorted(), sort).toEqual(expected.toSorted());
          const keys = rows.map(
            (row) => ({ date: row.receivedOn, amount: `${row.amount}`, customer: row.customerName })[sort],
          );
          const ascending = (sort === 'customer') === !reversed;
          expect(keys, `${sort} ${reversed}`).toEqual(
            keys.toSorted((a, b) => (ascending ? least(a, b) : least(b, a))),
          );
        }
    }
  });

  it.each(READERS)(
    '%s walks to the same pages where there are too many to collect or to count',
    async (who) => {
      const ctx = await company.as(who);
      const expected = await plain(who, {});
      for (const counted of [3, 7, expected.length, 10_000])
        for (const number of [1, 2, 3, 99]) {
          const page = { number, size: 3 };
          const found = await findReceipts(ctx, {}, page, { ...SIZES, fetched: 0, counted });
          const total = Math.min(expected.length, counted);
          const start = 3 * (Math.max(1, Math.min(number, Math.ceil(total / 3))) - 1);
          expect(found.rows.map(({ id }) => id)).toEqual(expected.slice(start, start + 3));
          expect([found.total, found.more]).toEqual([total, expected.length > counted]);
          expect(found.totals.reduce((sum, { count }) => sum + count, 0)).toBe(found.more ? 0 : total);
        }
    },
  );
});

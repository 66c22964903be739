// Every report against an independent computation from raw rows, to the fen, on any day of histories made by chance, for
// whoever reads (rules §9, §11; P20).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { addDays, instantOf, type LocalDate } from '../../src/domain/local-date.js';
import { findAgingRows, readAging } from '../../src/domain/reports/aging.queries.js';
import {
  BUCKETS,
  type Bucket,
  DUE_BASES,
  GROUPS,
  type Group,
  type ReportQuery,
} from '../../src/domain/reports/report.js';
import { createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';
import { DAYS, FIRST_DAY, makeHistory } from '../support/report-history.js';
import {
  creditAt,
  daysBetween,
  type Raw,
  readRaw,
  type Standing,
  standingAt,
} from '../support/report-oracle.js';

let database: TestDatabase;
let company: TestCompany;
let raw: Raw;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const LAST = addDays(FIRST_DAY, DAYS);
const READERS = ['finance', 'rep', 'rep2', 'manager'] as const satisfies readonly PersonKey[];
/** The last day is the reader's today. */
const reader = (who: PersonKey): Promise<Ctx> => company.as(who, instantOf(LAST, '10:00', 'Asia/Shanghai'));

function bucketOf(due: LocalDate | null, asOf: LocalDate): Bucket {
  if (due === null) return 'undated';
  const late = daysBetween(due, asOf);
  if (late <= 0) return 'not_due';
  if (late <= 30) return 'd30';
  if (late <= 60) return 'd60';
  if (late <= 90) return 'd90';
  return late <= 180 ? 'd180' : 'older';
}

/** Whose rows the reader may see: by who owns them now. */
function scopeOf(who: PersonKey): (ownerId: string) => boolean {
  const { ids } = company;
  const seen = who === 'rep' ? [ids.rep] : who === 'rep2' ? [ids.rep2] : [ids.manager, ids.rep, ids.rep2];
  return (ownerId) => who === 'finance' || seen.includes(ownerId);
}

const contractOf = (id: string) => raw.contracts.find((one) => one.id === id);
const departmentOf = (userId: string) => raw.users.find((one) => one.id === userId)?.departmentId ?? '';
const customerOwner = (id: string) => raw.customers.find((one) => one.id === id)?.ownerId ?? '';
const keyOf: Record<Group, (row: Standing) => string> = {
  customer: (row) => row.customerId,
  contract: (row) => row.contractId,
  rep: (row) => row.ownerId,
  department: (row) => departmentOf(row.ownerId),
  type: (row) => contractOf(row.contractId)?.type ?? '',
};
const moneyKey: Record<Group, (money: { customerId: string; contractId: string | null }) => string> = {
  customer: (money) => money.customerId,
  contract: (money) => money.contractId ?? '',
  rep: (money) => customerOwner(money.customerId),
  department: (money) => departmentOf(customerOwner(money.customerId)),
  type: (money) => contractOf(money.contractId ?? '')?.type ?? '',
};

/** Rows that the reader may see, by who owns them now. */
function seenAt(who: PersonKey, day: LocalDate, currency: string): Standing[] {
  const sees = scopeOf(who);
  const owner = new Map(raw.instalments.map((one) => [one.id, one.ownerId]));
  return standingAt(raw, day).filter((one) => one.currency === currency && sees(owner.get(one.id) ?? ''));
}

function agingByLoops(who: PersonKey, query: ReportQuery) {
  const sees = scopeOf(who);
  const sums = new Map<string, Record<string, bigint>>();
  const add = (key: string, column: string, amount: bigint) => {
    const line = sums.get(key) ?? {};
    line[column] = (line[column] ?? 0n) + amount;
    sums.set(key, line);
  };
  for (const row of seenAt(who, query.to, query.currency)) {
    const key = keyOf[query.by](row);
    add(key, bucketOf(query.due === 'effective' ? row.due : row.originalDue, query.to), row.outstanding);
    add(key, 'open', row.outstanding);
    add(key, 'count', 1n);
    if (row.isRetention) add(key, 'retention', row.outstanding);
  }
  for (const { receipt, credit } of creditAt(raw, query.to))
    if (receipt.currency === query.currency && sees(customerOwner(receipt.customerId))) {
      // Another's contract stays unnamed.
      const own = sees(contractOf(receipt.contractId ?? '')?.ownerId ?? '');
      add(moneyKey[query.by]({ ...receipt, ...(!own && { contractId: null }) }), 'credit', credit);
    }
  return sums;
}

describe('history', () => {
  beforeAll(async () => {
    await truncate(database.db);
    company = await createTestCompany(database.db.prisma);
    await makeHistory(company, 1);
    raw = await readRaw(company.db);
    expect(await checkMoney(company.db)).toEqual([]);
    // A history without these would prove little.
    expect(raw.allocations.some((one) => one.releasedOn !== null)).toBe(true);
    expect(raw.instalments.some((one) => one.postponedTo !== null)).toBe(true);
    expect(raw.receipts.some((one) => one.kind === 'prepayment' && one.unapplied > 0n)).toBe(true);
  });

  it('aging of any day, by anything, for anybody', async () => {
    let compared = 0;
    for (const [index, step] of [3, 17, 33, 40, 41, 47, 59, DAYS, DAYS + 30].entries()) {
      const who = READERS[index % READERS.length] ?? 'finance';
      const ctx = await reader(who);
      for (const by of GROUPS)
        for (const due of DUE_BASES) {
          const currency = by === 'type' ? 'USD' : 'CNY';
          const query: ReportQuery = { kind: 'aging', to: addDays(FIRST_DAY, step), by, due, currency };
          const expected = agingByLoops(who, query);
          const aging = await readAging(ctx, query, 1000);
          const found = new Map(
            aging.lines.map(({ key, name, buckets, ...sums }) => {
              expect(name !== '' || key === '', `${by} ${key}`).toBe(true);
              const all: Record<string, bigint> = { ...buckets, ...sums, count: BigInt(sums.count) };
              return [key, Object.fromEntries(Object.entries(all).filter(([, amount]) => amount !== 0n))];
            }),
          );
          expect(found, JSON.stringify(query)).toEqual(expected);
          expect([aging.difference, aging.others]).toEqual([0n, null]);
          compared += aging.lines.length;
          const few = await readAging(ctx, query, 1);
          expect(few.total).toEqual(aging.total);
          expect(few.others?.groups ?? 0).toBe(Math.max(0, aging.lines.length - 1));
        }
    }
    expect(compared).toBeGreaterThan(150);
  });

  it('the rows behind each bucket and group', async () => {
    const day = addDays(FIRST_DAY, 44);
    const ctx = await reader('finance');
    const rows = seenAt('finance', day, 'CNY');
    for (const due of DUE_BASES) {
      const query: ReportQuery = { kind: 'aging', to: day, by: 'rep', due, currency: 'CNY' };
      const dueOf = (row: Standing) => (due === 'effective' ? row.due : row.originalDue);
      for (const bucket of BUCKETS) {
        const expected = rows.filter((row) => bucketOf(dueOf(row), day) === bucket);
        const found = await findAgingRows(ctx, query, { bucket }, { number: 1, size: 1000 });
        expect(found.rows.map((row) => `${row.id} ${row.outstanding} ${row.due}`).toSorted()).toEqual(
          expected.map((row) => `${row.id} ${row.outstanding} ${dueOf(row)}`).toSorted(),
        );
        expect(found.open).toBe(expected.reduce((sum, row) => sum + row.outstanding, 0n));
      }
      const mine = await findAgingRows(ctx, query, { key: company.ids.rep2 }, { number: 1, size: 1000 });
      expect(mine.total).toBe(rows.filter((row) => row.ownerId === company.ids.rep2).length);
      expect(mine.groupName).toBe('rep2');
    }
  });
});

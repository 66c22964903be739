// Every report on a real ledger (2,466 invoices of 100 customers, 2012 to 2014), recomputed from the file in plain loops: to
// the cent. What is open on a day was invoiced and not settled then; nothing of the app's history is used.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Invoice, readInvoices } from '../../scripts/replay/invoices.js';
import type { Ctx } from '../../src/ctx.js';
import { newId } from '../../src/domain/ids.js';
import {
  addDays,
  addMonths,
  instantOf,
  type LocalDate,
  localDate,
  toUtcDate,
} from '../../src/domain/local-date.js';
import { readAging } from '../../src/domain/reports/aging.queries.js';
import { forecast } from '../../src/domain/reports/forecast.js';
import { readForecast } from '../../src/domain/reports/forecast.queries.js';
import { readKpis } from '../../src/domain/reports/kpis.queries.js';
import { MEASURES } from '../../src/domain/reports/measures.js';
import { readMeasures } from '../../src/domain/reports/measures.queries.js';
import { readTrend } from '../../src/domain/reports/months.queries.js';
import { readReceiptDetail } from '../../src/domain/reports/receipt-detail.queries.js';
import {
  BUCKETS,
  type Bucket,
  defaultQuery,
  partsOf,
  type ReportQuery,
} from '../../src/domain/reports/report.js';
import { readRisks } from '../../src/domain/reports/risks.queries.js';
import { findReportRows } from '../../src/domain/reports/rows.queries.js';
import { createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { daysBetween } from '../support/report-oracle.js';

const CURRENCY = 'USD';
const TODAY = localDate('2014-06-30');
const DAYS = ['2012-03-31', '2012-12-31', '2013-06-15', '2013-11-30', '2014-01-15'].map(localDate);
let database: TestDatabase;
let company: TestCompany;
let invoices: Invoice[];
let ctx: Ctx;
/** Ids by the file's customers. */
const ids = new Map<string, string>();

beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  invoices = await readInvoices(join(import.meta.dirname, '../data/ibm-watson-accounts-receivable.csv'));
  await fill();
  ctx = await company.as('finance', instantOf(TODAY, '10:00', 'Asia/Shanghai'));
}, 60_000);
afterAll(() => database.close());

/** A statement takes so many values and no more. */
async function inBatches<T>(rows: readonly T[], insert: (data: T[]) => Promise<unknown>): Promise<void> {
  for (let start = 0; start < rows.length; start += 300) await insert(rows.slice(start, start + 300));
}

/** The ledger as rows: a contract a customer, an instalment an invoice, its money on the day it was settled. */
async function fill(): Promise<void> {
  const { db } = company;
  const now = instantOf(localDate('2012-01-01'), '10:00', 'Asia/Shanghai');
  const by = company.ids.rep;
  const stamps = { createdAt: now, updatedAt: now, createdById: by, updatedById: by, ownerId: by };
  const customers = [...new Set(invoices.map((one) => one.customer))];
  const contracts = new Map<string, string>();
  for (const name of customers) {
    ids.set(name, newId(now));
    contracts.set(name, newId(now));
  }
  const idOf = (name: string) => ids.get(name) ?? '';
  await db.customer.createMany({
    data: customers.map((name) => ({
      ...stamps,
      id: idOf(name),
      code: name,
      name,
      contacts: [],
      searchGrams: [],
      searchText: name,
    })),
  });
  await db.contract.createMany({
    data: customers.map((name) => {
      const mine = invoices.filter((one) => one.customer === name);
      const amount = mine.reduce((sum, one) => sum + one.amount, 0n);
      const what = { number: `HT-${name}`, name, customerId: idOf(name), searchText: name, type: 'parts' };
      return {
        ...stamps,
        ...what,
        id: contracts.get(name) ?? '',
        amount,
        currency: CURRENCY,
        status: 'completed',
      };
    }),
  });
  const rows = invoices.map((invoice, index) => {
    return {
      invoice,
      index,
      id: newId(now),
      receiptId: newId(now),
      contractId: contracts.get(invoice.customer) ?? '',
    };
  });
  const whose = ({ invoice, contractId }: (typeof rows)[number]) => {
    return { customerId: idOf(invoice.customer), contractId, amount: invoice.amount, currency: CURRENCY };
  };
  await inBatches(
    rows.map((row) => {
      const due = toUtcDate(row.invoice.dueOn);
      const dates = {
        dueOn: due,
        originalDueOn: due,
        effectiveDue: due,
        openedOn: toUtcDate(row.invoice.invoicedOn),
      };
      const state = {
        lifecycle: 'settled' as const,
        outstanding: 0n,
        seq: row.index + 1,
        name: row.invoice.number,
      };
      return { ...stamps, ...whose(row), ...dates, ...state, id: row.id };
    }),
    (data) => db.instalment.createMany({ data }),
  );
  await inBatches(
    rows.flatMap(({ id, invoice }) =>
      (
        [
          ['open', invoice.invoicedOn],
          ['settled', invoice.settledOn],
        ] as const
      ).map(([lifecycle, day], at) => ({
        id: newId(now),
        instalmentId: id,
        validFrom: toUtcDate(day),
        recordedAt: new Date(toUtcDate(day).getTime() + at),
        amount: invoice.amount,
        dueOn: toUtcDate(invoice.dueOn),
        ownerId: by,
        lifecycle,
        cause: 'replay',
      })),
    ),
    (data) => db.instalmentRevision.createMany({ data }),
  );
  await inBatches(
    rows.map((row) => ({
      ...whose(row),
      id: row.receiptId,
      number: `HK-${row.index}`,
      method: 'transfer',
      receivedOn: toUtcDate(row.invoice.settledOn),
      status: 'approved' as const,
      recordedById: by,
      lastEditedById: by,
      updatedById: by,
      createdAt: now,
      updatedAt: now,
    })),
    (data) => db.receipt.createMany({ data }),
  );
  await inBatches(
    rows.map(({ id, receiptId, invoice }) => {
      const day = toUtcDate(invoice.settledOn);
      const parts = { receiptId, instalmentId: id, amount: invoice.amount, status: 'effective' as const };
      return { ...parts, id: newId(now), effectiveOn: day, bookedAt: day, createdAt: day };
    }),
    (data) => db.allocation.createMany({ data }),
  );
}

const openAt = (day: LocalDate) => invoices.filter((one) => one.invoicedOn <= day && one.settledOn > day);
const sumOf = (list: readonly Invoice[]) => list.reduce((sum, one) => sum + one.amount, 0n);
const within = (day: LocalDate, { from, to }: Pick<ReportQuery, 'from' | 'to'>) => day >= from && day <= to;
const query = (kind: ReportQuery['kind'], to: LocalDate): ReportQuery => {
  return { ...defaultQuery(kind, TODAY, CURRENCY), by: 'customer', to, from: addDays(addMonths(to, -6), 1) };
};

function bucketOf({ dueOn }: Invoice, day: LocalDate): Bucket {
  const late = daysBetween(dueOn, day);
  const end = { not_due: 0, d30: 30, d60: 60, d90: 90, d180: 180 };
  return (Object.keys(end) as (keyof typeof end)[]).find((bucket) => late <= end[bucket]) ?? 'older';
}

it('aging of any day, by customer, and the rows behind every bucket', async () => {
  let lines = 0;
  for (const day of DAYS) {
    const asked = query('aging', day);
    const aging = await readAging(ctx, asked, 1000);
    const open = openAt(day);
    expect(aging.difference).toBe(0n);
    expect([aging.total.open, aging.total.count]).toEqual([sumOf(open), open.length]);
    for (const bucket of BUCKETS) {
      const mine = open.filter((one) => bucketOf(one, day) === bucket);
      expect(aging.total.buckets[bucket], `${day} ${bucket}`).toBe(sumOf(mine));
      const page = { number: 1, size: 1, zone: 'Asia/Shanghai' };
      const rows = await findReportRows(ctx, asked, { o: bucket }, page);
      expect([rows.total, rows.amount]).toEqual([mine.length, sumOf(mine)]);
    }
    const found = new Map(aging.lines.map((line) => [line.key, [line.open, line.count]]));
    const names = [...new Set(open.map((one) => one.customer))];
    expect(found).toEqual(
      new Map(
        names.map((name) => {
          const mine = open.filter((one) => one.customer === name);
          return [ids.get(name), [sumOf(mine), mine.length]];
        }),
      ),
    );
    lines += found.size;
  }
  expect(lines).toBeGreaterThan(200);
});

/** The measures of some invoices, at the end of a period. */
function measuresOf(list: readonly Invoice[], asked: ReportQuery): Record<string, bigint> {
  const { to } = asked;
  const open = list.filter((one) => one.invoicedOn <= to && one.settledOn > to);
  const late = open.filter((one) => one.dueOn < to);
  const due = list.filter((one) => within(one.dueOn, asked));
  const settled = list.filter((one) => within(one.settledOn, asked));
  const judged = [...new Set([...due, ...settled])];
  const days = (one: Invoice, day: LocalDate) => BigInt(Math.max(0, daysBetween(one.dueOn, day)));
  const times = (some: readonly Invoice[], day: (one: Invoice) => LocalDate) =>
    some.reduce((sum, one) => sum + days(one, day(one)) * one.amount, 0n);
  return {
    open: sumOf(open),
    openCount: BigInt(open.length),
    overdue: sumOf(late),
    overdueCount: BigInt(late.length),
    overdueDays: times(late, () => to),
    oldest: late.reduce((most, one) => (days(one, to) > most ? days(one, to) : most), 0n),
    current: sumOf(open.filter((one) => one.dueOn >= to)),
    due: sumOf(due),
    duePaid: sumOf(due.filter((one) => one.settledOn <= to)),
    dueCount: BigInt(due.length),
    judged: BigInt(judged.length),
    onTime: BigInt(judged.filter((one) => one.settledOn <= to && one.settledOn <= one.dueOn).length),
    settled: BigInt(settled.length),
    lateDays: times(settled, (one) => one.settledOn),
    lateAmount: sumOf(settled),
    received: sumOf(settled),
    contracted: sumOf(list),
    collected: sumOf(list.filter((one) => one.settledOn <= to)),
  };
}

it('progress, debts, overdue, habits and performance, by customer; the rows behind their totals; the KPIs', async () => {
  const sources = ['standing', 'due', 'contracts'] as const;
  const zone = 'Asia/Shanghai';
  for (const day of DAYS) {
    const asked = query('progress', day);
    const read = await readMeasures(ctx, asked, {
      sources,
      order: 'open',
      limit: 1000,
      company: ctx.company,
    });
    const found = new Map(
      read.lines.map((line) => [
        line.key,
        Object.fromEntries(MEASURES.flatMap((name) => (line[name] === 0n ? [] : [[name, line[name]]]))),
      ]),
    );
    const expected = new Map(
      [...ids].map(([name, id]) => {
        const mine = measuresOf(
          invoices.filter((one) => one.customer === name),
          asked,
        );
        return [id, Object.fromEntries(Object.entries(mine).filter(([, value]) => value !== 0n))];
      }),
    );
    expect(found, day).toEqual(expected);
    const all = measuresOf(invoices, asked);
    for (const part of partsOf('progress').totals) {
      const rows = await findReportRows(ctx, asked, { o: part }, { number: 1, size: 1, zone });
      const sum = part === 'missing' ? (all.due ?? 0n) - (all.duePaid ?? 0n) : all[part];
      expect(rows.amount, `${day} ${part}`).toBe(sum);
    }
    const { kpis } = await readKpis(ctx, asked, ctx.company);
    const sides = Object.fromEntries(
      kpis.map(({ name, part, whole, times }) => [name, [part, whole, times]]),
    );
    const begin = sumOf(openAt(addDays(asked.from, -1)));
    const span = daysBetween(asked.from, asked.to) + 1;
    const year = measuresOf(invoices, { ...asked, from: addDays(addMonths(asked.to, -12), 1) });
    expect(sides).toMatchObject({
      collection_rate: [all.duePaid, all.due, 1],
      on_time_rate: [all.onTime, all.judged, 1],
      overdue_rate: [all.overdue, all.open, 1],
      dso: [all.open, all.due, span],
      average_days_late: [year.lateDays, year.lateAmount, 1],
      cei: [begin + (all.due ?? 0n) - (all.open ?? 0n), begin + (all.due ?? 0n) - (all.current ?? 0n), 1],
      reminder_effect: [0n, 0n, 1],
    });
  }
});

it('the trend, the receipts, the forecast by due date, the customers at risk', async () => {
  for (const day of DAYS) {
    const asked = query('trend', day);
    for (const { month, ...sums } of (await readTrend(ctx, asked)).months) {
      const last = addDays(addMonths(month, 1), -1);
      const ended = last < day ? last : day;
      const span = { from: month < asked.from ? asked.from : month, to: ended };
      const due = invoices.filter((one) => within(one.dueOn, span));
      expect(sums, `${day} ${month}`).toEqual({
        due: sumOf(due),
        paidInTime: sumOf(due.filter((one) => one.settledOn <= ended)),
        paid: sumOf(due.filter((one) => one.settledOn <= day)),
        received: sumOf(invoices.filter((one) => within(one.settledOn, span))),
      });
    }
    const received = invoices.filter((one) => within(one.settledOn, asked));
    const detail = await readReceiptDetail(ctx, asked, 1);
    expect([detail.count, detail.total.amount, detail.total.applied, detail.total.credit]).toEqual([
      received.length,
      sumOf(received),
      sumOf(received),
      0n,
    ]);
    const { weeks } = await readForecast(ctx, query('forecast', day), 'Asia/Shanghai');
    const again = forecast(
      openAt(day).map((one) => {
        const none = { disputed: false, promisedOn: null, promisedAmount: null };
        return { ...none, customerId: one.customer, due: one.dueOn, amount: one.amount };
      }),
      invoices
        .filter((one) => one.settledOn <= day && one.settledOn >= addDays(day, -365))
        .map((one) => {
          const age = Math.floor(daysBetween(one.settledOn, day) / 7) * 7;
          return { customerId: one.customer, delay: daysBetween(one.dueOn, one.settledOn), age, count: 1 };
        }),
      day,
    );
    for (const [index, { from, to, contract, expected }] of weeks.entries()) {
      // Sums of fractions in another order: a cent at most.
      const off = expected - (again[index]?.expected ?? 0n);
      expect(off >= -1n && off <= 1n, `${day} ${from} ${expected}`).toBe(true);
      const due = openAt(day).filter((one) => one.dueOn <= to && (index === 0 || one.dueOn >= from));
      expect(contract, `${day} ${from}`).toBe(sumOf(due));
    }
    const risks = await readRisks(ctx, query('risks', day), { limit: 1000, company: ctx.company });
    for (const line of risks.lines) {
      const mine = openAt(day).filter((one) => ids.get(one.customer) === line.key);
      expect([line.open, line.overdue]).toEqual([sumOf(mine), sumOf(mine.filter((one) => one.dueOn < day))]);
    }
  }
});

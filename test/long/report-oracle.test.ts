// Every report against an independent computation from raw rows, to the fen, on any day of histories made by chance, for
// whoever reads (rules §9, §11; P20).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { loadHome } from '../../src/domain/home/home.queries.js';
import { newId } from '../../src/domain/ids.js';
import {
  addDays,
  addMonths,
  instantOf,
  type LocalDate,
  localDate,
  todayIn,
  toUtcDate,
} from '../../src/domain/local-date.js';
import type { Money } from '../../src/domain/money.js';
import { readAging } from '../../src/domain/reports/aging.queries.js';
import { readForecast } from '../../src/domain/reports/forecast.queries.js';
import { keepForecasts } from '../../src/domain/reports/forecast.service.js';
import { readKpis } from '../../src/domain/reports/kpis.queries.js';
import { MAXIMA, MEASURES, noMeasures, sumOfPart } from '../../src/domain/reports/measures.js';
import { type Measured, readMeasures } from '../../src/domain/reports/measures.queries.js';
import { tellMonday } from '../../src/domain/reports/monday.service.js';
import { readTrend } from '../../src/domain/reports/months.queries.js';
import { type ReportData, readLongReport, readReport } from '../../src/domain/reports/read-report.queries.js';
import { readReceiptDetail } from '../../src/domain/reports/receipt-detail.queries.js';
import {
  BUCKETS,
  type Bucket,
  DUE_BASES,
  defaultQuery,
  GROUPS,
  type Group,
  type Part,
  partsOf,
  REPORT_KINDS,
  type ReportQuery,
} from '../../src/domain/reports/report.js';
import { checkOf, differenceOf } from '../../src/domain/reports/report-check.js';
import { NO_NAMES } from '../../src/domain/reports/report-names.queries.js';
import { readRisks } from '../../src/domain/reports/risks.queries.js';
import { findReportRows } from '../../src/domain/reports/rows.queries.js';
import { SOURCES } from '../../src/domain/reports/sources.queries.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { reportDoc } from '../../src/handlers/views/report-views.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { checkMoney } from '../support/money-invariants.js';
import { DAYS, FIRST_DAY, makeHistory } from '../support/report-history.js';
import {
  countedAt,
  creditAt,
  dayOf,
  daysBetween,
  type Raw,
  readRaw,
  type Standing,
  standingAt,
} from '../support/report-oracle.js';

let database: TestDatabase;
let company: TestCompany;
let raw: Raw;
/** Above the department of rep2. */
let top: string;
/** Its lines, or itself where it has none. */
function linesOf(data: ReportData): readonly object[] {
  if ('aging' in data) return data.aging.lines;
  if ('detail' in data) return data.detail.rows;
  return 'measured' in data ? data.measured.lines : [data];
}

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

const dayInShanghai = (at: Date) => todayIn(at, 'Asia/Shanghai');
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

/** Whether somebody is of a department or of one below it. */
function isOf(departmentId: string, userId: string): boolean {
  for (let at: string | null = departmentOf(userId) || null; at !== null; ) {
    if (at === departmentId) return true;
    at = raw.departments.find((one) => one.id === at)?.parentId ?? null;
  }
  return false;
}

/** Whether rows and money are of what the query is narrowed to. */
const narrowed =
  (query: ReportQuery) =>
  (row: { customerId: string; contractId: string | null; ownerId: string }): boolean =>
    (query.customerId === undefined || row.customerId === query.customerId) &&
    (query.contractId === undefined || row.contractId === query.contractId) &&
    (query.ownerId === undefined || row.ownerId === query.ownerId) &&
    (query.departmentId === undefined || isOf(query.departmentId, row.ownerId)) &&
    (query.type === undefined || contractOf(row.contractId ?? '')?.type === query.type);

/** Rows that the reader may see, by who owns them now. */
function seenAt(who: PersonKey, query: ReportQuery, day = query.to): Standing[] {
  const sees = scopeOf(who);
  const owner = new Map(raw.instalments.map((one) => [one.id, one.ownerId]));
  return standingAt(raw, day)
    .filter((one) => one.currency === query.currency && sees(owner.get(one.id) ?? ''))
    .filter(narrowed(query));
}

/** Money that the reader may see; another's contract stays unnamed. */
function creditSeen(who: PersonKey, query: ReportQuery) {
  const sees = scopeOf(who);
  return creditAt(raw, query.to)
    .filter(({ receipt }) => receipt.currency === query.currency && sees(customerOwner(receipt.customerId)))
    .map(({ receipt: { customerId, contractId }, credit }) => {
      const own = sees(contractOf(contractId ?? '')?.ownerId ?? '');
      return { customerId, contractId: own ? contractId : null, ownerId: customerOwner(customerId), credit };
    })
    .filter(narrowed(query));
}

function agingByLoops(who: PersonKey, query: ReportQuery) {
  const sums = new Map<string, Record<string, bigint>>();
  const add = (key: string, column: string, amount: bigint) => {
    const line = sums.get(key) ?? {};
    line[column] = (line[column] ?? 0n) + amount;
    sums.set(key, line);
  };
  for (const row of seenAt(who, query)) {
    const key = keyOf[query.by](row);
    add(key, bucketOf(query.due === 'effective' ? row.due : row.originalDue, query.to), row.outstanding);
    add(key, 'open', row.outstanding);
    add(key, 'count', 1n);
    if (row.isRetention) add(key, 'retention', row.outstanding);
  }
  for (const money of creditSeen(who, query)) add(moneyKey[query.by](money), 'credit', money.credit);
  return sums;
}

/** What each group has, from whole tables in plain loops. */
function measuredByLoops(who: PersonKey, query: ReportQuery): Map<string, Record<string, bigint>> {
  const { from, to, by, currency } = query;
  const sees = scopeOf(who);
  const sums = new Map<string, Record<string, bigint>>();
  const add = (key: string, column: string, amount: bigint) => {
    const line = sums.get(key) ?? {};
    line[column] = (line[column] ?? 0n) + amount;
    sums.set(key, line);
  };
  const most = (key: string, column: string, amount: bigint) => {
    const line = sums.get(key) ?? {};
    if (amount > (line[column] ?? 0n)) line[column] = amount;
    sums.set(key, line);
  };
  for (const row of seenAt(who, query)) {
    const key = keyOf[by](row);
    const late = row.due === null ? 0 : daysBetween(row.due, to);
    add(key, 'open', row.outstanding);
    add(key, 'openCount', 1n);
    if (row.isRetention) add(key, 'retention', row.outstanding);
    if (late <= 0) add(key, 'current', row.outstanding);
    else {
      add(key, 'overdue', row.outstanding);
      add(key, 'overdueCount', 1n);
      add(key, 'overdueDays', row.outstanding * BigInt(late));
      most(key, 'oldest', BigInt(late));
    }
  }
  const counted = countedAt(raw, to);
  const mine = raw.instalments
    .filter((one) => one.currency === currency && sees(one.ownerId))
    .filter(narrowed(query));
  const keyNow = (row: { customerId: string; contractId: string; ownerId: string }) =>
    by === 'customer'
      ? row.customerId
      : by === 'contract'
        ? row.contractId
        : by === 'rep'
          ? row.ownerId
          : by === 'department'
            ? departmentOf(row.ownerId)
            : (contractOf(row.contractId)?.type ?? '');
  for (const row of mine) {
    const key = keyNow(row);
    const money = counted.filter((one) => one.instalmentId === row.id);
    for (const one of money) {
      add(key, 'collected', one.amount);
      const day = one.effectiveOn === null ? '' : dayOf(one.effectiveOn);
      if (day >= from && day <= to) add(key, 'received', one.amount);
    }
    if (!['open', 'settled', 'written_off'].includes(row.lifecycle) || row.effectiveDue === null) continue;
    const due = dayOf(row.effectiveDue);
    const paid = money.reduce((sum, one) => sum + one.amount, 0n);
    const lastOn = money.reduce((last, one) => {
      const day = one.effectiveOn === null ? '' : dayOf(one.effectiveOn);
      return day > last ? day : last;
    }, '');
    const fell = due >= from && due <= to;
    const small = raw.adjustments
      .filter((one) => one.instalmentId === row.id && one.kind === 'small_difference')
      .filter((one) => one.effectiveOn !== null && dayOf(one.effectiveOn) <= to)
      .reduce((sum, one) => sum + one.amount, 0n);
    const whole = paid + small >= row.amount;
    const settled = whole && lastOn >= from && lastOn <= to;
    if (fell) {
      add(key, 'due', row.amount);
      add(key, 'duePaid', paid);
      add(key, 'dueCount', 1n);
      if (row.isRetention) {
        add(key, 'retentionDue', row.amount);
        add(key, 'retentionPaid', paid);
      }
    }
    if (fell || settled) {
      add(key, 'judged', 1n);
      if (whole && lastOn <= due) add(key, 'onTime', 1n);
    }
    if (settled) {
      add(key, 'settled', 1n);
      add(key, 'lateAmount', row.amount);
      add(key, 'lateDays', BigInt(Math.max(0, daysBetween(due, localDate(lastOn)))) * row.amount);
    }
  }
  for (const contract of raw.contracts)
    if (
      contract.currency === currency &&
      sees(contract.ownerId) &&
      narrowed(query)({ ...contract, contractId: contract.id }) &&
      ['active', 'completed', 'archived'].includes(contract.status)
    )
      add(keyNow({ ...contract, contractId: contract.id }), 'contracted', contract.amount);
  for (const money of creditSeen(who, query)) add(moneyKey[by](money), 'credit', money.credit);
  for (const followUp of raw.followUps) {
    const row = mine.find((one) => one.id === followUp.instalmentId);
    if (!row) continue;
    const day = dayInShanghai(followUp.createdAt);
    if (day >= from && day <= to) add(keyNow(row), 'followUps', 1n);
    const promisedOn = followUp.promisedOn && dayOf(followUp.promisedOn);
    if (followUp.result !== 'promised' || !promisedOn || promisedOn < from || promisedOn > to) continue;
    const isReplaced = raw.followUps.some(
      (other) =>
        other.instalmentId === row.id &&
        other.result === 'promised' &&
        other.id > followUp.id &&
        dayInShanghai(other.createdAt) <= promisedOn,
    );
    if (isReplaced) continue;
    add(keyNow(row), 'promisesDue', 1n);
    const paid = counted
      .filter((one) => one.instalmentId === row.id && one.effectiveOn !== null)
      .filter(
        (one) => one.effectiveOn && dayOf(one.effectiveOn) >= day && dayOf(one.effectiveOn) <= promisedOn,
      )
      .reduce((sum, one) => sum + one.amount, 0n);
    // But for the tolerance.
    if (paid + 100n >= (followUp.promisedAmount ?? 0n)) add(keyNow(row), 'promisesKept', 1n);
  }
  for (const row of mine.filter((one) => one.lifecycle === 'open' && one.outstanding > 0n)) {
    const key = keyNow(row);
    const today = LAST;
    if (row.disputed) add(key, 'disputed', row.outstanding);
    // What of the promise is not in yet.
    const left = row.outstanding - (row.promisedLeft ?? row.outstanding);
    if (row.promisedOn !== null && dayOf(row.promisedOn) >= today && left > 0n) add(key, 'promised', left);
    if (row.brokenOn !== null) add(key, 'broken', 1n);
    const recent = raw.followUps.some(
      (one) => one.instalmentId === row.id && dayInShanghai(one.createdAt) >= addDays(today, -7),
    );
    if (row.effectiveDue !== null && dayOf(row.effectiveDue) < today && !recent) add(key, 'silent', 1n);
  }
  return sums;
}

/** Steps of every row on days of their own, each to two people, now and then one that was not sent. */
async function remind(): Promise<void> {
  const rows = await company.db.instalment.findMany({ select: { id: true }, orderBy: { id: 'asc' } });
  const { rep, manager } = company.ids;
  await company.db.reminder.createMany({
    data: rows.flatMap(({ id }, index) =>
      [rep, manager].flatMap((recipientId) =>
        (['R1', 'R4', 'E2', 'W'] as const).map((ruleCode, step) => {
          const day = toUtcDate(addDays(FIRST_DAY, (index * 5 + step * 13) % DAYS));
          const status = (index + step) % 5 === 0 ? ('skipped' as const) : ('sent' as const);
          const days = { occurrenceOn: day, plannedOn: day, createdAt: day };
          const base = { id: newId(day), instalmentId: id, dueEpoch: 0, ruleCode, recipientRole: 'owner' };
          return { ...base, ...days, recipientId, status };
        }),
      ),
    ),
  });
}

/** Per step code, of those whose seven days are over: rows reminded of, and rows paid within them. */
function effectByLoops(who: PersonKey, query: ReportQuery): Map<string, [number, number]> {
  const sees = scopeOf(who);
  const sent = new Map<string, { row: Raw['instalments'][number]; code: string; day: LocalDate }>();
  for (const one of raw.reminders) {
    const row = raw.instalments.find(({ id }) => id === one.instalmentId);
    const day = dayOf(one.plannedOn);
    if (!row || one.status !== 'sent' || row.currency !== query.currency || !sees(row.ownerId)) continue;
    if (day < query.from || addDays(day, 7) > query.to || !narrowed(query)(row)) continue;
    sent.set(`${row.id} ${one.ruleCode} ${day}`, { row, code: one.ruleCode, day });
  }
  const sums = new Map<string, [number, number]>();
  for (const { row, code, day } of sent.values()) {
    const until = addDays(day, 7);
    const paid = countedAt(raw, until)
      .filter((one) => one.instalmentId === row.id)
      .reduce((sum, one) => sum + one.amount, 0n);
    const [all, whole] = sums.get(code) ?? [0, 0];
    sums.set(code, [all + 1, whole + (paid >= row.amount ? 1 : 0)]);
  }
  return sums;
}

describe('history', () => {
  beforeAll(async () => {
    await truncate(database.db);
    company = await createTestCompany(database.db.prisma);
    await makeHistory(company, 1);
    // As a morning does with promises whose day is over.
    await company.db.$executeRaw`
      UPDATE instalment SET broken_on = promised_on, promised_on = NULL, promised_amount = NULL, promised_left = NULL
      WHERE lifecycle = 'open' AND promised_on < ${LAST}::date`;
    const now = instantOf(LAST, '10:00', 'Asia/Shanghai');
    top = newId(now);
    await company.db.department.create({ data: { id: top, name: '上级', createdAt: now, updatedAt: now } });
    await company.db.department.update({ where: { id: company.ids.nobody }, data: { parentId: top } });
    await remind();
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
          const query: ReportQuery = {
            kind: 'aging',
            from: FIRST_DAY,
            to: addDays(FIRST_DAY, step),
            by,
            due,
            currency,
          };
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
          // Whoever has the most overdue is named, shown or not.
          const overdue = [...expected].map(
            ([key, sums]) => [(sums.open ?? 0n) - (sums.not_due ?? 0n) - (sums.undated ?? 0n), key] as const,
          );
          const most = overdue.reduce((max, [amount]) => (amount > max ? amount : max), 0n);
          const { worst } = few;
          expect(worst && worst.open - worst.buckets.not_due - worst.buckets.undated).toBe(most || null);
          if (worst) expect(overdue).toContainEqual([most, worst.key]);
        }
    }
    expect(compared).toBeGreaterThan(150);
  });

  it('the rows behind each bucket and group', async () => {
    const day = addDays(FIRST_DAY, 44);
    const ctx = await reader('finance');
    const page = { number: 1, size: 1000, zone: ctx.company.timezone };
    for (const due of DUE_BASES) {
      const query: ReportQuery = { kind: 'aging', from: day, to: day, by: 'rep', due, currency: 'CNY' };
      const rows = seenAt('finance', query);
      const dueOf = (row: Standing) => (due === 'effective' ? row.due : row.originalDue);
      for (const bucket of BUCKETS) {
        const expected = rows.filter((row) => bucketOf(dueOf(row), day) === bucket);
        const found = await findReportRows(ctx, query, { o: bucket }, page);
        expect(found.rows.map((row) => `${row.id} ${row.amount} ${row.due}`).toSorted()).toEqual(
          expected.map((row) => `${row.id} ${row.outstanding} ${dueOf(row)}`).toSorted(),
        );
        expect(found.amount).toBe(expected.reduce((sum, row) => sum + row.outstanding, 0n));
      }
      const mine = await findReportRows(ctx, query, { o: 'open', k: company.ids.rep2 }, page);
      expect(mine.total).toBe(rows.filter((row) => row.ownerId === company.ids.rep2).length);
      expect(mine.groupName).toBe('rep2');
    }
  });

  it('the rows behind every total and group add up to it, for anybody', async () => {
    let [compared, some] = [0, 0];
    for (const kind of ['progress', 'debts', 'overdue', 'performance'] as const)
      for (const who of READERS) {
        const ctx = await reader(who);
        const zone = ctx.company.timezone;
        const query: ReportQuery = {
          ...defaultQuery(kind, LAST, 'CNY'),
          from: addDays(FIRST_DAY, -120),
          to: addDays(FIRST_DAY, 50),
        };
        const asked = { sources: SOURCES, order: 'open', company: ctx.company, limit: 1000 } as const;
        const { total, lines } = await readMeasures(ctx, query, asked);
        const found = (o: Part, k?: string) =>
          findReportRows(ctx, query, { o, k }, { number: 1, size: 1000, zone });
        const { totals, group } = partsOf(kind);
        for (const part of totals) {
          const rows = await found(part);
          const count = part === 'broken' || part === 'silent';
          const sums: Record<string, bigint> = { ...total, missing: total.due - total.duePaid };
          expect(count ? BigInt(rows.total) : rows.amount, `${kind} ${part} ${who}`).toBe(sums[part]);
          expect(rows.rows.reduce((sum, row) => sum + row.amount, 0n)).toBe(rows.amount);
          some += rows.total > 0 ? 1 : 0;
        }
        for (const line of lines.slice(0, 3)) {
          const rows = await found(group, line.key);
          expect(rows.amount, `${kind} ${line.name} ${who}`).toBe(
            (line as unknown as Record<string, bigint>)[group],
          );
          compared += rows.total;
        }
      }
    expect(compared).toBeGreaterThan(20);
    expect(some).toBeGreaterThan(40);
  });

  it('narrowed to a customer, contract, owner, department or type: nothing else, for anybody', async () => {
    const [first] = raw.instalments;
    const { rep2 } = company.ids;
    const filters: Partial<ReportQuery>[] = [
      { customerId: first?.customerId },
      { contractId: first?.contractId },
      { ownerId: rep2 },
      { departmentId: top },
      { type: 'parts' },
      { ownerId: rep2, type: 'vehicle' },
    ];
    let compared = 0;
    for (const [index, filter] of filters.entries())
      for (const who of ['finance', READERS[index % READERS.length] ?? 'rep'] as const) {
        const ctx = await reader(who);
        // Before and after the book was handed over.
        for (const to of [addDays(FIRST_DAY, 38), addDays(FIRST_DAY, 52), LAST]) {
          const query: ReportQuery = {
            ...defaultQuery('progress', LAST, 'CNY'),
            ...filter,
            from: FIRST_DAY,
            to,
          };
          const nonZero = (entries: Iterable<readonly [string, object]>) =>
            new Map(
              [...entries].flatMap(([key, sums]) => {
                const some = Object.entries(sums).filter(([, sum]) => typeof sum === 'bigint' && sum !== 0n);
                return some.length > 0 ? [[key, Object.fromEntries(some)] as const] : [];
              }),
            );
          const aging = await readAging(ctx, query, 1000);
          const lines = aging.lines.map(
            ({ key, buckets, count, ...sums }) =>
              [key, { ...buckets, ...sums, count: BigInt(count) }] as const,
          );
          expect(nonZero(lines), JSON.stringify([who, query])).toEqual(nonZero(agingByLoops(who, query)));
          const asked = { sources: SOURCES, order: 'open', company: ctx.company, limit: 1000 } as const;
          const measured = await readMeasures(ctx, query, asked);
          const found = measured.lines.map((line) => [line.key, line] as const);
          expect(nonZero(found), JSON.stringify([who, query])).toEqual(nonZero(measuredByLoops(who, query)));
          compared += lines.length;
        }
      }
    expect(compared).toBeGreaterThan(40);
  });

  it('narrowed in turn to everything there is, the trend, forecast and receipts add up to the whole', async () => {
    const ctx = await reader('finance');
    const query: ReportQuery = { ...defaultQuery('trend', LAST, 'CNY'), from: addDays(FIRST_DAY, -90) };
    const distinct = (ids: readonly string[]) => [...new Set(ids)];
    const parts: Partial<ReportQuery>[][] = [
      distinct(raw.customers.map((one) => one.id)).map((customerId) => ({ customerId })),
      distinct(raw.instalments.map((one) => one.ownerId)).map((ownerId) => ({ ownerId })),
      distinct(raw.contracts.map((one) => one.type)).map((type) => ({ type })),
    ];
    const read = async (asked: ReportQuery) => ({
      trend: (await readTrend(ctx, asked)).months.map((one) => [
        one.due,
        one.paidInTime,
        one.paid,
        one.received,
      ]),
      forecast: (await readForecast(ctx, asked, 'Asia/Shanghai')).weeks.map((week) => [week.contract]),
      receipts: [Object.values((await readReceiptDetail(ctx, asked, 1)).total)],
    });
    const sum = (all: bigint[][][]) =>
      (all[0] ?? []).map((row, at) =>
        row.map((_, column) => all.reduce((total, one) => total + (one[at]?.[column] ?? 0n), 0n)),
      );
    const whole = await read(query);
    expect(whole.receipts.flat().every((one) => one > 0n)).toBe(true);
    for (const filters of parts) {
      expect(filters.length).toBeGreaterThan(1);
      const found = await Promise.all(filters.map((filter) => read({ ...query, ...filter })));
      expect(sum(found.map((one) => one.trend))).toEqual(whole.trend);
      expect(sum(found.map((one) => one.forecast))).toEqual(whole.forecast);
      // A receipt may belong to no contract: types are not all there is of money.
      if (filters[0]?.type === undefined)
        expect(sum(found.map((one) => one.receipts))).toEqual(whole.receipts);
    }
    const methods = distinct(raw.receipts.map((one) => one.method)).map((method) => ({ ...query, method }));
    expect(methods.length).toBeGreaterThan(1);
    const details = await Promise.all(methods.map((asked) => readReceiptDetail(ctx, asked, 1)));
    expect(sum(details.map((one) => [Object.values(one.total)]))).toEqual(whole.receipts);
  });

  it('every measure of any period, by anything, for anybody', async () => {
    let compared = 0;
    for (const [index, [from, to]] of [
      [0, 20],
      [10, 45],
      [30, 60],
      [41, 52],
      [0, 60],
    ].entries()) {
      const who = READERS[index % READERS.length] ?? 'finance';
      const ctx = await reader(who);
      for (const by of GROUPS) {
        const query: ReportQuery = {
          kind: 'progress',
          from: addDays(FIRST_DAY, from ?? 0),
          to: addDays(FIRST_DAY, to ?? 0),
          by,
          due: 'effective',
          currency: by === 'type' ? 'USD' : 'CNY',
        };
        const asked = { sources: SOURCES, order: 'open', company: ctx.company } as const;
        const measured = await readMeasures(ctx, query, { ...asked, limit: 1000 });
        const found = new Map(
          measured.lines.map((line) => [
            line.key,
            Object.fromEntries(MEASURES.flatMap((name) => (line[name] === 0n ? [] : [[name, line[name]]]))),
          ]),
        );
        const expected = [...measuredByLoops(who, query)].map(
          ([key, sums]) =>
            [key, Object.fromEntries(Object.entries(sums).filter(([, value]) => value !== 0n))] as const,
        );
        // A group of noughts says nothing.
        const said = (entries: Iterable<readonly [string, object]>) =>
          new Map([...entries].filter(([, sums]) => Object.keys(sums).length > 0));
        expect(said(found), JSON.stringify(query)).toEqual(said(expected));
        compared += measured.lines.length;
        const few = await readMeasures(ctx, query, { ...asked, limit: 1 });
        expect(few.total).toEqual(measured.total);
        // By customer and contract the first ones are found another way than all, and the others are what they leave.
        expect(few.lines).toEqual(measured.lines.slice(0, 1));
        const rest = noMeasures();
        for (const line of measured.lines.slice(1))
          for (const name of MEASURES)
            rest[name] = MAXIMA.includes(name)
              ? [rest[name], line[name]].reduce((a, b) => (a > b ? a : b))
              : rest[name] + line[name];
        expect({ ...noMeasures(), ...few.others, groups: 0 }).toEqual({ ...rest, groups: 0 });
        const { lines, total } = await readMeasures(ctx, query, { ...asked, limit: 0 });
        expect([lines, total]).toEqual([[], measured.total]);
        const firstOnly = ['due', 'holds'] as const;
        const narrow = await readMeasures(ctx, query, { ...asked, limit: 1, firstOnly });
        expect(narrow.lines).toEqual(few.lines);
        expect([narrow.total.open, narrow.others?.open]).toEqual([few.total.open, few.others?.open]);
      }
    }
    expect(compared).toBeGreaterThan(60);
  });

  it('the parts of every report are its whole, on any day, for anybody', async () => {
    let whole = 0n;
    for (const kind of REPORT_KINDS.filter((one) => one !== 'performance'))
      for (const [index, who] of READERS.entries())
        for (const to of [addDays(FIRST_DAY, 25), addDays(FIRST_DAY, 45), LAST]) {
          const ctx = await reader(who);
          const by = GROUPS[index] ?? 'customer';
          const query: ReportQuery = { ...defaultQuery(kind, LAST, 'CNY'), from: FIRST_DAY, to, by };
          const data = await readReport(ctx, query, { limit: 2, company: ctx.company });
          const check = checkOf(data);
          expect(differenceOf(check), JSON.stringify([who, query])).toBe(0n);
          whole += check.whole;
        }
    expect(whole).toBeGreaterThan(0n);
  });

  it('a report for a file is the same a line for a line, however many it has', async () => {
    let lines = 0;
    for (const kind of REPORT_KINDS.filter((one) => one !== 'performance'))
      for (const [who, limit] of [
        ['finance', 1000],
        ['finance', 3],
        [READERS[1] ?? 'finance', 1000],
      ] as const) {
        const ctx = await reader(who);
        const query: ReportQuery = { ...defaultQuery(kind, LAST, 'CNY'), from: FIRST_DAY };
        const setting = { limit, company: ctx.company };
        const data = await readReport(ctx, query, setting);
        const { parts, rest } = await readLongReport(ctx, query, setting);
        for (const _time of ['first', 'again']) {
          const drawn = [...parts()];
          lines += drawn.flatMap(linesOf).length;
          expect(drawn.flatMap(linesOf), JSON.stringify([who, query])).toEqual(linesOf(data));
        }
        expect(checkOf(rest)).toEqual(checkOf(data));
        if ('aging' in data) expect(rest).toMatchObject({ aging: { ...data.aging, lines: [] } });
        if ('detail' in data && 'detail' in rest)
          expect([rest.detail.count, rest.detail.total]).toEqual([
            data.detail.count - data.detail.rows.length,
            data.detail.total,
          ]);
        if ('measured' in data && 'measured' in rest) {
          expect(rest.measured.total).toEqual(data.measured.total);
          const groups = { groups: 0 };
          expect({ ...rest.measured.others, ...groups }).toEqual({ ...data.measured.others, ...groups });
        }
      }
    expect(lines).toBeGreaterThan(100);
  });

  it('a report that measures only what it tells, tells what it would if all were measured', async () => {
    const ctx = await reader('finance');
    const zone = ctx.company.timezone;
    const { contractTypes, paymentMethods } = ctx.company.settings;
    const words = {
      ...{ t: translator('en'), locale: 'en' as const, today: ctx.today, now: ctx.now, timezone: zone },
      ...{ actor: ctx.actor, contractTypes, paymentMethods, names: NO_NAMES },
    };
    for (const kind of ['progress', 'debts', 'overdue', 'habits', 'performance'] as const) {
      const query: ReportQuery = { ...defaultQuery(kind, LAST, 'CNY'), from: FIRST_DAY, by: 'customer' };
      const data = await readReport(ctx, query, { limit: 1000, company: ctx.company });
      if (!('measured' in data)) throw new Error(kind);
      const asked = { sources: SOURCES, order: 'open', company: ctx.company, limit: 1000 } as const;
      const all = await readMeasures(ctx, query, asked);
      const told = (measured: Measured) => {
        const { lead, rows, foot, check, chart } = reportDoc({ kind, measured }, query, words);
        const names = chart?.series.map((one) => one.name);
        return {
          lead: lead[0],
          rows: rows.map((row) => row.map((cell) => cell.text).join(' | ')).toSorted(),
          foot,
          check,
          names,
        };
      };
      expect(told(data.measured), kind).toEqual(told(all));
      expect(told(all).rows.length, kind).toBeGreaterThan(3);
      const { totals, group } = partsOf(kind);
      for (const part of [...totals, group]) {
        expect(sumOfPart(data.measured.total, part), `${kind} ${part}`).toBe(sumOfPart(all.total, part));
        expect(sumOfPart(all.total, part), `${kind} ${part}`).toBeGreaterThan(0n);
      }
    }
  });

  it('the numbers of a manager’s Home are those of the reports behind them', async () => {
    for (const who of ['manager', 'director'] as const) {
      const ctx = await reader(who);
      const { numbers } = await loadHome(ctx, { kind: 'manager' });
      const of = (sums: readonly Money[], currency: string) =>
        sums.find((one) => one.currency === currency)?.minor ?? 0n;
      for (const currency of ['CNY', 'USD']) {
        const asked = {
          sources: ['standing', 'due'],
          order: 'open',
          company: ctx.company,
          limit: 1,
        } as const;
        const { total } = await readMeasures(ctx, defaultQuery('performance', LAST, currency), asked);
        const late = await findReportRows(
          ctx,
          defaultQuery('debts', LAST, currency),
          { o: 'retention', t: addDays(LAST, -1) },
          { number: 1, zone: 'Asia/Shanghai' },
        );
        expect({
          due: of(numbers.fallenMonth, currency),
          paid: of(numbers.fallenPaid, currency),
          received: of(numbers.receivedMonth, currency),
          open: of(numbers.outstanding, currency),
          overdue: of(numbers.overdue, currency),
          retention: of(numbers.retention, currency),
          late: of(numbers.retentionOverdue, currency),
        }).toEqual({
          due: total.due,
          paid: total.duePaid,
          received: total.received,
          open: total.open,
          overdue: total.overdue,
          retention: total.retention,
          late: late.amount,
        });
      }
      const cny = defaultQuery('performance', LAST, 'CNY');
      expect(of(numbers.fallenPaid, 'CNY'), cny.from).toBeGreaterThan(0n);
      expect(of(numbers.retention, 'CNY')).toBeGreaterThan(0n);
    }
  });

  it('the trend by month, and every receipt of a period', async () => {
    const ctx = await reader('finance');
    const query: ReportQuery = { ...defaultQuery('trend', LAST, 'CNY'), from: localDate('2026-03-01') };
    const { months } = await readTrend(ctx, query);
    expect(months.map((one) => one.month)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10].map((month) => localDate(`2026-${String(month).padStart(2, '0')}-01`)),
    );
    const inMonth = (day: LocalDate, month: LocalDate) => day.slice(0, 7) === month.slice(0, 7);
    for (const { month, ...sums } of months) {
      const expected = { due: 0n, paidInTime: 0n, paid: 0n, received: 0n };
      const lastDay = addDays(addMonths(month, 1), -1);
      const ended = lastDay < query.to ? lastDay : query.to;
      for (const row of raw.instalments) {
        if (row.currency !== 'CNY') continue;
        for (const one of countedAt(raw, query.to))
          if (one.instalmentId === row.id && one.effectiveOn && inMonth(dayOf(one.effectiveOn), month))
            expected.received += one.amount;
        if (!['open', 'settled', 'written_off'].includes(row.lifecycle) || row.effectiveDue === null)
          continue;
        const due = dayOf(row.effectiveDue);
        if (!inMonth(due, month) || due > query.to) continue;
        expected.due += row.amount;
        const paidAt = (day: LocalDate) =>
          countedAt(raw, day)
            .filter((one) => one.instalmentId === row.id)
            .reduce((sum, one) => sum + one.amount, 0n);
        expected.paidInTime += paidAt(ended);
        expected.paid += paidAt(query.to);
      }
      expect(sums, month).toEqual(expected);
    }
    for (const who of ['finance', 'rep2'] as const) {
      const period = { ...query, from: addDays(FIRST_DAY, 12), to: addDays(FIRST_DAY, 48) };
      const detail = await readReceiptDetail(await reader(who), period, 1000);
      const sees = scopeOf(who);
      const expected = raw.receipts.filter(
        (one) =>
          one.currency === 'CNY' &&
          ['approved', 'partly_reversed', 'reversed'].includes(one.status) &&
          !['refund', 'reversal'].includes(one.kind) &&
          dayOf(one.receivedOn) >= period.from &&
          dayOf(one.receivedOn) <= period.to &&
          (sees(one.recordedById) ||
            sees(customerOwner(one.customerId)) ||
            raw.allocations.some(
              (part) =>
                part.receiptId === one.id &&
                sees(raw.instalments.find((row) => row.id === part.instalmentId)?.ownerId ?? ''),
            )),
      );
      const credit = new Map(creditAt(raw, period.to).map((one) => [one.receipt.id, one.credit]));
      expect(detail.rows.map((row) => `${row.number} ${row.amount} ${row.credit}`).toSorted()).toEqual(
        expected.map((one) => `${one.number} ${one.amount} ${credit.get(one.id) ?? 0n}`).toSorted(),
      );
      expect(detail.count).toBe(expected.length);
      expect(detail.total.amount).toBe(expected.reduce((sum, one) => sum + one.amount, 0n));
      expect(detail.total.amount - detail.total.takenBack).toBe(detail.total.applied + detail.total.credit);
    }
  });

  it('what today is read from as it stands is the same when tomorrow rebuilds it', async () => {
    const today = await reader('finance');
    const tomorrow = await company.as('finance', instantOf(addDays(LAST, 1), '10:00', 'Asia/Shanghai'));
    let collected = 0n;
    for (const currency of ['CNY', 'USD']) {
      const query = { ...defaultQuery('progress', LAST, currency), from: FIRST_DAY };
      const sources = ['standing', 'due', 'contracts', 'credit'] as const;
      const asked = { sources, order: 'open', company: today.company, limit: 1000 } as const;
      const [now, then] = await Promise.all([
        readMeasures(today, query, asked),
        readMeasures(tomorrow, query, asked),
      ]);
      expect(now).toEqual(then);
      collected += now.total.collected;
      const [weeks, rebuilt] = await Promise.all([
        readForecast(today, { ...query, kind: 'forecast' }, 'Asia/Shanghai'),
        readForecast(tomorrow, { ...query, kind: 'forecast' }, 'Asia/Shanghai'),
      ]);
      expect(weeks.weeks).toEqual(rebuilt.weeks);
    }
    expect(collected).toBeGreaterThan(0n);
  });

  it('the KPIs', async () => {
    const ctx = await reader('finance');
    const from = addDays(FIRST_DAY, 20);
    const query: ReportQuery = { ...defaultQuery('progress', LAST, 'CNY'), from, by: 'type' };
    const { kpis, steps } = await readKpis(ctx, query, ctx.company);
    const all: Record<string, bigint> = {};
    for (const sums of measuredByLoops('finance', query).values())
      for (const [name, value] of Object.entries(sums)) all[name] = (all[name] ?? 0n) + value;
    const get = (name: string) => all[name] ?? 0n;
    // Of twelve months, whatever the period.
    const year = { ...query, from: addDays(addMonths(LAST, -12), 1) };
    const sumOfAll = (asked: ReportQuery, name: string) =>
      [...measuredByLoops('finance', asked).values()].reduce((sum, one) => sum + (one[name] ?? 0n), 0n);
    const ofYear = (name: string) => sumOfAll(year, name);
    const today = { ...query, from: LAST };
    expect(ofYear('lateAmount')).toBeGreaterThan(sumOfAll(today, 'lateAmount'));
    const ofToday = await readKpis(ctx, today, ctx.company);
    expect(ofToday.kpis.find((kpi) => kpi.name === 'average_days_late')).toMatchObject({
      part: ofYear('lateDays'),
      whole: ofYear('lateAmount'),
    });
    const begin = seenAt('finance', query, addDays(from, -1)).reduce((sum, row) => sum + row.outstanding, 0n);
    const effects = effectByLoops('finance', query);
    const sumOf = (all: typeof effects, side: 0 | 1) =>
      [...all.values()].reduce((sum, one) => sum + BigInt(one[side]), 0n);
    const days = daysBetween(query.from, query.to) + 1;
    const expected: Record<string, [bigint, bigint, number]> = {
      collection_rate: [get('duePaid'), get('due'), 1],
      cumulative_rate: [get('collected'), get('contracted'), 1],
      on_time_rate: [get('onTime'), get('judged'), 1],
      overdue_rate: [get('overdue'), get('open'), 1],
      overdue_count_rate: [get('overdueCount'), get('openCount'), 1],
      dso: [get('open'), get('due'), days],
      best_dso: [get('current'), get('due'), days],
      average_delinquent_days: [get('overdue'), get('due'), days],
      cei: [begin + get('due') - get('open'), begin + get('due') - get('current'), 1],
      average_days_late: [ofYear('lateDays'), ofYear('lateAmount'), 1],
      retention_recovery: [get('retentionPaid'), get('retentionDue'), 1],
      promise_kept_rate: [get('promisesKept'), get('promisesDue'), 1],
      reminder_effect: [sumOf(effects, 1), sumOf(effects, 0), 1],
    };
    expect(steps.map((one) => [Number(one.reminded), Number(one.paid)])).toEqual(
      ['R1', 'R4', 'E2', 'W'].map((code) => effects.get(code)),
    );
    expect(sumOf(effects, 1)).toBeGreaterThan(0n);
    expect(Object.fromEntries(kpis.map((kpi) => [kpi.name, [kpi.part, kpi.whole, kpi.times]]))).toEqual(
      expected,
    );
  });

  it('the forecast: its contract view, and each Monday kept once with its error', async () => {
    const monday = localDate('2026-10-12');
    const at = (day: LocalDate) => company.system(instantOf(day, '09:10', 'Asia/Shanghai'));
    const [first, second] = await Promise.all([at(monday), at(monday)]);
    const kept = await Promise.all([keepForecasts(first), keepForecasts(second)]);
    const rows = await company.db.forecastWeek.findMany({
      where: { currency: 'CNY' },
      orderBy: { weekFrom: 'asc' },
    });
    expect(rows).toHaveLength(13);
    expect(kept.reduce((sum, one) => sum + one.kept, 0)).toBe(13 * first.company.settings.currencies.length);
    expect(await keepForecasts(await at(monday))).toEqual({ kept: 0 });
    expect(await keepForecasts(await at(addDays(monday, 1)))).toEqual({ kept: 0 });
    // The app was down on the next Monday: its forecast is made on Thursday, as of the Sunday before.
    const later = await keepForecasts(await at(addDays(monday, 10)));
    expect(later.kept).toBe(13 * first.company.settings.currencies.length);
    expect(await company.db.forecastWeek.count({ where: { madeOn: toUtcDate(addDays(monday, 7)) } })).toBe(
      later.kept,
    );
    await company.db.forecastWeek.deleteMany({ where: { madeOn: toUtcDate(addDays(monday, 7)) } });
    const standing = seenAt('finance', defaultQuery('forecast', addDays(monday, -1), 'CNY'));
    for (const [index, row] of rows.entries()) {
      const [from, to] = [addDays(monday, 7 * index), addDays(monday, 7 * index + 6)];
      const due = standing.filter(
        (one) => one.due !== null && one.due <= to && (index === 0 || one.due >= from),
      );
      expect([dayOf(row.weekFrom), dayOf(row.weekTo), row.contract], from).toEqual([
        from,
        to,
        due.reduce((sum, one) => sum + one.outstanding, 0n),
      ]);
      expect(row.low <= row.expected && row.expected <= row.high).toBe(true);
    }
    const { errors, weeks } = await readForecast(
      await reader('finance'),
      defaultQuery('forecast', LAST, 'CNY'),
      'Asia/Shanghai',
    );
    const received = countedAt(raw, LAST)
      .filter((one) => raw.instalments.some((row) => row.id === one.instalmentId && row.currency === 'CNY'))
      .filter(
        (one) =>
          one.effectiveOn && dayOf(one.effectiveOn) >= monday && dayOf(one.effectiveOn) <= addDays(monday, 6),
      )
      .reduce((sum, one) => sum + one.amount, 0n);
    expect(errors).toEqual([
      { from: monday, contract: rows[0]?.contract, expected: rows[0]?.expected, received },
    ]);
    expect(weeks.reduce((sum, week) => sum + week.expected, 0n)).toBeGreaterThan(0n);
    const mine = await readForecast(
      await reader('rep2'),
      defaultQuery('forecast', LAST, 'CNY'),
      'Asia/Shanghai',
    );
    expect(mine.errors).toEqual([]);
  });

  it('customers at risk within the scope, and one Monday message a week', async () => {
    const finance = await reader('finance');
    const query = defaultQuery('risks', LAST, 'CNY');
    const all = await readRisks(finance, query, { limit: 1000, company: finance.company });
    const year = measuredByLoops('finance', { ...query, by: 'customer', from: addMonths(LAST, -12) });
    // Those with something as late as that are among them, whatever else there is.
    const old = [...year].filter(([, sums]) => (sums.oldest ?? 0n) >= 60n).map(([key]) => key);
    expect(old.length).toBeGreaterThan(0);
    expect(all.lines.map((line) => line.key)).toEqual(expect.arrayContaining(old));
    for (const line of all.lines) expect(line.open, line.name).toBe(year.get(line.key)?.open);
    const mine = await readRisks(await reader('rep2'), query, { limit: 1000, company: finance.company });
    const seen = new Set(seenAt('rep2', query).map((row) => row.customerId));
    expect(mine.lines.every((line) => seen.has(line.key))).toBe(true);

    const monday = (time: string) =>
      company.system(instantOf(localDate('2026-11-02'), time, 'Asia/Shanghai'));
    expect(await tellMonday(await monday('08:55'))).toEqual({ told: 0 });
    for (const [time, told] of [
      ['09:00', 1],
      ['09:05', 0],
      ['17:00', 0],
    ] as const)
      expect(await tellMonday(await monday(time))).toEqual({ told });
    expect(await tellMonday(await company.system(instantOf(LAST, '10:00', 'Asia/Shanghai')))).toEqual({
      told: 0,
    });
    // A Monday within the national holidays: the first workday after them.
    const on = (day: string) => company.system(instantOf(localDate(day), '10:00', 'Asia/Shanghai'));
    expect(await tellMonday(await on('2026-10-05'))).toEqual({ told: 0 });
    for (const day of ['2026-10-08', '2026-10-09']) await tellMonday(await on(day));
    const messages = await company.db.outbox.findMany({
      where: { kind: 'report.monday' },
      orderBy: { dedupeKey: 'asc' },
    });
    expect(messages.map((one) => [one.recipient, one.payload])).toEqual([
      [`user:${company.ids.director}`, { date: '2026-10-05' }],
      [`user:${company.ids.director}`, { date: '2026-11-02' }],
    ]);
    const ctx = await monday('09:00');
    const rendered = await renderNotice(
      { ...ctx, locale: 'zh-CN', t: translator('zh-CN') },
      'report.monday',
      { date: ctx.today },
    );
    expect(JSON.stringify(rendered?.blocks)).toContain('本周预计');
  });
});

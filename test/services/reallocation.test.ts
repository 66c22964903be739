import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { readLedger } from '../../src/domain/ledger/ledger.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { findReallocation, listReallocationRows } from '../../src/domain/receipts/reallocation.queries.js';
import { reallocate } from '../../src/domain/receipts/reallocation.service.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import type { Instalment, Receipt } from '../../src/generated/prisma/client.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { code } from '../support/errors.js';
import { checkMoney } from '../support/money-invariants.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(async () => {
  expect(await checkMoney(company.db)).toEqual([]);
  expect(await auditWithoutWords(company.db)).toEqual([]);
  await database.close();
});

const LATER = new Date(NOON.getTime() + 5 * 86_400_000);
const row = (id: string) => company.db.instalment.findUniqueOrThrow({ where: { id } });
const receipt = (id: string) => company.db.receipt.findUniqueOrThrow({ where: { id } });
const effective = (receiptId: string) =>
  company.db.allocation.findMany({
    where: { receiptId, status: 'effective' },
    orderBy: { amount: 'desc' },
    select: { amount: true, instalmentId: true, effectiveOn: true },
  });

/** 100 and 200, and a receipt of 150 on the first: 100 and 50. */
async function booked(amount = 150_00n): Promise<{ money: Receipt; first: Instalment; second: Instalment }> {
  const { rows } = await anActiveContract(company, [
    [100_00n, '2026-11-10'],
    [200_00n, '2026-12-10'],
  ]);
  const [first, second] = rows;
  if (!first || !second) throw new Error('no rows');
  const { receipt: money, approval } = await aSubmittedReceipt(company, first, amount);
  await approveReceipt(await company.as('finance'), approval.id, approval.version);
  return { money: await receipt(money.id), first, second };
}
type Split = [Instalment, bigint][];
const ask = async ({ id, version }: Receipt, split: Split, who: PersonKey = 'finance', now = LATER) =>
  reallocate(await company.as(who, now), {
    receiptId: id,
    version,
    lines: split.map(([of, amount]) => ({ instalmentId: of.id, amount })),
    reason: '核错了期',
  });
const approvalOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });
async function decide(subjectId: string, who: PersonKey = 'financeManager') {
  const { id, version } = await approvalOf(subjectId);
  return approve(await company.as(who, LATER), id, version);
}

describe('a re-allocation', () => {
  it('asked by finance waits; approved, rows, contract and credit follow as of that day', async () => {
    const { money, first, second } = await booked();
    const result = await ask(money, [[second, 130_00n]]);
    expect(result).toMatchObject({ done: false, names: ['financeManager'] });
    expect(await receipt(money.id)).toEqual(money);
    const manager = await company.as('financeManager', LATER);
    const facts = await loadReceiptFacts(manager, money.id);
    expect(facts?.reallocation?.changes.map((one) => [one.seq, one.before, one.after])).toEqual([
      [1, 100_00n, 0n],
      [2, 50_00n, 130_00n],
    ]);
    expect(facts?.reallocation?.unapplied).toEqual({ before: 0n, after: 20_00n });
    const { items } = await findWaiting(manager, 'finance');
    expect(items.filter((item) => item.kind === 'reallocation')).toMatchObject([{ id: money.id }]);

    expect((await decide(result.id)).outcome).toBe('approved');
    expect(await row(first.id)).toMatchObject({
      lifecycle: 'open',
      outstanding: 100_00n,
      openedOn: new Date('2026-11-25'),
    });
    expect(await row(second.id)).toMatchObject({ lifecycle: 'open', outstanding: 70_00n });
    expect(await receipt(money.id)).toMatchObject({ status: 'approved', unapplied: 20_00n });
    // What stayed keeps its day, what is new counts from the day it moved.
    expect(await effective(money.id)).toEqual([
      { amount: 80_00n, instalmentId: second.id, effectiveOn: new Date('2026-11-25') },
      { amount: 50_00n, instalmentId: second.id, effectiveOn: new Date('2026-11-20') },
    ]);
    const subject = { customerId: money.customerId, currency: 'CNY' };
    for (const day of ['2026-11-20', '2026-11-24', '2026-11-25']) {
      const ledger = await readLedger(manager, subject, localDate(day));
      expect(ledger.balance).toBe(150_00n);
      expect(ledger.open - ledger.credit).toBe(150_00n);
    }
    expect(await readLedger(manager, subject, localDate('2026-11-24'))).toMatchObject({ credit: 0n });
    const told = await company.db.outbox.findMany({ where: { dedupeKey: { contains: result.id } } });
    expect(told.map((one) => one.kind)).toContain('receipt.reallocated');
    const shown = await findInstalmentDetail(manager, second.id);
    expect(
      shown?.history.flatMap((entry) => (entry.kind === 'receipt' ? [[entry.who, entry.amount]] : [])),
    ).toEqual([
      ['financeManager', 80_00n],
      ['rep', 50_00n],
    ]);
  });

  it('by a finance manager is done at once, also into credit, with its trail', async () => {
    const { money, first, second } = await booked(300_00n);
    const contract = () => company.db.contract.findUniqueOrThrow({ where: { id: first.contractId } });
    expect((await contract()).status).toBe('completed');
    const result = await ask(money, [[second, 200_00n]], 'financeManager');
    expect(result).toMatchObject({ done: true, number: money.number });
    expect(await receipt(money.id)).toMatchObject({ unapplied: 100_00n });
    expect((await contract()).status).toBe('active');
    const back = await ask(
      await receipt(money.id),
      [
        [first, 100_00n],
        [second, 200_00n],
      ],
      'financeManager',
    );
    expect(back.done).toBe(true);
    expect((await contract()).status).toBe('completed');
    expect(await row(first.id)).toMatchObject({ lifecycle: 'settled' });
    const trail = await company.db.auditLog.findMany({
      where: { subjectId: money.id, action: 'receipt.reallocated' },
      orderBy: { id: 'asc' },
    });
    expect(trail).toMatchObject([
      { before: { unapplied: '0' }, after: { unapplied: '10000' } },
      { before: { unapplied: '10000' }, after: { unapplied: '0' } },
    ]);
    expect(await findReallocation(await company.as('finance'), result.id)).toMatchObject({
      approval: null,
      unapplied: { before: 0n, after: 100_00n },
    });
  });

  it('within one contract that is complete neither completes nor reopens it in between', async () => {
    const { money, first, second } = await booked(300_00n);
    await ask(
      money,
      [
        [first, 100_00n],
        [second, 150_00n],
      ],
      'financeManager',
    );
    const before = await company.db.outbox.count({ where: { kind: 'contract.changed' } });
    await ask(
      await receipt(money.id),
      [
        [first, 50_00n],
        [second, 200_00n],
      ],
      'financeManager',
    );
    expect(await company.db.outbox.count({ where: { kind: 'contract.changed' } })).toBe(before);
  });

  it.each<[string, PersonKey, ErrorCode]>([
    ['a rep', 'rep', 'access.denied'],
    ['a director', 'director', 'access.denied'],
    ['an auditor', 'auditor', 'access.denied'],
    ['somebody without a role', 'nobody', 'role.missing'],
  ])('is not for %s', async (_name, who, expected) => {
    const { money, second } = await booked();
    await expect(ask(money, [[second, 1_00n]], who)).rejects.toEqual(code(expected));
  });

  it('never crosses customer or currency, never exceeds row or receipt, and must change something', async () => {
    const { money, first, second } = await booked();
    const { rows } = await anActiveContract(company, [[500_00n, '2026-12-10']]);
    const [stranger] = rows;
    if (!stranger) throw new Error('no row');
    await expect(ask(money, [[stranger, 1_00n]])).rejects.toEqual(code('not_found'));
    await expect(ask(money, [[first, 100_01n]])).rejects.toMatchObject({
      code: 'receipt.exceeds_outstanding',
      params: { max: { minor: 100_00n, currency: 'CNY' } },
    });
    await expect(ask(money, [[second, 150_01n]])).rejects.toMatchObject({
      code: 'reallocation.exceeds_left',
      params: { split: { minor: 150_01n }, left: { minor: 150_00n }, excess: { minor: 1n } },
    });
    await expect(
      ask(money, [
        [first, 100_00n],
        [second, 50_00n],
      ]),
    ).rejects.toEqual(code('reallocation.nothing'));
    await expect(ask({ ...money, version: money.version - 1 }, [[second, 1n]])).rejects.toEqual(
      code('version.conflict'),
    );
    const listed = await listReallocationRows(await company.as('finance'), money, 40);
    expect(listed.map((one) => [one.row.seq, one.current, one.max])).toEqual([
      [1, 100_00n, 100_00n],
      [2, 50_00n, 200_00n],
    ]);
  });

  it('waits once, is rejected or withdrawn without a trace on the money', async () => {
    const { money, second } = await booked();
    const first = await ask(money, [[second, 150_00n]]);
    await expect(ask(money, [[second, 1n]])).rejects.toEqual(code('reallocation.open'));
    const { id, version } = await approvalOf(first.id);
    await expect(approve(await company.as('finance', LATER), id, version)).rejects.toThrow();
    await reject(await company.as('financeManager', LATER), id, version, { comment: '没错' });
    const again = await ask(money, [[second, 150_00n]]);
    await withdraw(await company.as('finance', LATER), (await approvalOf(again.id)).id);
    expect(await receipt(money.id)).toEqual(money);
  });
});

describe('what changes while it waits', () => {
  it('is shown anew and asked again: other money on the row', async () => {
    const { money, second } = await booked();
    const asked = await ask(money, [[second, 150_00n]]);
    const { receipt: other, approval } = await aSubmittedReceipt(company, second, 120_00n);
    await approveReceipt(await company.as('finance2'), approval.id, approval.version);
    expect(other.id).toBeTruthy();
    expect((await decide(asked.id)).outcome).toBe('redrawn');
    const facts = await findReallocation(await company.as('finance'), asked.id);
    expect(facts?.changes).toMatchObject([
      { seq: 1, before: 100_00n, after: 0n },
      { seq: 2, before: 50_00n, after: 80_00n },
    ]);
    expect((await decide(asked.id)).outcome).toBe('approved');
    expect(await row(second.id)).toMatchObject({ lifecycle: 'settled' });
    expect(await receipt(money.id)).toMatchObject({ unapplied: 70_00n });
  });

  it('is shown anew and asked again: money of the receipt reversed', async () => {
    const { money, second } = await booked();
    const asked = await ask(money, [[second, 150_00n]]);
    const reversal = await askReversal(await company.as('finance', LATER), {
      receiptId: money.id,
      amount: 90_00n,
      reason: '退票',
    });
    await decide(reversal.id);
    expect((await decide(asked.id)).outcome).toBe('redrawn');
    expect((await decide(asked.id)).outcome).toBe('approved');
    expect(await effective(money.id)).toMatchObject([{ amount: 60_00n, instalmentId: second.id }]);
  });
});

describe('at the same moment', () => {
  it('two re-allocations to the same row, from two receipts of two contracts: never above it', async () => {
    const one = await booked(100_00n);
    const two = await booked(100_00n);
    await company.db
      .$executeRaw`UPDATE receipt SET customer_id = ${one.money.customerId}::uuid WHERE id = ${two.money.id}::uuid`;
    await company.db.$executeRaw`UPDATE instalment SET customer_id = ${one.money.customerId}::uuid
      WHERE contract_id = ${two.first.contractId}::uuid`;
    await company.db.$executeRaw`UPDATE contract SET customer_id = ${one.money.customerId}::uuid
      WHERE id = ${two.first.contractId}::uuid`;
    const input = (money: Receipt, target: Instalment) => ({
      receiptId: money.id,
      version: money.version,
      lines: [{ instalmentId: target.id, amount: 100_00n }],
      reason: '换',
    });
    const [a, b] = [await company.as('financeManager', LATER), await company.as('financeManager', LATER)];
    // Each goes to a row of the other's contract.
    const results = await Promise.allSettled([
      reallocate(a, input(one.money, two.second)),
      reallocate(b, input(two.money, one.second)),
    ]);
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled']);
    expect(await row(two.second.id)).toMatchObject({ outstanding: 100_00n });
    expect(await row(one.second.id)).toMatchObject({ outstanding: 100_00n });
  });
});

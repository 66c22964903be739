import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approve, reject, withdraw } from '../../src/domain/approvals/decisions.service.js';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import type { ErrorCode } from '../../src/domain/errors.js';
import { loadHome } from '../../src/domain/home/home.queries.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { readLedger } from '../../src/domain/ledger/ledger.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { applyPrepayment } from '../../src/domain/receipts/apply-prepayment.service.js';
import { listCredits } from '../../src/domain/receipts/credits.queries.js';
import { findReceiptId, findReceipts } from '../../src/domain/receipts/receipt.queries.js';
import { loadReceiptFacts } from '../../src/domain/receipts/receipt-facts.queries.js';
import { askRefund } from '../../src/domain/receipts/refund.service.js';
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

const receipt = (id: string) => company.db.receipt.findUniqueOrThrow({ where: { id } });
const approvalOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });

/** A booked receipt of 350 on a row of 100: 250 belongs to no instalment. */
async function overpaid(): Promise<{ money: Receipt; row: Instalment }> {
  const { rows } = await anActiveContract(company, [[100_00n, '2026-11-10']]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  const { receipt: money, approval } = await aSubmittedReceipt(company, row, 350_00n);
  await approveReceipt(await company.as('finance'), approval.id, approval.version);
  return { money: await receipt(money.id), row };
}
const ask = async ({ id }: Receipt, amount: bigint, who: PersonKey = 'finance') =>
  askRefund(await company.as(who), { receiptId: id, amount, reason: '客户要求退回' });
async function decide(refundId: string, who: PersonKey = 'financeManager') {
  const { id, version } = await approvalOf(refundId);
  return approve(await company.as(who), id, version);
}

describe('a refund', () => {
  it('takes of the credit alone, and every sum says so', async () => {
    const { money, row } = await overpaid();
    const manager = await company.as('financeManager');
    const before = (await loadHome(manager, { kind: 'finance' })).numbers.unapplied;
    const { id, names } = await ask(money, 200_00n);
    expect(names).toEqual(['financeManager']);
    expect(await receipt(money.id)).toEqual(money);
    const shown = await loadReceiptFacts(manager, money.id);
    expect(shown?.reversal).toMatchObject({ kind: 'refund', amount: 200_00n, takes: null });
    const { items } = await findWaiting(manager, 'finance');
    expect(items.filter((item) => item.kind === 'refund')).toMatchObject([{ id: money.id, amount: 200_00n }]);

    expect((await decide(id)).outcome).toBe('approved');
    expect(await receipt(money.id)).toMatchObject({ status: 'approved', unapplied: 50_00n });
    expect(await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } })).toMatchObject({
      lifecycle: 'settled',
      outstanding: 0n,
    });
    const reader = await company.as('finance');
    const [balance] = await readBalance(reader, money.customerId);
    expect(balance).toMatchObject({ received: 150_00n, unapplied: 50_00n, balance: -50_00n });
    expect((await listCredits(reader, { customerId: money.customerId }))[0]).toMatchObject({
      unapplied: 50_00n,
    });
    const after = (await loadHome(manager, { kind: 'finance' })).numbers.unapplied;
    expect((before[0]?.minor ?? 0n) - (after[0]?.minor ?? 0n)).toBe(200_00n);
    const ledger = await readLedger(
      reader,
      { customerId: money.customerId, currency: 'CNY' },
      localDate('2026-11-20'),
    );
    expect(ledger.movements[0]).toMatchObject({ kind: 'refund', amount: 200_00n, delta: 200_00n });
    expect(ledger).toMatchObject({ balance: -50_00n, open: 0n, credit: 50_00n });
    const { rows, totals } = await findReceipts(reader, { customerId: money.customerId });
    expect(rows).toMatchObject([{ id: money.id, unapplied: 50_00n }]);
    expect(totals).toMatchObject([{ received: 150_00n, waiting: 0n, unapplied: 50_00n }]);
    const mirror = await receipt(id);
    expect(mirror).toMatchObject({ kind: 'refund', status: 'approved', amount: 200_00n, unapplied: 0n });
    expect(await findReceiptId(reader, { number: mirror.number })).toBe(money.id);
    const history = await findCustomerHistory(await company.as('rep'), money.customerId);
    expect(history.entries.find((entry) => entry.action === 'receipt.refunded')?.money?.minor).toBe(200_00n);
    const told = await company.db.outbox.findMany({
      where: { kind: { in: ['refund.decided', 'receipt.refunded'] } },
    });
    expect(told.map((one) => `${one.kind} ${one.recipient}`).toSorted()).toEqual([
      `receipt.refunded user:${company.ids.rep}`,
      `refund.decided user:${company.ids.finance}`,
    ]);
  });

  it.each<[string, PersonKey, ErrorCode]>([
    ['a rep', 'rep', 'access.denied'],
    ['a director', 'director', 'access.denied'],
    ['an auditor', 'auditor', 'access.denied'],
    ['somebody without a role', 'nobody', 'role.missing'],
  ])('is not for %s', async (_name, who, expected) => {
    const { money } = await overpaid();
    await expect(ask(money, 1_00n, who)).rejects.toEqual(code(expected));
  });

  it('is decided by another person: a manager’s own by the director', async () => {
    const { money } = await overpaid();
    const { id, names } = await ask(money, 10_00n, 'financeManager');
    expect(names).toEqual(['director']);
    for (const who of ['financeManager', 'finance'] as const) await expect(decide(id, who)).rejects.toThrow();
    expect((await decide(id, 'director')).outcome).toBe('approved');
  });

  it('is never more than what belongs to no instalment, and one movement waits at a time', async () => {
    const { money } = await overpaid();
    await expect(ask(money, 250_01n)).rejects.toMatchObject({
      code: 'receipt.refund_exceeds',
      params: { max: { minor: 250_00n, currency: 'CNY' } },
    });
    const { id } = await ask(money, 250_00n);
    await expect(ask(money, 1_00n)).rejects.toEqual(code('receipt.refund_open'));
    const reversal = { receiptId: money.id, amount: 1_00n, reason: '退票' };
    await expect(askReversal(await company.as('finance'), reversal)).rejects.toEqual(
      code('receipt.refund_open'),
    );
    await decide(id);
    await expect(ask(money, 1_00n)).rejects.toEqual(code('receipt.not_refundable'));
  });

  it('is refused at its approval where the money was applied meanwhile', async () => {
    const { money } = await overpaid();
    const { rows } = await anActiveContract(company, [[60_00n, '2026-12-20']]);
    const [target] = rows;
    if (!target) throw new Error('no row');
    await company.db.instalment.update({
      where: { id: target.id },
      data: { customerId: money.customerId },
    });
    const { id } = await ask(money, 200_00n);
    await applyPrepayment(await company.as('finance2'), {
      receiptId: money.id,
      version: money.version,
      instalmentId: target.id,
      amount: 60_00n,
    });
    // Its card says what is left now.
    const redrawn = { kind: 'refund.card', dedupeKey: { contains: `applied.${money.version + 1}` } };
    expect(await company.db.outbox.count({ where: { ...redrawn, op: 'update' } })).toBeGreaterThan(0);
    await expect(decide(id)).rejects.toMatchObject({
      code: 'approval.no_longer_fits',
      params: { who: 'finance' },
    });
    expect(await receipt(money.id)).toMatchObject({ unapplied: 190_00n });
    const { id: approvalId, version } = await approvalOf(id);
    await reject(await company.as('financeManager'), approvalId, version, { comment: '已核销' });
    const second = await ask(money, 190_00n);
    await withdraw(await company.as('finance'), (await approvalOf(second.id)).id);
    expect(await receipt(second.id)).toMatchObject({ status: 'draft' });
    await decide((await ask(money, 190_00n)).id);
    expect(await receipt(money.id)).toMatchObject({ unapplied: 0n, status: 'approved' });
    // What bounced after a refund is only what is left: the receipt is never reversed whole.
    const back = await askReversal(await company.as('finance'), {
      receiptId: money.id,
      amount: 160_00n,
      reason: '退票',
    });
    await decide(back.id);
    expect(await receipt(money.id)).toMatchObject({ status: 'partly_reversed', unapplied: 0n });
  });
});

describe('at the same moment', () => {
  it('a refund and an application of the same money: one of them finds nothing left', async () => {
    const { money } = await overpaid();
    const { rows } = await anActiveContract(company, [[250_00n, '2026-12-20']]);
    const [target] = rows;
    if (!target) throw new Error('no row');
    await company.db.instalment.update({
      where: { id: target.id },
      data: { customerId: money.customerId },
    });
    const { id } = await ask(money, 250_00n);
    const waiting = await approvalOf(id);
    const [manager, finance] = [await company.as('financeManager', NOON), await company.as('finance2', NOON)];
    const results = await Promise.allSettled([
      approve(manager, waiting.id, waiting.version),
      applyPrepayment(finance, {
        receiptId: money.id,
        version: money.version,
        instalmentId: target.id,
        amount: 250_00n,
      }),
    ]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await receipt(money.id)).toMatchObject({ unapplied: 0n });
  });
});

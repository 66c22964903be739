import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve, reject } from '../../src/domain/approvals/decisions.service.js';
import { loadContract } from '../../src/domain/contracts/contract.queries.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { askVoid } from '../../src/domain/contracts/contract-void.service.js';
import { readBalance } from '../../src/domain/customers/customer-balance.queries.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { readLedger } from '../../src/domain/ledger/ledger.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { auditWithoutWords } from '../support/audit-words.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
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

/** 100 paid whole, 200 of which 50 is written off and 30 paid, from two receipts. */
async function paid() {
  const { contract, rows, customer } = await anActiveContract(company, [
    [100_00n, '2026-11-10'],
    [200_00n, '2026-11-12'],
  ]);
  const [first, second] = rows;
  if (!first || !second) throw new Error('no rows');
  for (const [row, amount] of [
    [first, 110_00n],
    [second, 20_00n],
  ] as const) {
    const { approval } = await aSubmittedReceipt(company, row, amount);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
  }
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: second.id } });
  const bad = { instalmentId: second.id, version, kind: 'bad_debt', amount: 50_00n, reason: '破产' } as const;
  await decide((await askWriteOff(await company.as('finance'), bad)).id);
  return { contract, customer, first, second };
}
const fresh = (id: string) => company.db.contract.findUniqueOrThrow({ where: { id } });
const ask = async (id: string, who: PersonKey = 'manager') =>
  askVoid(await company.as(who), { id, version: (await fresh(id)).version, reason: '项目取消' });
async function decide(subjectId: string, who: PersonKey = 'financeManager') {
  const { id, version } = await company.db.approval.findFirstOrThrow({
    where: { subjectId, status: 'open' },
  });
  return approve(await company.as(who), id, version);
}

describe('a contract with money', () => {
  it('is void once finance approves, and all its money is the customer’s credit', async () => {
    const { contract, customer, first, second } = await paid();
    const { id, amount, names } = await ask(contract.id);
    expect({ amount, names }).toEqual({ amount: 130_00n, names: ['financeManager'] });
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
    const manager = await company.as('financeManager');
    expect((await loadContract(manager, contract.id)).voiding).toMatchObject({ amount: 130_00n });
    const { items } = await findWaiting(manager, 'finance');
    expect(items.filter((item) => item.kind === 'contract_void')).toMatchObject([{ amount: 130_00n }]);

    expect((await decide(id)).outcome).toBe('approved');
    expect(await fresh(contract.id)).toMatchObject({ status: 'void', voidReason: '项目取消' });
    for (const { id: rowId } of [first, second])
      expect(await company.db.instalment.findUniqueOrThrow({ where: { id: rowId } })).toMatchObject({
        lifecycle: 'cancelled',
        outstanding: 0n,
      });
    const receipts = await company.db.receipt.findMany({
      where: { customerId: customer.id },
      orderBy: { amount: 'asc' },
    });
    expect(receipts.map((one) => [one.status, one.unapplied])).toEqual([
      ['approved', 20_00n],
      ['approved', 110_00n],
    ]);
    const trail = await company.db.auditLog.findMany({
      where: { subjectId: { in: receipts.map((one) => one.id) }, action: 'receipt.moved_to_credit' },
    });
    expect(
      receipts.map(({ id: receiptId }) => trail.filter((entry) => entry.subjectId === receiptId)),
    ).toMatchObject([
      [{ before: { unapplied: '0' }, after: { amount: '2000', unapplied: '2000' } }],
      [{ before: { unapplied: '0' }, after: { amount: '11000', unapplied: '11000' } }],
    ]);
    const [balance] = await readBalance(manager, customer.id);
    expect(balance).toMatchObject({ open: 0n, unapplied: 130_00n, balance: -130_00n });
    const ledger = await readLedger(
      manager,
      { customerId: customer.id, currency: 'CNY' },
      localDate('2026-11-20'),
    );
    expect(ledger).toMatchObject({ balance: -130_00n, open: 0n, credit: 130_00n });
    const events = await company.db.outbox.findMany({
      where: { kind: { in: ['contract.changed', 'contract.void_decided'] } },
    });
    expect(events.map((one) => one.recipient).toSorted()).toEqual(
      [`user:${company.ids.manager}`, `user:${company.ids.rep}`].toSorted(),
    );
  });

  it('tells its owner once, where it was the owner who asked', async () => {
    const { contract, rows } = await anActiveContract(company, [[100_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    await company.db.contract.update({ where: { id: contract.id }, data: { ownerId: company.ids.manager } });
    const { approval } = await aSubmittedReceipt(company, row, 40_00n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await decide((await ask(contract.id)).id);
    const told = await company.db.outbox.findMany({
      where: {
        recipient: `user:${company.ids.manager}`,
        OR: [
          { payload: { path: ['contractId'], equals: contract.id }, kind: 'contract.changed' },
          { kind: 'contract.void_decided', createdAt: { gte: contract.createdAt } },
        ],
      },
      orderBy: { id: 'desc' },
    });
    expect(told[0]?.kind).toBe('contract.void_decided');
    expect(told.filter(({ kind }) => kind === 'contract.changed')).toEqual([]);
  });

  it('is asked once, shown anew where money came in, refused while a receipt waits, left alone if rejected', async () => {
    const { contract, second } = await paid();
    const first = await ask(contract.id);
    await expect(ask(contract.id, 'director')).rejects.toEqual(code('contract.void_open'));
    const waiting = await aSubmittedReceipt(company, second, 5_00n);
    await expect(decide(first.id)).rejects.toEqual(code('contract.receipt_waits'));
    await approveReceipt(await company.as('finance2'), waiting.approval.id, waiting.approval.version);
    expect((await decide(first.id)).outcome).toBe('redrawn');
    expect(await company.db.contractVoid.findUniqueOrThrow({ where: { id: first.id } })).toMatchObject({
      amount: 135_00n,
    });
    expect(
      await company.db.auditLog.findMany({ where: { action: 'contract.void_recalculated' } }),
    ).toMatchObject([{ subjectId: contract.id, before: { amount: '13000' }, after: { amount: '13500' } }]);
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: first.id } });
    await reject(await company.as('financeManager'), open.id, open.version, { comment: '先别' });
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
    expect((await decide((await ask(contract.id)).id)).outcome).toBe('approved');
  });

  it('is not decided by whose contract it is, whatever else they are', async () => {
    const { contract } = await paid();
    await company.db.contract.update({
      where: { id: contract.id },
      data: { ownerId: company.ids.financeManager },
    });
    const { id, names } = await ask(contract.id, 'director');
    expect(names).not.toContain('financeManager');
    await expect(decide(id)).rejects.toEqual(code('receipt.self_approval'));
  });

  it('is over once the contract is voided without money, and whoever asked hears', async () => {
    const { rows, contract } = await anActiveContract(company, [[100_00n, '2026-11-10']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(company, row, 40_00n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    const asked = await ask(contract.id);
    const taken = { receiptId: receipt.id, amount: 40_00n, reason: '退票' };
    await decide((await askReversal(await company.as('finance'), taken)).id);
    const { version } = await fresh(contract.id);
    await voidContract(await company.as('director'), { id: contract.id, version, reason: '不做了' });
    const { id, status } = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
    expect(status).toBe('withdrawn');
    expect(await company.db.contractVoid.findUniqueOrThrow({ where: { id: asked.id } })).toMatchObject({
      status: 'withdrawn',
    });
    const told = await company.db.outbox.findMany({ where: { dedupeKey: `contract.void_decided:${id}` } });
    expect(told.map((one) => one.recipient)).toEqual([`user:${company.ids.manager}`]);
    const financeManager = await company.as('financeManager');
    const { items } = await findWaiting(financeManager, 'finance');
    expect(items.some((item) => item.kind === 'contract_void')).toBe(false);
  });

  it('is not for reps and finance, and not without money', async () => {
    const { contract } = await paid();
    for (const who of ['rep', 'finance'] as const)
      await expect(ask(contract.id, who)).rejects.toEqual(code('access.denied'));
    const { contract: poor } = await anActiveContract(company, [[1_00n, '2026-12-10']]);
    await expect(ask(poor.id)).rejects.toEqual(code('version.conflict'));
  });
});

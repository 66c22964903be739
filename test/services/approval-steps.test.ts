import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findApproval } from '../../src/domain/approvals/approval.queries.js';
import {
  approve,
  checkDecision,
  reject,
  sendBack,
  withdraw,
} from '../../src/domain/approvals/decisions.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { findWaiting } from '../../src/domain/home/waiting.queries.js';
import { recordReceipt } from '../../src/domain/receipts/receipt.service.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
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
  await database.close();
});

const LARGE = 1_000_000_00n;

async function aLargeContract(who: PersonKey = 'rep', amount = LARGE, currency = 'CNY') {
  const customer = await aCustomer(company, who);
  const draft = await createContract(await company.as(who), {
    customerId: customer.id,
    name: '大合同',
    type: 'vehicle',
    amount,
    currency,
  });
  const ctx = await company.as(who);
  return submitContract(ctx, { id: draft.id, version: draft.version, planLater: true });
}
const openOf = (subjectId: string) =>
  company.db.approval.findFirstOrThrow({ where: { subjectId, status: 'open' } });
const decide = async (who: PersonKey, subjectId: string) => {
  const { id, version } = await openOf(subjectId);
  return approve(await company.as(who), id, version);
};
const cardsOf = async (approvalId: string) =>
  (await company.db.outbox.findMany({ where: { dedupeKey: { contains: approvalId }, op: 'post' } })).map(
    (row) => `${row.kind} ${row.recipient}`,
  );
async function aRow(amount: bigint) {
  const [row] = (await anActiveContract(company, [[amount, '2026-12-01']])).rows;
  if (!row) throw new Error('no row');
  return row;
}

describe('a contract from a million on', () => {
  it('is asked of manager, director and finance manager, one after the other', async () => {
    const { contract, approverNames } = await aLargeContract();
    expect(approverNames).toEqual(['manager']);
    const { id } = await openOf(contract.id);
    expect(await cardsOf(id)).toEqual([`contract.card user:${company.ids.manager}`]);
    // Who is asked later does not take the first step by rank.
    await expect(decide('director', contract.id)).rejects.toEqual(code('access.denied'));
    await expect(decide('financeManager', contract.id)).rejects.toEqual(code('access.denied'));
    expect(await decide('manager', contract.id)).toMatchObject({ outcome: 'advanced' });
    await expect(decide('manager', contract.id)).rejects.toEqual(code('access.denied'));
    expect(await decide('director', contract.id)).toMatchObject({ outcome: 'advanced' });
    const ctx = await company.as('financeManager');
    expect((await findWaiting(ctx, 'finance')).items).toMatchObject([{ id: contract.id }]);
    const shown = await findApproval(ctx, { type: 'contract', id: contract.id });
    expect(shown).toMatchObject({ step: 3, steps: 3, approvers: [{ name: 'financeManager' }] });
    expect(shown?.decidedSteps.map((step) => step.by.name)).toEqual(['manager', 'director']);
    expect(await decide('financeManager', contract.id)).toMatchObject({ outcome: 'approved' });
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
      status: 'active',
    });
    expect((await cardsOf(id)).toSorted()).toEqual(
      [
        ...['manager', 'director', 'financeManager'].map(
          (who) => `contract.card user:${company.ids[who as PersonKey]}`,
        ),
        `contract.decided user:${company.ids.rep}`,
      ].toSorted(),
    );
  });

  it('asks a director who is the owner’s manager once, as director', async () => {
    const { contract } = await aLargeContract('manager');
    const { id } = await openOf(contract.id);
    expect(await company.db.approvalStep.count({ where: { approvalId: id } })).toBe(2);
    expect(await decide('director', contract.id)).toMatchObject({ outcome: 'advanced' });
  });

  it('in a currency without an exchange rate takes every step; with one the amount counts', async () => {
    const { contract } = await aLargeContract('rep', 1_00n, 'USD');
    const { id, flowKey } = await openOf(contract.id);
    expect(flowKey).toBe('contract_large');
    expect(await company.db.approvalStep.count({ where: { approvalId: id } })).toBe(3);
  });

  it('is withdrawn before the first step is decided, not after', async () => {
    const { contract } = await aLargeContract();
    const { id } = await openOf(contract.id);
    await decide('manager', contract.id);
    await expect(withdraw(await company.as('rep'), id)).rejects.toMatchObject({
      code: 'approval.step_decided',
      params: { who: 'manager' },
    });
  });

  it('is rejected at any step, for good', async () => {
    const { contract } = await aLargeContract();
    await decide('manager', contract.id);
    const { id, version } = await openOf(contract.id);
    await expect(reject(await company.as('director'), id, version, {})).rejects.toEqual(
      code('text.required'),
    );
    await reject(await company.as('director'), id, version, { reason: 'terms' });
    await expect(approve(await company.as('director'), id, version)).rejects.toMatchObject({
      code: 'approval.decided',
      params: { who: 'director', decision: 'rejected' },
    });
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
      status: 'rejected',
    });
  });

  it('goes back to the step before, whose people decide anew; the trail keeps what they had decided', async () => {
    const { contract } = await aLargeContract();
    const first = await openOf(contract.id);
    await expect(sendBack(await company.as('manager'), first.id, first.version, '再看')).rejects.toEqual(
      code('approval.first_step'),
    );
    await decide('manager', contract.id);
    const second = await openOf(contract.id);
    await expect(sendBack(await company.as('rep'), second.id, second.version, '再看')).rejects.toEqual(
      code('access.denied'),
    );
    await sendBack(await company.as('director'), second.id, second.version, '付款条件写清楚');
    const ctx = await company.as('manager');
    expect(await findApproval(ctx, { type: 'contract', id: contract.id })).toMatchObject({
      step: 1,
      approvers: [{ name: 'manager' }],
      decidedSteps: [],
      returned: { by: { name: 'director' }, note: '付款条件写清楚' },
    });
    const entry = await company.db.auditLog.findFirstOrThrow({
      where: { subjectId: contract.id, action: 'approval.returned' },
    });
    expect(entry.before).toMatchObject({ step: 2, decidedById: company.ids.manager });
    for (const who of ['manager', 'director', 'financeManager'] as const) await decide(who, contract.id);
    expect(await company.db.contract.findUniqueOrThrow({ where: { id: contract.id } })).toMatchObject({
      status: 'active',
    });
  });
});

describe('a receipt', () => {
  it('from half a million on goes to finance, then to a finance manager', async () => {
    const row = await aRow(500_000_00n);
    const { receipt, approval } = await aSubmittedReceipt(company, row, 500_000_00n);
    await expect(decide('financeManager', receipt.id)).rejects.toEqual(code('access.denied'));
    expect(await decide('finance', receipt.id)).toMatchObject({ outcome: 'advanced' });
    expect(await company.db.allocation.findMany({ where: { receiptId: receipt.id } })).toMatchObject([
      { status: 'proposed' },
    ]);
    // The card that finance2 looks at is one step old: who took it is named.
    await expect(
      checkDecision(await company.as('finance2'), approval.id, approval.version),
    ).rejects.toMatchObject({ code: 'approval.decided', params: { who: 'finance' } });
    await expect(decide('finance2', receipt.id)).rejects.toEqual(code('access.denied'));
    expect(await decide('financeManager', receipt.id)).toMatchObject({ outcome: 'approved' });
    expect(await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } })).toMatchObject({
      outstanding: 0n,
      lifecycle: 'settled',
    });
  });

  it('in cash from ten thousand on goes to a finance manager', async () => {
    const row = await aRow(10_000_00n);
    const ctx = await company.as('rep');
    const receipt = await recordReceipt(ctx, {
      customerId: row.customerId,
      contractId: row.contractId,
      instalmentId: row.id,
      amount: 10_000_00n,
      currency: 'CNY',
      method: 'cash',
      receivedOn: ctx.today,
    });
    await expect(decide('finance', receipt.id)).rejects.toEqual(code('access.denied'));
    expect(await decide('financeManager', receipt.id)).toMatchObject({ outcome: 'approved' });
  });

  it('whose next step nobody can decide is told to the admins, and passes for nobody', async () => {
    const row = await aRow(600_000_00n);
    const { receipt, approval } = await aSubmittedReceipt(company, row, 600_000_00n);
    const { financeManager } = company.ids;
    await company.db.user.update({ where: { id: financeManager }, data: { active: false } });
    try {
      await decide('finance', receipt.id);
      expect((await cardsOf(approval.id)).filter((card) => card.startsWith('approval.orphan'))).toEqual([
        `approval.orphan user:${company.ids.admin}`,
      ]);
      await expect(decide('finance2', receipt.id)).rejects.toMatchObject({
        code: 'access.denied',
        params: { names: [] },
      });
    } finally {
      await company.db.user.update({ where: { id: financeManager }, data: { active: true } });
    }
    const { id, version } = await company.db.approval.findUniqueOrThrow({ where: { id: approval.id } });
    await sendBack(await company.as('financeManager'), id, version, '凭证补全');
    // They leave again: the admins hear of it again.
    await company.db.user.update({ where: { id: financeManager }, data: { active: false } });
    try {
      await decide('finance', receipt.id);
      const alarms = (await cardsOf(id)).filter((card) => card.startsWith('approval.orphan'));
      expect(alarms).toHaveLength(2);
    } finally {
      await company.db.user.update({ where: { id: financeManager }, data: { active: true } });
    }
    await decide('financeManager', receipt.id);
  });

  it('is decided once however many approve at the same moment', async () => {
    const row = await aRow(500_000_00n);
    const { receipt, approval } = await aSubmittedReceipt(company, row, 500_000_00n);
    const racers = [await company.as('finance'), await company.as('finance2')];
    const results = await Promise.allSettled(
      racers.map((ctx) => approve(ctx, approval.id, approval.version)),
    );
    expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(results.filter((result) => result.status === 'rejected')).toMatchObject([
      { reason: { code: 'approval.decided' } },
    ]);
    const last = await openOf(receipt.id);
    const twice = [await company.as('financeManager'), await company.as('financeManager')];
    const ends = await Promise.allSettled(twice.map((ctx) => approve(ctx, last.id, last.version)));
    expect(ends.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    expect(
      await company.db.auditLog.count({ where: { subjectId: receipt.id, action: 'receipt.approved' } }),
    ).toBe(1);
  });
});

describe('the only finance user', () => {
  it('decides what they recorded where the company allows it, and it is flagged', async () => {
    const { finance, finance2, financeManager } = company.ids;
    await company.db.user.updateMany({
      where: { id: { in: [finance2, financeManager] } },
      data: { active: false },
    });
    try {
      const row = await aRow(1_000_00n);
      const { receipt } = await aSubmittedReceipt(company, row, 1_000_00n, { who: 'finance' });
      await expect(decide('finance', receipt.id)).rejects.toEqual(code('receipt.self_approval'));
      await changeCompany(company.db, { settings: { soloMode: true } });
      const shown = await findApproval(await company.as('finance'), { type: 'receipt', id: receipt.id });
      expect(shown?.approvers).toEqual([{ id: finance, name: 'finance' }]);
      expect(await decide('finance', receipt.id)).toMatchObject({ outcome: 'approved' });
      const step = await company.db.approvalStep.findFirstOrThrow({
        where: { approval: { subjectId: receipt.id } },
      });
      expect(step).toMatchObject({ solo: true, decidedById: finance });
      const entry = await company.db.auditLog.findFirstOrThrow({
        where: { subjectId: receipt.id, action: 'receipt.approved' },
      });
      expect(entry.after).toMatchObject({ solo: true });
    } finally {
      await changeCompany(company.db, { settings: {} });
      await company.db.user.updateMany({
        where: { id: { in: [finance2, financeManager] } },
        data: { active: true },
      });
    }
  });
});

it('starts at the first step again when what that approved has changed', async () => {
  const row = await aRow(600_000_00n);
  const { receipt } = await aSubmittedReceipt(company, row, 600_000_00n);
  const other = await aSubmittedReceipt(company, row, 10_00n);
  expect((await decide('finance', receipt.id)).outcome).toBe('advanced');
  expect((await decide('finance2', other.receipt.id)).outcome).toBe('approved');
  expect((await decide('financeManager', receipt.id)).outcome).toBe('redrawn');
  expect(await openOf(receipt.id)).toMatchObject({ currentStep: 1 });
  await expect(decide('financeManager', receipt.id)).rejects.toEqual(code('access.denied'));
  expect((await decide('finance2', receipt.id)).outcome).toBe('advanced');
  expect((await decide('financeManager', receipt.id)).outcome).toBe('approved');
  const trail = { subjectId: receipt.id, action: 'approval.restarted' };
  expect(await company.db.auditLog.findMany({ where: trail })).toMatchObject([{ before: { step: 2 } }]);
});

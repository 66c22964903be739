// The whole state table of contracts (rules §3), walked state by event; completion, reopening, archiving and voiding.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ctx } from '../../src/ctx.js';
import { transact } from '../../src/db/transact.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import {
  CONTRACT_STATUSES,
  type ContractEvent,
  type ContractStatus,
} from '../../src/domain/contracts/contract.js';
import { createContract, deleteContract, editContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { archiveContract, voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { settleContracts } from '../../src/domain/contracts/contract-settle.service.js';
import { correctContract } from '../../src/domain/contracts/correct-contract.service.js';
import { giveContract } from '../../src/domain/contracts/give-contract.service.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { leaveTraces } from '../../src/domain/traces.service.js';
import type { Contract } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  NOON,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveContract, approveReceipt, rejectReceipt, withdrawContract } from '../support/decide.js';
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

const AMOUNT = 100_000_00n;
let seconds = 0;
const as = (who: PersonKey): Promise<Ctx> => {
  seconds += 1;
  return company.as(who, new Date(NOON.getTime() + seconds * 1000));
};
const fresh = (id: string) => company.db.contract.findUniqueOrThrow({ where: { id } });
const audits = async (subjectId: string) =>
  (await company.db.auditLog.findMany({ where: { subjectId }, orderBy: { id: 'asc' } })).map(
    (entry) => entry.action,
  );
const code = (expected: string, params: object = {}) => ({
  code: expected,
  params: expect.objectContaining(params),
});
const settle = async (who: PersonKey, id: string) => {
  const ctx = await as(who);
  await transact(ctx.db, async (tx) => leaveTraces(tx, ctx, await settleContracts(tx, ctx, [id])));
};

describe('state table', () => {
  /** By hand, from rules §3. */
  const ALLOWED: Record<ContractStatus, readonly ContractEvent[]> = {
    draft: ['submit', 'edit', 'delete', 'plan', 'milestone', 'assign'],
    rejected: ['submit', 'edit', 'delete', 'plan', 'milestone', 'assign'],
    pending_approval: ['decide', 'withdraw'],
    active: ['plan', 'milestone', 'amend', 'correct', 'assign', 'complete', 'void'],
    completed: ['milestone', 'correct', 'assign', 'reopen', 'archive'],
    archived: ['reopen'],
    void: [],
  };
  const FIELDS = { name: '按状态', type: 'vehicle', amount: AMOUNT, currency: 'CNY' };
  const REFUSED: Record<
    Exclude<ContractEvent, 'complete' | 'reopen'>,
    (contract: Contract, approvalId: string) => Promise<unknown>
  > = {
    submit: async ({ id, version }) => submitContract(await as('rep'), { id, version, planLater: true }),
    edit: async ({ id, version, customerId }) =>
      editContract(await as('rep'), id, version, { ...FIELDS, customerId }),
    delete: async ({ id, version }) => deleteContract(await as('rep'), id, version),
    plan: async ({ id }) =>
      createPlan(await as('rep'), {
        contractId: id,
        rows: [{ name: '一期', amount: 1n, dueOn: localDate('2026-12-01') }],
      }),
    milestone: async ({ id, version }) =>
      setMilestone(await as('rep'), {
        contractId: id,
        version,
        kind: 'acceptance',
        happened: false,
        date: localDate('2026-12-01'),
        evidence: null,
        alsoMove: [],
        seen: '',
      }),
    decide: async (_contract, approvalId) => approveContract(await as('manager'), approvalId, 1),
    withdraw: async (_contract, approvalId) => withdrawContract(await as('rep'), approvalId),
    amend: async ({ id, version }) =>
      proposeAmendment(await as('rep'), {
        contractId: id,
        version,
        reason: '改名',
        fields: { name: '新名', amount: AMOUNT, paymentMethod: null, startsOn: null, endsOn: null },
        plan: { rows: new Map(), added: [] },
        keepRest: true,
        alreadyDue: false,
      }),
    correct: async ({ id, version, type }) =>
      correctContract(await as('rep'), { id, version, type, signedOn: null, remark: '更正' }),
    assign: async ({ id, version }) =>
      giveContract(await as('manager'), { id, version, toId: company.ids.rep2 }),
    archive: async ({ id, version }) => archiveContract(await as('rep'), id, version),
    void: async ({ id, version }) => voidContract(await as('manager'), { id, version, reason: '客户取消' }),
  };

  /** A contract in a state, whatever led there, with an approval that stands open: only the table decides. */
  async function inState(status: ContractStatus, withApproval: boolean) {
    const customer = await aCustomer(company);
    const { id } = await createContract(await as('rep'), { ...FIELDS, customerId: customer.id });
    const data = { status, voidedOn: status === 'void' ? toUtcDate(localDate('2026-11-20')) : null };
    const contract = await company.db.contract.update({
      where: { id },
      data: { ...data, planIncomplete: true },
    });
    const approval = await company.db.approval.create({
      data: {
        id: newId(NOON),
        subjectType: 'contract',
        subjectId: id,
        subjectVersion: contract.version,
        requestedById: company.ids.rep,
        status: withApproval ? 'open' : 'withdrawn',
        createdAt: NOON,
        updatedAt: NOON,
        steps: { create: { id: newId(NOON), seq: 1, approverRoles: [], approverIds: [company.ids.manager] } },
      },
    });
    return { contract, approval };
  }

  const events = Object.keys(REFUSED) as (keyof typeof REFUSED)[];
  it.each(CONTRACT_STATUSES.flatMap((status) => events.map((event) => [status, event] as const)))(
    '%s · %s',
    async (status, event) => {
      const { contract, approval } = await inState(status, event !== 'submit');
      const run = REFUSED[event](contract, approval.id);
      if (ALLOWED[status].includes(event)) await expect(run).resolves.not.toThrow();
      else {
        await expect(run).rejects.toMatchObject(code('contract.bad_state', { state: status, action: event }));
        expect(await fresh(contract.id)).toEqual(contract);
      }
    },
  );

  it.each(CONTRACT_STATUSES)('%s · complete, reopen: by themselves or not at all', async (status) => {
    const { contract } = await inState(status, false);
    const row = await company.db.instalment.create({
      data: {
        id: newId(NOON),
        contractId: contract.id,
        customerId: contract.customerId,
        seq: 1,
        name: '全款',
        amount: AMOUNT,
        currency: 'CNY',
        outstanding: AMOUNT,
        lifecycle: 'open',
        ownerId: company.ids.rep,
        createdAt: NOON,
        createdById: company.ids.rep,
        updatedAt: NOON,
        updatedById: company.ids.rep,
      },
    });
    await settle('finance', contract.id);
    const reopened = ALLOWED[status].includes('reopen') ? 'active' : status;
    expect((await fresh(contract.id)).status).toBe(reopened);
    await company.db.contract.update({ where: { id: contract.id }, data: { status } });
    // Without money, so that the sums of the whole database hold: cancelled rows count for nothing.
    await company.db.$executeRaw`UPDATE contract SET amount = 1 WHERE id = ${contract.id}::uuid`;
    await company.db.instalment.update({
      where: { id: row.id },
      data: { lifecycle: 'written_off', amount: 1n, outstanding: 0n },
    });
    await company.db.adjustment.create({
      data: {
        id: newId(NOON),
        instalmentId: row.id,
        kind: 'bad_debt',
        amount: 1n,
        status: 'approved',
        effectiveOn: NOON,
        bookedAt: NOON,
        createdAt: NOON,
        createdById: company.ids.finance,
      },
    });
    await settle('finance', contract.id);
    const completed = ALLOWED[status].includes('complete') ? 'completed' : status;
    expect((await fresh(contract.id)).status).toBe(completed);
  });
});

describe('completion', () => {
  it('comes with the last approved receipt, once, and the owner is told', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [40_000_00n, '2026-12-01'],
      [60_000_00n, '2027-01-01'],
    ]);
    for (const [index, row] of rows.entries()) {
      expect(await fresh(contract.id), `before ${index}`).toMatchObject({
        status: 'active',
        completedOn: null,
      });
      const { approval } = await aSubmittedReceipt(company, row, row.amount);
      await approveReceipt(await as('finance'), approval.id, approval.version);
    }
    expect(await fresh(contract.id)).toMatchObject({
      status: 'completed',
      completedOn: toUtcDate(localDate('2026-11-20')),
    });
    expect((await audits(contract.id)).filter((action) => action === 'contract.completed')).toHaveLength(1);
    expect(
      await company.db.outbox.findMany({
        where: { payload: { path: ['contractId'], equals: contract.id }, kind: 'contract.changed' },
      }),
    ).toMatchObject([{ recipient: `user:${company.ids.rep}`, payload: { event: 'completed' } }]);
    const before = await fresh(contract.id);
    await settle('finance', contract.id);
    expect(await fresh(contract.id)).toEqual(before);
  });

  it('does not come while a part of the amount is not planned', async () => {
    const { contract, rows } = await anActiveContract(company, [[40_000_00n, '2026-12-01']], {
      contract: { amount: AMOUNT },
    });
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { approval } = await aSubmittedReceipt(company, row, row.amount);
    await approveReceipt(await as('finance'), approval.id, approval.version);
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
  });

  it.each(['completed', 'archived'] as const)('is undone when money is taken away: %s', async (status) => {
    const { contract, rows } = await anActiveContract(company, [[AMOUNT, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { receipt, approval } = await aSubmittedReceipt(company, row, row.amount);
    await approveReceipt(await as('finance'), approval.id, approval.version);
    if (status === 'archived') {
      await archiveContract(await as('rep'), contract.id, (await fresh(contract.id)).version);
    }
    // What a reversal will do to the row.
    await company.db.allocation.updateMany({
      where: { receiptId: receipt.id },
      data: {
        status: 'released',
        releasedOn: NOON,
        releasedById: company.ids.finance,
        releaseReason: 'reversed',
      },
    });
    await company.db.receipt.update({ where: { id: receipt.id }, data: { unapplied: row.amount } });
    await company.db.instalment.update({
      where: { id: row.id },
      data: { lifecycle: 'open', outstanding: row.amount },
    });
    // Below its limit only the owner hears of it, above it also those who decide about what is above.
    const other = await anActiveContract(company, [[100n, '2026-12-01']]);
    const customerId = { customerId: contract.customerId };
    await company.db.instalment.updateMany({ where: { contractId: other.contract.id }, data: customerId });
    await company.db.contract.update({ where: { id: other.contract.id }, data: customerId });
    const creditLimit = status === 'archived' ? 99n : 100n;
    await company.db.customer.update({ where: { id: contract.customerId }, data: { creditLimit } });
    await settle('finance', contract.id);
    expect(await fresh(contract.id)).toMatchObject({ status: 'active', completedOn: null });
    expect((await audits(contract.id)).at(-1)).toBe('contract.reopened');
    expect(
      await company.db.auditLog.findFirstOrThrow({
        where: { subjectId: contract.id, action: 'contract.reopened' },
      }),
    ).toMatchObject({ before: { status }, after: { status: 'active' } });
    const told = await company.db.outbox.findMany({
      where: {
        kind: 'contract.changed',
        dedupeKey: { startsWith: `contract.reopened:${contract.id}:` },
      },
    });
    const { rep, director, financeManager } = company.ids;
    const people = status === 'archived' ? [rep, director, financeManager] : [rep];
    expect(new Set(told.map((row) => row.recipient))).toEqual(new Set(people.map((id) => `user:${id}`)));
  });
});

describe('archive', () => {
  it.each(['rep2', 'finance', 'auditor', 'admin'] as const)('is refused to %s', async (who) => {
    const { contract } = await anActiveContract(company, [[AMOUNT, '2026-12-01']]);
    await expect(archiveContract(await as(who), contract.id, contract.version)).rejects.toMatchObject(
      code('access.denied'),
    );
  });
});

describe('void', () => {
  it('cancels the plan with revisions, closes reminders and cases, and tells the owner', async () => {
    const { contract, rows } = await anActiveContract(company, [
      [40_000_00n, '2026-11-01'],
      [60_000_00n, null],
    ]);
    const [late] = rows;
    if (!late) throw new Error('no row');
    const base = { instalmentId: late.id, createdAt: NOON };
    await company.db.escalationCase.create({
      data: {
        ...base,
        id: newId(NOON),
        level: 1,
        openedOn: NOON,
        raisedOn: NOON,
        recipientIds: [company.ids.manager],
        updatedAt: NOON,
      },
    });
    await company.db.reminder.create({
      data: {
        ...base,
        id: newId(NOON),
        dueEpoch: 0,
        ruleCode: 'E1',
        occurrenceOn: NOON,
        plannedOn: NOON,
        recipientRole: 'owner',
        recipientId: company.ids.rep,
      },
    });
    await voidContract(await as('manager'), {
      id: contract.id,
      version: contract.version,
      reason: '客户取消订单',
    });
    expect(await fresh(contract.id)).toMatchObject({
      status: 'void',
      voidReason: '客户取消订单',
      voidedOn: toUtcDate(localDate('2026-11-20')),
    });
    const after = await company.db.instalment.findMany({
      where: { contractId: contract.id },
      include: { revisions: { orderBy: { id: 'asc' } }, cases: true, reminders: true },
      orderBy: { seq: 'asc' },
    });
    for (const row of after) {
      expect(row).toMatchObject({ lifecycle: 'cancelled', outstanding: 0n, deletedAt: null });
      expect(row.revisions.at(-1)).toMatchObject({ cause: 'contract_void', lifecycle: 'cancelled' });
    }
    expect(after[0]?.cases).toMatchObject([{ closeReason: 'void' }]);
    expect(after[0]?.reminders).toMatchObject([{ status: 'skipped', skipReason: 'void' }]);
    expect((await audits(contract.id)).filter((action) => action === 'contract.voided')).toHaveLength(1);
    expect(
      await company.db.outbox.findFirst({ where: { dedupeKey: `contract.voided:${contract.id}` } }),
    ).toMatchObject({ recipient: `user:${company.ids.rep}` });
  });

  it('is refused while money is on it, and while a receipt waits, which is named', async () => {
    const { contract, rows } = await anActiveContract(company, [[AMOUNT, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const attempt = async () =>
      voidContract(await as('manager'), { id: contract.id, version: contract.version, reason: '取消' });
    const { receipt, approval } = await aSubmittedReceipt(company, row, 10_000_00n);
    await expect(attempt()).rejects.toMatchObject(
      code('contract.receipt_waits', { numbers: [receipt.number] }),
    );
    await approveReceipt(await as('finance'), approval.id, approval.version);
    await expect(attempt()).rejects.toMatchObject(
      code('contract.has_money', { amount: { minor: 10_000_00n, currency: 'CNY' } }),
    );
    expect(await fresh(contract.id)).toMatchObject({ status: 'active' });
  });

  it('is possible again once the receipt is rejected', async () => {
    const { contract, rows } = await anActiveContract(company, [[AMOUNT, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const { approval } = await aSubmittedReceipt(company, row, AMOUNT);
    await rejectReceipt(await as('finance'), approval.id, approval.version, { reason: 'not_in_bank' });
    await voidContract(await as('director'), { id: contract.id, version: contract.version, reason: '取消' });
    expect(await fresh(contract.id)).toMatchObject({ status: 'void' });
  });

  it('is refused for a version that was not shown, and to whoever may not', async () => {
    const { contract } = await anActiveContract(company, [[AMOUNT, '2026-12-01']]);
    const input = { id: contract.id, version: contract.version, reason: '取消' };
    await expect(
      voidContract(await as('manager'), { ...input, version: contract.version + 1 }),
    ).rejects.toMatchObject(code('version.conflict'));
    for (const who of ['rep', 'rep2', 'finance', 'financeManager', 'auditor', 'admin'] as const) {
      await expect(voidContract(await as(who), input)).rejects.toMatchObject(code('access.denied'));
    }
    const ctx = await as('manager');
    await voidContract(ctx, input);
    await expect(voidContract(ctx, input)).rejects.toMatchObject(code('request.repeated'));
  });
});

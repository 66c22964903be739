// Splitting instalments on a real database (rules §3).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askWriteOff } from '../../src/domain/adjustments/adjustment-ask.service.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { loadAmendable } from '../../src/domain/contracts/amendment.queries.js';
import { proposeAmendment } from '../../src/domain/contracts/amendment.service.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import type { DomainError, ErrorCode } from '../../src/domain/errors.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askPostponement } from '../../src/domain/plans/postponement-ask.service.js';
import { splitInstalment } from '../../src/domain/plans/split.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
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

const D = localDate;
const code = (expected: ErrorCode, field?: string) =>
  expect.objectContaining({
    code: expected,
    ...(field !== undefined && { field }),
  }) as unknown as DomainError;
const fresh = (row: Instalment) => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const planOf = (row: Instalment) =>
  company.db.instalment.findMany({ where: { contractId: row.contractId }, orderBy: { seq: 'asc' } });

async function aRow(dueOn: string | null = '2026-12-01', extra = {}): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [
    [100_00n, dueOn, extra],
    [50_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}

const nameOf = (_base: string, n: number, seq: number) => `第${seq}期（${n}）`;
async function split(
  who: PersonKey,
  row: Instalment,
  parts: [bigint, string | null][],
  more: { version?: number; alreadyDue?: boolean } = {},
): Promise<Instalment[]> {
  const version = more.version ?? (await fresh(row)).version;
  return splitInstalment(await company.as(who), {
    id: row.id,
    version,
    parts: parts.map(([amount, dueOn]) => ({ amount, dueOn: dueOn === null ? null : D(dueOn) })),
    nameOf,
    alreadyDue: more.alreadyDue ?? false,
  });
}

describe('splitInstalment', () => {
  it('keeps the row as first part and adds the others behind the plan, with history and trail', async () => {
    const row = await aRow('2026-12-01', { plannedMethod: 'transfer', remindDaysAhead: 10 });
    await split('rep', row, [
      [60_00n, '2026-12-01'],
      [30_00n, '2026-12-20'],
      [10_00n, '2026-11-25'],
    ]);
    const plan = await planOf(row);
    expect(plan).toMatchObject([
      {
        id: row.id,
        seq: 1,
        name: '第1期',
        amount: 60_00n,
        outstanding: 60_00n,
        postponedTo: null,
        dueEpoch: 0,
      },
      { seq: 2, amount: 50_00n },
      {
        seq: 3,
        name: '第3期（2）',
        amount: 30_00n,
        outstanding: 30_00n,
        lifecycle: 'open',
        dueOn: new Date('2026-12-01'),
        postponedTo: new Date('2026-12-20'),
        effectiveDue: new Date('2026-12-20'),
        firstRemindOn: new Date('2026-12-10'),
        originalDueOn: new Date('2026-12-01'),
        postponeCount: 1,
        plannedMethod: 'transfer',
      },
      { seq: 4, amount: 10_00n, dueOn: new Date('2026-11-25'), originalDueOn: new Date('2026-12-01') },
    ]);
    expect(plan.reduce((sum, one) => sum + one.amount, 0n)).toBe(150_00n);
    expect(
      await company.db.postponement.findMany({ where: { instalmentId: plan[2]?.id ?? '' } }),
    ).toMatchObject([{ status: 'approved', toDate: new Date('2026-12-20') }]);
    const ctx = await company.as('rep');
    const history = async (id = '') => (await findInstalmentDetail(ctx, id))?.history ?? [];
    expect((await history(row.id))[0]).toMatchObject({ kind: 'split', count: 3, who: 'rep' });
    expect(await history(plan[3]?.id)).toMatchObject([{ kind: 'created', splitFrom: 1, amount: 10_00n }]);
    const causes = await company.db.instalmentRevision.findMany({
      where: { instalmentId: { in: plan.map((one) => one.id) }, cause: { in: ['split', 'created'] } },
      orderBy: { id: 'asc' },
    });
    expect(causes.filter((one) => one.cause === 'split')).toMatchObject([{ amount: 60_00n }]);
  });

  it('leaves what is paid on the first part, which may be just that', async () => {
    const row = await aRow();
    const { approval } = await aSubmittedReceipt(company, row, 40_00n);
    await expect(
      split('rep', row, [
        [50_00n, '2026-12-01'],
        [50_00n, '2026-12-01'],
      ]),
    ).rejects.toEqual(code('split.money_waits'));
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await expect(
      split('rep', row, [
        [39_99n, '2026-12-01'],
        [60_01n, '2026-12-01'],
      ]),
    ).rejects.toEqual(code('split.below_paid', 'amount0'));
    const [first, second] = await split('rep', row, [
      [40_00n, '2026-12-01'],
      [60_00n, '2026-12-01'],
    ]);
    expect(first).toMatchObject({ id: row.id, lifecycle: 'settled', outstanding: 0n });
    expect(second).toMatchObject({ lifecycle: 'open', outstanding: 60_00n });
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: row.contractId } });
    expect(contract.status).toBe('active');
  });

  it('of a row with bad debt is no payment: the part that holds it is bad debt, by a split and by an amendment', async () => {
    const withBadDebt = async () => {
      const row = await aRow('2026-11-01');
      const finance = await company.as('finance');
      const debt = { instalmentId: row.id, version: row.version, kind: 'bad_debt', amount: 40_00n } as const;
      const asked = await askWriteOff(finance, { ...debt, reason: '破产' });
      const { id, version } = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
      await approve(await company.as('financeManager'), id, version);
      return row;
    };
    const row = await withBadDebt();
    await split('manager', row, [
      [40_00n, '2026-11-01'],
      [60_00n, '2026-12-20'],
    ]);
    expect(await fresh(row)).toMatchObject({ outstanding: 0n, lifecycle: 'written_off' });
    const other = await withBadDebt();
    const { fields } = await loadAmendable(await company.as('rep'), other.contractId);
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: other.contractId } });
    const smaller = { name: '第1期', amount: 40_00n, dueOn: D('2026-11-01') };
    const { change } = await proposeAmendment(await company.as('rep'), {
      contractId: contract.id,
      version: contract.version,
      reason: '减少',
      fields: { ...fields, amount: contract.amount - 60_00n },
      plan: { rows: new Map([[other.id, smaller]]), added: [] },
      keepRest: false,
      alreadyDue: true,
    });
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: change.id } });
    await approve(await company.as('manager'), open.id, open.version);
    expect(await fresh(other)).toMatchObject({ outstanding: 0n, lifecycle: 'written_off' });
  });

  it('holds later parts to the limits of postponing, by the rule and the part', async () => {
    const row = await aRow();
    const later: [bigint, string][] = [
      [50_00n, '2026-12-01'],
      [50_00n, '2027-01-01'],
    ];
    await expect(split('rep', row, later)).rejects.toEqual(code('instalment.needs_manager', 'dueOn1'));
    expect(await split('manager', row, later)).toMatchObject([{ postponeCount: 0 }, { postponeCount: 1 }]);
  });

  it('does not reset how often and by how much a part was postponed', async () => {
    const row = await aRow();
    await postponeInstalment(await company.as('rep'), {
      id: row.id,
      version: (await fresh(row)).version,
      to: D('2026-12-15'),
      remark: null,
    });
    const [, part] = await split('rep', row, [
      [50_00n, '2026-12-15'],
      [50_00n, '2026-12-20'],
    ]);
    if (!part) throw new Error('no part');
    expect(part).toMatchObject({ postponeCount: 2, dueOn: new Date('2026-12-01') });
    const again = { id: part.id, version: part.version, to: D('2026-12-21'), remark: null };
    await expect(postponeInstalment(await company.as('rep'), again)).rejects.toEqual(
      code('instalment.needs_manager', 'to'),
    );
  });

  it('keeps a dispute with its first day and its reason on every part, so that each comes to the manager', async () => {
    const row = await aRow('2026-12-01');
    await recordFollowUp(await company.as('rep'), {
      instalmentId: row.id,
      kind: 'call',
      content: null,
      result: 'disputed',
      promisedOn: null,
      promisedAmount: null,
      reason: '验收未通过',
      pauseUntil: D('2026-12-20'),
      nextOn: null,
    });
    const parts = await split('rep', row, [
      [60_00n, '2026-12-01'],
      [40_00n, '2026-12-01'],
    ]);
    const held = { disputed: true, blockReason: '验收未通过', disputeTold: false };
    const days = { disputedOn: toUtcDate(D('2026-11-20')), blockUntil: toUtcDate(D('2026-12-20')) };
    expect(parts).toMatchObject([
      { ...held, ...days },
      { ...held, ...days },
    ]);
  });

  it('asks about past dates, and takes them once they are meant', async () => {
    const row = await aRow();
    const past: [bigint, string][] = [
      [50_00n, '2026-11-01'],
      [50_00n, '2026-12-01'],
    ];
    await expect(split('rep', row, past)).rejects.toEqual(code('plan.past_date', 'dueOn0'));
    await split('rep', row, past, { alreadyDue: true });
    expect(await fresh(row)).toMatchObject({ effectiveDue: new Date('2026-11-01'), dueEpoch: 1 });
    const overdue = await aRow('2026-11-01');
    // A day that was past before is no question.
    await split('rep', overdue, [
      [50_00n, '2026-11-01'],
      [50_00n, '2026-11-01'],
    ]);
  });

  it('splits an undated row, and a row of a draft', async () => {
    const undated = await aRow(null);
    await split('rep', undated, [
      [50_00n, null],
      [50_00n, '2027-03-01'],
    ]);
    expect((await planOf(undated))[2]).toMatchObject({
      originalDueOn: new Date('2027-03-01'),
      lifecycle: 'open',
    });
    const customer = await aCustomer(company);
    const draft = await createContract(await company.as('rep'), {
      customerId: customer.id,
      name: '草稿',
      type: 'vehicle',
      amount: 100_00n,
      currency: 'CNY',
    });
    const { rows } = await createPlan(await company.as('rep'), {
      contractId: draft.id,
      rows: [{ name: '全款', amount: 100_00n, dueOn: D('2026-12-01') }],
    });
    const [row] = rows;
    if (!row) throw new Error('no row');
    await split('rep', row, [
      [50_00n, '2026-12-01'],
      [50_00n, '2028-12-01'],
    ]);
    expect((await planOf(row))[1]).toMatchObject({
      lifecycle: 'inactive',
      originalDueOn: null,
      postponeCount: 0,
    });
  });

  it('refuses what is amended, waits for a postponement, was changed meanwhile or is not theirs', async () => {
    const halves: [bigint, string][] = [
      [50_00n, '2026-12-01'],
      [50_00n, '2026-12-01'],
    ];
    const amended = await aRow();
    const contract = await company.db.contract.findUniqueOrThrow({ where: { id: amended.contractId } });
    await proposeAmendment(await company.as('rep'), {
      contractId: contract.id,
      version: contract.version,
      reason: '改价',
      fields: { name: contract.name, amount: 160_00n, paymentMethod: null, startsOn: null, endsOn: null },
      plan: {
        rows: new Map([[amended.id, { name: '第1期', amount: 110_00n, dueOn: D('2026-12-01') }]]),
        added: [],
      },
      keepRest: false,
      alreadyDue: false,
    });
    await expect(split('rep', amended, halves)).rejects.toEqual(code('amendment.waits'));
    const asked = await aRow();
    await askPostponement(await company.as('rep'), {
      id: asked.id,
      version: (await fresh(asked)).version,
      to: D('2027-12-01'),
      remark: null,
    });
    await expect(split('rep', asked, halves)).rejects.toEqual(code('instalment.postponement_open'));
    const row = await aRow();
    await expect(split('rep', row, halves, { version: row.version - 1 })).rejects.toEqual(
      code('version.conflict'),
    );
    for (const who of ['rep2', 'finance', 'auditor', 'admin'] as const)
      await expect(split(who, row, halves)).rejects.toEqual(code('access.denied'));
    expect(await planOf(row)).toHaveLength(2);
  });

  it('counts the parts of a part on within the plan, and the trail says what the row is now', async () => {
    const row = await aRow();
    await company.db.instalment.update({ where: { id: row.id }, data: { name: '验收款' } });
    const halve = async ({ id }: Instalment) => {
      const { version, amount } = await company.db.instalment.findUniqueOrThrow({ where: { id } });
      const parts = [amount / 2n, amount - amount / 2n].map((part) => ({
        amount: part,
        dueOn: D('2026-12-01'),
      }));
      const name = (base: string, n: number) => `${base}（${n}）`;
      const input = { id, version, parts, nameOf: name, alreadyDue: false };
      return splitInstalment(await company.as('rep'), input);
    };
    const [, second] = await halve(row);
    if (!second) throw new Error('no second part');
    const third = await halve(second);
    const fourth = await halve(row);
    expect([second, third[1], fourth[1]].map((part) => part?.name)).toEqual([
      '验收款（2）',
      '验收款（3）',
      '验收款（4）',
    ]);
    const entries = await company.db.auditLog.findMany({
      where: { subjectId: row.id, action: 'instalment.split' },
      orderBy: { id: 'asc' },
    });
    expect(entries.map((entry) => entry.after)).toMatchObject([
      { seq: 1, amount: '5000' },
      { seq: 1, amount: '2500' },
    ]);
  });

  it('is done once, whoever sends it twice or at the same time', async () => {
    const row = await aRow();
    const { version } = await fresh(row);
    const parts = [50_00n, 50_00n].map((amount) => ({ amount, dueOn: D('2026-12-01') }));
    const input = { id: row.id, version, parts, nameOf, alreadyDue: false };
    const [one, two] = [await company.as('rep'), await company.as('manager')];
    const raced = await Promise.allSettled([splitInstalment(one, input), splitInstalment(two, input)]);
    expect(raced.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
    const again = await Promise.allSettled([splitInstalment(one, input), splitInstalment(two, input)]);
    expect(again.every((result) => result.status === 'rejected')).toBe(true);
    expect(await planOf(row)).toHaveLength(3);
  });
});

import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { transact } from '../../src/db/transact.js';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import type { DomainError, ErrorCode } from '../../src/domain/errors.js';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { deleteInstalment } from '../../src/domain/plans/delete-instalment.service.js';
import { findRow, findRows } from '../../src/domain/plans/instalment.queries.js';
import { addRevisions, lockInstalment } from '../../src/domain/plans/instalment.service.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { createPlan } from '../../src/domain/plans/plan.service.js';
import { editInstalment, postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import {
  findPlanTarget,
  listPlannable,
  searchPlanCustomers,
} from '../../src/domain/plans/plan-choices.queries.js';
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

const code = (expected: ErrorCode, field?: string) =>
  expect.objectContaining({
    code: expected,
    ...(field !== undefined && { field }),
  }) as unknown as DomainError;
const fresh = (row: Instalment) => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
async function aRow(dueOn = '2026-12-01', extra = {}): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [
    [100_00n, dueOn, extra],
    [50_00n, '2027-06-01'],
  ]);
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const postpone = async (who: PersonKey, row: Instalment, to: LocalDate) =>
  postponeInstalment(await company.as(who), {
    id: row.id,
    version: (await fresh(row)).version,
    to,
    remark: '客户资金',
  });
const remove = async (who: PersonKey, row: Instalment) =>
  deleteInstalment(await company.as(who), { id: row.id, version: (await fresh(row)).version });

describe('postponing', () => {
  it('moves the date that counts, starts the ladder anew, and keeps the day first agreed', async () => {
    const row = await aRow();
    const after = await postpone('rep', row, localDate('2026-12-20'));
    expect(after).toMatchObject({
      effectiveDue: new Date('2026-12-20'),
      postponedTo: new Date('2026-12-20'),
      originalDueOn: new Date('2026-12-01'),
      dueEpoch: row.dueEpoch + 1,
      stepRank: 0,
      postponeCount: 1,
      firstRemindOn: new Date('2026-12-13'),
    });
    const revisions = await company.db.instalmentRevision.findMany({ where: { instalmentId: row.id } });
    expect(revisions.filter((revision) => revision.cause === 'postponed')).toHaveLength(1);
    expect(
      await company.db.auditLog.count({ where: { subjectId: row.id, action: 'instalment.postponed' } }),
    ).toBe(1);
  });

  it('gives the rep two times and 30 days in all, and never a retention; the manager any', async () => {
    const row = await aRow('2026-12-01');
    await expect(postpone('rep', row, localDate('2027-01-01'))).rejects.toEqual(
      code('instalment.needs_manager', 'to'),
    );
    await postpone('rep', row, localDate('2026-12-10'));
    await postpone('rep', row, localDate('2026-12-31'));
    const third = await postpone('rep', row, localDate('2027-01-02')).catch((error: unknown) => error);
    expect(third).toEqual(code('instalment.needs_manager'));
    expect((third as DomainError<'instalment.needs_manager'>).params).toEqual({
      manager: 'manager',
      rule: { kind: 'count', latest: null },
    });
    await expect(postpone('manager', row, localDate('2027-01-02'))).resolves.toMatchObject({
      postponeCount: 3,
    });
    const retention = await aRow('2026-12-01', { isRetention: true });
    await expect(postpone('rep', retention, localDate('2026-12-02'))).rejects.toEqual(
      code('instalment.needs_manager'),
    );
    await expect(postpone('manager', retention, localDate('2026-12-02'))).resolves.toMatchObject({
      postponeCount: 1,
    });
  });

  it('is counted once for one request, and refuses a version that is not there any more', async () => {
    const row = await aRow();
    const ctx = await company.as('rep');
    const input = { id: row.id, version: row.version, to: localDate('2026-12-05'), remark: null };
    const results = await Promise.allSettled([
      postponeInstalment(ctx, input),
      postponeInstalment(ctx, input),
    ]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(await fresh(row)).toMatchObject({ postponeCount: 1 });
    await expect(
      postponeInstalment(await company.as('manager'), { ...input, to: localDate('2026-12-09') }),
    ).rejects.toEqual(code('version.conflict'));
  });

  it.each<[PersonKey, ErrorCode]>([
    ['rep2', 'access.denied'],
    ['finance', 'access.denied'],
    ['auditor', 'access.denied'],
    ['nobody', 'role.missing'],
  ])('is not for %s', async (who, expected) => {
    const row = await aRow();
    await expect(postpone(who, row, localDate('2026-12-05'))).rejects.toEqual(code(expected));
  });

  it('refuses what is paid, undated, not later, or too far', async () => {
    const row = await aRow();
    await expect(postpone('rep', row, localDate('2026-12-01'))).rejects.toEqual(
      code('instalment.date_not_later', 'to'),
    );
    await expect(postpone('manager', row, localDate('2077-01-01'))).rejects.toEqual(
      code('plan.date_too_far', 'to'),
    );
    const paid = await aRow();
    const { approval } = await aSubmittedReceipt(company, paid, 100_00n);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await expect(postpone('rep', paid, localDate('2026-12-09'))).rejects.toEqual(
      code('instalment.not_postponable'),
    );
    await expect(
      postponeInstalment(await company.as('rep'), {
        id: '00000000-0000-7000-8000-000000000000',
        version: 1,
        to: localDate('2026-12-09'),
        remark: null,
      }),
    ).rejects.toEqual(code('not_found'));
  });
});

describe('deleting', () => {
  it('is the rep’s before the due day, the manager’s from it on; the amount can be planned again', async () => {
    const early = await aRow('2026-11-21');
    await expect(remove('rep', early)).resolves.toMatchObject({ lifecycle: 'cancelled', outstanding: 0n });
    const target = await findPlanTarget(await company.as('rep'), early.contractId);
    expect(target).toMatchObject({ planned: 50_00n, nextSeq: 3 });
    const due = await aRow('2026-11-20');
    await expect(remove('rep', due)).rejects.toEqual(code('instalment.needs_manager'));
    await expect(remove('manager', due)).resolves.toMatchObject({ lifecycle: 'cancelled' });
  });

  it('postpones nothing: what was freed is planned anew no later without the manager, who hears of it', async () => {
    const { rows, contract } = await anActiveContract(company, [
      [100_00n, '2026-12-01'],
      [50_00n, '2027-06-01', { isRetention: true }],
      [30_00n, '2026-12-15'],
    ]);
    const [row, retention] = rows;
    if (!row || !retention) throw new Error('no rows');
    await remove('rep', row);
    await remove('rep', retention);
    const told = await company.db.outbox.findMany({
      where: { kind: 'instalment.changed', recipient: `user:${company.ids.manager}` },
    });
    expect(told.map((one) => one.payload)).toEqual(
      expect.arrayContaining([expect.objectContaining({ instalmentId: row.id, event: 'deleted' })]),
    );
    const fill = async (who: PersonKey, amount: bigint, dueOn: string | null) =>
      createPlan(await company.as(who), {
        contractId: contract.id,
        rows: [{ name: '重排', amount, dueOn: dueOn === null ? null : localDate(dueOn) }],
      });
    // ¥50 may be as late as the retention was, ¥100 not: by nobody but the manager.
    for (const [amount, dueOn] of [
      [100_00n, '2026-12-02'],
      [100_00n, null],
      [50_00n, '2027-06-02'],
      [51_00n, '2027-06-01'],
    ] as const)
      await expect(fill('rep', amount, dueOn)).rejects.toEqual(code('plan.later_than_deleted', 'dueOn'));
    const { rows: kept } = await fill('rep', 50_00n, '2027-06-01');
    expect(kept[0]).toMatchObject({ isRetention: true, originalDueOn: new Date('2027-06-01') });
    const { rows: early } = await fill('rep', 60_00n, '2026-11-25');
    expect(early[0]).toMatchObject({ isRetention: false, originalDueOn: new Date('2026-12-01') });
    const { rows: late } = await fill('manager', 40_00n, '2028-12-31');
    expect(late[0]).toMatchObject({
      originalDueOn: new Date('2026-12-01'),
      effectiveDue: new Date('2028-12-31'),
    });
    expect(await fresh(row)).toMatchObject({ freedLeft: 0n });
  });

  it('leaves what a plan never held free for any day', async () => {
    const { rows, contract } = await anActiveContract(company, [[100_00n, '2026-12-01']], {
      contract: { amount: 150_00n },
    });
    const [row] = rows;
    if (!row) throw new Error('no row');
    await remove('rep', row);
    const { unplanned } = await createPlan(await company.as('rep'), {
      contractId: contract.id,
      rows: [
        { name: '余额', amount: 50_00n, dueOn: localDate('2028-01-01') },
        { name: '重排', amount: 100_00n, dueOn: localDate('2026-12-01') },
      ],
    });
    expect(unplanned).toBe(0n);
  });

  it('is the manager’s once postponed', async () => {
    const row = await aRow();
    await postpone('rep', row, localDate('2026-12-05'));
    await expect(remove('rep', row)).rejects.toEqual(code('instalment.needs_manager'));
    await expect(remove('manager', row)).resolves.toMatchObject({ lifecycle: 'cancelled' });
  });

  it('never takes a row with money, waiting or received, from anybody', async () => {
    const waiting = await aRow();
    const { receipt, approval } = await aSubmittedReceipt(company, waiting, 30_00n);
    await expect(remove('manager', waiting)).rejects.toEqual(code('instalment.has_money'));
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    expect(receipt.status).toBe('submitted');
    await expect(remove('director', waiting)).rejects.toEqual(code('instalment.has_money'));
  });

  it('loses a race against money, or money loses it: never both', async () => {
    const row = await aRow();
    const results = await Promise.allSettled([
      aSubmittedReceipt(company, row, 100_00n),
      remove('manager', row),
    ]);
    const removed = (await fresh(row)).lifecycle === 'cancelled';
    const lines = await company.db.allocation.count({ where: { instalmentId: row.id, status: 'proposed' } });
    expect(results.some((one) => one.status === 'fulfilled')).toBe(true);
    expect(removed && lines > 0).toBe(false);
  });

  // The embedded engine runs one transaction at a time: nothing can come in between.
  if (inject('testDatabase').engine === 'postgres') {
    it('that is under way when money is recorded leaves no money on a row that is gone', async () => {
      const row = await aRow();
      let release = () => {};
      const held = new Promise<void>((resolve) => {
        release = resolve;
      });
      let deleted = () => {};
      const isDeleted = new Promise<void>((resolve) => {
        deleted = resolve;
      });
      const manager = await company.as('manager');
      const deleting = transact(company.db, async (tx) => {
        await lockInstalment(tx, row.id);
        await tx.instalment.update({
          where: { id: row.id },
          data: { lifecycle: 'cancelled', outstanding: 0n },
        });
        await tx.contract.update({ where: { id: row.contractId }, data: { planIncomplete: true } });
        await addRevisions(tx, manager, [row], 'deleted');
        deleted();
        await held;
      });
      await Promise.race([isDeleted, deleting]);
      const recording = aSubmittedReceipt(company, row, 100_00n);
      recording.catch(() => {});
      await vi.waitFor(async () => {
        const { rows } = await database.db.pool.query(
          "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
        );
        expect(rows).toHaveLength(1);
      }, 10_000);
      release();
      await deleting;
      await expect(recording).rejects.toEqual(code('receipt.split_changed'));
    });
  }
});

describe('editing', () => {
  const edit = async (who: PersonKey, row: Instalment, change: object) => {
    const now = await fresh(row);
    const dueOn = now.dueOn && localDate(now.dueOn.toISOString().slice(0, 10));
    const { id, version, name, amount, plannedMethod, remindDaysAhead, remark } = now;
    return editInstalment(await company.as(who), {
      ...{ id, version, name, amount, dueOn, plannedMethod, remindDaysAhead, remark },
      ...change,
    });
  };

  it('lets a date come earlier, not later, and no other amount in force', async () => {
    const row = await aRow();
    await expect(edit('rep', row, { dueOn: localDate('2026-12-02') })).rejects.toEqual(
      code('instalment.needs_amendment', 'dueOn'),
    );
    await expect(edit('rep', row, { amount: 99_00n })).rejects.toEqual(
      code('instalment.needs_amendment', 'amount'),
    );
    await expect(edit('rep', row, { dueOn: localDate('2026-11-28'), name: '首付' })).resolves.toMatchObject({
      name: '首付',
      effectiveDue: new Date('2026-11-28'),
      dueEpoch: row.dueEpoch + 1,
    });
  });

  it('of a postponed row to a day after the one agreed shortens the postponement: the 30 days go on counting', async () => {
    const row = await aRow('2026-12-01');
    await postpone('rep', row, localDate('2026-12-31'));
    const shorter = await edit('rep', row, { dueOn: localDate('2026-12-20') });
    expect(shorter).toMatchObject({
      dueOn: new Date('2026-12-01'),
      postponedTo: new Date('2026-12-20'),
      effectiveDue: new Date('2026-12-20'),
    });
    await expect(postpone('rep', row, localDate('2027-01-15'))).rejects.toEqual(
      code('instalment.needs_manager', 'to'),
    );
    await expect(edit('rep', row, { dueOn: localDate('2026-11-28') })).resolves.toMatchObject({
      dueOn: new Date('2026-11-28'),
      postponedTo: null,
      effectiveDue: new Date('2026-11-28'),
    });
  });

  it('asks before a date becomes one that has passed', async () => {
    const row = await aRow();
    const change = { dueOn: localDate('2026-11-19') };
    await expect(edit('rep', row, change)).rejects.toEqual(code('plan.past_date', 'dueOn'));
    await expect(edit('rep', row, { ...change, alreadyDue: true })).resolves.toMatchObject({
      effectiveDue: new Date('2026-11-19'),
    });
    // What was late before stays as it is.
    await expect(edit('rep', row, { remark: '催过' })).resolves.toMatchObject({ remark: '催过' });
  });

  it('keeps the sum rule while the contract is a draft', async () => {
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
      rows: [
        { name: 'a', amount: 60_00n, dueOn: localDate('2026-12-01') },
        { name: 'b', amount: 30_00n, dueOn: null },
      ],
    });
    const [row] = rows;
    if (!row) throw new Error('no row');
    await expect(edit('rep', row, { amount: 70_01n })).rejects.toEqual(
      code('plan.exceeds_contract', 'amount'),
    );
    await expect(edit('rep', row, { amount: 70_00n })).resolves.toMatchObject({
      amount: 70_00n,
      outstanding: 70_00n,
    });
    await expect(
      createPlan(await company.as('rep'), {
        contractId: draft.id,
        rows: [{ name: 'c', amount: 1n, dueOn: null }],
      }),
    ).rejects.toEqual(code('plan.exceeds_contract', 'amount'));
  });

  it('lets two people plan the last of a balance at once: one of them', async () => {
    const customer = await aCustomer(company);
    const draft = await createContract(await company.as('rep'), {
      customerId: customer.id,
      name: '草稿',
      type: 'vehicle',
      amount: 100_00n,
      currency: 'CNY',
    });
    const plan = async (who: PersonKey) =>
      createPlan(await company.as(who), {
        contractId: draft.id,
        rows: [{ name: 'a', amount: 60_00n, dueOn: null }],
      });
    const results = await Promise.allSettled([plan('rep'), plan('manager'), plan('director')]);
    expect(results.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
  });
});

describe('what lists find', () => {
  it('narrows by state as of the day, customer, words, dates and amounts, and sums by currency', async () => {
    const { customer, contract, rows } = await anActiveContract(company, [
      [10_00n, '2026-11-10'],
      [20_00n, '2026-11-20'],
      [30_00n, null],
    ]);
    const ctx = await company.as('rep');
    const seqs = async (filter: object, who = ctx) =>
      (await findRows(who, { customerId: customer.id, ...filter })).rows.map((row) => row.seq);
    expect(await seqs({})).toEqual([1, 2, 3]);
    expect(await seqs({ states: ['overdue'] })).toEqual([1]);
    expect(await seqs({ states: ['open', 'undated'] })).toEqual([2, 3]);
    const tomorrow = await company.as('rep', new Date('2026-11-21T02:00:00Z'));
    expect(await seqs({ states: ['overdue'] }, tomorrow)).toEqual([1, 2]);
    expect(await seqs({ from: localDate('2026-11-11'), to: localDate('2026-11-20') })).toEqual([2]);
    expect(await seqs({ amountFrom: 20_00n, amountTo: 20_00n })).toEqual([2]);
    expect(await seqs({ words: `${contract.number} kehu` })).toEqual([1, 2, 3]);
    expect(await seqs({ words: '100%_' })).toEqual([]);
    expect(await seqs({ sort: 'amount' })).toEqual([3, 2, 1]);
    const { totals, total } = await findRows(ctx, { contractId: contract.id });
    expect({ totals, total }).toEqual({
      total: 3,
      totals: [{ currency: 'CNY', count: 3, amount: 60_00n, outstanding: 60_00n, inactive: 0n }],
    });
    const second = await findRows(ctx, { contractId: contract.id }, { number: 99, size: 2 });
    expect(second).toMatchObject({ page: 2, pages: 2, rows: [{ id: rows[2]?.id }] });
  });

  it('shows each only their own scope', async () => {
    const { contract, rows } = await anActiveContract(company, [[10_00n, '2026-12-01']]);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const count = async (who: PersonKey, filter = {}) =>
      (await findRows(await company.as(who), { contractId: contract.id, ...filter })).total;
    expect(await count('rep')).toBe(1);
    expect(await count('manager')).toBe(1);
    expect(await count('manager', { owners: 'own' })).toBe(0);
    expect(await count('manager', { owners: 'team' })).toBe(1);
    expect(await count('rep2')).toBe(0);
    expect(await count('rep2', { owners: 'all' })).toBe(0);
    expect(await count('nobody')).toBe(0);
    expect(await count('nobody', { owners: 'own' })).toBe(0);
    expect(await count('finance')).toBe(1);
    expect(await findRow(await company.as('rep2'), row.id)).toBeNull();
    expect(await findInstalmentDetail(await company.as('rep2'), row.id)).toBeNull();
    expect(await findPlanTarget(await company.as('rep2'), contract.id)).toBeNull();
    expect(await listPlannable(await company.as('rep2'), row.customerId)).toEqual([]);
    expect(await searchPlanCustomers(await company.as('rep2'), '', row.customerId)).toEqual([]);
  });

  it('offers for planning only what has something left to plan', async () => {
    const full = await anActiveContract(company, [[10_00n, '2026-12-01']]);
    const ctx = await company.as('rep');
    expect(await listPlannable(ctx, full.customer.id)).toEqual([]);
    expect(await searchPlanCustomers(ctx, '', full.customer.id)).toEqual([]);
    const [row] = full.rows;
    if (!row) throw new Error('no row');
    await remove('rep', row);
    expect(await listPlannable(ctx, full.customer.id)).toMatchObject([
      { contractId: full.contract.id, planned: 0n },
    ]);
    expect(await searchPlanCustomers(ctx, '', full.customer.id)).toMatchObject([{ id: full.customer.id }]);
    // Words of the customer count too, as everywhere that contracts are looked for.
    const found = (words: string) => listPlannable(ctx, full.customer.id, words);
    const { name, number } = full.contract;
    expect(await found(`${full.customer.name} ${name} ${number}`)).toHaveLength(1);
    expect(await found(`${full.customer.name} 没有的`)).toEqual([]);
  });

  it('shows what waits for approval beside the row', async () => {
    const row = await aRow();
    const { receipt } = await aSubmittedReceipt(company, row, 30_00n);
    const shown = await findRow(await company.as('rep'), row.id);
    expect(shown).toMatchObject({ proposed: 30_00n, waiting: { number: receipt.number, amount: 30_00n } });
  });

  it('tells the history, newest ten', async () => {
    const row = await aRow();
    for (let day = 1; day <= 12; day += 1) {
      const at = new Date(Date.UTC(2026, 10, 20, 3, day));
      const ctx = await company.as('manager', at);
      const { version } = await fresh(row);
      await postponeInstalment(ctx, {
        id: row.id,
        version,
        to: addDays(localDate('2026-12-01'), day),
        remark: `${day}`,
      });
    }
    const detail = await findInstalmentDetail(await company.as('rep'), row.id);
    expect(detail?.history).toHaveLength(10);
    expect(detail?.history[0]).toMatchObject({
      kind: 'postponed',
      who: 'manager',
      remark: '12',
      to: '2026-12-13',
    });
    expect(detail?.managerName).toBe('manager');
  });
});

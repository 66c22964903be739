// Acknowledging a case: by whom it asks, once, with everybody else told who was faster.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createContract } from '../../src/domain/contracts/contract.service.js';
import { submitContract } from '../../src/domain/contracts/contract-approval.service.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { fromUtcDate, localDate } from '../../src/domain/local-date.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { findTodo } from '../../src/domain/reminders/todo.queries.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  aCustomer,
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { at, mornings, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
let row: Instalment;
let caseId: string;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { escalationChannelId: 'C_ESC' });
  const made = await anActiveContract(company, [[100_000_00n, '2026-12-10']], { now: at('2026-11-20') });
  const [first] = made.rows;
  if (!first) throw new Error('no row');
  row = first;
  await mornings(company, '2026-12-11', '2026-12-14');
  caseId = (await company.db.escalationCase.findFirstOrThrow()).id;
});
afterAll(() => database.close());

const noon = at('2026-12-14', '12:00');
const acknowledge = async (who: Parameters<TestCompany['as']>[0]) =>
  acknowledgeCase(await company.as(who, noon), caseId);
const events = async () =>
  (await company.db.outbox.findMany({ where: { kind: 'case.line' }, orderBy: { createdAt: 'asc' } })).map(
    (line) => (line.payload as { event: string }).event,
  );

describe('acknowledging', () => {
  it('is done by who decides in the place of somebody it asks, and by nobody else', async () => {
    const until = new Date('2026-12-31');
    await company.db.user.update({
      where: { id: company.ids.manager },
      data: { delegateId: company.ids.finance, delegateUntil: until },
    });
    await expect(acknowledge('finance2')).rejects.toMatchObject({ code: 'case.not_recipient' });
    expect(await acknowledge('finance')).toMatchObject({ ackedById: company.ids.finance });
  });

  it('holds the next level for three workdays, marks the reminder and tells the thread', async () => {
    const acked = await acknowledge('manager');
    expect(acked.ackedUntil && fromUtcDate(acked.ackedUntil)).toBe('2026-12-17');
    expect(await events()).toEqual(['opened', 'acknowledged']);
    const mine = await company.db.reminder.findFirstOrThrow({
      where: { recipientId: company.ids.manager, ruleCode: 'E2' },
    });
    expect(mine).toMatchObject({ status: 'acked', ackedById: company.ids.manager });
    expect(await company.db.auditLog.count({ where: { action: 'case.acknowledged' } })).toBe(1);
    const card = await findCaseCard(await company.system(noon), caseId);
    expect(card).toMatchObject({
      acknowledged: { until: '2026-12-17' },
      next: { level: 2, on: '2026-12-17' },
    });
  });

  it('two at once: one wins, the other is told who and when', async () => {
    await company.db.user.update({
      where: { id: company.ids.manager },
      data: { delegateId: company.ids.finance, delegateUntil: new Date('2026-12-31') },
    });
    const both = ['manager', 'finance'] as const;
    const results = await Promise.allSettled(both.map((who) => acknowledge(who)));
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [winner, loser] = results[0]?.status === 'fulfilled' ? both : both.toReversed();
    await expect(acknowledge(loser ?? 'manager')).rejects.toMatchObject({
      code: 'case.decided',
      params: { who: winner, closed: false },
    });
    await expect(acknowledge(winner ?? 'manager')).rejects.toMatchObject({ code: 'case.acknowledged' });
    expect(await events()).toEqual(['opened', 'acknowledged']);
  });

  it('is only for the people it asks, and names them', async () => {
    await expect(acknowledge('rep')).rejects.toMatchObject({
      code: 'case.not_recipient',
      params: { names: ['manager'] },
    });
    await expect(acknowledge('admin')).rejects.toMatchObject({ code: 'case.not_recipient' });
    await expect(acknowledge('rep2')).rejects.toMatchObject({ code: 'not_found' });
    await expect(acknowledge('nobody')).rejects.toMatchObject({ code: 'role.missing' });
  });

  it('a forged or closed case is refused', async () => {
    await expect(
      acknowledgeCase(await company.as('manager', noon), '01890000-0000-7000-8000-000000000000'),
    ).rejects.toMatchObject({ code: 'not_found' });
    const { approval } = await aSubmittedReceipt(company, row, row.amount, { now: noon });
    await approveReceipt(await company.as('finance', noon), approval.id, approval.version);
    await expect(acknowledge('manager')).rejects.toMatchObject({
      code: 'case.decided',
      params: { closed: true },
    });
    expect(await events()).toEqual(['opened', 'submitted', 'paid']);
  });
});

describe('the card names the day on which the next level comes', () => {
  const cardAt = async (date: string) => findCaseCard(await company.system(at(date, '12:00')), caseId);

  it('the workday after a promise that ends on a Friday', async () => {
    await recordFollowUp(await company.as('rep', noon), {
      instalmentId: row.id,
      kind: 'call',
      content: '下周付',
      result: 'promised',
      promisedOn: localDate('2026-12-18'),
      promisedAmount: row.amount,
      reason: null,
      pauseUntil: null,
      nextOn: null,
    });
    expect(await cardAt('2026-12-14')).toMatchObject({ next: { level: 2, on: '2026-12-21' } });
    await mornings(company, '2026-12-19', '2026-12-20');
    expect(await cardAt('2026-12-20')).toMatchObject({ level: 1 });
    await mornings(company, '2026-12-21', '2026-12-21');
    // The levels whose days the promise let pass are passed with it.
    expect(await cardAt('2026-12-21')).toMatchObject({ level: 2, next: { level: 3, on: '2026-12-25' } });
  });

  it('none once the highest is acknowledged: whatever was said is repeated every week', async () => {
    await mornings(company, '2027-02-08', '2027-02-08');
    expect(await cardAt('2027-02-08')).toMatchObject({
      level: 4,
      next: null,
      isHighest: true,
      isRepeated: true,
    });
    await acknowledgeCase(await company.as('director', at('2027-02-08', '12:00')), caseId);
    const before = (await sentAbout(company, row.id)).length;
    await mornings(company, '2027-02-09', '2027-02-23');
    const later = (await sentAbout(company, row.id)).slice(before);
    expect(later).toEqual([
      '2027-02-15 W→manager',
      '2027-02-15 W→rep',
      '2027-02-22 W→manager',
      '2027-02-22 W→rep',
    ]);
    expect(await cardAt('2027-02-23')).toMatchObject({
      level: 4,
      acknowledged: { until: '2027-02-11' },
      next: null,
    });
  });
});

describe('findTodo', () => {
  it('shows a row from D-N until it is paid, and a manager the cases that ask them', async () => {
    const rowsAt = async (who: 'rep' | 'rep2', date: string) =>
      (await findTodo(await company.as(who, at(date)))).rows.map((one) => one.id);
    expect(await rowsAt('rep', '2026-12-02')).toEqual([]);
    expect(await rowsAt('rep', '2026-12-03')).toEqual([row.id]);
    expect(await rowsAt('rep', '2026-12-05')).toEqual([row.id]);
    expect(await rowsAt('rep2', '2026-12-14')).toEqual([]);
    const mine = await findTodo(await company.as('rep', at('2026-12-14')));
    expect(mine.counts).toMatchObject({
      overdue: 1,
      overdueTotals: [{ minor: 100_000_00n, currency: 'CNY' }],
      dueToday: 0,
      waiting: 0,
    });
    expect((await findTodo(await company.as('rep', at('2026-12-10')))).counts).toMatchObject({ dueToday: 1 });
    const managers = await findTodo(await company.as('manager', at('2026-12-14')));
    expect(managers.cases.map((one) => one.caseId)).toEqual([caseId]);
    // What their team has, as their Home counts it; the rows themselves are the rep's to-do.
    expect(managers.counts).toMatchObject({ overdue: 1, waiting: 1 });
    expect(managers.rows).toEqual([]);
    // What is left is not worth a reminder: nobody is asked.
    const tolerated = {
      where: { id: row.id },
      data: { outstanding: BigInt((await company.system()).company.settings.toleranceMinor) },
    };
    await company.db.instalment.update(tolerated);
    const asked = await findTodo(await company.as('manager', at('2026-12-14')));
    expect([asked.cases, asked.counts.waiting]).toEqual([[], 0]);
    await company.db.instalment.update({ ...tolerated, data: { outstanding: row.outstanding } });
    const { approval } = await aSubmittedReceipt(company, row, row.amount, { now: noon });
    expect((await findTodo(await company.as('finance', noon))).approvals).toMatchObject({ receipts: 1 });
    expect((await findTodo(await company.as('rep', noon))).approvals).toMatchObject({ receipts: 0 });
    await approveReceipt(await company.as('finance', noon), approval.id, approval.version);
    expect(await rowsAt('rep', '2026-12-15')).toEqual([]);
    expect((await findTodo(await company.as('manager', at('2026-12-15')))).cases).toEqual([]);
  });

  it('pages, and a page beyond the last is the last', async () => {
    const parts = Array.from({ length: 24 }, (): [bigint, string] => [100_00n, '2026-12-12']);
    await anActiveContract(company, parts, { now: at('2026-12-10') });
    const ctx = await company.as('rep', at('2026-12-14'));
    const last = await findTodo(ctx, { number: 9 });
    expect([last.page, last.pages, last.total, last.rows.length]).toEqual([2, 2, 25, 5]);
    const first = await findTodo(ctx);
    expect(new Set([...first.rows, ...last.rows].map((one) => one.id)).size).toBe(25);
  });

  it('a contract that waits for its manager is counted there only', async () => {
    const customer = await aCustomer(company);
    const draft = await createContract(await company.as('rep', noon), {
      customerId: customer.id,
      name: '设备合同',
      type: 'vehicle',
      amount: 100n,
      currency: 'CNY',
    });
    await submitContract(await company.as('rep', noon), {
      id: draft.id,
      version: draft.version,
      planLater: true,
    });
    const waiting = async (who: 'manager' | 'director') =>
      (await findTodo(await company.as(who, noon))).counts.waiting;
    // The case of before, and the contract.
    expect([await waiting('manager'), await waiting('director')]).toEqual([2, 0]);
  });
});

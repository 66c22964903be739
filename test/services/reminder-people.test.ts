// Whom reminders reach when people change: nobody who has no role that sees the row, and after a change of owner the line
// above the new one.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Role } from '../../src/domain/access.js';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { handOver } from '../../src/domain/customers/hand-over.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate } from '../../src/domain/local-date.js';
import { loadRows } from '../../src/domain/plans/instalment.queries.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { passOnUnseen } from '../../src/domain/reminders/pass-on.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { findTodo } from '../../src/domain/reminders/todo.queries.js';
import { listUnheld } from '../../src/domain/reminders/unheld-roles.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { at, morning, mornings, sendAll, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { escalationChannelId: 'C_ESC' });
});
afterAll(() => database.close());

const change = (who: PersonKey, data: { roles?: Role[]; remindAt?: string; managerId?: string }) =>
  company.db.user.update({ where: { id: company.ids[who] }, data });
// Due on a Thursday: E2 comes on Monday the 14th.
async function aRow(): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [[100_000_00n, '2026-12-10']], { now: at('2026-11-20') });
  return company.db.instalment.findUniqueOrThrow({ where: { id: rows[0]?.id ?? '' } });
}
const plan = async (date: string, time?: string) => planReminders(await company.system(at(date, time)));
const sentSince = async (row: Instalment, date: string) =>
  (await sentAbout(company, row.id)).filter((line) => line >= date);
async function reverse(receiptId: string, now: Date): Promise<void> {
  const { amount } = await company.db.receipt.findUniqueOrThrow({ where: { id: receiptId } });
  const { id } = await askReversal(await company.as('finance', now), { receiptId, amount, reason: '退票' });
  const { id: approvalId, version } = await company.db.approval.findFirstOrThrow({
    where: { subjectId: id },
  });
  await approve(await company.as('financeManager', now), approvalId, version);
}
const openCase = () => company.db.escalationCase.findFirstOrThrow({ where: { closedOn: null } });
const digestOf = async (who: PersonKey, date: string) =>
  findDigest(await company.system(at(date, '15:00')), company.ids[who], localDate(date));

describe('without a role that sees the row', () => {
  it('a case asks who takes the place of those it asked, whatever changed', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-11', '2026-12-14');
    const { manager, director, finance2 } = company.ids;
    expect((await openCase()).recipientIds).toEqual([manager]);
    // The rep is somebody else's now: nothing else comes before D+7.
    await change('finance2', { roles: ['sales_manager'], managerId: director });
    await change('rep', { managerId: finance2 });
    await plan('2026-12-15');
    expect((await openCase()).recipientIds).toEqual([finance2]);
    expect((await digestOf('finance2', '2026-12-15'))?.cases).toMatchObject([{ row: { id: row.id } }]);
    await sendAll(company);
    await change('finance2', { roles: [] });
    await plan('2026-12-16');
    const { recipientIds, version } = await openCase();
    expect(recipientIds).toEqual([director]);
    await plan('2026-12-16', '09:01');
    expect((await openCase()).version).toBe(version);
  });

  it('the owner is not told of a step that was not theirs when its case asks somebody else', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-11', '2026-12-14');
    const { rep, director } = company.ids;
    // As a ladder has it whose step names only those above.
    await company.db.reminder.deleteMany({ where: { recipientId: rep, ruleCode: 'E2' } });
    await change('manager', { roles: [] });
    await morning(company, '2026-12-15');
    expect((await openCase()).recipientIds).toEqual([director]);
    expect(await sentSince(row, '2026-12-15')).toEqual(['2026-12-15 E2→director']);
  });

  it('a case that is reopened asks the people above who owns the row by then', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-11', '2026-12-14');
    const { director, finance2 } = company.ids;
    await change('finance2', { roles: ['sales_manager'], managerId: director });
    await change('rep2', { managerId: finance2 });
    const now = at('2026-12-15', '14:00');
    const { receipt, approval } = await aSubmittedReceipt(company, row, row.amount, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    await handOver(await company.as('director', now), company.ids.rep, company.ids.rep2);
    await reverse(receipt.id, at('2026-12-15', '15:00'));
    expect(await openCase()).toMatchObject({ level: 1, recipientIds: [finance2] });
  });

  it('a role that nobody holds comes to the admins, who are told so once a day and of whom', async () => {
    await aRow();
    await change('financeManager', { roles: ['auditor'] });
    for (const who of ['manager', 'director'] as const) await change(who, { roles: [] });
    await mornings(company, '2026-12-11', '2026-12-17');
    const told = () =>
      company.db.outbox.findMany({ where: { kind: 'reminders.unheld' }, orderBy: { dedupeKey: 'asc' } });
    const { admin } = company.ids;
    expect((await told()).map((one) => one.dedupeKey)).toEqual([
      `reminders.unheld:2026-12-14@${admin}`,
      `reminders.unheld:2026-12-17@${admin}`,
    ]);
    await plan('2026-12-17', '10:00');
    expect(await told()).toHaveLength(2);
    const unheld = listUnheld(await company.system(at('2026-12-17', '10:00')), localDate('2026-12-17'));
    expect(await unheld).toEqual([
      { role: 'sales_manager', ownerName: 'rep', count: 1 },
      { role: 'sales_director', ownerName: 'rep', count: 1 },
      { role: 'finance_manager', ownerName: null, count: 1 },
    ]);
    // Who holds it by now is not asked for any more.
    await change('manager', { roles: ['sales_manager'] });
    const left = await listUnheld(await company.system(), localDate('2026-12-17'));
    expect(left.map((one) => one.role)).toEqual(['sales_director', 'finance_manager']);
  });

  it('a manager or an owner is passed over as if they had left', async () => {
    const row = await aRow();
    await change('manager', { roles: ['rep'] });
    await mornings(company, '2026-12-11', '2026-12-14');
    expect(await sentSince(row, '2026-12-12')).toEqual(['2026-12-14 E2→director', '2026-12-14 E2→rep']);
    expect((await openCase()).recipientIds).toEqual([company.ids.director]);
    await change('rep', { roles: [] });
    await mornings(company, '2026-12-15', '2026-12-17');
    expect(await sentSince(row, '2026-12-15')).toEqual([
      '2026-12-17 E3→director',
      '2026-12-17 E3→financeManager',
    ]);
    // Who stands in is offered to give the row to somebody.
    expect(await loadRows(await company.system(), [row.id])).toMatchObject([{ ownerActive: false }]);
  });

  it('what waits for their hour goes to who takes their place', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-11');
    await change('manager', { remindAt: '11:00' });
    await plan('2026-12-14');
    await change('manager', { roles: [] });
    await morning(company, '2026-12-14', '11:00');
    await morning(company, '2026-12-14', '11:01');
    expect(await sentSince(row, '2026-12-12')).toEqual(['2026-12-14 E2→director', '2026-12-14 E2→rep']);
    expect(
      await company.db.reminder.findFirst({ where: { recipientId: company.ids.manager } }),
    ).toMatchObject({
      status: 'skipped',
      skipReason: 'inactive',
    });
  });

  it('what waits of many rows is passed on in several transactions, each row once', async () => {
    const parts = Array.from({ length: 5 }, (): [bigint, string] => [100_00n, '2026-12-10']);
    await anActiveContract(company, parts, { now: at('2026-11-20') });
    await mornings(company, '2026-12-10', '2026-12-11');
    await change('manager', { remindAt: '11:00' });
    await plan('2026-12-14');
    await change('manager', { roles: [] });
    await passOnUnseen(await company.system(at('2026-12-14', '11:00')), 2);
    const { manager, director } = company.ids;
    const transactions = await company.db.$queryRaw<{ count: number }[]>`
      SELECT COUNT(*)::int AS count FROM reminder WHERE recipient_id = ${manager}::uuid AND skip_reason = 'inactive'
      GROUP BY xmin ORDER BY 1`;
    expect(transactions.map((one) => one.count)).toEqual([1, 2, 2]);
    expect(await company.db.reminder.count({ where: { recipientId: director, status: 'pending' } })).toBe(5);
  });

  it('a digest that is about to be sent tells them nothing, and is not made again', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-11');
    await plan('2026-12-14');
    await change('manager', { roles: ['rep'] });
    const system = await company.system(at('2026-12-14', '09:00'));
    expect(await findDigest(system, company.ids.manager, localDate('2026-12-14'))).toBeNull();
    await morning(company, '2026-12-14', '09:01');
    await morning(company, '2026-12-14', '09:02');
    expect(await sentSince(row, '2026-12-12')).toEqual(['2026-12-14 E2→director', '2026-12-14 E2→rep']);
  });

  it('whom a case had asked is replaced when it is overdue again, and while it waits to be sent', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-17');
    const { director, financeManager, finance, manager } = company.ids;
    expect((await openCase()).recipientIds.toSorted()).toEqual([director, financeManager].toSorted());
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    await postponeInstalment(await company.as('manager', at('2026-12-18')), {
      id: row.id,
      version,
      to: localDate('2026-12-24'),
      remark: '客户年底付款',
    });
    // Before the new day: there is no director any more, and another finance manager.
    await change('director', { roles: ['rep'] });
    await change('financeManager', { remindAt: '11:00' });
    await mornings(company, '2026-12-22', '2026-12-24');
    await plan('2026-12-25');
    expect((await openCase()).recipientIds.toSorted()).toEqual(
      [financeManager, company.ids.admin].toSorted(),
    );
    await change('financeManager', { roles: ['rep'] });
    await change('finance', { roles: ['finance_manager'] });
    await mornings(company, '2026-12-25', '2026-12-25');
    await morning(company, '2026-12-25', '11:01');
    await morning(company, '2026-12-25', '11:02');
    expect(await sentSince(row, '2026-12-25')).toEqual([
      '2026-12-25 E1→admin',
      '2026-12-25 E1→finance',
      '2026-12-25 E1→rep',
    ]);
    const { recipientIds } = await openCase();
    expect(recipientIds).toContain(finance);
    expect(recipientIds).not.toContain(financeManager);
    expect(recipientIds).not.toContain(manager);
  });

  it('what waits goes back to whom it had been taken from', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-11');
    await plan('2026-12-14', '08:00');
    await company.db.reminder.updateMany({
      where: { recipientId: company.ids.director },
      data: { status: 'skipped', skipReason: 'reassigned' },
    });
    await company.db.reminder.create({
      data: {
        id: newId(at('2026-12-14')),
        instalmentId: row.id,
        dueEpoch: 0,
        ruleCode: 'E2',
        occurrenceOn: new Date('2026-12-13'),
        recipientRole: 'sales_manager',
        recipientId: company.ids.director,
        status: 'skipped',
        skipReason: 'reassigned',
        plannedOn: new Date('2026-12-14'),
        createdAt: at('2026-12-14', '07:00'),
      },
    });
    await change('manager', { remindAt: '11:00' });
    await plan('2026-12-14');
    await change('manager', { roles: [] });
    await morning(company, '2026-12-14', '11:01');
    await morning(company, '2026-12-14', '11:02');
    expect(await sentSince(row, '2026-12-12')).toContain('2026-12-14 E2→director');
  });

  it('nobody gets the copy of another’s morning', async () => {
    await aRow();
    const until = new Date('2026-12-31');
    const copies = () => company.db.outbox.count({ where: { kind: 'digest.copy' } });
    await company.db.user.update({
      where: { id: company.ids.rep },
      data: { delegateId: company.ids.nobody, delegateUntil: until },
    });
    await mornings(company, '2026-12-10', '2026-12-10');
    expect(await copies()).toBe(0);
    await change('nobody', { roles: ['auditor'] });
    await mornings(company, '2026-12-11', '2026-12-11');
    expect(await copies()).toBe(1);
  });
});

describe('a row that goes to another team', () => {
  // Of another team, whom finance2 leads here.
  beforeEach(async () => {
    await change('finance2', { roles: ['sales_manager'], managerId: company.ids.director });
    await change('rep2', { managerId: company.ids.finance2 });
  });
  const give = async (row: Instalment, to: PersonKey, time: string) => {
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    const ctx = await company.as('director', at(time.slice(0, 10), time.slice(11)));
    await reassignInstalment(ctx, { id: row.id, version, toId: company.ids[to] });
  };
  const lines = async () =>
    (await company.db.outbox.findMany({ where: { kind: 'case.line' }, orderBy: { createdAt: 'asc' } })).map(
      (line) => (line.payload as { event: string }).event,
    );

  it('before the old manager’s hour is told to the new one, and asks them', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-11');
    await change('manager', { remindAt: '11:00' });
    await morning(company, '2026-12-14');
    await give(row, 'rep2', '2026-12-14 10:00');
    await morning(company, '2026-12-14', '11:01');
    expect(await sentSince(row, '2026-12-12')).toEqual([
      '2026-12-14 E2→finance2',
      '2026-12-14 E2→rep',
      '2026-12-14 E2→rep2',
    ]);
    const { id, recipientIds } = await openCase();
    expect(recipientIds).toEqual([company.ids.finance2]);
    expect(await lines()).toEqual(['opened', 'reassigned_beyond']);
    const noon = at('2026-12-14', '12:00');
    // Asked at a time when the row was their team's.
    const both = [company.ids.manager, company.ids.finance2];
    await company.db.escalationCase.update({ where: { id }, data: { recipientIds: both } });
    expect((await findTodo(await company.as('manager', noon))).cases).toEqual([]);
    await expect(acknowledgeCase(await company.as('manager', noon), id)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await digestOf('finance2', '2026-12-14'))?.cases).toMatchObject([{ caseId: id }]);
    await acknowledgeCase(await company.as('finance2', noon), id);
    // Given back before the next level: who acknowledged is still who did, nobody is asked again.
    await give(row, 'rep', '2026-12-14 13:00');
    expect(await openCase()).toMatchObject({
      recipientIds: [company.ids.manager],
      ackedById: company.ids.finance2,
    });
    expect((await lines()).at(-1)).toBe('reassigned');
  });

  it('tells no more whom its case had asked before their hour, though they see everything', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-14');
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
    const later = { id: row.id, version, to: localDate('2026-12-21'), remark: '客户月底付款' };
    await postponeInstalment(await company.as('rep', at('2026-12-15')), later);
    await change('manager', { roles: ['sales_manager', 'auditor'], remindAt: '11:00' });
    // Overdue again: its step is the owner's, and whom the case asks is told as such.
    await morning(company, '2026-12-22');
    const told = { instalmentId: row.id, recipientId: company.ids.manager, recipientRole: 'case' };
    const waits = await company.db.reminder.findFirstOrThrow({ where: told });
    expect(waits).toMatchObject({ status: 'pending', outboxId: null });
    await give(row, 'rep2', '2026-12-22 10:00');
    expect(await company.db.reminder.findUniqueOrThrow({ where: { id: waits.id } })).toMatchObject({
      status: 'skipped',
      skipReason: 'reassigned',
    });
    await morning(company, '2026-12-22', '11:01');
    expect(await sentSince(row, '2026-12-22')).toEqual([
      '2026-12-22 E1→finance2',
      '2026-12-22 E1→rep',
      '2026-12-22 E1→rep2',
    ]);
  });

  it('after it was told asks the new line once, and goes on with it', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-14');
    await give(row, 'rep2', '2026-12-14 14:00');
    // What the old manager was told this morning is not theirs any more.
    expect(await digestOf('manager', '2026-12-14')).toBeNull();
    await mornings(company, '2026-12-15', '2026-12-17');
    expect(await sentSince(row, '2026-12-14')).toEqual([
      '2026-12-14 E2→finance2',
      '2026-12-14 E2→manager',
      '2026-12-14 E2→rep',
      '2026-12-14 E2→rep2',
      '2026-12-17 E3→director',
      '2026-12-17 E3→finance2',
      '2026-12-17 E3→financeManager',
      '2026-12-17 E3→rep2',
    ]);
    // The level asks the same people above either of them.
    const asked = (await openCase()).recipientIds.toSorted();
    await give(row, 'rep', '2026-12-17 14:00');
    expect((await openCase()).recipientIds.toSorted()).toEqual(asked);
    expect((await lines()).slice(-1)).toEqual(['reassigned']);
  });

  it('with a whole book has its cases’ cards redrawn, without a line for each', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-14');
    await handOver(
      await company.as('director', at('2026-12-14', '14:00')),
      company.ids.rep,
      company.ids.rep2,
    );
    expect((await openCase()).recipientIds).toEqual([company.ids.finance2]);
    expect(await lines()).toEqual(['opened']);
    expect(await company.db.outbox.count({ where: { kind: 'case.card', op: 'update' } })).toBe(1);
    await morning(company, '2026-12-15');
    expect((await sentSince(row, '2026-12-14')).filter((line) => line.includes('2'))).toContain(
      '2026-12-14 E2→finance2',
    );
  });

  it('in a book of several batches leaves the old owner’s message with each of them', async () => {
    const parts = Array.from({ length: 201 }, (): [bigint, string] => [1_000_00n, '2026-12-10']);
    await anActiveContract(company, parts.slice(0, 101), { now: at('2026-11-20') });
    await anActiveContract(company, parts.slice(101), { now: at('2026-11-20') });
    await mornings(company, '2026-12-14', '2026-12-14');
    await handOver(
      await company.as('director', at('2026-12-14', '14:00')),
      company.ids.rep,
      company.ids.rep2,
    );
    const redraws = { kind: 'digest', op: 'update', recipient: `user:${company.ids.rep}` };
    expect(await company.db.outbox.count({ where: redraws })).toBe(2);
  });

  it('asks whoever holds a role by now in which one of them was asked', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-17');
    const { director, financeManager, finance } = company.ids;
    expect((await openCase()).recipientIds.toSorted()).toEqual([director, financeManager].toSorted());
    await change('finance', { roles: ['finance_manager'] });
    await give(row, 'rep2', '2026-12-17 14:00');
    expect((await openCase()).recipientIds.toSorted()).toEqual(
      [director, financeManager, finance].toSorted(),
    );
  });

  it('asks somebody where its ladder has no levels any more: who sees it, else the manager', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-10', '2026-12-14');
    await company.db.reminderRule.updateMany({ where: { level: { gte: 1 } }, data: { enabled: false } });
    await give(row, 'rep2', '2026-12-14 14:00');
    expect((await openCase()).recipientIds).toEqual([company.ids.finance2]);
    const asked = [company.ids.director];
    await company.db.escalationCase.updateMany({ data: { recipientIds: asked } });
    await give(row, 'rep', '2026-12-14 15:00');
    expect((await openCase()).recipientIds).toEqual(asked);
  });
});

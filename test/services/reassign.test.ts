// An instalment gets another owner: who may, what the new owner hears, and what the case's thread tells.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { handOver, previewHandOver } from '../../src/domain/customers/hand-over.service.js';
import { newId } from '../../src/domain/ids.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { ensureMember } from '../../src/domain/members/member.service.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { snoozeRow } from '../../src/domain/reminders/snooze.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, morning, mornings, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

// Due on a Thursday: E2 comes on Monday the 14th.
async function anOverdueRow(): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [[100_000_00n, '2026-12-10']], { now: at('2026-11-20') });
  await mornings(company, '2026-12-01', '2026-12-14');
  return company.db.instalment.findUniqueOrThrow({ where: { id: rows[0]?.id ?? '' } });
}
async function give(row: Instalment, to: PersonKey, who: PersonKey = 'manager', version = row.version) {
  const ctx = await company.as(who, at('2026-12-15', '14:00'));
  return reassignInstalment(ctx, { id: row.id, version, toId: company.ids[to] });
}

it('the new owner hears of the highest step once, and of everything after it; the old one of nothing more', async () => {
  const row = await anOverdueRow();
  await give(row, 'rep2');
  await morning(company, '2026-12-15', '14:01');
  await mornings(company, '2026-12-16', '2026-12-17');
  expect((await sentAbout(company, row.id)).filter((line) => line > '2026-12-15')).toEqual([
    '2026-12-15 E2→rep2',
    '2026-12-17 E3→director',
    '2026-12-17 E3→financeManager',
    '2026-12-17 E3→manager',
    '2026-12-17 E3→rep2',
  ]);
  const told = await company.db.outbox.findMany({ where: { kind: 'instalment.changed' } });
  expect(told.map((one) => one.recipient).toSorted()).toEqual(
    [`user:${company.ids.rep}`, `user:${company.ids.rep2}`].toSorted(),
  );
  const line = await company.db.outbox.findFirst({
    where: { kind: 'case.line', payload: { path: ['event'], equals: 'reassigned' } },
  });
  expect(line?.payload).toMatchObject({ byId: company.ids.manager });
  expect(await company.db.auditLog.findFirst({ where: { action: 'instalment.reassigned' } })).toMatchObject({
    before: { ownerId: company.ids.rep },
    after: { ownerId: company.ids.rep2 },
  });
  expect(
    await company.db.instalmentRevision.count({ where: { cause: 'reassigned', ownerId: company.ids.rep2 } }),
  ).toBe(1);
});

it('given back the same morning, the step is not lost', async () => {
  const { rows } = await anActiveContract(company, [[100_000_00n, '2026-12-10']], { now: at('2026-11-20') });
  const id = rows[0]?.id ?? '';
  const current = () => company.db.instalment.findUniqueOrThrow({ where: { id } });
  // Planned, and not sent yet.
  await planReminders(await company.system(at('2026-12-14')));
  await give(await current(), 'rep2');
  await give(await current(), 'rep');
  await morning(company, '2026-12-15', '14:01');
  expect((await sentAbout(company, id)).filter((line) => line.includes('rep'))).toEqual([
    '2026-12-15 E2→rep',
  ]);
});

it('the next contact and what was put off go with the row', async () => {
  const row = await anOverdueRow();
  const current = () => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
  await company.db.instalment.update({
    where: { id: row.id },
    data: { nextContactOn: toUtcDate(localDate('2026-12-15')) },
  });
  const snooze = async (until: string) =>
    snoozeRow(await company.as('rep', at('2026-12-14', '15:00')), {
      instalmentId: row.id,
      until: localDate(until),
    });
  await snooze('2026-12-15');
  await planReminders(await company.system(at('2026-12-15')));
  const waiting = await company.db.reminder.findMany({ where: { instalmentId: row.id, status: 'pending' } });
  expect(waiting.map((one) => one.ruleCode).toSorted()).toEqual(['F', 'S']);
  await snooze('2026-12-30');
  await give(await current(), 'rep2');
  expect(await company.db.snooze.count()).toBe(0);
  await morning(company, '2026-12-15', '14:01');
  expect((await sentAbout(company, row.id)).filter((line) => line > '2026-12-15')).toEqual([
    '2026-12-15 E2→rep2',
    '2026-12-15 F→rep2',
  ]);
});

it('a snooze reminds nobody who may not see the row any more', async () => {
  const row = await anOverdueRow();
  await snoozeRow(await company.as('manager', at('2026-12-14', '15:00')), {
    instalmentId: row.id,
    until: localDate('2026-12-15'),
  });
  await company.db.user.update({ where: { id: company.ids.rep }, data: { managerId: company.ids.director } });
  await morning(company, '2026-12-15');
  // Of the case, who is asked in the manager's place.
  expect((await sentAbout(company, row.id)).filter((line) => line > '2026-12-15')).toEqual([
    '2026-12-15 E2→director',
  ]);
  expect(await company.db.snooze.count()).toBe(0);
});

it('what waits of milestones and ends goes with a handed-over book, each once', async () => {
  const { contract } = await anActiveContract(company, [[100_00n, '2027-06-01']], {
    now: at('2026-11-20'),
    contract: { milestones: { acceptance: localDate('2026-12-10') } },
  });
  await planReminders(await company.system(at('2026-12-03')));
  const [planned] = await company.db.reminder.findMany({ where: { contractId: contract.id } });
  if (!planned) throw new Error('nothing planned');
  // Somebody else who stood in for the owner.
  const other = { ...planned, id: newId(new Date()), recipientId: company.ids.director };
  await company.db.reminder.create({ data: other });
  await handOver(await company.as('manager', at('2026-12-03', '12:00')), company.ids.rep, company.ids.rep2);
  await morning(company, '2026-12-03', '12:01');
  const told = await company.db.reminder.findMany({ where: { contractId: contract.id, status: 'sent' } });
  expect(told.map((one) => [one.ruleCode, one.recipientId])).toEqual([['A1', company.ids.rep2]]);
  expect(await company.db.reminder.count({ where: { status: 'pending' } })).toBe(0);
});

it('counts a handed-over book as it was shown: what was cancelled goes along and is nobody’s work', async () => {
  const { contract } = await anActiveContract(company, [
    [100_00n, '2027-06-01'],
    [50_00n, '2027-07-01'],
  ]);
  await company.db.instalment.updateMany({
    where: { contractId: contract.id, seq: 2 },
    data: { lifecycle: 'cancelled' },
  });
  const { rep, rep2 } = company.ids;
  const { customers, contracts, instalments } = await previewHandOver(await company.as('manager'), rep, rep2);
  const shown = { customers, contracts, instalments };
  expect(shown).toEqual({ customers: 1, contracts: 1, instalments: 1 });
  await company.db.user.update({ where: { id: rep }, data: { active: false } });
  await company.db.user.updateMany({ data: { homeOpenedAt: at('2026-11-20'), homeStale: false } });
  expect(await handOver(await company.as('manager'), rep, rep2)).toEqual(shown);
  // Nor does it wait any longer on the Homes of those who could give it away.
  const stale = await company.db.user.findMany({ where: { homeStale: true } });
  expect(stale.map(({ name }) => name)).toEqual(expect.arrayContaining(['manager', 'director', 'admin']));
  // Whoever has left is not told.
  const told = await company.db.outbox.findMany({ where: { kind: 'book.handed_over' } });
  expect(told.map((one) => one.recipient)).toEqual([`user:${rep2}`]);
  const rows = await company.db.instalment.findMany({ where: { ownerId: rep2 }, orderBy: { seq: 'asc' } });
  expect(rows.length).toBe(2);
  const detail = await findInstalmentDetail(await company.as('rep2'), rows[0]?.id ?? '');
  expect(detail?.history[0]).toMatchObject({ kind: 'handed_over' });
});

it('shows the book of whoever leaves at once to those who may hand it over', async () => {
  await company.db.user.updateMany({ data: { homeOpenedAt: at('2026-11-20'), homeStale: false } });
  const facts = { locale: 'en', timezone: 'Asia/Shanghai', email: null, workspaceAdmin: false } as const;
  await ensureMember(company.db, at('2026-11-20'), {
    slackUserId: 'U_REP',
    name: 'rep',
    ...facts,
    outsider: true,
  });
  const stale = await company.db.user.findMany({ where: { homeStale: true }, orderBy: { name: 'asc' } });
  expect(stale.map(({ name }) => name)).toEqual(['admin', 'director', 'manager']);
});

it('is for whoever leads both, to somebody who may own it, against what was shown, once', async () => {
  const row = await anOverdueRow();
  for (const who of ['rep', 'finance', 'financeManager', 'auditor'] as const)
    await expect(give(row, 'rep2', who)).rejects.toMatchObject({ code: 'access.denied' });
  // A manager gives within the team.
  await expect(give(row, 'director')).rejects.toMatchObject({ code: 'access.denied' });
  await expect(give(row, 'finance', 'director')).rejects.toMatchObject({ code: 'member.cannot_own' });
  await expect(give(row, 'rep')).rejects.toMatchObject({ code: 'member.same' });
  await expect(give(row, 'rep2', 'manager', row.version + 1)).rejects.toMatchObject({
    code: 'version.conflict',
  });
  await company.db.user.update({ where: { id: company.ids.rep2 }, data: { active: false } });
  await expect(give(row, 'rep2')).rejects.toMatchObject({ code: 'member.cannot_own' });
  expect((await give(row, 'director', 'director')).ownerId).toBe(company.ids.director);
  await company.db.instalment.update({
    where: { id: row.id },
    data: { lifecycle: 'settled', outstanding: 0n },
  });
  await expect(give(row, 'manager', 'director', row.version + 1)).rejects.toMatchObject({
    code: 'follow_up.not_open',
  });
});

it('where the owner has left, the manager is told in their place', async () => {
  const row = await anOverdueRow();
  await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
  await mornings(company, '2026-12-15', '2026-12-17');
  expect((await sentAbout(company, row.id)).filter((line) => line > '2026-12-15')).toEqual([
    '2026-12-17 E3→director',
    '2026-12-17 E3→financeManager',
    '2026-12-17 E3→manager',
  ]);
});

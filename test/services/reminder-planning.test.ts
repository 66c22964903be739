// The ladder in life: what a row's people are told from D-7 on, whatever happens to the row, the calendar or the app.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addDays, localDate, toUtcDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { noFailures } from '../../src/domain/reminders/in-parts.js';
import { loadLadders, loadPeople } from '../../src/domain/reminders/ladder.queries.js';
import { type LadderRow, ladderFinder } from '../../src/domain/reminders/ladders.js';
import { remindNewOwners } from '../../src/domain/reminders/new-owners.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { planRepeats } from '../../src/domain/reminders/plan-repeats.service.js';
import { stepDecider } from '../../src/domain/reminders/plan-row.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
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
});
afterAll(() => database.close());

// 2026-12-10 is a Thursday; D+3 falls on a Sunday.
const DUE = '2026-12-10';
async function aRow(
  dueOn = DUE,
  extra: { remindDaysAhead?: number } = {},
  now = at('2026-11-20'),
): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [[100_000_00n, dueOn, extra]], { now });
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const reload = (row: Instalment) => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const openCase = (row: Instalment) =>
  company.db.escalationCase.findFirst({ where: { instalmentId: row.id, closedOn: null } });

async function pay(row: Instalment, amount: bigint, date: string): Promise<void> {
  const now = at(date, '12:00');
  const { approval } = await aSubmittedReceipt(company, row, amount, { now });
  await approveReceipt(await company.as('finance', now), approval.id, approval.version);
  await sendAll(company);
}

describe('the ladder of one unpaid row', () => {
  it('tells each step once to its people, day by day, and then every Monday', async () => {
    const row = await aRow();
    await mornings(company, '2026-11-21', '2026-12-29');
    expect(await sentAbout(company, row.id)).toEqual([
      '2026-12-03 R1→rep',
      '2026-12-07 R2→rep',
      '2026-12-09 R3→rep',
      '2026-12-10 R4→finance',
      '2026-12-10 R4→finance2',
      '2026-12-10 R4→rep',
      '2026-12-11 E1→rep',
      '2026-12-14 E2→manager',
      '2026-12-14 E2→rep',
      '2026-12-17 E3→director',
      '2026-12-17 E3→financeManager',
      '2026-12-17 E3→manager',
      '2026-12-17 E3→rep',
      '2026-12-21 W→manager',
      '2026-12-21 W→rep',
      '2026-12-25 E4→director',
      '2026-12-25 E4→financeManager',
      '2026-12-25 E4→manager',
      '2026-12-25 E4→rep',
      '2026-12-28 W→manager',
      '2026-12-28 W→rep',
    ]);
    expect(await openCase(row)).toMatchObject({
      level: 3,
      openedOn: toUtcDate(localDate('2026-12-14')),
      recipientIds: [company.ids.manager, company.ids.director, company.ids.financeManager],
    });
    expect(await company.db.outbox.count({ where: { kind: 'digest' } })).toBe(21);
  });

  it.each([
    [20, ['2026-11-20 R1→rep', '2026-12-07 R2→rep']],
    [2, ['2026-12-08 R1→rep', '2026-12-09 R3→rep']],
  ])('N = %i days ahead replaces the first step and leaves out earlier ones', async (n, first) => {
    const row = await aRow(DUE, { remindDaysAhead: n });
    await mornings(company, '2026-11-20', '2026-12-09');
    expect((await sentAbout(company, row.id)).slice(0, 2)).toEqual(first);
  });

  it('moves steps before the day earlier and steps after it later, off days off', async () => {
    // Due on the second day of the Spring Festival of 2026: 15-23 February are days off, 14 and 28 are worked.
    const row = await aRow('2026-02-16', {}, at('2026-01-20'));
    await mornings(company, '2026-02-01', '2026-02-26');
    expect(await sentAbout(company, row.id)).toEqual([
      '2026-02-09 R1→rep',
      '2026-02-13 R2→rep',
      '2026-02-14 R4→finance',
      '2026-02-14 R4→finance2',
      '2026-02-14 R4→rep',
      '2026-02-24 E3→director',
      '2026-02-24 E3→financeManager',
      '2026-02-24 E3→manager',
      '2026-02-24 E3→rep',
    ]);
    const skipped = await company.db.reminder.findMany({
      where: { instalmentId: row.id, status: 'skipped' },
    });
    expect(skipped.map((one) => one.ruleCode).toSorted()).toEqual(['E1', 'E2', 'R3']);
  });

  it('says nothing before 09:00, from 18:00 on and on a Sunday', async () => {
    await aRow('2026-12-13');
    for (const [date, time] of [
      ['2026-12-11', '08:59'],
      ['2026-12-11', '18:00'],
      ['2026-12-13', '10:00'],
    ] as const)
      expect(await morning(company, date, time)).toEqual({ reminders: 0, cases: 0, digests: 0 });
    expect(await morning(company, '2026-12-11', '17:59')).toMatchObject({ digests: 3 });
  });
});

describe('silence of the app', () => {
  it('over a Friday ends on the Saturday for level 3 alone; the rest comes on Monday', async () => {
    // D+15 is the Saturday; D+7 and D-3 (moved off that Saturday) were to be told on the Friday.
    const high = await aRow('2026-11-27');
    const low = await aRow('2026-12-04');
    const ahead = await aRow('2026-12-15');
    await mornings(company, '2026-12-09', '2026-12-10');
    const told = async (date: string) =>
      (await Promise.all([high, low, ahead].map((row) => sentAbout(company, row.id)))).map((lines) => [
        ...new Set(lines.flatMap((line) => (line.startsWith(date) ? [line.slice(11, 13)] : []))),
      ]);
    await morning(company, '2026-12-12', '17:30');
    expect(await told('2026-12-12')).toEqual([['E4'], [], []]);
    await morning(company, '2026-12-13');
    expect(await told('2026-12-13')).toEqual([[], [], []]);
    await morning(company, '2026-12-14');
    expect(await told('2026-12-14')).toEqual([['W→'], ['E3'], ['R3']]);
  });

  it.each([1, 3, 10])('after %i days down only the highest step due is told, once', async (days) => {
    const row = await aRow();
    await mornings(company, '2026-11-21', '2026-12-09');
    const before = (await sentAbout(company, row.id)).length;
    const back = addDays(localDate('2026-12-10'), days);
    await morning(company, back);
    await morning(company, back, '09:01');
    const after = (await sentAbout(company, row.id)).slice(before);
    const expected = { 1: ['E1→rep'], 3: [], 10: [] }[days];
    const step = { 1: 'E1', 3: null, 10: null }[days];
    // D+3 and D+10 are days off: nothing that day, the highest step on the next workday.
    if (step === null) {
      expect(after).toEqual([]);
      await mornings(company, addDays(back, 1), addDays(back, 2));
      const caught = (await sentAbout(company, row.id)).slice(before);
      expect(new Set(caught.map((line) => line.slice(11, 13)))).toEqual(new Set([days === 3 ? 'E2' : 'E3']));
      expect(new Set(caught).size).toBe(caught.length);
    } else expect(after.map((line) => line.slice(11))).toEqual(expected);
  });

  it('run every minute and twice at once, plans nothing twice', async () => {
    const row = await aRow();
    for (const date of ['2026-12-03', '2026-12-14', '2026-12-17']) {
      for (const time of ['09:00', '09:01', '11:30']) {
        const ctx = await company.system(at(date, time));
        await Promise.all([planReminders(ctx), planReminders(ctx), planReminders(ctx)]);
        await sendAll(company);
      }
    }
    const sent = await sentAbout(company, row.id);
    expect(sent).toEqual([
      '2026-12-03 R1→rep',
      '2026-12-14 E2→manager',
      '2026-12-14 E2→rep',
      '2026-12-17 E3→director',
      '2026-12-17 E3→financeManager',
      '2026-12-17 E3→manager',
      '2026-12-17 E3→rep',
    ]);
    expect(await company.db.outbox.count({ where: { kind: 'digest' } })).toBe(7);
    expect(await company.db.escalationCase.count()).toBe(1);
  });

  it('goes on after a crash between two batches: what is planned is bound, what is not is planned', async () => {
    const first = await aRow();
    await planReminders(await company.system(at('2026-12-03')));
    // As if the process had died before the digest was made.
    await company.db.$executeRaw`UPDATE reminder SET outbox_id = NULL`;
    await company.db.outbox.deleteMany({ where: { kind: 'digest' } });
    const second = await aRow(DUE, {}, at('2026-12-03', '09:00'));
    const result = await morning(company, '2026-12-03', '09:01');
    expect(result).toEqual({ reminders: 1, cases: 0, digests: 1 });
    for (const row of [first, second])
      expect(await sentAbout(company, row.id)).toEqual(['2026-12-03 R1→rep']);
  });

  it('gives what an unsent digest of yesterday carries to today’s', async () => {
    await aRow();
    await planReminders(await company.system(at('2026-12-03')));
    await planReminders(await company.system(at('2026-12-04')));
    const digests = await company.db.outbox.findMany({ where: { kind: 'digest' }, orderBy: { id: 'asc' } });
    const carried = await company.db.reminder.findMany({ where: { status: 'pending' } });
    expect(digests.map((row) => row.dedupeKey.slice(-10))).toEqual(['2026-12-03', '2026-12-04']);
    expect(carried.map((one) => one.outboxId)).toEqual([digests[1]?.id]);
  });
});

describe('money and dates', () => {
  it('goes on for the rest of a part-paid row, and stops when it is paid', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-03', '2026-12-03');
    await pay(row, 60_000_00n, '2026-12-04');
    await morning(company, '2026-12-07');
    await pay(row, 39_999_50n, '2026-12-08');
    // 0.50 is left: less than the tolerance of 1.00.
    await mornings(company, '2026-12-09', '2026-12-31');
    expect(await sentAbout(company, row.id)).toEqual(['2026-12-03 R1→rep', '2026-12-07 R2→rep']);
  });

  it('drops what waits to be sent about a row that is paid meanwhile', async () => {
    const row = await aRow();
    await planReminders(await company.system(at('2026-12-10')));
    await pay(row, 100_000_00n, '2026-12-10');
    expect(await sentAbout(company, row.id)).toEqual([]);
    const left = await company.db.reminder.findMany({ where: { instalmentId: row.id } });
    expect(new Set(left.map((one) => one.status))).toEqual(new Set(['skipped']));
  });

  it('re-arms a reopened row from today: no step that it has passed comes again', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-03', '2026-12-14');
    await pay(row, 100_000_00n, '2026-12-15');
    const before = (await sentAbout(company, row.id)).length;
    // What a reversal will do to the row.
    await company.db.instalment.update({
      where: { id: row.id },
      data: { lifecycle: 'open', outstanding: row.amount, openedOn: toUtcDate(localDate('2026-12-16')) },
    });
    await company.db.contract.update({ where: { id: row.contractId }, data: { status: 'active' } });
    await morning(company, '2026-12-16');
    expect((await sentAbout(company, row.id)).length).toBe(before);
    await morning(company, '2026-12-17');
    expect((await sentAbout(company, row.id)).slice(before).map((line) => line.slice(0, 13))).toEqual([
      '2026-12-17 E3',
      '2026-12-17 E3',
      '2026-12-17 E3',
      '2026-12-17 E3',
    ]);
  });

  it('a postponement restarts the ladder and keeps the level; its people are told at the new D+1', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-03', '2026-12-14');
    const opened = await openCase(row);
    const ctx = await company.as('rep', at('2026-12-15', '10:00'));
    const { version } = await reload(row);
    await postponeInstalment(ctx, { id: row.id, version, to: localDate('2026-12-22'), remark: null });
    await sendAll(company);
    const before = (await sentAbout(company, row.id)).length;
    await mornings(company, '2026-12-16', '2026-12-23');
    expect((await sentAbout(company, row.id)).slice(before)).toEqual([
      '2026-12-16 R1→rep',
      '2026-12-18 R2→rep',
      '2026-12-21 R3→rep',
      '2026-12-22 R4→finance',
      '2026-12-22 R4→finance2',
      '2026-12-22 R4→rep',
      '2026-12-23 E1→manager',
      '2026-12-23 E1→rep',
    ]);
    expect(await openCase(row)).toMatchObject({ id: opened?.id, level: 1, closedOn: null });
    const lines = await company.db.outbox.findMany({ where: { kind: 'case.line' }, orderBy: { id: 'asc' } });
    expect(lines.map((line) => (line.payload as { event: string }).event)).toEqual([
      'opened',
      'postponed',
      'again',
    ]);
    // Three days later nothing is raised: level 1 it is, and was.
    await mornings(company, '2026-12-24', '2026-12-28');
    expect(await openCase(row)).toMatchObject({ level: 1 });
    await mornings(company, '2026-12-29', '2026-12-29');
    expect(await openCase(row)).toMatchObject({ level: 2 });
  });

  it('lists a row that was overdue when it opened, and escalates from the next step on', async () => {
    const row = await aRow('2026-11-16', {}, at('2026-11-20'));
    await morning(company, '2026-11-20');
    expect(await sentAbout(company, row.id)).toEqual(['2026-11-20 E2→manager', '2026-11-20 E2→rep']);
    expect(await openCase(row)).toBeNull();
    await morning(company, '2026-11-23');
    expect(await openCase(row)).toMatchObject({ level: 2 });
  });
});

describe('people', () => {
  it('an acknowledged case waits with its next level until the day it is held to', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-03', '2026-12-14');
    const found = await openCase(row);
    await acknowledgeCase(await company.as('manager', at('2026-12-16', '10:00')), found?.id ?? '');
    // 3 workdays after Wednesday the 16th: Monday the 21st. E3 would have fallen on the 17th.
    await mornings(company, '2026-12-17', '2026-12-20');
    expect(await openCase(row)).toMatchObject({ level: 1, ackedById: company.ids.manager });
    await morning(company, '2026-12-21');
    expect(await openCase(row)).toMatchObject({ level: 2, ackedById: null, ackedUntil: null });
  });

  it('tells of a dispute that is too old though the step of the same rule fell on its fourteenth day', async () => {
    const row = await aRow('2026-12-08');
    await company.db.instalment.update({
      where: { id: row.id },
      data: { disputed: true, disputedOn: new Date('2026-11-27') },
    });
    await mornings(company, '2026-12-09', '2026-12-14');
    const asked = (await sentAbout(company, row.id)).filter((line) => line.includes('E2'));
    expect(asked).toEqual([
      '2026-12-11 E2→manager',
      '2026-12-11 E2→rep',
      '2026-12-14 E2→manager',
      '2026-12-14 E2→rep',
    ]);
  });

  it('tells the manager for an owner who has left', async () => {
    const row = await aRow();
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    await morning(company, '2026-12-03');
    expect(await sentAbout(company, row.id)).toEqual(['2026-12-03 R1→manager']);
  });

  it('tells a new owner the highest step once', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-03', '2026-12-07');
    const ctx = await company.system(at('2026-12-07', '15:00'));
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.rep2 } });
    await company.db.$transaction(async (tx) => {
      await remindNewOwners(tx, ctx, [row.id], company.ids.rep);
      await remindNewOwners(tx, ctx, [row.id], company.ids.rep);
    });
    await mornings(company, '2026-12-08', '2026-12-09');
    expect((await sentAbout(company, row.id)).slice(-2)).toEqual([
      '2026-12-07 R2→rep2',
      '2026-12-09 R3→rep2',
    ]);
  });

  it('does not tell a new owner on a day off: on the workday after it', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-03', '2026-12-11');
    // A Saturday.
    const ctx = await company.system(at('2026-12-12', '10:00'));
    await company.db.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.rep2 } });
    await company.db.$transaction((tx) => remindNewOwners(tx, ctx, [row.id], company.ids.rep));
    await morning(company, '2026-12-12', '10:01');
    await morning(company, '2026-12-13');
    const told = async () => (await sentAbout(company, row.id)).filter((line) => line.endsWith('rep2'));
    expect(await told()).toEqual([]);
    await morning(company, '2026-12-14');
    expect((await told()).length).toBeGreaterThan(0);
  });

  it('a step for the finance owner alone is told to finance people where there is only the channel', async () => {
    await changeCompany(company.db, { financeChannelId: 'C_FIN' });
    await company.db.reminderRule.updateMany({ where: { code: 'R4' }, data: { roles: ['finance_owner'] } });
    const row = await aRow();
    await morning(company, '2026-12-10');
    expect(await sentAbout(company, row.id)).toEqual(['2026-12-10 R4→finance', '2026-12-10 R4→finance2']);
    expect(await company.db.outbox.count({ where: { kind: 'finance.due' } })).toBe(0);
  });

  it('a repeated line leaves the day to a step that is due', async () => {
    const row = await aRow();
    const ctx = await company.system(at('2026-12-21'));
    const ladders = await loadLadders(ctx.db);
    const find = ladderFinder(ladders);
    const plan = {
      ctx,
      ladders,
      rulesOf: (one: LadderRow) => find(one).rules,
      decide: stepDecider(ladders, ctx.company.calendar, ctx.today, () => 0),
      peopleOf: await loadPeople(ctx.db, ctx.company),
      summarise: false,
      failures: noFailures(),
      batchRows: 100,
    };
    // As if somebody had held the row when its step was to be taken.
    expect(await planRepeats(plan)).toBe(0);
    await morning(company, '2026-12-21', '09:01');
    expect((await sentAbout(company, row.id)).map((line) => line.slice(0, 13))).toContain('2026-12-21 E3');
  });

  it('the finance channel stands in for a finance owner, once a day', async () => {
    await changeCompany(company.db, { financeChannelId: 'C_FIN' });
    const row = await aRow();
    await morning(company, '2026-12-10');
    await morning(company, '2026-12-10', '09:01');
    expect(await sentAbout(company, row.id)).toEqual(['2026-12-10 R4→rep']);
    expect(await company.db.outbox.count({ where: { kind: 'finance.due', recipient: 'finance' } })).toBe(1);
  });

  it('tells more than ten new cases of a morning in one summary, and opens a thread when something happens', async () => {
    await changeCompany(company.db, { escalationChannelId: 'C_ESC' });
    const parts = Array.from({ length: 12 }, (): [bigint, string] => [1_000_00n, DUE]);
    const { rows } = await anActiveContract(company, parts, { now: at('2026-11-20') });
    await morning(company, '2026-12-14');
    const kinds = async () =>
      (await company.db.outbox.groupBy({ by: ['kind'], where: { recipient: 'escalation' }, _count: true }))
        .map((group) => `${group.kind} ${group._count}`)
        .toSorted();
    expect(await kinds()).toEqual(['case.summary 1']);
    expect(await company.db.escalationCase.count({ where: { level: 1 } })).toBe(12);
    const [row] = rows;
    if (!row) throw new Error('no row');
    const found = await openCase(row);
    await acknowledgeCase(await company.as('manager', at('2026-12-14', '10:00')), found?.id ?? '');
    expect(await kinds()).toEqual(['case.card 1', 'case.line 1', 'case.summary 1']);
  });

  it('one digest a person and day; what comes later in the day waits for the next workday', async () => {
    const row = await aRow('2026-12-18');
    await morning(company, '2026-12-11');
    const late = await aRow('2026-12-18', {}, at('2026-12-11', '11:00'));
    await morning(company, '2026-12-11', '11:01');
    expect(await sentAbout(company, late.id)).toEqual([]);
    await mornings(company, '2026-12-12', '2026-12-14');
    expect(await sentAbout(company, late.id)).toEqual(['2026-12-11 R1→rep']);
    expect(await sentAbout(company, row.id)).toEqual(['2026-12-11 R1→rep']);
    const digests = await company.db.outbox.findMany({
      where: { kind: 'digest', recipient: `user:${company.ids.rep}` },
      orderBy: { id: 'asc' },
    });
    expect(digests.map((digest) => digest.dedupeKey.slice(-10))).toEqual(['2026-12-11', '2026-12-14']);
  });
});

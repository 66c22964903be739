// Rows that are late before anybody could be reminded of them: listed first, escalated all the same (rules §8); and rows
// that fall due in the course of a day.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve } from '../../src/domain/approvals/decisions.service.js';
import { loadMilestoneForm } from '../../src/domain/contracts/milestone.queries.js';
import { setMilestone } from '../../src/domain/contracts/milestone.service.js';
import { fingerprintOf } from '../../src/domain/contracts/milestone-moves.js';
import { recordFollowUp, resumeChasing } from '../../src/domain/follow-ups/follow-up.service.js';
import { addDays, localDate } from '../../src/domain/local-date.js';
import { editInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { findComing } from '../../src/domain/reminders/coming.queries.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import { companyOnly } from '../../src/domain/reminders/ladders.js';
import { listLateCandidates } from '../../src/domain/reminders/late-candidates.queries.js';
import { type Instalment, Prisma } from '../../src/generated/prisma/client.js';
import {
  anActiveContract,
  aSubmittedReceipt,
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

async function aRow(dueOn: string | null, now: Date, extra = {}): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [[100_000_00n, dueOn, extra]], { now });
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const openCase = (row: Instalment) =>
  company.db.escalationCase.findFirst({ where: { instalmentId: row.id, closedOn: null } });
const since = async (row: Instalment, date: string) =>
  (await sentAbout(company, row.id)).filter((line) => line >= date && !/ Q?W→/.test(line));

it('a case that is open again promises the level that comes, not one of days that its row has passed', async () => {
  const row = await aRow('2026-11-02', at('2026-10-20'));
  await mornings(company, '2026-11-02', '2026-11-12');
  const { receipt, approval } = await aSubmittedReceipt(company, row, row.amount, {
    now: at('2026-11-12', '12:00'),
  });
  await approveReceipt(await company.as('finance'), approval.id, approval.version);
  const now = at('2026-12-10', '12:00');
  const asked = { receiptId: receipt.id, amount: receipt.amount, reason: 'x' };
  const reversal = await askReversal(await company.as('finance', now), asked);
  const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: reversal.id } });
  await approve(await company.as('financeManager', now), open.id, open.version);
  const found = await openCase(row);
  const next = async (time: Date) => (await findCaseCard(await company.system(time), found?.id ?? ''))?.next;
  expect(found).toMatchObject({ level: 2 });
  // E5 is only listed the next morning; E6 is due on the first day of the year, a day off.
  expect(await next(now)).toMatchObject({ level: 4, on: '2027-01-01' });
  await mornings(company, '2026-12-11', '2026-12-31');
  expect(await openCase(row)).toMatchObject({ level: 2 });
  expect(await next(at('2026-12-31'))).toMatchObject({ level: 4, on: '2027-01-01' });
  await morning(company, '2027-01-01');
  expect(await openCase(row)).toMatchObject({ level: 4 });
});

it('what is only listed is foretold to whom it is told, and as asking nobody', async () => {
  const row = await aRow('2026-08-20', at('2026-11-20', '12:00'));
  const { items } = await findComing(await company.as('rep', at('2026-11-20', '12:00')), row.id);
  const names = async (...people: ('rep' | 'manager' | 'director' | 'financeManager')[]) =>
    (await company.db.user.findMany({ where: { id: { in: people.map((one) => company.ids[one]) } } })).map(
      (user) => user.name,
    );
  const [listed, asked] = items.filter((item) => item.rule.code === 'E6');
  expect(listed).toMatchObject({ on: '2026-11-20', listedOnly: true });
  expect(listed?.names.toSorted()).toEqual((await names('rep', 'manager')).toSorted());
  expect(asked).toMatchObject({ on: '2026-11-27' });
  expect(asked).not.toHaveProperty('listedOnly');
  expect(asked?.names).toEqual(expect.arrayContaining(await names('director', 'financeManager')));
});

describe('beyond the last step when it opens', () => {
  it.each([
    ['an instalment', '2026-08-20', {}, 'E6'],
    ['a retention', '2026-11-02', { isRetention: true }, 'Q7'],
  ])('%s is listed for a week, then asks everybody, once', async (_what, dueOn, extra, code) => {
    const row = await aRow(dueOn, at('2026-11-20'), extra);
    await mornings(company, '2026-11-20', '2026-11-26');
    expect(await since(row, '2026-11-20')).toEqual([`2026-11-20 ${code}→manager`, `2026-11-20 ${code}→rep`]);
    expect(await openCase(row)).toBeNull();
    await mornings(company, '2026-11-27', '2026-12-15');
    const asked = await since(row, '2026-11-21');
    expect(asked.map((line) => line.slice(0, 10))).toEqual(asked.map(() => '2026-11-27'));
    expect(asked).toEqual(expect.arrayContaining([`2026-11-27 ${code}→director`, `2026-11-27 ${code}→rep`]));
    expect((await openCase(row))?.recipientIds).toContain(company.ids.director);
  });

  const promises = async (row: Instalment, date: string, on: string) =>
    recordFollowUp(await company.as('rep', at(date, '12:00')), {
      instalmentId: row.id,
      kind: 'call',
      content: '月底付',
      result: 'promised',
      promisedOn: localDate(on),
      promisedAmount: row.amount,
      reason: null,
      pauseUntil: null,
      nextOn: null,
    });

  it.each([
    ['in that week', '2026-11-23', '2026-11-24'],
    ['weeks later', '2026-12-09', '2026-12-10'],
  ])(
    'one that a broken promise brought to the manager %s goes on to the highest level a week after that, as the preview says',
    async (_when, promised, broken) => {
      const row = await aRow('2026-07-20', at('2026-11-20'));
      await morning(company, '2026-11-20');
      await promises(row, '2026-11-20', promised);
      await mornings(company, '2026-11-21', broken);
      expect(await openCase(row)).toMatchObject({ level: 1 });
      const { items } = await findComing(await company.as('rep', at(broken, '12:00')), row.id);
      const week = addDays(localDate(broken), 7);
      await mornings(company, addDays(localDate(broken), 1), addDays(week, -1));
      expect(await openCase(row)).toMatchObject({ level: 1 });
      await mornings(company, week, addDays(week, 1));
      expect(await openCase(row)).toMatchObject({ level: 4 });
      expect(await since(row, week)).toContain(`${week} E6→director`);
      expect(items.find((item) => item.rule.code === 'E6')?.on).toBe(week);
    },
  );

  it('one whose dispute has come to the manager by then goes on a week after that too', async () => {
    const row = await aRow('2026-07-20', at('2026-11-20'));
    await morning(company, '2026-11-20');
    await company.db.instalment.update({
      where: { id: row.id },
      data: {
        disputed: true,
        disputedOn: new Date('2026-11-20'),
        blockUntil: new Date('2026-12-31'),
        blockReason: '质量',
      },
    });
    await mornings(company, '2026-11-21', '2026-12-07');
    expect(await openCase(row)).toMatchObject({ level: 1, raisedOn: new Date('2026-12-07') });
    await resumeChasing(await company.as('rep', at('2026-12-08', '12:00')), row.id);
    await mornings(company, '2026-12-09', '2026-12-13');
    expect(await openCase(row)).toMatchObject({ level: 1 });
    await morning(company, '2026-12-14');
    expect(await openCase(row)).toMatchObject({ level: 4 });
  });

  it('one whose case is acknowledged waits until then', async () => {
    const row = await aRow('2026-07-20', at('2026-11-20'));
    await morning(company, '2026-11-20');
    await promises(row, '2026-11-20', '2026-11-23');
    await mornings(company, '2026-11-21', '2026-11-24');
    await company.db.escalationCase.updateMany({ data: { ackedUntil: new Date('2026-12-03') } });
    await mornings(company, '2026-11-25', '2026-12-02');
    expect(await openCase(row)).toMatchObject({ level: 1 });
    await morning(company, '2026-12-03');
    expect(await openCase(row)).toMatchObject({ level: 4 });
  });

  it('one that comes back with the money of a bill that was dishonoured goes on from where its case was', async () => {
    const row = await aRow('2026-11-16', at('2026-11-10'));
    await mornings(company, '2026-11-16', '2026-11-20');
    expect(await openCase(row)).toMatchObject({ level: 1 });
    const { receipt, approval } = await aSubmittedReceipt(company, row, row.amount);
    await approveReceipt(
      await company.as('finance', at('2026-11-20', '15:00')),
      approval.id,
      approval.version,
    );
    const now = at('2027-05-17', '08:00');
    const asked = { receiptId: receipt.id, amount: receipt.amount, reason: '拒付' };
    const { id } = await askReversal(await company.as('finance', now), asked);
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
    await approve(await company.as('financeManager', now), open.id, open.version);
    await mornings(company, '2027-05-17', '2027-05-23');
    expect(await openCase(row)).toMatchObject({ level: 1 });
    await mornings(company, '2027-05-24', '2027-05-25');
    expect(await openCase(row)).toMatchObject({ level: 4 });
  });

  it('one of which part is taken back long after it was paid is listed, and says so when it asks everybody', async () => {
    const row = await aRow('2026-09-18', at('2026-08-20'));
    const { receipt, approval } = await aSubmittedReceipt(company, row, row.amount);
    const paid = at('2026-09-17', '15:00');
    await approveReceipt(await company.as('finance', paid), approval.id, approval.version);
    const now = at('2026-11-27', '12:00');
    const asked = { receiptId: receipt.id, amount: 10_000_00n, reason: '付错' };
    const { id } = await askReversal(await company.as('finance', now), asked);
    const open = await company.db.approval.findFirstOrThrow({ where: { subjectId: id } });
    await approve(await company.as('financeManager', now), open.id, open.version);
    const cardOn = async (one: Instalment, date: string) =>
      findCaseCard(await company.system(at(date)), (await openCase(one))?.id ?? '');
    // Older than the highest level, which asks on days off too; a list does not: Saturday, Sunday, Monday.
    await mornings(company, '2026-11-28', '2026-11-30');
    expect(await since(row, '2026-09-17')).toEqual(['2026-11-30 E6→manager', '2026-11-30 E6→rep']);
    const imported = await aRow('2026-08-20', at('2026-11-27', '13:00'));
    await morning(company, '2026-12-03');
    expect(await openCase(row)).toBeNull();
    await morning(company, '2026-12-04');
    expect(await since(row, '2026-12-01')).toContain('2026-12-04 E6→director');
    expect(await cardOn(row, '2026-12-04')).toMatchObject({
      level: 4,
      takenBackOn: '2026-11-27',
      row: { outstanding: 10_000_00n },
    });
    expect(await cardOn(imported, '2026-12-04')).toMatchObject({ level: 4, takenBackOn: null });
  });

  it('is looked for no longer than something may come of it: by kind, by the ladder’s last day, on its days, once', async () => {
    const late = async (date: string) => {
      const { calendar } = (await company.system()).company;
      const today = localDate(date);
      const ladders = companyOnly(DEFAULT_LADDER);
      const found = await listLateCandidates(company.db, {
        ladders,
        calendar,
        today,
        tolerance: Prisma.sql`100`,
      });
      return found.flatMap(({ ids }) => ids);
    };
    // 59 and 6 days: D+60 and D+7 are steps ahead.
    await aRow('2026-09-22', at('2026-11-20'));
    await aRow('2026-11-14', at('2026-11-20'), { isRetention: true });
    const row = await aRow('2026-09-20', at('2026-11-20'));
    const retention = await aRow('2026-11-12', at('2026-11-20'), { isRetention: true });
    expect(await late('2026-11-26')).toEqual([]);
    expect((await late('2026-11-27')).toSorted()).toEqual([row.id, retention.id].toSorted());
    // A Saturday: up to level 2 nothing is said.
    expect(await late('2026-11-28')).toEqual([row.id]);
    await mornings(company, '2026-11-20', '2026-11-27');
    expect(await openCase(row)).toMatchObject({ level: 4 });
    expect(await openCase(retention)).toMatchObject({ level: 2 });
    expect(await late('2026-12-14')).toEqual([]);
  });

  it('one with a step ahead escalates with that', async () => {
    const row = await aRow('2026-11-16', at('2026-11-20'));
    await mornings(company, '2026-11-20', '2026-11-27');
    expect((await openCase(row))?.level).toBe(2);
    expect((await since(row, '2026-11-24')).length).toBe(0);
  });
});

describe('a first day that is past when it is written down', () => {
  const BEYOND = ['2026-12-18 E4→manager', '2026-12-18 E4→rep'];

  it('by a milestone asks nobody at once, also on a day off', async () => {
    const { contract, rows } = await anActiveContract(
      company,
      [
        [
          1_000_00n,
          null,
          { anchorKind: 'acceptance', anchorOffset: { months: 0, days: 0 }, dueSource: 'anchor' },
        ],
      ],
      { now: at('2026-11-20') },
    );
    const now = at('2026-12-18', '08:00');
    const form = await loadMilestoneForm(
      await company.as('rep', now),
      contract.id,
      'acceptance',
      localDate('2026-12-01'),
    );
    await setMilestone(await company.as('rep', now), {
      contractId: contract.id,
      version: form.version,
      kind: 'acceptance',
      happened: true,
      date: localDate('2026-12-01'),
      evidence: null,
      alsoMove: [],
      seen: fingerprintOf(form.moves),
    });
    const row = await company.db.instalment.findUniqueOrThrow({ where: { id: rows[0]?.id ?? '' } });
    expect(row).toMatchObject({ openedOn: new Date('2026-12-18'), effectiveDue: new Date('2026-12-01') });
    await mornings(company, '2026-12-18', '2026-12-20');
    expect(await since(row, '2026-12-18')).toEqual(BEYOND);
    expect(await openCase(row)).toBeNull();
    // D+30 is its next step.
    await mornings(company, '2026-12-21', '2026-12-31');
    expect(await openCase(row)).toMatchObject({ level: 3 });
  });

  it('by an edit likewise; one that was overdue already keeps the day it opened', async () => {
    const row = await aRow(null, at('2026-11-20'));
    const edit = async (dueOn: string, version: number, time: string) =>
      editInstalment(await company.as('rep', at('2026-12-18', time)), {
        id: row.id,
        version,
        name: row.name ?? '',
        amount: row.amount,
        dueOn: localDate(dueOn),
        plannedMethod: null,
        remindDaysAhead: row.remindDaysAhead,
        remark: null,
        alreadyDue: true,
      });
    const late = await edit('2026-12-01', row.version, '08:00');
    expect(late.openedOn).toEqual(new Date('2026-12-18'));
    await company.db.instalment.update({ where: { id: row.id }, data: { openedOn: new Date('2026-12-05') } });
    const later = await edit('2026-11-30', late.version, '08:01');
    expect(later.openedOn).toEqual(new Date('2026-12-05'));
  });
});

describe('a row that falls due in the course of the day', () => {
  it('is told to the finance owner the next morning, though the owner’s next step has come by then', async () => {
    const other = await aRow('2026-12-10', at('2026-11-20'));
    await morning(company, '2026-12-10');
    expect(await since(other, '2026-12-10')).toHaveLength(3);
    const row = await aRow('2026-12-10', at('2026-12-10', '11:00'));
    await morning(company, '2026-12-10', '11:01');
    // Their messages of the day are out: sendAll() counts as sent only what one of them carries.
    expect(await since(row, '2026-12-10')).toEqual([]);
    await morning(company, '2026-12-11');
    await sendAll(company);
    expect((await since(row, '2026-12-10')).map((line) => line.slice(11))).toEqual([
      'R4→finance',
      'R4→finance2',
      'E1→rep',
    ]);
  });
});

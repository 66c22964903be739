// Follow-ups: what they leave, whom they hold back, and what becomes of promises and disputes in the mornings after.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { approve, reject } from '../../src/domain/approvals/decisions.service.js';
import { findCustomerHistory } from '../../src/domain/customers/customer-history.queries.js';
import type { FollowUpInput } from '../../src/domain/follow-ups/follow-up.js';
import { recordFollowUp, resumeChasing } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { findInstalmentDetail } from '../../src/domain/plans/instalment-detail.queries.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { askReversal } from '../../src/domain/receipts/reversal.service.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
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
let row: Instalment;
beforeAll(async () => {
  database = await createTestDatabase();
});
// 2026-12-10 is a Thursday.
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { escalationChannelId: 'C_ESC' });
  const made = await anActiveContract(company, [[100_000_00n, '2026-12-10']], { now: at('2026-11-20') });
  const [first] = made.rows;
  if (!first) throw new Error('no row');
  row = first;
});
afterAll(() => database.close());

const input = (more: Partial<FollowUpInput> = {}): FollowUpInput => ({
  instalmentId: row.id,
  kind: 'call',
  content: '财务在走流程',
  result: null,
  promisedOn: null,
  promisedAmount: null,
  reason: null,
  pauseUntil: null,
  nextOn: null,
  ...more,
});
const promise = (on: string, amount = 100_000_00n): Partial<FollowUpInput> => ({
  result: 'promised',
  promisedOn: localDate(on),
  promisedAmount: amount,
});
const dispute = (until: string): Partial<FollowUpInput> => ({
  result: 'disputed',
  reason: '验收未通过',
  pauseUntil: localDate(until),
});
const record = async (date: string, more: Partial<FollowUpInput>, who: PersonKey = 'rep') =>
  recordFollowUp(await company.as(who, at(date, '12:00')), input(more));
const fresh = () => company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
const openCase = () =>
  company.db.escalationCase.findFirst({ where: { instalmentId: row.id, closedOn: null } });
const lines = async () =>
  (await company.db.outbox.findMany({ where: { kind: 'case.line' }, orderBy: { id: 'asc' } })).map(
    (line) => (line.payload as { event: string }).event,
  );
const since = async (date: string) => (await sentAbout(company, row.id)).filter((line) => line >= date);

describe('a follow-up', () => {
  it('is kept with who, how and what; the history of row and customer tell it, the trail has one entry', async () => {
    const saved = await record('2026-11-23', { result: 'no_answer', nextOn: localDate('2026-11-25') });
    expect(saved).toMatchObject({ kind: 'call', result: 'no_answer', createdById: company.ids.rep });
    const detail = await findInstalmentDetail(await company.as('rep'), row.id);
    expect(detail?.nextContactOn).toBe('2026-11-25');
    expect(detail?.followedUp).toMatchObject({ kind: 'call', result: 'no_answer' });
    const told = detail?.history.filter((entry) => entry.kind === 'follow_up');
    expect(told).toMatchObject([{ who: 'rep', followUp: { content: '财务在走流程', nextOn: '2026-11-25' } }]);
    const history = await findCustomerHistory(await company.as('rep'), row.customerId);
    expect(history.entries.filter((entry) => entry.action === 'follow_up.recorded')).toMatchObject([
      { who: 'rep', after: { seq: 1, kind: 'call', result: 'no_answer', nextOn: '2026-11-25' } },
    ]);
    expect(await company.db.auditLog.count({ where: { action: 'follow_up.recorded' } })).toBe(1);
  });

  it('sent twice is one', async () => {
    const ctx = await company.as('rep', at('2026-11-23'));
    await recordFollowUp(ctx, input());
    await expect(recordFollowUp(ctx, input())).rejects.toMatchObject({ code: 'request.repeated' });
    expect(await company.db.followUp.count()).toBe(1);
  });

  it.each(['rep', 'manager', 'director', 'finance', 'financeManager'] as const)(
    'may be written by %s',
    async (who) => {
      await expect(record('2026-11-23', {}, who)).resolves.toMatchObject({ createdById: company.ids[who] });
    },
  );

  it.each(['rep2', 'auditor', 'admin'] as const)('may not be written by %s', async (who) => {
    await expect(record('2026-11-23', {}, who)).rejects.toMatchObject({ code: 'access.denied' });
  });

  it.each([
    ['a promise of yesterday', promise('2026-11-22'), 'follow_up.date_past', { earliest: '2026-11-23' }],
    ['a promise of next year', promise('2027-12-01'), 'follow_up.date_too_far', {}],
    ['a promise of more than is open', promise('2026-12-01', 100_000_01n), 'follow_up.promise_exceeds', {}],
    ['a pause of half a year', dispute('2027-06-01'), 'follow_up.date_too_far', {}],
    [
      'a next contact today',
      { nextOn: localDate('2026-11-23') },
      'follow_up.date_past',
      { earliest: '2026-11-24' },
    ],
  ])('%s is refused', async (_what, more, code, params) => {
    await expect(record('2026-11-23', more)).rejects.toMatchObject({ code, params });
    expect(await company.db.followUp.count()).toBe(0);
  });

  it('of a paid row is refused', async () => {
    const { approval } = await aSubmittedReceipt(company, row, row.amount);
    await approveReceipt(await company.as('finance'), approval.id, approval.version);
    await expect(record('2026-11-23', {})).rejects.toMatchObject({
      code: 'follow_up.not_open',
      params: { state: 'paid' },
    });
  });

  it('reminds its owner on the next contact, on the first workday, once, and no longer after another one', async () => {
    await record('2026-11-23', { nextOn: localDate('2026-11-28') });
    await mornings(company, '2026-11-24', '2026-12-02');
    expect(await sentAbout(company, row.id)).toEqual(['2026-11-30 F→rep']);
    await record('2026-12-02', { nextOn: localDate('2026-12-04') });
    await record('2026-12-03', {});
    await mornings(company, '2026-12-03', '2026-12-04');
    expect(await since('2026-12-04')).toEqual([]);
  });

  it('reminds whoever wrote it of another’s row too', async () => {
    await record('2026-11-23', { nextOn: localDate('2026-11-26') }, 'finance');
    await mornings(company, '2026-11-24', '2026-11-27');
    expect(await sentAbout(company, row.id)).toEqual(['2026-11-26 F→finance', '2026-11-26 F→rep']);
    const digest = await findDigest(
      await company.system(at('2026-11-26', '10:00')),
      company.ids.finance,
      localDate('2026-11-26'),
    );
    expect(digest?.sections.flatMap((one) => one.rows.map(({ id }) => id))).toEqual([row.id]);
  });

  it('reminds of it also where the row gets another date before its owner’s hour', async () => {
    await company.db.user.update({ where: { id: company.ids.rep }, data: { remindAt: '14:00' } });
    await record('2026-11-23', { nextOn: localDate('2026-11-26') });
    await morning(company, '2026-11-26');
    const { version } = await fresh();
    const moved = { id: row.id, version, to: localDate('2027-03-01'), remark: null };
    await postponeInstalment(await company.as('manager', at('2026-11-26', '11:00')), moved);
    // The minute in which the old one is dropped, and the next.
    await morning(company, '2026-11-26', '14:00');
    await morning(company, '2026-11-26', '14:01');
    expect(await sentAbout(company, row.id)).toEqual(['2026-11-26 F→rep']);
  });

  it('reminds of it also where the row gets another date while the message waits to be sent', async () => {
    await record('2026-11-23', { nextOn: localDate('2026-11-26') });
    await planReminders(await company.system(at('2026-11-26')));
    const { version } = await fresh();
    const moved = { id: row.id, version, to: localDate('2027-03-01'), remark: null };
    await postponeInstalment(await company.as('manager', at('2026-11-26', '09:01')), moved);
    // As it is drawn when its turn comes.
    const drawn = await company.system(at('2026-11-26', '09:02'));
    expect(await findDigest(drawn, company.ids.rep, localDate('2026-11-26'))).toBeNull();
    await morning(company, '2026-11-26', '09:03');
    expect(await sentAbout(company, row.id)).toEqual(['2026-11-26 F→rep']);
  });
});

describe('a promise', () => {
  it('holds the ladder but not the weekly line, and is looked at on its own day', async () => {
    await mornings(company, '2026-12-03', '2026-12-11');
    await record('2026-12-11', promise('2026-12-22'));
    await mornings(company, '2026-12-12', '2026-12-22');
    expect(await since('2026-12-12')).toEqual([
      '2026-12-21 W→manager',
      '2026-12-21 W→rep',
      '2026-12-22 F→rep',
    ]);
    expect(await openCase()).toBeNull();
  });

  it('broken jumps one level, says so in thread and row, and is said once', async () => {
    await mornings(company, '2026-12-03', '2026-12-14');
    expect(await openCase()).toMatchObject({ level: 1 });
    await record('2026-12-14', promise('2026-12-15', 60_000_00n));
    await mornings(company, '2026-12-15', '2026-12-16');
    expect(await since('2026-12-16')).toEqual([
      '2026-12-16 E3→director',
      '2026-12-16 E3→financeManager',
      '2026-12-16 E3→manager',
      '2026-12-16 E3→rep',
    ]);
    expect(await openCase()).toMatchObject({ level: 2 });
    expect(await lines()).toEqual(['opened', 'promise', 'broken']);
    expect(await fresh()).toMatchObject({
      promisedOn: null,
      promisedAmount: null,
      brokenOn: toUtcDate(localDate('2026-12-15')),
    });
    await mornings(company, '2026-12-17', '2026-12-18');
    expect(await since('2026-12-17')).toEqual([]);
    expect(await company.db.auditLog.count({ where: { action: 'case.promise_broken' } })).toBe(1);
  });

  it('broken before any case opens one at level 1, with its root', async () => {
    await mornings(company, '2026-12-03', '2026-12-10');
    await record('2026-12-10', promise('2026-12-10'));
    await morning(company, '2026-12-11');
    expect(await openCase()).toMatchObject({ level: 1, recipientIds: [company.ids.manager] });
    expect(await company.db.outbox.count({ where: { kind: 'case.card', op: 'post' } })).toBe(1);
  });

  it('kept in part as promised is not broken', async () => {
    await mornings(company, '2026-12-03', '2026-12-14');
    await record('2026-12-14', promise('2026-12-15', 60_000_00n));
    const now = at('2026-12-15', '12:00');
    const { approval } = await aSubmittedReceipt(company, row, 60_000_00n, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    await sendAll(company);
    await morning(company, '2026-12-16');
    expect(await openCase()).toMatchObject({ level: 1 });
  });

  it('kept, then its money taken back, is not broken: the row begins anew', async () => {
    await mornings(company, '2026-12-03', '2026-12-12');
    await record('2026-12-12', { ...promise('2026-12-15'), nextOn: localDate('2026-12-15') });
    const now = at('2026-12-15', '12:00');
    const { receipt, approval } = await aSubmittedReceipt(company, row, 100_000_00n, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    const none = { promisedOn: null, promisedAmount: null, promisedLeft: null, nextContactOn: null };
    expect(await fresh()).toMatchObject({ lifecycle: 'settled', ...none });
    const later = at('2026-12-28', '12:00');
    const asked = await askReversal(await company.as('finance', later), {
      receiptId: receipt.id,
      amount: 100_000_00n,
      reason: '银行退票',
    });
    const waiting = await company.db.approval.findFirstOrThrow({ where: { subjectId: asked.id } });
    await approve(await company.as('financeManager', later), waiting.id, waiting.version);
    await sendAll(company);
    await morning(company, '2026-12-29');
    const told = await since('2026-12-16');
    // Listed once to owner and manager, as what is overdue when it opens (rules §8); nobody further, no old contact.
    expect(told).toEqual(['2026-12-29 E4→manager', '2026-12-29 E4→rep']);
    expect(await lines()).not.toContain('broken');
  });

  it('whose money waits for finance is not broken, and is once finance says no', async () => {
    await record('2026-12-12', promise('2026-12-15'));
    const now = at('2026-12-15', '12:00');
    const { approval } = await aSubmittedReceipt(company, row, 100_000_00n, { now });
    await mornings(company, '2026-12-16', '2026-12-18');
    expect(await lines()).not.toContain('broken');
    expect(await openCase()).toBeNull();
    const finance = await company.as('finance', at('2026-12-18', '12:00'));
    await reject(finance, approval.id, approval.version, { reason: 'not_in_bank' });
    await morning(company, '2026-12-21');
    expect(await lines()).toContain('broken');
  });

  it('renewed again and again holds twice; then escalation sees it', async () => {
    await record('2026-12-11', promise('2026-12-14'));
    await record('2026-12-14', promise('2026-12-21'));
    await mornings(company, '2026-12-15', '2026-12-21');
    expect(await openCase()).toBeNull();
    await record('2026-12-21', promise('2026-12-31'));
    expect(await fresh()).toMatchObject({ promiseCount: 3 });
    await morning(company, '2026-12-22');
    expect(await openCase()).toMatchObject({ closedOn: null });
    // Kept in part as promised, the next one is the first again.
    await record('2026-12-22', promise('2026-12-31', 40_000_00n));
    const now = at('2026-12-23', '12:00');
    const { approval } = await aSubmittedReceipt(company, row, 40_000_00n, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    await record('2026-12-23', promise('2026-12-31', 60_000_00n));
    expect(await fresh()).toMatchObject({ promiseCount: 1 });
  });

  it('is over with a new date', async () => {
    await record('2026-12-09', promise('2026-12-12'));
    const { version } = await fresh();
    await postponeInstalment(await company.as('rep', at('2026-12-09', '13:00')), {
      id: row.id,
      version,
      to: localDate('2026-12-20'),
      remark: null,
    });
    expect(await fresh()).toMatchObject({ promisedOn: null, promisedLeft: null });
  });

  it('is on the case card, with the last follow-up; nothing escalates before the day after it', async () => {
    await mornings(company, '2026-12-11', '2026-12-14');
    await record('2026-12-14', promise('2026-12-30'));
    const found = await openCase();
    const card = await findCaseCard(await company.system(at('2026-12-14', '13:00')), found?.id ?? '');
    expect(card).toMatchObject({
      followUps: 1,
      lastFollowUp: { who: 'rep', kind: 'call' },
      lastPromise: { promisedOn: '2026-12-30' },
      next: { level: 3, on: '2026-12-31' },
    });
    await mornings(company, '2026-12-15', '2026-12-30');
    expect(await openCase()).toMatchObject({ level: found?.level });
    await mornings(company, '2026-12-31', '2026-12-31');
    expect(await openCase()).toMatchObject({ level: 3 });
  });
});

describe('a dispute', () => {
  it('pauses to its day, goes to the manager after 14 days, and then the ladder goes on', async () => {
    await mornings(company, '2026-12-03', '2026-12-11');
    await record('2026-12-11', dispute('2026-12-31'));
    await mornings(company, '2026-12-12', '2026-12-31');
    expect(await since('2026-12-12')).toEqual([
      '2026-12-21 W→manager',
      '2026-12-21 W→rep',
      '2026-12-28 E2→manager',
      '2026-12-28 E2→rep',
    ]);
    expect(await openCase()).toMatchObject({ level: 1, recipientIds: [company.ids.manager] });
    expect(await lines()).toEqual(['disputed']);
    await morning(company, '2027-01-04');
    expect((await since('2027-01-01')).filter((line) => line.includes('E4'))).toHaveLength(4);
  });

  it('ends with [恢复催收]: what has fallen due comes with the next morning', async () => {
    await mornings(company, '2026-12-11', '2026-12-14');
    await record('2026-12-14', dispute('2027-01-20'));
    await mornings(company, '2026-12-15', '2026-12-18');
    expect(await since('2026-12-15')).toEqual([]);
    await resumeChasing(await company.as('rep', at('2026-12-18', '12:00')), row.id);
    expect(await fresh()).toMatchObject({
      disputed: false,
      disputedOn: null,
      blockUntil: null,
      blockReason: null,
    });
    await morning(company, '2026-12-21');
    expect((await since('2026-12-21')).filter((line) => line.includes('E3'))).toHaveLength(4);
    expect(await lines()).toEqual(['opened', 'dispute', 'resumed', 'raised']);
    await expect(resumeChasing(await company.as('rep'), row.id)).rejects.toMatchObject({
      code: 'follow_up.not_paused',
    });
    await expect(resumeChasing(await company.as('auditor'), row.id)).rejects.toMatchObject({
      code: 'access.denied',
    });
  });

  it('ends with a promise, and a promise with a dispute: the newest counts', async () => {
    await record('2026-12-11', dispute('2026-12-31'));
    await record('2026-12-11', promise('2026-12-15'));
    expect(await fresh()).toMatchObject({ disputed: false, blockUntil: null, promisedAmount: 100_000_00n });
    await record('2026-12-12', dispute('2026-12-31'));
    expect(await fresh()).toMatchObject({ disputed: true, promisedOn: null, blockReason: '验收未通过' });
  });

  it('and a promise in turn hold nothing for longer', async () => {
    await mornings(company, '2026-12-03', '2026-12-11');
    await record('2026-12-11', dispute('2026-12-31'));
    await record('2026-12-12', promise('2026-12-20'));
    await record('2026-12-12', dispute('2027-01-10'));
    await record('2026-12-24', promise('2027-01-20'));
    await record('2026-12-24', dispute('2027-01-31'));
    expect(await fresh()).toMatchObject({ disputedOn: new Date('2026-12-11'), promiseCount: 2 });
    await mornings(company, '2026-12-24', '2026-12-28');
    expect((await since('2026-12-22')).filter((line) => line.includes('E2'))).toEqual([
      '2026-12-28 E2→manager',
      '2026-12-28 E2→rep',
    ]);
    // The third promise in a row.
    await record('2026-12-28', promise('2027-02-20'));
    await morning(company, '2026-12-29');
    expect((await since('2026-12-29')).filter((line) => line.includes('E4'))).toHaveLength(4);
    // Kept, the next dispute is another one.
    await record('2026-12-29', promise('2027-01-20', 40_000_00n));
    const now = at('2026-12-30', '12:00');
    const { approval } = await aSubmittedReceipt(company, row, 40_000_00n, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    await record('2026-12-30', dispute('2027-01-20'));
    expect(await fresh()).toMatchObject({
      disputedOn: new Date('2026-12-30'),
      disputeTold: false,
      promiseCount: 0,
    });
  });
});

// Whose ladder counts for a row, what a ladder may be, and what a row will be reminded of.
import { describe, expect, it } from 'vitest';
import { localDate } from '../../../src/domain/local-date.js';
import { type ComingRow, comingReminders } from '../../../src/domain/reminders/coming.js';
import { DEFAULT_LADDER, type LadderRule } from '../../../src/domain/reminders/ladder.js';
import {
  checkLadder,
  companyOnly,
  kindsOf,
  ladderFinder,
  type OwnLadder,
  rankFor,
  rulesOfKind,
  type StepInput,
  withInput,
} from '../../../src/domain/reminders/ladders.js';

const NORMAL = rulesOfKind(DEFAULT_LADDER, 'normal');
const ruleOf = (code: string): LadderRule => {
  const rule = DEFAULT_LADDER.find((one) => one.code === code);
  if (!rule) throw new Error(code);
  return rule;
};
const input = (change: Partial<StepInput>): StepInput => ({
  offsetDays: 3,
  repeatEveryDays: null,
  roles: ['owner', 'sales_manager'],
  tone: 'urgent',
  level: 1,
  ...change,
});
const changed = (code: string, change: Partial<StepInput>) =>
  NORMAL.map((rule) => (rule.code === code ? withInput(rule, input(change)) : rule));

describe('whose ladder counts', () => {
  const own = (scope: OwnLadder['scope'], id: string, kinds = ['R1', 'Q1']): OwnLadder => ({
    scope,
    id,
    rules: kinds.map(ruleOf),
  });
  const row = { id: 'i', customerId: 'c', templateId: 't', isRetention: false };
  const scopeFor = (...ladders: OwnLadder[]) =>
    ladderFinder({ ...companyOnly(DEFAULT_LADDER), own: ladders })(row).scope;

  it('is the nearest: instalment, customer, template, company', () => {
    expect(scopeFor()).toBe('company');
    expect(scopeFor(own('template', 't'))).toBe('template');
    expect(scopeFor(own('template', 't'), own('customer', 'c'))).toBe('customer');
    expect(scopeFor(own('customer', 'c'), own('instalment', 'i'), own('template', 't'))).toBe('instalment');
    expect(scopeFor(own('customer', 'other'), own('template', 'other'))).toBe('company');
  });

  it('is asked of instalments and retentions apart', () => {
    const find = ladderFinder({ ...companyOnly(DEFAULT_LADDER), own: [own('customer', 'c', ['Q1'])] });
    expect(find(row).scope).toBe('company');
    expect(find({ ...row, isRetention: true })).toMatchObject({ scope: 'customer', rules: [{ code: 'Q1' }] });
  });
});

describe('a ladder', () => {
  it('as it is made is one', () => {
    expect(() => checkLadder(NORMAL)).not.toThrow();
    expect(() => checkLadder(rulesOfKind(DEFAULT_LADDER, 'retention'))).not.toThrow();
  });

  it.each([
    ['E2', { offsetDays: 7 }, 'ladder.same_day'],
    ['E2', { offsetDays: 8 }, 'ladder.order'],
    ['E3', { offsetDays: 2, level: 2 }, 'ladder.order'],
    ['E2', { offsetDays: 3, level: 3 }, 'ladder.level_order'],
    ['R3', { offsetDays: -1, level: 1 }, 'ladder.level_early'],
    ['E2', { roles: [] }, 'ladder.nobody'],
    ['E2', { roles: ['owner'] }, 'ladder.nobody_asked'],
  ] as const)('refuses %s as %j: %s', (code, change, expected) => {
    expect(() => checkLadder(changed(code, change))).toThrowError(expected);
  });

  it('refuses two steps of one rank, and a step at the rank where rows begin', () => {
    for (const rank of [0, ruleOf('E1').rank])
      expect(() =>
        checkLadder(NORMAL.map((rule) => (rule.code === 'E2' ? { ...rule, rank } : rule))),
      ).toThrowError('ladder.order');
  });

  it('takes changes that keep its order, and a step that only tells anywhere', () => {
    expect(() => checkLadder(changed('E2', { offsetDays: 5 }))).not.toThrow();
    const told = withInput(
      { ...ruleOf('E1'), code: 'X1', rank: rankFor(NORMAL, 10), level: null },
      input({ offsetDays: 10, level: null, roles: ['owner'] }),
    );
    expect(() => checkLadder([...NORMAL, told])).not.toThrow();
    expect(told).toMatchObject({ rank: 750, place: 'dm', needsAck: false });
    expect(() => checkLadder([])).toThrowError('ladder.empty');
    expect(withInput(ruleOf('E1'), input({ level: null, offsetDays: 2 })).level).toBe(0);
    expect(withInput(ruleOf('R1'), input({ level: null, offsetDays: -30 })).offsetDays).toBe(-7);
  });

  it('of milestones has no levels, nobody from finance, and may be repeated lines alone', () => {
    const anchor = rulesOfKind(DEFAULT_LADDER, 'anchor');
    expect(() => checkLadder(anchor)).not.toThrow();
    const asked = input({ offsetDays: -5, roles: ['owner', 'finance_owner'], tone: 'firm' });
    const told = withInput(ruleOf('A1'), asked);
    expect(told).toMatchObject({
      offsetDays: -5,
      roles: ['owner'],
      tone: 'firm',
      level: null,
      place: 'dm',
      needsAck: false,
    });
    expect(() => checkLadder([{ ...ruleOf('A1'), roles: ['finance_owner'] }])).toThrowError('ladder.nobody');
    expect(kindsOf('customer')).toEqual(['normal', 'retention', 'acceptance', 'anchor']);
    expect(kindsOf('instalment')).toEqual(kindsOf('template'));
    expect(kindsOf('template')).toEqual(['normal', 'retention']);
  });

  it('repeats nothing before its day', () => {
    const early = { ...ruleOf('AW'), offsetDays: -1 };
    expect(() => checkLadder([ruleOf('A1'), early])).toThrowError('ladder.repeat_early');
  });

  it('has room between two steps, until it has none', () => {
    expect([rankFor(NORMAL, -20), rankFor(NORMAL, -5), rankFor(NORMAL, 90)]).toEqual([150, 150, 1100]);
    const full = [0, 1].map(
      (n): LadderRule => ({ ...ruleOf('E2'), code: `X${n}`, rank: 600 + n, offsetDays: 3 + n * 2 }),
    );
    expect(() => rankFor(full, 4)).toThrowError('ladder.full');
  });
});

describe('what a row will be reminded of', () => {
  const calendar = { workweek: [1, 2, 3, 4, 5], days: new Map(), coveredThrough: null };
  // Due on a Sunday.
  const row: ComingRow = {
    effectiveDue: localDate('2026-12-13'),
    remindDaysAhead: 7,
    doneRank: 0,
    openedOn: null,
    lastSaidOn: null,
    isRetention: false,
    caseLevel: null,
    raisedOn: null,
    ackedUntil: null,
    outstanding: 100_00n,
    blockUntil: null,
    promisedOn: null,
    promisedLeft: null,
    promiseCount: 0,
    waiting: 0n,
    disputedOn: null,
    disputeTold: false,
  };
  const coming = (more: Partial<ComingRow>, from: string, limit = 20) =>
    comingReminders(
      { ...row, ...more },
      { rules: NORMAL, calendar, tolerance: 0 },
      localDate(from),
      limit,
    ).map(
      ({ on, occurrenceOn, rule, shifted, cause }) =>
        `${on} ${rule.code}${shifted ? ` (${occurrenceOn})` : ''}${cause ? ` ${cause}` : ''}`,
    );

  it('are the days that the sweep takes: off days shifted, one a day, then weekly', () => {
    expect(coming({}, '2026-11-20', 9)).toEqual([
      '2026-12-04 R1 (2026-12-06)',
      '2026-12-10 R2',
      '2026-12-11 R4 (2026-12-13)',
      '2026-12-14 E1',
      '2026-12-16 E2',
      '2026-12-21 E3 (2026-12-20)',
      '2026-12-28 E4',
      '2027-01-04 W',
      '2027-01-11 W',
    ]);
  });

  it('name a day off only where it is the reason: not of what does not wait for workdays, nor of a ladder of today', () => {
    // D+15 is a Saturday; looked at for the Sunday, as by a ladder that was changed on it.
    const late = { effectiveDue: localDate('2026-11-27'), doneRank: 700 };
    expect(coming(late, '2026-12-12', 1)).toEqual(['2026-12-12 E4']);
    expect(coming(late, '2026-12-13', 1)).toEqual(['2026-12-13 E4']);
    // D+7 is a Sunday, and two workdays are over.
    expect(coming({ doneRank: 600 }, '2026-12-22', 1)).toEqual(['2026-12-22 E3']);
  });

  it('leave out what was reached, and end where nothing repeats', () => {
    const reached = { doneRank: 600 };
    expect(coming(reached, '2026-12-17', 2)).toEqual(['2026-12-21 E3 (2026-12-20)', '2026-12-28 E4']);
    expect(coming({}, '2020-01-01', 1)).toEqual(['2026-12-04 R1 (2026-12-06)']);
  });

  it('wait for what an acknowledgement holds; the level after it is free again', () => {
    const acked = { doneRank: 600, caseLevel: 1, ackedUntil: localDate('2026-12-23') };
    // For the acknowledgement, not because its day was a Sunday.
    expect(coming(acked, '2026-12-18', 3)).toEqual(['2026-12-21 W', '2026-12-23 E3', '2026-12-28 E4']);
  });

  it('go on weekly while a promise holds, which takes the next level when it is not kept', () => {
    const promised = { promisedOn: localDate('2027-01-05'), promisedLeft: 0n, promiseCount: 1 };
    expect(coming({ ...promised, doneRank: 600, caseLevel: 1 }, '2026-12-17', 5)).toEqual([
      '2026-12-21 W',
      '2026-12-28 W',
      '2027-01-04 W',
      '2027-01-06 E4 promise',
      '2027-01-11 W',
    ]);
    expect(coming({ ...promised, effectiveDue: null }, '2026-12-17', 5)).toEqual(['2027-01-06 E2 promise']);
  });

  it('go to the manager when a dispute lasts too long, and on after its pause', () => {
    const disputed = { disputedOn: localDate('2026-12-14'), blockUntil: localDate('2027-01-15') };
    expect(coming({ ...disputed, doneRank: 500 }, '2026-12-15', 4)).toEqual([
      '2026-12-21 W',
      '2026-12-28 W',
      '2026-12-29 E2 dispute',
      '2027-01-04 W',
    ]);
  });
});

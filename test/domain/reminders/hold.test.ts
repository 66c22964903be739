// What holds a row's ladder back, and what a broken promise and a long dispute make of it.
import { describe, expect, it } from 'vitest';
import { addDays, type LocalDate, localDate } from '../../../src/domain/local-date.js';
import { heldUntil, isDisputeOld, isHeld, isPromiseBroken } from '../../../src/domain/reminders/hold.js';
import { DEFAULT_LADDER } from '../../../src/domain/reminders/ladder.js';
import { companyOnly, rulesOfKind } from '../../../src/domain/reminders/ladders.js';
import { caseChangeOf, type PlannableRow, stepDecider } from '../../../src/domain/reminders/plan-row.js';
import { everyDay } from './ladder-fixtures.js';

const DUE = localDate('2026-03-01');
const on = (days: number): LocalDate => addDays(DUE, days);
const aRow = (more: Partial<PlannableRow> = {}): PlannableRow => ({
  effectiveDue: DUE,
  remindDaysAhead: 7,
  doneRank: 500,
  openedOn: on(-60),
  caseLevel: null,
  raisedOn: null,
  ackedUntil: null,
  outstanding: 1_000_00n,
  blockUntil: null,
  promisedOn: null,
  promisedLeft: null,
  promiseCount: 0,
  waiting: 0n,
  disputedOn: null,
  disputeTold: false,
  isRetention: false,
  ...more,
});
const decide = (row: PlannableRow, today: LocalDate) =>
  stepDecider(
    companyOnly(DEFAULT_LADDER),
    everyDay,
    today,
    () => 100,
  )({
    id: 'row',
    currency: 'CNY',
    customerId: 'customer',
    templateId: null,
    ...row,
  });
const said = (row: PlannableRow, today: LocalDate) => {
  const step = decide(row, today);
  return step && [step.rule.code, step.cause, caseChangeOf(row, step, rulesOfKind(DEFAULT_LADDER, 'normal'))];
};
const promise = { promisedOn: on(5), promisedLeft: 0n };

describe('a promise', () => {
  it('holds every step until its day, that day included', () => {
    expect(said(aRow(promise), on(3))).toBeNull();
    expect(said(aRow(promise), on(5))).toBeNull();
  });

  it('beside a pause holds until the later of the two; without either nothing does', () => {
    expect(heldUntil(aRow({ ...promise, blockUntil: on(9) }), 100)).toBe(on(9));
    expect(heldUntil(aRow({ ...promise, blockUntil: on(2) }), 100)).toBe(on(5));
    expect(heldUntil(aRow({ blockUntil: on(2) }), 100)).toBe(on(2));
    expect(heldUntil(aRow(promise), 100)).toBe(on(5));
    expect(heldUntil(aRow(), 100)).toBeNull();
  });

  it('is broken only once its day is over', () => {
    expect(isPromiseBroken(aRow(promise), on(5), 100)).toBe(false);
    expect(isPromiseBroken(aRow(promise), on(6), 100)).toBe(true);
    expect(isPromiseBroken(aRow(), on(6), 100)).toBe(false);
    // Promised before it is due: not before the due day is over either.
    expect(isPromiseBroken(aRow({ ...promise, promisedOn: on(-3) }), on(0), 100)).toBe(false);
  });

  it('is broken by its own day alone where nobody knows the due date; nothing else is said of such a row', () => {
    const undated = { effectiveDue: null, doneRank: 0, openedOn: null };
    expect(said(aRow({ ...promise, ...undated }), on(5))).toBeNull();
    expect(said(aRow({ ...promise, ...undated }), on(6))).toEqual(['E2', 'promise', 'broken']);
    expect(said(aRow(undated), on(200))).toBeNull();
    expect(isDisputeOld(aRow({ ...undated, disputedOn: on(0) }), on(50))).toBe(false);
  });

  it('kept but for the tolerance holds nothing and is not broken', () => {
    const kept = aRow({ ...promise, outstanding: 100n });
    expect(heldUntil(kept, 100)).toBeNull();
    expect(isPromiseBroken(kept, on(6), 100)).toBe(false);
    const part = aRow({ promisedOn: on(5), promisedLeft: 500_00n, outstanding: 500_00n });
    expect(said(part, on(4))).toEqual(['E2', 'day', 'opened']);
  });

  it('holds twice in a row; from the third on the steps go on by their days, and it can still be broken', () => {
    expect(said(aRow({ ...promise, promiseCount: 2 }), on(4))).toBeNull();
    const third = aRow({ ...promise, promiseCount: 3 });
    expect(heldUntil(third, 100)).toBeNull();
    expect(said(third, on(4))).toEqual(['E2', 'day', 'opened']);
    expect(isPromiseBroken(third, on(6), 100)).toBe(true);
    // A dispute still holds.
    expect(isHeld(aRow({ ...third, blockUntil: on(9) }), on(9), 100)).toBe(true);
  });

  it('whose money is in approval is neither broken nor reminded of until finance decides', () => {
    const whole = aRow({ ...promise, waiting: 1_000_00n });
    expect(isPromiseBroken(whole, on(6), 100)).toBe(false);
    expect(said(whole, on(20))).toBeNull();
    // Up to the tolerance; less than was promised is not it.
    expect(isHeld(aRow({ ...promise, waiting: 999_00n }), on(6), 100)).toBe(true);
    const part = aRow({ ...promise, waiting: 998_99n });
    expect(isHeld(part, on(6), 100)).toBe(false);
    expect(isPromiseBroken(part, on(6), 100)).toBe(true);
    // Money without a promise holds nothing.
    expect(said(aRow({ waiting: 1_000_00n }), on(4))).toEqual(['E2', 'day', 'opened']);
  });

  it('broken opens the case one level up, before its day', () => {
    expect(said(aRow({ ...promise, promisedOn: on(1) }), on(2))).toEqual(['E2', 'promise', 'broken']);
    const asked = aRow({ ...promise, doneRank: 600, caseLevel: 1, ackedUntil: on(30) });
    expect(said(asked, on(6))).toEqual(['E3', 'promise', 'broken']);
  });

  it('broken takes the higher of the next level and the step of the day', () => {
    const late = aRow({ promisedOn: on(20), promisedLeft: 0n });
    expect(said(late, on(21))).toEqual(['E4', 'promise', 'broken']);
    expect(decide(late, on(21))?.superseded.map((rule) => rule.code)).toEqual(['E2', 'E3']);
  });

  it('broken at the highest level is said again', () => {
    const top = aRow({ ...promise, doneRank: 1000, caseLevel: 4 });
    expect(said(top, on(70))).toEqual(['E6', 'promise', 'broken']);
  });

  it('about a row that is not due yet is not broken', () => {
    expect(isPromiseBroken(aRow({ promisedOn: on(-3), promisedLeft: 0n }), on(0), 100)).toBe(false);
    expect(isPromiseBroken(aRow({ promisedOn: on(-3), promisedLeft: 0n }), on(1), 100)).toBe(true);
  });
});

describe('a dispute', () => {
  const dispute = { disputedOn: on(1), blockUntil: on(40) };

  it('holds every step to the end of its pause, then the step of the day comes', () => {
    expect(said(aRow(dispute), on(10))).toBeNull();
    expect(isHeld(aRow(dispute), on(40), 100)).toBe(true);
    expect(said(aRow({ ...dispute, disputeTold: true }), on(41))).toEqual(['E5', 'day', 'opened']);
  });

  it('goes to the manager once after more than 14 days, paused or not', () => {
    expect(isDisputeOld(aRow(dispute), on(15))).toBe(false);
    expect(said(aRow(dispute), on(16))).toEqual(['E2', 'dispute', 'disputed']);
    expect(said(aRow({ ...dispute, disputeTold: true }), on(16))).toBeNull();
  });

  it('of a row that is not due yet waits until it is', () => {
    expect(isDisputeOld(aRow({ disputedOn: on(-30) }), on(0))).toBe(false);
  });
});

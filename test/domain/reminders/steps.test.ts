import { describe, expect, it } from 'vitest';
import { localDate as d } from '../../../src/domain/local-date.js';
import { type LadderRule, sendDateOf } from '../../../src/domain/reminders/ladder.js';
import {
  dueWeekly,
  highestDueStep,
  latestDueForOffset,
  latestNominalForOffset,
  type StepFacts,
  weeklyOccurrence,
} from '../../../src/domain/reminders/steps.js';
import { chinese, everyDay, ladder, ruleOf, steps } from './ladder-fixtures.js';

const weekly = ruleOf('W');

/** What today says: the step, what it supersedes, as text. */
const say = (due: string, today: string, more: Partial<StepFacts> = {}, calendar = chinese) => {
  const facts = { effectiveDue: d(due), remindDaysAhead: 7, doneRank: 0, ...more };
  const step = highestDueStep(facts, ladder, calendar, d(today));
  if (!step) return null;
  const list = step.listedOnly ? ' listed' : '';
  return `${step.rule.code} ${step.occurrenceOn} [${step.superseded.map((rule) => rule.code).join(' ')}]${list}`;
};
describe('highestDueStep', () => {
  it('gives each day its step and nothing between', () => {
    // Due on Friday 20 November 2026.
    expect(say('2026-11-20', '2026-11-12')).toBeNull();
    expect(say('2026-11-20', '2026-11-13')).toBe('R1 2026-11-13 []');
    expect(say('2026-11-20', '2026-11-16', { doneRank: 100 })).toBeNull();
    expect(say('2026-11-20', '2026-11-17', { doneRank: 100 })).toBe('R2 2026-11-17 []');
    expect(say('2026-11-20', '2026-11-20', { doneRank: 300 })).toBe('R4 2026-11-20 []');
    expect(say('2026-11-20', '2026-11-23', { doneRank: 400 })).toBe('E2 2026-11-23 [E1]');
    expect(say('2026-11-20', '2026-11-27', { doneRank: 600 })).toBe('E3 2026-11-27 []');
    expect(say('2026-11-20', '2027-05-03', { doneRank: 700 })).toBeNull();
  });

  it('names the nominal day when the step was moved', () => {
    expect(say('2026-11-22', '2026-11-20', { doneRank: 200 })).toBe('R4 2026-11-22 [R3]');
  });

  it('says nothing on a day off', () => {
    expect(say('2026-11-20', '2026-11-21', { doneRank: 400 })).toBeNull();
    expect(say('2026-02-10', '2026-02-17')).toBeNull();
  });

  it('catches up with one message after an outage', () => {
    expect(say('2026-11-20', '2026-11-30')).toBe('E3 2026-11-27 [R1 R2 R3 R4 E1 E2]');
    expect(say('2026-11-20', '2026-11-18')).toBe('R2 2026-11-17 [R1]');
  });

  it('lists what was overdue when it opened, and escalates with the next step', () => {
    const openedOn = d('2026-11-25');
    expect(say('2026-11-20', '2026-11-25', { openedOn })).toBe('E2 2026-11-23 [R1 R2 R3 R4 E1] listed');
    expect(say('2026-11-20', '2026-11-27', { openedOn, doneRank: 600 })).toBe('E3 2026-11-27 []');
    expect(say('2026-11-20', '2026-11-30', { openedOn })).toBe('E3 2026-11-27 [R1 R2 R3 R4 E1 E2]');
    expect(say('2026-09-01', '2026-11-25', { openedOn })).toBe('E3 2026-09-08 [R1 R2 R3 R4 E1 E2] listed');
  });

  it('escalates a step of the very day it opened, and reminds of what opened before its date', () => {
    expect(say('2026-11-20', '2026-11-23', { openedOn: d('2026-11-23') })).toBe(
      'E2 2026-11-23 [R1 R2 R3 R4 E1]',
    );
    expect(say('2026-11-20', '2026-11-18', { openedOn: d('2026-11-18') })).toBe('R2 2026-11-17 [R1]');
    expect(say('2026-11-20', '2026-11-20', { openedOn: null })).toBe('R4 2026-11-20 [R1 R2 R3]');
  });

  it('does not wait for a workday from level 3 on', () => {
    const letter: LadderRule = { ...ruleOf('E3'), code: 'E4', rank: 800, offsetDays: 15, level: 3 };
    // 15 days after Friday 6 November is Saturday 21 November.
    expect(sendDateOf(letter, d('2026-11-06'), 7, chinese)).toBe('2026-11-21');
    const facts = { effectiveDue: d('2026-11-06'), remindDaysAhead: 7, doneRank: 0 };
    const step = highestDueStep(facts, [...ladder, letter], chinese, d('2026-11-21'));
    expect(step?.rule.code).toBe('E4');
    expect(step?.superseded.map((rule) => rule.code)).toEqual(['R1', 'R2', 'R3', 'R4', 'E1', 'E2', 'E3']);
  });
});

describe('weekly lines', () => {
  it('falls on Monday, or the first workday, and is caught up within the week', () => {
    expect(weeklyOccurrence(chinese, d('2026-11-23'))).toBe('2026-11-23');
    expect(weeklyOccurrence(chinese, d('2026-11-26'))).toBe('2026-11-23');
    expect(weeklyOccurrence(chinese, d('2026-11-22'))).toBeNull();
    expect(weeklyOccurrence(chinese, d('2026-02-23'))).toBeNull();
    expect(weeklyOccurrence(chinese, d('2026-02-24'))).toBe('2026-02-23');
    expect(weeklyOccurrence(chinese, d('2026-02-17'))).toBeNull();
    expect(weeklyOccurrence(chinese, d('2026-11-25'), 5)).toBeNull();
  });

  it('starts after D+7, once a week, and not when a step has said it', () => {
    const due = (effectiveDue: string, lastSaidOn: string | null, today: string) =>
      dueWeekly(
        { effectiveDue: d(effectiveDue), lastSaidOn: lastSaidOn === null ? null : d(lastSaidOn) },
        weekly,
        chinese,
        d(today),
      );
    expect(due('2026-11-16', null, '2026-11-23')).toBeNull();
    expect(due('2026-11-16', '2026-11-23', '2026-11-30')).toBe('2026-11-30');
    expect(due('2026-11-16', '2026-11-30', '2026-11-30')).toBeNull();
    expect(due('2026-11-16', '2026-11-30', '2026-12-02')).toBeNull();
    expect(due('2026-11-15', null, '2026-11-25')).toBe('2026-11-23');
    expect(due('2026-11-15', '2026-11-23', '2026-11-25')).toBeNull();
    expect(due('2026-11-15', null, '2026-11-28')).toBeNull();
  });
});

describe('set-based bounds', () => {
  it('reaches over the days off that follow for coming dates, and back over those before for overdue ones', () => {
    const bounds = (today: string) =>
      [0, 1].map((offset) => latestNominalForOffset(offset, chinese, d(today)));
    expect(bounds('2026-11-20')).toEqual(['2026-11-22', '2026-11-20']);
    expect(bounds('2026-11-21')).toEqual(['2026-11-22', '2026-11-20']);
    expect(bounds('2026-02-14')).toEqual(['2026-02-23', '2026-02-14']);
    expect(latestDueForOffset(-3, chinese, d('2026-11-20'))).toBe('2026-11-25');
    expect(latestDueForOffset(7, chinese, d('2026-11-20'))).toBe('2026-11-13');
    for (const rule of steps)
      expect(latestNominalForOffset(rule.offsetDays, everyDay, d('2026-02-18'))).toBe('2026-02-18');
  });
});

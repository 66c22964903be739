import { describe, expect, it } from 'vitest';
import { localDate as d } from '../../../src/domain/local-date.js';
import {
  DEFAULT_LADDER,
  isWeekly,
  occurrenceOf,
  offsetOf,
  sendDateOf,
} from '../../../src/domain/reminders/ladder.js';
import { chinese, everyDay, ruleOf, steps } from './ladder-fixtures.js';

const sendDays = (due: string, remindDaysAhead = 7, calendar = chinese) =>
  Object.fromEntries(steps.map((rule) => [rule.code, sendDateOf(rule, d(due), remindDaysAhead, calendar)]));

describe('the default ladder', () => {
  it('is the one of the rules', () => {
    const table = DEFAULT_LADDER.map((rule) => [
      rule.code,
      rule.offsetDays,
      rule.roles.join('+'),
      rule.place,
      rule.level,
    ]);
    expect(table).toEqual([
      ['R1', -7, 'owner', 'dm', null],
      ['R2', -3, 'owner', 'dm', null],
      ['R3', -1, 'owner', 'dm', null],
      ['R4', 0, 'owner+finance_owner', 'dm', null],
      ['E1', 1, 'owner', 'dm', 0],
      ['E2', 3, 'owner+sales_manager', 'thread', 1],
      ['E3', 7, 'owner+sales_manager+sales_director+finance_manager', 'thread', 2],
      ['E4', 15, 'owner+sales_manager+sales_director+finance_manager', 'thread', 3],
      ['E5', 30, 'owner+sales_manager+sales_director+finance_manager', 'thread', 3],
      ['E6', 60, 'owner+sales_manager+sales_director+finance_manager', 'thread', 4],
      ['W', 7, 'owner+sales_manager', 'dm', null],
      ['Q1', -30, 'owner', 'dm', null],
      ['Q2', -14, 'owner', 'dm', null],
      ['Q3', -7, 'owner', 'dm', null],
      ['Q4', -3, 'owner', 'dm', null],
      ['Q5', 0, 'owner+finance_owner', 'dm', null],
      ['Q6', 1, 'owner+sales_manager', 'thread', 1],
      ['Q7', 7, 'owner+sales_manager+sales_director+finance_manager', 'thread', 2],
      ['QW', 7, 'owner+sales_manager', 'dm', null],
      ['A1', -7, 'owner', 'dm', null],
      ['A2', -1, 'owner', 'dm', null],
      ['AW', 0, 'owner', 'dm', null],
      ['N1', 0, 'owner', 'dm', null],
    ]);
    expect(DEFAULT_LADDER.filter((rule) => rule.needsAck).map((rule) => rule.code)).toEqual(
      DEFAULT_LADDER.filter((rule) => rule.place === 'thread').map((rule) => rule.code),
    );
    expect(DEFAULT_LADDER.filter((rule) => rule.replacedByRemindDays).map((rule) => rule.code)).toEqual([
      'R1',
    ]);
    expect(DEFAULT_LADDER.filter(isWeekly).map((rule) => [rule.code, rule.repeatEveryDays])).toEqual([
      ['W', 7],
      ['QW', 7],
      ['AW', 7],
      ['N1', 30],
    ]);
  });

  it('ranks steps as their offsets go, so that a higher one is a later one', () => {
    const byRank = steps.toSorted((a, b) => a.rank - b.rank);
    expect(byRank).toEqual(steps.toSorted((a, b) => a.offsetDays - b.offsetDays));
    expect(new Set(steps.map((rule) => rule.rank)).size).toBe(steps.length);
    expect(steps.every((rule) => rule.rank > 0)).toBe(true);
  });
});

describe('sendDateOf', () => {
  it('moves reminders before days off and overdue steps behind them', () => {
    // Due on Sunday 22 November 2026.
    expect(sendDays('2026-11-22')).toEqual({
      R1: '2026-11-13',
      R2: '2026-11-19',
      R3: '2026-11-20',
      R4: '2026-11-20',
      E1: '2026-11-23',
      E2: '2026-11-25',
      E3: '2026-11-30',
    });
  });

  it('collapses around the Spring Festival', () => {
    expect(sendDays('2026-02-18')).toEqual({
      R1: '2026-02-11',
      R2: '2026-02-14',
      R3: '2026-02-14',
      R4: '2026-02-14',
      E1: '2026-02-24',
      E2: '2026-02-24',
      E3: '2026-02-25',
    });
  });

  it.each<[number, Record<string, number | null>]>([
    [0, { R1: 0, R2: null, R3: null, R4: 0 }],
    [2, { R1: -2, R2: null, R3: -1, R4: 0 }],
    [3, { R1: -3, R2: -3, R3: -1, R4: 0 }],
    [7, { R1: -7, R2: -3, R3: -1, R4: 0 }],
    [30, { R1: -30, R2: -3, R3: -1, R4: 0 }],
  ])('replaces R1 by %i days ahead and leaves out what is earlier', (ahead, offsets) => {
    const found = Object.keys(offsets).map((code) => [code, offsetOf(ruleOf(code), ahead)]);
    expect(Object.fromEntries(found)).toEqual(offsets);
    expect(occurrenceOf(ruleOf('E3'), d('2026-11-21'), ahead)).toBe('2026-11-28');
  });

  it('needs no shift where every day is a workday', () => {
    for (const rule of steps) {
      expect(sendDateOf(rule, d('2026-02-18'), 7, everyDay)).toBe(occurrenceOf(rule, d('2026-02-18'), 7));
    }
  });
});

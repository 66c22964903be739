import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWorkday, type WorkCalendar } from '../../../src/domain/calendar.js';
import { chineseCalendarDays } from '../../../src/domain/chinese-calendar.js';
import { addDays, diffDays, type LocalDate, localDate, weekday } from '../../../src/domain/local-date.js';
import {
  DEFAULT_LADDER,
  isWeekly,
  type LadderRule,
  occurrenceOf,
  offsetOf,
  sendDateOf,
} from '../../../src/domain/reminders/ladder.js';
import {
  dueWeekly,
  highestDueStep,
  latestDueForOffset,
  latestNominalForOffset,
  type StepFacts,
  weeklyOccurrence,
} from '../../../src/domain/reminders/steps.js';

const d = localDate;
const china = chineseCalendarDays();
const chinese: WorkCalendar = {
  workweek: [1, 2, 3, 4, 5],
  days: new Map(china.days.map((day) => [day.date, day.isWorkday])),
  coveredThrough: china.coveredThrough,
};
const everyDay: WorkCalendar = { workweek: [1, 2, 3, 4, 5, 6, 7], days: new Map(), coveredThrough: null };
const steps = DEFAULT_LADDER.filter((rule) => !isWeekly(rule));
const ruleOf = (code: string): LadderRule => {
  const rule = DEFAULT_LADDER.find((candidate) => candidate.code === code);
  if (!rule) throw new Error(`no rule ${code}`);
  return rule;
};
const weekly = ruleOf('W');

/** What today says: the step, what it supersedes, as text. */
const say = (due: string, today: string, more: Partial<StepFacts> = {}, calendar = chinese) => {
  const facts = { effectiveDue: d(due), remindDaysAhead: 7, doneRank: 0, ...more };
  const step = highestDueStep(facts, DEFAULT_LADDER, calendar, d(today));
  if (!step) return null;
  const list = step.listedOnly ? ' listed' : '';
  return `${step.rule.code} ${step.occurrenceOn} [${step.superseded.map((rule) => rule.code).join(' ')}]${list}`;
};
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
      ['W', 7, 'owner+sales_manager', 'dm', null],
    ]);
    expect(DEFAULT_LADDER.filter((rule) => rule.needsAck).map((rule) => rule.code)).toEqual(['E2', 'E3']);
    expect(DEFAULT_LADDER.filter((rule) => rule.replacedByRemindDays).map((rule) => rule.code)).toEqual([
      'R1',
    ]);
    expect(DEFAULT_LADDER.filter(isWeekly).map((rule) => rule.code)).toEqual(['W']);
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

  it('does not wait for a workday from level 3 on', () => {
    const letter: LadderRule = { ...ruleOf('E3'), code: 'E4', rank: 8, offsetDays: 15, level: 3 };
    // 15 days after Friday 6 November is Saturday 21 November.
    expect(sendDateOf(letter, d('2026-11-06'), 7, chinese)).toBe('2026-11-21');
    const facts = { effectiveDue: d('2026-11-06'), remindDaysAhead: 7, doneRank: 0 };
    const step = highestDueStep(facts, [...DEFAULT_LADDER, letter], chinese, d('2026-11-21'));
    expect(step?.rule.code).toBe('E4');
    expect(step?.superseded.map((rule) => rule.code)).toEqual(['R1', 'R2', 'R3', 'R4', 'E1', 'E2', 'E3']);
  });
});

describe('highestDueStep', () => {
  it('gives each day its step and nothing between', () => {
    // Due on Friday 20 November 2026.
    expect(say('2026-11-20', '2026-11-12')).toBeNull();
    expect(say('2026-11-20', '2026-11-13')).toBe('R1 2026-11-13 []');
    expect(say('2026-11-20', '2026-11-16', { doneRank: 1 })).toBeNull();
    expect(say('2026-11-20', '2026-11-17', { doneRank: 1 })).toBe('R2 2026-11-17 []');
    expect(say('2026-11-20', '2026-11-20', { doneRank: 3 })).toBe('R4 2026-11-20 []');
    expect(say('2026-11-20', '2026-11-23', { doneRank: 4 })).toBe('E2 2026-11-23 [E1]');
    expect(say('2026-11-20', '2026-11-27', { doneRank: 6 })).toBe('E3 2026-11-27 []');
    expect(say('2026-11-20', '2027-05-03', { doneRank: 7 })).toBeNull();
  });

  it('names the nominal day when the step was moved', () => {
    expect(say('2026-11-22', '2026-11-20', { doneRank: 2 })).toBe('R4 2026-11-22 [R3]');
  });

  it('says nothing on a day off', () => {
    expect(say('2026-11-20', '2026-11-21', { doneRank: 4 })).toBeNull();
    expect(say('2026-02-10', '2026-02-17')).toBeNull();
  });

  it('catches up with one message after an outage', () => {
    expect(say('2026-11-20', '2026-11-30')).toBe('E3 2026-11-27 [R1 R2 R3 R4 E1 E2]');
    expect(say('2026-11-20', '2026-11-18')).toBe('R2 2026-11-17 [R1]');
  });

  it('lists what was overdue when it opened, and escalates with the next step', () => {
    const openedOn = d('2026-11-25');
    expect(say('2026-11-20', '2026-11-25', { openedOn })).toBe('E2 2026-11-23 [R1 R2 R3 R4 E1] listed');
    expect(say('2026-11-20', '2026-11-27', { openedOn, doneRank: 6 })).toBe('E3 2026-11-27 []');
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

const start = d('2026-01-01');
const anyCalendar = fc
  .record({
    workweek: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    days: fc.array(fc.tuple(fc.integer({ min: -40, max: 130 }), fc.boolean()), { maxLength: 60 }),
  })
  .map(
    ({ workweek, days }): WorkCalendar => ({
      workweek,
      days: new Map(days.map(([n, works]) => [addDays(start, n), works])),
      coveredThrough: null,
    }),
  );
const anyDue = fc.integer({ min: 0, max: 40 }).map((n) => addDays(start, n));
const anyAhead = fc.integer({ min: 0, max: 30 });
const SIMULATED_DAYS = 110;
const anyOutage = fc.array(fc.boolean(), { minLength: SIMULATED_DAYS, maxLength: SIMULATED_DAYS });

type Event = { code: string; on: LocalDate; by: string; occurrenceOn: LocalDate };

/** Runs every morning that is not an outage, keeping only what the database keeps. */
function simulate(
  calendar: WorkCalendar,
  effectiveDue: LocalDate,
  remindDaysAhead: number,
  runs: readonly boolean[],
) {
  const sent: Event[] = [];
  const superseded: Event[] = [];
  let doneRank = 0;
  let lastSaidOn: LocalDate | null = null;
  for (const [index, isUp] of runs.entries()) {
    if (!isUp) continue;
    const today = addDays(start, index - 35);
    // Twice a day: the second run must find nothing.
    for (let run = 0; run < 2; run += 1) {
      const step = highestDueStep(
        { effectiveDue, remindDaysAhead, doneRank },
        DEFAULT_LADDER,
        calendar,
        today,
      );
      if (step) {
        const { rule, occurrenceOn } = step;
        sent.push({ code: rule.code, on: today, by: rule.code, occurrenceOn });
        for (const lower of step.superseded)
          superseded.push({ code: lower.code, on: today, by: rule.code, occurrenceOn });
        doneRank = rule.rank;
        lastSaidOn = today;
        continue;
      }
      const occurrenceOn = dueWeekly({ effectiveDue, lastSaidOn }, weekly, calendar, today);
      if (!occurrenceOn) continue;
      sent.push({ code: 'W', on: today, by: 'W', occurrenceOn });
      lastSaidOn = today;
    }
  }
  return { sent, superseded };
}

describe('a life of an instalment, over random calendars and outages', () => {
  const lives = fc.tuple(anyCalendar, anyDue, anyAhead, anyOutage);

  it('sends on workdays, at most one thing a day, never the same twice', () => {
    fc.assert(
      fc.property(lives, ([calendar, due, ahead, runs]) => {
        const { sent, superseded } = simulate(calendar, due, ahead, runs);
        expect(sent.every((event) => isWorkday(calendar, event.on))).toBe(true);
        expect(new Set(sent.map((event) => event.on)).size).toBe(sent.length);
        const keys = [
          ...sent.map((e) => (e.code === 'W' ? `W ${e.occurrenceOn}` : e.code)),
          ...superseded.map((e) => e.code),
        ];
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns: 300 },
    );
  });

  it('sends every step or supersedes it by a higher one, as soon as the app runs', () => {
    fc.assert(
      fc.property(lives, ([calendar, due, ahead, runs]) => {
        const { sent, superseded } = simulate(calendar, due, ahead, runs);
        const rankOf = (code: string) => ruleOf(code).rank;
        expect(superseded.every((event) => rankOf(event.by) > rankOf(event.code))).toBe(true);
        const workingRuns = runs.flatMap((isUp, index) => {
          const day = addDays(start, index - 35);
          return isUp && isWorkday(calendar, day) ? [day] : [];
        });
        for (const rule of steps) {
          const sendOn = sendDateOf(rule, due, ahead, calendar);
          const handled = [...sent, ...superseded].find((event) => event.code === rule.code);
          const firstRun = sendOn === null ? undefined : workingRuns.find((day) => day >= sendOn);
          expect(handled?.on).toBe(firstRun);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('never reminds of a coming date that has passed, and never goes back down', () => {
    fc.assert(
      fc.property(lives, ([calendar, due, ahead, runs]) => {
        const ladder = simulate(calendar, due, ahead, runs).sent.filter((event) => event.code !== 'W');
        const ranks = ladder.map((event) => ruleOf(event.code).rank);
        expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b));
        for (const event of ladder) {
          const offset = offsetOf(ruleOf(event.code), ahead) ?? Number.NaN;
          expect(diffDays(event.occurrenceOn, due)).toBe(offset);
          if (offset <= 0) expect(event.on <= due).toBe(true);
          else expect(event.on > due).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('says something once in every week after D+7 in which it runs on a workday', () => {
    fc.assert(
      fc.property(lives, ([calendar, due, ahead, runs]) => {
        const { sent } = simulate(calendar, due, ahead, runs);
        const mondays = new Set<LocalDate>();
        for (const [index, isUp] of runs.entries()) {
          const day = addDays(start, index - 35);
          const monday = addDays(day, 1 - weekday(day));
          if (isUp && isWorkday(calendar, day) && diffDays(monday, due) > 7) mondays.add(monday);
        }
        for (const monday of mondays) {
          const inWeek = sent.filter((event) => event.on >= monday && diffDays(event.on, monday) < 7);
          expect(inWeek).toHaveLength(1);
        }
        expect(sent.every((event) => event.code !== 'W' || diffDays(event.occurrenceOn, due) > 7)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('selects set-based exactly what the function decides', () => {
    const anyDay = fc.integer({ min: -30, max: 90 }).map((n) => addDays(start, n));
    fc.assert(
      fc.property(
        anyCalendar,
        anyDue,
        anyAhead,
        anyDay,
        fc.integer({ min: 0, max: 7 }),
        (calendar, due, ahead, today, doneRank) => {
          const selected = steps.filter((rule) => {
            const offset = offsetOf(rule, ahead);
            if (offset === null || rule.rank <= doneRank) return false;
            const isDue = addDays(due, offset) <= latestNominalForOffset(offset, calendar, today);
            expect(isDue).toBe(due <= latestDueForOffset(offset, calendar, today));
            return isDue;
          });
          const step = highestDueStep(
            { effectiveDue: due, remindDaysAhead: ahead, doneRank },
            DEFAULT_LADDER,
            calendar,
            today,
          );
          const expected = isWorkday(calendar, today) ? selected.map((rule) => rule.code) : [];
          const decided = step ? [...step.superseded, step.rule].map((rule) => rule.code) : [];
          expect(decided).toEqual(expected);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('needs no shift where every day is a workday', () => {
    fc.assert(
      fc.property(anyDue, anyAhead, (due, ahead) => {
        for (const rule of steps) {
          expect(sendDateOf(rule, due, ahead, everyDay)).toBe(occurrenceOf(rule, due, ahead));
          expect(latestNominalForOffset(rule.offsetDays, everyDay, due)).toBe(due);
        }
      }),
    );
  });
});

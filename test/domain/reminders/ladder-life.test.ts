import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isWorkday, type WorkCalendar } from '../../../src/domain/calendar.js';
import { addDays, diffDays, type LocalDate, localDate, weekday } from '../../../src/domain/local-date.js';
import { offsetOf, sendDateOf } from '../../../src/domain/reminders/ladder.js';
import {
  dueWeekly,
  highestDueStep,
  latestDueForOffset,
  latestNominalForOffset,
} from '../../../src/domain/reminders/steps.js';
import { ladder, ruleOf, steps } from './ladder-fixtures.js';

const weekly = ruleOf('W');
const start = localDate('2026-01-01');
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
      const step = highestDueStep({ effectiveDue, remindDaysAhead, doneRank }, ladder, calendar, today);
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

type Life = ReturnType<typeof simulate>;

/** At most one thing a day, only on days when the app ran on a workday; no step and no week's line twice. */
function expectNothingTwice({ sent, superseded }: Life, workingRuns: readonly LocalDate[]) {
  const working = new Set(workingRuns);
  expect(sent.every((event) => working.has(event.on))).toBe(true);
  expect(new Set(sent.map((event) => event.on)).size).toBe(sent.length);
  const keyOf = (event: Event) => (event.code === 'W' ? `W ${event.occurrenceOn}` : event.code);
  const keys = [...sent, ...superseded].map(keyOf);
  expect(new Set(keys).size).toBe(keys.length);
}

/** Each step that N days ahead leaves in is sent, or superseded by a higher one, on the first run from its day on. */
function expectEveryStepHandled(
  { sent, superseded }: Life,
  due: LocalDate,
  ahead: number,
  calendar: WorkCalendar,
  workingRuns: readonly LocalDate[],
) {
  expect(superseded.every((event) => ruleOf(event.by).rank > ruleOf(event.code).rank)).toBe(true);
  for (const rule of steps) {
    const sendOn = sendDateOf(rule, due, ahead, calendar);
    const handled = [...sent, ...superseded].find((event) => event.code === rule.code);
    expect(handled?.on).toBe(sendOn === null ? undefined : workingRuns.find((day) => day >= sendOn));
  }
}

/** Ranks only rise; nobody is reminded of a coming date that has passed. */
function expectOrder({ sent }: Life, due: LocalDate, ahead: number) {
  const ladder = sent.filter((event) => event.code !== 'W');
  const ranks = ladder.map((event) => ruleOf(event.code).rank);
  expect(ranks).toEqual([...new Set(ranks)].toSorted((a, b) => a - b));
  for (const event of ladder) {
    const offset = offsetOf(ruleOf(event.code), ahead);
    expect(diffDays(event.occurrenceOn, due)).toBe(offset);
    expect(event.on > due).toBe(offset !== null && offset > 0);
  }
}

/** Exactly one thing is said in every week that begins after D+7 and in which the app ran on a workday. */
function expectWeekly({ sent }: Life, due: LocalDate, workingRuns: readonly LocalDate[]) {
  const mondayOf = (day: LocalDate) => addDays(day, 1 - weekday(day));
  const weeks = new Set(workingRuns.map(mondayOf).filter((monday) => diffDays(monday, due) > 7));
  const said = sent.map((event) => mondayOf(event.on)).filter((monday) => diffDays(monday, due) > 7);
  expect(said).toEqual([...weeks]);
  expect(sent.every((event) => event.code !== 'W' || diffDays(event.occurrenceOn, due) > 7)).toBe(true);
}

describe('a life of an instalment, over random calendars and outages', () => {
  it('handles each step once, on a workday, as soon as the app runs, and speaks weekly after D+7', () => {
    fc.assert(
      fc.property(anyCalendar, anyDue, anyAhead, anyOutage, (calendar, due, ahead, runs) => {
        const life = simulate(calendar, due, ahead, runs);
        const workingRuns = runs.flatMap((isUp, index) => {
          const day = addDays(start, index - 35);
          return isUp && isWorkday(calendar, day) ? [day] : [];
        });
        expectNothingTwice(life, workingRuns);
        expectEveryStepHandled(life, due, ahead, calendar, workingRuns);
        expectOrder(life, due, ahead);
        expectWeekly(life, due, workingRuns);
      }),
      { numRuns: 150 },
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
        fc.integer({ min: 0, max: 7 }).map((n) => n * 100),
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
            ladder,
            calendar,
            today,
          );
          const expected = isWorkday(calendar, today) ? selected.map((rule) => rule.code) : [];
          const decided = step ? [...step.superseded, step.rule].map((rule) => rule.code) : [];
          expect(decided).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });
});

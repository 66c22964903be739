import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addWorkdays,
  addWorkingHours,
  isCovered,
  isWorkday,
  nextWorkday,
  previousWorkday,
  rollDate,
  subtractWorkingHours,
  type WorkCalendar,
  workingTimeBetween,
} from '../../src/domain/calendar.js';
import { chineseCalendarDays } from '../../src/domain/chinese-calendar.js';
import { addDays, localDate, localTimeIn, todayIn, weekday } from '../../src/domain/local-date.js';

const d = localDate;
const china = chineseCalendarDays();
const chinese: WorkCalendar = {
  workweek: [1, 2, 3, 4, 5],
  days: new Map(china.days.map((day) => [day.date, day.isWorkday])),
  coveredThrough: china.coveredThrough,
};
const anyCalendar = fc
  .record({
    workweek: fc.subarray([1, 2, 3, 4, 5, 6, 7], { minLength: 1 }),
    days: fc.array(fc.tuple(fc.integer({ min: 0, max: 90 }), fc.boolean()), { maxLength: 30 }),
  })
  .map(
    ({ workweek, days }): WorkCalendar => ({
      workweek,
      days: new Map(days.map(([n, works]) => [addDays(d('2026-01-01'), n), works])),
      coveredThrough: null,
    }),
  );
const anyDay = fc.integer({ min: 0, max: 90 }).map((n) => addDays(d('2026-01-01'), n));

describe('Chinese calendar', () => {
  it.each([
    ['2026-02-14', 'Saturday worked in lieu', true],
    ['2026-02-23', 'Monday off', false],
    ['2026-10-10', 'Saturday worked in lieu', true],
    ['2026-10-01', 'National Day', false],
    ['2026-10-08', 'an ordinary Thursday', true],
    ['2026-10-11', 'an ordinary Sunday', false],
  ])('knows %s: %s', (date, _what, works) => {
    expect(isWorkday(chinese, d(date))).toBe(works);
  });

  it('does not claim 2027, which the package does not know', () => {
    expect(china.coveredThrough).toBe('2026-12-31');
    expect(china.days.some((day) => day.date >= '2027')).toBe(false);
    expect([isCovered(chinese, d('2026-12-31')), isCovered(chinese, d('2027-01-01'))]).toEqual([true, false]);
  });

  it('has every year from 2004, in order, each day once and named', () => {
    const dates = china.days.map((day) => day.date);
    expect(dates).toEqual([...new Set(dates)].toSorted());
    expect(new Set(dates.map((date) => date.slice(0, 4))).size).toBe(2026 - 2004 + 1);
    expect(china.days.find((day) => day.date === '2026-02-17')).toEqual({
      date: '2026-02-17',
      isWorkday: false,
      name: '春节',
    });
    expect(china.days.every((day) => day.name !== '')).toBe(true);
  });

  it('lists in-lieu workdays only where the week would have rested', () => {
    const worked = china.days.filter((day) => day.isWorkday);
    expect(worked.length).toBeGreaterThan(100);
    expect(worked.filter((day) => weekday(day.date) < 6)).toEqual([]);
  });
});

describe('workdays', () => {
  it('crosses the Spring Festival', () => {
    expect(nextWorkday(chinese, d('2026-02-15'))).toBe('2026-02-24');
    expect(previousWorkday(chinese, d('2026-02-22'))).toBe('2026-02-14');
    expect(addWorkdays(chinese, d('2026-02-13'), 2)).toBe('2026-02-24');
    expect(addWorkdays(chinese, d('2026-02-24'), -1)).toBe('2026-02-14');
    expect(addWorkdays(chinese, d('2026-02-17'), 0)).toBe('2026-02-17');
  });

  it('falls back to the plain workweek beyond the coverage', () => {
    expect(isWorkday(chinese, d('2027-01-01'))).toBe(true);
    expect(isWorkday(chinese, d('2027-01-02'))).toBe(false);
    expect(isCovered({ ...chinese, coveredThrough: null }, d('2026-01-01'))).toBe(false);
  });

  it('rolls a due date as told', () => {
    const sunday = d('2026-11-22');
    expect(rollDate(chinese, sunday, 'none')).toBe(sunday);
    expect(rollDate(chinese, sunday, 'next_workday')).toBe('2026-11-23');
    expect(rollDate(chinese, sunday, 'previous_workday')).toBe('2026-11-20');
  });

  it('refuses a calendar that never works instead of looping', () => {
    const idle: WorkCalendar = { workweek: [], days: new Map(), coveredThrough: null };
    expect(() => nextWorkday(idle, d('2026-01-01'))).toThrow(RangeError);
    expect(() => addWorkdays(idle, d('2026-01-01'), -1)).toThrow(RangeError);
  });

  it('finds the nearest workday, with none between', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, (calendar, date) => {
        const [after, before] = [nextWorkday(calendar, date), previousWorkday(calendar, date)];
        expect(isWorkday(calendar, after) && isWorkday(calendar, before)).toBe(true);
        expect(before <= date && date <= after).toBe(true);
        for (let day = date; day < after; day = addDays(day, 1)) expect(isWorkday(calendar, day)).toBe(false);
        for (let day = date; day > before; day = addDays(day, -1))
          expect(isWorkday(calendar, day)).toBe(false);
      }),
    );
  });

  it('counts workdays there and back', () => {
    fc.assert(
      fc.property(anyCalendar, anyDay, fc.integer({ min: 1, max: 40 }), (calendar, date, count) => {
        const there = addWorkdays(calendar, date, count);
        let passed = 0;
        for (let day = addDays(date, 1); day <= there; day = addDays(day, 1))
          passed += isWorkday(calendar, day) ? 1 : 0;
        expect(passed).toBe(count);
        expect(addWorkdays(calendar, there, -count)).toBe(previousWorkday(calendar, date));
      }),
    );
  });
});

describe('working hours', () => {
  const add = (at: string, hours: number, zone = 'Asia/Shanghai') =>
    addWorkingHours(chinese, new Date(at), hours, zone, '09:00', '18:00').toISOString();

  it('counts within a day, over a night, over a weekend and over a holiday', () => {
    expect(add('2026-11-20T10:00:00+08:00', 4)).toBe('2026-11-20T06:00:00.000Z');
    expect(add('2026-11-20T14:00:00+08:00', 4)).toBe('2026-11-20T10:00:00.000Z');
    expect(add('2026-11-19T16:30:00+08:00', 4)).toBe('2026-11-20T03:30:00.000Z');
    expect(add('2026-11-20T16:00:00+08:00', 4)).toBe('2026-11-23T03:00:00.000Z');
    expect(add('2026-02-14T17:00:00+08:00', 2)).toBe('2026-02-24T02:00:00.000Z');
  });

  it('starts at the next opening when it is asked outside working hours', () => {
    expect(add('2026-11-20T20:00:00+08:00', 1)).toBe('2026-11-23T02:00:00.000Z');
    expect(add('2026-11-20T06:00:00+08:00', 0)).toBe('2026-11-20T01:00:00.000Z');
    expect(add('2026-11-20T18:00:00+08:00', 0)).toBe('2026-11-23T01:00:00.000Z');
    expect(add('2026-11-20T10:15:00+08:00', 0)).toBe('2026-11-20T02:15:00.000Z');
  });

  it('keeps local hours across a clock change', () => {
    expect(add('2026-03-06T17:00:00-05:00', 2, 'America/New_York')).toBe('2026-03-09T14:00:00.000Z');
  });

  it('refuses negative time and a day that closes before it opens', () => {
    expect(() => add('2026-11-20T10:00:00+08:00', -1)).toThrow(RangeError);
    expect(() => add('2026-11-20T10:00:00+08:00', Number.NaN)).toThrow(RangeError);
    expect(() => addWorkingHours(chinese, new Date(0), 1, 'UTC', '18:00', '09:00')).toThrow(RangeError);
  });

  it('always ends inside working hours, and adds up', () => {
    const minutes = fc
      .integer({ min: 0, max: 90 * 24 * 60 })
      .map((n) => new Date(Date.UTC(2026, 0, 1) + n * 60_000));
    const quarters = fc.integer({ min: 1, max: 120 });
    fc.assert(
      fc.property(anyCalendar, minutes, quarters, quarters, (calendar, at, first, second) => {
        const go = (from: Date, count: number) =>
          addWorkingHours(calendar, from, count / 4, 'Asia/Shanghai', '09:00', '18:00');
        const end = go(at, first);
        expect(isWorkday(calendar, todayIn(end, 'Asia/Shanghai'))).toBe(true);
        expect(localTimeIn(end, 'Asia/Shanghai') > '09:00').toBe(true);
        expect(localTimeIn(end, 'Asia/Shanghai') <= '18:00').toBe(true);
        expect(go(end, second)).toEqual(go(at, first + second));
        const back = subtractWorkingHours(calendar, end, first / 4, 'Asia/Shanghai', '09:00', '18:00');
        expect(go(back, first)).toEqual(end);
        // The latest such instant: a minute later the work is not done by then.
        expect(go(new Date(back.getTime() + 60_000), first) > end).toBe(true);
        expect(workingTimeBetween(calendar, at, end, 'Asia/Shanghai', '09:00', '18:00')).toBe(
          first * 900_000,
        );
      }),
    );
  });
});

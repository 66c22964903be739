import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  compareDates,
  diffDays,
  fromUtcDate,
  instantOf,
  isLocalDate,
  localDate,
  localTimeIn,
  maxDate,
  minDate,
  todayIn,
  toUtcDate,
  weekday,
} from '../../src/domain/local-date.js';

const anyDate = fc.integer({ min: -25_000, max: 47_000 }).map((n) => addDays(localDate('1970-01-01'), n));
const anyTime = fc
  .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
  .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}`);
const zones = [
  'Asia/Shanghai',
  'America/New_York',
  'Europe/London',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
];

describe('LocalDate', () => {
  it.each([
    '2026-02-30',
    '2026-13-01',
    '2026-00-10',
    '2025-02-29',
    '2026-1-1',
    '26-01-01',
    '0000-01-01',
    '',
    '2026-01-01T00',
  ])('refuses %j', (text) => {
    expect(isLocalDate(text)).toBe(false);
    expect(() => localDate(text)).toThrow(RangeError);
  });

  it.each(['2024-02-29', '0001-01-01', '9999-12-31', '2000-02-29'])('accepts %s', (text) => {
    expect(localDate(text)).toBe(text);
  });

  it('clamps months to their end, and keeps month ends when asked', () => {
    expect(addMonths(localDate('2026-01-31'), 1)).toBe('2026-02-28');
    expect(addMonths(localDate('2024-01-31'), 1)).toBe('2024-02-29');
    expect(addMonths(localDate('2026-02-28'), 1)).toBe('2026-03-28');
    expect(addMonths(localDate('2026-02-28'), 1, { endOfMonth: true })).toBe('2026-03-31');
    expect(addMonths(localDate('2024-02-28'), 1, { endOfMonth: true })).toBe('2024-03-28');
    expect(addMonths(localDate('2026-01-15'), -1)).toBe('2025-12-15');
    expect(addMonths(localDate('2026-12-31'), 14)).toBe('2028-02-29');
    expect(addMonths(localDate('2026-01-31'), -23)).toBe('2024-02-29');
  });

  it('gives ISO weekdays', () => {
    expect(['2026-11-16', '2026-11-21', '2026-11-22'].map((d) => weekday(localDate(d)))).toEqual([1, 6, 7]);
  });

  it('orders dates', () => {
    const [a, b] = [localDate('2026-09-30'), localDate('2026-10-01')];
    expect([compareDates(a, b), compareDates(b, a), compareDates(a, a)]).toEqual([-1, 1, 0]);
    expect([maxDate(a, b), minDate(a, b)]).toEqual([b, a]);
  });

  it('refuses to leave the calendar and to read an instant as a day', () => {
    expect(() => addDays(localDate('9999-12-31'), 1)).toThrow(RangeError);
    expect(() => addDays(localDate('0001-01-01'), -1)).toThrow(RangeError);
    expect(() => addMonths(localDate('9999-12-31'), 1)).toThrow(RangeError);
    expect(() => fromUtcDate(new Date('2026-11-21T16:00:00Z'))).toThrow(RangeError);
  });

  it('adds and subtracts days consistently', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -9000, max: 9000 }), (date, days) => {
        const moved = addDays(date, days);
        expect(diffDays(moved, date)).toBe(days);
        expect(addDays(moved, -days)).toBe(date);
        expect(weekday(moved)).toBe(((((weekday(date) - 1 + days) % 7) + 7) % 7) + 1);
        expect(fromUtcDate(toUtcDate(date))).toBe(date);
      }),
    );
  });

  it('moves months without leaving the target month', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -600, max: 600 }), fc.boolean(), (date, months, endOfMonth) => {
        const moved = addMonths(date, months, { endOfMonth });
        const index = (d: string) => Number(d.slice(0, 4)) * 12 + Number(d.slice(5, 7));
        expect(index(moved) - index(date)).toBe(months);
        const isLast = (d: typeof date) => addDays(d, 1).endsWith('-01');
        expect(moved.slice(8) === date.slice(8) || isLast(moved)).toBe(true);
        if (endOfMonth && isLast(date)) expect(isLast(moved)).toBe(true);
      }),
    );
  });
});

describe('instants and zones', () => {
  it('knows that it is already tomorrow in Shanghai', () => {
    const now = new Date('2026-11-20T16:30:00Z');
    expect(todayIn(now, 'Asia/Shanghai')).toBe('2026-11-21');
    expect(localTimeIn(now, 'Asia/Shanghai')).toBe('00:30');
    expect(todayIn(now, 'America/New_York')).toBe('2026-11-20');
    expect(localTimeIn(now, 'America/New_York')).toBe('11:30');
  });

  it('finds nine in the morning on both sides of a clock change', () => {
    const at = (date: string, zone: string) => instantOf(localDate(date), '09:00', zone).toISOString();
    expect(at('2026-11-21', 'Asia/Shanghai')).toBe('2026-11-21T01:00:00.000Z');
    expect(at('2026-03-07', 'America/New_York')).toBe('2026-03-07T14:00:00.000Z');
    expect(at('2026-03-08', 'America/New_York')).toBe('2026-03-08T13:00:00.000Z');
    expect(at('2026-10-31', 'America/New_York')).toBe('2026-10-31T13:00:00.000Z');
    expect(at('2026-11-01', 'America/New_York')).toBe('2026-11-01T14:00:00.000Z');
  });

  it('takes the first of two and moves a skipped time forward', () => {
    const at = (date: string, time: string, zone: string) =>
      instantOf(localDate(date), time, zone).toISOString();
    expect(at('2026-11-01', '01:30', 'America/New_York')).toBe('2026-11-01T05:30:00.000Z');
    expect(at('2026-03-08', '02:30', 'America/New_York')).toBe('2026-03-08T07:30:00.000Z');
    expect(at('2026-04-05', '01:45', 'Australia/Lord_Howe')).toBe('2026-04-04T14:45:00.000Z');
    // Samoa had no 30 December 2011.
    expect(at('2011-12-30', '09:00', 'Pacific/Apia')).toBe('2011-12-30T19:00:00.000Z');
  });

  it.each(['9:00', '24:00', '09:60', '', '09:00:00'])('refuses %j as a time', (time) => {
    expect(() => instantOf(localDate('2026-11-21'), time, 'UTC')).toThrow(RangeError);
  });

  it('refuses an unknown zone', () => {
    expect(() => todayIn(new Date(0), 'Asia/Nowhere')).toThrow(RangeError);
  });

  it('shows the wall clock it was given, or a later one where that time was skipped', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10_957, max: 25_000 }).map((n) => addDays(localDate('1970-01-01'), n)),
        anyTime,
        fc.constantFrom(...zones),
        (date, time, zone) => {
          const instant = instantOf(date, time, zone);
          const wall = (at: Date) => `${todayIn(at, zone)}T${localTimeIn(at, zone)}Z`;
          const asked = `${date}T${time}Z`;
          if (wall(instant) === asked) return;
          // Otherwise the time was skipped: stepping back by the jump must not show it either.
          const jump = new Date(wall(instant)).getTime() - new Date(asked).getTime();
          expect(jump).toBeGreaterThan(0);
          expect(wall(new Date(instant.getTime() - jump))).not.toBe(asked);
        },
      ),
      { numRuns: 300 },
    );
  });
});

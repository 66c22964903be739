import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, diffDays, localDate } from '../../../src/domain/local-date.js';
import { anchorOffset, dueFromAnchor } from '../../../src/domain/plans/anchor.js';

const due = (date: string, offset: Parameters<typeof anchorOffset.parse>[0]) =>
  dueFromAnchor(localDate(date), anchorOffset.parse(offset));

const anyDate = fc.integer({ min: 0, max: 40_000 }).map((n) => addDays(localDate('1990-01-01'), n));
const anyMonths = fc.integer({ min: -120, max: 120 });
const anyDays = fc.integer({ min: -3650, max: 3650 });
const isMonthEnd = (date: string) => addDays(localDate(date), 1).endsWith('-01');

describe('due date from a milestone (rules §7)', () => {
  it.each([
    ['2026-11-21', {}, '2026-11-21'],
    ['2026-11-21', { days: 30 }, '2026-12-21'],
    ['2027-01-05', { days: -7 }, '2026-12-29'],
    ['2026-01-31', { months: 1 }, '2026-02-28'],
    ['2028-01-31', { months: 1 }, '2028-02-29'],
    ['2028-02-29', { months: 12 }, '2029-02-28'],
    ['2028-02-29', { months: 48 }, '2032-02-29'],
    ['2026-02-28', { months: 1 }, '2026-03-28'],
    ['2026-02-28', { months: 1, endOfMonth: true }, '2026-03-31'],
    ['2028-02-28', { months: 1, endOfMonth: true }, '2028-03-28'],
    ['2026-04-30', { months: -2, endOfMonth: true }, '2026-02-28'],
    ['2026-11-21', { months: 1, dayOfMonth: 15 }, '2026-12-15'],
    ['2026-11-21', { months: 3, dayOfMonth: 31 }, '2027-02-28'],
    ['2027-11-21', { months: 3, dayOfMonth: 31 }, '2028-02-29'],
    ['2026-01-31', { months: 1, dayOfMonth: 1 }, '2026-02-01'],
    ['2026-01-31', { months: 1, days: 1 }, '2026-03-01'],
    ['2026-11-21', { dayOfMonth: 31, days: 1 }, '2026-12-01'],
  ])('%s with %j is %s', (date, offset, expected) => {
    expect(due(date, offset)).toBe(expected);
  });

  it('never leaves the month that the offset names, before the days are added', () => {
    fc.assert(
      fc.property(anyDate, anyMonths, fc.integer({ min: 1, max: 31 }), (date, months, dayOfMonth) => {
        const plain = dueFromAnchor(date, { months, days: 0 });
        const onDay = dueFromAnchor(date, { months, days: 0, dayOfMonth });
        expect(onDay.slice(0, 7)).toBe(plain.slice(0, 7));
        const day = Number(onDay.slice(8));
        expect(day === dayOfMonth || (day < dayOfMonth && isMonthEnd(onDay))).toBe(true);
      }),
    );
  });

  it('stays on month ends from a month end, and elsewhere end of month changes nothing', () => {
    fc.assert(
      fc.property(anyDate, anyMonths, (date, months) => {
        const sticky = dueFromAnchor(date, { months, days: 0, endOfMonth: true });
        if (isMonthEnd(date)) expect(isMonthEnd(sticky)).toBe(true);
        else expect(sticky).toBe(dueFromAnchor(date, { months, days: 0 }));
      }),
    );
  });

  it('adds the days after the months', () => {
    fc.assert(
      fc.property(anyDate, anyMonths, anyDays, (date, months, days) => {
        const moved = dueFromAnchor(date, { months, days });
        expect(diffDays(moved, addMonths(date, months))).toBe(days);
      }),
    );
  });

  it('a later anchor never makes an earlier due date', () => {
    fc.assert(
      fc.property(
        anyDate,
        fc.integer({ min: 0, max: 400 }),
        anyMonths,
        anyDays,
        (date, later, months, days) => {
          const offset = { months, days };
          expect(dueFromAnchor(addDays(date, later), offset) >= dueFromAnchor(date, offset)).toBe(true);
        },
      ),
    );
  });
});

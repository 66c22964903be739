import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkCalendar } from '../../../src/domain/calendar.js';
import { addDays, localDate } from '../../../src/domain/local-date.js';
import { composeDigest, type DigestItem, isSendWindow } from '../../../src/domain/reminders/digest.js';

const today = localDate('2026-11-20');
const weekdays: WorkCalendar = { workweek: [1, 2, 3, 4, 5], days: new Map(), coveredThrough: null };

const item = (instalmentId: string, days: number, more: Partial<DigestItem> = {}): DigestItem => ({
  instalmentId,
  customerId: 'c1',
  outstanding: { minor: 100n, currency: 'CNY' },
  effectiveDue: addDays(today, days),
  isRetention: false,
  isBroken: false,
  hasStep: true,
  ...more,
});
const cny = (minor: bigint) => ({ minor, currency: 'CNY' });

describe('isSendWindow', () => {
  const at = (instant: string, zone = 'Asia/Shanghai') =>
    isSendWindow(new Date(instant), zone, '09:00', '18:00', weekdays);

  it('opens at nine and closes at six on workdays', () => {
    expect(at('2026-11-20T08:59:59+08:00')).toBe(false);
    expect(at('2026-11-20T09:00:00+08:00')).toBe(true);
    expect(at('2026-11-20T17:59:59+08:00')).toBe(true);
    expect(at('2026-11-20T18:00:00+08:00')).toBe(false);
    expect(at('2026-11-21T10:00:00+08:00')).toBe(false);
  });

  it("counts the zone's own day and clock", () => {
    // Sunday evening in New York is Monday morning in Shanghai.
    expect(at('2026-11-23T02:00:00Z')).toBe(true);
    expect(at('2026-11-23T02:00:00Z', 'America/New_York')).toBe(false);
  });
});

describe('composeDigest', () => {
  it('is silent on a day without a step, however much is overdue', () => {
    expect(composeDigest([], today)).toBeNull();
    expect(composeDigest([item('i1', -9, { hasStep: false })], today)).toBeNull();
  });

  it("shows today's steps by section and counts the other overdue rows", () => {
    const digest = composeDigest(
      [
        item('coming', 3),
        item('late', -1),
        item('today', 0),
        item('kept', 30, { isRetention: true }),
        item('kept late', -2, { isRetention: true }),
        item('more1', -20, { hasStep: false }),
        item('more2', -30, { hasStep: false, outstanding: { minor: 5n, currency: 'USD' } }),
        item('not due', 9, { hasStep: false }),
      ],
      today,
    );
    expect(digest?.groups.map((group) => [group.kind, group.items.map((row) => row.instalmentId)])).toEqual([
      ['due_today', ['today']],
      ['overdue', ['kept late', 'late']],
      ['coming', ['coming']],
      ['retention', ['kept']],
    ]);
    expect(digest?.moreOverdue).toEqual({ count: 2, totals: [cny(100n), { minor: 5n, currency: 'USD' }] });
  });

  it('has a row without a date, here for its next contact, among those that come', () => {
    const undated = { effectiveDue: null };
    const digest = composeDigest([item('undated', 0, undated), item('late', -1)], today);
    expect(digest?.groups.map((group) => [group.kind, group.items.map((row) => row.instalmentId)])).toEqual([
      ['overdue', ['late']],
      ['coming', ['undated']],
    ]);
    // Its promise was the only day, and is over.
    const broken = composeDigest([item('undated', 0, { ...undated, isBroken: true })], today);
    expect(broken?.groups.map((group) => group.kind)).toEqual(['overdue']);
    expect(digest?.moreOverdue.count).toBe(0);
  });

  it('keeps customers together, the one with the oldest row first', () => {
    const digest = composeDigest(
      [
        item('a2', -1, { customerId: 'a' }),
        item('b1', -5, { customerId: 'b' }),
        item('a1', -9, { customerId: 'a' }),
        item('b2', -1, { customerId: 'b' }),
      ],
      today,
    );
    expect(digest?.groups[0]?.items.map((row) => row.instalmentId)).toEqual(['a1', 'a2', 'b1', 'b2']);
    expect(digest?.groups[0]?.totals).toEqual([cny(400n)]);
  });

  it('shows every step once, adds up per currency, and does not depend on the order given', () => {
    const anyItem = fc.record({
      customerId: fc.constantFrom('a', 'b', 'c'),
      outstanding: fc.record({
        minor: fc.bigInt({ min: 1n, max: 99n }),
        currency: fc.constantFrom('CNY', 'USD'),
      }),
      effectiveDue: fc.integer({ min: -5, max: 5 }).map((n) => addDays(today, n)),
      isRetention: fc.boolean(),
      isBroken: fc.boolean(),
      hasStep: fc.boolean(),
    });
    const items = fc
      .array(anyItem, { maxLength: 12 })
      .map((facts) => facts.map((fact, index): DigestItem => ({ instalmentId: `i${index}`, ...fact })));
    fc.assert(
      fc.property(items, (list) => {
        const digest = composeDigest(list, today);
        const steps = list.filter((row) => row.hasStep);
        expect(digest === null).toBe(steps.length === 0);
        const shown = digest?.groups.flatMap((group) => group.items) ?? [];
        expect(shown.map((row) => row.instalmentId).toSorted()).toEqual(
          steps.map((row) => row.instalmentId).toSorted(),
        );
        const sumOf = (rows: readonly { minor: bigint; currency: string }[], currency: string) =>
          rows.filter((row) => row.currency === currency).reduce((sum, row) => sum + row.minor, 0n);
        for (const currency of ['CNY', 'USD']) {
          const totals = digest?.groups.flatMap((group) => group.totals) ?? [];
          expect(sumOf(totals, currency)).toBe(
            sumOf(
              steps.map((row) => row.outstanding),
              currency,
            ),
          );
        }
        expect(composeDigest(list.toReversed(), today)).toEqual(digest);
      }),
    );
  });
});

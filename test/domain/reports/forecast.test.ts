import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evaluateForecast, TEST_DAYS } from '../../../scripts/evaluate-forecast.js';
import { addDays, localDate } from '../../../src/domain/local-date.js';
import {
  type DelayFact,
  FORECAST_WEEKS,
  forecast,
  forecastWeeks,
  type OpenItem,
} from '../../../src/domain/reports/forecast.js';

/** A Sunday evening: the first week is whole. */
const SUNDAY = localDate('2026-11-22');
const item = (more: Partial<OpenItem> = {}): OpenItem => ({
  customerId: 'a',
  due: addDays(SUNDAY, 10),
  amount: 100_00n,
  disputed: false,
  promisedOn: null,
  promisedAmount: null,
  ...more,
});
/** Forty payments of a customer, all with this delay. */
const always = (customerId: string, delay: number): DelayFact => ({ customerId, delay, age: 0, count: 40 });
const expected = (items: OpenItem[], facts: DelayFact[] = []) =>
  forecast(items, facts, SUNDAY).map((week) => week.expected);

describe('weeks', () => {
  it('run from Monday to Sunday; the first is what is left of this one', () => {
    const weeks = forecastWeeks(SUNDAY);
    expect(weeks).toHaveLength(FORECAST_WEEKS);
    expect(weeks[0]).toEqual({ from: '2026-11-23', to: '2026-11-29' });
    expect(forecastWeeks(localDate('2026-11-25'))[0]).toEqual({ from: '2026-11-26', to: '2026-11-29' });
    expect(forecastWeeks(localDate('2026-11-25'))[1]).toEqual({ from: '2026-11-30', to: '2026-12-06' });
  });
});

describe('contract view', () => {
  it('is the due date; what is overdue stands in the first week, what has no date nowhere', () => {
    const weeks = forecast(
      [item(), item({ due: addDays(SUNDAY, -100), amount: 7n }), item({ due: null })],
      [],
      SUNDAY,
    );
    expect(weeks.map((week) => week.contract).slice(0, 3)).toEqual([7n, 100_00n, 0n]);
  });
});

describe('expected view', () => {
  it('is as late as the customer pays, others standing in where little is known', () => {
    // Ten days late: the twentieth day, in the third week.
    expect(expected([item()], [always('a', 10)])[2]).toBe(100_00n);
    const [, second = 0n, third = 0n] = expected(
      [item()],
      [{ ...always('a', 10), count: 3 }, always('b', 0)],
    );
    expect(third).toBeGreaterThan(50_00n);
    expect(second).toBeGreaterThan(0n);
  });

  it('leaves out what has not happened: an overdue item is later than it is now, and never before tomorrow', () => {
    const late = item({ due: addDays(SUNDAY, -5) });
    const facts = [always('a', 2), always('a', 12)];
    // Of the two habits only the twelve days are left: day 7.
    expect(expected([late], facts)[0]).toBe(100_00n);
    expect(expected([item({ due: SUNDAY })], [always('a', -30), always('a', 1)])[0]).toBe(100_00n);
  });

  it('an item later than anybody has ever been is told with the chance of its age', () => {
    const sum = expected([item({ due: addDays(SUNDAY, -200) })], [always('a', 2)]).reduce(
      (a, b) => a + b,
      0n,
    );
    expect(sum).toBeGreaterThan(0n);
    expect(sum).toBeLessThan(15_01n);
  });

  it('takes a promise at its word, the rest as ever, and expects nothing of what is disputed', () => {
    const promised = item({ promisedOn: addDays(SUNDAY, 16), promisedAmount: 60_00n });
    expect(expected([promised], [always('a', 0)])).toEqual(
      Array.from({ length: FORECAST_WEEKS }, (_, week) => (week === 2 ? 58_20n : week === 1 ? 40_00n : 0n)),
    );
    expect(expected([{ ...promised, promisedAmount: 300_00n }], [always('a', 0)])[2]).toBe(97_00n);
    expect(expected([item({ disputed: true })], [always('a', 0)]).every((week) => week === 0n)).toBe(true);
  });

  it('never expects more than is open, and the range holds the expectation', () => {
    const items = Array.from({ length: 60 }, (_, n) =>
      item({ due: addDays(SUNDAY, n - 40), customerId: String(n % 7) }),
    );
    const facts = Array.from(
      { length: 90 },
      (_, n): DelayFact => ({ customerId: String(n % 5), delay: n - 20, age: n, count: 1 }),
    );
    const weeks = forecast(items, facts, SUNDAY);
    expect(weeks.reduce((sum, week) => sum + week.expected, 0n)).toBeLessThanOrEqual(60n * 100_00n);
    for (const { low, expected: middle, high } of weeks) expect(low <= middle && middle <= high).toBe(true);
  });
});

it('is worth having: on a real ledger it errs much less than the due dates do', async () => {
  const file = join(import.meta.dirname, '../../data/ibm-watson-accounts-receivable.csv');
  const { mondays, error, naive, bias, open, inRange } = await evaluateForecast(file, ...TEST_DAYS);
  expect(mondays).toBeGreaterThan(20);
  const sum = (list: readonly number[]) => list.reduce((total, one) => total + one, 0);
  expect((error[0] ?? 1) / (naive[0] ?? 1)).toBeLessThanOrEqual(0.7);
  expect(sum(error) / sum(naive)).toBeLessThanOrEqual(0.5);
  expect(Math.abs(bias / open)).toBeLessThanOrEqual(0.05);
  // Four of five, neither far more nor far fewer: a range that holds everything says nothing.
  const share = sum(inRange) / (mondays * inRange.length);
  expect(share).toBeGreaterThan(0.75);
  expect(share).toBeLessThan(0.9);
  expect((inRange[0] ?? 0) / mondays).toBeGreaterThanOrEqual(0.7);
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, localDate } from '../../src/domain/local-date.js';
import {
  bare,
  DEFAULT_PATTERNS,
  formatNumber,
  type NumberPattern,
  periodOf,
  spelledOut,
} from '../../src/domain/numbering.js';

const today = localDate('2026-11-21');

describe('numbering', () => {
  it('writes the default numbers', () => {
    expect(formatNumber(DEFAULT_PATTERNS.contract, today, 1n)).toBe('HT-2026-0001');
    expect(formatNumber(DEFAULT_PATTERNS.receipt, today, 1n)).toBe('HK-20261121-001');
    expect(formatNumber(DEFAULT_PATTERNS.customer, today, 1n)).toBe('KH-0001');
  });

  it('widens when the counter outgrows its width', () => {
    expect(formatNumber(DEFAULT_PATTERNS.receipt, today, 1000n)).toBe('HK-20261121-1000');
    expect(formatNumber(DEFAULT_PATTERNS.customer, today, 123_456n)).toBe('KH-123456');
  });

  it('is known without what stands between its parts, and by nothing else', () => {
    const { contract, receipt, customer } = DEFAULT_PATTERNS;
    expect(spelledOut(contract, 'HT20260005')).toBe('HT-2026-0005');
    expect(spelledOut(contract, 'HT-20260005')).toBe('HT-2026-0005');
    expect(spelledOut(receipt, 'HK20261121001')).toBe('HK-20261121-001');
    expect(spelledOut(customer, 'KH0001')).toBe('KH-0001');
    expect(['HT2026005', 'XHT20260005', 'HT2026000A'].map((typed) => spelledOut(contract, typed))).toEqual([
      null,
      null,
      null,
    ]);
  });

  it('whatever it is, is known without what stands between its parts', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...Object.values(DEFAULT_PATTERNS)),
        fc.integer({ min: 1, max: 1e9 }),
        (pattern, n) => {
          const number = formatNumber(pattern, today, BigInt(n));
          expect(spelledOut(pattern, bare(number))).toBe(number);
        },
      ),
    );
  });

  it('names the period in which the counter runs', () => {
    const period = (reset: NumberPattern['reset']) => periodOf({ parts: [{ counter: 1 }], reset }, today);
    expect([period('daily'), period('monthly'), period('yearly'), period('never')]).toEqual([
      '20261121',
      '202611',
      '2026',
      '',
    ]);
  });

  it('writes monthly dates', () => {
    const pattern: NumberPattern = {
      parts: [{ date: 'YYYYMM' }, { text: '/' }, { counter: 2 }],
      reset: 'monthly',
    };
    expect(formatNumber(pattern, today, 7n)).toBe('202611/07');
  });

  it('refuses a counter below 1', () => {
    expect(() => formatNumber(DEFAULT_PATTERNS.contract, today, 0n)).toThrow(RangeError);
  });

  it('gives different numbers to different counters and periods', () => {
    const at = fc.record({
      day: fc.integer({ min: 0, max: 800 }).map((n) => addDays(today, n)),
      counter: fc.bigInt({ min: 1n, max: 20_000n }),
    });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(DEFAULT_PATTERNS)), at, at, (pattern, a, b) => {
        const isSame = a.counter === b.counter && periodOf(pattern, a.day) === periodOf(pattern, b.day);
        const numbers = [a, b].map(({ day, counter }) => formatNumber(pattern, day, counter));
        expect(numbers[0] === numbers[1]).toBe(isSame);
      }),
    );
  });
});

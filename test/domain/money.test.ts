import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  allocate,
  compare,
  exponentOf,
  fromDecimalString,
  isZero,
  MAX_MINOR,
  money,
  splitEqually,
  subtract,
  sum,
  toDecimalString,
  totals,
} from '../../src/domain/money.js';

const total = (parts: readonly bigint[]) => parts.reduce((whole, part) => whole + part, 0n);
const anyMinor = fc.bigInt({ min: -MAX_MINOR, max: MAX_MINOR });
const positive = fc.bigInt({ min: 1n, max: MAX_MINOR });
const currencies = fc.constantFrom('CNY', 'USD', 'JPY', 'KWD', 'CLF');
describe('money arithmetic', () => {
  it('adds, subtracts, compares and sums within one currency', () => {
    const a = money(300n, 'CNY');
    const b = money(500n, 'CNY');
    expect(add(a, b)).toEqual(money(800n, 'CNY'));
    expect(subtract(a, b)).toEqual(money(-200n, 'CNY'));
    expect([compare(a, b), compare(b, a), compare(a, a)]).toEqual([-1, 1, 0]);
    expect(sum([a, b, b], 'CNY')).toEqual(money(1300n, 'CNY'));
    expect(sum([], 'JPY')).toEqual(money(0n, 'JPY'));
    expect([isZero(money(0n, 'CNY')), isZero(a)]).toEqual([true, false]);
  });

  it.each([
    ['add', add],
    ['subtract', subtract],
    ['compare', compare],
  ])('refuses mixed currencies in %s', (_name, operation) => {
    expect(() => operation(money(1n, 'CNY'), money(1n, 'USD'))).toThrow(
      new RangeError('mixed currencies: CNY and USD'),
    );
  });

  it('refuses mixed currencies in a sum, also against the named one', () => {
    expect(() => sum([money(1n, 'CNY'), money(1n, 'USD')], 'CNY')).toThrow(RangeError);
    expect(() => sum([money(1n, 'USD')], 'CNY')).toThrow(RangeError);
  });

  it.each(['', 'cny', 'RMB1', '¥', 'XCNY', 'CNYX'])('refuses %j as a currency', (currency) => {
    expect(() => money(1n, currency)).toThrow(new RangeError(`not an ISO 4217 code: ${currency}`));
  });

  it('sums one a currency, by code, and never across', () => {
    const list = [
      money(5n, 'USD'),
      money(300n, 'CNY'),
      money(-1n, 'USD'),
      money(7n, 'JPY'),
      money(200n, 'CNY'),
    ];
    expect(totals(list)).toEqual([money(500n, 'CNY'), money(7n, 'JPY'), money(4n, 'USD')]);
    expect(totals([])).toEqual([]);
  });

  it('knows the decimals of ISO 4217', () => {
    expect(['CNY', 'USD', 'JPY', 'KRW', 'KWD', 'TND', 'CLF'].map(exponentOf)).toEqual([2, 2, 0, 0, 3, 3, 4]);
  });
});

describe('splitting', () => {
  it('gives the rest of 100.00 / 3 to the last part', () => {
    expect(splitEqually(10_000n, 3)).toEqual([3333n, 3333n, 3334n]);
    expect(splitEqually(7n, 1)).toEqual([7n]);
  });

  it('refuses a split in which a line would be 0', () => {
    expect(() => splitEqually(2n, 3)).toThrow(new RangeError('a line would be 0'));
    expect(() => splitEqually(0n, 1)).toThrow(RangeError);
  });

  it('refuses impossible counts', () => {
    for (const bad of [0, -1, 1.5, Number.NaN])
      expect(() => splitEqually(10n, bad)).toThrow(new RangeError(`not a number of parts: ${bad}`));
  });

  it('preserves the sum of equal parts, which differ from the last by less than their count', () => {
    fc.assert(
      fc.property(positive, fc.integer({ min: 1, max: 60 }), (amount, parts) => {
        fc.pre(amount >= BigInt(parts));
        const split = splitEqually(amount, parts);
        expect(split).toHaveLength(parts);
        expect(total(split)).toBe(amount);
        expect(new Set(split.slice(0, -1)).size).toBeLessThanOrEqual(1);
        expect((split.at(-1) ?? 0n) - (split[0] ?? 0n)).toBeLessThan(BigInt(parts));
      }),
    );
  });

  it('allocates by largest remainder, ties to the earlier item', () => {
    expect(allocate(100n, [1n, 1n, 1n])).toEqual([34n, 33n, 33n]);
    expect(allocate(10n, [5n, 0n, 3n])).toEqual([6n, 0n, 4n]);
    expect(allocate(0n, [2n, 1n])).toEqual([0n, 0n]);
  });

  it('refuses to allocate below zero or without a weight', () => {
    expect(() => allocate(-1n, [1n])).toThrow(new RangeError('cannot allocate below zero'));
    expect(() => allocate(1n, [2n, -1n])).toThrow(RangeError);
    expect(() => allocate(1n, [0n, 0n])).toThrow(new RangeError('cannot allocate without a weight'));
    expect(() => allocate(1n, [])).toThrow(RangeError);
  });

  it('gives the units that are left to the largest remainders, wherever they stand', () => {
    expect(allocate(1n, [1n, 2n])).toEqual([0n, 1n]);
    expect(allocate(1n, [2n, 1n])).toEqual([1n, 0n]);
    expect(allocate(5n, [1n, 3n, 2n, 3n])).toEqual([0n, 2n, 1n, 2n]);
    expect(allocate(2n, [1n, 1n, 1n])).toEqual([1n, 1n, 0n]);
    expect(allocate(3n, [1n, 1n, 1n, 1n, 1n, 1n])).toEqual([1n, 1n, 1n, 0n, 0n, 0n]);
  });

  it('preserves the allocated sum, each part within one unit of its exact share', () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: MAX_MINOR }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: MAX_MINOR }), weights, (amount, list) => {
        const whole = total(list);
        fc.pre(whole > 0n);
        const parts = allocate(amount, list);
        expect(total(parts)).toBe(amount);
        for (const [i, part] of parts.entries()) {
          const gap = part * whole - amount * (list[i] ?? 0n);
          expect(gap < whole && gap > -whole).toBe(true);
        }
      }),
    );
  });
});

describe('decimal strings', () => {
  it('writes minor units with the decimals of the currency', () => {
    expect(toDecimalString(30_000_000n, 'CNY')).toBe('300000.00');
    expect(toDecimalString(-5n, 'CNY')).toBe('-0.05');
    expect(toDecimalString(1234n, 'JPY')).toBe('1234');
    expect(toDecimalString(1n, 'KWD')).toBe('0.001');
  });

  it('reads fewer decimals than the currency has, and nothing that is not a plain decimal', () => {
    expect(fromDecimalString('3.5', 'CNY')).toBe(350n);
    expect(fromDecimalString('-3', 'CNY')).toBe(-300n);
    for (const bad of ['3.501', '', '.5', '5.', '1e3', '1,000', ' 1', '--1', '１']) {
      expect(fromDecimalString(bad, 'CNY')).toBeUndefined();
    }
    expect(fromDecimalString('1.5', 'JPY')).toBeUndefined();
  });

  it('round-trips every amount in every currency', () => {
    fc.assert(
      fc.property(anyMinor, currencies, (minor, currency) => {
        expect(fromDecimalString(toDecimalString(minor, currency), currency)).toBe(minor);
      }),
    );
  });
});

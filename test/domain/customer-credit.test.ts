// What a customer is exposed to (rules §10).
import { describe, expect, it } from 'vitest';
import { addedBy, exposureOf, isAboveLimit } from '../../src/domain/customers/credit.js';
import { localDate } from '../../src/domain/local-date.js';

describe('exposure', () => {
  const usd = [{ currency: 'USD', rate: '7.1' }];
  const money = (currency: string, minor: bigint) => ({ currency, minor });

  it('adds up by currency, then in the base currency; a prepayment covers nothing of another currency', () => {
    const amounts = [
      money('CNY', 100_00n),
      money('USD', 10_00n),
      money('CNY', -30_00n),
      money('EUR', -5_00n),
    ];
    expect(exposureOf(amounts, 'CNY', usd)).toBe(70_00n + 71_00n);
    expect(exposureOf([money('CNY', -30_00n), money('USD', 1_00n)], 'CNY', usd)).toBe(7_10n);
    expect(exposureOf([], 'CNY', [])).toBe(0n);
  });

  it('is unknown without an exchange rate, which counts as above any limit', () => {
    const exposure = exposureOf([money('CNY', 1n), money('USD', 1n)], 'CNY', []);
    expect(exposure).toBeNull();
    const check = { limit: 100n, currency: 'CNY' };
    expect(isAboveLimit({ ...check, exposure })).toBe(true);
    expect([100n, 101n].map((sum) => isAboveLimit({ ...check, exposure: sum }))).toEqual([false, true]);
  });

  it('of a new contract leaves out what is due at its signing', () => {
    const day = (text: string) => localDate(text);
    const rows = [
      { amount: 30_00n, dueOn: day('2026-11-01') },
      { amount: 50_00n, dueOn: day('2026-11-02') },
      { amount: 20_00n, dueOn: null },
    ];
    expect(addedBy({ amount: 100_00n, signedOn: day('2026-11-01'), rows })).toBe(70_00n);
    expect(addedBy({ amount: 100_00n, signedOn: null, rows })).toBe(100_00n);
  });
});

// What a person enters of money that came in, and which receipts count.
import { describe, expect, it } from 'vitest';
import { localDate } from '../../../src/domain/local-date.js';
import {
  asOriginal,
  asSlip,
  asTold,
  BILL_METHOD,
  bankNumbersOf,
  DUPLICATE_WINDOW_DAYS,
  isOldDay,
  LIVE_STATUSES,
  MONEY_IN_KINDS,
  originalOf,
  REJECT_REASONS,
  rateOf,
  receiptInput,
  saidAs,
  sameNumber,
  unclaimedInput,
} from '../../../src/domain/receipts/receipt.js';

const entered = {
  customerId: 'c',
  amount: 1n,
  currency: 'CNY',
  method: 'transfer',
  receivedOn: '2026-11-20',
  payerName: ' 星海重工 ',
  bankSlipNo: ' 123 ',
  billNo: ' B1 ',
  remark: ' 急 ',
};

describe('by what a payment is known', () => {
  it('is each of the bank’s numbers, compared with both columns, however it is typed', () => {
    expect(asSlip(' ab　１２ \t3 ')).toBe('AB123');
    const numbers = (bankSlipNo: string | null, bankTxnId: string | null) =>
      bankNumbersOf({ bankSlipNo, bankTxnId });
    expect([numbers(null, null), numbers('S', null), numbers(null, 'T'), numbers('S', 'T')]).toEqual([
      [],
      ['S'],
      ['T'],
      ['S', 'T'],
    ]);
    expect(sameNumber(['S', 'T'])).toEqual([
      { bankSlipNo: { in: ['S', 'T'] } },
      { bankTxnId: { in: ['S', 'T'] } },
    ]);
  });

  it('is what came in in another currency, too, where amount and currency of it are known', () => {
    expect(originalOf({ originalAmount: 10n, originalCurrency: 'USD' })).toEqual({
      minor: 10n,
      currency: 'USD',
    });
    expect(originalOf({ originalAmount: 10n, originalCurrency: null })).toBeNull();
    expect(originalOf({ originalAmount: null, originalCurrency: 'USD' })).toBeNull();
    expect(asOriginal({ amount: 10n, currency: 'USD' })).toEqual({
      originalAmount: 10n,
      originalCurrency: 'USD',
    });
  });
});

describe('money as it is entered', () => {
  it('is kept without the blanks around words; what was left empty is nothing, and it is a payment', () => {
    expect(receiptInput.parse(entered)).toEqual({
      ...entered,
      payerName: '星海重工',
      bankSlipNo: '123',
      billNo: 'B1',
      remark: '急',
      contractId: null,
      instalmentId: null,
      kind: 'payment',
      bankTxnId: null,
      originalAmount: null,
      originalCurrency: null,
      billDueOn: null,
      replacesId: null,
      unclaimedId: null,
    });
  });

  it.each<[string, object, boolean]>([
    ['no money', { amount: 0n }, false],
    ['less than no money', { amount: -1n }, false],
    ['a prepayment', { kind: 'prepayment' }, true],
    ['what only the app posts', { kind: 'reversal' }, false],
    ['no kind', { kind: '' }, false],
    ['a payer of 120', { payerName: 'x'.repeat(120) }, true],
    ['a payer of 121', { payerName: 'x'.repeat(121) }, false],
    ['a slip of 64', { bankSlipNo: 'x'.repeat(64) }, true],
    ['a slip of 65', { bankSlipNo: 'x'.repeat(65) }, false],
    ['a bill of 64', { billNo: 'x'.repeat(64) }, true],
    ['a bill of 65', { billNo: 'x'.repeat(65) }, false],
    ['a transfer of 64', { bankTxnId: 'x'.repeat(64) }, true],
    ['a transfer of 65', { bankTxnId: 'x'.repeat(65) }, false],
    ['nothing that came in', { originalAmount: 0n }, false],
    ['a remark of 3000', { remark: 'x'.repeat(3000) }, true],
    ['a remark of 3001', { remark: 'x'.repeat(3001) }, false],
  ])('%s', (_what, more, expected) => {
    expect(receiptInput.safeParse({ ...entered, ...more }).success).toBe(expected);
  });

  it('has one slip number however it is typed', () => {
    for (const bankSlipNo of ['ab 123', 'AB123', 'ａｂ１２３', ' Ab12 3 '])
      expect(
        receiptInput.parse({ ...entered, bankSlipNo, bankTxnId: bankSlipNo, billNo: bankSlipNo }),
      ).toMatchObject({ bankSlipNo: 'AB123', bankTxnId: 'AB123', billNo: 'AB123' });
  });

  it('of an unknown customer has no customer and goes nowhere yet', () => {
    const { customerId: _customer, billNo: _bill, ...unknown } = entered;
    const words = { payerName: '星海重工', bankSlipNo: '123', remark: '急' };
    expect(unclaimedInput.parse({ ...entered, instalmentId: 'i' })).toEqual({ ...unknown, ...words });
  });
});

describe('what came in as another currency', () => {
  const paid = (amount: bigint, currency: string, originalAmount: bigint, originalCurrency: string) => ({
    ...{ amount, currency, originalAmount, originalCurrency },
  });
  it.each<[string, ReturnType<typeof paid>, string]>([
    ['dollars for yuan', paid(71_000_00n, 'CNY', 10_000_00n, 'USD'), '7.1'],
    ['a fraction, halves up', paid(300_000_00n, 'CNY', 42_000_00n, 'USD'), '7.142857'],
    ['a half', paid(1n, 'CNY', 2_000_000n, 'USD'), '0.000001'],
    ['less than a half', paid(1n, 'CNY', 2_000_001n, 'USD'), '0'],
    ['yen, which have no cents', paid(7_100_00n, 'CNY', 150_000n, 'JPY'), '0.047333'],
    ['yen for dollars', paid(1_500_000n, 'JPY', 10_000_00n, 'USD'), '150'],
    ['dinars, which have three decimals', paid(23_00n, 'CNY', 1_000n, 'KWD'), '23'],
  ])('%s', (_what, receipt, rate) => {
    expect(rateOf(receipt)).toBe(rate);
  });

  it('is said twice, and once where it is the same', () => {
    const none = { originalAmount: null, originalCurrency: null };
    expect(saidAs({ amount: 5n, currency: 'CNY', ...none })).toEqual([{ minor: 5n, currency: 'CNY' }]);
    expect(saidAs(paid(71n, 'CNY', 10n, 'USD'))).toEqual([
      { minor: 71n, currency: 'CNY' },
      { minor: 10n, currency: 'USD' },
    ]);
    expect(rateOf({ amount: 5n, currency: 'CNY', ...none })).toBeNull();
  });

  it('is kept in the trail with its own currency', () => {
    const input = receiptInput.parse({ ...entered, ...paid(71_00n, 'CNY', 1_000n, 'JPY') });
    expect(asTold(input)).toMatchObject({ amount: 71_00n, original: 'JPY 1000', rate: '0.071' });
    expect(asTold(input)).not.toHaveProperty('originalAmount');
    expect(asTold(receiptInput.parse(entered))).not.toHaveProperty('original');
  });
});

describe('a day long ago', () => {
  it.each([
    ['2025-11-19', false],
    ['2025-11-18', true],
  ])('%s', (day, isOld) => {
    expect(isOldDay(localDate(day), localDate('2026-11-20'))).toBe(isOld);
  });
});

it('counts, and is looked at for duplicates, as the rules say (§3)', () => {
  expect(LIVE_STATUSES).toEqual(['submitted', 'approved', 'partly_reversed']);
  expect(MONEY_IN_KINDS).toEqual(['payment', 'prepayment', 'opening']);
  expect(DUPLICATE_WINDOW_DAYS).toBe(3);
  expect(BILL_METHOD).toBe('acceptance_bill');
  expect(REJECT_REASONS).toEqual([
    'not_in_bank',
    'amount_differs',
    'wrong_instalment',
    'voucher_unclear',
    'duplicate',
    'other',
  ]);
});

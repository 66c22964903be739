// What a person enters of money that came in, and which receipts count.
import { describe, expect, it } from 'vitest';
import {
  BILL_METHOD,
  DUPLICATE_WINDOW_DAYS,
  LIVE_STATUSES,
  MONEY_IN_KINDS,
  REJECT_REASONS,
  receiptInput,
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
    ['a remark of 3000', { remark: 'x'.repeat(3000) }, true],
    ['a remark of 3001', { remark: 'x'.repeat(3001) }, false],
  ])('%s', (_what, more, expected) => {
    expect(receiptInput.safeParse({ ...entered, ...more }).success).toBe(expected);
  });

  it('has one slip number however it is typed', () => {
    for (const bankSlipNo of ['ab 123', 'AB123', 'ａｂ１２３', ' Ab12 3 '])
      expect(receiptInput.parse({ ...entered, bankSlipNo }).bankSlipNo).toBe('AB123');
  });

  it('of an unknown customer has no customer and goes nowhere yet', () => {
    const { customerId: _customer, billNo: _bill, ...unknown } = entered;
    const words = { payerName: '星海重工', bankSlipNo: '123', remark: '急' };
    expect(unclaimedInput.parse({ ...entered, instalmentId: 'i' })).toEqual({ ...unknown, ...words });
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

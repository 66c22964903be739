import { describe, expect, it } from 'vitest';
import { contractInput } from '../../src/domain/contracts/contract.js';
import { customerInput } from '../../src/domain/customers/customer.js';
import { planRow } from '../../src/domain/plans/plan.js';
import { receiptInput } from '../../src/domain/receipts/receipt.js';

describe('text lengths', () => {
  // The library counted UTF-16 units once: an emoji was two, and a remark that Slack accepts was refused.
  it.each([
    ['customer', customerInput.shape.remark],
    ['contract', contractInput.shape.remark],
    ['plan row', planRow.shape.remark],
    ['receipt', receiptInput.shape.remark],
  ])('counts code points in the remark of a %s: 3,000 emoji fit, one more does not', (_name, remark) => {
    expect(remark.safeParse('😀'.repeat(3000)).success).toBe(true);
    expect(remark.safeParse('😀'.repeat(3001)).success).toBe(false);
  });
});

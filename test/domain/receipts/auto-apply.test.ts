import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, localDate } from '../../../src/domain/local-date.js';
import type { OpenItem } from '../../../src/domain/receipts/allocation.js';
import { planAutoApply } from '../../../src/domain/receipts/auto-apply.js';

const today = localDate('2026-11-21');
const item = (
  id: string,
  outstanding: bigint,
  days: number | null,
  more: Partial<OpenItem> = {},
): OpenItem => ({
  id,
  contractId: 'c',
  seq: Number(id),
  outstanding,
  effectiveDue: days === null ? null : addDays(today, days),
  disputed: false,
  blocked: false,
  isRetention: false,
  ...more,
});
const plan = (credits: [string, bigint][], open: readonly OpenItem[]) =>
  planAutoApply(
    credits.map(([id, unapplied]) => ({ id, unapplied })),
    open,
    today,
  ).map((line) => `${line.receiptId}→${line.instalmentId} ${line.amount}`);

describe('prepayments that apply by themselves', () => {
  it('pay what is due, the oldest credit first and the oldest due first, and nothing that is to come', () => {
    const open = [item('3', 50n, 1), item('2', 70n, 0), item('1', 40n, -5)];
    expect(
      plan(
        [
          ['a', 60n],
          ['b', 100n],
        ],
        open,
      ),
    ).toEqual(['a→1 40', 'a→2 20', 'b→2 50']);
  });

  it('pay a row of exactly the amount before the oldest', () => {
    expect(plan([['a', 70n]], [item('1', 40n, -5), item('2', 70n, -1)])).toEqual(['a→2 70']);
  });

  it.each<[string, Partial<OpenItem>]>([
    ['a retention', { isRetention: true }],
    ['what is disputed', { disputed: true }],
    ['what is paused', { blocked: true }],
    ['bad debt', { recovery: true }],
    ['a row without a day', { effectiveDue: null }],
  ])('leave %s to people', (_what, more) =>
    expect(plan([['a', 100n]], [item('1', 40n, -5, more)])).toEqual([]),
  );

  it('never take more than there is of either', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 1_000n }), { maxLength: 8 });
    fc.assert(
      fc.property(amounts, amounts, (credits, rows) => {
        const lines = planAutoApply(
          credits.map((unapplied, n) => ({ id: `r${n}`, unapplied })),
          rows.map((outstanding, n) => item(String(n), outstanding, -n)),
          today,
        );
        const sum = (of: typeof lines) => of.reduce((all, line) => all + line.amount, 0n);
        const all = (list: readonly bigint[]) => list.reduce((one, other) => one + other, 0n);
        for (const [n, unapplied] of credits.entries())
          expect(sum(lines.filter((line) => line.receiptId === `r${n}`))).toBeLessThanOrEqual(unapplied);
        for (const [n, open] of rows.entries())
          expect(sum(lines.filter((line) => line.instalmentId === String(n)))).toBeLessThanOrEqual(open);
        const [money, owed] = [all(credits), all(rows)];
        expect(sum(lines)).toBe(money < owed ? money : owed);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookedLine, leftOf, planReversal } from '../../../src/domain/receipts/reversal.js';

const line = (id: string, amount: bigint, at: string): BookedLine => ({
  id,
  instalmentId: `row-${id}`,
  amount,
  bookedAt: new Date(at),
});
const lines = [line('a', 100n, '2026-11-01'), line('b', 50n, '2026-11-03'), line('c', 30n, '2026-11-03')];
const taken = (amount: bigint, unapplied = 0n) => {
  const plan = planReversal(amount, { unapplied, lines });
  return [plan.fromUnapplied, ...plan.lines.map((one) => `${one.line.id}:${one.taken}`)];
};

describe('what a reversal takes', () => {
  it('takes what belongs to no instalment first', () => expect(taken(20n, 20n)).toEqual([20n]));
  it('then the newest allocation, in part', () => expect(taken(25n, 20n)).toEqual([20n, 'c:5']));
  it('of one moment the one made last', () => expect(taken(40n)).toEqual([0n, 'c:30', 'b:10']));
  it('of one moment by its id, in whatever order they are read', () => {
    for (const read of [lines, lines.toReversed()]) {
      const plan = planReversal(40n, { unapplied: 0n, lines: read });
      expect(plan.lines.map((one) => one.line.id)).toEqual(['c', 'b']);
    }
  });
  it('a single fen', () => expect(taken(1n)).toEqual([0n, 'c:1']));
  it('everything', () => expect(taken(200n, 20n)).toEqual([20n, 'c:30', 'b:50', 'a:100']));
  it.each([0n, -1n, 181n])('not %s', (amount) =>
    expect(() => planReversal(amount, { unapplied: 0n, lines })).toThrow(
      new RangeError('a reversal takes what is there'),
    ),
  );

  it('takes exactly the amount, never more of a line than it has, and only the last in part', () => {
    const amounts = fc.array(fc.bigInt({ min: 1n, max: 10n ** 15n }), { maxLength: 6 });
    fc.assert(
      fc.property(
        amounts,
        fc.bigInt({ min: 0n, max: 10n ** 15n }),
        fc.nat({ max: 1000 }),
        (sizes, unapplied, share) => {
          const booked = sizes.map((size, index) => line(String(index), size, `2026-11-0${1 + (index % 3)}`));
          const left = leftOf({ unapplied, lines: booked });
          const amount = (left * BigInt(share)) / 1000n;
          if (amount === 0n) return;
          const plan = planReversal(amount, { unapplied, lines: booked });
          expect(plan.lines.reduce((sum, one) => sum + one.taken, plan.fromUnapplied)).toBe(amount);
          expect(plan.lines.every((one) => one.taken > 0n && one.taken <= one.line.amount)).toBe(true);
          expect(plan.lines.slice(0, -1).every((one) => one.taken === one.line.amount)).toBe(true);
          if (plan.lines.length > 0) expect(plan.fromUnapplied).toBe(unapplied);
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  asJson,
  fitSplit,
  gainers,
  isSameSplit,
  planReallocation,
} from '../../../src/domain/receipts/reallocation.js';

const AT = (second: number) => new Date(Date.UTC(2026, 10, 20, 2, 0, second));
const line = (id: string, instalmentId: string, amount: bigint, second = 0) => ({
  id,
  instalmentId,
  amount,
  bookedAt: AT(second),
});

describe('what a re-allocation keeps and tells', () => {
  it('keeps lines as text, and names the owners of the rows that get more', () => {
    expect(asJson([{ instalmentId: 'a', amount: 12_34n }])).toEqual([{ instalmentId: 'a', amount: '1234' }]);
    const had = (instalmentId: string, ownerId: string, current: bigint) => ({
      ...{ instalmentId, current },
      row: { ownerId },
    });
    const rows = [had('a', 'li', 10n), had('b', 'wang', 10n), had('c', 'zhao', 0n), had('d', 'sun', 10n)];
    const wanted = [
      { instalmentId: 'a', amount: 10n },
      { instalmentId: 'b', amount: 11n },
      { instalmentId: 'c', amount: 1n },
    ];
    expect(gainers(rows, wanted)).toEqual(['wang', 'zhao']);
  });
});

describe('what a re-allocation frees and makes', () => {
  it('touches only what changes, the newest of a row first', () => {
    const lines = [line('1', 'a', 30n, 1), line('2', 'a', 20n, 2), line('3', 'b', 10n), line('4', 'c', 5n)];
    const plan = planReallocation(lines, [
      { instalmentId: 'a', amount: 25n },
      { instalmentId: 'c', amount: 5n },
      { instalmentId: 'd', amount: 7n },
    ]);
    expect(plan.released.map(({ line: of, taken }) => [of.id, taken])).toEqual([
      ['2', 20n],
      ['1', 5n],
      ['3', 10n],
    ]);
    expect(plan.added).toEqual([{ instalmentId: 'd', amount: 7n }]);
  });

  it('arrives at what was wanted, and no row is both freed and made', () => {
    const amounts = fc.array(
      fc.record({ row: fc.nat({ max: 4 }), amount: fc.bigInt({ min: 1n, max: 50n }) }),
      {
        maxLength: 8,
      },
    );
    fc.assert(
      fc.property(amounts, amounts, (before, after) => {
        const lines = before.map(({ row, amount }, index) => line(`${index}`, `${row}`, amount, index));
        const wanted = after.map(({ row, amount }) => ({ instalmentId: `${row}`, amount }));
        const { released, added } = planReallocation(lines, wanted);
        const now = [
          ...lines,
          ...released.map(({ line: of, taken }) => ({ instalmentId: of.instalmentId, amount: -taken })),
          ...added,
        ];
        expect(isSameSplit(now, wanted)).toBe(true);
        for (const { line: of, taken } of released) expect(taken > 0n && taken <= of.amount).toBe(true);
        const freed = new Set(released.map(({ line: of }) => of.instalmentId));
        expect(added.some((one) => freed.has(one.instalmentId))).toBe(false);
      }),
    );
  });
});

describe('a split after something changed', () => {
  it('is cut to what rows can hold and what is left of the receipt', () => {
    const rows = [
      { instalmentId: 'a', current: 10n, room: 5n },
      { instalmentId: 'b', current: 0n, room: 50n },
    ];
    const wanted = [
      { instalmentId: 'a', amount: 20n },
      { instalmentId: 'b', amount: 30n },
      { instalmentId: 'gone', amount: 1n },
    ];
    expect(fitSplit(wanted, rows, 40n)).toEqual([
      { instalmentId: 'a', amount: 15n },
      { instalmentId: 'b', amount: 25n },
    ]);
    expect(isSameSplit(fitSplit(wanted, rows, 100n), [{ instalmentId: 'b', amount: 30n }])).toBe(false);
  });
});

it('a single fen is kept and counts, and goes to no row that is not there', () => {
  const rows = [{ instalmentId: 'a', current: 0n, room: 1n }];
  expect(fitSplit([{ instalmentId: 'a', amount: 1n }], rows, 1n)).toEqual([
    { instalmentId: 'a', amount: 1n },
  ]);
  expect(fitSplit([{ instalmentId: 'b', amount: 1n }], rows, 1n)).toEqual([]);
  expect(isSameSplit([{ instalmentId: 'a', amount: 1n }], [])).toBe(false);
});

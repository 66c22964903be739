// What may be planned into the balance that deleted rows left, and what new rows take over from them (rules §3).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, type LocalDate, localDate } from '../../../src/domain/local-date.js';
import { type FreedRow, fillBalance } from '../../../src/domain/plans/freed-balance.js';

const D = localDate;
const freed = (id: string, due: string | null, left: bigint, isRetention = false): FreedRow => {
  const day = due === null ? null : D(due);
  return { id, seq: Number(id), due: day, originalDue: day, isRetention, left };
};
const row = (amount: bigint, due: string | null) => ({ amount, due: due === null ? null : D(due) });

describe('a balance that was freed', () => {
  it('may go on its day or earlier, never later; the day by which it is old stays', () => {
    const one = [freed('1', '2026-11-21', 100n)];
    expect(fillBalance(one, 0n, [row(100n, '2026-11-21')])).toMatchObject({
      late: null,
      rows: [{ originalDue: '2026-11-21' }],
      left: new Map([['1', 0n]]),
    });
    expect(fillBalance(one, 0n, [row(40n, '2026-11-20')])).toMatchObject({
      late: null,
      rows: [{ originalDue: '2026-11-21' }],
      left: new Map([['1', 60n]]),
    });
    expect(fillBalance(one, 0n, [row(40n, '2026-11-20'), row(60n, '2026-11-22')]).late).toEqual({
      index: 1,
      seq: 1,
      latest: '2026-11-21',
    });
    // No day at all is the latest one.
    expect(fillBalance(one, 0n, [row(100n, null)]).late).toMatchObject({ latest: '2026-11-21' });
    expect(fillBalance([freed('1', null, 100n)], 0n, [row(100n, null)]).late).toBeNull();
  });

  it('is used after what was due as late, and before balance that was never planned', () => {
    const both = [freed('1', '2026-12-01', 100n), freed('2', '2027-06-01', 50n, true)];
    const filling = fillBalance(both, 30n, [row(100n, '2026-12-01'), row(50n, '2027-06-01'), row(30n, null)]);
    expect(filling.late).toBeNull();
    expect(filling.rows).toEqual([
      { originalDue: '2026-12-01', isRetention: false },
      { originalDue: '2027-06-01', isRetention: true },
      { originalDue: null, isRetention: false },
    ]);
    // What the manager plans later all the same is taken from somewhere.
    const later = fillBalance(both, 0n, [row(150n, '2028-01-01')]);
    expect(later.late).toMatchObject({ index: 0, latest: '2027-06-01' });
    expect([...later.left.values()]).toEqual([0n, 0n]);
    expect(later.rows[0]).toEqual({ originalDue: '2026-12-01', isRetention: false });
  });

  it('gives a new row the oldest day of what went into it, its own day for what was never planned', () => {
    const old = [
      { ...freed('1', '2026-12-01', 40n), originalDue: D('2026-10-15') },
      { ...freed('2', '2026-12-10', 40n), originalDue: D('2026-11-15') },
      { ...freed('3', '2026-12-20', 40n), originalDue: null },
    ];
    const oldest = (amount: bigint, due: string | null, free = 0n, pools = old) =>
      fillBalance(pools, free, [row(amount, due)]).rows[0]?.originalDue;
    expect(oldest(120n, '2026-11-30')).toBe('2026-10-15');
    expect(oldest(120n, '2026-11-30', 0n, old.toReversed())).toBe('2026-10-15');
    expect(oldest(80n, '2026-12-05')).toBe('2026-11-15');
    // A row that never had a day brings none.
    expect(oldest(40n, '2026-12-15')).toBeNull();
    // Balance that was never planned is as old as the new row says; one without a day says nothing.
    expect(oldest(50n, '2026-12-15', 10n)).toBe('2026-12-15');
    expect(oldest(130n, '2026-10-01', 10n)).toBe('2026-10-01');
    expect(oldest(10n, null, 10n)).toBeNull();
    expect(oldest(5n, '2026-12-25', 10n, [])).toBe('2026-12-25');
  });

  it('is retention where half of it or more was; balance that is overdrawn gives nothing', () => {
    const pools = [freed('1', '2026-12-01', 50n, true), freed('2', '2026-12-02', 50n)];
    const isRetention = (amount: bigint, free = 0n, all = pools) =>
      fillBalance(all, free, [row(amount, '2026-11-30')]).rows[0]?.isRetention;
    expect(isRetention(100n)).toBe(true);
    expect(isRetention(101n, 1n)).toBe(false);
    expect(isRetention(50n)).toBe(true);
    expect(isRetention(10n, 10n, [])).toBe(false);
    expect(isRetention(0n, 0n, [])).toBe(false);
    const short = fillBalance([freed('1', '2026-12-01', 100n)], -20n, [row(50n, '2026-12-02')]);
    expect([...short.left]).toEqual([['1', 50n]]);
    const overdrawn = fillBalance([freed('1', '2026-12-01', 50n)], -20n, [row(50n, '2026-11-30')]);
    expect(overdrawn).toEqual({
      rows: [{ originalDue: '2026-12-01', isRetention: false }],
      left: new Map([['1', 0n]]),
      late: null,
    });
  });

  it('tells what is left of the rows that gave something, and no others; the latest new row chooses first', () => {
    const pools = [
      freed('1', '2026-12-01', 50n),
      freed('2', '2026-12-10', 50n),
      freed('3', '2026-12-20', 50n),
    ];
    const { left, late } = fillBalance(pools, 0n, [row(30n, '2026-12-05'), row(50n, '2026-12-10')]);
    // Written in any order: the row of the 10th has what was due on the 10th, the one before it what comes later.
    expect([...left]).toEqual([
      ['2', 0n],
      ['3', 20n],
    ]);
    expect(late).toBeNull();
    // The earlier one is left without, and is told.
    const few = fillBalance(pools.slice(0, 2), 0n, [row(50n, '2026-12-05'), row(50n, '2026-12-20')]);
    expect(few.late).toEqual({ index: 0, seq: 1, latest: '2026-12-01' });
    const two = fillBalance(pools, 0n, [row(50n, '2026-12-20'), row(20n, '2026-12-20')]);
    expect(two.late).toEqual({ index: 1, seq: 2, latest: '2026-12-10' });
    expect([...two.left]).toEqual([
      ['2', 30n],
      ['3', 0n],
    ]);
  });

  it('is refused exactly where no way to share it out is in time', () => {
    const start = D('2026-12-01');
    const day = fc.option(fc.integer({ min: 0, max: 6 }), { nil: null, freq: 5 });
    const asDay = (n: number | null): LocalDate | null => (n === null ? null : addDays(start, n));
    const part = fc.record({ amount: fc.bigInt({ min: 1n, max: 9n }), day });
    const few = fc.array(part, { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(few, few, fc.bigInt({ min: 0n, max: 9n }), (pools, wanted, free) => {
        const all = pools.map((pool, index) => ({
          ...freed(`${index + 1}`, null, pool.amount),
          due: asDay(pool.day),
        }));
        const total = all.reduce((sum, pool) => sum + pool.left, free);
        const rows = wanted.map(({ amount, day: n }) => ({ amount, due: asDay(n) }));
        const asked = rows.reduce((sum, one) => sum + one.amount, 0n);
        fc.pre(asked <= total);
        const filling = fillBalance(all, free, rows);
        const late = (due: LocalDate | null, than: LocalDate | null) => (due ?? '9999') >= (than ?? '9999');
        // As much as is wanted on a day or later must have been due then or later, or never planned.
        const fits = rows.every(({ due }) => {
          const needed = rows.filter((one) => late(one.due, due)).reduce((sum, one) => sum + one.amount, 0n);
          const there = all.filter((one) => late(one.due, due)).reduce((sum, one) => sum + one.left, free);
          return needed <= there;
        });
        expect(filling.late === null).toBe(fits);
        // Nothing is taken twice, nothing is made.
        const taken = [...filling.left].reduce(
          (sum, [id, left]) => sum + (all.find((one) => one.id === id)?.left ?? 0n) - left,
          0n,
        );
        expect(taken <= asked && taken >= asked - free).toBe(true);
        expect([...filling.left.values()].every((left) => left >= 0n)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

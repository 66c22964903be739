import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AdjustableFacts,
  closedBy,
  decideWriteOff,
  isSmallRest,
  type PostedAdjustment,
  recoverableOf,
  standingOf,
  undoableOf,
} from '../../../src/domain/adjustments/adjustment.js';
import { localDate } from '../../../src/domain/local-date.js';

const TODAY = localDate('2026-11-20');
const overdue: AdjustableFacts = {
  lifecycle: 'open',
  amount: 100_00n,
  outstanding: 40_00n,
  dueOn: localDate('2026-11-10'),
  postponedTo: null,
  effectiveDue: localDate('2026-11-10'),
  isRetention: false,
  adjusted: 0n,
};
const decide = (
  row: Partial<AdjustableFacts>,
  kind: 'bad_debt' | 'small_difference',
  amount: bigint | null,
) => decideWriteOff({ ...overdue, ...row }, { kind, amount }, TODAY, 100n);

describe('bad debt', () => {
  it('is what is overdue, all of it or a part', () => {
    expect(decide({}, 'bad_debt', null)).toEqual({ ok: true, amount: 40_00n });
    expect(decide({}, 'bad_debt', 1n)).toEqual({ ok: true, amount: 1n });
  });

  it.each([0n, -1n, 40_01n])('is not %s', (amount) =>
    expect(decide({}, 'bad_debt', amount)).toMatchObject({
      ok: false,
      code: 'adjustment.exceeds',
      params: { max: 40_00n },
    }),
  );

  it.each<[string, Partial<AdjustableFacts>]>([
    ['open', { effectiveDue: TODAY, dueOn: TODAY }],
    ['paid', { lifecycle: 'settled', outstanding: 0n }],
    ['written_off', { lifecycle: 'written_off', outstanding: 0n }],
    ['undated', { dueOn: null, effectiveDue: null }],
    ['inactive', { lifecycle: 'inactive' }],
  ])('is not what is %s', (state, row) =>
    expect(decide(row, 'bad_debt', null)).toMatchObject({
      ok: false,
      code: 'adjustment.bad_state',
      params: { state },
    }),
  );
});

describe('a small rest', () => {
  const rest = { ...overdue, outstanding: 1_00n };

  it('is what is left of an open row within the tolerance', () => {
    expect(isSmallRest(rest, 100n)).toBe(true);
    expect(isSmallRest({ ...rest, outstanding: 1n }, 100n)).toBe(true);
    expect(isSmallRest({ ...rest, adjusted: 98_99n }, 100n)).toBe(true);
  });

  it.each<[string, Partial<AdjustableFacts>]>([
    ['of a row that is not open', { lifecycle: 'written_off' }],
    ['nothing', { outstanding: 0n }],
    ['a whole row, however small', { amount: 1_00n }],
    ['above the tolerance', { outstanding: 1_01n }],
    ['of a retention', { isRetention: true }],
    ['of a row that nothing came in of', { adjusted: 99_00n }],
  ])('is not what is %s', (_what, more) => expect(isSmallRest({ ...rest, ...more }, 100n)).toBe(false));
});

describe('a small difference', () => {
  it('is all of a rest within the tolerance, due or not', () => {
    expect(decide({ outstanding: 1_00n }, 'small_difference', null)).toEqual({ ok: true, amount: 1_00n });
    const early = { outstanding: 1n, dueOn: TODAY, effectiveDue: TODAY };
    expect(decide(early, 'small_difference', null)).toEqual({ ok: true, amount: 1n });
  });

  it.each<[string, Partial<AdjustableFacts>, bigint | null]>([
    ['more than the tolerance', { outstanding: 1_01n }, null],
    ['a row that nothing was paid of', { outstanding: 50n, amount: 50n }, null],
    ['of a retention', { outstanding: 1_00n, isRetention: true }, null],
    ['a part of the rest', { outstanding: 1_00n }, 50n],
  ])('is not %s', (_name, row, amount) =>
    expect(decide(row, 'small_difference', amount)).toMatchObject({
      ok: false,
      code: 'adjustment.not_small',
    }),
  );

  it('is off where the company lets nothing pass', () => {
    const row = { ...overdue, outstanding: 1n };
    expect(decideWriteOff(row, { kind: 'small_difference', amount: null }, TODAY, 0n)).toMatchObject({
      code: 'adjustment.not_small',
    });
  });
});

it('a row of which nothing is open is bad debt, or settled by a difference', () => {
  expect([closedBy('bad_debt', 0n), closedBy('small_difference', 0n)]).toEqual(['written_off', 'settled']);
  expect(closedBy('small_difference', 1n)).toBe('written_off');
});

describe('what stands', () => {
  const posted = (...list: [PostedAdjustment['kind'], bigint, string?][]): PostedAdjustment[] =>
    list.map(([kind, amount, undoesId], index) => ({
      id: `${index}`,
      kind,
      amount,
      undoesId: undoesId ?? null,
    }));

  it('is undone from the newest back', () => {
    const two = posted(['bad_debt', 30n], ['bad_debt', 20n]);
    expect(undoableOf(two)).toEqual({ id: '1', kind: 'bad_debt', amount: 20n });
    expect(undoableOf(posted(['bad_debt', 30n], ['bad_debt', 20n], ['bad_debt', -20n, '1']))).toMatchObject({
      id: '0',
      amount: 30n,
    });
    expect(undoableOf([])).toBeNull();
    // A single fen too.
    expect(undoableOf(posted(['bad_debt', 1n]))).toEqual({ id: '0', kind: 'bad_debt', amount: 1n });
  });

  it('is what was not recovered; what is bad again can be undone again', () => {
    expect(undoableOf(posted(['bad_debt', 100n], ['recovery', -30n]))).toMatchObject({ amount: 70n });
    expect(undoableOf(posted(['bad_debt', 100n], ['recovery', -100n]))).toBeNull();
    const again = posted(['bad_debt', 100n], ['recovery', -30n], ['bad_debt', -70n, '0'], ['recovery', 30n]);
    expect(undoableOf(again)).toMatchObject({ id: '0', amount: 30n });
  });

  it('adds up to what is written off, whatever was written off, undone, recovered and taken away', () =>
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            kind: fc.constantFrom('bad', 'small', 'undo', 'in', 'out'),
            size: fc.bigInt({ min: 1n, max: 60n }),
          }),
          { maxLength: 30 },
        ),
        (steps) => {
          const amount = 100n;
          const list: PostedAdjustment[] = [];
          let recovered = 0n;
          const sum = () => list.reduce((all, one) => all + one.amount, 0n);
          const add = (kind: PostedAdjustment['kind'], size: bigint, undoesId: string | null = null) =>
            list.push({ id: `${list.length}`, kind, amount: size, undoesId });
          for (const { kind, size } of steps) {
            const room = amount - sum() - recovered;
            if (kind === 'bad' && size <= room) add('bad_debt', size);
            if (kind === 'small' && size <= room) add('small_difference', size);
            const undo = undoableOf(list);
            if (kind === 'undo' && undo) add(undo.kind, -undo.amount, undo.id);
            if (kind === 'in' && size <= recoverableOf(list)) {
              add('recovery', -size);
              recovered += size;
            }
            if (kind === 'out' && size <= recovered) {
              add('recovery', size);
              recovered -= size;
            }
            // rules §4 no. 2, and nothing is undone twice.
            expect(sum()).toBeGreaterThanOrEqual(0n);
            expect(sum() + recovered).toBeLessThanOrEqual(amount);
            expect(standingOf(list).reduce((all, one) => all + one.amount, 0n)).toBe(sum());
          }
        },
      ),
    ));
});

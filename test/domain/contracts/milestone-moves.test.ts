import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkCalendar } from '../../../src/domain/calendar.js';
import {
  type AnchoredRow,
  fingerprintOf,
  movesOf,
  needsManagerToMove,
} from '../../../src/domain/contracts/milestone-moves.js';
import { addDays, type LocalDate, localDate } from '../../../src/domain/local-date.js';

const calendar: WorkCalendar = { workweek: [1, 2, 3, 4, 5], days: new Map(), coveredThrough: null };
const D = localDate;
const row = (seq: number, more: Partial<AnchoredRow> = {}): AnchoredRow => ({
  id: `row${seq}`,
  seq,
  name: `第${seq}期`,
  lifecycle: 'open',
  amount: 100n,
  outstanding: 100n,
  dueOn: D('2026-12-31'),
  postponedTo: null,
  effectiveDue: D('2026-12-31'),
  anchorKind: 'acceptance',
  anchorOffset: { months: 0, days: 30 },
  dueSource: 'anchor',
  roll: 'none',
  remindDaysAhead: 7,
  isRetention: false,
  postponeCount: 0,
  postponedDays: 0,
  ...more,
});
const moves = (rows: AnchoredRow[], acceptance: string | null) =>
  movesOf(rows, ['acceptance'], acceptance === null ? {} : { acceptance: D(acceptance) }, calendar);

describe('what moves with a milestone', () => {
  it('unpaid rows anchored on it, by number; others stay', () => {
    const rows = [
      row(3),
      row(1),
      row(2, { anchorKind: 'shipment' }),
      row(4, { lifecycle: 'settled', outstanding: 0n }),
      row(5, { lifecycle: 'written_off' }),
      row(6, { lifecycle: 'cancelled', outstanding: 0n }),
      row(7, { outstanding: 1n }),
      row(8, { lifecycle: 'inactive' }),
    ];
    expect(moves(rows, '2026-12-15').map((move) => [move.row.seq, move.from, move.to, move.isLater])).toEqual(
      [
        [1, '2026-12-31', '2027-01-14', true],
        [3, '2026-12-31', '2027-01-14', true],
        [7, '2026-12-31', '2027-01-14', true],
        [8, '2026-12-31', '2027-01-14', false],
      ],
    );
  });

  it('nothing where the date stays; 日期待定 when the day is taken back, a date when it gets one', () => {
    expect(moves([row(1)], '2026-12-01')).toEqual([]);
    expect(moves([row(1)], null)).toMatchObject([{ to: null, isLater: true }]);
    const undated = row(1, { dueOn: null, effectiveDue: null });
    expect(moves([undated], null)).toEqual([]);
    expect(moves([undated], '2026-12-01')).toMatchObject([{ from: null, to: '2026-12-31', isLater: false }]);
  });

  it('asks for rows with a date set by hand or postponed', () => {
    const rows = [
      row(1, { dueSource: 'manual' }),
      row(2, { postponedTo: D('2027-01-05'), effectiveDue: D('2027-01-05') }),
      row(3),
    ];
    expect(moves(rows, '2026-12-15').map((move) => [move.row.seq, move.asks])).toEqual([
      [1, true],
      [2, true],
      [3, false],
    ]);
    // Postponed, and the milestone stays: still a question, not a silent way back.
    expect(moves(rows, '2026-12-01').map((move) => [move.row.seq, move.asks])).toEqual([[2, true]]);
  });

  it('rolls off days off as the row says', () => {
    const [move] = moves([row(1, { roll: 'next_workday' })], '2026-12-10');
    expect([move?.dueOn, move?.to]).toEqual(['2027-01-09', '2027-01-11']);
  });

  it('tells apart what is shown: other rows, days or questions', () => {
    const shown = [
      moves([row(1)], '2026-12-15'),
      moves([row(1)], '2026-12-16'),
      moves([row(2)], '2026-12-15'),
      moves([row(1, { dueSource: 'manual' })], '2026-12-15'),
      moves([row(1)], null),
      [],
    ].map(fingerprintOf);
    expect(new Set(shown).size).toBe(shown.length);
  });
});

describe('who may move an expected day later (rules §3)', () => {
  const needs = (more: Partial<AnchoredRow>, day: string | null) =>
    needsManagerToMove(moves([row(1, more)], day));

  it.each([
    [{}, '2026-12-31', false],
    [{}, '2027-01-01', true],
    [{ postponedDays: 10 }, '2026-12-21', false],
    [{ postponedDays: 10 }, '2026-12-22', true],
    [{ postponeCount: 1 }, '2026-12-02', false],
    [{ postponeCount: 2 }, '2026-12-02', true],
    [{ isRetention: true }, '2026-12-02', true],
    [{ isRetention: true, postponeCount: 2 }, '2026-11-30', false],
    [{}, null, true],
    [{ lifecycle: 'inactive', isRetention: true }, '2027-06-01', false],
    [{ dueOn: null, effectiveDue: null, isRetention: true }, '2027-06-01', false],
  ] as const)('%j to %s: manager %s', (more, day, expected) => {
    expect(needs(more, day)).toBe(expected);
  });
});

describe('for any rows and any day', () => {
  const anyRow = fc.record({
    lifecycle: fc.constantFrom('inactive', 'open', 'settled', 'written_off', 'cancelled' as const),
    outstanding: fc.constantFrom(0n, 40n, 100n),
    days: fc.integer({ min: -60, max: 60 }),
    postponed: fc.option(fc.integer({ min: 1, max: 90 }), { nil: null }),
    dueSource: fc.constantFrom('anchor', 'manual' as const),
    undated: fc.boolean(),
  });

  it('never touches what is paid or done, and never silently what has a date of its own', () => {
    fc.assert(
      fc.property(
        fc.array(anyRow, { maxLength: 8 }),
        fc.integer({ min: 0, max: 400 }),
        (generated, later) => {
          const base = D('2026-12-01');
          const rows = generated.map((one, index) => {
            const dueOn: LocalDate | null = one.undated ? null : addDays(base, one.days);
            const postponedTo =
              one.postponed === null || dueOn === null ? null : addDays(dueOn, one.postponed);
            return row(index + 1, {
              lifecycle: one.lifecycle,
              outstanding: one.outstanding,
              anchorOffset: { months: 0, days: one.days },
              dueSource: one.dueSource,
              dueOn,
              postponedTo,
              effectiveDue: postponedTo ?? dueOn,
            });
          });
          for (const move of moves(rows, addDays(base, later))) {
            expect(['inactive', 'open']).toContain(move.row.lifecycle);
            expect(move.row.lifecycle === 'inactive' || move.row.outstanding > 0n).toBe(true);
            expect(move.to).toBe(addDays(addDays(base, later), move.row.anchorOffset.days));
            expect(move.to === move.from && move.dueOn === move.row.dueOn).toBe(false);
            if (move.row.dueSource === 'manual' || move.row.postponedTo !== null)
              expect(move.asks).toBe(true);
          }
        },
      ),
    );
  });
});

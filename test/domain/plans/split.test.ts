// Splitting an instalment: the sum stays, what is paid stays on the first, a later day is a postponement (rules §3).
import { describe, expect, it } from 'vitest';
import { addDays, type LocalDate, localDate } from '../../../src/domain/local-date.js';
import { decidePostponement } from '../../../src/domain/plans/instalment.js';
import {
  decideSplit,
  MAX_SPLIT_PARTS,
  partNames,
  type SplitFacts,
  splitRest,
} from '../../../src/domain/plans/split.js';
import { randomFrom } from '../../support/random.js';

const TODAY = localDate('2026-11-20');
const DUE = localDate('2026-12-01');
const D = (text: string) => localDate(text);
const row = (more: Partial<SplitFacts> = {}): SplitFacts => ({
  lifecycle: 'open',
  amount: 100n,
  outstanding: 100n,
  dueOn: DUE,
  postponedTo: null,
  effectiveDue: DUE,
  postponeCount: 0,
  isRetention: false,
  postponedDays: 0,
  proposed: 0n,
  ...more,
});
const part = (amount: bigint, dueOn: LocalDate | null = DUE) => ({ amount, dueOn });
const decide = (facts: SplitFacts, ...parts: ReturnType<typeof part>[]) =>
  decideSplit(facts, parts, TODAY, 'rep');

describe('decideSplit', () => {
  it.each([
    ['paid', { outstanding: 0n, lifecycle: 'settled' }],
    ['cancelled', { lifecycle: 'cancelled' }],
    ['written_off', { lifecycle: 'written_off' }],
  ] as const)('refuses a row that is %s', (state, more) => {
    expect(decide(row(more), part(50n), part(50n))).toEqual({
      ok: false,
      code: 'split.not_open',
      params: { state },
    });
  });

  it('refuses while money waits, another sum, and a first part below what is paid', () => {
    expect(decide(row({ proposed: 1n }), part(50n), part(50n))).toEqual({
      ok: false,
      code: 'split.money_waits',
      params: { amount: 1n },
    });
    expect(decide(row(), part(50n), part(49n))).toEqual({
      ok: false,
      code: 'split.sum',
      params: { difference: 1n },
    });
    expect(decide(row(), part(50n), part(51n))).toMatchObject({ params: { difference: -1n } });
    const paid = row({ outstanding: 40n });
    expect(decide(paid, part(59n), part(41n))).toMatchObject({
      code: 'split.below_paid',
      params: { min: 60n },
    });
    expect(decide(paid, part(60n), part(40n))).toMatchObject({ ok: true });
  });

  it('is of two to twelve parts, each of some money', () => {
    const parts = (...amounts: bigint[]) => amounts.map((amount) => part(amount));
    const whole = row({ amount: 1300n, outstanding: 1300n });
    const equal = (count: number) => parts(...Array.from({ length: count }, () => 1300n / BigInt(count)));
    for (const wrong of [parts(1300n), equal(13), parts(1300n, 0n), parts(0n, 1300n), parts(1301n, -1n)])
      expect(() => decide(whole, ...wrong)).toThrow(RangeError);
    const most = [...parts(...Array.from({ length: MAX_SPLIT_PARTS - 1 }, () => 1n)), part(1289n)];
    expect(decide(whole, ...most)).toMatchObject({ ok: true });
  });

  it('keeps dates that are not touched, and takes earlier ones as they are', () => {
    const postponed = row({ postponedTo: D('2026-12-20'), effectiveDue: D('2026-12-20'), postponeCount: 1 });
    expect(decide(postponed, part(50n, D('2026-12-20')), part(50n, D('2026-11-25')))).toMatchObject({
      parts: [
        { dueOn: DUE, postponedTo: '2026-12-20', unchanged: true, later: false },
        { dueOn: '2026-11-25', postponedTo: null, unchanged: false, later: false },
      ],
    });
    // Between the day agreed and the one postponed to.
    expect(decide(postponed, part(50n, D('2026-12-20')), part(50n, D('2026-12-10')))).toMatchObject({
      parts: [{}, { dueOn: DUE, postponedTo: '2026-12-10', unchanged: false, later: false }],
    });
    // The day agreed itself: nothing of the postponement is left.
    expect(decide(postponed, part(50n, D('2026-12-20')), part(50n, DUE))).toMatchObject({
      parts: [{}, { dueOn: DUE, postponedTo: null, unchanged: false, later: false }],
    });
  });

  it('takes a later day as a postponement, within the rep’s limits', () => {
    expect(decide(row(), part(50n), part(50n, D('2026-12-31')))).toMatchObject({
      parts: [{ later: false }, { dueOn: DUE, postponedTo: '2026-12-31', later: true }],
    });
    expect(decide(row(), part(50n), part(50n, D('2027-01-01')))).toMatchObject({
      code: 'instalment.needs_manager',
      part: 1,
      params: { reason: 'days' },
    });
    expect(decide(row({ isRetention: true }), part(50n, D('2026-12-02')), part(50n))).toMatchObject({
      part: 0,
      params: { reason: 'retention' },
    });
    expect(decide(row({ postponeCount: 2 }), part(50n), part(50n, D('2026-12-02')))).toMatchObject({
      params: { reason: 'count' },
    });
    const far = [part(50n), part(50n, D('2028-01-01'))];
    expect(decideSplit(row(), far, TODAY, 'manager')).toMatchObject({ ok: true });
  });

  it('asks for a date where there was one, and leaves it open where there was none', () => {
    expect(decide(row(), part(50n), part(50n, null))).toEqual({
      ok: false,
      code: 'split.date_missing',
      part: 1,
      params: {},
    });
    const undated = row({ dueOn: null, effectiveDue: null });
    expect(decide(undated, part(50n, null), part(50n, D('2030-01-01')))).toMatchObject({
      parts: [{ unchanged: true }, { dueOn: '2030-01-01', later: false }],
    });
    // Not in force yet: any day, or none.
    const inactive = row({ lifecycle: 'inactive' });
    expect(decide(inactive, part(50n, null), part(50n, D('2030-01-01')))).toMatchObject({
      parts: [
        { dueOn: null, postponedTo: null },
        { dueOn: '2030-01-01', postponedTo: null, unchanged: false, later: false },
      ],
    });
  });

  it('does not postpone an overdue row into the past', () => {
    const overdue = row({ dueOn: D('2026-11-01'), effectiveDue: D('2026-11-01') });
    expect(decide(overdue, part(50n, D('2026-11-01')), part(50n, D('2026-11-10')))).toMatchObject({
      code: 'instalment.date_not_later',
      part: 1,
      params: { after: TODAY },
    });
  });

  it('holds the sum, the paid part and the limits of postponing, whatever is asked', () => {
    const next = randomFrom(11);
    const day = (max: number) => addDays(DUE, Math.floor(next() * max) - 20);
    let allowed = 0;
    for (let round = 0; round < 2000; round += 1) {
      const amount = BigInt(Math.floor(next() * 1000) + 20);
      const paid = next() < 0.5 ? 0n : BigInt(Math.floor(next() * Number(amount)));
      const postponedTo = next() < 0.3 ? addDays(DUE, Math.floor(next() * 25) + 1) : null;
      const facts = row({
        amount,
        outstanding: amount - paid,
        postponedTo,
        effectiveDue: postponedTo ?? DUE,
        postponeCount: Math.floor(next() * 3),
        isRetention: next() < 0.2,
      });
      const count = 2 + Math.floor(next() * (MAX_SPLIT_PARTS - 1));
      const cuts = Array.from({ length: count - 1 }, () => BigInt(1 + Math.floor(next() * 5)));
      const first = amount - cuts.reduce((sum, cut) => sum + cut, 0n);
      if (first <= 0n) continue;
      const off = next() < 0.2 ? 1n : 0n;
      const parts = [first + off, ...cuts].map((size) => part(size, day(70)));
      const by = next() < 0.5 ? 'rep' : 'manager';
      const decision = decideSplit(facts, parts, TODAY, by);
      if (!decision.ok) continue;
      allowed += 1;
      expect(splitRest(facts.amount, decision.parts)).toBe(0n);
      expect(decision.parts[0]?.amount).toBeGreaterThanOrEqual(facts.amount - facts.outstanding);
      for (const [index, one] of decision.parts.entries()) {
        const wanted = parts[index]?.dueOn ?? null;
        expect(one.postponedTo ?? one.dueOn).toBe(wanted);
        expect(one.later).toBe(wanted !== null && wanted > (facts.effectiveDue ?? ''));
        if (one.later && wanted) expect(decidePostponement(facts, wanted, TODAY, by)).toEqual({ ok: true });
      }
    }
    expect(allowed).toBeGreaterThan(100);
  });
});

describe('the names of parts', () => {
  it.each([
    ['验收款', ['预付款', '验收款'], { base: '验收款', next: 2 }],
    ['验收款', ['验收款', '验收款（2）'], { base: '验收款', next: 3 }],
    ['验收款（2）', ['验收款', '验收款（2）', '验收款（4）', '质保金（9）'], { base: '验收款', next: 5 }],
    ['On acceptance (2)', ['On acceptance', 'On acceptance (2)'], { base: 'On acceptance', next: 3 }],
    ['Phase (1)', ['Phase (1)', 'Phase (2)'], { base: 'Phase', next: 3 }],
    ['款（甲）', ['款（甲）'], { base: '款（甲）', next: 2 }],
  ])('of %s among %j count on', (name, planned, expected) => {
    expect(partNames(name, planned)).toEqual(expected);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WorkCalendar } from '../../../src/domain/calendar.js';
import { addDays, localDate } from '../../../src/domain/local-date.js';
import { displayStateSql } from '../../../src/domain/plans/display-state.sql.js';
import {
  checkPlanTotal,
  type DisplayState,
  daysOverdue,
  decideDeletion,
  decidePostponement,
  displayState,
  effectiveDue,
  type InstalmentFacts,
  type Lifecycle,
} from '../../../src/domain/plans/instalment.js';

const today = localDate('2026-11-21');
const open: InstalmentFacts = {
  lifecycle: 'open',
  amount: 30_000n,
  outstanding: 30_000n,
  dueOn: localDate('2026-12-01'),
  postponedTo: null,
  effectiveDue: localDate('2026-12-01'),
};
const due = (date: string) => ({ dueOn: localDate(date), effectiveDue: localDate(date) });
const overdue = { ...open, ...due('2026-11-18') };
const postponed = { ...open, postponedTo: localDate('2026-12-20'), effectiveDue: localDate('2026-12-20') };
const weekdays: WorkCalendar = { workweek: [1, 2, 3, 4, 5], days: new Map(), coveredThrough: null };

const nearDates = fc.option(fc.integer({ min: -5, max: 5 }).map((n) => addDays(today, n)));
const anyFacts = fc.record({
  lifecycle: fc.constantFrom<Lifecycle>('inactive', 'open', 'settled', 'written_off', 'cancelled'),
  amount: fc.constant(100n),
  outstanding: fc.constantFrom(0n, 1n, 100n),
  dueOn: nearDates,
  postponedTo: nearDates,
  effectiveDue: nearDates,
});

describe('displayState', () => {
  it.each<[string, InstalmentFacts, DisplayState]>([
    ['a row not yet due', open, 'open'],
    ['the due day itself', { ...open, ...due('2026-11-21') }, 'open'],
    ['the day after', { ...open, ...due('2026-11-20') }, 'overdue'],
    ['a part-paid row past its date', { ...overdue, outstanding: 1n }, 'overdue'],
    ['a postponed row', postponed, 'postponed'],
    ['a postponed row past its new date', { ...postponed, effectiveDue: localDate('2026-11-20') }, 'overdue'],
    ['no date', { ...open, dueOn: null, effectiveDue: null }, 'undated'],
    ['nothing left, late', { ...overdue, outstanding: 0n, lifecycle: 'settled' }, 'paid'],
    ['nothing left, no date', { ...open, dueOn: null, effectiveDue: null, outstanding: 0n }, 'paid'],
    ['written off, with a rest', { ...overdue, lifecycle: 'written_off' }, 'written_off'],
    ['inactive, past its date', { ...overdue, lifecycle: 'inactive' }, 'inactive'],
    ['cancelled, nothing left', { ...open, lifecycle: 'cancelled', outstanding: 0n }, 'cancelled'],
  ])('shows %s', (_what, facts, state) => {
    expect(displayState(facts, today)).toBe(state);
  });

  it('gives every row the state of the first rule that matches', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const rules: [DisplayState, boolean][] = [
          ['cancelled', facts.lifecycle === 'cancelled'],
          ['inactive', facts.lifecycle === 'inactive'],
          ['written_off', facts.lifecycle === 'written_off'],
          ['paid', facts.outstanding === 0n],
          ['undated', facts.dueOn === null],
          ['overdue', facts.effectiveDue !== null && today > facts.effectiveDue],
          ['postponed', facts.postponedTo !== null],
          ['open', true],
        ];
        expect(displayState(facts, today)).toBe(rules.find(([, matches]) => matches)?.[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('only ever moves to overdue as days pass, and stays there', () => {
    fc.assert(
      fc.property(anyFacts, fc.integer({ min: 1, max: 20 }), (facts, days) => {
        const [now, later] = [displayState(facts, today), displayState(facts, addDays(today, days))];
        if (now !== later) expect(['open', 'postponed'].includes(now) && later === 'overdue').toBe(true);
      }),
    );
  });

  it('counts days only while overdue', () => {
    expect(daysOverdue(overdue, today)).toBe(3);
    expect(daysOverdue({ ...open, ...due('2026-11-20') }, today)).toBe(1);
    expect(daysOverdue({ ...open, ...due('2026-11-21') }, today)).toBe(0);
    expect(daysOverdue({ ...overdue, outstanding: 0n }, today)).toBe(0);
    expect(daysOverdue({ ...open, dueOn: null, effectiveDue: null }, today)).toBe(0);
  });

  it('is written in SQL over the named alias and placeholder, refusing anything else', () => {
    const sql = displayStateSql('i', '$1::date');
    expect(sql).toMatch(/^CASE\s.*\sEND$/s);
    expect(sql).toContain("WHEN $1::date > i.effective_due THEN 'overdue'");
    const states = Array.from(sql.matchAll(/(?:THEN|ELSE) '(\w+)'/g), (match) => match[1]);
    expect(states).toEqual([
      'cancelled',
      'inactive',
      'written_off',
      'paid',
      'undated',
      'overdue',
      'postponed',
      'open',
    ]);
    expect(displayStateSql('instalment', 'p.today')).toContain('p.today > instalment.effective_due');
    for (const alias of ['', 'i; DROP', 'I', "i'"])
      expect(() => displayStateSql(alias, '$1')).toThrow(RangeError);
    for (const value of ['', "'2026-11-21'", '$1; --', 'now()'])
      expect(() => displayStateSql('i', value)).toThrow(RangeError);
  });
});

describe('effectiveDue', () => {
  it('rolls the due date but not the postponed one', () => {
    const dueOn = localDate('2026-11-22');
    const roll = 'next_workday';
    expect(effectiveDue({ dueOn, postponedTo: null, roll: 'none' }, weekdays)).toBe('2026-11-22');
    expect(effectiveDue({ dueOn, postponedTo: null, roll }, weekdays)).toBe('2026-11-23');
    expect(effectiveDue({ dueOn, postponedTo: localDate('2026-11-29'), roll }, weekdays)).toBe('2026-11-29');
    expect(effectiveDue({ dueOn: null, postponedTo: null, roll }, weekdays)).toBeNull();
  });
});

describe('decidePostponement', () => {
  const decide = (
    facts: Partial<Parameters<typeof decidePostponement>[0]>,
    to: string,
    by: 'rep' | 'manager' = 'rep',
  ) =>
    decidePostponement(
      { ...open, postponeCount: 0, isRetention: false, postponedDays: 0, ...facts },
      localDate(to),
      today,
      by,
    );

  it('lets the rep postpone open, overdue and postponed rows', () => {
    expect(decide({}, '2026-12-02')).toEqual({ ok: true });
    expect(decide(overdue, '2026-11-22')).toEqual({ ok: true });
    expect(decide({ ...postponed, postponeCount: 1, postponedDays: 19 }, '2026-12-31')).toEqual({ ok: true });
    expect(decide({ postponedDays: 20 }, '2026-12-11')).toEqual({ ok: true });
  });

  it.each<[string, Partial<InstalmentFacts>, DisplayState]>([
    ['undated', { dueOn: null, effectiveDue: null }, 'undated'],
    ['paid', { outstanding: 0n, lifecycle: 'settled' }, 'paid'],
    ['inactive', { lifecycle: 'inactive' }, 'inactive'],
    ['written off', { lifecycle: 'written_off' }, 'written_off'],
    ['cancelled', { lifecycle: 'cancelled' }, 'cancelled'],
  ])('refuses a row that is %s, whoever asks', (_what, facts, state) => {
    for (const by of ['rep', 'manager'] as const) {
      expect(decide(facts, '2027-01-01', by)).toEqual({
        ok: false,
        code: 'instalment.not_postponable',
        params: { state },
      });
    }
  });

  it.each<[string, Partial<InstalmentFacts>, string, string]>([
    ['the due date', {}, '2026-12-01', '2026-12-01'],
    ['before it', {}, '2026-11-25', '2026-12-01'],
    ['today on an overdue row', overdue, '2026-11-21', '2026-11-21'],
    ['the date it is postponed to', postponed, '2026-12-20', '2026-12-20'],
  ])('refuses %s as the new date', (_what, facts, to, after) => {
    expect(decide(facts, to, 'manager')).toEqual({
      ok: false,
      code: 'instalment.date_not_later',
      params: { after },
    });
  });

  it.each([
    ['a third time', { ...postponed, postponeCount: 2 }, '2026-12-21', 'count'],
    ['31 days after due_on', {}, '2027-01-01', 'days', '2026-12-31'],
    ['31 days in all', { ...postponed, postponeCount: 1 }, '2027-01-01', 'days', '2026-12-31'],
    ['what milestones moved before', { postponedDays: 20 }, '2026-12-12', 'days', '2026-12-11'],
    ['all that was used up', { postponedDays: 30 }, '2026-12-02', 'days'],
    ['any day on a retention', { isRetention: true }, '2026-12-02', 'retention'],
  ])('leaves %s to the manager', (_what, facts, to, reason, latest: string | null = null) => {
    const params = { reason, latest };
    expect(decide(facts, to)).toEqual({ ok: false, code: 'instalment.needs_manager', params });
    expect(decide(facts, to, 'manager')).toEqual({ ok: true });
  });
});

describe('decideDeletion', () => {
  const decide = (facts: Partial<Parameters<typeof decideDeletion>[0]>, by: 'rep' | 'manager' = 'rep') =>
    decideDeletion({ ...open, postponeCount: 0, proposed: 0n, ...facts }, today, by);

  it('lets the rep delete before the due date, or what is not in force', () => {
    expect(decide({})).toEqual({ ok: true });
    expect(decide({ dueOn: null, effectiveDue: null })).toEqual({ ok: true });
    expect(decide({ ...overdue, lifecycle: 'inactive', postponeCount: 1 })).toEqual({ ok: true });
  });

  it.each([
    ['due today', due('2026-11-21')],
    ['overdue', overdue],
    ['postponed', { ...postponed, postponeCount: 1 }],
  ])('leaves a row that is %s to the manager', (_what, facts) => {
    expect(decide(facts)).toEqual({ ok: false, code: 'instalment.needs_manager', params: {} });
    expect(decide(facts, 'manager')).toEqual({ ok: true });
  });

  it.each<[string, Partial<Parameters<typeof decideDeletion>[0]>, bigint]>([
    ['received', { outstanding: 20_000n }, 10_000n],
    ['waiting', { proposed: 500n }, 500n],
    ['received and waiting', { outstanding: 29_000n, proposed: 1000n }, 2000n],
    ['all of it', { outstanding: 0n, lifecycle: 'settled' as const }, 30_000n],
  ])('never deletes money: %s', (_what, facts, amount) => {
    expect(decide(facts, 'manager')).toEqual({ ok: false, code: 'instalment.has_money', params: { amount } });
  });

  it.each(['cancelled', 'written_off'] as const)('refuses a row that is %s', (lifecycle) => {
    expect(decide({ lifecycle }, 'manager')).toEqual({
      ok: false,
      code: 'instalment.not_deletable',
      params: { state: lifecycle },
    });
  });
});

describe('checkPlanTotal', () => {
  const check = (rows: bigint[], allowIncomplete = false, editing?: number) =>
    checkPlanTotal({
      contractAmount: 100n,
      rows,
      allowIncomplete,
      ...(editing === undefined ? {} : { editing }),
    });

  it('accepts the exact sum, and less only when told', () => {
    expect(check([30n, 70n])).toEqual({ ok: true });
    expect(check([30n, 60n], true)).toEqual({ ok: true });
    expect(check([], true)).toEqual({ ok: true });
    expect(check([30n, 60n])).toEqual({ ok: false, code: 'plan.incomplete', params: { difference: 10n } });
  });

  it('names what is too much and the most that the edited row can take', () => {
    const refused = (difference: bigint, max: bigint) => ({
      ok: false,
      code: 'plan.exceeds_contract',
      params: { difference, max },
    });
    expect(check([30n, 90n], true)).toEqual(refused(20n, 70n));
    expect(check([50n, 70n], true, 0)).toEqual(refused(20n, 30n));
    expect(check([110n, 5n])).toEqual(refused(15n, 0n));
  });

  it('agrees with itself: max is accepted, one more is not', () => {
    const rows = fc.array(fc.bigInt({ min: 1n, max: 80n }), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(rows, (list) => {
        const decision = check(list, true);
        if (decision.ok || decision.code !== 'plan.exceeds_contract' || decision.params.max === 0n) return;
        const withLast = (last: bigint) => check([...list.slice(0, -1), last], true).ok;
        expect([withLast(decision.params.max), withLast(decision.params.max + 1n)]).toEqual([true, false]);
      }),
    );
  });
});

// Rows of a plan: what a person enters, equal parts, rows that follow a milestone, what is left to plan.
import { describe, expect, it } from 'vitest';
import { localDate } from '../../../src/domain/local-date.js';
import {
  equalRows,
  followAnchor,
  latestPlanDate,
  planRow,
  unplannedOf,
} from '../../../src/domain/plans/plan.js';

const D = localDate;
const entered = { name: ' 首付款 ', amount: 1n, dueOn: D('2026-12-01'), remark: ' 急 ' };
const offset = { months: 1, days: 0 };

describe('a row as it is entered', () => {
  it('is kept without the blanks around it; what was left empty has its usual value', () => {
    expect(planRow.parse(entered)).toEqual({
      ...entered,
      name: '首付款',
      remark: '急',
      plannedMethod: null,
      remindDaysAhead: 7,
      isRetention: false,
      templateId: null,
      anchorKind: null,
      anchorOffset: null,
      dueSource: 'manual',
      roll: 'none',
    });
  });

  it.each<[string, object, boolean]>([
    ['no money', { amount: 0n }, false],
    ['a name of blanks', { name: '  ' }, false],
    ['a name of 60', { name: '名'.repeat(60) }, true],
    ['a name of 61', { name: '名'.repeat(61) }, false],
    ['a remark of 3000', { remark: 'x'.repeat(3000) }, true],
    ['a remark of 3001', { remark: 'x'.repeat(3001) }, false],
    ['a reminder on the day', { remindDaysAhead: 0 }, true],
    ['a reminder 90 days ahead', { remindDaysAhead: 90 }, true],
    ['a reminder 91 days ahead', { remindDaysAhead: 91 }, false],
    ['a reminder after the day', { remindDaysAhead: -1 }, false],
    ['a reminder half a day ahead', { remindDaysAhead: 0.5 }, false],
    ['the next workday', { roll: 'next_workday' }, true],
    ['the workday before', { roll: 'previous_workday' }, true],
    ['another roll', { roll: '' }, false],
    ['a date of its milestone', { dueSource: 'anchor' }, true],
    ['a date of nothing', { dueSource: '' }, false],
  ])('%s', (_what, more, expected) => {
    expect(planRow.safeParse({ ...entered, ...more }).success).toBe(expected);
  });
});

describe('a row that hangs on a milestone', () => {
  const row = (more: object = {}) => ({
    ...planRow.parse(entered),
    anchorKind: 'acceptance' as const,
    anchorOffset: offset,
    dueSource: 'anchor' as const,
    ...more,
  });

  it('falls due when that says so, or nobody knows yet when', () => {
    expect(followAnchor(row(), { acceptance: D('2026-11-20') }).dueOn).toBe('2026-12-20');
    expect(followAnchor(row(), { shipment: D('2026-11-20') })).toMatchObject({
      dueOn: null,
      dueSource: 'anchor',
    });
  });

  it('set by hand stays, and without a milestone or a distance it is set by hand', () => {
    const byHand = row({ dueSource: 'manual' });
    expect(followAnchor(byHand, { acceptance: D('2026-11-20') })).toEqual(byHand);
    const loose = { anchorKind: null, anchorOffset: null, dueSource: 'manual', dueOn: '2026-12-01' };
    for (const more of [{ anchorKind: null }, { anchorOffset: null }])
      expect(followAnchor(row(more), { acceptance: D('2026-11-20') })).toMatchObject(loose);
  });
});

it('equal parts are at a fixed distance, and the last takes the rest', () => {
  const nameOf = (part: number) => `第${part}期`;
  expect(equalRows(100n, 3, D('2026-11-30'), { months: 1 }, nameOf)).toEqual([
    { name: '第1期', amount: 33n, dueOn: '2026-11-30' },
    { name: '第2期', amount: 33n, dueOn: '2026-12-30' },
    { name: '第3期', amount: 34n, dueOn: '2027-01-30' },
  ]);
  const weekly = equalRows(100n, 3, D('2026-12-25'), { days: 7 }, nameOf);
  expect(weekly.map((one) => one.dueOn)).toEqual(['2026-12-25', '2027-01-01', '2027-01-08']);
  expect(() => equalRows(2n, 3, D('2026-11-30'), { months: 1 }, nameOf)).toThrow(RangeError);
});

it('what is left to plan is what is neither planned nor in these rows; negative when they are too much', () => {
  const contract = { amount: 100n, planned: 30n };
  expect(unplannedOf(contract, [])).toBe(70n);
  expect(unplannedOf(contract, [{ amount: 30n }, { amount: 40n }])).toBe(0n);
  expect(unplannedOf(contract, [{ amount: 71n }])).toBe(-1n);
});

it('a plan reaches at most fifty years ahead', () => {
  expect(latestPlanDate(D('2026-11-20'))).toBe('2076-11-20');
});

// A year of holidays as people paste it: what is understood, what is refused, and what an import would change.
import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import {
  compareHolidays,
  idleWorkdays,
  importableYears,
  missingYear,
  readHolidays,
  runsOf,
  tooFew,
} from '../../src/domain/settings/holidays.js';

const calendar = (coveredThrough: string | null) => ({
  workweek: [1, 2, 3, 4, 5],
  days: new Map(),
  coveredThrough: coveredThrough === null ? null : localDate(coveredThrough),
});

describe('pasted lines', () => {
  it.each([
    ['2027-01-01 元旦', ['2027-01-01 off 元旦']],
    ['2027-02-06 班', ['2027-02-06 work 班']],
    ['2027/2/14 上班 春节调休', ['2027-02-14 work 春节调休']],
    ['2027-02-14（周日）班', ['2027-02-14 work 班']],
    ['2027-10-09 国庆补班', ['2027-10-09 work 国庆补班']],
    ['2027-12-25 off Christmas Day', ['2027-12-25 off Christmas Day']],
    ['2027-02-13 work Spring Festival', ['2027-02-13 work Spring Festival']],
    ['2027-01-01~2027-01-02 元旦', ['2027-01-01 off 元旦', '2027-01-02 off 元旦']],
    ['2027-01-01 - 2027-01-02 元旦', ['2027-01-01 off 元旦', '2027-01-02 off 元旦']],
    ['2027-10-01～02 国庆', ['2027-10-01 off 国庆', '2027-10-02 off 国庆']],
    ['1月1日至2日 元旦', ['2027-01-01 off 元旦', '2027-01-02 off 元旦']],
    ['２０２７年１月１日元旦', ['2027-01-01 off 元旦']],
    ['2026-12-31 元旦', ['2026-12-31 off 元旦']],
    ['\n 2027-01-02 b\n\n2027-01-01 a\n', ['2027-01-01 off a', '2027-01-02 off b']],
  ])('%j', (text, expected) => {
    const { days } = readHolidays(text, 2027);
    expect(days?.map((day) => `${day.date} ${day.isWorkday ? 'work' : 'off'} ${day.name}`)).toEqual(expected);
  });

  it.each([
    ['元旦 2027-01-01', 'unreadable', 1],
    ['2027-02-30 休', 'no_such_day', 1],
    ['2027-01-015 休', 'unreadable', 1],
    ['2027-01-01\n2027-02-12~2027-02-06 休', 'unreadable', 2],
    ['2027-01-01~2027-03-01 休', 'too_long', 1],
    ['2028-01-01 元旦', 'other_year', 1],
    ['2026-11-30 休', 'other_year', 1],
    ['2027-01-01 休\n2027-01-01 班', 'twice', 2],
  ])('%j is refused: %s', (text, cause, line) => {
    expect(readHolidays(text, 2027).problem).toMatchObject({ cause, line });
  });

  it('come back as the lines that they were', () => {
    const { days } = readHolidays('2027-02-14 班\n2027-02-06~2027-02-12 春节\n2027-02-13 元宵', 2027);
    expect(runsOf(days ?? []).map(({ from, to, name }) => `${from}~${to} ${name}`)).toEqual([
      '2027-02-06~2027-02-12 春节',
      '2027-02-13~2027-02-13 元宵',
      '2027-02-14~2027-02-14 班',
    ]);
  });
});

it('tells what an import adds, changes and removes: the year as a whole, of December before nothing', () => {
  const read = (text: string) => readHolidays(text, 2027).days ?? [];
  const before = read('2026-12-31 元旦\n2027-01-01 元旦\n2027-01-02 元旦\n2027-05-01 劳动节');
  const change = compareHolidays(before, read('2027-01-01 元旦\n2027-01-02 班\n2027-05-03 劳动节'), 2027);
  expect(change).toMatchObject({ added: 1, changed: 1 });
  expect(change.removed.map((day) => day.date)).toEqual(['2027-05-01']);
  expect(tooFew(read('2027-02-05~2027-02-10 休\n2027-02-13 班'))).toBe(6);
  expect(tooFew(read('2027-02-05~2027-02-11 休'))).toBeNull();
  expect(idleWorkdays(read('2027-02-05 班\n2027-02-06 班'), [1, 2, 3, 4, 5])).toMatchObject([
    { date: '2027-02-05' },
  ]);
});

describe('a year that is missing', () => {
  it.each([
    ['2026-12-31', '2026-11-30', null],
    ['2026-12-31', '2026-12-01', 2027],
    ['2027-12-31', '2026-12-31', null],
    ['2026-12-31', '2027-01-01', 2027],
    [null, '2026-06-01', 2026],
  ] as const)('known to %s, on %s: %s', (covered, today, year) => {
    expect(missingYear(calendar(covered), localDate(today))).toBe(year);
  });

  it('can be imported with every year before it, one after the other', () => {
    expect(importableYears(calendar('2026-12-31'), localDate('2026-11-20'))).toEqual([2026, 2027]);
    expect(importableYears(calendar('2024-12-31'), localDate('2026-11-20'))).toEqual([2026]);
    expect(importableYears(calendar(null), localDate('2026-11-20'))).toEqual([2026]);
  });
});

// Patterns of numbers as people write them; what could repeat or grows too long is refused (F18).
import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import {
  aroundCounter,
  DEFAULT_PATTERNS,
  formatNumber,
  type NumberPattern,
  readPattern,
  writePattern,
} from '../../src/domain/numbering.js';

const TODAY = localDate('2026-11-20');

describe('writing and reading', () => {
  it.each(Object.entries(DEFAULT_PATTERNS))('%s comes back as it was', (_kind, pattern) => {
    expect(readPattern(writePattern(pattern), pattern.reset)).toEqual({ ok: true, pattern });
  });

  it.each<[string, NumberPattern['reset'], string]>([
    ['GX-{YYYYMM}-{000}', 'monthly', 'GX-202611-001'],
    ['{YYYY}/{0}', 'yearly', '2026/1'],
    ['合同{YYYYMMDD}{00}', 'daily', '合同2026112001'],
    ['ｈｔ－{YYYY}－{0000}', 'yearly', 'HT-2026-0001'],
  ])('%s, %s', (text, reset, example) => {
    const read = readPattern(text, reset);
    expect(read.ok && formatNumber(read.pattern, TODAY, 1n)).toBe(example);
  });
});

describe('refusals', () => {
  it.each<[string, NumberPattern['reset'], string]>([
    ['HT-{YYYY}', 'never', 'no_counter'],
    ['', 'never', 'no_counter'],
    ['HT-{0000}', 'yearly', 'collides'],
    ['HT-{YYYY}-{0000}', 'monthly', 'collides'],
    ['HT-{YYYYMM}-{0000}', 'daily', 'collides'],
    ['{00}-{00}', 'never', 'collides'],
    ['HT-{MM}-{00}', 'never', 'unreadable'],
    ['HT {00}', 'never', 'unreadable'],
    ['<b>{00}', 'never', 'unreadable'],
    ['{00000000000}', 'never', 'unreadable'],
    ['ABCDEFGHIJK{00}', 'never', 'unreadable'],
    ['ABCDEFGHIJ{YYYYMMDD}ABCDEFGHIJ{00}A', 'never', 'too_long'],
  ])('%s, %s: %s', (text, reset, problem) => {
    expect(readPattern(text, reset)).toEqual({ ok: false, problem });
  });

  it('lets nothing through that repeats: a counter and its day give one number', () => {
    const days = ['2026-11-20', '2026-11-21', '2026-12-01', '2027-01-01'].map(localDate);
    for (const [text, reset] of [
      ['{YYYYMMDD}{0}', 'daily'],
      ['A{YYYYMM}{0}', 'monthly'],
      ['{YYYY}-{0}', 'yearly'],
    ] as const) {
      const read = readPattern(text, reset);
      if (!read.ok) throw new Error(read.problem);
      const periods = new Map<string, string>();
      for (const day of days) {
        for (const counter of [1n, 9n, 10n, 11n, 110n, 1010n]) {
          const { before } = aroundCounter(read.pattern, day);
          const number = formatNumber(read.pattern, day, counter);
          const holder = `${before} ${counter}`;
          expect(periods.get(number) ?? holder, number).toBe(holder);
          periods.set(number, holder);
        }
      }
    }
  });
});

// Words after a list's command: states and periods of either language narrow it, the rest is looked for (spec/slack.md).
import { describe, expect, it } from 'vitest';
import { CONTRACT_STATUSES } from '../../src/domain/contracts/contract.js';
import { PLAN_STATES, RECEIPT_STATES } from '../../src/domain/lists/list-filter.js';
import { localDate } from '../../src/domain/local-date.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { readListWords } from '../../src/handlers/list-words.js';

/** A Thursday. */
const TODAY = localDate('2026-11-19');
const plan = (words: string) => readListWords('plan', words, TODAY);

describe('states', () => {
  it.each([
    ['overdue', { states: ['overdue'] }],
    ['逾期', { states: ['overdue'] }],
    ['Past Due 徐工', { states: ['overdue'], words: '徐工' }],
    ['paid bad debt', { states: ['paid', 'written_off'] }],
    ['未收', { states: ['overdue', 'open', 'postponed', 'undated'] }],
    ['coming', { states: ['open', 'postponed'], from: '2026-11-20' }],
    ['徐工 集团', { words: '徐工 集团' }],
    ['', {}],
  ])('%s', (words, filter) => expect(plan(words)).toEqual(filter));

  it('every label of every list is understood in both languages', () => {
    for (const locale of ['zh-CN', 'en'] as const) {
      const t = translator(locale);
      for (const one of PLAN_STATES) expect(plan(t(`common:state.${one}`)), one).toEqual({ states: [one] });
      for (const one of CONTRACT_STATUSES)
        expect(readListWords('contract', t(`common:contract_state.${one}`), TODAY)).toEqual({
          states: [one],
        });
      for (const one of RECEIPT_STATES)
        expect(readListWords('receipt', t(`common:receipt_state.${one}`), TODAY)).toEqual({ states: [one] });
      expect(readListWords('customer', t('customers:status.frozen'), TODAY)).toEqual({ states: ['frozen'] });
    }
  });
});

describe('periods', () => {
  it.each([
    ['today', '2026-11-19', '2026-11-19'],
    ['due this week', '2026-11-16', '2026-11-22'],
    ['下周到期', '2026-11-23', '2026-11-29'],
    ['本月', '2026-11-01', '2026-11-30'],
    ['last month', '2026-10-01', '2026-10-31'],
    ['2026-02', '2026-02-01', '2026-02-28'],
    ['12月', '2026-12-01', '2026-12-31'],
    ['2026-12-05', '2026-12-05', '2026-12-05'],
    ['12月5日', '2026-12-05', '2026-12-05'],
  ])('%s', (words, from, to) => expect(plan(words)).toEqual({ from, to }));

  it.each([
    ['12月', '2025-12-01', '2025-12-31'],
    ['11月', '2026-11-01', '2026-11-30'],
    ['2026-12', '2026-12-01', '2026-12-31'],
    ['12月5日', '2025-12-05', '2025-12-05'],
  ])('of money that came in, or of signing, %s was so far', (words, from, to) => {
    expect(readListWords('receipt', words, TODAY)).toEqual({ from, to });
    expect(readListWords('contract', words, TODAY)).toEqual({ from, to });
  });

  it.each(['3M', 'Sun', '13月', '2026-02-30', 'may', '0000-05', '9999-12', '1688.5'])(
    '%s stays a word to look for',
    (words) => expect(plan(words)).toEqual({ words }),
  );

  it('stands beside a state and a name', () =>
    expect(plan('overdue this month 徐工')).toEqual({
      states: ['overdue'],
      from: '2026-11-01',
      to: '2026-11-30',
      words: '徐工',
    }));

  it('more than a search holds is cut, not refused', () =>
    expect(plan(`overdue ${'很长的名字'.repeat(200)}`)).toEqual({
      states: ['overdue'],
      words: '很长的名字'.repeat(40),
    }));

  it('customers have no days', () =>
    expect(readListWords('customer', 'today', TODAY)).toEqual({ words: 'today' }));
});

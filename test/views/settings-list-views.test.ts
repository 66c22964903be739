import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { DEFAULT_PATTERNS } from '../../src/domain/numbering.js';
import { MAX_ENTRIES } from '../../src/domain/settings/dictionaries.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import {
  currenciesForm,
  entryForm,
  LISTS,
  listModal,
  NUMBERED,
  numberingModal,
  patternForm,
} from '../../src/handlers/views/settings-list-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const entries = Array.from({ length: MAX_ENTRIES }, (_, n) => ({
  key: `k${n}`,
  zh: nasty(40),
  en: nasty(40),
  active: n % 2 === 0,
}));
const FULL = companySettings.parse({
  contractTypes: entries,
  paymentMethods: entries,
  customerTypes: entries,
  industries: entries,
  currencies: Array.from({ length: 90 }, () => 'CNY'),
});
const TODAY = localDate('2026-11-20');

describe.each(LOCALES)('in %s', (locale) => {
  const { t } = reader(locale);

  it.each(LISTS)('the longest list: %s', (list) => {
    const view = listModal(t, list, FULL, nasty(200));
    expectModal(view);
    expect(JSON.stringify(view)).not.toMatch(/"mrkdwn","text":"[^"]*<!channel>/);
    expectModal(listModal(t, list, companySettings.parse({})));
  });

  it('forms of an entry and of currencies', () => {
    for (const entry of [null, ...entries.slice(0, 2)]) expectModal(entryForm(t, entry, '{}'));
    expectModal(currenciesForm(t, FULL.currencies, '{}'));
  });

  it('numbers and their patterns', () => {
    expectModal(numberingModal(t, FULL, TODAY, nasty(100)));
    for (const kind of NUMBERED) {
      const { reset } = DEFAULT_PATTERNS[kind];
      expectModal(patternForm(t, { kind, pattern: nasty(80), reset, example: nasty(80), metadata: '{}' }));
    }
  });
});

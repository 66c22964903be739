// The window of what a row will be reminded of, with everything long and everything held.
import { describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import type { ComingItem } from '../../src/domain/reminders/coming.queries.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import { comingLine, comingModal } from '../../src/handlers/views/coming-views.js';
import { aRow } from '../support/contract-details.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const rule = DEFAULT_LADDER.find((one) => one.code === 'E3');
if (!rule) throw new Error('no such step');
const item = (more: Partial<ComingItem> = {}): ComingItem => ({
  on: localDate('2026-12-14'),
  occurrenceOn: localDate('2026-12-12'),
  rule,
  shifted: false,
  names: ['李雷'],
  toFinanceChannel: false,
  ...more,
});

describe.each(LOCALES)('reminders ahead in %s', (locale) => {
  it('name a day off only where it moved them, and a promise or dispute in place of the day', () => {
    const line = (more: Partial<ComingItem>) => comingLine(item(more), reader(locale));
    const day = locale === 'en' ? 'is off' : '休息日';
    expect(line({ shifted: true })).toContain(day);
    expect(line({})).not.toContain(day);
    expect(line({ cause: 'promise' })).toContain(locale === 'en' ? 'not kept' : '承诺未兑现');
    expect(line({ cause: 'dispute' })).toContain(locale === 'en' ? 'over 14 days' : '超过 14 天');
    expect(line({ cause: 'promise' })).not.toContain(locale === 'en' ? '7 days' : '7 天');
    const asks = locale === 'en' ? 'level 2' : '2 级';
    expect(line({})).toContain(asks);
    expect(line({ listedOnly: true })).not.toContain(asks);
  });

  it('never count from 0 days', () => {
    const repeated = DEFAULT_LADDER.filter(
      (one) => one.repeatEveryDays !== undefined && one.offsetDays === 0,
    );
    expect(repeated.length).toBeGreaterThan(0);
    for (const one of repeated)
      expect(comingLine(item({ rule: one }), reader(locale))).not.toMatch(/(?<!\d)0 (天|days)/);
  });

  it('fit, and say what holds them', () => {
    const view = comingModal(
      {
        row: aRow(1, { ownerName: nasty(80), name: nasty(120) }),
        scope: 'instalment',
        items: Array.from({ length: 12 }, () =>
          item({ shifted: true, cause: 'dispute', names: Array.from({ length: 30 }, () => nasty(80)) }),
        ),
        heldUntil: localDate('2027-01-05'),
        ackedUntil: localDate('2027-01-06'),
      },
      reader(locale),
    );
    expectModal(view);
    const text = JSON.stringify(view);
    expect(text).toContain(locale === 'en' ? 'until then only the weekly line' : '只有每周的提醒');
    expect(text).toContain(locale === 'en' ? 'Acknowledged' : '已知悉');
  });
});

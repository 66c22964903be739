// The form of a follow-up and how it is told, in both languages, within Slack's limits whatever people typed.
import { describe, expect, it } from 'vitest';
import { validateView } from '../../sandbox/server/validate-view.js';
import type { Locale } from '../../src/domain/access.js';
import { FOLLOW_UP_KINDS, FOLLOW_UP_RESULTS } from '../../src/domain/follow-ups/follow-up.js';
import {
  FOLLOW_UPS_A_PAGE,
  type ListedFollowUp,
} from '../../src/domain/follow-ups/follow-up-list.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { followUpStatsModal, timelineModal } from '../../src/handlers/views/follow-up-list-views.js';
import { followUpModal, followUpWords } from '../../src/handlers/views/follow-up-views.js';
import type { RowReader } from '../../src/handlers/views/row-views.js';
import { aRow } from '../support/contract-details.js';

const today = localDate('2026-11-21');
const readerIn = (locale: Locale): RowReader => ({
  t: translator(locale),
  locale,
  today,
  now: new Date('2026-11-21T01:00:00Z'),
  timezone: 'Asia/Shanghai',
  actor: null,
});
const NASTY = '<!channel> *你好* & 😀'.repeat(200);

describe.each(['zh-CN', 'en'] as const)('a follow-up in %s', (locale) => {
  const reader = readerIn(locale);

  it.each([null, ...FOLLOW_UP_RESULTS])('asks what belongs to the result %s', (result) => {
    const row = aRow(12, { customerName: NASTY, name: NASTY, outstanding: MAX_MINOR, amount: MAX_MINOR });
    const view = followUpModal({ row, result, preset: null, metadata: '{}' }, reader);
    expect(validateView(view)).toEqual([]);
    const fields = view.blocks.map((block) => block.block_id).filter((id) => id !== undefined);
    const own = { promised: ['promisedOn', 'promisedAmount'], disputed: ['reason', 'pauseUntil'] };
    const extra = result === 'promised' || result === 'disputed' ? own[result] : [];
    expect(fields).toEqual(['kind', 'content', 'result', ...extra, 'nextOn']);
  });

  it('is told in one line, with what was typed cut and nothing left out', () => {
    for (const kind of FOLLOW_UP_KINDS)
      for (const result of [null, ...FOLLOW_UP_RESULTS]) {
        const told = {
          kind,
          result,
          content: NASTY,
          reason: NASTY,
          promisedOn: today,
          promisedAmount: 5_00n,
          pauseUntil: today,
          nextOn: today,
        };
        const text = followUpWords(told, 'CNY', reader);
        expect([...text].length).toBeLessThan(400);
        expect(text).not.toContain('undefined');
        expect(text).toContain(reader.t(`follow_ups:kind.${kind}`));
        if (result === 'promised') expect(text).toContain('5.00');
        if (result === 'refused') expect(text).toContain(reader.t('follow_ups:result.refused'));
      }
  });
});

describe.each(['zh-CN', 'en'] as const)('follow-ups of many in %s', (locale) => {
  const reader = readerIn(locale);
  const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

  it('a page of a timeline: empty, one, full, the first and the last', () => {
    const of = { customerId: '0190a0a0-0000-7000-8000-000000000001' };
    const one: ListedFollowUp = {
      id: 'f',
      at: new Date('2026-11-20T01:00:00Z'),
      who: NASTY,
      kind: 'call',
      content: NASTY,
      result: 'promised',
      promisedOn: today,
      promisedAmount: MAX_MINOR,
      reason: NASTY,
      pauseUntil: today,
      nextOn: today,
      contractNumber: `HT-${'9'.repeat(37)}`,
      seq: 500,
      currency: 'CNY',
    };
    for (const [rows, page] of [
      [0, 1],
      [1, 1],
      [FOLLOW_UPS_A_PAGE, 1],
      [FOLLOW_UPS_A_PAGE, 25],
    ] as const) {
      const view = timelineModal(of, { rows: times(rows, one), total: rows * page, page, pages: 25 }, reader);
      expect(validateView(view)).toEqual([]);
    }
  });

  it('the numbers of nobody, of one and of 500 people', () => {
    const most = { followUps: 99_999, promises: 99_999, kept: 99_999, missed: 99_999 };
    for (const people of [0, 1, 500])
      expect(validateView(followUpStatsModal(times(people, { name: NASTY, ...most }), reader))).toEqual([]);
  });
});

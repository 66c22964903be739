// The day in a message about money, form by form; today is Saturday, 21 November 2026.
import { expect, it } from 'vitest';
import { localDate } from '../../../src/domain/local-date.js';
import { readDay } from '../../../src/domain/receipts/notice-days.js';

const today = localDate('2026-11-21');
const MONTHS = 'January February March April May June July August September October November December';

it.each([
  ['2026 年 3 月 7 日', '2026-03-07'],
  ['2026年11月20日', '2026-11-20'],
  ['2025年3月7日', '2025-03-07'],
  ['2026-3-7 2026/3/8', '2026-03-07'],
  ['2026/3/7', '2026-03-07'],
  ['2026.03.07', '2026-03-07'],
  ['12026-11-20', null],
  ['2026-11-201', null],
  ['日期:20261105', '2026-11-05'],
  ['时间 : 20261105', '2026-11-05'],
  ['Date 20261105', '2026-11-05'],
  ['日期20261105', '2026-11-05'],
  ['日期202611055', null],
  ['20261105', null],
  ['5 Nov 2026', '2026-11-05'],
  ['5th Nov, 2026', '2026-11-05'],
  ['05-Nov-2026', '2026-11-05'],
  ['November 5th, 2026', '2026-11-05'],
  ['Nov 15 2026', '2026-11-15'],
  ['5.11.2026', '2026-11-05'],
  ['13/11/2026', '2026-11-13'],
  ['11/13/2026', '2026-11-13'],
  ['12/12/2025', '2025-12-12'],
  ['11/11/2026', '2026-11-11'],
  ['5/6/2026', null],
  ['12/5/2026', null],
  ['5/12/2026', null],
  ['2026-11-21', '2026-11-21'],
  ['2026-11-22', null],
  ['2026-02-30', null],
])('with its year: %s', (text, expected) => expect(readDay(text, today)).toBe(expected));

it.each(MONTHS.split(' ').map((name, index) => [name, String(index + 1).padStart(2, '0')] as const))(
  'reads %s, whole and in short, before and after the day',
  (name, month) => {
    for (const word of [name, name.slice(0, 3), name.toUpperCase()]) {
      expect(readDay(`3 ${word} 2025`, today)).toBe(`2025-${month}-03`);
      expect(readDay(`${word} 13, 2025`, today)).toBe(`2025-${month}-13`);
    }
  },
);

it.each([
  ['11月20日', '2026-11-20'],
  ['11 月 20 号', '2026-11-20'],
  ['11月5日', '2026-11-05'],
  ['11月21日', '2026-11-21'],
  ['11月22日', '2025-11-22'],
  ['5日收到', '2026-11-05'],
  ['21号到账', '2026-11-21'],
  ['25号已到账', '2026-10-25'],
  ['31号到账', '2026-10-31'],
  ['15号到期', null],
  ['Nov 20', '2026-11-20'],
  ['20th of November', '2026-11-20'],
  ['1 Dec', '2025-12-01'],
  ['on 11/20', '2026-11-20'],
  ['date: 11/20', '2026-11-20'],
  ['dated 20/11', '2026-11-20'],
  ['received 1/2', '2026-01-02'],
  ['on 12/5', '2025-12-05'],
  ['于11/20', '2026-11-20'],
  ['11/20', '2026-11-20'],
  ['x\n11/20', '2026-11-20'],
  ['on 11/20/6', null],
  ['payment 2/3', null],
  ['款11/20到账', '2026-11-20'],
  ['款1/2 到账', '2026-01-02'],
  ['款3/11/20到账', null],
  ['款111/20到账', null],
  ['款 x11/20', null],
  ['3 marketing people paid', null],
  ['5 decks sold', null],
  ['Sept. 5', '2026-09-05'],
])('without a year the last such day: %s', (text, expected) => expect(readDay(text, today)).toBe(expected));

it.each([
  // Sixty days back are recent; what is further may be a day to come.
  ['合同1月5日签，9月22日付', '2026-09-22'],
  ['合同1月5日签，9月21日付', '2026-01-05'],
  ['1月5日签，昨天付', '2026-11-20'],
  ['11月5日签，昨天付', '2026-11-05'],
  ['大前天', '2026-11-18'],
  ['前天', '2026-11-19'],
  ['昨日', '2026-11-20'],
  ['今天', '2026-11-21'],
  ['yesterday', '2026-11-20'],
  ['Today', '2026-11-21'],
  ['tomorrow', null],
  ['yesterdays', null],
  ['', null],
])('of several days, and of words: %s', (text, expected) => expect(readDay(text, today)).toBe(expected));

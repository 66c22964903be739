import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, diffDays, localDate, weekday } from '../../src/domain/local-date.js';
import { parseDate } from '../../src/domain/parse-date.js';

// A Saturday.
const today = localDate('2026-11-21');
const monday = localDate('2026-11-16');
const read = (text: string, prefer: 'future' | 'past' = 'future', on = today) => {
  const parsed = parseDate(text, { today: on, prefer });
  return parsed.ok ? parsed.date : parsed.code;
};

const anyCharacter = fc.nat({ max: 0xd7ff }).map((point) => String.fromCodePoint(point));

describe('parseDate', () => {
  it.each([
    ['2026-12-01', '2026-12-01'],
    ['2026/12/1', '2026-12-01'],
    ['2026.12.1', '2026-12-01'],
    ['20261201', '2026-12-01'],
    ['2026年12月1日', '2026-12-01'],
    ['2026 年 12 月 1 日', '2026-12-01'],
    ['２０２６－１２－０１', '2026-12-01'],
    [' 2026-12-01 ', '2026-12-01'],
    ['12/1', '2026-12-01'],
    ['12-1', '2026-12-01'],
    ['12.1', '2026-12-01'],
    ['12月1日', '2026-12-01'],
    ['12月1号', '2026-12-01'],
    ['11/21', '2026-11-21'],
    ['11/20', '2027-11-20'],
    ['明年3月1日', '2027-03-01'],
    ['本月30号', '2026-11-30'],
    ['下个月15号', '2026-12-15'],
    ['今天', '2026-11-21'],
    ['明天', '2026-11-22'],
    ['后天', '2026-11-23'],
    ['大后天', '2026-11-24'],
    ['昨天', '2026-11-20'],
    ['前天', '2026-11-19'],
    ['today', '2026-11-21'],
    ['Tomorrow', '2026-11-22'],
    ['yesterday', '2026-11-20'],
    ['月底', '2026-11-30'],
    ['end of month', '2026-11-30'],
    ['本月底', '2026-11-30'],
    ['下月底', '2026-12-31'],
    ['下个月底', '2026-12-31'],
    ['上月末', '2026-10-31'],
    ['年底', '2026-12-31'],
    ['明年底', '2027-12-31'],
    ['+30d', '2026-12-21'],
    ['+30', '2026-12-21'],
    ['-3d', '2026-11-18'],
    ['in 30 days', '2026-12-21'],
    ['+2w', '2026-12-05'],
    ['+3m', '2027-02-21'],
    ['3 days ago', '2026-11-18'],
    ['30天后', '2026-12-21'],
    ['三十天后', '2026-12-21'],
    ['十五天之后', '2026-12-06'],
    ['两周后', '2026-12-05'],
    ['一个月后', '2026-12-21'],
    ['3天前', '2026-11-18'],
    ['周一', '2026-11-23'],
    ['周六', '2026-11-21'],
    ['下周一', '2026-11-23'],
    ['下周日', '2026-11-29'],
    ['下个星期天', '2026-11-29'],
    ['本周五', '2026-11-20'],
    ['上周三', '2026-11-11'],
    ['下下周一', '2026-11-30'],
    ['next Monday', '2026-11-23'],
    ['Friday', '2026-11-27'],
    ['this fri', '2026-11-20'],
    ['Dec 1', '2026-12-01'],
    ['1 December', '2026-12-01'],
    ['Dec 1st, 2027', '2027-12-01'],
    ['21 Nov', '2026-11-21'],
    ['02/13/2026', '2026-02-13'],
    ['13/02/2026', '2026-02-13'],
    ['02/02/2026', '2026-02-02'],
  ])('reads %j for a due date', (text, date) => {
    expect(parseDate(text, { today, prefer: 'future' })).toEqual({ ok: true, date });
  });

  it.each([
    ['12/1', '2025-12-01'],
    ['11/21', '2026-11-21'],
    ['11/20', '2026-11-20'],
    ['12月1日', '2025-12-01'],
    ['月底', '2026-10-31'],
    ['年底', '2025-12-31'],
    ['周一', '2026-11-16'],
    ['Sunday', '2026-11-15'],
    ['周六', '2026-11-21'],
    ['Dec 1', '2025-12-01'],
    ['本月底', '2026-11-30'],
  ])('reads %j for a receipt', (text, date) => {
    expect(read(text, 'past')).toBe(date);
  });

  it('takes today where today is the end of the month', () => {
    expect(read('月底', 'past', localDate('2026-11-30'))).toBe('2026-11-30');
    expect(read('下月底', 'future', localDate('2026-01-31'))).toBe('2026-02-28');
  });

  it('asks about a day and month in either order', () => {
    expect(parseDate('01/02/2026', { today, prefer: 'future' })).toEqual({
      ok: false,
      code: 'date.ambiguous',
      params: { value: '01/02/2026', a: '2026-01-02', b: '2026-02-01' },
    });
  });

  it('asks which Friday where English leaves it open, and only there', () => {
    const ask = (text: string) => parseDate(text, { today: monday, prefer: 'future' });
    expect(ask('next Friday')).toMatchObject({ params: { a: '2026-11-20', b: '2026-11-27' } });
    expect(ask('next Monday')).toEqual({ ok: true, date: '2026-11-23' });
    expect(ask('last Friday')).toEqual({ ok: true, date: '2026-11-13' });
    expect(parseDate('last Friday', { today, prefer: 'past' })).toMatchObject({
      code: 'date.ambiguous',
      params: { a: '2026-11-20', b: '2026-11-13' },
    });
    expect(read('下周五', 'future', monday)).toBe('2026-11-27');
  });

  it.each([
    '',
    '2026-02-30',
    '2月30日',
    '2/29',
    '13/1',
    '12/32',
    '0/5',
    '2026-13-01',
    '31/02/2026',
    '26-12-01',
    '01/02/26',
    '1899-12-31',
    '0026-01-01',
    '+99999d',
    '+9999m',
    '十十天后',
    '三二天后',
    '明天下午',
    '本月31号',
    'decor 1',
    'monster',
    'Feb 30',
    'nextday',
    'someday',
    '30万',
    'x'.repeat(41),
  ])('does not guess at %j', (text) => {
    const parsed = parseDate(text, { today, prefer: 'future' });
    expect(parsed).toMatchObject({ ok: false, code: 'date.unreadable' });
    if (!parsed.ok) expect(text.startsWith(parsed.params.value.replace('…', ''))).toBe(true);
  });

  it('knows 29 February in the year in question', () => {
    expect(read('2/29', 'future', localDate('2028-01-10'))).toBe('2028-02-29');
    expect(read('2/29', 'past', localDate('2028-03-10'))).toBe('2028-02-29');
  });

  const days = fc.integer({ min: -9000, max: 9000 }).map((n) => addDays(today, n));

  it('reads back every date as it is written', () => {
    fc.assert(
      fc.property(days, days, fc.constantFrom('future' as const, 'past' as const), (date, on, prefer) => {
        const [year, month, day] = date.split('-').map(Number);
        for (const text of [
          date,
          `${year}/${month}/${day}`,
          `${year}年${month}月${day}日`,
          date.replaceAll('-', ''),
        ]) {
          expect(read(text, prefer, on)).toBe(date);
        }
      }),
    );
  });

  it('puts a date without a year within a year on the preferred side', () => {
    fc.assert(
      fc.property(days, days, (date, on) => {
        const monthDay = date.slice(5);
        fc.pre(monthDay !== '02-29');
        const [next, last] = [localDate(read(monthDay, 'future', on)), localDate(read(monthDay, 'past', on))];
        expect([next.slice(5), last.slice(5)]).toEqual([monthDay, monthDay]);
        expect(diffDays(next, on)).toBeGreaterThanOrEqual(0);
        expect(diffDays(next, on)).toBeLessThan(366);
        expect(diffDays(on, last)).toBeGreaterThanOrEqual(0);
        expect(diffDays(on, last)).toBeLessThan(366);
      }),
    );
  });

  it('finds weekdays in the week they name', () => {
    fc.assert(
      fc.property(days, fc.integer({ min: 1, max: 7 }), (on, day) => {
        const han = '一二三四五六日'[day - 1] ?? '';
        const next = localDate(read(`下周${han}`, 'future', on));
        expect(weekday(next)).toBe(day);
        expect(diffDays(next, addDays(on, 1 - weekday(on)))).toBe(6 + day);
        const coming = localDate(read(`周${han}`, 'future', on));
        expect(weekday(coming)).toBe(day);
        expect(diffDays(coming, on)).toBeLessThan(7);
        expect(coming >= on).toBe(true);
      }),
    );
  });

  it('never throws', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...Array.from('0123456789-/.年月日天后前下周一十+dwm ')),
      maxLength: 14,
    });
    fc.assert(
      fc.property(fc.oneof(noise, fc.string({ unit: anyCharacter })), (text) => {
        expect(['boolean']).toContain(typeof parseDate(text, { today, prefer: 'past' }).ok);
      }),
      { numRuns: 400 },
    );
  });
});

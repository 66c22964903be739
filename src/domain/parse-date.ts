// Reads a date as people type it: 2026-12-01, 12/1, 12月1日, 明天, 月底, +30d, next Monday (spec/slack.md, rules §14).
// What can be read two ways is never guessed: both readings come back and the person is asked.
import { addDays, addMonths, isLocalDate, type LocalDate, weekday } from './local-date.js';
import { quoteInput } from './quote-input.js';

/** A day, or an error code of ux.md §5 with its values. */
export type ParsedDate =
  | { ok: true; date: LocalDate }
  | { ok: false; code: 'date.unreadable'; params: { value: string } }
  | { ok: false; code: 'date.ambiguous'; params: { value: string; a: LocalDate; b: LocalDate } };

/** `prefer`: where a date without a year lies: the next one for due dates, the last one for receipts (rules §14). */
export type DateContext = { today: LocalDate; prefer: 'future' | 'past' };

/** One form of writing: its pattern, and the readings of a match (none: no such day; two: ask). */
type Form = readonly [
  pattern: RegExp,
  read: (parts: string[], context: DateContext) => (LocalDate | undefined)[],
];

const MAX_LENGTH = 40;
const MAX_DISTANCE_DAYS = 36_525;
const EARLIEST = '1900-01-01';

const DAY_WORDS: Readonly<Record<string, number>> = {
  大前天: -3,
  前天: -2,
  昨天: -1,
  昨日: -1,
  yesterday: -1,
  今天: 0,
  今日: 0,
  today: 0,
  明天: 1,
  明日: 1,
  tomorrow: 1,
  后天: 2,
  大后天: 3,
};
const SHIFTS: Readonly<Record<string, number>> = {
  上上: -2,
  上: -1,
  上个: -1,
  last: -1,
  去: -1,
  这: 0,
  这个: 0,
  本: 0,
  今: 0,
  this: 0,
  下: 1,
  下个: 1,
  next: 1,
  明: 1,
  后: 2,
  下下: 2,
};
const MONTHS = 'january february march april may june july august september october november december'.split(
  ' ',
);
const WEEKDAYS = 'monday tuesday wednesday thursday friday saturday sunday'.split(' ');
const CHINESE_DIGITS = '零一二三四五六七八九';

const NUMBER = '(\\d{1,5}|[一二两三四五六七八九十]{1,3})';
const MONTH_NAME = `(${MONTHS.map(shortOrLong).join('|')})\\.?`;
const WEEKDAY_NAME = `(${WEEKDAYS.map(shortOrLong).join('|')})`;
const WEEKDAY_HAN = '(?:周|星期|礼拜)([一二三四五六日天])';

const FORMS: readonly Form[] = [
  [/^(\d{4})(\d{2})(\d{2})$/, ([y, m, d]) => [dayOf(y, m, d)]],
  [/^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/, ([y, m, d]) => [dayOf(y, m, d)]],
  [/^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/, ([a, b, y]) => [dayOf(y, a, b), dayOf(y, b, a)]],
  [/^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/, ([m, d], context) => [nearestYear(m, d, context)]],
  [
    /^(今|明|后|去)年(\d{1,2})月(\d{1,2})[日号]?$/,
    ([word, m, d], { today }) => [dayOf(yearOf(today) + shiftOf(word), m, d)],
  ],
  [
    /^(本|这个?|上个?|下个?)月(\d{1,2})[日号]$/,
    ([word, d], { today }) => [dayInMonth(today, shiftOf(word), d)],
  ],
  [
    new RegExp(`^${MONTH_NAME}\\s*(\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s*(\\d{4}))?$`),
    ([m, d, y], c) => [englishDay(m, d, y, c)],
  ],
  [
    new RegExp(`^(\\d{1,2})(?:st|nd|rd|th)?\\s*${MONTH_NAME}(?:,?\\s*(\\d{4}))?$`),
    ([d, m, y], c) => [englishDay(m, d, y, c)],
  ],
  [
    new RegExp(`^(${Object.keys(DAY_WORDS).join('|')})$`),
    ([word = ''], { today }) => [addDays(today, DAY_WORDS[word] ?? 0)],
  ],
  [/^(?:月底|月末|month end|end of month|eom)$/, (_, context) => [nearestMonthEnd(context)]],
  [/^(本|这个?|上个?|下个?|下下个?)月[底末]$/, ([word], { today }) => [monthEnd(today, shiftOf(word))]],
  [/^(今|明|去|后)?年[底末]$/, ([word], context) => [yearEnd(word, context)]],
  [
    new RegExp(`^(?:in\\s+)?([+-])?\\s*${NUMBER}\\s*(d|days?|w|weeks?|m|months?)$`),
    ([sign, n, unit], { today }) => [move(today, n, unit, sign)],
  ],
  [
    new RegExp(`^${NUMBER}\\s*(d|days?|w|weeks?|m|months?)\\s+ago$`),
    ([n, unit], { today }) => [move(today, n, unit, '-')],
  ],
  [/^([+-])(\d{1,5})$/, ([sign, n], { today }) => [move(today, n, 'd', sign)]],
  [
    new RegExp(`^${NUMBER}\\s*个?(天|日|周|星期|礼拜|月)(?:之|以)?(后|前)$`),
    ([n, unit, side], { today }) => [move(today, n, unit, side)],
  ],
  [new RegExp(`^${WEEKDAY_HAN}$`), ([day], context) => [nearestWeekday(hanWeekday(day), context)]],
  [
    new RegExp(`^(本|这个?|上个?|下个?|上上个?|下下个?)${WEEKDAY_HAN}$`),
    ([word, day], { today }) => [weekdayOf(today, shiftOf(word), hanWeekday(day))],
  ],
  [
    new RegExp(`^${WEEKDAY_NAME}$`),
    ([day], context) => [nearestWeekday(indexOfName(WEEKDAYS, day), context)],
  ],
  [
    new RegExp(`^this\\s+${WEEKDAY_NAME}$`),
    ([day], { today }) => [weekdayOf(today, 0, indexOfName(WEEKDAYS, day))],
  ],
  // On a Monday "next Friday" is this week's to some and next week's to others.
  [
    new RegExp(`^(next|last)\\s+${WEEKDAY_NAME}$`),
    ([word, day], { today }) => englishWeekday(today, shiftOf(word), indexOfName(WEEKDAYS, day)),
  ],
];

/** Reads a day. Never throws. */
export function parseDate(text: string, context: DateContext): ParsedDate {
  const value = quoteInput(text);
  const unreadable: ParsedDate = { ok: false, code: 'date.unreadable', params: { value } };
  const plain = text.normalize('NFKC').trim().toLowerCase();
  if (plain.length > MAX_LENGTH) return unreadable;
  for (const [pattern, read] of FORMS) {
    const match = pattern.exec(plain);
    if (!match) continue;
    const readings = read(match.slice(1), context).filter((date) => date !== undefined && date >= EARLIEST);
    const [a, b] = new Set(readings.filter((date) => date !== undefined));
    if (a === undefined) return unreadable;
    return b === undefined
      ? { ok: true, date: a }
      : { ok: false, code: 'date.ambiguous', params: { value, a, b } };
  }
  return unreadable;
}

function dayOf(
  year: number | string | undefined,
  month: number | string | undefined,
  day: number | string | undefined,
) {
  const pad = (part: number | string | undefined, width: number) => String(part ?? '').padStart(width, '0');
  const text = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
  return isLocalDate(text) ? text : undefined;
}

function shortOrLong(name: string): string {
  return `${name.slice(0, 3)}(?:${name.slice(3)})?`;
}

/** 1 for the first name; a name is known by its first three letters. */
function indexOfName(names: readonly string[], name = ''): number {
  return names.findIndex((candidate) => candidate.startsWith(name.slice(0, 3))) + 1;
}

function yearOf(date: LocalDate): number {
  return Number(date.slice(0, 4));
}

function shiftOf(word: string | undefined): number {
  return SHIFTS[word ?? ''] ?? SHIFTS[(word ?? '').replace('个', '')] ?? 0;
}

// A 29 February without a year is refused unless the very year it falls in has one: nobody means 2028.
function nearestYear(
  month: number | string | undefined,
  day: string | undefined,
  { today, prefer }: DateContext,
) {
  const monthDay = `${String(month ?? '').padStart(2, '0')}-${String(day ?? '').padStart(2, '0')}`;
  const thisYears = `${today.slice(0, 4)}-${monthDay}`;
  const year = yearOf(today);
  if (prefer === 'future') return dayOf(thisYears >= today ? year : year + 1, month, day);
  return dayOf(thisYears <= today ? year : year - 1, month, day);
}

function englishDay(
  name: string | undefined,
  day: string | undefined,
  year: string | undefined,
  context: DateContext,
) {
  const month = indexOfName(MONTHS, name);
  return year === undefined ? nearestYear(month, day, context) : dayOf(year, month, day);
}

function monthEnd(today: LocalDate, shift: number): LocalDate {
  const firstOfNext = addMonths(today, shift + 1);
  return addDays(firstOfNext, -Number(firstOfNext.slice(8)));
}

function nearestMonthEnd({ today, prefer }: DateContext): LocalDate {
  const end = monthEnd(today, 0);
  return prefer === 'past' && end > today ? monthEnd(today, -1) : end;
}

function yearEnd(word: string | undefined, context: DateContext): LocalDate | undefined {
  if (word === undefined) return nearestYear(12, '31', context);
  return dayOf(yearOf(context.today) + shiftOf(word), 12, 31);
}

function dayInMonth(today: LocalDate, shift: number, day: string | undefined): LocalDate | undefined {
  const month = addMonths(today, shift);
  return dayOf(month.slice(0, 4), month.slice(5, 7), day);
}

function move(
  today: LocalDate,
  count: string | undefined,
  unit = '',
  direction: string | undefined,
): LocalDate | undefined {
  const distance = numberOf(count ?? '') * (direction === '-' || direction === '前' ? -1 : 1);
  if (/^m|^月/.test(unit)) return isNear(distance * 31) ? addMonths(today, distance) : undefined;
  const days = /^w|^[周星礼]/.test(unit) ? distance * 7 : distance;
  return isNear(days) ? addDays(today, days) : undefined;
}

// False for NaN too.
function isNear(days: number): boolean {
  return Math.abs(days) <= MAX_DISTANCE_DAYS;
}

// 三十, 十五, 两: enough for "三十天后"; NaN, so no such day, for 十十.
function numberOf(text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  const digit = (han: string | undefined) => CHINESE_DIGITS.indexOf((han ?? '').replace('两', '二'));
  const match = /^([一二两三四五六七八九]?)(十?)([一二三四五六七八九]?)$/.exec(text);
  if (!match) return Number.NaN;
  const [, tens, ten, ones] = match;
  if (ten === '') return ones === '' ? digit(tens) : Number.NaN;
  return (tens === '' ? 1 : digit(tens)) * 10 + (ones === '' ? 0 : digit(ones));
}

function hanWeekday(day: string | undefined): number {
  return '一二三四五六日'.indexOf((day ?? '').replace('天', '日')) + 1;
}

/** The ISO weekday in the week `shift` weeks from today's (Monday to Sunday). */
function weekdayOf(today: LocalDate, shift: number, day: number): LocalDate {
  return addDays(today, shift * 7 + day - weekday(today));
}

function nearestWeekday(day: number, { today, prefer }: DateContext): LocalDate {
  const inThisWeek = weekdayOf(today, 0, day);
  if (prefer === 'future') return inThisWeek >= today ? inThisWeek : addDays(inThisWeek, 7);
  return inThisWeek <= today ? inThisWeek : addDays(inThisWeek, -7);
}

function englishWeekday(today: LocalDate, direction: number, day: number): LocalDate[] {
  const prefer = direction > 0 ? 'future' : 'past';
  return [
    nearestWeekday(day, { today: addDays(today, direction), prefer }),
    weekdayOf(today, direction, day),
  ];
}

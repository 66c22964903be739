// A year's holidays as people paste them: one line a day or a run of days, off unless it says that it is worked in lieu
// (rules §7). Pure.
import { isWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, isLocalDate, type LocalDate } from '../local-date.js';

/** One exception to the work week. */
export interface Holiday {
  readonly date: LocalDate;
  readonly isWorkday: boolean;
  readonly name: string;
}

/** A line that cannot be used, and why. */
export interface HolidayProblem {
  readonly line: number;
  readonly text: string;
  readonly cause: 'unreadable' | 'no_such_day' | 'other_year' | 'twice' | 'too_long';
}

const WORKED = /^(班|上班|补班|调班|work|workday|working|worked)$/iu;
const OFF = /^(休|假|放假|休息|节假日|holiday|off)$/iu;
/** Whether a day's name says more than that it is worked or off. */
export const isNamed = (name: string): boolean => name !== '' && !WORKED.test(name) && !OFF.test(name);
const DAY = String.raw`(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?`;
const LINE = new RegExp(
  String.raw`^${DAY}(?:\s*(?:~|〜|至|到|–|—|\.\.|-)\s*(?:${DAY}|(\d{1,2})(?![\d./月-])(?:\s*日)?))?(.*)$`,
  'u',
);
export const MAX_HOLIDAY_NAME = 40;
/** Longer than any statutory holiday: a slip. */
const MAX_RUN_DAYS = 31;

/**
 * `2027-02-06~2027-02-12 春节`, `2027-02-14 班 春节`, `2月6日至12日 春节`; empty lines are passed over. Days belong to the
 * year, or to the December before it: the holiday of New Year is published with the year that it opens.
 */
export function readHolidays(
  text: string,
  year: number,
): { days: Holiday[]; problem: null } | { days: null; problem: HolidayProblem } {
  const days = new Map<LocalDate, Holiday>();
  for (const [index, raw] of text.normalize('NFKC').split(/\r?\n/u).entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const failed = (cause: HolidayProblem['cause']) => ({
      days: null,
      problem: { line: index + 1, text: line, cause },
    });
    const read = readLine(line, year);
    if (typeof read === 'string') return failed(read);
    for (const day of read) {
      if (!isOf(year, day.date)) return failed('other_year');
      if (days.has(day.date)) return failed('twice');
      days.set(day.date, day);
    }
  }
  return { days: [...days.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1)), problem: null };
}

const isOf = (year: number, date: LocalDate): boolean =>
  date.startsWith(`${year}-`) || date.startsWith(`${year - 1}-12-`);

function readLine(line: string, year: number): Holiday[] | 'unreadable' | 'no_such_day' | 'too_long' {
  const match = LINE.exec(line);
  if (!match) return 'unreadable';
  const [, fromYear, fromMonth, fromDay, toYear, toMonth, toDay, lastDay, words = ''] = match;
  const first = dateOf(fromYear ?? String(year), fromMonth, fromDay);
  const last =
    toDay !== undefined
      ? dateOf(toYear ?? fromYear ?? String(year), toMonth, toDay)
      : lastDay !== undefined
        ? dateOf(fromYear ?? String(year), fromMonth, lastDay)
        : first;
  if (first === null || last === null) return 'no_such_day';
  if (last < first) return 'unreadable';
  // What touches the date without a space is part of a number or word that was not understood.
  if (/^[\p{L}\p{N}]/u.test(words) && !/^\p{Script=Han}/u.test(words)) return 'unreadable';
  const rest = words
    .replace(/\([^)]*\)/gu, ' ')
    .split(/[\s,，;；:：、]+/u)
    .filter((word) => word !== '');
  const isWorkday = rest.some((word) => WORKED.test(word) || /上班|补班/u.test(word));
  const named = rest.filter((word) => !WORKED.test(word) && !OFF.test(word)).join(' ');
  const name = [...(named === '' ? (rest[0] ?? '') : named)].slice(0, MAX_HOLIDAY_NAME).join('');
  const days: Holiday[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) {
    if (days.length === MAX_RUN_DAYS) return 'too_long';
    days.push({ date, isWorkday, name });
  }
  return days;
}

function dateOf(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
): LocalDate | null {
  const text = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  return isLocalDate(text) ? text : null;
}

/** Days that follow each other and are alike. */
export interface HolidayRun {
  readonly from: LocalDate;
  readonly to: LocalDate;
  readonly isWorkday: boolean;
  readonly name: string;
}

/** Days in order as runs, the way they are announced. */
export function runsOf(days: readonly Holiday[]): HolidayRun[] {
  const runs: HolidayRun[] = [];
  for (const day of days) {
    const last = runs.at(-1);
    const goesOn =
      last !== undefined &&
      last.isWorkday === day.isWorkday &&
      last.name === day.name &&
      addDays(last.to, 1) === day.date;
    if (goesOn) runs[runs.length - 1] = { ...last, to: day.date };
    else runs.push({ from: day.date, to: day.date, isWorkday: day.isWorkday, name: day.name });
  }
  return runs;
}

/** What an import does to the days that are there. */
export interface HolidayChange {
  readonly added: number;
  readonly changed: number;
  readonly removed: readonly Holiday[];
}

/** A year is replaced as a whole; the December before is only added to. */
export function compareHolidays(
  before: readonly Holiday[],
  after: readonly Holiday[],
  year: number,
): HolidayChange {
  const known = new Map(before.map((day) => [day.date, day]));
  const kept = new Set(after.map((day) => day.date));
  return {
    added: after.filter((day) => !known.has(day.date)).length,
    changed: after.filter((day) => {
      const old = known.get(day.date);
      return old !== undefined && (old.isWorkday !== day.isWorkday || old.name !== day.name);
    }).length,
    removed: before.filter((day) => day.date.startsWith(`${year}-`) && !kept.has(day.date)),
  };
}

/** Days that are worked in lieu although the week works them anyway: mostly a slip. */
export const idleWorkdays = (days: readonly Holiday[], workweek: readonly number[]): Holiday[] =>
  days.filter(
    (day) => day.isWorkday && isWorkday({ workweek, days: new Map(), coveredThrough: null }, day.date),
  );

/** No country has so few: mostly a list that was cut off. Unlisted, a holiday is a day on which reminders go out. */
const FEW_DAYS_OFF = 7;

/** How many days off these are, if that is too few for a year; else null. */
export function tooFew(days: readonly Holiday[]): number | null {
  const off = days.filter((day) => !day.isWorkday).length;
  return off < FEW_DAYS_OFF ? off : null;
}

/** The years whose holidays may be imported: this one and those known already, and the next one after them. */
export function importableYears(calendar: WorkCalendar, today: LocalDate): number[] {
  const first = Number(today.slice(0, 4));
  const covered = calendar.coveredThrough === null ? first - 1 : Number(calendar.coveredThrough.slice(0, 4));
  const last = Math.max(covered + 1, first);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/**
 * The year whose holidays should be there by now and are not: this one at any time, the next one from 1 December on.
 */
export function missingYear(calendar: WorkCalendar, today: LocalDate): number | null {
  const year = Number(today.slice(0, 4));
  const covers = (one: number) =>
    calendar.coveredThrough !== null && calendar.coveredThrough >= `${one}-12-31`;
  if (!covers(year)) return year;
  return today.slice(5, 7) === '12' && !covers(year + 1) ? year + 1 : null;
}

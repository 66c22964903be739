// Workdays: which days the company works, and how dates and hours move over them (rules §7).
// Pure: the days come from the holiday table; beyond what it covers the plain workweek counts.
import { addDays, instantOf, type LocalDate, todayIn, weekday } from './local-date.js';

/** The company's calendar: ISO weekdays it works, exceptions by day, and how far the exceptions are known. */
export type WorkCalendar = {
  readonly workweek: readonly number[];
  readonly days: ReadonlyMap<LocalDate, boolean>;
  readonly coveredThrough: LocalDate | null;
};

/** What to do with a due date on a day off: keep it, move it later or move it earlier. */
export type DateRoll = 'none' | 'next_workday' | 'previous_workday';

// Longer than any real run of days off; a calendar that never works is a settings mistake, not a loop.
const MAX_DAYS_OFF = 366;
const HOUR_MS = 3_600_000;

/** Whether the company works on this day: the exception if there is one, else the workweek. */
export function isWorkday(calendar: WorkCalendar, date: LocalDate): boolean {
  return calendar.days.get(date) ?? calendar.workweek.includes(weekday(date));
}

/** The first workday at or after the date. @throws RangeError if there is none within a year. */
export function nextWorkday(calendar: WorkCalendar, date: LocalDate): LocalDate {
  return findWorkday(calendar, date, 1);
}

/** The last workday at or before the date. @throws RangeError if there is none within a year. */
export function previousWorkday(calendar: WorkCalendar, date: LocalDate): LocalDate {
  return findWorkday(calendar, date, -1);
}

/** The n-th workday strictly after the date (before it if n is negative); 0 is the date itself. */
export function addWorkdays(calendar: WorkCalendar, date: LocalDate, count: number): LocalDate {
  const step = count < 0 ? -1 : 1;
  let day = date;
  for (let left = Math.abs(count); left > 0; left -= 1) day = findWorkday(calendar, addDays(day, step), step);
  return day;
}

/**
 * The instant after `hours` of working time from `at`, counting only from `opens` to `closes` ('HH:mm' in the zone)
 * on workdays (rules §7). Zero hours is the first working instant at or after `at`.
 * @throws RangeError if hours is negative or the day closes before it opens.
 */
export function addWorkingHours(
  calendar: WorkCalendar,
  at: Date,
  hours: number,
  timeZone: string,
  opens: string,
  closes: string,
): Date {
  if (!(hours >= 0)) throw new RangeError(`not a duration: ${hours}`);
  if (opens >= closes) throw new RangeError(`no working hours between ${opens} and ${closes}`);
  let left = Math.round(hours * HOUR_MS);
  let day = nextWorkday(calendar, todayIn(at, timeZone));
  for (;;) {
    const start = Math.max(at.getTime(), instantOf(day, opens, timeZone).getTime());
    const available = instantOf(day, closes, timeZone).getTime() - start;
    if (available > 0) {
      if (left <= available) return new Date(start + left);
      left -= available;
    }
    day = nextWorkday(calendar, addDays(day, 1));
  }
}

/**
 * The latest instant from which `hours` of working time are over at `at`: the inverse of addWorkingHours.
 * @throws RangeError as addWorkingHours
 */
export function subtractWorkingHours(
  calendar: WorkCalendar,
  at: Date,
  hours: number,
  timeZone: string,
  opens: string,
  closes: string,
): Date {
  if (!(hours >= 0)) throw new RangeError(`not a duration: ${hours}`);
  if (opens >= closes) throw new RangeError(`no working hours between ${opens} and ${closes}`);
  let left = Math.round(hours * HOUR_MS);
  let day = previousWorkday(calendar, todayIn(at, timeZone));
  for (;;) {
    const end = Math.min(at.getTime(), instantOf(day, closes, timeZone).getTime());
    const available = end - instantOf(day, opens, timeZone).getTime();
    if (available > 0) {
      if (left <= available) return new Date(end - left);
      left -= available;
    }
    day = previousWorkday(calendar, addDays(day, -1));
  }
}

/** Working time from one instant to a later one, in milliseconds; the days between them at most a few hundred. */
export function workingTimeBetween(
  calendar: WorkCalendar,
  from: Date,
  to: Date,
  timeZone: string,
  opens: string,
  closes: string,
): number {
  const last = todayIn(to, timeZone);
  let sum = 0;
  for (let day = todayIn(from, timeZone); day <= last; day = addDays(day, 1)) {
    if (!isWorkday(calendar, day)) continue;
    const start = Math.max(from.getTime(), instantOf(day, opens, timeZone).getTime());
    const end = Math.min(to.getTime(), instantOf(day, closes, timeZone).getTime());
    sum += Math.max(0, end - start);
  }
  return sum;
}

/** Moves a date off a non-workday as its template says (rules §7; default none: the contract's date is the date). */
export function rollDate(calendar: WorkCalendar, date: LocalDate, roll: DateRoll): LocalDate {
  if (roll === 'next_workday') return nextWorkday(calendar, date);
  if (roll === 'previous_workday') return previousWorkday(calendar, date);
  return date;
}

/** Whether the holidays of this day are known; beyond that only the plain workweek is (rules §7). */
export function isCovered(calendar: WorkCalendar, date: LocalDate): boolean {
  return calendar.coveredThrough !== null && date <= calendar.coveredThrough;
}

function findWorkday(calendar: WorkCalendar, from: LocalDate, step: 1 | -1): LocalDate {
  let day = from;
  for (let tried = 0; tried <= MAX_DAYS_OFF; tried += 1) {
    if (isWorkday(calendar, day)) return day;
    day = addDays(day, step);
  }
  throw new RangeError('the calendar has no workday within a year');
}

// Civil dates (a day without a time) and the bridge between them and instants in a time zone.
// Never reads the clock or the machine's time zone: both are arguments.

declare const localDateBrand: unique symbol;
/** A calendar day as 'YYYY-MM-DD', years 0001-9999; compares correctly as text. */
export type LocalDate = string & { readonly [localDateBrand]: true };

const DAY_MS = 86_400_000;
const FIRST_MS = new Date('0001-01-01').getTime();
const LAST_MS = new Date('9999-12-31').getTime();

/** Brands a valid 'YYYY-MM-DD'. @throws RangeError if there is no such day. */
export function localDate(text: string): LocalDate {
  if (!isLocalDate(text)) throw new RangeError(`not a date: ${text}`);
  return text;
}

/** Whether the text is 'YYYY-MM-DD' and that day exists. */
export function isLocalDate(text: string): text is LocalDate {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || text < '0001') return false;
  const [year, month, day] = partsOf(text as LocalDate);
  return month >= 1 && month <= 12 && day >= 1 && day <= daysInMonth(year, month);
}

/** Moves a date by whole days. @throws RangeError beyond year 9999. */
export function addDays(date: LocalDate, days: number): LocalDate {
  return fromUtcDate(new Date(toUtcDate(date).getTime() + days * DAY_MS));
}

/**
 * Moves a date by whole months, clamped to the month's last day (rules §7).
 * With `endOfMonth`, the last day of a month stays on last days.
 */
export function addMonths(
  date: LocalDate,
  months: number,
  options: { endOfMonth?: boolean } = {},
): LocalDate {
  const [year, month, day] = partsOf(date);
  const index = year * 12 + (month - 1) + months;
  const target = { year: Math.floor(index / 12), month: (((index % 12) + 12) % 12) + 1 };
  const lastDay = daysInMonth(target.year, target.month);
  const sticks = options.endOfMonth === true && day === daysInMonth(year, month);
  return dateOf(target.year, target.month, sticks ? lastDay : Math.min(day, lastDay));
}

/** Whole days from b to a: positive if a is later (a − b). */
export function diffDays(a: LocalDate, b: LocalDate): number {
  return (toUtcDate(a).getTime() - toUtcDate(b).getTime()) / DAY_MS;
}

/** ISO weekday: 1 Monday … 7 Sunday. */
export function weekday(date: LocalDate): number {
  return ((toUtcDate(date).getUTCDay() + 6) % 7) + 1;
}

/** The Monday of a day's week. */
export const mondayOf = (date: LocalDate): LocalDate => addDays(date, 1 - weekday(date));

/** The date on the wall calendar of a time zone at an instant. */
export function todayIn(now: Date, timeZone: string): LocalDate {
  return localDate(wallClock(now, timeZone).date);
}

/** The wall clock 'HH:mm' of a time zone at an instant. */
export function localTimeIn(now: Date, timeZone: string): string {
  return wallClock(now, timeZone).time;
}

/**
 * The instant at which a zone's clock shows date and 'HH:mm'. A time that happens twice is its first occurrence;
 * one that is skipped moves forward by the gap (as Temporal's "compatible").
 * @throws RangeError if the time is not 'HH:mm'.
 */
export function instantOf(date: LocalDate, time: string, timeZone: string): Date {
  if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new RangeError(`not a time: ${time}`);
  const wall = new Date(`${date}T${time}:00Z`).getTime();
  // A day to either side lies beyond every zone's offset, so it shows the offset before and after a change.
  const offsetBefore = offsetMs(wall - DAY_MS, timeZone);
  const offsetAfter = offsetMs(wall + DAY_MS, timeZone);
  const matches = [wall - offsetBefore, wall - offsetAfter].filter(
    (instant) => instant + offsetMs(instant, timeZone) === wall,
  );
  return new Date(matches.length > 0 ? Math.min(...matches) : wall - offsetBefore);
}

/** Midnight UTC of a date, the form in which `date` columns are written. */
export function toUtcDate(date: LocalDate): Date {
  // A day without a time is read as UTC, in half the time of a text with one.
  return new Date(date);
}

/**
 * Reads a `date` column.
 * @throws RangeError if it is not midnight UTC, since then it is an instant, or lies outside years 0001-9999.
 */
export function fromUtcDate(date: Date): LocalDate {
  const instant = date.getTime();
  if (instant % DAY_MS !== 0 || instant < FIRST_MS || instant > LAST_MS) {
    throw new RangeError(`not midnight UTC of a date: ${instant}`);
  }
  // Day by day a sixth of the time of toISOString: imports and reports do it for hundreds of thousands of rows.
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  return `${year}-${twoDigits(date.getUTCMonth() + 1)}-${twoDigits(date.getUTCDate())}` as LocalDate;
}

const twoDigits = (value: number): string => (value < 10 ? `0${value}` : String(value));

/** Orders two dates for sort(). */
export function compareDates(a: LocalDate, b: LocalDate): -1 | 0 | 1 {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The later date. */
export function maxDate(a: LocalDate, b: LocalDate): LocalDate {
  return a > b ? a : b;
}

/** The earlier date. */
export function minDate(a: LocalDate, b: LocalDate): LocalDate {
  return a < b ? a : b;
}

function partsOf(date: LocalDate): [number, number, number] {
  return [Number(date.slice(0, 4)), Number(date.slice(5, 7)), Number(date.slice(8, 10))];
}

function dateOf(year: number, month: number, day: number): LocalDate {
  const pad = (value: number, width: number) => String(value).padStart(width, '0');
  return localDate(`${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`);
}

function daysInMonth(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  if (month === 2) return isLeap ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

// Building a formatter costs 50 µs; the zones in use are few.
const formatters = new Map<string, Intl.DateTimeFormat>();

function wallClock(now: Date, timeZone: string): { date: string; time: string; seconds: string } {
  let formatter = formatters.get(timeZone);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat('en-US', {
      timeZone,
      calendar: 'iso8601',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    });
    formatters.set(timeZone, formatter);
  }
  const parts = new Map(formatter.formatToParts(now).map((part) => [part.type, part.value]));
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    date: `${get('year').padStart(4, '0')}-${get('month')}-${get('day')}`,
    time: `${get('hour')}:${get('minute')}`,
    seconds: get('second'),
  };
}

function offsetMs(instant: number, timeZone: string): number {
  const wholeSecond = Math.floor(instant / 1000) * 1000;
  const wall = wallClock(new Date(wholeSecond), timeZone);
  return new Date(`${wall.date}T${wall.time}:${wall.seconds}Z`).getTime() - wholeSecond;
}

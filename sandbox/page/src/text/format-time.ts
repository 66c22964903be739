// Formats instants in the reader's locale and zone; never reads the clock itself.
import type { Language } from '../words/words.js';

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Cached Intl formatter for the reader; building one costs more than formatting a whole screen. */
export function makeFormatter(language: Language, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language.locale}|${language.timeZone}|${JSON.stringify(options)}`;
  let formatter = formatters.get(key);
  if (!formatter) {
    formatter = new Intl.DateTimeFormat(language.locale, { timeZone: language.timeZone, ...options });
    formatters.set(key, formatter);
  }
  return formatter;
}

/** Time of day such as 09:42. */
export function formatTime(ms: number, language: Language): string {
  return makeFormatter(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms);
}

/** Calendar day of an instant in the reader's zone, as YYYY-MM-DD, for grouping. */
export function dayKey(ms: number, language: Language): string {
  return makeFormatter(
    { ...language, locale: 'en-CA' },
    { year: 'numeric', month: '2-digit', day: '2-digit' },
  ).format(ms);
}

/** Heading of a day: today, yesterday or the weekday and date, seen from `now`. */
export function formatDay(ms: number, now: number, language: Language): string {
  const key = dayKey(ms, language);
  if (key === dayKey(now, language)) return language.words.today;
  if (key === dayKey(now - 86_400_000, language)) return language.words.yesterday;
  const sameYear = key.slice(0, 4) === dayKey(now, language).slice(0, 4);
  return makeFormatter(language, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(ms);
}

/** Time of day when it was on the same day as `now`, else date and time. */
export function formatShortInstant(ms: number, now: number, language: Language): string {
  return dayKey(ms, language) === dayKey(now, language)
    ? formatTime(ms, language)
    : formatInstant(ms, language);
}

/** Full date and time with weekday, for titles and the clock bar. */
export function formatInstant(ms: number, language: Language): string {
  return makeFormatter(language, {
    weekday: 'short',
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(ms);
}

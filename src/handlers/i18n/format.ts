// Money, dates and counts in the reader's language (ux §6). Pure.
import dayjs from 'dayjs';
import type { Locale } from '../../domain/access.js';
import { diffDays, type LocalDate, todayIn, toUtcDate } from '../../domain/local-date.js';
import { type Money, toDecimalString } from '../../domain/money.js';

const numberFormats = new Map<string, Intl.NumberFormat>();

/** One for each locale and way to write: to make one takes a hundred times as long as to use it, and room outside the heap. */
export function numberFormat(locale: Locale, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  const format = numberFormats.get(key) ?? new Intl.NumberFormat(locale, options);
  numberFormats.set(key, format);
  return format;
}

/** ¥300,000.00 in zh, CN¥300,000.00 in en; exact, from a decimal string. */
export function formatMoney(locale: Locale, value: Money): string {
  const format = numberFormat(locale, { style: 'currency', currency: value.currency });
  return format.format(toDecimalString(value.minor, value.currency) as `${number}`);
}

/** Rounded, for charts and the numbers on Home only: 125.3万 / 1.25M. */
export function formatMoneyShort(locale: Locale, value: Money): string {
  return numberFormat(locale, {
    style: 'currency',
    currency: value.currency,
    notation: 'compact',
    minimumFractionDigits: 0,
    maximumFractionDigits: locale === 'en' ? 2 : 1,
  }).format(toDecimalString(value.minor, value.currency) as `${number}`);
}

const WEEKDAY: Readonly<Record<Locale, Intl.DateTimeFormat>> = {
  'zh-CN': new Intl.DateTimeFormat('zh-CN', { weekday: 'short', timeZone: 'UTC' }),
  en: new Intl.DateTimeFormat('en', { weekday: 'short', timeZone: 'UTC' }),
};
const MONTH = new Intl.DateTimeFormat('en', { month: 'short', timeZone: 'UTC' });

/** 11月21日 周六 / Sat 21 Nov; with the year when it is not this year's. */
export function formatDate(locale: Locale, date: LocalDate, today: LocalDate): string {
  const otherYear = date.slice(0, 4) !== today.slice(0, 4);
  const day = dayjs(date);
  const weekday = WEEKDAY[locale].format(toUtcDate(date));
  if (locale === 'zh-CN')
    return `${otherYear ? day.format('YYYY年M月D日') : day.format('M月D日')} ${weekday}`;
  const month = MONTH.format(toUtcDate(date));
  return `${weekday} ${day.date()} ${month}${otherYear ? ` ${day.year()}` : ''}`;
}

/** 今天, 明天, 还有 5 天, 逾期 3 天 / today, tomorrow, in 5 days, 3 days overdue. */
export function formatRelative(locale: Locale, date: LocalDate, today: LocalDate): string {
  const days = diffDays(date, today);
  if (locale === 'zh-CN') {
    if (days === 0) return '今天';
    if (days === 1) return '明天';
    return days > 0 ? `还有 ${days} 天` : `逾期 ${-days} 天`;
  }
  if (days === 0) return 'today';
  if (days === 1) return 'tomorrow';
  if (days > 0) return `in ${days} days`;
  return days === -1 ? '1 day overdue' : `${-days} days overdue`;
}

/** 10:32, with the day when it is not today in the reader's zone. */
export function formatInstant(locale: Locale, at: Date, now: Date, timeZone: string): string {
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone }).format(at);
  const day = todayIn(at, timeZone);
  const today = todayIn(now, timeZone);
  return day === today ? time : `${formatDate(locale, day, today)} ${time}`;
}

/** Names in a list: 、 in zh, comma in en; none: —. */
export function formatNames(locale: Locale, names: readonly string[]): string {
  return names.length === 0 ? '—' : names.join(locale === 'zh-CN' ? '、' : ', ');
}

/** One of several: 、或 in zh, or in en; none: —. */
export function formatChoice(locale: Locale, names: readonly string[]): string {
  return names.length === 0 ? '—' : new Intl.ListFormat(locale, { type: 'disjunction' }).format(names);
}

/** A decimal string with separators of thousands: 9,999,999,999,999.99. */
export function formatPlainNumber(locale: Locale, digits: string): string {
  const decimals = digits.split('.')[1]?.length ?? 0;
  return numberFormat(locale, {
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(digits as `${number}`);
}

/** Cut to `max` code points, … included. */
export function truncate(text: string, max: number): string {
  const points = [...text];
  return points.length <= max ? text : `${points.slice(0, max - 1).join('')}…`;
}

/** Customer names: 20 code points in zh, 32 in en; other names 16 and 24 (ux §6). */
export const shortCustomer = (locale: Locale, name: string): string =>
  truncate(name, isWide(locale, name) ? 20 : 32);
export const shortName = (locale: Locale, name: string): string =>
  truncate(name, isWide(locale, name) ? 16 : 24);
/** A Latin letter takes half the room of a Chinese character: names of letters alone are cut as in English. */
const isWide = (locale: Locale, name: string): boolean =>
  locale === 'zh-CN' && /[\u2e80-\u9fff\uf900-\uffef]/u.test(name);

/** Amounts one a currency, never added. */
export const formatTotals = (locale: Locale, totals: readonly Money[]): string =>
  formatNames(
    locale,
    totals.map((total) => formatMoney(locale, total)),
  );

// Fills the tokens of Slack's <!date^…> in the reader's zone, as Slack's clients do.
import type { Language } from '../words/words.js';
import { dayKey, formatTime, makeFormatter } from './format-time.js';

/** Text of a date token's format string for an instant in seconds; `now` decides today and yesterday. */
export function fillDateFormat(format: string, seconds: number, now: number, language: Language): string {
  const ms = seconds * 1000;
  const date = (options: Intl.DateTimeFormatOptions) => makeFormatter(language, options).format(ms);
  const relative = (otherwise: () => string) => {
    if (dayKey(ms, language) === dayKey(now, language)) return language.words.today;
    if (dayKey(ms, language) === dayKey(now - 86_400_000, language)) return language.words.yesterday;
    return otherwise();
  };
  const short = () => date({ year: 'numeric', month: 'short', day: 'numeric' });
  const plain = () => date({ year: 'numeric', month: 'long', day: 'numeric' });
  const long = () => date({ weekday: 'long', year: 'numeric', month: 'long', day: 'numeric' });
  const ago = () => {
    const minutes = Math.round((ms - now) / 60_000);
    const by = new Intl.RelativeTimeFormat(language.locale, { numeric: 'auto' });
    if (Math.abs(minutes) < 60) return by.format(minutes, 'minute');
    if (Math.abs(minutes) < 1440) return by.format(Math.round(minutes / 60), 'hour');
    return by.format(Math.round(minutes / 1440), 'day');
  };
  const tokens: Readonly<Record<string, () => string>> = {
    date_num: () => dayKey(ms, language),
    date: plain,
    date_slash: () => dayKey(ms, language).replaceAll('-', '/'),
    date_short: short,
    date_long: long,
    date_pretty: () => relative(plain),
    date_short_pretty: () => relative(short),
    date_long_pretty: () => relative(long),
    time: () => formatTime(ms, language),
    time_secs: () => date({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }),
    ago,
  };
  return format.replace(/\{(\w+)\}/g, (whole, name: string) => tokens[name]?.() ?? whole);
}

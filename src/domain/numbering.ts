// Human numbers (HT-2026-0001) from a pattern, a date and a counter (rules §1).
// Pure: the counter comes from the counter table, one row per kind and period.
import type { LocalDate } from './local-date.js';

/** How a number is written, and when its counter starts again at 1. `counter` is the least number of digits. */
export type NumberPattern = {
  parts: ({ text: string } | { date: 'YYYY' | 'YYYYMM' | 'YYYYMMDD' } | { counter: number })[];
  reset: 'daily' | 'monthly' | 'yearly' | 'never';
};

/** HT-2026-0001 contracts, HK-20261121-001 receipts, KH-0001 customers. */
export const DEFAULT_PATTERNS: Record<'contract' | 'receipt' | 'customer', NumberPattern> = {
  contract: { parts: [{ text: 'HT-' }, { date: 'YYYY' }, { text: '-' }, { counter: 4 }], reset: 'yearly' },
  receipt: { parts: [{ text: 'HK-' }, { date: 'YYYYMMDD' }, { text: '-' }, { counter: 3 }], reset: 'daily' },
  customer: { parts: [{ text: 'KH-' }, { counter: 4 }], reset: 'never' },
};

const DATE_DIGITS = { YYYY: 4, YYYYMM: 6, YYYYMMDD: 8 } as const;
const RESET_DIGITS = { daily: 8, monthly: 6, yearly: 4, never: 0 } as const;

/** The counter's period key: the date cut to the reset ("20261121", "202611", "2026"), empty if it never resets. */
export function periodOf(pattern: NumberPattern, today: LocalDate): string {
  return digitsOf(today).slice(0, RESET_DIGITS[pattern.reset]);
}

/** Writes a number; a counter longer than its width widens it. @throws RangeError if the counter is below 1. */
export function formatNumber(pattern: NumberPattern, today: LocalDate, counter: bigint): string {
  if (counter < 1n) throw new RangeError(`not a counter: ${counter}`);
  return pattern.parts
    .map((part) => {
      if ('text' in part) return part.text;
      if ('date' in part) return digitsOf(today).slice(0, DATE_DIGITS[part.date]);
      return counter.toString().padStart(part.counter, '0');
    })
    .join('');
}

/** What a number's counter was, and of which period; null for a number that this pattern does not write. */
export function counterOf(
  pattern: NumberPattern,
  number: string,
): { period: string; counter: bigint } | null {
  // A second date or counter has no name: the first one tells.
  const named = new Set<string>();
  const group = (name: 'date' | 'counter', digits: string) => {
    if (named.has(name)) return digits;
    named.add(name);
    return `(?<${name}>${digits})`;
  };
  const source = pattern.parts
    .map((part) => {
      if ('text' in part) return part.text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
      if ('date' in part) return group('date', `\\d{${DATE_DIGITS[part.date]}}`);
      return group('counter', `\\d{${part.counter},15}`);
    })
    .join('');
  const groups = new RegExp(`^${source}$`).exec(number)?.groups;
  if (groups?.counter === undefined) return null;
  const digits = groups.date ?? '';
  const needed = RESET_DIGITS[pattern.reset];
  if (digits.length < needed) return null;
  return { period: digits.slice(0, needed), counter: BigInt(groups.counter) };
}

/** The number that was meant by one written without its hyphens and dots; null where the pattern does not write it. */
export function spelledOut(pattern: NumberPattern, typed: string): string | null {
  const source = pattern.parts
    .map((part) => {
      if ('date' in part) return `(\\d{${DATE_DIGITS[part.date]}})`;
      if ('counter' in part) return `(\\d{${part.counter},15})`;
      return `(${bare(part.text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')})`;
    })
    .join('');
  const found = new RegExp(`^${source}$`).exec(bare(typed));
  if (!found) return null;
  return pattern.parts.map((part, place) => ('text' in part ? part.text : (found[place + 1] ?? ''))).join('');
}

/** Without what stands between the parts of a number. */
export const bare = (number: string): string => number.replace(/[-_/.]/g, '');

function digitsOf(date: LocalDate): string {
  return date.replaceAll('-', '');
}

/** The longest number that a pattern may lead to (ux: it stands in titles and file names). */
export const MAX_NUMBER_LENGTH = 40;
/** Digits that a counter may grow to before the length counts as too long: a million million in one period. */
const COUNTER_ROOM = 12;

/** `HT-{YYYY}-{0000}`: a date, or as many zeros as the counter has digits, in braces. */
export function writePattern(pattern: NumberPattern): string {
  return pattern.parts
    .map((part) => {
      if ('text' in part) return part.text;
      return 'date' in part ? `{${part.date}}` : `{${'0'.repeat(part.counter)}}`;
    })
    .join('');
}

/** Why a pattern is refused. */
export type PatternProblem = 'unreadable' | 'no_counter' | 'collides' | 'too_long';

/**
 * Reads what writePattern writes. Refused is what could give the same number twice: a counter that starts again more
 * often than the date in the number changes, no counter or several; and numbers longer than 40.
 */
export function readPattern(
  text: string,
  reset: NumberPattern['reset'],
): { ok: true; pattern: NumberPattern } | { ok: false; problem: PatternProblem } {
  const parts: NumberPattern['parts'] = [];
  for (const token of text
    .normalize('NFKC')
    .trim()
    .toUpperCase()
    .split(/(\{[^{}]*\})/u)) {
    if (token === '') continue;
    const inner = token.startsWith('{') ? token.slice(1, -1) : null;
    if (inner === null && /^[\p{L}\p{N}\-_/.]{1,10}$/u.test(token)) parts.push({ text: token });
    else if (inner !== null && isDatePart(inner)) parts.push({ date: inner });
    else if (inner !== null && /^0{1,10}$/.test(inner)) parts.push({ counter: inner.length });
    else return { ok: false, problem: 'unreadable' };
  }
  const pattern = { parts, reset };
  const counters = parts.filter((part) => 'counter' in part).length;
  if (counters === 0) return { ok: false, problem: 'no_counter' };
  const digits = Math.max(0, ...parts.map((part) => ('date' in part ? DATE_DIGITS[part.date] : 0)));
  if (counters > 1 || digits < RESET_DIGITS[reset]) return { ok: false, problem: 'collides' };
  return lengthOf(pattern) > MAX_NUMBER_LENGTH ? { ok: false, problem: 'too_long' } : { ok: true, pattern };
}

const isDatePart = (text: string): text is keyof typeof DATE_DIGITS => text in DATE_DIGITS;

function lengthOf(pattern: NumberPattern): number {
  return pattern.parts.reduce((sum, part) => {
    if ('text' in part) return sum + [...part.text].length;
    return sum + ('date' in part ? DATE_DIGITS[part.date] : Math.max(part.counter, COUNTER_ROOM));
  }, 0);
}

/** What stands before and after the counter today: numbers between them share it. */
export function aroundCounter(pattern: NumberPattern, today: LocalDate): { before: string; after: string } {
  const at = pattern.parts.findIndex((part) => 'counter' in part);
  const write = (parts: NumberPattern['parts']) =>
    parts
      .map((part) => {
        if ('text' in part) return part.text;
        return 'date' in part ? digitsOf(today).slice(0, DATE_DIGITS[part.date]) : '';
      })
      .join('');
  return { before: write(pattern.parts.slice(0, at)), after: write(pattern.parts.slice(at + 1)) };
}

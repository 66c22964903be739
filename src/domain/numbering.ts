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

function digitsOf(date: LocalDate): string {
  return date.replaceAll('-', '');
}

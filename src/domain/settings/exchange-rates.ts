// What a change of exchange rates comes to (rules §6): they decide thresholds, small amounts and tolerance, and one person
// writes them. Pure.
import { z } from 'zod';
import type { ExchangeRate } from '../approvals/flow.js';

export const rateChange = z.object({
  currency: z.string(),
  /** As it was written; null: there was none, or is none any more. */
  from: z.string().nullable(),
  to: z.string().nullable(),
});
export type RateChange = z.infer<typeof rateChange>;

/** More than currencies move between two looks at them: rather a slip of the pen, or the rate the other way round. */
const LARGEST_MOVE = 0.3;

/** What differs, by currency. */
export function rateChanges(before: readonly ExchangeRate[], after: readonly ExchangeRate[]): RateChange[] {
  const rateIn = (rates: readonly ExchangeRate[], currency: string) =>
    rates.find((one) => one.currency === currency)?.rate ?? null;
  return [...new Set([...before, ...after].map((one) => one.currency))]
    .toSorted()
    .map((currency) => ({ currency, from: rateIn(before, currency), to: rateIn(after, currency) }))
    .filter(({ from, to }) => from === null || to === null || Number(from) !== Number(to));
}

/**
 * Whether somebody should look at it twice: a first rate and one that is taken away too, with nothing to compare it with;
 * else a jump is made in two steps.
 */
export function isJump({ from, to }: RateChange): boolean {
  if (from === null || to === null) return true;
  return Math.abs(Number(to) / Number(from) - 1) > LARGEST_MOVE;
}

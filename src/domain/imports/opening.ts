// Money from before as it is decided about: the sums of a file, which its card shows and its flow is chosen by. Pure.
import { z } from 'zod';
import { type ExchangeRate, toBase } from '../approvals/flow.js';
import type { Money } from '../money.js';

/** How an import job keeps them: rows of the file, and their sum in minor units, by currency. */
export const keptSums = z.array(
  z.object({
    currency: z.string(),
    minor: z.string().regex(/^\d+$/).transform(BigInt),
    rows: z.number().int(),
  }),
);
export type OpeningSum = z.infer<typeof keptSums>[number];

export const toKept = (sums: readonly OpeningSum[]) =>
  sums.map(({ currency, minor, rows }) => ({ currency, minor: `${minor}`, rows }));

/** All of it in one currency, for the thresholds: one without a rate stands for the whole, which makes the flow the strictest. */
export function comparable(sums: readonly OpeningSum[], base: string, rates: readonly ExchangeRate[]): Money {
  let minor = 0n;
  for (const sum of sums) {
    const inBase = toBase(sum, base, rates);
    if (inBase === null) return sum;
    minor += inBase;
  }
  return { minor, currency: base };
}

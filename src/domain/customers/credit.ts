// The credit limit of a customer (信用额度, rules §10): what it would be exposed to, held against the limit. Above it a
// contract takes further approval steps; it is never a wall. Pure.
import { type ExchangeRate, toBase } from '../approvals/flow.js';
import type { LocalDate } from '../local-date.js';
import type { Money } from '../money.js';

/** Minor units of `currency`, the base currency. */
export interface CreditCheck {
  /** Null where an amount is in a currency without an exchange rate. */
  readonly exposure: bigint | null;
  readonly limit: bigint;
  readonly currency: string;
}

/** What cannot be compared counts as above the limit, as it does for every threshold (rules §6). */
export const isAboveLimit = ({ exposure, limit }: CreditCheck): boolean =>
  exposure === null || exposure > limit;

/** The sum of these amounts in the base currency; what is prepaid in one currency covers nothing in another. */
export function exposureOf(
  amounts: readonly Money[],
  base: string,
  rates: readonly ExchangeRate[],
): bigint | null {
  const byCurrency = new Map<string, bigint>();
  for (const { currency, minor } of amounts)
    byCurrency.set(currency, (byCurrency.get(currency) ?? 0n) + minor);
  return [...byCurrency]
    .filter(([, minor]) => minor > 0n)
    .reduce<bigint | null>((sum, [currency, minor]) => {
      const converted = toBase({ currency, minor }, base, rates);
      return sum === null || converted === null ? null : sum + converted;
    }, 0n);
}

/** What a contract adds that is not in force yet: without what is due at its signing, which is paid before anything is owed. */
export function addedBy(contract: {
  readonly amount: bigint;
  readonly signedOn: LocalDate | null;
  readonly rows: readonly { readonly amount: bigint; readonly dueOn: LocalDate | null }[];
}): bigint {
  const { amount, signedOn, rows } = contract;
  return rows
    .filter(({ dueOn }) => dueOn !== null && signedOn !== null && dueOn <= signedOn)
    .reduce((rest, row) => rest - row.amount, amount);
}

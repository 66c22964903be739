// Small amounts are set in the base currency; a contract of another has as much of its own, by the rate (rules §5, §6). Pure.
import { MAX_SMALL_DIFFERENCE } from '../adjustments/adjustment.js';
import { fromBase } from '../approvals/flow.js';
import type { CompanySettings } from './settings.js';

export interface SmallAmounts {
  readonly baseCurrency: string;
  readonly settings: Pick<CompanySettings, 'smallDifferenceMinor' | 'toleranceMinor' | 'exchangeRates'>;
}

/**
 * The most that may be let go as 尾差 of a row of this currency, in its minor units; 0: nothing, as without a rate. Never
 * more of them than of the base currency, whatever rate one person wrote.
 */
export function smallDifferenceIn({ baseCurrency, settings }: SmallAmounts, currency: string): bigint {
  const most = fromBase(
    BigInt(settings.smallDifferenceMinor),
    currency,
    baseCurrency,
    settings.exchangeRates,
  );
  const cap = BigInt(MAX_SMALL_DIFFERENCE);
  return most < cap ? most : cap;
}

/** What is open of a row of this currency, and is not worth a reminder, in its minor units. */
export const toleranceIn = ({ baseCurrency, settings }: SmallAmounts, currency: string): number =>
  Number(fromBase(BigInt(settings.toleranceMinor), currency, baseCurrency, settings.exchangeRates));

/** Currencies of which something may be open and not worth a reminder: the base currency and those with a rate. */
export const toleratedCurrencies = ({ baseCurrency, settings }: SmallAmounts): string[] => [
  baseCurrency,
  ...settings.exchangeRates.map((one) => one.currency).filter((currency) => currency !== baseCurrency),
];

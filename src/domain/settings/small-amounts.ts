// Small amounts are set in the base currency; a contract of another has as much of its own, by the rate (rules §5, §6). Pure.
import { MAX_SMALL_DIFFERENCE } from '../adjustments/adjustment.js';
import { fromBase } from '../approvals/flow.js';
import { type CompanySettings, MAX_TOLERANCE } from './settings.js';

export interface SmallAmounts {
  readonly baseCurrency: string;
  readonly settings: Pick<CompanySettings, 'smallDifferenceMinor' | 'toleranceMinor' | 'exchangeRates'>;
}

/**
 * The most that may be let go as 尾差 of a row of this currency, in its minor units; 0: nothing, as without a rate. Never
 * more of them than of the base currency, whatever rate one person wrote.
 */
export const smallDifferenceIn = (company: SmallAmounts, currency: string): bigint =>
  amountIn(company, currency, company.settings.smallDifferenceMinor, MAX_SMALL_DIFFERENCE);

/**
 * What is open of a row of this currency, and is not worth a reminder, in its minor units; 0: all of it is, as without a
 * rate. Never more of them than of the base currency either: a slip in one rate silences nothing that is worth a call.
 */
export const toleranceIn = (company: SmallAmounts, currency: string): number =>
  Number(amountIn(company, currency, company.settings.toleranceMinor, MAX_TOLERANCE));

function amountIn(
  { baseCurrency, settings }: SmallAmounts,
  currency: string,
  minor: number,
  most: number,
): bigint {
  const amount = fromBase(BigInt(minor), currency, baseCurrency, settings.exchangeRates);
  return amount < BigInt(most) ? amount : BigInt(most);
}

/** Currencies of which something may be open and not worth a reminder: the base currency and those with a rate. */
export const toleratedCurrencies = ({ baseCurrency, settings }: SmallAmounts): string[] => [
  baseCurrency,
  ...settings.exchangeRates.map((one) => one.currency).filter((currency) => currency !== baseCurrency),
];

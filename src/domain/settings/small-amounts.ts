// Small amounts are set in the base currency; a contract of another has as much of its own, by the rate (rules §5, §6). Pure.
import { fromBase } from '../approvals/flow.js';
import type { CompanySettings } from './settings.js';

interface Company {
  readonly baseCurrency: string;
  readonly settings: Pick<CompanySettings, 'smallDifferenceMinor' | 'toleranceMinor' | 'exchangeRates'>;
}

/** The most that may be let go as 尾差 of a row of this currency, in its minor units; 0: nothing, as without a rate. */
export const smallDifferenceIn = ({ baseCurrency, settings }: Company, currency: string): bigint =>
  fromBase(BigInt(settings.smallDifferenceMinor), currency, baseCurrency, settings.exchangeRates);

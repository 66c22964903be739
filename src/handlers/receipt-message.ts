// What a bank's message said, as the record-receipt form takes it over: amounts in whatever currency. Reads only.
import { toDecimalString } from '../domain/money.js';
import type { BankNotice } from '../domain/receipts/bank-notice.js';
import { truncate } from './i18n/format.js';
import { MAX_AMOUNTS } from './receipt-metadata.js';
import { type ReceiptFormState, saidIn } from './views/receipt-form-views.js';

/** Letters of a message that are quoted. */
const QUOTE = 300;

/** What a message said, as the form shows it and asks about it: in whatever currency, which may be chosen later. */
export const messageOf = (text: string, { amounts }: BankNotice): ReceiptFormState['message'] => ({
  t: truncate(text.replace(/\s+/g, ' ').trim(), QUOTE),
  a: amounts
    .slice(0, MAX_AMOUNTS)
    .map(({ minor, currency }) => `${currency} ${toDecimalString(minor, currency)}`),
  p: null,
});

/** The currency of a message that names amounts in one. */
export function onlyCurrency(said: BankNotice | null): string | undefined {
  const [currency, ...others] = new Set(said?.amounts.map((one) => one.currency));
  return others.length === 0 ? currency : undefined;
}

/** The only amount of this currency that a message names; of several one is picked. */
export function onlySaid(message: ReceiptFormState['message'], currency: string): bigint | null {
  const [only, ...others] = saidIn(message, currency);
  return only && others.length === 0 ? only.minor : null;
}

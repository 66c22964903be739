// What a bank's message said, as the record-receipt form takes it over: amounts in whatever currency. Reads only.

import type { OuterReadCtx } from '../ctx.js';
import { twinKey } from '../domain/customers/customer.js';
import { toDecimalString } from '../domain/money.js';
import type { CustomerChoice } from '../domain/plans/plan-choices.queries.js';
import type { BankNotice } from '../domain/receipts/bank-notice.js';
import { findPayersNamedIn } from '../domain/receipts/named-customers.queries.js';
import { searchPayingCustomers } from '../domain/receipts/split.queries.js';
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

/** A message as a person reads it: without Slack's signs for links and people. */
export const plainMessage = (text: string): string =>
  text
    .replace(/<[@#!][^>]*>/g, '')
    .replace(/<(?:[^<>|]*\|)?([^<>|]*)>/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/**
 * The customer of the reader's scope whom the money is of: the only one whom the payer finds, else whoever is said to
 * have paid, else the only one whom the message names; null where that is nobody or several.
 */
export async function payingCustomer(
  ctx: OuterReadCtx,
  payer: string | null,
  message?: { readonly text: string; readonly said: BankNotice },
): Promise<CustomerChoice | null> {
  for (const name of [payer, message?.said.doer]) {
    const [only, ...others] = name ? await searchPayingCustomers(ctx, name) : [];
    if (only && others.length === 0) return only;
  }
  const [only, ...others] = message ? await findPayersNamedIn(ctx, message.text) : [];
  return others.length === 0 ? (only ?? null) : null;
}

/** The payer as the form is filled in: the name on the slip, or a customer's whole name in ordinary words. */
export function payerNameOf(said: BankNotice | null, customer: CustomerChoice | null): string | null {
  if (said?.payer) return said.payer;
  const isCalledSo = customer && said?.doer && twinKey(said.doer) === twinKey(customer.name);
  return isCalledSo ? customer.name : null;
}

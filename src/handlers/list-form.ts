// What searches of lists have in common: how a filter travels in values, how ends and amounts are read.
import { z } from 'zod';
import { isLocalDate, type LocalDate } from '../domain/local-date.js';
import type { Form } from './forms.js';

/** Minor units as text, as JSON carries them. */
export const minorText = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);
export const dateText = z.string().refine((text): text is LocalDate => isLocalDate(text));
export const currencyText = z.string().regex(/^[A-Z]{3}$/);

/** Ends given the wrong way round are turned. */
export function inOrder<T extends bigint | string>(from: T | null, to: T | null): [T | null, T | null] {
  return from !== null && to !== null && from > to ? [to, from] : [from, to];
}

/** Amounts of a search need a currency: the company's if none is chosen; problems are noted on the form. */
export function readAmounts(
  form: Form,
  baseCurrency: string,
): { currency?: string; amountFrom?: bigint; amountTo?: bigint } {
  const chosen = form.choice('currency');
  const amount = (field: string) =>
    form.text(field, { max: 64 }) === null ? null : form.amount(field, chosen ?? baseCurrency);
  const [amountFrom, amountTo] = inOrder(amount('amountFrom'), amount('amountTo'));
  const currency = chosen ?? (amountFrom === null && amountTo === null ? null : baseCurrency);
  return {
    ...(currency !== null && { currency }),
    ...(amountFrom !== null && { amountFrom }),
    ...(amountTo !== null && { amountTo }),
  };
}

// Exchange rates (汇率): finance keeps them, from their own settings; admins from the company's (rules §6). What is in
// approval already keeps its steps.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { type ExchangeRate, exchangeRate } from '../domain/approvals/flow.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { editRates } from '../domain/settings/company.service.js';
import { rateChange } from '../domain/settings/exchange-rates.js';
import type { Form } from './forms.js';
import type { Doors } from './listen.js';
import { SETTINGS } from './settings-ids.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { withTyped } from './views/form-views.js';
import { ratesForm } from './views/settings-rates-views.js';

/** `d`: the jumps that were asked about. */
const metadata = formMetadata({ v: z.number().int(), d: z.array(rateChange).default([]) });

/** Plugs in the form. */
export function registerRates(doors: Doors): void {
  doors.opens(SETTINGS.rates, openRates);
  doors.submit(SETTINGS.rates, metadata, saveRates);
}

async function openRates(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'rates.edit');
  const { settings, baseCurrency, version } = ctx.company;
  const state = JSON.stringify({ r: newId(ctx.now), v: version });
  await turn.show(ratesForm(t, settings, baseCurrency, { metadata: state, jumps: null }));
}

async function saveRates(turn: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  authorize(ctx.actor, 'rates.edit');
  const { settings, baseCurrency } = ctx.company;
  const kept = settings.exchangeRates.map((one) => one.currency);
  const exchangeRates = readRates(form, [...settings.currencies, ...kept], baseCurrency);
  form.check();
  const checked = form.choices('checked').includes('yes') ? shown.d : [];
  try {
    await editRates(ctx, shown.v, exchangeRates, checked);
  } catch (error) {
    if (!isDomainError(error, 'rates.jump')) throw error;
    const { rates } = error.params;
    const state = JSON.stringify({ ...shown, d: rates });
    const asking = ratesForm(t, settings, baseCurrency, { metadata: state, jumps: rates });
    return { update: withTyped(asking, turn.view.state.values) };
  }
  return { done: t('rates:saved', { count: exchangeRates.length }) };
}

/** A line each: currency and rate; a currency that is no longer offered keeps the rate it has, or another. */
function readRates(form: Form, currencies: readonly string[], base: string): ExchangeRate[] {
  const text = (form.text('rates', { max: 1500 }) ?? '').normalize('NFKC');
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const rates = lines.flatMap((line) => {
    const [currency = '', rate = '', ...rest] = line.trim().toUpperCase().split(/\s+/);
    const read = exchangeRate.safeParse({ currency, rate });
    const known = currencies.includes(currency) && currency !== base;
    if (read.success && known && rest.length === 0) return [read.data];
    form.refuse('rates', 'settings.rate_unreadable', { value: line.trim().slice(0, 40), currency: base });
    return [];
  });
  return [...new Map(rates.map((one) => [one.currency, one])).values()];
}

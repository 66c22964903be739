// Settings of approvals (审批门槛): from which amounts on more people decide, exchange rates, solo mode; admins only
// (rules §6; ux §4.9). What is in approval already keeps its steps.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import type { ExchangeRate } from '../domain/approvals/flow.js';
import { exchangeRate } from '../domain/approvals/flow.js';
import { newId } from '../domain/ids.js';
import { editCompany } from '../domain/settings/company.service.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, formMetadata, type SubmitTurn } from './turns.js';
import { thresholdField, thresholdsForm } from './views/settings-threshold-views.js';

const metadata = formMetadata({ v: z.number().int() });

/** Plugs in the thresholds. */
export function registerThresholds(doors: Doors): void {
  doors.opens(ACTION.settingsThresholds, openThresholds);
  doors.submit(VIEW.settingsThresholds, metadata, saveThresholds);
}

async function openThresholds(turn: ActionTurn): Promise<void> {
  const { ctx, t } = turn;
  authorize(ctx.actor, 'settings.edit');
  const state = JSON.stringify({ r: newId(ctx.now), v: ctx.company.version });
  await turn.show(
    thresholdsForm({ t, locale: ctx.actor.locale }, ctx.company.settings, ctx.company.baseCurrency, state),
  );
}

async function saveThresholds(turn: SubmitTurn<z.infer<typeof metadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata: shown } = turn;
  authorize(ctx.actor, 'settings.edit');
  const { settings, baseCurrency } = ctx.company;
  const approvalFlows = settings.approvalFlows.map((flow) => {
    const field = thresholdField(flow);
    if (flow.minAmount === null || form.blockIdOf(field) === undefined) return flow;
    return { ...flow, minAmount: Number(form.amount(field, baseCurrency)) };
  });
  const exchangeRates = readRates(form, settings.currencies, baseCurrency);
  const soloMode = form.choices('solo').includes('yes');
  form.check();
  await editCompany(ctx, shown.v, { settings: { approvalFlows, exchangeRates, soloMode } });
  return { done: t('thresholds:saved') };
}

/** A line each: currency and rate. */
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

// The form of exchange rates, and what the settings say of them. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { RateChange } from '../../domain/settings/exchange-rates.js';
import type { CompanySettings } from '../../domain/settings/settings.js';
import { truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { SETTINGS } from '../settings-ids.js';
import {
  actions,
  alert,
  button,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  textInput,
} from './blocks.js';

type Rates = Pick<CompanySettings, 'exchangeRates' | 'currencies'>;
const SHOWN = 5;
const TOLD = 20;

/** A line each: currency and rate. `jumps`: what somebody should look at twice before it is saved. */
export function ratesForm(
  t: Translate,
  { exchangeRates }: Rates,
  base: string,
  { metadata, jumps }: { metadata: string; jumps: readonly RateChange[] | null },
): ModalView {
  return modal({
    callbackId: SETTINGS.rates,
    title: t('rates:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      jumps !== null && alert(t('errors:rates.jump', { rates: rateWords(t, jumps) })),
      jumps !== null &&
        input(
          `checked|${jumps.map((one) => `${one.currency} ${one.to}`).join(',')}`.slice(0, 200),
          t('rates:checked_label'),
          { type: 'checkboxes', action_id: 'value', options: [option(t('rates:checked'), 'yes')] },
          { optional: true },
        ),
      input(
        'rates',
        t('rates:label', { currency: base }),
        textInput({
          multiline: true,
          initial: exchangeRates.map((one) => `${one.currency} ${one.rate}`).join('\n'),
          maxLength: 1500,
        }),
        { optional: true, hint: t('rates:hint') },
      ),
    ),
  });
}

/** The first rates, and which currencies of the company have none. */
export function ratesValue(t: Translate, { exchangeRates, currencies }: Rates, base: string): string {
  const known = exchangeRates.map((one) => `${one.currency} ${one.rate}`);
  const missing = currencies.filter(
    (currency) => currency !== base && !exchangeRates.some((one) => one.currency === currency),
  );
  const list = (words: readonly string[]) =>
    [...words.slice(0, SHOWN), ...(words.length > SHOWN ? ['…'] : [])].join(t('common:comma'));
  return [
    ...(known.length > 0 ? [list(known)] : []),
    ...(missing.length > 0 ? [t('rates:missing', { list: list(missing) })] : []),
    ...(known.length + missing.length === 0 ? [t('rates:none')] : []),
  ].join(' · ');
}

/** Changes in words: what a rate was and what it is. */
export const rateWords = (t: Translate, changes: readonly RateChange[]): string =>
  changes
    .map(({ currency, from, to }) => {
      if (from === null) return t('rates:set', { currency, rate: to ?? '' });
      if (to === null) return t('rates:dropped', { currency, before: from });
      return t('rates:moved', { currency, before: from, rate: to });
    })
    .join(t('common:comma'));

/** Somebody changed rates: for whoever answers for what is decided by them. */
export function ratesMessage(
  t: Translate,
  who: string,
  changes: readonly RateChange[],
): { text: string; blocks: KnownBlock[] } {
  const shown = changes.slice(0, TOLD);
  const list = `${rateWords(t, shown)}${changes.length > TOLD ? '…' : ''}`;
  const text = t('rates:told', { who: escapeMrkdwn(truncate(who, 40)), list });
  return { text, blocks: [section(text), actions([button(SETTINGS.rates, t('rates:title'))])] };
}

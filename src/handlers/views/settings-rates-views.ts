// The form of exchange rates, and what the settings say of them. Pure.
import type { ModalView } from '@slack/types';
import type { CompanySettings } from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import { SETTINGS } from '../settings-ids.js';
import { input, modal, textInput } from './blocks.js';

type Rates = Pick<CompanySettings, 'exchangeRates' | 'currencies'>;
const SHOWN = 5;

/** A line each: currency and rate. */
export function ratesForm(t: Translate, { exchangeRates }: Rates, base: string, metadata: string): ModalView {
  return modal({
    callbackId: SETTINGS.rates,
    title: t('rates:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
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
    ],
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

// 容差: which rests are not worth a reminder, which may be let go, and how long an acknowledged case waits (ux §4.9). Pure.
import type { ModalView } from '@slack/types';
import { MAX_SMALL_DIFFERENCE } from '../../domain/adjustments/adjustment.js';
import { toDecimalString } from '../../domain/money.js';
import { type CompanySettings, MAX_ACK_DAYS, MAX_TOLERANCE } from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import { SETTINGS } from '../settings-ids.js';
import { context, input, modal, textInput } from './blocks.js';

/** `tolerated`: how many open instalments are within the tolerance now. */
export function toleranceForm(
  t: Translate,
  settings: Pick<CompanySettings, 'toleranceMinor' | 'smallDifferenceMinor' | 'ackDays'>,
  { base, tolerated }: { base: string; tolerated: number },
  metadata: string,
): ModalView {
  const decimal = (minor: number) => toDecimalString(BigInt(minor), base);
  const { toleranceMinor, smallDifferenceMinor, ackDays } = settings;
  return modal({
    callbackId: SETTINGS.tolerance,
    title: t('settings:tolerance'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input(
        'tolerance',
        t('settings:tolerance_amount', { currency: base }),
        textInput({ initial: toleranceMinor > 0 ? decimal(toleranceMinor) : null, maxLength: 10 }),
        { optional: true, hint: t('settings:tolerance_hint', { max: decimal(MAX_TOLERANCE) }) },
      ),
      ...(tolerated > 0 ? [context(t('settings:tolerated_now', { count: tolerated }))] : []),
      input(
        'small',
        t('thresholds:small', { currency: base }),
        textInput({
          initial: smallDifferenceMinor > 0 ? decimal(smallDifferenceMinor) : null,
          maxLength: 10,
        }),
        { optional: true, hint: t('thresholds:small_hint', { max: decimal(MAX_SMALL_DIFFERENCE) }) },
      ),
      input('ackDays', t('settings:ack_days'), textInput({ initial: String(ackDays), maxLength: 2 }), {
        hint: t('settings:ack_days_hint', { max: MAX_ACK_DAYS }),
      }),
    ],
  });
}

// The form of a person's own hour of reminders and quiet hours. Pure.
import type { ModalView } from '@slack/types';
import type { CompanyTimes, PersonalTimes } from '../../domain/reminders/send-times.js';
import type { Translate } from '../i18n/index.js';
import { VIEW } from '../ids.js';
import { context, escapeMrkdwn, input, modal } from './blocks.js';

/** Empty fields: as the company's, and no quiet hours. */
export function ownTimesForm(
  t: Translate,
  times: PersonalTimes,
  company: CompanyTimes,
  metadata: string,
): ModalView {
  const time = (initial: string | null) => ({
    type: 'timepicker' as const,
    action_id: 'value',
    ...(initial !== null && { initial_time: initial }),
  });
  return modal({
    callbackId: VIEW.ownTimes,
    title: t('times:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      context(escapeMrkdwn(t('times:zone', { zone: times.timezone }))),
      input('remindAt', t('times:remind_at'), time(times.remindAt), {
        optional: true,
        hint: t('times:remind_at_hint', { time: company.remindAt, zone: company.timezone }),
      }),
      input('quietFrom', t('times:quiet_from'), time(times.quietFrom), { optional: true }),
      input('quietTo', t('times:quiet_to'), time(times.quietTo), {
        optional: true,
        hint: t('times:quiet_hint'),
      }),
    ],
  });
}

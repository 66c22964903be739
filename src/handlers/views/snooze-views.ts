// The form of [稍后提醒] (ux §3). Pure.
import type { ModalView } from '@slack/types';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { VIEW } from '../ids.js';
import { context, dateInput, input, modal, option } from './blocks.js';
import { instalmentRow, type RowReader } from './row-views.js';

const WHEN = ['tomorrow', 'three', 'pick'] as const;

/** Tomorrow, in three days, or a day; and what it does not stop. */
export function snoozeModal(row: InstalmentRowData, metadata: string, reader: RowReader): ModalView {
  const { t } = reader;
  const options = WHEN.map((when) => option(t(`snoozes:when.${when}`), when));
  return modal({
    callbackId: VIEW.snooze,
    title: t('snoozes:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...instalmentRow(row, reader, { buttons: 'none' }),
      input('when', t('snoozes:when'), {
        type: 'radio_buttons',
        action_id: 'value',
        options,
        ...(options[0] && { initial_option: options[0] }),
      }),
      input('until', t('snoozes:until'), dateInput(), { optional: true, hint: t('snoozes:until_hint') }),
      context(t('snoozes:only_you')),
    ],
  });
}

// The form of [改派]. Pure.
import type { ModalView } from '@slack/types';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { VIEW } from '../ids.js';
import { context, input, modal } from './blocks.js';
import { instalmentRow, type RowReader } from './row-views.js';

/** The row, and who is to own it. */
export function reassignModal(row: InstalmentRowData, metadata: string, reader: RowReader): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.instalmentAssign,
    title: t('reassign:title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      ...instalmentRow(row, reader, { buttons: 'none' }),
      context(t('reassign:explain')),
      input(
        'to',
        t('reassign:to'),
        { type: 'users_select', action_id: 'value' },
        { hint: t('reassign:to_hint') },
      ),
    ],
  });
}

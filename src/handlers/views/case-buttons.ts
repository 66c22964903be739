// The buttons of a case that asks the reader. Pure.
import type { Button } from '@slack/types';
import type { CaseToAcknowledge } from '../../domain/reminders/todo.queries.js';
import { shortCustomer } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button } from './blocks.js';
import { type RowReader, rowValue } from './row-views.js';

/** [已知悉] and [打开] of a case. */
export function caseButtons({ caseId, row }: CaseToAcknowledge, { t, locale }: RowReader): [Button, Button] {
  const name = t('plans:row_text', {
    customer: shortCustomer(locale, row.customerName),
    contract: row.contractNumber,
    n: row.seq,
  });
  return [
    button(ACTION.caseAcknowledge, t('reminders:acknowledge'), {
      value: JSON.stringify({ c: caseId }),
      label: t('reminders:acknowledge.label', { row: name }),
    }),
    button(ACTION.instalmentOpen, t('common:open'), {
      value: rowValue(row.id),
      label: t('plans:label.open', { row: name }),
    }),
  ];
}

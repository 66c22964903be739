// What the owner is told when somebody else changed an instalment (ux §8). Pure.
import type { KnownBlock } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import { formatDate, formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { escapeMrkdwn, section } from './blocks.js';
import type { Message } from './info-view.js';
import { instalmentRow, type RowReader } from './row-views.js';

export interface InstalmentChange {
  readonly event: 'postponed' | 'edited' | 'deleted' | 'reassigned';
  readonly who: string;
  readonly from: LocalDate | null;
  readonly to: LocalDate | null;
}

/** One sentence, and the row as it is now with its buttons; a deleted one has none. */
export function instalmentChanged(
  row: InstalmentRowData,
  change: InstalmentChange,
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const text = sentence(row, change, reader);
  const told = section(escapeMrkdwn(text));
  if (change.event === 'deleted') return { text, blocks: [told] };
  // Also to whoever had it, who may do nothing with it any more.
  const buttons = change.event === 'reassigned' ? 'none' : 'full';
  return { text, blocks: [told, ...instalmentRow(row, reader, { buttons })] };
}

function sentence(row: InstalmentRowData, change: InstalmentChange, { t, locale, today }: RowReader): string {
  const words = {
    who: truncate(change.who, 40),
    row: t('plans:row_text', {
      customer: shortCustomer(locale, row.customerName),
      contract: row.contractNumber,
      n: row.seq,
    }),
  };
  const day = (date: LocalDate | null) =>
    date === null ? t('common:state.undated') : formatDate(locale, date, today);
  const dates = { from: day(change.from), to: day(change.to) };
  if (change.event === 'deleted') {
    const amount = formatMoney(locale, { minor: row.amount, currency: row.currency });
    return t('plans:changed.deleted', { ...words, amount });
  }
  if (change.event === 'reassigned')
    return t('plans:changed.reassigned', { ...words, owner: truncate(row.ownerName, 40) });
  if (change.event === 'postponed') return t('plans:changed.postponed', { ...words, ...dates });
  const moved = change.from !== change.to;
  return moved ? t('plans:changed.moved', { ...words, ...dates }) : t('plans:changed.edited', words);
}

// What holds an instalment back, in its window: promise, pause, next contact (ux §3). Pure.
import type { KnownBlock } from '@slack/types';
import type { InstalmentDetail } from '../../domain/plans/instalment-detail.queries.js';
import { formatDate, formatMoney, truncate } from '../i18n/format.js';
import { fields, present } from './blocks.js';
import type { RowReader } from './row-views.js';

/** What holds the row back, and when somebody wants to speak with the customer again. */
export function holdFields(
  row: InstalmentDetail,
  { t, locale, today }: Pick<RowReader, 't' | 'locale' | 'today'>,
): KnownBlock[] {
  const day = (date: Parameters<typeof formatDate>[1]) => formatDate(locale, date, today);
  const pairs = present<readonly [string, string]>(
    row.promisedOn && [
      t('follow_ups:field.promise'),
      t('follow_ups:case.promise_open', {
        date: day(row.promisedOn),
        amount: formatMoney(locale, { minor: row.promisedAmount ?? 0n, currency: row.currency }),
      }),
    ],
    row.blockUntil && [
      t('follow_ups:field.pause'),
      t('follow_ups:field.pause_value', {
        date: day(row.blockUntil),
        reason: truncate(row.blockReason ?? '—', 300),
      }),
    ],
    row.nextContactOn && [t('follow_ups:field.next'), day(row.nextContactOn)],
  );
  return pairs.length > 0 ? [fields(pairs)] : [];
}

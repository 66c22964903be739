// To whoever can see to it: the books do not add up, and where. Pure.
import type { KnownBlock } from '@slack/types';
import type { Difference } from '../../domain/reports/books.js';
import { formatMoney } from '../i18n/format.js';
import { context, section } from './blocks.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

export function booksDiffer(
  differences: readonly Difference[],
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
): Message & { blocks: KnownBlock[] } {
  const text = t('reports:books.differ');
  const lines = differences.map(({ check, currency, count, amount }) => {
    const money = formatMoney(locale, { minor: amount, currency });
    return `• ${t(`reports:books.${check}`, { currency, count, amount: money })}`;
  });
  return {
    text,
    blocks: [section(`⚠️ ${text}\n${lines.join('\n')}`), context(t('reports:books.what_to_do'))],
  };
}

// 试算 in a ladder's window: the choice of an instalment, and what the steps would say of it (ux §4.9). Pure.
import type { KnownBlock } from '@slack/types';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { LadderTrial } from '../../domain/reminders/ladder-trial.queries.js';
import { formatDate, shortCustomer } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { actions, context, escapeMrkdwn, option, plain, present, section } from './blocks.js';
import { comingLine } from './coming-views.js';
import type { RowReader } from './row-views.js';

/** `顺达物流 · HT-2026-0001 第2期`. */
const rowWords = (row: InstalmentRowData, { t, locale }: Pick<RowReader, 't' | 'locale'>): string =>
  t('plans:row_text', {
    customer: shortCustomer(locale, row.customerName),
    contract: row.contractNumber,
    n: row.seq,
  });

export const rowOption = (row: InstalmentRowData, reader: Pick<RowReader, 't' | 'locale'>) =>
  option(rowWords(row, reader), row.id);

/** `shown`: which ladder the window shows, as it is now; for another one, or a changed one, the choice begins anew. */
export function trialBlocks(
  trial: LadderTrial | null,
  shown: { s: string; i: string | null; k: string; v: number },
  reader: RowReader,
): KnownBlock[] {
  const { t, locale, today } = reader;
  const chosen = trial && rowOption(trial.row, reader);
  const pick = actions(
    [
      {
        type: 'external_select',
        action_id: ACTION.ladderTry,
        min_query_length: 0,
        placeholder: plain(t('ladders:try.pick')),
        ...(chosen && { initial_option: chosen }),
      },
    ],
    `try:${shown.s}:${shown.i ?? ''}:${shown.k}:${shown.v}`,
  );
  if (trial === null) return [section(t('ladders:try.title')), pick];
  const { row, items, heldUntil, ackedUntil } = trial;
  const head = t('ladders:try.head', {
    row: escapeMrkdwn(rowWords(row, reader)),
    date: row.effectiveDue === null ? t('common:state.undated') : formatDate(locale, row.effectiveDue, today),
  });
  const lines = items.map((item) => comingLine(item, reader));
  return present<KnownBlock>(
    section(t('ladders:try.title')),
    heldUntil !== null && context(t('ladders:held', { date: formatDate(locale, heldUntil, today) })),
    ackedUntil !== null && context(t('ladders:acked', { date: formatDate(locale, ackedUntil, today) })),
    section([head, ...(lines.length === 0 ? [t('ladders:try.nothing')] : lines)].join('\n')),
    trial.isOther && context(t('ladders:try.other', { scope: t(`ladders:scope.${trial.scope}`) })),
    // Below: where the choice was made, the answer is seen.
    pick,
  );
}

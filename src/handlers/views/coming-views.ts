// What an instalment will be reminded of: the days with their workday shift, and whom each reaches. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { LocalDate } from '../../domain/local-date.js';
import type { ComingData, ComingItem } from '../../domain/reminders/coming.queries.js';
import { DISPUTE_DAYS } from '../../domain/reminders/hold.js';
import { formatDate, formatNames } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, modal, present, section } from './blocks.js';
import { instalmentRow, type RowReader } from './row-views.js';
import { stepDay } from './step-words.js';

/** `11-27 周五 · 到期前 3 天 → 李雷（应为 28 日周六，休息日）`. */
export function comingLine(item: ComingItem, { t, locale, today }: RowReader): string {
  const day = (date: LocalDate) => formatDate(locale, date, today);
  const names = [...item.names, ...(item.toFinanceChannel ? [t('ladders:finance_channel')] : [])];
  const asks = item.rule.level !== null && item.rule.level >= 1 && item.listedOnly !== true;
  const level = asks ? t('ladders:asks', { level: item.rule.level ?? 0 }) : '';
  const shifted = item.shifted ? t('ladders:shifted', { date: day(item.occurrenceOn) }) : '';
  return t('ladders:line', {
    date: day(item.on),
    step:
      item.cause === undefined
        ? stepDay(t, item.rule)
        : t(`ladders:cause.${item.cause}`, { days: DISPUTE_DAYS }),
    names: escapeMrkdwn(formatNames(locale, names)),
    more: `${level}${shifted}`,
  });
}

/** At most twelve lines, one a day. */
export function comingModal(data: ComingData, reader: RowReader): ModalView {
  const { t, locale, today, actor } = reader;
  const day = (date: LocalDate) => formatDate(locale, date, today);
  const lines = data.items.map((item) => comingLine(item, reader));
  const { row } = data;
  const kind = row.isRetention ? 'retention' : 'normal';
  return modal({
    callbackId: VIEW.coming,
    title: t('ladders:coming'),
    close: t('common:close'),
    metadata: JSON.stringify({ i: row.id }),
    blocks: present<KnownBlock>(
      ...instalmentRow(row, reader, { buttons: 'none' }),
      data.heldUntil !== null && context(t('ladders:held', { date: day(data.heldUntil) })),
      data.ackedUntil !== null && context(t('ladders:acked', { date: day(data.ackedUntil) })),
      section(lines.length === 0 ? t('ladders:nothing') : lines.join('\n')),
      context(t('ladders:counts', { scope: t(`ladders:scope.${data.scope}`) })),
      actor !== null &&
        can(actor, 'ladder.edit') &&
        actions([
          button(ACTION.ladder, t('ladders:title'), {
            value: JSON.stringify({ s: 'instalment', i: row.id, k: kind }),
          }),
        ]),
    ),
  });
}

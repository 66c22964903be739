// The sentence that counts what waits, shared by /hk, the to-do list, the digest and Home. Pure.
import type { WaitingBySort } from '../../domain/home/waiting-item.queries.js';
import type { TodoCounts } from '../../domain/reminders/todo.queries.js';
import { formatDate, formatTotals } from '../i18n/format.js';
import type { RowReader } from './row-views.js';

type Sorts = WaitingBySort['sorts'];

/**
 * 11月21日 周六 · 逾期 2 笔 ¥… · 今日到期 1 笔 · 等你处理 3 件, or that nothing waits (ux §4.2); `sorts`: of what those that
 * wait are, where no groups follow that say it.
 */
export function countsLine(counts: TodoCounts, reader: RowReader, sorts: Sorts = []): string {
  const { locale, today } = reader;
  if (counts.overdue + counts.dueToday + counts.waiting === 0) return reader.t('reminders:nothing');
  return `${formatDate(locale, today, today)} · ${countsOnly(counts, reader, sorts)}`;
}

/** The same without the day, below a heading that says it. */
export function countsOnly(counts: TodoCounts, reader: RowReader, sorts: Sorts = []): string {
  const { t } = reader;
  return [
    counts.overdue > 0
      ? t('reminders:count.overdue', {
          count: counts.overdue,
          total: formatTotals(reader.locale, counts.overdueTotals),
        })
      : t('reminders:count.no_overdue'),
    counts.dueToday > 0
      ? t('reminders:count.due_today', { count: counts.dueToday })
      : t('reminders:count.no_due_today'),
    // "Nothing waits for you" beside overdue rows would contradict itself.
    ...(counts.waiting > 0
      ? [
          withSorts(
            t(
              // Beside money that is late or due it is what waits besides, as Home counts both together.
              counts.overdue + counts.dueToday > 0
                ? 'reminders:count.waiting_more'
                : 'reminders:count.waiting',
              { count: counts.waiting },
            ),
            sorts,
            t,
          ),
        ]
      : []),
  ].join(' · ');
}

function withSorts(waiting: string, sorts: Sorts, t: RowReader['t']): string {
  if (sorts.length === 0) return waiting;
  const parts = sorts.map(({ sort, total }) => t(`reminders:count.sort.${sort}`, { count: total }));
  return t('reminders:count.waiting_of', { waiting, sorts: parts.join(t('common:comma')) });
}

// The newest of what happened to an instalment, a line each (ux §3). Pure.
import type { HistoryEntry, InstalmentDetail } from '../../domain/plans/instalment-detail.queries.js';
import { formatDate, formatInstant, formatMoney, truncate } from '../i18n/format.js';
import { trailWords, whoDid } from './approval-trail-views.js';
import { escapeMrkdwn } from './blocks.js';
import { followUpWords } from './follow-up-views.js';
import type { RowReader } from './row-views.js';

/** Lines as mrkdwn, newest first. */
export function historyText(row: InstalmentDetail, reader: RowReader): string {
  if (row.history.length === 0) return reader.t('plans:history.none');
  return row.history.map((entry) => historyLine(entry, row.currency, reader)).join('\n');
}

function historyLine(entry: HistoryEntry, currency: string, reader: RowReader): string {
  const { t, locale, now, timezone } = reader;
  return t('plans:history.line', {
    at: formatInstant(locale, entry.at, now, timezone),
    who: escapeMrkdwn(whoDid(entry, t)),
    what: historyWords(entry, currency, reader),
  });
}

const FIELDS = ['name', 'amount', 'dueOn', 'plannedMethod', 'remindDaysAhead', 'remark'] as const;

function historyWords(entry: HistoryEntry, currency: string, reader: RowReader): string {
  const { t, locale, today } = reader;
  const day = (date: Parameters<typeof formatDate>[1] | null) =>
    date ? formatDate(locale, date, today) : t('common:state.undated');
  switch (entry.kind) {
    case 'created': {
      const amount = formatMoney(locale, { minor: entry.amount, currency });
      const facts = { amount, date: day(entry.dueOn) };
      return entry.splitFrom === null
        ? t('plans:history.created', facts)
        : t('splits:history_from', { ...facts, n: entry.splitFrom });
    }
    case 'edited': {
      const known = FIELDS.filter((field) => entry.fields.includes(field));
      if (known.length === 0) return t('plans:history.edited_nothing');
      const separator = locale === 'en' ? ', ' : '、';
      const names = known.map((field) => t(`plans:history.field.${field}`)).join(separator);
      return t('plans:history.edited', { fields: names });
    }
    case 'postponed': {
      const dates = { from: day(entry.from), to: day(entry.to) };
      if (entry.remark === null) return t('plans:history.postponed', dates);
      const remark = escapeMrkdwn(truncate(entry.remark, 80));
      return t('plans:history.postponed_remark', { ...dates, remark });
    }
    case 'split':
      return t('splits:history', { count: entry.count });
    case 'moved':
      return t('plans:history.moved', { from: day(entry.from), to: day(entry.to) });
    case 'asked':
    case 'rejected':
    case 'withdrawn':
    case 'cancelled':
      return t(`postponements:history.${entry.kind}`, {
        from: day(entry.from),
        to: day(entry.to),
        remark: escapeMrkdwn(truncate(entry.remark ?? '—', 80)),
      });
    case 'adjustment':
      return t(`adjustments:history.${entry.event}`, {
        what: t(`adjustments:what.${entry.what}`),
        amount: formatMoney(locale, { minor: entry.amount, currency }),
      });
    case 'recovered':
    case 'recovery_reversed':
      return t(`adjustments:history.${entry.kind}`, {
        number: entry.number,
        amount: formatMoney(locale, { minor: entry.amount, currency }),
      });
    case 'follow_up':
      return escapeMrkdwn(followUpWords(entry.followUp, currency, reader));
    case 'approval':
      return trailWords(entry, t);
    case 'resumed':
      return t('follow_ups:history.resumed');
    case 'receipt': {
      const status = RECEIPT_STATES.find((state) => state === entry.status) ?? 'draft';
      return t('plans:history.receipt', {
        number: entry.number,
        amount: formatMoney(locale, { minor: entry.amount, currency }),
        state: t(`common:receipt_state.${status}`),
      });
    }
    default:
      return t(`plans:history.${entry.kind}`);
  }
}

const RECEIPT_STATES = ['draft', 'submitted', 'approved', 'rejected', 'partly_reversed', 'reversed'] as const;

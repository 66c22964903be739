// The rows behind a total of a report as a window: what it counts with, how late, whose. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { diffDays } from '../../domain/local-date.js';
import { BUCKETS, type ReportPart, type ReportQuery } from '../../domain/reports/report.js';
import type { ReportRow, ReportRows } from '../../domain/reports/rows.queries.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION } from '../ids.js';
import { REPORT } from '../report-ids.js';
import { groupName, type ReportWords } from './aging-views.js';
import { button, context, escapeMrkdwn, modal, present, section } from './blocks.js';
import { pager } from './list-views.js';
import { type RowReader, rowValue } from './row-views.js';

/** A total's name: a bucket, or a column. */
export function partName(of: ReportPart['o'], t: Translate): string {
  const bucket = BUCKETS.find((one) => one === of);
  if (bucket !== undefined) return t(`reports:bucket.${bucket}`);
  return t(`reports:column.${of as Exclude<ReportPart['o'], (typeof BUCKETS)[number]>}`);
}

/** What was looked into, in words: the total, the group, the days. */
function titleOf(part: ReportPart, name: string, query: ReportQuery, words: ReportWords): string {
  const { t, locale, today } = words;
  const day = (date: ReportPart['f']) => (date === undefined ? '' : formatDate(locale, date, today));
  return present<string>(
    part.k !== undefined && groupName({ key: part.k, name }, query.by, words),
    partName(part.o, t),
    part.t !== undefined &&
      (part.f === undefined
        ? t('reports:rows.until', { to: day(part.t) })
        : t('reports:week', { from: day(part.f), to: day(part.t) })),
  ).join(' · ');
}

/** Which page of which part; comes back with the click on a page. */
const partState = (query: ReportQuery, part: ReportPart, page: number): string =>
  JSON.stringify({ q: query, part, p: page });

/** Twenty rows a page, each with [打开]. */
export function reportRowsModal(
  query: ReportQuery,
  part: ReportPart,
  found: ReportRows,
  words: ReportWords,
): ModalView {
  const { t, locale } = words;
  const amount = formatMoney(locale, { minor: found.amount, currency: query.currency });
  const title = titleOf(part, found.groupName, query, words);
  return modal({
    callbackId: REPORT.rows,
    title: t(`reports:name.${query.kind}`),
    close: t('common:close'),
    blocks: [
      section(t('reports:rows', { what: `*${escapeMrkdwn(title)}*`, count: found.total, amount })),
      ...found.rows.map((row) => rowSection(row, query, words)),
      ...(found.total === 0 ? [section(t('reports:row.none'))] : []),
      context(t('reports:note.currency', { currency: query.currency })),
      ...pager(t, found, REPORT.page, (page) => partState(query, part, page)),
    ],
  });
}

function rowSection(row: ReportRow, query: ReportQuery, { t, locale, today }: RowReader): KnownBlock {
  const customer = shortCustomer(locale, row.customerName);
  const title = t('reports:row.title', {
    customer: escapeMrkdwn(customer),
    contract: escapeMrkdwn(row.contractNumber),
    n: row.seq,
    name: escapeMrkdwn(shortName(locale, row.name)),
  });
  const facts = t('reports:row.facts', {
    age: ageWords(row, query, { t, locale, today }),
    amount: formatMoney(locale, { minor: row.amount, currency: query.currency }),
    owner: escapeMrkdwn(shortName(locale, row.ownerName)),
  });
  const label = `${t('common:open')} ${customer} ${row.contractNumber} ${row.seq}`;
  const open = button(ACTION.instalmentOpen, t('common:open'), { value: rowValue(row.id), label });
  return section(`${title}\n${facts}`, open);
}
function ageWords(
  { due }: ReportRow,
  query: ReportQuery,
  { t, locale, today }: Pick<RowReader, 't' | 'locale' | 'today'>,
): string {
  if (due === null) return t('reports:row.undated');
  const days = diffDays(query.to, due);
  const date = formatDate(locale, due, today);
  return days > 0 ? t('reports:row.late', { date, count: days }) : t('reports:row.not_due', { date });
}

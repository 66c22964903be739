// Aging as a document, and the rows behind one of its buckets or groups as a window (ux §4.11). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { diffDays } from '../../domain/local-date.js';
import type { Aging, AgingPart, AgingRow, AgingRows, AgingSums } from '../../domain/reports/aging.queries.js';
import { BUCKETS, type ReportQuery } from '../../domain/reports/report.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { button, context, escapeMrkdwn, modal, section } from './blocks.js';
import { pager } from './list-views.js';
import { chartValue, type DocCell, moneyCell, percentText, type ReportDoc, textCell } from './report-doc.js';
import { type RowReader, rowValue } from './row-views.js';

/** What the names of keys need. */
export interface ReportWords extends RowReader {
  readonly contractTypes: readonly DictionaryEntry[];
  readonly paymentMethods: readonly DictionaryEntry[];
}

/** A group as people call it; what belongs to none says so. */
export function groupName(line: { key: string; name: string }, by: ReportQuery['by'], words: ReportWords) {
  if (line.key === '') return words.t(`reports:none.${by}`);
  return by === 'type' ? dictionaryName(words.contractTypes, line.key, words.locale) : line.name;
}

const overdueOf = (sums: AgingSums): bigint => sums.open - sums.buckets.not_due - sums.buckets.undated;

/** The report: what is open and how late first, then the groups, the check last. */
export function agingDoc(aging: Aging, query: ReportQuery, words: ReportWords): ReportDoc {
  const { t, locale, today } = words;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: query.currency });
  const { total } = aging;
  const cells = (name: string, sums: AgingSums): DocCell[] => [
    textCell(name),
    ...BUCKETS.map((bucket) => moneyCell(locale, sums.buckets[bucket], query.currency)),
    moneyCell(locale, sums.open, query.currency),
    moneyCell(locale, sums.retention, query.currency),
    moneyCell(locale, -sums.credit, query.currency),
  ];
  const worst = aging.lines.reduce<Aging['lines'][number] | null>(
    (most, line) => (overdueOf(line) > (most === null ? 0n : overdueOf(most)) ? line : most),
    null,
  );
  const isEmpty = aging.lines.length === 0;
  return {
    title: t('reports:heading', {
      name: t('reports:name.aging'),
      date: formatDate(locale, query.to, today),
      by: t(`reports:by.${query.by}`),
    }),
    lead: isEmpty
      ? [t('reports:empty')]
      : [
          t('reports:aging.lead', {
            open: money(total.open),
            overdue: money(overdueOf(total)),
            rate: percentText(locale, overdueOf(total), total.open),
            late: money(total.buckets.d180 + total.buckets.older),
          }),
          ...(worst
            ? [
                t('reports:aging.first', {
                  name: escapeMrkdwn(shortCustomer(locale, groupName(worst, query.by, words))),
                  overdue: money(overdueOf(worst)),
                }),
              ]
            : []),
          t('reports:aging.more', {
            credit: money(total.credit),
            retention: money(total.retention),
            count: total.count,
          }),
        ],
    columns: [
      { name: t(`reports:group.${query.by}`) },
      ...BUCKETS.map((bucket) => ({ name: t(`reports:bucket.${bucket}`), numeric: true })),
      { name: t('reports:total'), numeric: true },
      { name: t('reports:retention'), numeric: true },
      { name: t('reports:credit'), numeric: true },
    ],
    rows: aging.lines.map((line) => cells(groupName(line, query.by, words), line)),
    foot: [
      ...(aging.others ? [cells(t('reports:others', { count: aging.others.groups }), aging.others)] : []),
      cells(t('reports:total'), total),
    ],
    chart: {
      type: 'bar',
      title: t('reports:chart'),
      categories: BUCKETS.map((bucket) => t(`reports:bucket.${bucket}`)),
      series: [
        {
          name: query.currency,
          values: BUCKETS.map((bucket) => chartValue(total.buckets[bucket], query.currency)),
        },
      ],
    },
    notes: [
      checkWords(aging, money, t),
      t(`reports:note.${query.due}`),
      t('reports:note.currency', { currency: query.currency }),
    ],
  };
}

function checkWords(aging: Aging, money: (minor: bigint) => string, t: Translate): string {
  const { difference, total } = aging;
  if (difference !== 0n) return `⚠️ ${t('reports:differs', { difference: money(difference) })}`;
  return t('reports:check', { buckets: money(total.open + difference), open: money(total.open) });
}

export interface AgingWindow {
  readonly query: ReportQuery;
  readonly part: AgingPart;
  /** What was looked into, in words. */
  readonly title: string;
  readonly found: AgingRows;
}

/** Which page of which part; comes back with the click on a page. */
export const partState = (query: ReportQuery, part: AgingPart, page: number): string =>
  JSON.stringify({ q: query, ...part, p: page });

/** The rows behind a bucket or a group, twenty a page, each with [打开]. */
export function agingRowsModal({ query, part, title, found }: AgingWindow, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const open = formatMoney(locale, { minor: found.open, currency: query.currency });
  return modal({
    callbackId: VIEW.reportRows,
    title: t('reports:name.aging'),
    close: t('common:close'),
    blocks: [
      section(t('reports:rows', { what: `*${escapeMrkdwn(title)}*`, count: found.total, open })),
      ...found.rows.map((row) => agingRow(row, query, reader)),
      ...(found.total === 0 ? [section(t('reports:row.none'))] : []),
      context(t('reports:note.currency', { currency: query.currency })),
      ...pager(t, found, ACTION.reportPage, (page) => partState(query, part, page)),
    ],
  });
}

function agingRow(row: AgingRow, query: ReportQuery, { t, locale, today }: RowReader): KnownBlock {
  const customer = shortCustomer(locale, row.customerName);
  const title = t('reports:row.title', {
    customer: escapeMrkdwn(customer),
    contract: escapeMrkdwn(row.contractNumber),
    n: row.seq,
    name: escapeMrkdwn(shortName(locale, row.name)),
  });
  const facts = t('reports:row.facts', {
    age: ageWords(row, query, { t, locale, today }),
    open: formatMoney(locale, { minor: row.outstanding, currency: query.currency }),
    owner: escapeMrkdwn(shortName(locale, row.ownerName)),
  });
  const label = `${t('common:open')} ${customer} ${row.contractNumber} ${row.seq}`;
  const open = button(ACTION.instalmentOpen, t('common:open'), { value: rowValue(row.id), label });
  return section(`${title}\n${facts}`, open);
}

function ageWords(
  { due }: AgingRow,
  query: ReportQuery,
  { t, locale, today }: Pick<RowReader, 't' | 'locale' | 'today'>,
): string {
  if (due === null) return t('reports:row.undated');
  const days = diffDays(query.to, due);
  const date = formatDate(locale, due, today);
  return days > 0 ? t('reports:row.late', { date, count: days }) : t('reports:row.not_due', { date });
}

// Aging as a document (ux §4.11). Pure.
import type { Aging, AgingLine, AgingSums } from '../../domain/reports/aging.queries.js';
import { BUCKETS, type ReportQuery } from '../../domain/reports/report.js';
import type { ReportNames } from '../../domain/reports/report-names.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import { escapeMrkdwn } from './blocks.js';
import { chartValue, type Doc, type DocCell, moneyCell, percentText, textCell } from './report-doc.js';
import type { RowReader } from './row-views.js';

/** What the names of keys need. */
export interface ReportWords extends RowReader {
  readonly contractTypes: readonly DictionaryEntry[];
  readonly paymentMethods: readonly DictionaryEntry[];
  /** Of whom and what the report is narrowed to. */
  readonly names: ReportNames;
}

/** A group as people call it; what belongs to none says so. */
export function groupName(line: { key: string; name: string }, by: ReportQuery['by'], words: ReportWords) {
  if (line.key === '') return words.t(`reports:none.${by}`);
  return by === 'type' ? dictionaryName(words.contractTypes, line.key, words.locale) : line.name;
}

const overdueOf = (sums: AgingSums): bigint => sums.open - sums.buckets.not_due - sums.buckets.undated;

/** A day that has not come is told as such: nothing is known of it but what is open now. */
export const aheadNote = (query: ReportQuery, { t, locale, today }: ReportWords): string[] =>
  query.to > today ? [t('reports:note.ahead', { date: formatDate(locale, query.to, today) })] : [];

const cellsOf = (
  name: string,
  sums: AgingSums,
  { currency }: ReportQuery,
  { locale }: ReportWords,
): DocCell[] => [
  textCell(name),
  ...BUCKETS.map((bucket) => moneyCell(locale, sums.buckets[bucket], currency)),
  moneyCell(locale, sums.open, currency),
  moneyCell(locale, sums.retention, currency),
  moneyCell(locale, -sums.credit, currency),
];

/** A row for each group, as they are asked for. */
export function* agingRows(
  lines: readonly AgingLine[],
  query: ReportQuery,
  words: ReportWords,
): Generator<DocCell[]> {
  for (const line of lines) yield cellsOf(groupName(line, query.by, words), line, query, words);
}

/** The report: what is open and how late first, then the groups. */
export function agingDoc(aging: Aging, query: ReportQuery, words: ReportWords): Doc {
  const { t, locale, today } = words;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: query.currency });
  const { total } = aging;
  const { worst } = aging;
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
    rows: [...agingRows(aging.lines, query, words)],
    foot: [
      ...(aging.others
        ? [cellsOf(t('reports:others', { count: aging.others.groups }), aging.others, query, words)]
        : []),
      cellsOf(t('reports:total'), total, query, words),
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
      t(`reports:note.${query.due}`),
      ...aheadNote(query, words),
      t('reports:note.currency', { currency: query.currency }),
    ],
  };
}

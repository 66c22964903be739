// Reports about groups over a period as documents: progress, debts, overdue, habits, performance. Each says first what its
// reader decides from. Pure.

import { kpiValue, type Measure, type Measures } from '../../domain/reports/measures.js';
import type { Measured, MeasuredLine } from '../../domain/reports/measures.queries.js';
import type { MeasuredKind } from '../../domain/reports/read-report.queries.js';
import type { ReportQuery } from '../../domain/reports/report.js';
import { isOfPeriod } from '../../domain/reports/report.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import type { Translate, WordKey } from '../i18n/index.js';
import { aheadNote, groupName, type ReportWords } from './aging-views.js';
import { escapeMrkdwn } from './blocks.js';
import { chartNames } from './chart-names.js';
import {
  chartValue,
  countCell,
  type Doc,
  type DocCell,
  daysCell,
  moneyCell,
  percentCell,
  percentText,
  textCell,
} from './report-doc.js';

type Column =
  | { readonly money: Measure }
  | { readonly count: Measure }
  | { readonly days: Measure }
  /** `part` ÷ `whole` as a share. */
  | { readonly share: readonly [part: Measure, whole: Measure]; readonly name: string }
  /** `part` ÷ `whole` in days. */
  | { readonly average: readonly [part: Measure, whole: Measure]; readonly name: string }
  | { readonly net: readonly [plus: Measure, minus: Measure]; readonly name: string };

const COLUMNS: { readonly [K in MeasuredKind]: readonly Column[] } = {
  progress: [
    { money: 'contracted' },
    { money: 'collected' },
    { share: ['collected', 'contracted'], name: 'collected_share' },
    { money: 'due' },
    { money: 'duePaid' },
    { share: ['duePaid', 'due'], name: 'collection_rate' },
    { money: 'received' },
    { money: 'open' },
    { money: 'overdue' },
  ],
  debts: [
    { money: 'open' },
    { money: 'overdue' },
    { days: 'oldest' },
    { money: 'retention' },
    { money: 'disputed' },
    { money: 'promised' },
    { money: 'credit' },
    { net: ['open', 'credit'], name: 'net' },
  ],
  overdue: [
    { money: 'overdue' },
    { count: 'overdueCount' },
    { share: ['overdue', 'open'], name: 'overdue_rate' },
    { days: 'oldest' },
    { average: ['overdueDays', 'overdue'], name: 'average_overdue' },
    { money: 'disputed' },
    { money: 'promised' },
    { count: 'broken' },
    { count: 'silent' },
  ],
  habits: [
    { count: 'settled' },
    { share: ['onTime', 'judged'], name: 'on_time_rate' },
    { average: ['lateDays', 'lateAmount'], name: 'average_late' },
    { money: 'lateAmount' },
    { count: 'promisesDue' },
    { share: ['promisesKept', 'promisesDue'], name: 'kept_rate' },
    { money: 'open' },
    { money: 'overdue' },
  ],
  performance: [
    { money: 'due' },
    { money: 'duePaid' },
    { share: ['duePaid', 'due'], name: 'collection_rate' },
    { money: 'received' },
    { share: ['onTime', 'judged'], name: 'on_time_rate' },
    { average: ['lateDays', 'lateAmount'], name: 'average_late' },
    { money: 'overdue' },
    { share: ['overdue', 'open'], name: 'overdue_rate' },
    { count: 'followUps' },
    { share: ['promisesKept', 'promisesDue'], name: 'kept_rate' },
  ],
};

/** What each chart compares. */
const CHARTS: { readonly [K in MeasuredKind]: readonly Measure[] } = {
  progress: ['due', 'duePaid'],
  debts: ['open', 'overdue'],
  overdue: ['overdue'],
  habits: ['lateAmount', 'overdue'],
  performance: ['due', 'duePaid'],
};
const CHART_GROUPS = 8;

const columnName = (column: Column): string =>
  'money' in column
    ? column.money
    : 'count' in column
      ? column.count
      : 'days' in column
        ? column.days
        : column.name;

const rowOf = (
  kind: MeasuredKind,
  name: string,
  sums: Measures,
  query: ReportQuery,
  words: ReportWords,
): DocCell[] => [textCell(name), ...COLUMNS[kind].map((column) => cellOf(column, sums, query, words))];

/**
 * Whether anything stands in its row. A share of nothing (0%) is no reason to be listed: who has nothing overdue is not told of
 * as overdue.
 */
const saysAnything = (kind: MeasuredKind, line: MeasuredLine, query: ReportQuery, words: ReportWords) =>
  COLUMNS[kind].some((column) => !('share' in column) && cellOf(column, line, query, words).text !== '—');

/** A row for each group of which there is anything to say, as they are asked for. */
export function* measuredRows(
  kind: MeasuredKind,
  lines: readonly MeasuredLine[],
  query: ReportQuery,
  words: ReportWords,
): Generator<DocCell[]> {
  for (const line of lines)
    if (saysAnything(kind, line, query, words))
      yield rowOf(kind, groupName(line, query.by, words), line, query, words);
}

/** The report: its answer first, then the groups that matter most. */
export function measuredDoc(
  kind: MeasuredKind,
  { lines, others, total }: Measured,
  query: ReportQuery,
  words: ReportWords,
): Doc {
  const { t, locale, today } = words;
  const nameOf = (line: MeasuredLine) => groupName(line, query.by, words);
  const row = (name: string, sums: Measures) => rowOf(kind, name, sums, query, words);
  const day = (date: ReportQuery['to']) => formatDate(locale, date, today);
  const shown = lines.filter((line) => saysAnything(kind, line, query, words));
  const charted = shown
    .filter((line) => CHARTS[kind].some((measure) => line[measure] !== 0n))
    .slice(0, CHART_GROUPS);
  return {
    title: t(isOfPeriod(kind) ? 'reports:heading.period' : 'reports:heading', {
      name: t(`reports:name.${kind}`),
      date: day(query.to),
      from: day(query.from),
      by: t(`reports:by.${query.by}`),
    }),
    lead:
      shown.length === 0 ? [t('reports:empty.period')] : leadOf(kind, { lines: shown, total }, query, words),
    columns: [
      { name: t(`reports:group.${query.by}`) },
      ...COLUMNS[kind].map((column) => ({
        name: t(`reports:column.${columnName(column)}` as WordKey),
        numeric: true,
      })),
    ],
    rows: [...measuredRows(kind, shown, query, words)],
    foot: [...(others ? [row(othersName(others.groups, t), others)] : []), row(t('reports:total'), total)],
    chart:
      charted.length === 0
        ? null
        : {
            type: 'bar',
            title: t(`reports:name.${kind}`),
            categories: chartNames(charted.map(nameOf)),
            series: CHARTS[kind].map((measure) => ({
              name: t(`reports:column.${measure}` as WordKey),
              values: charted.map((line) => chartValue(line[measure], query.currency)),
            })),
          },
    notes: [
      t(`reports:note.${kind}`),
      ...aheadNote(query, words),
      t('reports:note.currency', { currency: query.currency }),
    ],
  };
}

const othersName = (groups: number | null, t: Translate): string =>
  groups === null ? t('reports:others_rest') : t('reports:others', { count: groups });

function cellOf(column: Column, sums: Measures, { currency }: ReportQuery, { locale }: ReportWords): DocCell {
  if ('money' in column) return moneyCell(locale, sums[column.money], currency);
  if ('count' in column) return countCell(locale, sums[column.count]);
  if ('days' in column) return countCell(locale, sums[column.days]);
  if ('share' in column) return percentCell(locale, sums[column.share[0]], sums[column.share[1]]);
  if ('average' in column) {
    const [part, whole] = column.average;
    return daysCell(locale, kpiValue({ part: sums[part], whole: sums[whole], times: 1 }));
  }
  return moneyCell(locale, sums[column.net[0]] - sums[column.net[1]], currency);
}

/** What the reader decides from, in two or three sentences. */
function leadOf(
  kind: MeasuredKind,
  { lines, total }: Pick<Measured, 'lines' | 'total'>,
  query: ReportQuery,
  words: ReportWords,
): string[] {
  const { t, locale } = words;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: query.currency });
  const first = (measure: Measure) => {
    const [most] = lines.toSorted((a, b) =>
      a[measure] === b[measure] ? 0 : a[measure] > b[measure] ? -1 : 1,
    );
    if (!most || most[measure] === 0n) return [];
    const name = escapeMrkdwn(shortCustomer(locale, groupName(most, query.by, words)));
    return [
      t('reports:first', {
        what: t(`reports:column.${measure}` as WordKey),
        name,
        value: money(most[measure]),
      }),
    ];
  };
  const facts = {
    open: money(total.open),
    overdue: money(total.overdue),
    overdueRate: percentText(locale, total.overdue, total.open),
    due: money(total.due),
    paid: money(total.duePaid),
    missing: money(total.due - total.duePaid),
    rate: percentText(locale, total.duePaid, total.due),
    received: money(total.received),
    net: money(total.open - total.credit),
    credit: money(total.credit),
    disputed: money(total.disputed),
    promised: money(total.promised),
    silent: Number(total.silent),
    broken: Number(total.broken),
    onTime: percentText(locale, total.onTime, total.judged),
    late: daysCell(locale, kpiValue({ part: total.lateDays, whole: total.lateAmount, times: 1 })).text,
    kept: percentText(locale, total.promisesKept, total.promisesDue),
    count: Number(total.overdueCount),
  };
  const LEAD_FIRST = {
    progress: 'open',
    debts: 'open',
    overdue: 'overdue',
    habits: null,
    performance: null,
  } as const;
  const measure = LEAD_FIRST[kind];
  return [t(`reports:lead.${kind}`, facts), ...(measure === null ? [] : first(measure))];
}

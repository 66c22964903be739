// The forecast as a document: thirteen weeks in both views with the range, and how the last Mondays did. Pure.
import type { Forecast } from '../../domain/reports/forecast.queries.js';
import type { ReportQuery } from '../../domain/reports/report.js';
import { formatDate, formatMoney } from '../i18n/format.js';
import { chartValue, type Doc, moneyCell, percentText, textCell } from './report-doc.js';
import type { RowReader } from './row-views.js';

export function forecastDoc({ weeks, credit, errors }: Forecast, query: ReportQuery, reader: RowReader): Doc {
  const { t, locale, today } = reader;
  const { currency } = query;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const cell = (minor: bigint) => moneyCell(locale, minor, currency);
  const sum = (pick: (week: Forecast['weeks'][number]) => bigint) =>
    weeks.reduce((total, week) => total + pick(week), 0n);
  const month = (week: Forecast['weeks'][number]) =>
    t('reports:week', { from: week.from.slice(5), to: week.to.slice(5) });
  const [first] = weeks;
  const [contract, expected] = [sum((week) => week.contract), sum((week) => week.expected)];
  const isEmpty = contract === 0n && expected === 0n;
  return {
    title: t('reports:heading.forecast', {
      name: t('reports:name.forecast'),
      date: formatDate(locale, query.to, today),
    }),
    lead:
      isEmpty || !first
        ? [t('reports:empty.forecast')]
        : [
            t('reports:lead.forecast', {
              expected: money(expected),
              contract: money(contract),
              week: money(first.expected),
              low: money(first.low),
              high: money(first.high),
              credit: money(credit),
            }),
            ...errorWords({ errors }, money, reader),
          ],
    columns: [
      { name: t('reports:column.week') },
      ...(['by_contract', 'expected', 'low', 'high'] as const).map((name) => ({
        name: t(`reports:column.${name}`),
        numeric: true,
      })),
    ],
    rows: isEmpty
      ? []
      : weeks.map((week) => [
          textCell(month(week)),
          ...[week.contract, week.expected, week.low, week.high].map(cell),
        ]),
    // A range of the sum is not the sum of ranges.
    foot: [[textCell(t('reports:total')), cell(contract), cell(expected), textCell(''), textCell('')]],
    chart: {
      type: 'line',
      title: t('reports:name.forecast'),
      categories: weeks.map(month),
      series: [
        {
          name: t('reports:column.by_contract'),
          values: weeks.map((week) => chartValue(week.contract, currency)),
        },
        {
          name: t('reports:column.expected'),
          values: weeks.map((week) => chartValue(week.expected, currency)),
        },
      ],
    },
    notes: [t('reports:note.forecast'), t('reports:note.currency', { currency })],
  };
}

/** How far the Mondays' forecasts of their own week were off, beside the due dates. */
function errorWords(
  { errors }: Pick<Forecast, 'errors'>,
  money: (minor: bigint) => string,
  { t, locale }: RowReader,
): string[] {
  if (errors.length === 0) return [];
  const off = (pick: (one: Forecast['errors'][number]) => bigint) =>
    errors.reduce((sum, one) => {
      const difference = pick(one) - one.received;
      return sum + (difference < 0n ? -difference : difference);
    }, 0n);
  const received = errors.reduce((sum, one) => sum + one.received, 0n);
  const [ours, naive] = [off((one) => one.expected), off((one) => one.contract)];
  return [
    t('reports:forecast.errors', {
      count: errors.length,
      error: money(ours / BigInt(errors.length)),
      share: percentText(locale, ours, received),
      naive: money(naive / BigInt(errors.length)),
    }),
  ];
}

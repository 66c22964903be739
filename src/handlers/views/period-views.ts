// The trend by month, receipt detail, and the window of KPIs with the formula and both sides of each. Pure.
import type { ModalView } from '@slack/types';
import { type Kpi, kpiValue } from '../../domain/reports/measures.js';
import type { Month } from '../../domain/reports/months.queries.js';
import type { DetailRow, ReceiptDetail } from '../../domain/reports/receipt-detail.queries.js';
import type { StepEffect } from '../../domain/reports/reminder-effect.queries.js';
import type { ReportQuery } from '../../domain/reports/report.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, numberFormat } from '../i18n/format.js';
import { VIEW } from '../ids.js';
import { context, modal, section } from './blocks.js';
import {
  chartValue,
  type Doc,
  type DocCell,
  dayCell,
  moneyCell,
  percentCell,
  percentText,
  textCell,
} from './report-doc.js';
import type { RowReader } from './row-views.js';
import { stepDay } from './step-words.js';

const heading = (name: string, query: ReportQuery, { t, locale, today }: RowReader): string =>
  t('reports:heading.span', {
    name,
    from: formatDate(locale, query.from, today),
    date: formatDate(locale, query.to, today),
  });

/** Month by month: what fell due, and how much of it was paid in time, by now, and came in at all. */
export function trendDoc(months: readonly Month[], query: ReportQuery, reader: RowReader): Doc {
  const { t, locale } = reader;
  const money = (minor: bigint) => moneyCell(locale, minor, query.currency);
  const sum = (pick: (month: Month) => bigint) => months.reduce((total, month) => total + pick(month), 0n);
  const row = (name: string, month: Omit<Month, 'month'>) => [
    textCell(name),
    money(month.due),
    money(month.paidInTime),
    percentCell(locale, month.paidInTime, month.due),
    money(month.paid),
    percentCell(locale, month.paid, month.due),
    money(month.received),
  ];
  const total = {
    due: sum((month) => month.due),
    paidInTime: sum((month) => month.paidInTime),
    paid: sum((month) => month.paid),
    received: sum((month) => month.received),
  };
  const isEmpty = total.due === 0n && total.received === 0n;
  const nameOf = (month: Month) => month.month.slice(0, 7);
  return {
    title: heading(t('reports:name.trend'), query, reader),
    lead: isEmpty
      ? [t('reports:empty.period')]
      : [
          t('reports:lead.trend', {
            due: formatMoney(locale, { minor: total.due, currency: query.currency }),
            rate: percentText(locale, total.paidInTime, total.due),
            now: percentText(locale, total.paid, total.due),
            received: formatMoney(locale, { minor: total.received, currency: query.currency }),
          }),
        ],
    columns: [
      { name: t('reports:column.month') },
      ...(['due', 'paid_in_time', 'in_time_rate', 'paid_now', 'collection_rate', 'received'] as const).map(
        (name) => ({
          name: t(`reports:column.${name}`),
          numeric: true,
        }),
      ),
    ],
    rows: isEmpty ? [] : months.map((month) => row(nameOf(month), month)),
    foot: [row(t('reports:total'), total)],
    chart: {
      type: 'line',
      title: t('reports:name.trend'),
      categories: months.map(nameOf),
      series: [
        { name: t('reports:column.due'), values: months.map((one) => chartValue(one.due, query.currency)) },
        {
          name: t('reports:column.paid_in_time'),
          values: months.map((one) => chartValue(one.paidInTime, query.currency)),
        },
        {
          name: t('reports:column.received'),
          values: months.map((one) => chartValue(one.received, query.currency)),
        },
      ],
    },
    notes: [
      t('reports:note.trend'),
      ...(months.some((month) => month.paid < month.paidInTime) ? [t('reports:note.taken_back')] : []),
      t('reports:note.currency', { currency: query.currency }),
    ],
  };
}

type ReceiptsReader = RowReader & { readonly paymentMethods: readonly DictionaryEntry[] };

const moneyCells = (one: ReceiptDetail['total'], { currency }: ReportQuery, { locale }: RowReader) =>
  [one.amount, one.takenBack, one.applied, one.credit].map((minor) => moneyCell(locale, minor, currency));

/** A row for each receipt, as they are asked for. */
export function* receiptRows(
  rows: readonly DetailRow[],
  query: ReportQuery,
  reader: ReceiptsReader,
): Generator<DocCell[]> {
  const { locale, today, paymentMethods } = reader;
  for (const row of rows)
    yield [
      textCell(row.number),
      dayCell(locale, row.receivedOn, today),
      textCell(row.customerName),
      textCell(row.contractNumber ?? ''),
      textCell(dictionaryName(paymentMethods, row.method, locale)),
      ...moneyCells(row, query, reader),
    ];
}

/** What came in, line by line, and what became of it. */
export function receiptsDoc(detail: ReceiptDetail, query: ReportQuery, reader: ReceiptsReader): Doc {
  const { t, locale } = reader;
  const exact = (minor: bigint) => formatMoney(locale, { minor, currency: query.currency });
  const { total, count, rows } = detail;
  const hidden = count - rows.length;
  const blank = textCell('');
  return {
    title: heading(t('reports:name.receipts'), query, reader),
    lead:
      count === 0
        ? [t('reports:empty.period')]
        : [
            t('reports:lead.receipts', {
              count,
              amount: exact(total.amount - total.takenBack),
              applied: exact(total.applied),
              credit: exact(total.credit),
            }),
          ],
    columns: [
      { name: t('reports:column.receipt') },
      { name: t('reports:column.received_on') },
      { name: t('reports:group.customer') },
      { name: t('reports:group.contract') },
      { name: t('reports:column.method') },
      ...(['amount', 'taken_back', 'applied', 'credit'] as const).map((name) => ({
        name: t(`reports:column.${name}`),
        numeric: true,
      })),
    ],
    rows: [...receiptRows(rows, query, reader)],
    foot: [
      ...(hidden > 0
        ? [[textCell(t('reports:others', { count: hidden })), ...Array.from({ length: 8 }, () => blank)]]
        : []),
      [textCell(t('reports:total')), blank, blank, blank, blank, ...moneyCells(total, query, reader)],
    ],
    chart: null,
    notes: [t('reports:note.receipts'), t('reports:note.currency', { currency: query.currency })],
  };
}

/** Every KPI with its value, its formula and what was divided by what. */
export function kpiModal(
  { kpis, steps }: { kpis: readonly Kpi[]; steps: readonly StepEffect[] },
  query: ReportQuery,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.info,
    title: t('reports:kpis'),
    close: t('common:close'),
    blocks: [
      section(heading(t('reports:kpis'), query, reader)),
      ...kpis.map((kpi) =>
        section(
          [
            `*${t('common:of_field', { label: t(`reports:kpi.${kpi.name}`), text: kpiText(kpi, reader) })}*`,
            t(`reports:formula.${kpi.name}`),
            sidesText(kpi, query, reader),
            ...(kpi.name === 'reminder_effect' ? steps.map((step) => stepText(step, reader)) : []),
          ].join('\n'),
        ),
      ),
      context(t('reports:note.kpis'), t('reports:note.currency', { currency: query.currency })),
    ],
  });
}

/** 到期前 3 天：40%（4 ÷ 10） */
function stepText({ step, reminded, paid }: StepEffect, { t, locale }: RowReader): string {
  const count = (value: bigint) => numberFormat(locale).format(value);
  return t('reports:step', {
    step: stepDay(t, step),
    share: percentText(locale, paid, reminded),
    sides: t('reports:sides', { part: count(paid), whole: count(reminded) }),
  });
}

/** A KPI's value as it is read; — where there is nothing to divide by. */
export function kpiText(kpi: Kpi, { t, locale }: Pick<RowReader, 't' | 'locale'>): string {
  if (kpi.unit === 'share') return percentText(locale, kpi.part, kpi.whole);
  const value = kpiValue(kpi);
  if (value === null) return '—';
  const days = numberFormat(locale, { maximumFractionDigits: 1 }).format(value);
  return t('reports:days', { days });
}

function sidesText(kpi: Kpi, { currency }: ReportQuery, { t, locale }: RowReader): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const count = (value: bigint) => numberFormat(locale).format(value);
  const part =
    kpi.sides === 'count'
      ? count(kpi.part)
      : kpi.sides === 'money'
        ? money(kpi.part)
        : t('reports:money_days', { money: money(kpi.part) });
  const whole = kpi.sides === 'count' ? count(kpi.whole) : money(kpi.whole);
  return t(kpi.times === 1 ? 'reports:sides' : 'reports:sides.days', { part, whole, days: kpi.times });
}

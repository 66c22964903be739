// A report as a document, whatever it is about: what it says first, a table, a chart, notes. Drawn as a message (table and
// chart), a window (where Slack has no charts) or the rows of a file. Pure.
import type { DataTableBlock, KnownBlock, TableBlock } from '@slack/types';
import type { Locale } from '../../domain/access.js';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { formatMoneyShort, formatPlainNumber, truncate } from '../i18n/format.js';
import { context, header, LIMIT, section } from './blocks.js';

/** As it is read, shortened where a message would be too long, and as a file has it. */
export interface DocCell {
  readonly text: string;
  readonly short?: string;
  /** Not cut, but to what a table of a message can carry. */
  readonly whole?: boolean;
  readonly file: string | { readonly decimal: string } | { readonly day: string };
}
export interface DocColumn {
  readonly name: string;
  readonly numeric?: boolean;
}
export interface DocChart {
  readonly type: 'bar' | 'line';
  readonly title: string;
  readonly categories: readonly string[];
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
}
export interface ReportDoc {
  readonly title: string;
  /** mrkdwn lines: the answer before the table. */
  readonly lead: readonly string[];
  readonly columns: readonly DocColumn[];
  readonly rows: readonly (readonly DocCell[])[];
  /** Lines below the rows: others, total. */
  readonly foot: readonly (readonly DocCell[])[];
  readonly chart: DocChart | null;
  /** mrkdwn lines: how it was counted, and the check. */
  readonly notes: readonly string[];
}

export const textCell = (text: string): DocCell => ({ text, file: text });

/** Exact, without the currency's sign: the report names its currency once. */
export const moneyCell = (locale: Locale, minor: bigint, currency: string): DocCell => ({
  text: minor === 0n ? '—' : formatPlainNumber(locale, toDecimalString(minor, currency)),
  short: minor === 0n ? '—' : formatMoneyShort(locale, { minor, currency }),
  file: { decimal: toDecimalString(minor, currency) },
});

/** A number for a chart, which is drawn and not counted with. */
export const chartValue = (minor: bigint, currency: string): number =>
  Number(toDecimalString(minor, currency));

/** A share in percent with one digit; without a base there is none. */
export function percentText(locale: Locale, part: bigint, whole: bigint): string {
  if (whole === 0n) return '—';
  const format = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return format.format(Number((part * 100_000n) / whole) / 100_000);
}

export const countCell = (locale: Locale, value: bigint): DocCell => ({
  text: value === 0n ? '—' : new Intl.NumberFormat(locale).format(value),
  file: { decimal: String(value) },
});
/** A share; in a file percent as a number. */
export const percentCell = (locale: Locale, part: bigint, whole: bigint): DocCell => ({
  text: percentText(locale, part, whole),
  file: whole === 0n ? '' : { decimal: (Number((part * 100_000n) / whole) / 1000).toString() },
});
/** Days with one digit; null: nothing to divide by. */
export const daysCell = (locale: Locale, days: number | null): DocCell => ({
  text: days === null ? '—' : new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(days),
  file: days === null ? '' : { decimal: days.toFixed(1) },
});
export const dayCell = (text: string, day: LocalDate): DocCell => ({ text, file: { day } });

const NAME_LENGTH = 24;
const SENTENCE_LENGTH = 200;
const text = (value: string) => ({ type: 'raw_text' as const, text: value === '' ? '—' : value });

function tableRows(doc: ReportDoc, short: boolean) {
  const shown = (cell: DocCell) =>
    text(truncate(short ? (cell.short ?? cell.text) : cell.text, cell.whole ? SENTENCE_LENGTH : NAME_LENGTH));
  return [
    doc.columns.map((column) => text(column.name)),
    ...[...doc.rows, ...doc.foot].map((row) => row.map(shown)),
  ];
}

/** A message: its blocks stay within what Slack takes, exact amounts giving way to rounded ones, then the chart. */
export function docBlocks(doc: ReportDoc, controls: KnownBlock[]): KnownBlock[] {
  const draw = (short: boolean, charted = true): KnownBlock[] => [
    ...head(doc),
    ...(doc.rows.length > 0 ? [table(doc, short)] : []),
    ...(doc.chart && charted && doc.rows.length > 0 ? [chartBlock(doc.chart)] : []),
    ...notes(doc),
    ...controls,
  ];
  const fits = (blocks: KnownBlock[]) => [...JSON.stringify(blocks)].length <= LIMIT.messageCharacters;
  return [draw(false), draw(true)].find(fits) ?? draw(true, false);
}

/** A window: the same without the chart. */
export function docWindowBlocks(doc: ReportDoc, controls: KnownBlock[]): KnownBlock[] {
  const grid: DataTableBlock = {
    type: 'data_table',
    caption: truncate(doc.title, LIMIT.header),
    page_size: 20,
    rows: tableRows(doc, false),
  };
  return [...head(doc), ...(doc.rows.length > 0 ? [grid] : []), ...notes(doc), ...controls];
}

const head = (doc: ReportDoc): KnownBlock[] => [
  header(doc.title),
  ...(doc.lead.length > 0 ? [section(doc.lead.join('\n'))] : []),
];
const notes = (doc: ReportDoc): KnownBlock[] => (doc.notes.length > 0 ? [context(doc.notes.join(' '))] : []);

const table = (doc: ReportDoc, short: boolean): TableBlock => ({
  type: 'table',
  rows: tableRows(doc, short),
  column_settings: doc.columns.map((column) => ({ align: column.numeric ? 'right' : 'left' })),
});

function chartBlock(chart: DocChart): KnownBlock {
  const block = {
    type: 'data_visualization',
    title: truncate(chart.title, 50),
    chart: {
      type: chart.type,
      series: chart.series.map(({ name, values }) => ({
        name,
        data: chart.categories.map((label, index) => ({ label, value: values[index] ?? 0 })),
      })),
      axis_config: { categories: [...chart.categories] },
    },
  };
  // Slack's types do not know this block yet.
  return block as unknown as KnownBlock;
}

/** Header and rows of a file: the whole table with its last lines. */
export function docSheet(doc: ReportDoc): { header: string[]; rows: DocCell['file'][][] } {
  return {
    header: doc.columns.map((column) => column.name),
    rows: [...doc.rows, ...doc.foot].map((row) => row.map((cell) => cell.file)),
  };
}

/** `账龄 2026-11-21.xlsx` */
export const docFileName = (name: string, day: LocalDate, format: string): string =>
  `${name} ${day}.${format}`;

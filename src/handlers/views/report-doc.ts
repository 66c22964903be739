// A report as a document, whatever it is about: what it says first, a table, a chart, notes. Drawn as a message (table and
// chart), a window (where Slack has no charts) or the rows of a file. Pure.
import type { DataTableBlock, KnownBlock, TableBlock } from '@slack/types';
import type { Locale } from '../../domain/access.js';
import type { LocalDate } from '../../domain/local-date.js';
import { type Money, toDecimalString } from '../../domain/money.js';
import { formatDate, formatMoneyShort, formatPlainNumber, numberFormat, truncate } from '../i18n/format.js';
import { context, escapeMrkdwn, header, LIMIT, section } from './blocks.js';

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
  /** What it is narrowed to; '' for nothing. */
  readonly filter: string;
  /** mrkdwn lines: the answer before the table. */
  readonly lead: readonly string[];
  readonly columns: readonly DocColumn[];
  readonly rows: readonly (readonly DocCell[])[];
  /** Lines below the rows: others, total. */
  readonly foot: readonly (readonly DocCell[])[];
  readonly chart: DocChart | null;
  /** Whether its sums add up. */
  readonly check: string;
  /** mrkdwn lines: how it was counted. */
  readonly notes: readonly string[];
}

/** A document as its own view makes it: what it is narrowed to and whether it adds up is the same for all. */
export type Doc = Omit<ReportDoc, 'filter' | 'check'>;

export const textCell = (text: string): DocCell => ({ text, file: text });

/**
 * In words only where they are read, and of one shape: a file has a million of them. An object literal with a getter has a
 * shape of its own each time, and these outlive it.
 */
class MoneyCell implements DocCell {
  constructor(
    private readonly locale: Locale,
    private readonly minor: bigint,
    private readonly currency: string,
  ) {}
  get text(): string {
    return this.minor === 0n ? '—' : formatPlainNumber(this.locale, this.decimal);
  }
  get short(): string {
    const { minor, currency } = this;
    return minor === 0n ? '—' : formatMoneyShort(this.locale, { minor, currency });
  }
  get file(): DocCell['file'] {
    return { decimal: this.decimal };
  }
  private get decimal(): string {
    return toDecimalString(this.minor, this.currency);
  }
}

/** Exact, without the currency's sign: the report names its currency once. */
export const moneyCell = (locale: Locale, minor: bigint, currency: string): DocCell =>
  new MoneyCell(locale, minor, currency);

/** A number for a chart, which is drawn and not counted with. */
export const chartValue = (minor: bigint, currency: string): number =>
  Number(toDecimalString(minor, currency));

/** The amount that a value of a chart stands for. */
export const fromChartValue = (value: number, currency: string): Money => {
  const digits = toDecimalString(1n, currency).split('.')[1]?.length ?? 0;
  return { minor: BigInt(Math.round(value * 10 ** digits)), currency };
};

/** mrkdwn as it is read: for files, which have no bold. */
export const plainWords = (text: string): string =>
  text
    .replace(/\*([^*]+)\*/g, '$1')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');

/** A share in percent with one digit; without a base, or of one below 0, there is none. */
export function percentText(locale: Locale, part: bigint, whole: bigint): string {
  if (whole <= 0n) return '—';
  const format = numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 });
  return format.format(Number((part * 100_000n) / whole) / 100_000);
}

export const countCell = (locale: Locale, value: bigint): DocCell => ({
  text: value === 0n ? '—' : numberFormat(locale).format(value),
  file: { decimal: String(value) },
});
/** A share; in a file percent as a number. */
export const percentCell = (locale: Locale, part: bigint, whole: bigint): DocCell => ({
  text: percentText(locale, part, whole),
  file: whole <= 0n ? '' : { decimal: (Number((part * 100_000n) / whole) / 1000).toString() },
});
/** Days with one digit; null: nothing to divide by. */
export const daysCell = (locale: Locale, days: number | null): DocCell => ({
  text: days === null ? '—' : numberFormat(locale, { maximumFractionDigits: 1 }).format(days),
  file: days === null ? '' : { decimal: days.toFixed(1) },
});

class DayCell implements DocCell {
  constructor(
    private readonly locale: Locale,
    private readonly day: LocalDate,
    private readonly today: LocalDate,
  ) {}
  get text(): string {
    return formatDate(this.locale, this.day, this.today);
  }
  get file(): DocCell['file'] {
    return { day: this.day };
  }
}

export const dayCell = (locale: Locale, day: LocalDate, today: LocalDate): DocCell =>
  new DayCell(locale, day, today);

/** Rows on a page of a window's table (ux §4.11). */
const WINDOW_PAGE_ROWS = 15;
/** Names, where there is room, and where a message would be too long. */
const WHOLE_NAME = 60;
const NAME_LENGTH = 24;
const SENTENCE_LENGTH = 200;
const text = (value: string) => ({ type: 'raw_text' as const, text: value === '' ? '—' : value });

function tableRows(doc: ReportDoc, { short = false, names = NAME_LENGTH }) {
  const shown = (cell: DocCell) =>
    text(truncate(short ? (cell.short ?? cell.text) : cell.text, cell.whole ? SENTENCE_LENGTH : names));
  return [
    doc.columns.map((column) => text(column.name)),
    ...[...doc.rows, ...doc.foot].map((row) => row.map(shown)),
  ];
}

/**
 * A message: its blocks stay within what Slack takes. Where they would not, whole names go first, then columns that say
 * nothing, exact amounts, the single rows to look into, the chart, and at last rows.
 */
export function docBlocks(doc: ReportDoc, controls: DocControls): KnownBlock[] {
  const full = withoutEmptyColumns(doc);
  const draw = (
    of: ReportDoc,
    { short = false, names = NAME_LENGTH, charted = true, fewer = false },
  ): KnownBlock[] => [
    ...head(of),
    ...(of.rows.length > 0 ? [table(of, { short, names })] : []),
    ...(of.chart && charted && of.rows.length > 0 ? [chartBlock(of.chart)] : []),
    ...notes(of),
    ...(fewer ? controls.fewer : controls.all),
  ];
  const fits = (blocks: KnownBlock[]) => [...JSON.stringify(blocks)].length <= LIMIT.messageCharacters;
  const less = (rows: number) => draw(shortened(full, rows), { short: true, charted: false, fewer: true });
  let rows = full.rows.length;
  while (rows > 1 && !fits(less(rows))) rows -= 1;
  return (
    [
      draw(doc, { names: WHOLE_NAME }),
      draw(doc, {}),
      draw(full, {}),
      draw(full, { short: true }),
      draw(full, { short: true, fewer: true }),
    ].find(fits) ?? less(rows)
  );
}

/** The first rows; a line in place of the others says how many there are. */
function shortened(doc: ReportDoc, rows: number): ReportDoc {
  const hidden = doc.rows.length - rows;
  if (hidden <= 0) return doc;
  const line = doc.columns.map((_, index) => textCell(index === 0 ? `… +${hidden}` : ''));
  return { ...doc, rows: [...doc.rows.slice(0, rows), line] };
}

/** What stands below a report: all of it, and what is left where the message would be too long. */
export interface DocControls {
  readonly all: KnownBlock[];
  readonly fewer: KnownBlock[];
}

/** Columns of amounts in which nothing stands are left out; the file has them. */
function withoutEmptyColumns(doc: ReportDoc): ReportDoc {
  const lines = [...doc.rows, ...doc.foot];
  const kept = doc.columns.map(
    (column, index) => !column.numeric || lines.some((line) => !['—', ''].includes(line[index]?.text ?? '')),
  );
  const only = <T>(list: readonly T[]) => list.filter((_, index) => kept[index]);
  return {
    ...doc,
    columns: only(doc.columns),
    rows: doc.rows.map(only),
    foot: doc.foot.map(only),
  };
}

/** A window: the same without the chart; as many rows as its table can carry, fifteen a page. */
export function docWindowBlocks(doc: ReportDoc, controls: KnownBlock[]): KnownBlock[] {
  const lengthsOf = (names: number) =>
    tableRows(doc, { names }).map((row) => row.reduce((sum, cell) => sum + [...cell.text].length, 0));
  const total = (lengths: readonly number[]) => lengths.reduce((sum, length) => sum + length, 0);
  const names = total(lengthsOf(WHOLE_NAME)) <= LIMIT.tableCharacters ? WHOLE_NAME : NAME_LENGTH;
  const lengths = lengthsOf(names);
  let over = total(lengths) - LIMIT.tableCharacters;
  let count = doc.rows.length;
  while (count > 1 && over > 0) {
    // Its line goes, and one that says how many went is as long as a few dashes; the header stands before the first.
    if (count === doc.rows.length) over += doc.columns.length + 6;
    over -= lengths[count] ?? 0;
    count -= 1;
  }
  const grid: DataTableBlock = {
    type: 'data_table',
    caption: truncate(doc.title, LIMIT.header),
    page_size: WINDOW_PAGE_ROWS,
    rows: tableRows(shortened(doc, count), { names }),
  };
  return [...head(doc), ...(doc.rows.length > 0 ? [grid] : []), ...notes(doc), ...controls];
}

const head = (doc: ReportDoc): KnownBlock[] => [
  header(doc.title),
  ...(doc.filter === '' ? [] : [context(escapeMrkdwn(doc.filter))]),
  ...(doc.lead.length > 0 ? [section(doc.lead.join('\n'))] : []),
];
const notes = (doc: ReportDoc): KnownBlock[] => {
  return [context([doc.check, ...doc.notes].join(' '))];
};

const table = (doc: ReportDoc, how: Parameters<typeof tableRows>[1]): TableBlock => ({
  type: 'table',
  rows: tableRows(doc, how),
  column_settings: doc.columns.map((column) => ({ align: column.numeric ? 'right' : 'left' })),
});

/** Slack refuses longer names of series and categories, and more points. */
const CHART_LABEL = 20;
const CHART_POINTS = 20;

/** Of more months than Slack draws the last ones; the table has them all. */
function chartBlock(chart: DocChart): KnownBlock {
  const categories = chart.categories.slice(-CHART_POINTS).map((label) => truncate(label, CHART_LABEL));
  const left = chart.categories.length - categories.length;
  const block = {
    type: 'data_visualization',
    title: truncate(chart.title, 50),
    chart: {
      type: chart.type,
      series: chart.series.map(({ name, values }) => ({
        name: truncate(name, CHART_LABEL),
        data: categories.map((label, index) => ({ label, value: values[left + index] ?? 0 })),
      })),
      axis_config: { categories },
    },
  };
  // Slack's types do not know this block yet.
  return block as unknown as KnownBlock;
}

/** A file has the whole table with its last lines, and whether its sums add up. */
export const docFileHeader = (doc: ReportDoc): string[] => doc.columns.map((column) => column.name);
export const docFileRow = (row: readonly DocCell[]): DocCell['file'][] => row.map((cell) => cell.file);
export function docFileEnd(doc: ReportDoc): DocCell['file'][][] {
  const foot = doc.foot.map(docFileRow);
  const check = doc.columns.map((_, index) => (index === 0 ? plainWords(doc.check) : ''));
  return [...foot, check];
}

/** `账龄 2026-11-21.xlsx` */
export const docFileName = (name: string, day: LocalDate, format: string): string =>
  `${name} ${day}.${format}`;

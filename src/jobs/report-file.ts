// A report as a file: all rows as a spreadsheet, the first as pages, or its chart as a picture with words for whoever does
// not see it. Read in the scope of whoever asked.
import type { Ctx } from '../ctx.js';
import type { ExportFormat } from '../domain/exports/export.service.js';
import { MAX_EXPORT_ROWS } from '../domain/exports/export-rows.queries.js';
import { readChecked, readLongChecked } from '../domain/reports/books.service.js';
import { type LongReport, type ReportData, SHOWN_ROWS } from '../domain/reports/read-report.queries.js';
import type { ReportQuery } from '../domain/reports/report.js';
import { findReportNames } from '../domain/reports/report-names.queries.js';
import { formatMoneyShort } from '../handlers/i18n/format.js';
import { type Translate, translator } from '../handlers/i18n/index.js';
import {
  type DocCell,
  docFileEnd,
  docFileHeader,
  docFileRow,
  fromChartValue,
  plainWords,
  type ReportDoc,
} from '../handlers/views/report-doc.js';
import { reportDoc, reportRows } from '../handlers/views/report-views.js';
import { drawPdf } from '../pictures/draw-pdf.js';
import { drawPng } from '../pictures/draw-png.js';
import type { SheetFormat } from '../sheets/sheet.js';
import { streamSheet } from '../sheets/write-sheet.js';

/** More would hold up the process while they are laid out, and nobody reads them. */
const PDF_ROWS = 300;
const LIMIT: Record<ExportFormat, number> = {
  xlsx: MAX_EXPORT_ROWS,
  csv: MAX_EXPORT_ROWS,
  pdf: PDF_ROWS,
  png: SHOWN_ROWS,
};

export interface ReportFile {
  /** Known when the pieces have been taken. */
  readonly rows: () => number;
  readonly chunks: AsyncIterable<Buffer>;
  readonly altText?: string;
}

export async function drawReportFile(
  ctx: Ctx,
  query: ReportQuery,
  format: ExportFormat,
): Promise<ReportFile> {
  const { actor, company, today, now } = ctx;
  const t = translator(actor.locale);
  const { contractTypes, paymentMethods } = company.settings;
  const reader = { t, locale: actor.locale, today, now, timezone: actor.timezone, actor };
  const names = await findReportNames(ctx, query);
  const setting = { limit: LIMIT[format], company };
  const words = { ...reader, contractTypes, paymentMethods, names };
  if (format === 'xlsx' || format === 'csv') {
    const { parts, rest } = await readLongChecked(ctx, query, setting);
    const draw = (part: ReportData) => reportRows(part, query, words);
    return sheetOf(format, { parts, draw, last: reportDoc(rest, query, words) });
  }
  const doc = reportDoc(await readChecked(ctx, query, setting), query, words);
  const rows = () => doc.rows.length;
  const number = (value: number) => formatMoneyShort(actor.locale, fromChartValue(value, query.currency));
  const frame = {
    title: doc.title,
    lines: [doc.filter, ...doc.lead.map(plainWords)].filter(Boolean),
    number,
  };
  if (format === 'pdf' || doc.chart === null) return { rows, chunks: once(await pdfOf(doc, frame, t)) };
  const altText = altOf(doc, number, t);
  const lines = [...frame.lines, plainWords(doc.check)].filter(Boolean);
  return { rows, chunks: once(await drawPng(doc.chart, { ...frame, lines })), altText };
}

/** A spreadsheet, row by row: a company with a hundred thousand customers has more cells than there is room for at once. */
function sheetOf(
  format: SheetFormat,
  {
    parts,
    draw,
    last,
  }: Pick<LongReport, 'parts'> & {
    draw: (part: ReportData) => Iterable<readonly DocCell[]>;
    last: ReportDoc;
  },
): Pick<ReportFile, 'rows' | 'chunks'> {
  let count = 0;
  const rows = async function* () {
    for (const part of parts()) {
      for (const row of draw(part)) {
        count += 1;
        yield docFileRow(row);
      }
      await new Promise((done) => setImmediate(done));
    }
    yield* docFileEnd(last);
  };
  return { rows: () => count, chunks: streamSheet(format, docFileHeader(last), rows()) };
}

type Frame = Parameters<typeof drawPng>[1];

function pdfOf(doc: ReportDoc, frame: Frame, t: Translate): Promise<Buffer> {
  const words = (lines: ReportDoc['rows']) => lines.map((line) => line.map((cell) => cell.text));
  return drawPdf({
    ...frame,
    chart: doc.rows.length > 0 ? doc.chart : null,
    columns: doc.columns,
    rows: words(doc.rows),
    foot: words(doc.foot),
    notes: [doc.check, ...doc.notes].filter(Boolean).map(plainWords),
    pageWords: (page, pages) => t('reports:pdf.page', { page, pages }),
  });
}

/** Slack takes 1,000 characters. */
const ALT_LENGTH = 1000;

/** Title, what the report says first, and every value of the chart. */
function altOf(doc: ReportDoc, number: (value: number) => string, t: Translate): string {
  const { chart } = doc;
  const values = (chart?.series ?? []).flatMap(({ name, values }) =>
    values.map((value, index) => {
      const place = chart?.categories[index] ?? '';
      const of = (chart?.series.length ?? 0) > 1 ? `${place} ${name}` : place;
      return t('reports:picture.value', { name: of, value: number(value) });
    }),
  );
  const lead = doc.lead.map(plainWords).join(' ');
  const words = t('reports:picture.alt', {
    title: doc.title,
    lead,
    values: values.join(t('reports:picture.join')),
  });
  return [...words].slice(0, ALT_LENGTH).join('');
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

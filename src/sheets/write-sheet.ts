// Writes a spreadsheet, as CSV or XLSX: what a person typed is never taken for a formula when the file is opened.
import { stringify } from 'csv-stringify/sync';
import { writeXlsxStream } from 'hucre/xlsx';
import type { SheetFormat } from './sheet.js';

const BYTE_ORDER_MARK = '\uFEFF';

/** What a cell holds: text as it is, a plain decimal number, or a day as YYYY-MM-DD. */
export type OutCell = string | { readonly decimal: string } | { readonly day: string };
type OutRows = AsyncIterable<readonly OutCell[]> | Iterable<readonly OutCell[]>;

/** The file's bytes as they come, the header first; rows are taken as there is room for them. */
export function streamSheet(
  format: SheetFormat,
  header: readonly string[],
  rows: OutRows,
): AsyncGenerator<Buffer> {
  return format === 'xlsx' ? streamXlsx(header, rows) : streamCsv(header, rows);
}

/** The same at once. */
export async function writeSheet(
  format: SheetFormat,
  header: readonly string[],
  rows: OutRows,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of streamSheet(format, header, rows)) parts.push(part);
  return Buffer.concat(parts);
}

/** Rows that are written together. */
const CSV_ROWS = 500;

async function* streamCsv(header: readonly string[], rows: OutRows): AsyncGenerator<Buffer> {
  // Excel takes a CSV for the machine's own code page without the mark.
  yield Buffer.from(BYTE_ORDER_MARK);
  let batch: string[][] = [];
  const written = () => Buffer.from(stringify(batch));
  for await (const row of withHeader(header, rows)) {
    batch.push(row.map(csvCell));
    if (batch.length < CSV_ROWS) continue;
    yield written();
    batch = [];
  }
  if (batch.length > 0) yield written();
}

async function* streamXlsx(header: readonly string[], rows: OutRows): AsyncGenerator<Buffer> {
  const values = async function* () {
    for await (const row of withHeader(header, rows)) yield row.map(xlsxCell);
  };
  // Text cells stay text in a workbook, whatever they begin with.
  for await (const part of writeXlsxStream(values(), { name: 'Sheet1' })) yield Buffer.from(part);
}

/** How a formula begins, for Excel and for those who write in full-width signs. */
const FORMULA = /^[=+\-@\t\r＝＋－＠]/u;

/** A quote keeps text from being a formula; before a negative amount it would keep that out of every sum. */
function csvCell(cell: OutCell): string {
  if (typeof cell === 'string') return FORMULA.test(cell) ? `'${cell}` : cell;
  return 'day' in cell ? cell.day : cell.decimal;
}

/** Signs that no XML may hold and the writer does not replace: with one of them nobody could open the file. */
const NO_SIGNS = /[\uFFFE\uFFFF]/g;

/** Excel keeps 15 digits of a number: the largest amount of this app has as many. */
function xlsxCell(cell: OutCell): string | number | Date {
  if (typeof cell === 'string') return cell.replace(NO_SIGNS, '\uFFFD');
  return 'day' in cell ? new Date(`${cell.day}T00:00:00Z`) : Number(cell.decimal);
}

async function* withHeader(header: readonly string[], rows: OutRows): AsyncGenerator<OutCell[]> {
  yield [...header];
  for await (const row of rows) yield [...row];
}

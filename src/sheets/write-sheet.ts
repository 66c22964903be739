// Writes a spreadsheet, as CSV or XLSX: what a person typed is never taken for a formula when the file is opened.
import { stringify } from 'csv-stringify';
import { writeXlsxStream } from 'hucre/xlsx';
import type { SheetFormat } from './sheet.js';

const BYTE_ORDER_MARK = '\uFEFF';

/** What a cell holds: text as it is, a plain decimal number, or a day as YYYY-MM-DD. */
export type OutCell = string | { readonly decimal: string } | { readonly day: string };
type OutRows = AsyncIterable<readonly OutCell[]> | Iterable<readonly OutCell[]>;

/** The file's bytes, the header first. Rows are taken one by one. */
export async function writeSheet(
  format: SheetFormat,
  header: readonly string[],
  rows: OutRows,
): Promise<Buffer> {
  return format === 'xlsx' ? writeXlsx(header, rows) : writeCsv(header, rows);
}

async function writeCsv(header: readonly string[], rows: OutRows): Promise<Buffer> {
  // Excel takes a CSV for the machine's own code page without the mark.
  const parts: Buffer[] = [Buffer.from(BYTE_ORDER_MARK)];
  const out = stringify({ escape_formulas: true });
  const collected = (async () => {
    for await (const part of out) parts.push(Buffer.from(part));
  })();
  for await (const row of withHeader(header, rows)) out.write(row.map(csvCell));
  out.end();
  await collected;
  return Buffer.concat(parts);
}

async function writeXlsx(header: readonly string[], rows: OutRows): Promise<Buffer> {
  const values = async function* () {
    for await (const row of withHeader(header, rows)) yield row.map(xlsxCell);
  };
  // Text cells stay text in a workbook, whatever they begin with.
  const stream = writeXlsxStream(values(), { name: 'Sheet1' });
  return Buffer.from(await new Response(stream).arrayBuffer());
}

function csvCell(cell: OutCell): string {
  if (typeof cell === 'string') return cell;
  return 'day' in cell ? cell.day : cell.decimal;
}

/** Excel keeps 15 digits of a number: the largest amount of this app has as many. */
function xlsxCell(cell: OutCell): string | number | Date {
  if (typeof cell === 'string') return cell;
  return 'day' in cell ? new Date(`${cell.day}T00:00:00Z`) : Number(cell.decimal);
}

async function* withHeader(header: readonly string[], rows: OutRows): AsyncGenerator<OutCell[]> {
  yield [...header];
  for await (const row of rows) yield [...row];
}

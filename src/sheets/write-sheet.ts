// Writes a spreadsheet, as CSV or XLSX: what a person typed is never taken for a formula when the file is opened.
import { stringify } from 'csv-stringify';
import { writeXlsxStream } from 'hucre/xlsx';
import type { SheetFormat } from './sheet.js';

const BYTE_ORDER_MARK = '\uFEFF';

/** The file's bytes, the header first. Rows are taken one by one. */
export async function writeSheet(
  format: SheetFormat,
  header: readonly string[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): Promise<Buffer> {
  return format === 'xlsx' ? writeXlsx(header, rows) : writeCsv(header, rows);
}

async function writeCsv(
  header: readonly string[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): Promise<Buffer> {
  // Excel takes a CSV for the machine's own code page without the mark.
  const parts: Buffer[] = [Buffer.from(BYTE_ORDER_MARK)];
  const out = stringify({ escape_formulas: true });
  const collected = (async () => {
    for await (const part of out) parts.push(Buffer.from(part));
  })();
  for await (const row of withHeader(header, rows)) out.write(row);
  out.end();
  await collected;
  return Buffer.concat(parts);
}

async function writeXlsx(
  header: readonly string[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): Promise<Buffer> {
  // Text cells stay text in a workbook, whatever they begin with.
  const stream = writeXlsxStream(withHeader(header, rows), { name: 'Sheet1' });
  return Buffer.from(await new Response(stream).arrayBuffer());
}

async function* withHeader(
  header: readonly string[],
  rows: AsyncIterable<readonly string[]> | Iterable<readonly string[]>,
): AsyncGenerator<string[]> {
  yield [...header];
  for await (const row of rows) yield [...row];
}

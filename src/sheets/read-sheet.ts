// Opens a file that somebody sent: what it is follows from its bytes, not from its name. Everything that is not a
// spreadsheet this app reads is refused with a sentence that says what to do.
import { createHash } from 'node:crypto';
import { checkWorkbook } from './check-zip.js';
import { MAX_CELL_LENGTH, MAX_FILE_BYTES } from './limits.js';
import { readCsvRows } from './read-csv.js';
import { readXlsxRows } from './read-xlsx.js';
import { rejected, type Sheet, type SheetFormat, type SheetRow } from './sheet.js';

/** @throws DomainError file.rejected: too big, old .xls, locked, empty, no header, not a spreadsheet, a bomb */
export async function openSheet(file: string, bytes: Buffer): Promise<Sheet> {
  const format = await sniff(file, bytes);
  const all = format === 'xlsx' ? readXlsxRows(file, bytes) : readCsvRows(file, bytes);
  const rows = filled(all, format === 'csv');
  const first = await rows.next();
  if (first.done) throw rejected(file, 'empty');
  const header = first.value.cells;
  if (!isHeader(header)) throw rejected(file, 'no_header');
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { format, sha256, header, rows };
}

async function sniff(file: string, bytes: Buffer): Promise<SheetFormat> {
  if (bytes.length === 0) throw rejected(file, 'empty');
  if (bytes.length > MAX_FILE_BYTES) throw rejected(file, 'too_big');
  if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') {
    // A workbook with a password lies in the same container as an old .xls; only it has these streams.
    const locked = bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'));
    throw rejected(file, locked ? 'locked' : 'old_xls');
  }
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') {
    await checkWorkbook(file, bytes);
    return 'xlsx';
  }
  if (/^(%PDF|\x89PNG|\xff\xd8\xff|GIF8|Rar!|<!DOCTYPE|<html|<\?xml)/i.test(bytes.toString('latin1', 0, 16)))
    throw rejected(file, 'not_a_sheet');
  return 'csv';
}

/** Rows that hold something, their cells tidied. */
async function* filled(rows: AsyncIterable<SheetRow>, escaped: boolean): AsyncGenerator<SheetRow, undefined> {
  for await (const { line, cells } of rows) {
    const tidy = cells.map((cell) => {
      const text = cell.trim().slice(0, MAX_CELL_LENGTH);
      // What this app returned begins with a quote where a formula might begin (write-sheet.ts).
      return escaped ? text.replace(/^'(?=[=+\-@])/, '') : text;
    });
    while (tidy.at(-1) === '') tidy.pop();
    if (tidy.length > 0) yield { line, cells: tidy };
  }
}

/** Names, of which at least one is no number or date, and none stands twice. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.filter((cell) => cell !== '');
  return names.some((name) => /\p{L}/u.test(name)) && names.every((name) => !/^[\d.,/¥$-]+$/.test(name));
}

// Opens a file that somebody sent: what it is follows from its bytes, not from its name. Everything that is not a
// spreadsheet this app reads is refused with a sentence that says what to do.
import { createHash } from 'node:crypto';
import { checkWorkbook } from './check-zip.js';
import { MAX_CELL_LENGTH, MAX_FILE_BYTES } from './limits.js';
import { readCsvRows } from './read-csv.js';
import { readXlsxRows } from './read-xlsx.js';
import { rejected, type Sheet, type SheetFormat, type SheetRow } from './sheet.js';

/** Whether a file is called as spreadsheets are; what it is follows from its bytes alone. */
export const isSheetName = (name: string): boolean => /\.(csv|txt|tsv|xlsx?|xlsm)$/i.test(name);

/** @throws DomainError file.rejected: too big, old .xls, locked, empty, no header, not a spreadsheet, a bomb */
export async function openSheet(file: string, bytes: Buffer): Promise<Sheet> {
  const { format, sheets } = await sniff(file, bytes);
  const all = format === 'xlsx' ? readXlsxRows(file, bytes) : readCsvRows(file, bytes);
  const close = async () => {
    await all.return(undefined);
  };
  const { header, rows } = await belowTitle(filled(all, format === 'csv'));
  if (!header) throw rejected(file, 'empty');
  if (!isHeader(header)) {
    await close();
    throw rejected(file, 'no_header');
  }
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { format, sheets, sha256, header, rows, close };
}

async function sniff(file: string, bytes: Buffer): Promise<{ format: SheetFormat; sheets: string[] }> {
  if (bytes.length === 0) throw rejected(file, 'empty');
  if (bytes.length > MAX_FILE_BYTES) throw rejected(file, 'too_big');
  if (bytes.subarray(0, 4).toString('hex') === 'd0cf11e0') {
    // A workbook with a password lies in the same container as an old .xls; only it has these streams.
    const locked = bytes.includes(Buffer.from('EncryptedPackage', 'utf16le'));
    throw rejected(file, locked ? 'locked' : 'old_xls');
  }
  if (bytes.subarray(0, 2).toString('latin1') === 'PK')
    return { format: 'xlsx', sheets: await checkWorkbook(file, bytes) };
  if (/^(%PDF|\x89PNG|\xff\xd8\xff|GIF8|Rar!|<!DOCTYPE|<html|<\?xml)/i.test(bytes.toString('latin1', 0, 16)))
    throw rejected(file, 'not_a_sheet');
  return { format: 'csv', sheets: [] };
}

/** Lines that people write above the names: one cell each, the name of the list, whose it is. */
const TITLE_LINES = 2;
const TITLED_COLUMNS = 3;

/** The line of names, and the rows below it. */
async function belowTitle(
  rows: AsyncGenerator<SheetRow, undefined>,
): Promise<{ header: readonly string[] | null; rows: AsyncGenerator<SheetRow> }> {
  const seen: SheetRow[] = [];
  while (seen.length <= TITLE_LINES) {
    const next = await rows.next();
    if (next.done) break;
    seen.push(next.value);
    if (cellsIn(next.value) > 1) break;
  }
  const [first] = seen;
  const last = seen.at(-1);
  const titled = last && seen.length > 1 && cellsIn(last) >= TITLED_COLUMNS && isHeader(last.cells);
  const header = titled ? last : first;
  const below = titled ? [] : seen.slice(1);
  return { header: header?.cells ?? null, rows: below.length === 0 ? rows : rest(below, rows) };
}

const cellsIn = ({ cells }: SheetRow): number => cells.filter((cell) => cell !== '').length;

async function* rest(seen: readonly SheetRow[], rows: AsyncIterable<SheetRow>): AsyncGenerator<SheetRow> {
  yield* seen;
  yield* rows;
}

/** Rows that hold something, their cells tidied. */
async function* filled(rows: AsyncIterable<SheetRow>, escaped: boolean): AsyncGenerator<SheetRow, undefined> {
  for await (const { line, cells } of rows) {
    const tidy = cells.map((cell) => {
      const text = cell.slice(0, MAX_CELL_LENGTH).replace(NOT_KEPT, '').trim();
      // What this app returned begins with a quote where a formula might begin (write-sheet.ts).
      return escaped && text.startsWith("'") ? text.replace(/^'(?=[=+\-@])/, '') : text;
    });
    while (tidy.at(-1) === '') tidy.pop();
    if (tidy.length > 0) yield { line, cells: tidy };
  }
}

/** What no database takes: a zero (_x0000_ of a workbook), half a sign where a text was cut. */
const NOT_KEPT = /[\0\p{Surrogate}]/gu;

/** Names: letters in one of them at least, and none a bare number. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.filter((cell) => cell !== '');
  return names.some((name) => /\p{L}/u.test(name)) && names.every((name) => !/^[\d.,/¥$-]+$/.test(name));
}

// Rows of a workbook's first sheet as text: dates as 2026-11-21, numbers as plain decimals, formulas as what they last
// came to. checkWorkbook must have let the file pass before.
import { MAX_COLUMNS } from './limits.js';
import { rejected, type SheetRow } from './sheet.js';
import { OutOfRoomError, readInThread } from './xlsx-thread.js';

/** Every row of the first sheet, the header too. @throws DomainError file.rejected */
export async function* readXlsxRows(file: string, bytes: Uint8Array): AsyncGenerator<SheetRow> {
  try {
    for await (const { index, values } of readInThread(bytes)) {
      if (values.length > MAX_COLUMNS) throw rejected(file, 'too_wide');
      yield { line: index + 1, cells: values.map(cellText) };
    }
  } catch (error) {
    if (error instanceof OutOfRoomError) throw rejected(file, 'bomb');
    if (error instanceof Error && LIBRARY_ERRORS.has(error.name)) throw rejected(file, 'not_a_sheet');
    throw error;
  }
}

const LIBRARY_ERRORS = new Set(['ParseError', 'ZipError', 'XmlError', 'EncryptedFileError', 'HucreError']);

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? '' : value.toISOString().slice(0, 10);
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  return typeof value === 'string' ? value : '';
}

/** Excel keeps 15 digits; what a binary fraction has beyond them (3.3000000000000003) nobody typed. */
function numberText(value: number): string {
  if (!Number.isFinite(value)) return '';
  const text = String(Number(value.toPrecision(15)));
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(20).replace(/\.?0+$/, '') : BigInt(value).toString();
}

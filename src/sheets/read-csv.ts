// Rows of a CSV: any of three delimiters, any of the usual encodings, quotes as Excel and WPS write them.
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { decodeText, sniffDelimiter } from './decode-text.js';
import { MAX_COLUMNS, MAX_ROWS } from './limits.js';
import { rejected, type SheetRow } from './sheet.js';

const MAX_RECORD_CHARACTERS = 1_000_000;
const SLICE = 64 * 1024;

/** Every row of the text, the header too. @throws DomainError file.rejected */
export async function* readCsvRows(file: string, bytes: Uint8Array): AsyncGenerator<SheetRow> {
  const text = decodeText(file, bytes).replace(/^\uFEFF/, '');
  const parser = Readable.from(slices(Buffer.from(text)), { objectMode: false }).pipe(
    parse({
      delimiter: sniffDelimiter(text),
      // Each of them in every file: by itself the parser takes only what ends the first line, and the rows that end
      // otherwise, put in by another program, would all be one.
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true,
      relax_quotes: true,
      max_record_size: MAX_RECORD_CHARACTERS,
    }),
  );
  let line = 1;
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (cells.length > MAX_COLUMNS) throw rejected(file, 'too_wide');
      if (line > MAX_ROWS + 1) throw rejected(file, 'too_many_rows');
      yield { line, cells };
      // The parser can tell the line too, at twice the time.
      line +=
        1 +
        cells.reduce((breaks, cell) => breaks + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_'))
      throw rejected(file, error.code === 'CSV_MAX_RECORD_SIZE' ? 'too_wide' : 'not_a_sheet');
    throw error;
  }
}

/** Of bytes: half of a sign of two would be lost. */
function* slices(text: Buffer): Generator<Buffer> {
  for (let at = 0; at < text.length; at += SLICE) yield text.subarray(at, at + SLICE);
}

// Looks into a workbook before the reader does, because what is packed says nothing true about itself: every part is
// unpacked once into a counter, and the sheets' cells are counted, all with a ceiling. Nothing is kept. A formula without
// its value is met here too: the reader takes it for an empty cell.
import { createInflateRaw } from 'node:zlib';
import { MAX_COLUMNS, MAX_HELD_TAGS, MAX_ROWS, MAX_SHARED_TEXT_BYTES, MAX_UNPACKED_BYTES } from './limits.js';
import { rejected } from './sheet.js';
import { firstSheetPart, INDEX, RELATIONS, sheetNames } from './workbook-index.js';

interface Part {
  readonly name: string;
  readonly stored: boolean;
  readonly bytes: Buffer;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_ENTRY = 0x04034b50;
const MAX_PARTS = 2_000;
/** A length or place that is said elsewhere. */
const BY_64_BITS = 0xff_ff_ff_ff;
const ENCRYPTED_FLAG = 1;

/**
 * Refuses what must not be given to the reader.
 * @returns the names of its sheets, in order; the first is read
 * @throws DomainError file.rejected: not a workbook, locked, too large unpacked, too many rows or columns, formulas of its first
 *   sheet that nobody calculated
 */
export async function checkWorkbook(file: string, data: Buffer): Promise<string[]> {
  const parts = listParts(file, data);
  if (!parts.some((part) => part.name === '[Content_Types].xml') || !parts.some(isSheet))
    throw rejected(file, 'not_a_sheet');
  let total = 0;
  const said = { [INDEX]: '', [RELATIONS]: '' };
  const uncalculated = new Set<string>();
  for (const part of parts) {
    // What a part is, is said elsewhere in the file: only its own content is believed.
    const cells = new CellCount(file);
    let [size, tags] = [0, 0];
    const isRead = isSheet(part);
    const most = isRead ? MAX_UNPACKED_BYTES : MAX_SHARED_TEXT_BYTES;
    for await (const chunk of unpack(file, part)) {
      size += chunk.length;
      total += chunk.length;
      if (!isRead) tags += tagsIn(chunk);
      if (size > most || tags > MAX_HELD_TAGS || total > MAX_UNPACKED_BYTES) throw rejected(file, 'bomb');
      cells.add(chunk);
      const { name } = part;
      if ((name === INDEX || name === RELATIONS) && said[name].length < MAX_INDEX)
        said[name] += chunk.toString('latin1');
    }
    cells.end();
    if (cells.areUncalculated) uncalculated.add(part.name);
  }
  const [index, relations] = [utf8(said[INDEX]), utf8(said[RELATIONS])];
  const first = firstSheetPart(index, relations);
  // The other sheets are not read; where it is not clear which one is, none may have any.
  const isClear = first !== null && parts.some(({ name }) => name === first);
  if (isClear ? uncalculated.has(first) : uncalculated.size > 0) throw rejected(file, 'not_calculated');
  return sheetNames(index);
}

const LESS_THAN = 0x3c;

function tagsIn(chunk: Buffer): number {
  let count = 0;
  for (const byte of chunk) if (byte === LESS_THAN) count += 1;
  return count;
}

const MAX_INDEX = 1_000_000;
const utf8 = (bytes: string) => Buffer.from(bytes, 'latin1').toString('utf8');

const isSheet = (part: Part) => /^xl\/worksheets\/[^/]+\.xml$/.test(part.name);

/** The parts as the directory at the end names them; the reader takes the same. */
function listParts(file: string, data: Buffer): Part[] {
  const end = data.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0 || end + 22 > data.length || data.readUInt32LE(end) !== END_OF_DIRECTORY)
    throw rejected(file, 'not_a_sheet');
  const count = data.readUInt16LE(end + 10);
  let at = data.readUInt32LE(end + 16);
  // Workbooks of this size never need the 64-bit form, in which the reader would find another directory.
  const is64 = data.readUInt32LE(end + 12) === BY_64_BITS || at === BY_64_BITS;
  if (count > MAX_PARTS || is64) throw rejected(file, 'bomb');
  const parts: Part[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > data.length || data.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw rejected(file, 'not_a_sheet');
    const [nameLength, extra, comment] = [28, 30, 32].map((offset) => data.readUInt16LE(at + offset));
    if ((data.readUInt16LE(at + 8) & ENCRYPTED_FLAG) !== 0) throw rejected(file, 'locked');
    const name = data.toString('utf8', at + 46, at + 46 + (nameLength ?? 0));
    const method = data.readUInt16LE(at + 10);
    const packed = data.readUInt32LE(at + 20);
    const start = contentStart(file, data, data.readUInt32LE(at + 42));
    if ((method !== 0 && method !== 8) || start + packed > data.length) throw rejected(file, 'not_a_sheet');
    parts.push({ name, stored: method === 0, bytes: data.subarray(start, start + packed) });
    at += 46 + (nameLength ?? 0) + (extra ?? 0) + (comment ?? 0);
  }
  return parts;
}

function contentStart(file: string, data: Buffer, at: number): number {
  if (at + 30 > data.length || data.readUInt32LE(at) !== LOCAL_ENTRY) throw rejected(file, 'not_a_sheet');
  return at + 30 + data.readUInt16LE(at + 26) + data.readUInt16LE(at + 28);
}

async function* unpack(file: string, part: Part): AsyncGenerator<Buffer> {
  if (part.stored) {
    yield part.bytes;
    return;
  }
  const inflate = createInflateRaw();
  inflate.end(part.bytes);
  try {
    for await (const chunk of inflate) yield chunk;
  } catch (error) {
    // A refusal of the consumer does not come this way: leaving the loop ends the stream silently.
    throw error instanceof Error && 'errno' in error ? rejected(file, 'not_a_sheet') : error;
  } finally {
    inflate.destroy();
  }
}

const TAG = /<(\/?)(?:[^\s<>/:]+:)?(row|c|f|v)(?=[\s/>])/g;
/** A cell whose value is text; an empty text is what its formula came to. */
const TEXT_CELL = /^<[^<>]*\st\s*=\s*["']str["']/;
const EMPTY_VALUE = /^<[^<>]*(?:\/>|>\s*<\/)/;
const REFERENCE = /\sr\s*=\s*["']([A-Za-z]+)\d+["']/g;
/** What is looked for may be cut by the end of a chunk: so much is looked at again. */
const OVERLAP = 256;
const LONGEST_TAG = 1_000_000;

/** Counts rows and cells as XML comes by, without building anything. */
class CellCount {
  private rows = 0;
  private cells = 0;
  /** How the cell that is open begins, '' between cells, and whether the value of its formula has not come yet. */
  private cell = { tag: '', waits: false };
  private size = 0;
  private openTag = 0;
  private rest = '';
  /** A formula has no value: the reader would take its cell for an empty one. */
  areUncalculated = false;

  constructor(private readonly file: string) {}

  add(chunk: Buffer): void {
    // What is looked for is ASCII.
    const added = chunk.toString('latin1');
    this.size += added.length;
    this.checkTag(added);
    const text = this.rest + added;
    this.count(text, text.length - OVERLAP);
    this.rest = text.slice(-OVERLAP);
  }

  end(): void {
    this.count(this.rest, this.rest.length);
    this.leaveCell();
  }

  private leaveCell(): void {
    this.areUncalculated ||= this.cell.waits;
    this.cell = { tag: '', waits: false };
  }

  /** A tag or a comment without end would make the reader look at all of it again and again. */
  private checkTag(added: string): void {
    const [opens, closes] = [added.lastIndexOf('<'), added.lastIndexOf('>')];
    if (opens > closes) this.openTag = added.length - opens;
    else this.openTag = closes >= 0 || this.openTag === 0 ? 0 : this.openTag + added.length;
    if (this.openTag > LONGEST_TAG || (this.size > LONGEST_TAG && added.includes('<!')))
      throw rejected(this.file, 'bomb');
  }

  private count(text: string, until: number): void {
    for (const { index, 1: closes, 2: tag } of text.matchAll(TAG)) {
      if (index >= until) break;
      const begins = text.slice(index, index + OVERLAP);
      // What is no cell's: of a list to choose from, a chart, a picture.
      if (tag === 'f') this.cell.waits ||= this.cell.tag !== '' && closes === '';
      else if (closes !== '') {
        if (tag !== 'v') this.leaveCell();
      } else if (tag === 'v') this.cell.waits &&= EMPTY_VALUE.test(begins) && !TEXT_CELL.test(this.cell.tag);
      else if (tag === 'row') {
        this.rows += 1;
        this.cells = 0;
        // One is the header.
        if (this.rows > MAX_ROWS + 1) throw rejected(this.file, 'too_many_rows');
      } else if (this.rows > 0) {
        this.leaveCell();
        this.cell = { tag: begins, waits: false };
        this.cells += 1;
        if (this.cells > MAX_COLUMNS) throw rejected(this.file, 'too_wide');
      }
    }
    for (const [, column = ''] of text.matchAll(REFERENCE)) {
      if (column.length > 2 || columnNumber(column.toUpperCase()) > MAX_COLUMNS)
        throw rejected(this.file, 'too_wide');
    }
  }
}

const columnNumber = (letters: string) =>
  [...letters].reduce((number, letter) => number * 26 + letter.charCodeAt(0) - 64, 0);

// Text of a CSV from its bytes: a byte order mark decides, else UTF-8, else GB18030; what is none of them is refused.
import { rejected } from './sheet.js';

const UTF16_LE = [0xff, 0xfe];
const UTF16_BE = [0xfe, 0xff];
const startsWith = (bytes: Uint8Array, mark: readonly number[]) =>
  mark.every((byte, index) => bytes[index] === byte);

/** @throws DomainError file.rejected: neither UTF-8 nor GB18030, or not text at all */
export function decodeText(file: string, bytes: Uint8Array): string {
  if (startsWith(bytes, UTF16_LE)) return decode(file, 'utf-16le', bytes);
  if (startsWith(bytes, UTF16_BE)) return decode(file, 'utf-16be', bytes);
  if (bytes.includes(0)) throw rejected(file, 'not_a_sheet');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decode(file, 'gb18030', bytes);
  }
}

function decode(file: string, encoding: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw rejected(file, 'encoding');
  }
}

const DELIMITERS = [',', ';', '\t'] as const;

/** The sign that splits the first line into most cells, outside of quotes; a comma if none does. */
export function sniffDelimiter(text: string): (typeof DELIMITERS)[number] {
  const counts = new Map<string, number>(DELIMITERS.map((sign) => [sign, 0]));
  let quoted = false;
  for (const sign of text.slice(0, 100_000)) {
    if (sign === '"') quoted = !quoted;
    if (!quoted && (sign === '\n' || sign === '\r') && [...counts.values()].some((count) => count > 0)) break;
    if (!quoted && counts.has(sign)) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  return DELIMITERS.reduce((best, sign) => ((counts.get(sign) ?? 0) > (counts.get(best) ?? 0) ? sign : best));
}

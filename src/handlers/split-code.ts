// A split chosen by hand as it travels in private_metadata: 40 lines must fit beside everything else in 3,000 characters,
// and those of which rows beyond these it is.
import type { SplitLine } from '../domain/receipts/receipt.js';

/** Id and amount, as short as they get. */
export const encodeSplit = (lines: readonly SplitLine[]): string[] =>
  lines.map(({ instalmentId, amount }) => {
    const id = Buffer.from(instalmentId.replaceAll('-', ''), 'hex').toString('base64url');
    return `${id} ${amount.toString(36)}`;
  });

/** What `encodeSplit` wrote, a row left empty with 0; a line that it did not write falls out. */
export const decodeSplit = (lines: readonly string[]): SplitLine[] =>
  lines.flatMap((line) => {
    const [id = '', amount = ''] = line.split(' ');
    const hex = Buffer.from(id, 'base64url').toString('hex');
    const parts = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(hex)?.slice(1);
    if (!parts || !/^[0-9a-z]{1,12}$/.test(amount)) return [];
    return [{ instalmentId: parts.join('-'), amount: readMinor(amount) }];
  });

const readMinor = (text: string): bigint =>
  [...text].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);

/** Rows beyond the listed ones that can keep their share; what others had is left over. */
export const MAX_KEPT = 100;

/** Tells one row from the others of a customer: the end of an id is random. */
const markOf = (id: string): string => Buffer.from(id.slice(-6), 'hex').toString('base64url');

/** What at most `MAX_KEPT` rows keep beyond the listed ones, and which they are, as short as it gets; null: there are none. */
export function encodeKept(lines: readonly SplitLine[]): string | null {
  if (lines.length === 0) return null;
  const sum = lines.reduce((total, line) => total + line.amount, 0n);
  const marks = lines.map((line) => markOf(line.instalmentId));
  return `${sum.toString(36)} ${marks.join('')}`;
}

/** Of what is proposed now, what the rows of `encodeKept` keep: no other row, and no more than they had together. */
export function keptOf(kept: string, proposed: readonly SplitLine[]): SplitLine[] {
  const [sum = '', text = ''] = kept.split(' ');
  const marks = new Set(text.match(/.{4}/g));
  let left = readMinor(sum);
  return proposed.flatMap(({ instalmentId, amount: now }) => {
    const amount = now < left ? now : left;
    if (!marks.has(markOf(instalmentId)) || amount <= 0n) return [];
    left -= amount;
    return [{ instalmentId, amount }];
  });
}

// A split chosen by hand as it travels in private_metadata: 40 lines must fit beside everything else in 3,000 characters.
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
    const minor = [...amount].reduce((sum, digit) => sum * 36n + BigInt(Number.parseInt(digit, 36)), 0n);
    return [{ instalmentId: parts.join('-'), amount: minor }];
  });

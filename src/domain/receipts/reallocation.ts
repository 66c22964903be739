// Re-allocation (P4; rules §3): the booked money of a receipt goes to other instalments, or becomes prepayment. What stays
// where it is keeps its day. Pure; amounts in minor units of the receipt's currency.
import type { ChosenLine } from './allocation.js';
import { type BookedLine, newestFirst } from './reversal.js';

/** A row that money of the receipt is on, or could go to. */
export interface RowMoney {
  readonly instalmentId: string;
  /** What of the receipt is applied to it. */
  readonly current: bigint;
  /** What it could take beside that. */
  readonly room: bigint;
}

/** What is on each row, in the order of the lines. */
export function sumByRow(lines: readonly ChosenLine[]): ChosenLine[] {
  const sums = new Map<string, bigint>();
  for (const { instalmentId, amount } of lines)
    sums.set(instalmentId, (sums.get(instalmentId) ?? 0n) + amount);
  return [...sums].map(([instalmentId, amount]) => ({ instalmentId, amount }));
}

/** Whether two splits are the same, however their lines are ordered or cut. */
export function isSameSplit(one: readonly ChosenLine[], other: readonly ChosenLine[]): boolean {
  const text = (lines: readonly ChosenLine[]) =>
    sumByRow(lines)
      .filter((line) => line.amount > 0n)
      .map((line) => `${line.instalmentId} ${line.amount}`)
      .toSorted()
      .join();
  return text(one) === text(other);
}

/**
 * Repairs a split after rows or the receipt changed: each line is cut to what its row can hold, all of them to what is left
 * of the receipt; nothing goes to a row that nobody chose.
 */
export function fitSplit(
  wanted: readonly ChosenLine[],
  rows: readonly RowMoney[],
  left: bigint,
): ChosenLine[] {
  const most = new Map(rows.map((row) => [row.instalmentId, row.current + row.room]));
  let rest = left;
  return wanted.flatMap(({ instalmentId, amount }) => {
    const max = most.get(instalmentId) ?? 0n;
    const fits = [amount, max, rest].reduce((least, one) => (one < least ? one : least));
    rest -= fits;
    return fits > 0n ? [{ instalmentId, amount: fits }] : [];
  });
}

export interface ReallocationPlan<L extends BookedLine = BookedLine> {
  /** Newest first of each row; what is not taken of a line is allocated anew. */
  readonly released: readonly { readonly line: L; readonly taken: bigint }[];
  readonly added: readonly ChosenLine[];
}

/** What is released and what is made, row by row: a row never has both. */
export function planReallocation<L extends BookedLine>(
  lines: readonly L[],
  wanted: readonly ChosenLine[],
): ReallocationPlan<L> {
  const after = new Map(sumByRow(wanted).map((line) => [line.instalmentId, line.amount]));
  const before = new Map(sumByRow(lines).map((line) => [line.instalmentId, line.amount]));
  const released = [...before].flatMap(([instalmentId, amount]) => {
    let rest = amount - (after.get(instalmentId) ?? 0n);
    return lines
      .filter((line) => line.instalmentId === instalmentId)
      .toSorted(newestFirst)
      .flatMap((line) => {
        const taken = line.amount < rest ? line.amount : rest;
        if (taken <= 0n) return [];
        rest -= taken;
        return [{ line, taken }];
      });
  });
  const added = [...after].flatMap(([instalmentId, amount]) => {
    const more = amount - (before.get(instalmentId) ?? 0n);
    return more > 0n ? [{ instalmentId, amount: more }] : [];
  });
  return { released, added };
}

/** Lines as they are kept. */
export const asJson = (lines: readonly ChosenLine[]): { instalmentId: string; amount: string }[] =>
  lines.map(({ instalmentId, amount }) => ({ instalmentId, amount: `${amount}` }));

/** Owners of the rows that get more: their figures gain. */
export const gainers = (
  rows: readonly (Pick<RowMoney, 'instalmentId' | 'current'> & {
    readonly row: { readonly ownerId: string };
  })[],
  wanted: readonly ChosenLine[],
): string[] =>
  rows.flatMap(({ row, instalmentId, current }) => {
    const after = wanted.find((line) => line.instalmentId === instalmentId)?.amount ?? 0n;
    return after > current ? [row.ownerId] : [];
  });

// What a reversal takes from a receipt (rules §3): first what belongs to no instalment, then the newest allocations.
// Pure; amounts in minor units of the receipt's currency.

/** An effective allocation. */
export interface BookedLine {
  readonly id: string;
  readonly instalmentId: string;
  readonly amount: bigint;
  readonly bookedAt: Date;
}

/** What is left of a receipt's money. */
export interface BookedMoney<L extends BookedLine = BookedLine> {
  readonly unapplied: bigint;
  readonly lines: readonly L[];
}

export interface ReversalPlan<L extends BookedLine = BookedLine> {
  readonly fromUnapplied: bigint;
  /** Newest first; `taken` of a line is less than its amount for the last one only, whose rest is allocated anew. */
  readonly lines: readonly { readonly line: L; readonly taken: bigint }[];
}

/** What can still be reversed. */
export const leftOf = ({ unapplied, lines }: BookedMoney): bigint =>
  lines.reduce((sum, line) => sum + line.amount, unapplied);

/** @throws RangeError for an amount that is not positive or above what is left: callers check that first. */
export function planReversal<L extends BookedLine>(amount: bigint, money: BookedMoney<L>): ReversalPlan<L> {
  if (amount <= 0n || amount > leftOf(money)) throw new RangeError('a reversal takes what is there');
  const fromUnapplied = amount < money.unapplied ? amount : money.unapplied;
  let rest = amount - fromUnapplied;
  const lines: { line: L; taken: bigint }[] = [];
  for (const line of money.lines.toSorted(newestFirst)) {
    if (rest === 0n) break;
    const taken = line.amount < rest ? line.amount : rest;
    lines.push({ line, taken });
    rest -= taken;
  }
  return { fromUnapplied, lines };
}

// The id last, so that the same facts always give the same card.
export const newestFirst = (a: BookedLine, b: BookedLine): number =>
  b.bookedAt.getTime() - a.bookedAt.getTime() || (a.id < b.id ? 1 : -1);

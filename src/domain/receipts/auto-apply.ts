// 自动核销 (rules §5): what a customer's prepayments pay by themselves once money falls due. Pure; amounts are minor units of
// one currency. Retentions and rows that somebody argues about, holds or has money waiting for are left to people.
import type { LocalDate } from '../local-date.js';
import { type OpenItem, proposeAllocation } from './allocation.js';

/** A receipt with money that belongs to no instalment. */
export interface AutoCredit {
  readonly id: string;
  readonly unapplied: bigint;
}

export interface AutoLine {
  readonly receiptId: string;
  readonly instalmentId: string;
  readonly amount: bigint;
}

/** `credits` the oldest first, each split as a receipt recorded on the customer would be, over what is due. */
export function planAutoApply(
  credits: readonly AutoCredit[],
  open: readonly OpenItem[],
  today: LocalDate,
): AutoLine[] {
  const isDue = (item: OpenItem) => item.effectiveDue !== null && item.effectiveDue <= today;
  let left = open.filter((item) => isDue(item) && !item.isRetention && item.recovery !== true);
  return credits.flatMap(({ id, unapplied }) => {
    const { lines } = proposeAllocation({ amount: unapplied, target: { customerId: id }, open: left, today });
    const taken = new Map(lines.map((line) => [line.instalmentId, line.amount]));
    left = left.map((item) => ({ ...item, outstanding: item.outstanding - (taken.get(item.id) ?? 0n) }));
    return lines.map(({ instalmentId, amount }) => ({ receiptId: id, instalmentId, amount }));
  });
}

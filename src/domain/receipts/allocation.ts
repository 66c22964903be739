// How a receipt is split over open instalments (核销): the proposal, its check, its repair (rules §5). Pure.
// Every item given is of one customer and one currency; amounts are minor units of it.
import { compareDates, type LocalDate } from '../local-date.js';
import { type Money, money } from '../money.js';

/** An instalment that money may go to. */
export type OpenItem = {
  readonly id: string;
  readonly contractId: string;
  readonly seq: number;
  readonly outstanding: bigint;
  readonly effectiveDue: LocalDate | null;
  readonly disputed: boolean;
  readonly blocked: boolean;
  readonly isRetention: boolean;
  /** Bad debt: `outstanding` is what of it did not come in yet, and money on it recovers it. */
  readonly recovery?: boolean;
};

/** What the receipt was recorded on: the narrowest thing that the person chose; an instalment that may be paid by now with its contract. */
export type AllocationTarget =
  | { instalmentId: string; contractId?: string | null }
  | { contractId: string }
  | { customerId: string };

/** Why a line is proposed, as the form tells it. */
export type AllocationReason = 'exact_amount' | 'target' | 'oldest_due';

export type ProposedLine = {
  readonly instalmentId: string;
  readonly amount: bigint;
  readonly reason: AllocationReason;
};

/** One line of a split as a person chose it. */
export type ChosenLine = { readonly instalmentId: string; readonly amount: bigint };

/**
 * Proposes a split (rules §5). On an instalment: that one, then its contract by due date and number, then the
 * customer's other overdue rows; one that is paid meanwhile leaves its contract. On a contract or customer: one row of exactly the amount if there is one (the oldest
 * of several), else the oldest due first; on a contract the customer's other overdue rows follow. Disputed and blocked
 * rows only if chosen, undated rows after dated ones, retentions last. The rest is prepayment, never refused.
 */
export function proposeAllocation(receipt: {
  readonly amount: bigint;
  readonly target: AllocationTarget;
  readonly open: readonly OpenItem[];
  readonly today: LocalDate;
}): { lines: ProposedLine[]; unapplied: bigint } {
  const { amount, target, open, today } = receipt;
  const chosen = 'instalmentId' in target ? open.find((item) => item.id === target.instalmentId) : undefined;
  const contractId = chosen?.contractId ?? ('contractId' in target ? target.contractId : null) ?? undefined;
  const candidates = open
    .filter((item) => item !== chosen && !item.disputed && !item.blocked && item.outstanding > 0n)
    .toSorted(compareItems);
  const within = candidates.filter((item) => item.contractId === contractId);
  const elsewhere = candidates.filter((item) => item.contractId !== contractId);
  const overdue = elsewhere.filter((item) => item.effectiveDue !== null && item.effectiveDue < today);

  if (chosen && chosen.outstanding > 0n) {
    const reason = chosen.outstanding === amount ? 'exact_amount' : 'target';
    return fill(amount, [{ item: chosen, reason }, ...byAge(within), ...byAge(overdue)]);
  }
  const scope = contractId === undefined ? candidates : within;
  const exact = scope.find((item) => item.outstanding === amount);
  if (exact) return fill(amount, [{ item: exact, reason: 'exact_amount' }]);
  return fill(amount, byAge(contractId === undefined ? candidates : [...within, ...overdue]));
}

export type SplitDecision =
  | { ok: true }
  | {
      ok: false;
      code: 'receipt.exceeds_outstanding';
      params: { seq: number; max: Money; instalmentId: string };
    }
  | { ok: false; code: 'receipt.split_exceeds'; params: { split: Money; amount: Money; excess: Money } };

/**
 * Whether a split that a person chose fits: no row above its outstanding amount (lines of one row count together),
 * the sum not above the receipt (rules §4 no. 1, 2).
 * @throws RangeError for a line that is not positive or names no open item: callers check those first.
 */
export function validateSplit(receipt: {
  readonly amount: bigint;
  readonly currency: string;
  readonly lines: readonly ChosenLine[];
  readonly open: readonly OpenItem[];
}): SplitDecision {
  const { amount, currency, lines, open } = receipt;
  const items = new Map(open.map((item) => [item.id, item]));
  const applied = new Map<OpenItem, bigint>();
  for (const line of lines) {
    const item = items.get(line.instalmentId);
    if (!item || line.amount <= 0n)
      throw new RangeError('a line needs an open instalment and a positive amount');
    applied.set(item, (applied.get(item) ?? 0n) + line.amount);
  }
  for (const [item, sum] of applied) {
    if (sum <= item.outstanding) continue;
    const params = { seq: item.seq, max: money(item.outstanding, currency), instalmentId: item.id };
    return { ok: false, code: 'receipt.exceeds_outstanding', params };
  }
  const split = lines.reduce((sum, line) => sum + line.amount, 0n);
  if (split <= amount) return { ok: true };
  const params = {
    split: money(split, currency),
    amount: money(amount, currency),
    excess: money(split - amount, currency),
  };
  return { ok: false, code: 'receipt.split_exceeds', params };
}

/**
 * Repairs a chosen split after open amounts changed: each line is cut to what its row can still take, rows no longer
 * open fall out, nothing goes to a row that nobody chose. `freed` becomes prepayment; Σ lines + freed is unchanged.
 */
export function redistribute(
  lines: readonly ChosenLine[],
  open: readonly OpenItem[],
): { lines: ChosenLine[]; freed: bigint } {
  const room = new Map(open.map((item) => [item.id, item.outstanding]));
  const kept: ChosenLine[] = [];
  let freed = 0n;
  for (const { instalmentId, amount } of lines) {
    const left = room.get(instalmentId) ?? 0n;
    const taken = amount < left ? amount : left;
    if (taken > 0n) kept.push({ instalmentId, amount: taken });
    room.set(instalmentId, left - taken);
    freed += amount - taken;
  }
  return { lines: kept, freed };
}

/** Open items as a person splits by hand: the oldest due first; disputed and blocked ones, then retentions last. */
export function orderForSplit(open: readonly OpenItem[]): OpenItem[] {
  const late = (item: OpenItem) => Number(item.isRetention) * 2 + Number(item.disputed || item.blocked);
  return open.toSorted((a, b) => late(a) - late(b) || compareItems(a, b));
}

function fill(
  amount: bigint,
  queue: readonly { item: OpenItem; reason: AllocationReason }[],
): { lines: ProposedLine[]; unapplied: bigint } {
  const lines: ProposedLine[] = [];
  let unapplied = amount;
  for (const { item, reason } of queue) {
    if (unapplied === 0n) break;
    const taken = item.outstanding < unapplied ? item.outstanding : unapplied;
    lines.push({ instalmentId: item.id, amount: taken, reason });
    unapplied -= taken;
  }
  return { lines, unapplied };
}

function byAge(items: readonly OpenItem[]): { item: OpenItem; reason: AllocationReason }[] {
  return items.map((item) => ({ item, reason: 'oldest_due' }));
}

// The id last, so that the same facts always give the same card.
function compareItems(a: OpenItem, b: OpenItem): number {
  if (a.isRetention !== b.isRetention) return a.isRetention ? 1 : -1;
  if (a.effectiveDue === null || b.effectiveDue === null) {
    if (a.effectiveDue !== b.effectiveDue) return a.effectiveDue === null ? 1 : -1;
  } else if (a.effectiveDue !== b.effectiveDue) {
    return compareDates(a.effectiveDue, b.effectiveDue);
  }
  if (a.contractId !== b.contractId) return a.contractId < b.contractId ? -1 : 1;
  if (a.seq !== b.seq) return a.seq - b.seq;
  return a.id < b.id ? -1 : 1;
}

// What an instalment is not paid and will not be: bad debt (坏账) and small differences (尾差), and their undoing
// (rules §2, §3). Pure; amounts in minor units of the contract's currency.

import type { LocalDate } from '../local-date.js';
import type { Lifecycle } from '../plans/instalment.js';
import { type DisplayState, displayState, type InstalmentFacts } from '../plans/instalment.js';

/** What a person asks for; a recovery is posted with its money. */
export type WriteOffKind = 'bad_debt' | 'small_difference';

/** The most that a company can let pass as a small difference, in minor units. */
export const MAX_SMALL_DIFFERENCE = 5000;

/** A row as it is decided about. */
export type AdjustableFacts = InstalmentFacts & {
  readonly isRetention: boolean;
  /** What stands written off of it; the rest that is not open came in as money. */
  readonly adjusted: bigint;
};

export type WriteOffDecision =
  | { ok: true; amount: bigint }
  | { ok: false; code: 'adjustment.bad_state'; params: { state: DisplayState } }
  | { ok: false; code: 'adjustment.exceeds'; params: { max: bigint } }
  | { ok: false; code: 'adjustment.not_small'; params: { max: bigint } };

const OPEN: readonly DisplayState[] = ['open', 'postponed', 'overdue', 'undated'];

type SmallRestFacts = Pick<
  AdjustableFacts,
  'lifecycle' | 'outstanding' | 'amount' | 'isRetention' | 'adjusted'
>;

/** Whether the rest of a part-paid row is so small that it may be let go; never of a retention, which is due in full. */
export const isSmallRest = (row: SmallRestFacts, tolerance: bigint): boolean =>
  row.lifecycle === 'open' &&
  row.outstanding > 0n &&
  row.amount - row.adjusted > row.outstanding &&
  row.outstanding <= tolerance &&
  !row.isRetention;

/**
 * Whether it may be written off (rules §3): bad debt of what is overdue, at most what is open; a small difference is all
 * of a rest within the tolerance. `amount` null: all that is open.
 */
export function decideWriteOff(
  row: AdjustableFacts,
  ask: { readonly kind: WriteOffKind; readonly amount: bigint | null },
  today: LocalDate,
  tolerance: bigint,
): WriteOffDecision {
  const state = displayState(row, today);
  const fits = ask.kind === 'bad_debt' ? state === 'overdue' : OPEN.includes(state);
  if (!fits) return { ok: false, code: 'adjustment.bad_state', params: { state } };
  const amount = ask.amount ?? row.outstanding;
  if (ask.kind === 'small_difference' && (!isSmallRest(row, tolerance) || amount !== row.outstanding))
    return { ok: false, code: 'adjustment.not_small', params: { max: tolerance } };
  if (amount <= 0n || amount > row.outstanding)
    return { ok: false, code: 'adjustment.exceeds', params: { max: row.outstanding } };
  return { ok: true, amount };
}

/**
 * What a row is once nothing of it is open: written off as bad debt, or settled by a difference that does not count.
 * `badDebt`: what stands of it besides and did not come in: closed by no money, the row is bad debt and not paid.
 */
export const closedBy = (kind: WriteOffKind, badDebt: bigint): Lifecycle =>
  kind === 'bad_debt' || badDebt > 0n ? 'written_off' : 'settled';

/** An approved adjustment of a row. */
export interface PostedAdjustment {
  readonly id: string;
  readonly kind: WriteOffKind | 'recovery';
  /** Signed. */
  readonly amount: bigint;
  readonly undoesId: string | null;
}

export interface Undoable {
  readonly id: string;
  readonly kind: WriteOffKind;
  readonly amount: bigint;
}

/**
 * What can be undone of a row: its newest write-off that stands, as far as it was not recovered since; null if there is
 * none. `posted` in the order of posting.
 */
export const undoableOf = (posted: readonly PostedAdjustment[]): Undoable | null =>
  standingOf(posted)[0] ?? null;

/** All that stands of a row, the newest first: together what was written off and did not come in. */
export function standingOf(posted: readonly PostedAdjustment[]): Undoable[] {
  let badDebt = recoverableOf(posted);
  return posted.toReversed().flatMap(({ id, kind, amount }): Undoable[] => {
    if (kind === 'recovery' || amount < 0n) return [];
    const undone = posted.reduce((sum, one) => (one.undoesId === id ? sum + one.amount : sum), 0n);
    const rest = amount + undone;
    const left = kind === 'small_difference' || rest < badDebt ? rest : badDebt;
    if (kind === 'bad_debt') badDebt -= left;
    return left > 0n ? [{ id, kind, amount: left }] : [];
  });
}

/** Bad debt that did not come in yet: what money on the closed row recovers. */
export const recoverableOf = (posted: readonly Pick<PostedAdjustment, 'kind' | 'amount'>[]): bigint =>
  posted.reduce((sum, one) => (one.kind === 'small_difference' ? sum : sum + one.amount), 0n);

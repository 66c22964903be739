// An instalment's display state and what may be done to it (rules §3). Pure.
// The state that a person sees is never stored: it follows from the facts and today.
import { type DateRoll, rollDate, type WorkCalendar } from '../calendar.js';
import { addDays, diffDays, type LocalDate, maxDate } from '../local-date.js';

export type Lifecycle = 'inactive' | 'open' | 'settled' | 'written_off' | 'cancelled';

/** What the display state depends on; amounts in minor units of the contract's currency. */
export type InstalmentFacts = {
  readonly lifecycle: Lifecycle;
  readonly amount: bigint;
  readonly outstanding: bigint;
  readonly dueOn: LocalDate | null;
  readonly postponedTo: LocalDate | null;
  readonly effectiveDue: LocalDate | null;
};

export type DisplayState =
  | 'cancelled'
  | 'inactive'
  | 'written_off'
  | 'paid'
  | 'undated'
  | 'overdue'
  | 'postponed'
  | 'open';

/** A rep may postpone this often, to at most this many days after due_on; beyond it the manager (rules §3). */
export const REP_MAX_POSTPONEMENTS = 2;
export const REP_MAX_POSTPONED_DAYS = 30;

const POSTPONABLE: readonly DisplayState[] = ['open', 'postponed', 'overdue'];

/** The state shown today, the first rule of rules §3 that matches; display-state.sql.ts is the same rule as SQL. */
export function displayState(facts: InstalmentFacts, today: LocalDate): DisplayState {
  if (facts.lifecycle === 'cancelled') return 'cancelled';
  if (facts.lifecycle === 'inactive') return 'inactive';
  if (facts.lifecycle === 'written_off') return 'written_off';
  if (facts.outstanding === 0n) return 'paid';
  if (facts.dueOn === null) return 'undated';
  if (facts.effectiveDue !== null && today > facts.effectiveDue) return 'overdue';
  if (facts.postponedTo !== null) return 'postponed';
  return 'open';
}

/** Days since the effective due date while overdue, else 0 (rules §7: overdue starts the day after). */
export function daysOverdue(facts: InstalmentFacts, today: LocalDate): number {
  if (facts.effectiveDue === null || displayState(facts, today) !== 'overdue') return 0;
  return diffDays(today, facts.effectiveDue);
}

/** The day that counts: the postponed date as it is, else the due date rolled off days off (rules §3). */
export function effectiveDue(
  dates: { dueOn: LocalDate | null; postponedTo: LocalDate | null; roll: DateRoll },
  calendar: WorkCalendar,
): LocalDate | null {
  if (dates.postponedTo !== null) return dates.postponedTo;
  return dates.dueOn === null ? null : rollDate(calendar, dates.dueOn, dates.roll);
}

/** Why a manager is needed: a third time, more than 30 days in all, or a retention. */
export type ManagerReason = 'retention' | 'count' | 'days';

export type PostponementDecision =
  | { ok: true }
  | { ok: false; code: 'instalment.not_postponable'; params: { state: DisplayState } }
  | { ok: false; code: 'instalment.date_not_later'; params: { after: LocalDate } }
  | {
      ok: false;
      code: 'instalment.needs_manager';
      params: { reason: ManagerReason; latest: LocalDate | null };
    };

/** What the limits of a rep are measured by. */
export interface PostponementHistory {
  readonly postponeCount: number;
  readonly isRetention: boolean;
  /** Days over all postponements so far: a milestone that moved the due date itself has used them up too. */
  readonly postponedDays: number;
}

/** Whether the instalment may be postponed to a date, by a rep or a manager (rules §3). */
export function decidePostponement(
  facts: InstalmentFacts & PostponementHistory,
  to: LocalDate,
  today: LocalDate,
  by: 'rep' | 'manager',
): PostponementDecision {
  const state = displayState(facts, today);
  if (!POSTPONABLE.includes(state) || facts.dueOn === null) {
    return { ok: false, code: 'instalment.not_postponable', params: { state } };
  }
  const after = facts.effectiveDue === null ? today : maxDate(today, facts.effectiveDue);
  if (to <= after) return { ok: false, code: 'instalment.date_not_later', params: { after } };
  const limit = repLimit(facts, facts.dueOn);
  const reason = managerReasonFor(facts, to, limit);
  if (by === 'manager' || reason === null) return { ok: true };
  const latest = reason === 'days' && limit > after ? limit : null;
  return { ok: false, code: 'instalment.needs_manager', params: { reason, latest } };
}

export type DeletionDecision =
  | { ok: true }
  | { ok: false; code: 'instalment.not_deletable'; params: { state: DisplayState } }
  | { ok: false; code: 'instalment.has_money'; params: { amount: bigint } }
  | { ok: false; code: 'instalment.needs_manager'; params: Record<never, never> };

/**
 * Whether the instalment may be deleted: never with money on it, effective or waiting; on an active contract by the
 * rep only before its due date and if never postponed, else by the manager. The amount returns to the balance.
 * `proposed` is the sum of proposed allocations in minor units.
 */
export function decideDeletion(
  facts: InstalmentFacts & { readonly postponeCount: number; readonly proposed: bigint },
  today: LocalDate,
  by: 'rep' | 'manager',
): DeletionDecision {
  const amount = facts.amount - facts.outstanding + facts.proposed;
  if (amount !== 0n) return { ok: false, code: 'instalment.has_money', params: { amount } };
  const state = displayState(facts, today);
  if (state === 'cancelled' || state === 'written_off') {
    return { ok: false, code: 'instalment.not_deletable', params: { state } };
  }
  const isDue = facts.effectiveDue !== null && today >= facts.effectiveDue;
  const isFree = state === 'inactive' || (!isDue && facts.postponeCount === 0);
  if (by === 'manager' || isFree) return { ok: true };
  return { ok: false, code: 'instalment.needs_manager', params: {} };
}

export type PlanTotalDecision =
  | { ok: true }
  | { ok: false; code: 'plan.exceeds_contract'; params: { difference: bigint; max: bigint } }
  | { ok: false; code: 'plan.incomplete'; params: { difference: bigint } };

/**
 * Whether the rows of a plan (minor units, without cancelled ones) fit the contract: never more, and exactly the
 * amount unless the plan may stay incomplete (rules §4 no. 3). `max` is what the row at `editing` (default the last)
 * could take at most.
 */
export function checkPlanTotal(plan: {
  readonly contractAmount: bigint;
  readonly rows: readonly bigint[];
  readonly allowIncomplete: boolean;
  readonly editing?: number;
}): PlanTotalDecision {
  const total = plan.rows.reduce((sum, row) => sum + row, 0n);
  const difference = total - plan.contractAmount;
  if (difference > 0n) {
    const room = (plan.rows.at(plan.editing ?? -1) ?? 0n) - difference;
    const max = room > 0n ? room : 0n;
    return { ok: false, code: 'plan.exceeds_contract', params: { difference, max } };
  }
  if (difference < 0n && !plan.allowIncomplete) {
    return { ok: false, code: 'plan.incomplete', params: { difference: -difference } };
  }
  return { ok: true };
}

/** The last day that a rep may choose: 30 days after the due date, less what was postponed before. */
function repLimit(
  { effectiveDue: due, postponedDays }: InstalmentFacts & PostponementHistory,
  dueOn: LocalDate,
): LocalDate {
  const afterDue = addDays(dueOn, REP_MAX_POSTPONED_DAYS);
  const inAll = addDays(due ?? dueOn, REP_MAX_POSTPONED_DAYS - postponedDays);
  return inAll < afterDue ? inAll : afterDue;
}

function managerReasonFor(facts: PostponementHistory, to: LocalDate, limit: LocalDate): ManagerReason | null {
  if (facts.isRetention) return 'retention';
  if (facts.postponeCount >= REP_MAX_POSTPONEMENTS) return 'count';
  return to > limit ? 'days' : null;
}

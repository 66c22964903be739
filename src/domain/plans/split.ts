// 拆分: one instalment becomes several; the sum stays, what is paid stays on the first (rules §3, §4). Pure.
import type { LocalDate } from '../local-date.js';
import {
  type DisplayState,
  decidePostponement,
  displayState,
  type InstalmentFacts,
  type ManagerReason,
  type PostponementHistory,
} from './instalment.js';

export const MAX_SPLIT_PARTS = 12;

/** One part as it is wanted; `dueOn` is the day that counts, postponed or not. Minor units. */
export interface SplitPart {
  readonly amount: bigint;
  readonly dueOn: LocalDate | null;
}

/** The dates of a part, as they are kept. */
export interface SplitDates {
  readonly dueOn: LocalDate | null;
  readonly postponedTo: LocalDate | null;
  /** As the whole had it: it goes on following its milestone. */
  readonly unchanged: boolean;
  /** Counts as one more postponement. */
  readonly later: boolean;
}

export type SplitFacts = InstalmentFacts &
  PostponementHistory & {
    /** Σ of money that waits for approval. */
    readonly proposed: bigint;
  };

export type SplitDecision =
  /** `dueOn` and `postponedTo` as they are kept. */
  | { ok: true; parts: readonly (SplitPart & SplitDates)[] }
  | { ok: false; code: 'split.not_open'; params: { state: DisplayState } }
  | { ok: false; code: 'split.money_waits'; params: { amount: bigint } }
  | { ok: false; code: 'split.sum'; params: { difference: bigint } }
  | { ok: false; code: 'split.below_paid'; params: { min: bigint } }
  | { ok: false; code: 'split.date_missing'; part: number; params: Record<never, never> }
  | { ok: false; code: 'instalment.date_not_later'; part: number; params: { after: LocalDate } }
  | {
      ok: false;
      code: 'instalment.needs_manager';
      part: number;
      params: { reason: ManagerReason; latest: LocalDate | null };
    };

const SPLITTABLE: readonly DisplayState[] = ['inactive', 'open', 'postponed', 'overdue', 'undated'];

const NUMBERED = /^(.*?) ?[(（](\d{1,3})[)）]$/u;

/** What the parts of a row are called by, and from which number on: a part that is split again counts on within its plan. */
export function partNames(name: string, planned: readonly string[]): { base: string; next: number } {
  const read = (one: string) => {
    const [, base = one, number = '1'] = NUMBERED.exec(one) ?? [];
    return { base, number: Number(number) };
  };
  const { base } = read(name);
  const numbers = planned.map(read).flatMap((one) => (one.base === base ? [one.number] : []));
  return { base, next: Math.max(1, ...numbers) + 1 };
}

/** What each part falls short of the whole: 0 when they make it up, negative when they are too much. */
export const splitRest = (amount: bigint, parts: readonly { readonly amount: bigint }[]): bigint =>
  parts.reduce((rest, part) => rest - part.amount, amount);

/**
 * Whether an instalment may be split so. On a contract in force a day later than the one that counts is a postponement,
 * and held to the same limits.
 */
export function decideSplit(
  facts: SplitFacts,
  parts: readonly SplitPart[],
  today: LocalDate,
  by: 'rep' | 'manager',
): SplitDecision {
  const state = displayState(facts, today);
  if (!SPLITTABLE.includes(state)) return { ok: false, code: 'split.not_open', params: { state } };
  if (facts.proposed > 0n)
    return { ok: false, code: 'split.money_waits', params: { amount: facts.proposed } };
  if (parts.length < 2 || parts.length > MAX_SPLIT_PARTS || parts.some((part) => part.amount <= 0n))
    throw new RangeError('number and amounts of parts are checked by the form');
  const difference = splitRest(facts.amount, parts);
  if (difference !== 0n) return { ok: false, code: 'split.sum', params: { difference } };
  const min = facts.amount - facts.outstanding;
  if ((parts[0]?.amount ?? 0n) < min) return { ok: false, code: 'split.below_paid', params: { min } };
  const decided: (SplitPart & SplitDates)[] = [];
  for (const [part, wanted] of parts.entries()) {
    const dates = datesOf(facts, wanted.dueOn);
    if (facts.lifecycle === 'open' && facts.effectiveDue !== null && wanted.dueOn === null) {
      return { ok: false, code: 'split.date_missing', part, params: {} };
    }
    if (dates.later && wanted.dueOn !== null) {
      const refused = refuseLater(facts, wanted.dueOn, today, by);
      if (refused) return { ...refused, part };
    }
    decided.push({ ...wanted, ...dates });
  }
  return { ok: true, parts: decided };
}

/** Where a later day is not allowed: as if the whole were postponed to it. */
function refuseLater(facts: SplitFacts, to: LocalDate, today: LocalDate, by: 'rep' | 'manager') {
  const decision = decidePostponement(facts, to, today, by);
  if (decision.ok) return null;
  if (decision.code === 'instalment.not_postponable')
    throw new RangeError('what has a later part is open and has a date');
  return decision;
}

function datesOf(facts: SplitFacts, day: LocalDate | null): SplitDates {
  const { dueOn, postponedTo, effectiveDue } = facts;
  if (day === effectiveDue) return { dueOn, postponedTo, unchanged: true, later: false };
  const isLater = facts.lifecycle === 'open' && isAfter(day, effectiveDue);
  // Between the day agreed and the one postponed to: the postponement is shortened.
  const isShorter = postponedTo !== null && isAfter(day, dueOn);
  return isLater || isShorter
    ? { dueOn, postponedTo: day, unchanged: false, later: isLater }
    : { dueOn: day, postponedTo: null, unchanged: false, later: false };
}

const isAfter = (day: LocalDate | null, other: LocalDate | null): boolean =>
  day !== null && other !== null && day > other;

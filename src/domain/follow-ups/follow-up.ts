// A follow-up (跟进): what was done to get the money of an instalment, what came of it, and what follows (rules §2, §8).
// Pure.
import { addDays, type LocalDate } from '../local-date.js';

export const FOLLOW_UP_KINDS = ['call', 'visit', 'message', 'mail', 'letter', 'other'] as const;
export type FollowUpKind = (typeof FOLLOW_UP_KINDS)[number];
export const FOLLOW_UP_RESULTS = ['promised', 'disputed', 'no_answer', 'paying', 'refused'] as const;
export type FollowUpResult = (typeof FOLLOW_UP_RESULTS)[number];

export const isKind = (text: string | null): text is FollowUpKind =>
  (FOLLOW_UP_KINDS as readonly (string | null)[]).includes(text);
export const isResult = (text: string | null): text is FollowUpResult =>
  (FOLLOW_UP_RESULTS as readonly (string | null)[]).includes(text);

export const MAX_CONTENT = 3000;
export const MAX_REASON = 300;
/** A promise or a pause further away is no answer; a year ahead nobody remembers an appointment. */
export const MAX_PROMISE_DAYS = 180;
export const MAX_PAUSE_DAYS = 90;
export const MAX_NEXT_DAYS = 365;
/** As often as an owner may postpone: promises in a row that hold escalation back. Later ones are noted, no more. */
export const HOLDING_PROMISES = 2;

/** What somebody writes down; which fields belong to which result is up to `decideFollowUp`. */
export interface FollowUpInput {
  readonly instalmentId: string;
  readonly kind: FollowUpKind;
  readonly content: string | null;
  readonly result: FollowUpResult | null;
  /** Of a promise: the day and minor units of the contract's currency. */
  readonly promisedOn: LocalDate | null;
  readonly promisedAmount: bigint | null;
  /** Of a dispute. */
  readonly reason: string | null;
  readonly pauseUntil: LocalDate | null;
  readonly nextOn: LocalDate | null;
}

type DayField = 'promisedOn' | 'pauseUntil' | 'nextOn';
export type FollowUpDecision =
  | { ok: true }
  | { ok: false; code: 'follow_up.date_past'; field: DayField; params: { earliest: LocalDate } }
  | { ok: false; code: 'follow_up.date_too_far'; field: DayField; params: { max: LocalDate } }
  | { ok: false; code: 'follow_up.promise_exceeds'; field: 'promisedAmount'; params: { max: bigint } };

/** Whether days and amount make sense for a row with this much outstanding; a promise or a pause may end today. */
export function decideFollowUp(
  input: FollowUpInput,
  outstanding: bigint,
  today: LocalDate,
): FollowUpDecision {
  const tomorrow = addDays(today, 1);
  const days: [DayField, LocalDate | null, LocalDate, number][] = [
    ['promisedOn', input.result === 'promised' ? input.promisedOn : null, today, MAX_PROMISE_DAYS],
    ['pauseUntil', input.result === 'disputed' ? input.pauseUntil : null, today, MAX_PAUSE_DAYS],
    ['nextOn', input.nextOn, tomorrow, MAX_NEXT_DAYS],
  ];
  for (const [field, day, earliest, furthest] of days) {
    if (day === null) continue;
    if (day < earliest) return { ok: false, code: 'follow_up.date_past', field, params: { earliest } };
    const max = addDays(today, furthest);
    if (day > max) return { ok: false, code: 'follow_up.date_too_far', field, params: { max } };
  }
  if (input.result === 'promised' && (input.promisedAmount ?? 0n) > outstanding)
    return {
      ok: false,
      code: 'follow_up.promise_exceeds',
      field: 'promisedAmount',
      params: { max: outstanding },
    };
  return { ok: true };
}

/** What a follow-up changes on its instalment. */
export interface HoldChange {
  readonly disputed?: boolean;
  readonly disputedOn?: LocalDate | null;
  readonly disputeTold?: boolean;
  readonly blockUntil?: LocalDate | null;
  readonly blockReason?: string | null;
  readonly promisedOn?: LocalDate | null;
  readonly promisedAmount?: bigint | null;
  /** Outstanding that is left once the promise is kept. */
  readonly promisedLeft?: bigint | null;
  readonly promiseCount?: number;
  readonly brokenOn?: LocalDate | null;
  readonly nextContactOn: LocalDate | null;
}

export const NO_PROMISE = {
  promisedOn: null,
  promisedAmount: null,
  promisedLeft: null,
  promiseCount: 0,
  brokenOn: null,
};
export const NO_DISPUTE = {
  disputed: false,
  disputedOn: null,
  disputeTold: false,
  blockUntil: null,
  blockReason: null,
};

/**
 * The newest of promise and dispute counts: a promise ends a dispute, a dispute a promise. In turn they hold nothing for
 * longer: a dispute that goes on, or that is back before a promise had its end, keeps its first day, and whoever promises
 * again before the money of the last promise is in is counted. A promise that was broken is told to the next level: a
 * dispute after it is a new one. Without a day for the next contact a promise is looked at on
 * its own day.
 */
export function holdAfter(
  input: FollowUpInput,
  before: {
    outstanding: bigint;
    promisedLeft: bigint | null;
    promiseCount: number;
    brokenOn: LocalDate | null;
    disputed: boolean;
    disputedOn: LocalDate | null;
    disputeTold: boolean;
  },
  today: LocalDate,
): HoldChange {
  const promises = isUnkept(before) ? before.promiseCount : 0;
  const goesOn = before.disputed || (before.brokenOn === null && isUnkept(before));
  const disputedSince = goesOn ? before.disputedOn : null;
  const disputeTold = disputedSince !== null && before.disputeTold;
  if (input.result === 'promised' && input.promisedOn !== null && input.promisedAmount !== null)
    return {
      ...NO_DISPUTE,
      disputedOn: disputedSince,
      disputeTold,
      promisedOn: input.promisedOn,
      promisedAmount: input.promisedAmount,
      promisedLeft: before.outstanding - input.promisedAmount,
      promiseCount: promises + 1,
      brokenOn: null,
      nextContactOn: input.nextOn ?? (input.promisedOn > today ? input.promisedOn : null),
    };
  if (input.result === 'disputed')
    return {
      ...NO_PROMISE,
      promiseCount: promises,
      disputed: true,
      disputedOn: disputedSince ?? today,
      disputeTold,
      blockUntil: input.pauseUntil,
      blockReason: input.reason,
      nextContactOn: input.nextOn,
    };
  return { nextContactOn: input.nextOn };
}

/** The last promise was broken or disputed away, or its money is not in. */
const isUnkept = (row: {
  outstanding: bigint;
  promisedLeft: bigint | null;
  promiseCount: number;
  brokenOn: LocalDate | null;
}): boolean =>
  row.brokenOn !== null ||
  (row.promisedLeft === null ? row.promiseCount > 0 : row.outstanding > row.promisedLeft);

/** Over which days the numbers of a rep's follow-ups are counted. */
export const STATS_DAYS = 30;

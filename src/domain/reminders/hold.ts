// What holds the ladder of an instalment back, and what becomes of a promise that was not kept and of a dispute that
// goes on (rules §8). Pure; candidates.queries.ts looks for the same by index.
import { HOLDING_PROMISES } from '../follow-ups/follow-up.js';
import { addDays, type LocalDate } from '../local-date.js';

/** A dispute that lasts longer goes to the manager. */
export const DISPUTE_DAYS = 14;
/** Days in which a row that was beyond its ladder when it opened is only listed. */
export const LISTED_DAYS = 7;

/** `effectiveDue` is null while nobody knows the day, `disputedOn` without a dispute; amounts in minor units. */
export type HoldFacts = {
  readonly effectiveDue: LocalDate | null;
  readonly outstanding: bigint;
  readonly blockUntil: LocalDate | null;
  readonly promisedOn: LocalDate | null;
  readonly promisedLeft: bigint | null;
  readonly promiseCount: number;
  /** Money that was sent to finance and is not decided. */
  readonly waiting: bigint;
  readonly disputedOn: LocalDate | null;
  readonly disputeTold: boolean;
};

/** Whether there is a promise and it has not been kept yet. */
export const isPromiseOpen = (
  row: Pick<HoldFacts, 'promisedOn' | 'promisedLeft' | 'outstanding'>,
  tolerance: number,
): boolean => row.promisedOn !== null && row.outstanding > (row.promisedLeft ?? 0n) + BigInt(tolerance);

/** The money of an open promise is in approval: whether it was kept is finance's to say, and the row waits for that. */
const isPromiseInApproval = (row: HoldFacts, tolerance: number): boolean =>
  isPromiseOpen(row, tolerance) &&
  !isPromiseOpen({ ...row, outstanding: row.outstanding - row.waiting }, tolerance);

/** The last day on which the steps of this row wait; null if nothing holds them. A third promise in a row holds nothing. */
export function heldUntil(row: HoldFacts, tolerance: number): LocalDate | null {
  const holds = isPromiseOpen(row, tolerance) && row.promiseCount <= HOLDING_PROMISES;
  const promised = holds ? row.promisedOn : null;
  if (row.blockUntil === null || promised === null) return row.blockUntil ?? promised;
  return row.blockUntil > promised ? row.blockUntil : promised;
}

/** Whether the steps of this row wait today. */
export function isHeld(row: HoldFacts, today: LocalDate, tolerance: number): boolean {
  const until = heldUntil(row, tolerance);
  return (until !== null && until >= today) || isPromiseInApproval(row, tolerance);
}

/**
 * The promised day and the due date are over, and the money is neither there nor in approval. Where nobody knows the due
 * date the promise is the only day there is.
 */
export function isPromiseBroken(row: HoldFacts, today: LocalDate, tolerance: number): boolean {
  return (
    row.promisedOn !== null &&
    row.promisedOn < today &&
    (row.effectiveDue === null || row.effectiveDue < today) &&
    isPromiseOpen(row, tolerance) &&
    !isPromiseInApproval(row, tolerance)
  );
}

/** An overdue row is disputed for more than 14 days, and its manager has not been told. */
export function isDisputeOld(row: HoldFacts, today: LocalDate): boolean {
  return (
    row.disputedOn !== null &&
    !row.disputeTold &&
    row.effectiveDue !== null &&
    row.effectiveDue < today &&
    addDays(row.disputedOn, DISPUTE_DAYS) < today
  );
}

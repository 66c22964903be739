// What holds the ladder of an instalment back, and what becomes of a promise that was not kept and of a dispute that
// goes on (rules §8). Pure; candidates.queries.ts looks for the same by index.
import { addDays, type LocalDate } from '../local-date.js';

/** A dispute that lasts longer goes to the manager. */
export const DISPUTE_DAYS = 14;

/** `disputedOn` is null without a dispute; amounts in minor units. */
export type HoldFacts = {
  readonly effectiveDue: LocalDate;
  readonly outstanding: bigint;
  readonly blockUntil: LocalDate | null;
  readonly promisedOn: LocalDate | null;
  readonly promisedLeft: bigint | null;
  readonly disputedOn: LocalDate | null;
  readonly disputeTold: boolean;
};

/** Whether there is a promise and it has not been kept yet. */
export const isPromiseOpen = (
  row: Pick<HoldFacts, 'promisedOn' | 'promisedLeft' | 'outstanding'>,
  tolerance: number,
): boolean => row.promisedOn !== null && row.outstanding > (row.promisedLeft ?? 0n) + BigInt(tolerance);

/** The last day on which the steps of this row wait; null if nothing holds them. */
export function heldUntil(row: HoldFacts, tolerance: number): LocalDate | null {
  const promised = isPromiseOpen(row, tolerance) ? row.promisedOn : null;
  if (row.blockUntil === null || promised === null) return row.blockUntil ?? promised;
  return row.blockUntil > promised ? row.blockUntil : promised;
}

/** Whether the steps of this row wait today. */
export function isHeld(row: HoldFacts, today: LocalDate, tolerance: number): boolean {
  const until = heldUntil(row, tolerance);
  return until !== null && until >= today;
}

/** The promised day and the due date are over, and the money is not there. */
export function isPromiseBroken(row: HoldFacts, today: LocalDate, tolerance: number): boolean {
  return (
    row.promisedOn !== null &&
    row.promisedOn < today &&
    row.effectiveDue < today &&
    isPromiseOpen(row, tolerance)
  );
}

/** An overdue row is disputed for more than 14 days, and its manager has not been told. */
export function isDisputeOld(row: HoldFacts, today: LocalDate): boolean {
  return (
    row.disputedOn !== null &&
    !row.disputeTold &&
    row.effectiveDue < today &&
    addDays(row.disputedOn, DISPUTE_DAYS) < today
  );
}

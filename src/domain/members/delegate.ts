// Who decides in somebody's place, as stored with them: it counts up to and with its last day (rules §6). Pure.
import type { Role } from '../access.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';

/** Longer than anybody is away: a forgotten one ends. */
export const MAX_DELEGATE_DAYS = 366;

/** Today's, or null. */
export function delegateOf(
  person: { readonly delegateId: string | null; readonly delegateUntil: Date | null },
  today: LocalDate,
): { readonly id: string; readonly until: LocalDate } | null {
  const { delegateId, delegateUntil } = person;
  if (delegateId === null || delegateUntil === null) return null;
  const until = fromUtcDate(delegateUntil);
  return until < today ? null : { id: delegateId, until };
}

/** Roles that decide nothing about money (rules §12): whoever has no other decides nothing in somebody's place either. */
export const UNDECIDING: readonly Role[] = ['auditor', 'admin'];

export const mayStandIn = (roles: readonly string[]): boolean =>
  roles.some((role) => !UNDECIDING.some((one) => one === role));

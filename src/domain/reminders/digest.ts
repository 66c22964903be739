// When the morning's messages may go out, and what one person's digest says (rules §7, §8; ux §4.7). Pure.
// A digest exists only on a day on which a step or weekly line falls for that person.
import { isWorkday, type WorkCalendar } from '../calendar.js';
import { compareDates, type LocalDate, localDate, localTimeIn, todayIn } from '../local-date.js';
import { type Money, totals } from '../money.js';

/** Rows that a digest shows at most; all of them are in a file in its thread then (ux §4.7). */
export const DIGEST_ROWS = 20;

/** An instalment in a person's book; `hasStep`: a step or weekly line of it falls for this person today. */
export type DigestItem = {
  readonly instalmentId: string;
  readonly customerId: string;
  readonly outstanding: Money;
  /** null: the date is not set; such a row is here for its next contact. */
  readonly effectiveDue: LocalDate | null;
  readonly isRetention: boolean;
  /** A promise was not kept, and nothing was promised since. */
  readonly isBroken: boolean;
  readonly hasStep: boolean;
};

export type DigestGroupKind = 'due_today' | 'overdue' | 'coming' | 'retention';

/** A section of the digest; totals are one per currency, never added. */
export type DigestGroup = { kind: DigestGroupKind; items: DigestItem[]; totals: Money[] };

/** Today's steps by section, then one line for the overdue rows that have no step today. */
export type Digest = { groups: DigestGroup[]; moreOverdue: { count: number; totals: Money[] } };

const GROUP_ORDER: readonly DigestGroupKind[] = ['due_today', 'overdue', 'coming', 'retention'];

/**
 * Whether reminders may be sent now: on workdays from `opens` until before `closes`, 'HH:mm' in the zone (rules §7).
 * `anyDay`: something may be sent on days off too.
 */
export function isSendWindow(
  now: Date,
  timeZone: string,
  opens: string,
  closes: string,
  calendar: WorkCalendar,
  anyDay = false,
): boolean {
  const time = localTimeIn(now, timeZone);
  return time >= opens && time < closes && (anyDay || isWorkday(calendar, todayIn(now, timeZone)));
}

/** A person's digest for today, or null if nothing falls for them. Within a section customers stay together. */
export function composeDigest(items: readonly DigestItem[], today: LocalDate): Digest | null {
  const steps = items.filter((item) => item.hasStep);
  if (steps.length === 0) return null;
  const groups = GROUP_ORDER.map((kind) => {
    const members = keepCustomersTogether(steps.filter((item) => groupOf(item, today) === kind));
    return { kind, items: members, totals: totals(members.map((item) => item.outstanding)) };
  });
  const more = items.filter(
    (item) => !item.hasStep && item.effectiveDue !== null && item.effectiveDue < today,
  );
  return {
    groups: groups.filter((group) => group.items.length > 0),
    moreOverdue: { count: more.length, totals: totals(more.map((item) => item.outstanding)) },
  };
}

/** A retention has its own section until it is due; then it is late like any other. */
function groupOf(item: DigestItem, today: LocalDate): DigestGroupKind {
  // Where nobody knows the due date the promise was the only day there is.
  if (item.effectiveDue === null) return item.isBroken ? 'overdue' : 'coming';
  if (item.effectiveDue < today) return 'overdue';
  if (item.effectiveDue === today) return 'due_today';
  return item.isRetention ? 'retention' : 'coming';
}

const LAST = localDate('9999-12-31');

// Oldest first by a customer's oldest row, then by row.
function keepCustomersTogether(items: readonly DigestItem[]): DigestItem[] {
  const sorted = items.toSorted(
    (a, b) =>
      compareDates(a.effectiveDue ?? LAST, b.effectiveDue ?? LAST) ||
      (a.instalmentId < b.instalmentId ? -1 : 1),
  );
  const byCustomer = new Map<string, DigestItem[]>();
  for (const item of sorted) {
    const rows = byCustomer.get(item.customerId);
    if (rows) rows.push(item);
    else byCustomer.set(item.customerId, [item]);
  }
  return [...byCustomer.values()].flat();
}

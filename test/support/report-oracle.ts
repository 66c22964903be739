// Reports computed anew from raw rows in plain loops: no SQL beyond reading whole tables, no code of the app's reports.
import type { Db } from '../../src/db/client.js';
import { type LocalDate, localDate } from '../../src/domain/local-date.js';

export const dayOf = (date: Date): LocalDate => localDate(date.toISOString().slice(0, 10));
const dayOrNull = (date: Date | null): LocalDate | null => (date === null ? null : dayOf(date));
export const daysBetween = (from: LocalDate, to: LocalDate): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

export async function readRaw(db: Db) {
  const [
    instalments,
    revisions,
    allocations,
    receipts,
    customers,
    contracts,
    users,
    adjustments,
    followUps,
    departments,
    reminders,
  ] = await Promise.all([
    db.instalment.findMany(),
    db.instalmentRevision.findMany({ orderBy: [{ recordedAt: 'asc' }, { id: 'asc' }] }),
    db.allocation.findMany(),
    db.receipt.findMany(),
    db.customer.findMany(),
    db.contract.findMany(),
    db.user.findMany(),
    db.adjustment.findMany(),
    db.followUp.findMany(),
    db.department.findMany(),
    db.reminder.findMany(),
  ]);
  return {
    instalments,
    revisions,
    allocations,
    receipts,
    customers,
    contracts,
    users,
    adjustments,
    followUps,
    departments,
    reminders,
  };
}
export type Raw = Awaited<ReturnType<typeof readRaw>>;

/** Allocations that count at the end of a day. */
export const countedAt = (raw: Raw, day: LocalDate) =>
  raw.allocations.filter(
    (one) =>
      one.effectiveOn !== null &&
      dayOf(one.effectiveOn) <= day &&
      (one.releasedOn === null || dayOf(one.releasedOn) > day),
  );

export interface Standing {
  id: string;
  customerId: string;
  contractId: string;
  ownerId: string;
  currency: string;
  isRetention: boolean;
  outstanding: bigint;
  due: LocalDate | null;
  originalDue: LocalDate | null;
}

/** What was outstanding at the end of a day: the last revision until then, less what counted and was written off then. */
export function standingAt(raw: Raw, day: LocalDate): Standing[] {
  const counted = countedAt(raw, day);
  return raw.instalments.flatMap((row) => {
    const state = raw.revisions
      .filter((one) => one.instalmentId === row.id && dayOf(one.validFrom) <= day)
      .at(-1);
    if (!state || !['open', 'settled', 'written_off'].includes(state.lifecycle)) return [];
    const paid = counted
      .filter((one) => one.instalmentId === row.id)
      .reduce((sum, one) => sum + one.amount, 0n);
    const adjusted = raw.adjustments
      .filter(
        (one) => one.instalmentId === row.id && one.effectiveOn !== null && dayOf(one.effectiveOn) <= day,
      )
      .reduce((sum, one) => sum + one.amount, 0n);
    const outstanding = state.amount - paid - adjusted;
    if (outstanding <= 0n) return [];
    const dueOn = dayOrNull(state.dueOn);
    return [
      {
        id: row.id,
        customerId: row.customerId,
        contractId: row.contractId,
        ownerId: state.ownerId,
        currency: row.currency,
        isRetention: row.isRetention,
        outstanding,
        due: dayOrNull(state.postponedTo) ?? dueOn,
        originalDue: dueOn === null ? null : (dayOrNull(row.originalDueOn) ?? dueOn),
      },
    ];
  });
}

/** What each receipt had in credit at the end of a day. */
export function creditAt(raw: Raw, day: LocalDate) {
  const counted = countedAt(raw, day);
  const booked = (one: Raw['receipts'][number]) =>
    ['approved', 'partly_reversed', 'reversed'].includes(one.status) && dayOf(one.receivedOn) <= day;
  return raw.receipts
    .filter((one) => booked(one) && one.kind !== 'refund' && one.kind !== 'reversal')
    .map((receipt) => {
      const taken = [
        ...counted.filter((one) => one.receiptId === receipt.id),
        ...raw.receipts.filter((one) => one.reversesId === receipt.id && booked(one)),
      ].reduce((sum, one) => sum + one.amount, 0n);
      return { receipt, credit: receipt.amount - taken };
    })
    .filter((one) => one.credit !== 0n);
}

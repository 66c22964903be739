// 合同变更: what an amendment of an active contract asks for, against what it was asked, and whether it still fits
// (F26; rules §3). Pure. Only rows that are not paid change; what is paid counts and stays.
import { z } from 'zod';
import { isLocalDate, type LocalDate } from '../local-date.js';
import { ANCHOR_KINDS, anchorOffset } from '../plans/anchor.js';

const minor = z
  .string()
  .regex(/^\d{1,18}$/)
  .transform(BigInt);
const day = z.string().refine((text): text is LocalDate => isLocalDate(text));

const amendedFields = z.object({
  name: z.string(),
  amount: minor,
  paymentMethod: z.string().nullable(),
  startsOn: day.nullable(),
  endsOn: day.nullable(),
});
const amendedRow = z.object({
  /** Null: a new row. */
  id: z.uuid().nullable(),
  seq: z.number().int().nullable(),
  name: z.string(),
  amount: minor,
  dueOn: day.nullable(),
  /** Of a new row: what an amendment does not change of one that is there. */
  isRetention: z.boolean().default(false),
  anchorKind: z.enum(ANCHOR_KINDS).nullable().default(null),
  anchorOffset: anchorOffset.nullable().default(null),
});

/** One side of an amendment as it is stored; `rows` are only those that it touches. */
export const amendmentSide = z.object({ fields: amendedFields, rows: z.array(amendedRow) });
export type AmendmentSide = z.infer<typeof amendmentSide>;
export type AmendedFields = AmendmentSide['fields'];
export type AmendedRow = AmendmentSide['rows'][number];
/** What is asked for; `keepRest`: the plan may stay below the amount. */
export const amendmentAfter = amendmentSide.extend({ keepRest: z.boolean() });
export type AmendmentAfter = z.infer<typeof amendmentAfter>;

export const AMENDED_FIELDS = ['name', 'amount', 'startsOn', 'endsOn', 'paymentMethod'] as const;

/** A row of the plan as it is now; `dueOn` the day that counts, postponed or not. Minor units. */
export interface PresentRow {
  readonly id: string;
  readonly seq: number;
  readonly name: string;
  readonly amount: bigint;
  readonly dueOn: LocalDate | null;
  readonly isOpen: boolean;
  /** Applied to it, and waiting for approval. */
  readonly paid: bigint;
  readonly proposed: bigint;
}
/** The contract as it is now, without cancelled rows. */
export interface PresentContract {
  readonly fields: AmendedFields;
  readonly rows: readonly PresentRow[];
}

/** A row without retention or milestone. */
const PLAIN = { isRetention: false, anchorKind: null, anchorOffset: null } as const;

/** A row of the form: null where it was emptied (removed). Rows that are not named stay as they are. */
export interface WantedPlan {
  readonly rows: ReadonlyMap<string, { name: string; amount: bigint; dueOn: LocalDate | null } | null>;
  readonly added: readonly ({ name: string; amount: bigint; dueOn: LocalDate | null } & Partial<
    Pick<AmendedRow, keyof typeof PLAIN>
  >)[];
}

/** Both sides of an amendment: what would change, and into what; null if nothing would. */
export function composeAmendment(
  present: PresentContract,
  fields: AmendedFields,
  wanted: WantedPlan,
): { before: AmendmentSide; after: AmendmentSide } | null {
  const touched = present.rows.flatMap((row) => {
    const asked = wanted.rows.get(row.id);
    if (asked === undefined || (asked !== null && sameRow(row, asked))) return [];
    const base = { id: row.id, seq: row.seq, ...PLAIN };
    const before: AmendedRow = { ...base, name: row.name, amount: row.amount, dueOn: row.dueOn };
    return [{ before, after: asked === null ? [] : [{ ...base, ...asked }] }];
  });
  const added = wanted.added.map(
    ({
      name,
      amount,
      dueOn,
      isRetention = false,
      anchorKind = null,
      anchorOffset: offset = null,
    }): AmendedRow => ({
      ...{ id: null, seq: null, name, amount, dueOn },
      ...{ isRetention, anchorKind, anchorOffset: offset },
    }),
  );
  const before = { fields: present.fields, rows: touched.map((row) => row.before) };
  const after = { fields, rows: [...touched.flatMap((row) => row.after), ...added] };
  return before.rows.length + added.length === 0 && changedFields(before, after).length === 0
    ? null
    : { before, after };
}

const sameRow = (
  one: { name: string; amount: bigint; dueOn: LocalDate | null },
  other: { name: string; amount: bigint; dueOn: LocalDate | null },
): boolean => one.name === other.name && one.amount === other.amount && one.dueOn === other.dueOn;

/** The contract's own fields that an amendment changes. */
export function changedFields(
  before: AmendmentSide,
  after: AmendmentSide,
): (typeof AMENDED_FIELDS)[number][] {
  return AMENDED_FIELDS.filter((field) => before.fields[field] !== after.fields[field]);
}

/** What an amendment does to the rows: by number, new ones last. */
export type RowChange =
  | { readonly change: 'changed'; readonly before: AmendedRow; readonly after: AmendedRow }
  | { readonly change: 'removed'; readonly before: AmendedRow }
  | { readonly change: 'added'; readonly after: AmendedRow };

export function rowChanges(before: AmendmentSide, after: AmendmentSide): RowChange[] {
  const kept = new Map(after.rows.map((row) => [row.id, row]));
  return [
    ...before.rows.map((row): RowChange => {
      const next = kept.get(row.id);
      return next ? { change: 'changed', before: row, after: next } : { change: 'removed', before: row };
    }),
    ...after.rows.filter((row) => row.id === null).map((row): RowChange => ({ change: 'added', after: row })),
  ];
}

export type AmendmentProblem =
  /** Paid, moved or gone since it was asked. */
  | { readonly problem: 'rows_changed'; readonly seqs: readonly number[] }
  | { readonly problem: 'contract_changed' }
  | { readonly problem: 'below_paid'; readonly rowId: string; readonly seq: number; readonly min: bigint }
  | { readonly problem: 'has_money'; readonly rowId: string; readonly amount: bigint }
  | { readonly problem: 'exceeds'; readonly difference: bigint }
  | { readonly problem: 'incomplete'; readonly difference: bigint };

/**
 * Why an amendment does not fit the contract as it is now; empty if it does. Asked when it is sent, whenever its card is
 * drawn, and again under lock when it is approved: money is never blocked while it waits.
 */
export function checkAmendment(
  present: PresentContract,
  before: AmendmentSide,
  after: AmendmentAfter,
): AmendmentProblem[] {
  const now = new Map(present.rows.map((row) => [row.id, row]));
  const changed = changedFields(before, after);
  const stale = before.rows.filter((row) => {
    const found = row.id === null ? undefined : now.get(row.id);
    return !found?.isOpen || !sameRow(found, row);
  });
  const problems: AmendmentProblem[] = [];
  if (changed.some((field) => present.fields[field] !== before.fields[field])) {
    problems.push({ problem: 'contract_changed' });
  }
  if (stale.length > 0) {
    problems.push({ problem: 'rows_changed', seqs: stale.flatMap((row) => row.seq ?? []) });
  }
  const isStale = new Set(stale.map((row) => row.id));
  for (const change of rowChanges(before, after)) {
    if (change.change === 'added' || isStale.has(change.before.id)) continue;
    const row = now.get(change.before.id ?? '');
    if (!row) continue;
    if (change.change === 'removed' && row.paid + row.proposed > 0n) {
      problems.push({ problem: 'has_money', rowId: row.id, amount: row.paid + row.proposed });
    }
    if (change.change === 'changed' && change.after.amount < row.paid) {
      problems.push({ problem: 'below_paid', rowId: row.id, seq: row.seq, min: row.paid });
    }
  }
  // With rows that changed meanwhile the sum says nothing.
  return stale.length > 0 ? problems : [...problems, ...checkSum(present, before, after)];
}

function checkSum(
  present: PresentContract,
  before: AmendmentSide,
  after: AmendmentAfter,
): AmendmentProblem[] {
  const difference = after.fields.amount - plannedAfter(present, before, after);
  if (difference < 0n) return [{ problem: 'exceeds', difference: -difference }];
  return difference > 0n && !after.keepRest ? [{ problem: 'incomplete', difference }] : [];
}

/** The days that are asked for now: a row that was late stays late. */
export function newlyDated({
  before,
  after,
}: {
  before: AmendmentSide;
  after: AmendmentSide;
}): { id: string | null; dueOn: LocalDate }[] {
  const old = new Map(before.rows.map((row) => [row.id, row.dueOn]));
  return after.rows.flatMap(({ id, dueOn }) =>
    dueOn === null || (id !== null && old.get(id) === dueOn) ? [] : [{ id, dueOn }],
  );
}

/** Σ of the plan once the amendment is applied; minor units. */
export function plannedAfter(present: PresentContract, before: AmendmentSide, after: AmendmentSide): bigint {
  const touched = new Set(before.rows.map((row) => row.id));
  const untouched = present.rows.reduce((sum, row) => (touched.has(row.id) ? sum : sum + row.amount), 0n);
  return after.rows.reduce((sum, row) => sum + row.amount, untouched);
}

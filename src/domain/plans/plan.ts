// Rows of a payment plan as a person enters them. Pure.
import { z } from 'zod';
import { addDays, addMonths, type LocalDate } from '../local-date.js';
import { MAX_MINOR, splitEqually } from '../money.js';
import { ANCHOR_KINDS, type AnchorDates, anchorOffset, dueFromAnchor } from './anchor.js';

export const DEFAULT_REMIND_DAYS = 7;
export const MAX_REMIND_DAYS = 90;
export const MAX_YEARS_AHEAD = 50;

/** One row; `amount` in minor units of the contract's currency; no date: 日期待定. */
export const planRow = z.object({
  name: z.string().trim().min(1).max(60),
  amount: z.bigint().positive().max(MAX_MINOR),
  dueOn: z.custom<LocalDate>().nullable(),
  plannedMethod: z.string().nullable().default(null),
  remindDaysAhead: z.number().int().min(0).max(MAX_REMIND_DAYS).default(DEFAULT_REMIND_DAYS),
  isRetention: z.boolean().default(false),
  /** The template that made it: its own ladder of reminders, if it has one. */
  templateId: z.uuid().nullable().default(null),
  remark: z.string().trim().max(3000).nullable().default(null),
  /** The milestone that the date hangs on; with `dueSource` anchor the date follows from it, whatever `dueOn` says. */
  anchorKind: z.enum(ANCHOR_KINDS).nullable().default(null),
  anchorOffset: anchorOffset.nullable().default(null),
  dueSource: z.enum(['anchor', 'manual']).default('manual'),
  roll: z.enum(['none', 'next_workday', 'previous_workday']).default('none'),
});
export type PlanRowInput = z.input<typeof planRow>;
export type PlanRow = z.output<typeof planRow>;

/** A row that follows a milestone falls due when that says so, or nobody knows yet when. */
export function followAnchor(row: PlanRow, anchors: AnchorDates): PlanRow {
  const { anchorKind, anchorOffset: offset } = row;
  if (anchorKind === null || offset === null)
    return { ...row, anchorKind: null, anchorOffset: null, dueSource: 'manual' };
  if (row.dueSource === 'manual') return row;
  const anchor = anchors[anchorKind];
  return { ...row, dueOn: anchor === undefined ? null : dueFromAnchor(anchor, offset) };
}

/** The latest date a plan may have (rules §14). */
export const latestPlanDate = (today: LocalDate): LocalDate => addMonths(today, MAX_YEARS_AHEAD * 12);

/**
 * Equal parts at a fixed distance; the last takes the rest (rules §4 no. 9).
 * @throws RangeError if a part would be 0
 */
export function equalRows(
  total: bigint,
  count: number,
  first: LocalDate,
  every: { months: number } | { days: number },
  nameOf: (part: number) => string,
): { name: string; amount: bigint; dueOn: LocalDate }[] {
  return splitEqually(total, count).map((amount, index) => ({
    name: nameOf(index + 1),
    amount,
    dueOn: 'months' in every ? addMonths(first, every.months * index) : addDays(first, every.days * index),
  }));
}

/** Minor units that rows leave of a contract; negative when there is too much. */
export const unplannedOf = (
  contract: { readonly amount: bigint; readonly planned: bigint },
  rows: readonly { readonly amount: bigint }[],
): bigint => rows.reduce((rest, row) => rest - row.amount, contract.amount - contract.planned);

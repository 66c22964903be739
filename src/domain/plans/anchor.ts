// Due dates that hang on a milestone of the contract (rules §7). Pure.
import { z } from 'zod';
import { MILESTONE_KINDS } from '../contracts/contract.js';
import { addDays, addMonths, type LocalDate } from '../local-date.js';

/** What a due date may hang on: the contract's signing day or one of its milestones. */
export const ANCHOR_KINDS = ['signing', ...MILESTONE_KINDS] as const;
export type AnchorKind = (typeof ANCHOR_KINDS)[number];

/** Anchors whose day is known: what happened counts before what is expected. */
export type AnchorDates = Readonly<Partial<Record<AnchorKind, LocalDate>>>;

const MAX_OFFSET_MONTHS = 120;
const MAX_OFFSET_DAYS = 3650;

/** Distance from the anchor; negative is before it. `dayOfMonth` decides over `endOfMonth`. */
export const anchorOffset = z.object({
  months: z.number().int().min(-MAX_OFFSET_MONTHS).max(MAX_OFFSET_MONTHS).default(0),
  days: z.number().int().min(-MAX_OFFSET_DAYS).max(MAX_OFFSET_DAYS).default(0),
  dayOfMonth: z.number().int().min(1).max(31).optional(),
  endOfMonth: z.boolean().optional(),
});
export type AnchorOffset = z.output<typeof anchorOffset>;

/**
 * The due date of an anchor's date: first the months, clamped to the month's end (with `endOfMonth` an anchor on the
 * last day of its month stays on last days), then the day of the month (31 clamps), then the days (rules §7).
 */
export function dueFromAnchor(date: LocalDate, offset: AnchorOffset): LocalDate {
  const { months, days, dayOfMonth, endOfMonth } = offset;
  const moved = addMonths(date, months, { endOfMonth: endOfMonth === true });
  const onDay = dayOfMonth === undefined ? moved : atDayOfMonth(moved, dayOfMonth);
  return addDays(onDay, days);
}

/** Through the December before: adding months to a 31st clamps to the month's last day. */
function atDayOfMonth(date: LocalDate, dayOfMonth: number): LocalDate {
  const decemberBefore = `${String(Number(date.slice(0, 4)) - 1).padStart(4, '0')}-12-${String(dayOfMonth).padStart(2, '0')}`;
  return addMonths(decemberBefore as LocalDate, Number(date.slice(5, 7)));
}

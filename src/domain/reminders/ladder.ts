// The reminder and escalation ladder as data, and the days on which its steps fall (rules §8). Pure.
// A step's occurrence is its nominal day; the day it is sent may be shifted off days off, and never names it.
import { isWorkday, nextWorkday, previousWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, type LocalDate } from '../local-date.js';

export type RecipientRole =
  | 'owner'
  | 'finance_owner'
  | 'sales_manager'
  | 'sales_director'
  | 'finance_manager';

/**
 * One step. `rank` orders steps (0: a weekly line, outside the order); `offsetDays` counts from the effective due
 * date, negative before it; `level` is the escalation level that it opens or raises to; a step with `repeatEveryDays`
 * falls on `anchorWeekday` (ISO) of every week that begins after its offset.
 */
export type LadderRule = {
  readonly code: string;
  readonly rank: number;
  readonly offsetDays: number;
  readonly repeatEveryDays?: number;
  readonly anchorWeekday?: number;
  readonly roles: readonly RecipientRole[];
  readonly place: 'dm' | 'thread';
  readonly needsAck: boolean;
  readonly level: number | null;
  readonly replacedByRemindDays: boolean;
};

/** From this escalation level on a step does not wait for a workday (rules §7). */
export const LEVEL_IGNORING_HOLIDAYS = 3;

const STEP = { place: 'dm', needsAck: false, level: null, replacedByRemindDays: false } as const;
const MANAGERS = ['owner', 'sales_manager'] as const;

/** R1-R4 before and on the day, E1-E3 after it, W every week after that (rules §8). */
export const DEFAULT_LADDER: readonly LadderRule[] = [
  { ...STEP, code: 'R1', rank: 1, offsetDays: -7, roles: ['owner'], replacedByRemindDays: true },
  { ...STEP, code: 'R2', rank: 2, offsetDays: -3, roles: ['owner'] },
  { ...STEP, code: 'R3', rank: 3, offsetDays: -1, roles: ['owner'] },
  { ...STEP, code: 'R4', rank: 4, offsetDays: 0, roles: ['owner', 'finance_owner'] },
  { ...STEP, code: 'E1', rank: 5, offsetDays: 1, roles: ['owner'], level: 0 },
  { ...STEP, code: 'E2', rank: 6, offsetDays: 3, roles: MANAGERS, place: 'thread', needsAck: true, level: 1 },
  {
    ...STEP,
    code: 'E3',
    rank: 7,
    offsetDays: 7,
    roles: [...MANAGERS, 'sales_director', 'finance_manager'],
    place: 'thread',
    needsAck: true,
    level: 2,
  },
  { ...STEP, code: 'W', rank: 0, offsetDays: 7, repeatEveryDays: 7, anchorWeekday: 1, roles: MANAGERS },
];

/** Whether the rule is a weekly line rather than a step of the order. */
export function isWeekly(rule: LadderRule): boolean {
  return rule.repeatEveryDays !== undefined;
}

/** The offset that counts for an instalment: N days ahead replaces R1's, and steps earlier than N are left out (null). */
export function offsetOf(rule: LadderRule, remindDaysAhead: number): number | null {
  // 0 - N, since -N is -0 for the day itself.
  if (rule.replacedByRemindDays) return 0 - remindDaysAhead;
  return rule.offsetDays < -remindDaysAhead ? null : rule.offsetDays;
}

/** The step's nominal day, null if N days ahead leaves it out. Not for weekly rules. */
export function occurrenceOf(
  rule: LadderRule,
  effectiveDue: LocalDate,
  remindDaysAhead: number,
): LocalDate | null {
  const offset = offsetOf(rule, remindDaysAhead);
  return offset === null ? null : addDays(effectiveDue, offset);
}

/**
 * The day the step is sent: up to the due date moved earlier off a day off, after it moved later; from level 3 on
 * never moved (rules §7). Null if N days ahead leaves it out. Not for weekly rules.
 */
export function sendDateOf(
  rule: LadderRule,
  effectiveDue: LocalDate,
  remindDaysAhead: number,
  calendar: WorkCalendar,
): LocalDate | null {
  const nominal = occurrenceOf(rule, effectiveDue, remindDaysAhead);
  if (nominal === null || ignoresHolidays(rule)) return nominal;
  return nominal > effectiveDue ? nextWorkday(calendar, nominal) : previousWorkday(calendar, nominal);
}

/** Whether the rule may be sent on this day at all: on workdays, from level 3 on any day. */
export function maySendOn(rule: LadderRule, calendar: WorkCalendar, today: LocalDate): boolean {
  return ignoresHolidays(rule) || isWorkday(calendar, today);
}

function ignoresHolidays(rule: LadderRule): boolean {
  return rule.level !== null && rule.level >= LEVEL_IGNORING_HOLIDAYS;
}

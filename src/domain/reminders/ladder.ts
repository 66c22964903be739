// The reminder and escalation ladder as data, and the days on which its steps fall (rules §8). Pure.
// A step's occurrence is its nominal day; the day it is sent may be shifted off days off, and never names it.
import { isWorkday, nextWorkday, previousWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, type LocalDate } from '../local-date.js';

/** Whom a step may name. */
export const RECIPIENT_ROLES = [
  'owner',
  'finance_owner',
  'sales_manager',
  'sales_director',
  'finance_manager',
] as const;
export type RecipientRole = (typeof RECIPIENT_ROLES)[number];
export const isRecipientRole = (text: string): text is RecipientRole =>
  (RECIPIENT_ROLES as readonly string[]).includes(text);

/**
 * One step. `rank` orders steps (0: a weekly line, outside the order); `offsetDays` counts from the effective due
 * date, negative before it; `level` is the escalation level that it opens or raises to; a line with `repeatEveryDays`
 * falls on `anchorWeekday` (ISO) of every week that begins after its offset, or without one every so many days after it.
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
  readonly tone: Tone;
  readonly replacedByRemindDays: boolean;
  readonly appliesTo: LadderKind;
};

/** Instalments, retentions (质保金), acceptances that are expected or late, days of milestones that nobody knows. */
export const LADDER_KINDS = ['normal', 'retention', 'acceptance', 'anchor'] as const;
export type LadderKind = (typeof LADDER_KINDS)[number];

/** How a step speaks: it names the row; asks to follow it up; wants a follow-up or a promise today. */
export const TONES = ['plain', 'firm', 'urgent'] as const;
export type Tone = (typeof TONES)[number];

/** From this escalation level on a step does not wait for a workday (rules §7). */
export const LEVEL_IGNORING_HOLIDAYS = 3;

const STEP = {
  place: 'dm',
  needsAck: false,
  level: null,
  tone: 'plain',
  replacedByRemindDays: false,
  appliesTo: 'normal',
} as const;
const MANAGERS = ['owner', 'sales_manager'] as const;
const EVERYBODY = [...MANAGERS, 'sales_director', 'finance_manager'] as const;
const ASKED = { place: 'thread', needsAck: true, tone: 'urgent' } as const;
const WEEKLY = { rank: 0, repeatEveryDays: 7 } as const;
const RETENTION = { ...STEP, appliesTo: 'retention' } as const;
const ACCEPTANCE = { ...STEP, appliesTo: 'acceptance', roles: ['owner'] } as const;

/**
 * R1-R4 before and on the day, E1-E6 after it, W every week after that. Q of a retention, from 30 days ahead and then
 * every 7 days until received; A of an acceptance; N of a milestone without a day, from the signing on (rules §8).
 */
const STEPS: readonly LadderRule[] = [
  { ...STEP, code: 'R1', rank: 1, offsetDays: -7, roles: ['owner'], replacedByRemindDays: true },
  { ...STEP, code: 'R2', rank: 2, offsetDays: -3, roles: ['owner'] },
  { ...STEP, code: 'R3', rank: 3, offsetDays: -1, roles: ['owner'] },
  { ...STEP, code: 'R4', rank: 4, offsetDays: 0, roles: ['owner', 'finance_owner'] },
  { ...STEP, code: 'E1', rank: 5, offsetDays: 1, roles: ['owner'], level: 0, tone: 'urgent' },
  { ...STEP, ...ASKED, code: 'E2', rank: 6, offsetDays: 3, roles: MANAGERS, level: 1 },
  { ...STEP, ...ASKED, code: 'E3', rank: 7, offsetDays: 7, roles: EVERYBODY, level: 2 },
  { ...STEP, ...ASKED, code: 'E4', rank: 8, offsetDays: 15, roles: EVERYBODY, level: 3 },
  { ...STEP, ...ASKED, code: 'E5', rank: 9, offsetDays: 30, roles: EVERYBODY, level: 3 },
  { ...STEP, ...ASKED, code: 'E6', rank: 10, offsetDays: 60, roles: EVERYBODY, level: 4 },
  { ...STEP, ...WEEKLY, code: 'W', offsetDays: 7, anchorWeekday: 1, roles: MANAGERS, tone: 'firm' },
  { ...RETENTION, code: 'Q1', rank: 1, offsetDays: -30, roles: ['owner'] },
  { ...RETENTION, code: 'Q2', rank: 2, offsetDays: -14, roles: ['owner'] },
  { ...RETENTION, code: 'Q3', rank: 3, offsetDays: -7, roles: ['owner'] },
  { ...RETENTION, code: 'Q4', rank: 4, offsetDays: -3, roles: ['owner'] },
  { ...RETENTION, code: 'Q5', rank: 5, offsetDays: 0, roles: ['owner', 'finance_owner'] },
  { ...RETENTION, ...ASKED, code: 'Q6', rank: 6, offsetDays: 1, roles: MANAGERS, level: 1 },
  { ...RETENTION, ...ASKED, code: 'Q7', rank: 7, offsetDays: 7, roles: EVERYBODY, level: 2 },
  { ...RETENTION, ...WEEKLY, code: 'QW', offsetDays: 7, roles: MANAGERS, tone: 'firm' },
  { ...ACCEPTANCE, code: 'A1', rank: 1, offsetDays: -7 },
  { ...ACCEPTANCE, code: 'A2', rank: 2, offsetDays: -1 },
  { ...ACCEPTANCE, ...WEEKLY, code: 'AW', offsetDays: 0 },
  {
    ...STEP,
    ...WEEKLY,
    appliesTo: 'anchor',
    code: 'N1',
    offsetDays: 0,
    repeatEveryDays: 30,
    roles: ['owner'],
  },
];

/** Between two steps there is room for new ones. */
export const RANK_STEP = 100;

/** What a company begins with. */
export const DEFAULT_LADDER: readonly LadderRule[] = STEPS.map((rule) => ({
  ...rule,
  rank: rule.rank * RANK_STEP,
}));

/** Whether the rule is a repeated line rather than a step of the order. */
export function isWeekly(rule: LadderRule): boolean {
  return rule.repeatEveryDays !== undefined;
}

/** From how many days overdue on whom a ladder tells of an instalment, and from which on there is a thread; null: never. */
export interface FirstDays {
  readonly sales_manager: number | null;
  readonly sales_director: number | null;
  readonly thread: number | null;
}

/** Of the steps of instalments; of a weekly line people hear besides. */
export function firstDaysOf(rules: readonly LadderRule[]): FirstDays {
  const overdue = rules.filter(
    (rule) => rule.appliesTo === 'normal' && rule.offsetDays > 0 && !isWeekly(rule),
  );
  const first = (which: (rule: LadderRule) => boolean): number | null => {
    const days = overdue.filter(which).map((rule) => rule.offsetDays);
    return days.length === 0 ? null : Math.min(...days);
  };
  return {
    sales_manager: first((rule) => rule.roles.includes('sales_manager')),
    sales_director: first((rule) => rule.roles.includes('sales_director')),
    thread: first((rule) => (rule.level ?? 0) >= 1),
  };
}

/** The first day that somebody with these roles hears of. */
export function hearingFrom(days: FirstDays, roles: readonly string[]): number | null {
  const own = (['sales_manager', 'sales_director'] as const)
    .filter((role) => roles.includes(role))
    .flatMap((role) => days[role] ?? []);
  return own.length === 0 ? null : Math.min(...own);
}

/** The offset that counts for an instalment: N days ahead replaces R1's, and steps earlier than N are left out (null). */
export function offsetOf(rule: LadderRule, remindDaysAhead: number): number | null {
  // 0 - N, since -N is -0 for the day itself.
  if (rule.replacedByRemindDays) return 0 - remindDaysAhead;
  // A retention is looked after from its own days on, whatever N is.
  if (rule.appliesTo === 'retention') return rule.offsetDays;
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

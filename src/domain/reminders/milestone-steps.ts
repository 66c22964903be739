// The days on which something is said of what counts from one day: a milestone, a contract's end, an acceptance bill
// (rules §7, §8). Pure.
import { isWorkday, nextWorkday, previousWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, diffDays, type LocalDate, maxDate } from '../local-date.js';
import { type ComingReminder, isShifted } from './coming.js';
import type { LadderRule } from './ladder.js';
import { latestRepeat } from './steps.js';

/** What instalments hang on that hang on nothing: their date was never set. */
export const NO_ANCHOR = 'none' as const;

/** Longest run of days off over which a step before its day may be moved earlier. */
export const MOST_DAYS_OFF = 15;
/** How far ahead of today a preview looks. */
const DAYS_AHEAD = 460;

/** A milestone among a digest's rows. */
export const milestoneKey = (contractId: string, kind: string): string => `${contractId} ${kind}`;

/** From which day its rules count, and the occurrence of the last reminder since, if any. */
interface Chased {
  readonly from: LocalDate;
  readonly lastOn: LocalDate | null;
}

/**
 * The occurrence that is due today, the latest of all rules; null if it was said, or nothing is due yet. Before the day
 * it is moved earlier off days off, after it later.
 */
export function dueOccurrence<R extends Pick<LadderRule, 'offsetDays' | 'repeatEveryDays'>>(
  rules: readonly R[],
  chased: Chased,
  calendar: WorkCalendar,
  today: LocalDate,
): { rule: R; occurrenceOn: LocalDate } | null {
  if (!isWorkday(calendar, today)) return null;
  const due = rules.flatMap((rule) => {
    const every = rule.repeatEveryDays;
    const first = addDays(chased.from, rule.offsetDays + (every ?? 0));
    const occurrenceOn = every === undefined ? first : latestRepeat(first, every, today);
    if (occurrenceOn === null) return [];
    const isBefore = occurrenceOn <= chased.from;
    const sendOn = isBefore ? previousWorkday(calendar, occurrenceOn) : nextWorkday(calendar, occurrenceOn);
    return sendOn <= today ? [{ rule, occurrenceOn }] : [];
  });
  const latest = due.toSorted((a, b) => diffDays(a.occurrenceOn, b.occurrenceOn)).at(-1);
  return latest && (chased.lastOn === null || chased.lastOn < latest.occurrenceOn) ? latest : null;
}

/** The next `limit` reminders from `first` on, if nothing happens to it. */
export function comingOccurrences(
  rules: readonly LadderRule[],
  chased: Chased,
  calendar: WorkCalendar,
  first: LocalDate,
  limit: number,
): ComingReminder[] {
  const coming: ComingReminder[] = [];
  let { lastOn } = chased;
  // Nothing is said before the earliest step: those days are not played.
  const earliest = Math.min(0, ...rules.map((rule) => rule.offsetDays));
  let day = maxDate(first, addDays(chased.from, earliest - MOST_DAYS_OFF));
  for (let tried = 0; tried < DAYS_AHEAD && coming.length < limit; tried += 1, day = addDays(day, 1)) {
    const step = dueOccurrence(rules, { ...chased, lastOn }, calendar, day);
    if (step === null) continue;
    const isRepeated = step.rule.repeatEveryDays !== undefined;
    const shifted = !isRepeated && isShifted(day, step.occurrenceOn, calendar);
    coming.push({ on: day, ...step, shifted });
    lastOn = step.occurrenceOn;
  }
  return coming;
}

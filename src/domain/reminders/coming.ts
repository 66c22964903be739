// What a row will be reminded of if nothing happens to it: the days ahead are played by the rules that the mornings take
// (rules §7, §8), with what holds it today: a promise, a pause, an acknowledgement. Pure.
import { isWorkday, nextWorkday, previousWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, type LocalDate, maxDate } from '../local-date.js';
import { isWeekly, type LadderRule, maySendOn } from './ladder.js';
import {
  caseChangeOf,
  isDated,
  keepsLevel,
  ladderDecider,
  lastLevel,
  levelAfter,
  type PlannableRow,
  type PlannedStep,
} from './plan-row.js';
import { dueWeekly } from './steps.js';

/**
 * `occurrenceOn` is the nominal day; it is told on `on`, `shifted` because that is a day off. `cause`: what a step is taken for
 * but its day. `listedOnly`: of a day that the row had passed when it opened, told to few and asking nobody.
 * `keepsLevel`: the case stays at its higher level, and is told to its people too.
 */
export interface ComingReminder {
  readonly on: LocalDate;
  readonly occurrenceOn: LocalDate;
  readonly rule: LadderRule;
  readonly shifted: boolean;
  readonly cause?: Exclude<PlannedStep['cause'], 'day'>;
  readonly listedOnly?: true;
  readonly keepsLevel?: number;
}

/** A row today; `lastSaidOn`: the last day on which a step or repeated line of it was sent. */
export type ComingRow = PlannableRow & { readonly lastSaidOn: LocalDate | null };

/** Further ahead than any step, and a year of repeated lines. */
const DAYS_AHEAD = 460;
/** Before the earliest step of any ladder, with the days off before it. */
const FAR_AHEAD = 110;

/** Whether a day is not the nominal one because that is a day off; what has waited longer has another reason for it. */
export const isShifted = (on: LocalDate, occurrenceOn: LocalDate, calendar: WorkCalendar): boolean =>
  on !== occurrenceOn &&
  !isWorkday(calendar, occurrenceOn) &&
  on === (on > occurrenceOn ? nextWorkday : previousWorkday)(calendar, occurrenceOn);

/** The next `limit` reminders from `first` on, nothing being paid, moved or acknowledged. */
export function comingReminders(
  today: ComingRow,
  ladder: PlayedLadder,
  first: LocalDate,
  limit: number,
): ComingReminder[] {
  const coming: ComingReminder[] = [];
  for (const { reminder } of playDays(today, ladder, first)) {
    coming.push(reminder);
    if (coming.length >= limit) break;
  }
  return coming;
}

/**
 * The first reminder from `first` on that raises the row's case, nothing being paid, moved or acknowledged, whatever waits
 * for finance; null where none does.
 */
export function nextRaise(today: ComingRow, ladder: PlayedLadder, first: LocalDate): ComingReminder | null {
  const level = today.caseLevel ?? 0;
  if ((lastLevel(ladder.rules)?.level ?? 0) <= level) return null;
  // What is only listed raises nothing, whatever its level.
  for (const { reminder, after } of playDays({ ...today, waiting: 0n }, ladder, first))
    if ((after.caseLevel ?? 0) > level) return reminder;
  return null;
}

/** The rules that count for a row; `tolerance`: how much open is not worth a reminder, in minor units. */
interface PlayedLadder {
  readonly rules: readonly LadderRule[];
  readonly calendar: WorkCalendar;
  readonly tolerance: number;
}

/** Each reminder with the row as it is after it. */
function* playDays(
  today: ComingRow,
  { rules, calendar, tolerance }: PlayedLadder,
  first: LocalDate,
): Generator<{ reminder: ComingReminder; after: ComingRow }> {
  let row = today;
  // Nothing is said of a row whose steps are far away: those days are not played.
  let day = isDated(row) ? maxDate(first, addDays(row.effectiveDue, -FAR_AHEAD)) : first;
  for (let tried = 0; tried < DAYS_AHEAD; tried += 1, day = addDays(day, 1)) {
    const step = ladderDecider(rules, calendar, day)(row, tolerance);
    if (step) {
      // A step of its day waits for the next one where something was said already.
      if (step.cause === 'day' && row.lastSaidOn === day) continue;
      const { rule, occurrenceOn, cause, listedOnly } = step;
      const shifted = !maySendOn(rule, calendar, occurrenceOn) && isShifted(day, occurrenceOn, calendar);
      const reminder = {
        ...{ on: day, occurrenceOn, rule, shifted },
        ...(cause !== 'day' && { cause }),
        ...(listedOnly && { listedOnly }),
        ...(keepsLevel(row, step, caseChangeOf(row, step, rules)) && { keepsLevel: row.caseLevel }),
      };
      row = afterStep(row, step, rules, day);
      yield { reminder, after: row };
      continue;
    }
    const { effectiveDue, lastSaidOn } = row;
    if (effectiveDue === null) continue;
    for (const rule of rules.filter(isWeekly)) {
      const occurrenceOn = dueWeekly({ effectiveDue, lastSaidOn }, rule, calendar, day);
      if (occurrenceOn === null) continue;
      row = { ...row, lastSaidOn: day };
      yield { reminder: { on: day, occurrenceOn, rule, shifted: false }, after: row };
      break;
    }
  }
}

/** The row once a step of it was taken, as the plan writes it down. */
function afterStep(
  row: ComingRow,
  step: PlannedStep,
  rules: readonly LadderRule[],
  day: LocalDate,
): ComingRow {
  const change = caseChangeOf(row, step, rules);
  return {
    ...row,
    lastSaidOn: day,
    doneRank: Math.max(row.doneRank, step.rule.rank),
    ...(change !== null && { caseLevel: levelAfter(row, step, change), raisedOn: day, ackedUntil: null }),
    ...(step.cause === 'promise' && { promisedOn: null, promisedLeft: null }),
    ...(step.cause === 'dispute' && { disputeTold: true }),
  };
}

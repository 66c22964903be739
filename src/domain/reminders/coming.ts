// What a row will be reminded of if nothing happens to it: the days, as the sweep would take them (rules §7, §8). Pure: the
// same rules play the days ahead.
import type { WorkCalendar } from '../calendar.js';
import { addDays, type LocalDate, maxDate } from '../local-date.js';
import { isWeekly, type LadderRule } from './ladder.js';
import { dueWeekly, highestDueStep, type StepFacts } from './steps.js';

/** `occurrenceOn` is the nominal day; it is told on `on`, a workday. */
export interface ComingReminder {
  readonly on: LocalDate;
  readonly occurrenceOn: LocalDate;
  readonly rule: LadderRule;
}

/** Further ahead than any step, and a year of repeated lines. */
const DAYS_AHEAD = 460;

/** The next `limit` reminders from `first` on, nothing being paid, moved or acknowledged. */
export function comingReminders(
  facts: StepFacts & { readonly lastSaidOn: LocalDate | null },
  rules: readonly LadderRule[],
  calendar: WorkCalendar,
  first: LocalDate,
  limit: number,
): ComingReminder[] {
  const coming: ComingReminder[] = [];
  let { doneRank, lastSaidOn } = facts;
  // Nothing is said of a row whose steps are far away: those days are not played.
  let day = maxDate(first, addDays(facts.effectiveDue, -FAR_AHEAD));
  for (let tried = 0; tried < DAYS_AHEAD && coming.length < limit; tried += 1, day = addDays(day, 1)) {
    const step = highestDueStep({ ...facts, doneRank }, rules, calendar, day);
    if (step) {
      coming.push({ on: day, occurrenceOn: step.occurrenceOn, rule: step.rule });
      doneRank = step.rule.rank;
      lastSaidOn = day;
      continue;
    }
    for (const rule of rules.filter(isWeekly)) {
      const occurrenceOn = dueWeekly({ effectiveDue: facts.effectiveDue, lastSaidOn }, rule, calendar, day);
      if (occurrenceOn === null) continue;
      coming.push({ on: day, occurrenceOn, rule });
      lastSaidOn = day;
      break;
    }
  }
  return coming;
}

/** Before the earliest step of any ladder, with the days off before it. */
const FAR_AHEAD = 110;

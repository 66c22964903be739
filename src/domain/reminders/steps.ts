// Which step of the ladder an instalment is at today, computed from facts and never scheduled ahead (rules §7, §8).
// A missed run needs no backfill: the highest step due is the one sent, the lower ones it passes are superseded.
import { isWorkday, nextWorkday, previousWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, diffDays, type LocalDate, weekday } from '../local-date.js';
import { isWeekly, type LadderRule, maySendOn, occurrenceOf, sendDateOf } from './ladder.js';

/**
 * What a step depends on. `doneRank` is the highest rank sent or superseded in this due epoch, 0 for none.
 * `openedOn` is the day the row became open (approval, import, reversal): if it was overdue by then, the steps whose
 * day lay before are only listed.
 */
export type StepFacts = {
  readonly effectiveDue: LocalDate;
  readonly remindDaysAhead: number;
  readonly doneRank: number;
  readonly openedOn?: LocalDate | null;
};

/**
 * The step to send today. `superseded` are the lower ones that it passes, lowest first: logged, not sent, their levels
 * opened in order in the same message. `listedOnly`: the row was overdue when it opened and nothing has fallen due
 * since, so it is listed in the digest and the managers' summary, and escalation starts with the next step.
 */
export type DueStep = {
  readonly rule: LadderRule;
  readonly occurrenceOn: LocalDate;
  readonly superseded: LadderRule[];
  readonly listedOnly: boolean;
};

/** The highest step due and not yet done that may be sent today, or null. Weekly rules are not steps. */
export function highestDueStep(
  facts: StepFacts,
  ladder: readonly LadderRule[],
  calendar: WorkCalendar,
  today: LocalDate,
): DueStep | null {
  const due = ladder
    .filter(
      (rule) => !isWeekly(rule) && rule.rank > facts.doneRank && isSendDue(rule, facts, calendar, today),
    )
    .toSorted((a, b) => a.rank - b.rank);
  const rule = due.findLast((candidate) => maySendOn(candidate, calendar, today));
  const occurrenceOn = rule && occurrenceOf(rule, facts.effectiveDue, facts.remindDaysAhead);
  if (!rule || !occurrenceOn) return null;
  const openedOn = facts.openedOn ?? null;
  return {
    rule,
    occurrenceOn,
    superseded: due.filter((candidate) => candidate.rank < rule.rank),
    listedOnly: openedOn !== null && facts.effectiveDue < openedOn && occurrenceOn < openedOn,
  };
}

/**
 * The latest nominal day whose shifted send date is at or before today, for steps of this offset: the set-based
 * selection is `effective_due + offset <= result` (with N days ahead in place of R1's offset). Only for steps below
 * level 3, which are shifted.
 */
export function latestNominalForOffset(
  offsetDays: number,
  calendar: WorkCalendar,
  today: LocalDate,
): LocalDate {
  if (offsetDays > 0) return previousWorkday(calendar, today);
  // All days off that follow today are moved back to it or before it.
  return addDays(nextWorkday(calendar, addDays(today, 1)), -1);
}

/** The latest effective due date for which a step of this offset is due today: `effective_due <= result`. */
export function latestDueForOffset(offsetDays: number, calendar: WorkCalendar, today: LocalDate): LocalDate {
  return addDays(latestNominalForOffset(offsetDays, calendar, today), -offsetDays);
}

/**
 * The occurrence of the weekly line that may be sent today: this week's Monday (the nominal day, whatever the first
 * workday is) from the week's first workday on, so that a missed Monday is caught up within the week; null on days off.
 */
export function weeklyOccurrence(
  calendar: WorkCalendar,
  today: LocalDate,
  anchorWeekday = 1,
): LocalDate | null {
  const anchor = addDays(today, anchorWeekday - weekday(today));
  return isWorkday(calendar, today) && today >= anchor ? anchor : null;
}

/** The latest day at or before `today` of those that follow each other every so many days; null before the first. */
export function latestRepeat(first: LocalDate, every: number, today: LocalDate): LocalDate | null {
  const days = diffDays(today, first);
  return days < 0 ? null : addDays(first, days - (days % every));
}

/** What a weekly line depends on. `lastSaidOn` is the last day on which a step or weekly line of the row was sent. */
export type WeeklyFacts = { readonly effectiveDue: LocalDate; readonly lastSaidOn: LocalDate | null };

/**
 * The repeated line's occurrence if it is due today: its day lies after D+7 (the rule's offset), and neither it nor a
 * step was sent on that day or later: at most one thing a day is said about a row, and a step says more.
 */
export function dueWeekly(
  facts: WeeklyFacts,
  rule: LadderRule,
  calendar: WorkCalendar,
  today: LocalDate,
): LocalDate | null {
  const every = rule.repeatEveryDays ?? 7;
  const byWeek = rule.anchorWeekday !== undefined;
  const first = addDays(facts.effectiveDue, rule.offsetDays + every);
  const occurrenceOn = byWeek
    ? weeklyOccurrence(calendar, today, rule.anchorWeekday)
    : isWorkday(calendar, today)
      ? latestRepeat(first, every, today)
      : null;
  if (occurrenceOn === null || occurrenceOn <= addDays(facts.effectiveDue, rule.offsetDays)) return null;
  return facts.lastSaidOn !== null && facts.lastSaidOn >= occurrenceOn ? null : occurrenceOn;
}

function isSendDue(rule: LadderRule, facts: StepFacts, calendar: WorkCalendar, today: LocalDate): boolean {
  const sendOn = sendDateOf(rule, facts.effectiveDue, facts.remindDaysAhead, calendar);
  return sendOn !== null && sendOn <= today;
}

// What one row's due step means: who is told, and what becomes of its escalation case (rules §8). Pure.
// A case is opened at level 1 (E2) and above: level 0 (E1) is only the owner's urgent row.
import { isWorkday, type WorkCalendar } from '../calendar.js';
import { addDays, type LocalDate, maxDate } from '../local-date.js';
import { DISPUTE_DAYS, type HoldFacts, isDisputeOld, isHeld, isPromiseBroken, LISTED_DAYS } from './hold.js';
import { type LadderRule, maySendOn, type RecipientRole } from './ladder.js';
import { type LadderRow, type Ladders, ladderFinder } from './ladders.js';
import { type DueStep, highestDueStep, type StepFacts } from './steps.js';

/** A row and its open case; `raisedOn`: when it last asked anew; `ackedUntil`: the next level waits until this day. */
export type PlannableRow = Omit<StepFacts, 'effectiveDue'> &
  HoldFacts & {
    readonly isRetention: boolean;
    readonly openedOn: LocalDate | null;
    readonly caseLevel: number | null;
    readonly raisedOn: LocalDate | null;
    readonly ackedUntil: LocalDate | null;
  };

/** Whose steps have days; without one only a promise may be broken. */
type Dated<R> = R & { readonly effectiveDue: LocalDate };
export const isDated = <R extends { readonly effectiveDue: LocalDate | null }>(row: R): row is Dated<R> =>
  row.effectiveDue !== null;

/** Listed rows go to owner and manager only, on workdays: nothing has fallen due since they were opened. */
const LISTED_ROLES: readonly RecipientRole[] = ['owner', 'sales_manager'];

/** Why a step is taken today: its day has come, a promise was not kept, or a dispute lasts too long. */
export type PlannedStep = DueStep & { readonly cause: 'day' | 'promise' | 'dispute' };

/** How much open is not worth a reminder, in minor units of a currency. */
type Tolerance = (currency: string) => number;
type DecidedRow = PlannableRow & { readonly currency: string };

/**
 * Decides rows of one day, each by the ladder that counts for it. Nothing is said while a promise or a pause lasts, but
 * that a dispute goes to the manager; a promise that was not kept takes the next level at once, acknowledged or not.
 */
export function stepDecider(
  ladders: Ladders,
  calendar: WorkCalendar,
  today: LocalDate,
  tolerance: Tolerance,
): (row: DecidedRow & LadderRow) => PlannedStep | null {
  const find = ladderFinder(ladders);
  const deciders = new Map<readonly LadderRule[], ReturnType<typeof ladderDecider>>();
  return (row) => {
    const { rules } = find(row);
    const known = deciders.get(rules) ?? ladderDecider(rules, calendar, today);
    deciders.set(rules, known);
    return known(row, tolerance(row.currency));
  };
}

/** Decides the rows of one ladder, as stepDecider, each with the tolerance of its currency. */
export function ladderDecider(
  ladder: readonly LadderRule[],
  calendar: WorkCalendar,
  today: LocalDate,
): (row: PlannableRow, tolerance: number) => PlannedStep | null {
  const decideDated = dayDecider(ladder, calendar, today);
  const decide = (row: PlannableRow) => (isDated(row) ? decideDated(row) : null);
  return (row, tolerance) => {
    if (isDisputeOld(row, today)) {
      const rule = nextLevel(ladder, 0);
      // Its first day: a step of this rule that falls on an earlier one has been told by then, on this one it is this.
      const occurrenceOn = addDays(row.disputedOn ?? today, DISPUTE_DAYS + 1);
      if (rule && maySendOn(rule, calendar, today))
        return { rule, occurrenceOn, superseded: [], listedOnly: false, cause: 'dispute' };
    }
    if (isHeld(row, today, tolerance)) return null;
    if (!isPromiseBroken(row, today, tolerance)) {
      const step = decide(row) ?? lateStep(row, ladder, calendar, today);
      // Whatever its level, what is only listed asks nobody: it can wait for a workday.
      if (step === null || (step.listedOnly && !isWorkday(calendar, today))) return null;
      return { ...step, cause: 'day' };
    }
    const step = decide({ ...row, ackedUntil: null });
    const jump = nextLevel(ladder, row.caseLevel ?? 0);
    if (!jump || !maySendOn(jump, calendar, today) || (step && step.rule.rank >= jump.rank))
      return step && { ...step, listedOnly: false, cause: 'promise' };
    const passed = step ? [...step.superseded, step.rule] : [];
    // The day it was broken: no other step of this rule falls on it, or that one is taken.
    const occurrenceOn = addDays(row.promisedOn ?? today, 1);
    return { rule: jump, occurrenceOn, superseded: passed, listedOnly: false, cause: 'promise' };
  };
}

/**
 * Of a row that was older than its last level when it opened (import, approval, a first date in the past, money taken
 * back): nothing falls due of it any more with which escalation could start or go on (rules §8), so it takes the highest
 * level when it has been listed for a week, and whom a broken promise or a dispute has asked by then have had theirs; a
 * case that is acknowledged waits.
 */
function lateStep(
  row: PlannableRow,
  ladder: readonly LadderRule[],
  calendar: WorkCalendar,
  today: LocalDate,
): DueStep | null {
  const { openedOn, effectiveDue, caseLevel, raisedOn, ackedUntil } = row;
  const rule = lastLevel(ladder);
  if (!rule || openedOn === null || effectiveDue === null || (caseLevel ?? 0) >= (rule.level ?? 0))
    return null;
  if (ackedUntil !== null && ackedUntil > today) return null;
  const occurrenceOn = addDays(openedOn, LISTED_DAYS);
  const isBeyond = effectiveDue < openedOn && addDays(effectiveDue, rule.offsetDays) < openedOn;
  const since = maxDate(openedOn, raisedOn ?? openedOn);
  if (!isBeyond || addDays(since, LISTED_DAYS) > today || !maySendOn(rule, calendar, today)) return null;
  return { rule, occurrenceOn, superseded: [], listedOnly: false };
}

/** The first step above a level; at the highest the last step that has one. */
function nextLevel(ladder: readonly LadderRule[], level: number): LadderRule | undefined {
  const levels = ladder.filter((rule) => (rule.level ?? 0) >= 1);
  return levels.find((rule) => (rule.level ?? 0) > level) ?? levels.at(-1);
}

/** The last step that has a level. */
export const lastLevel = (ladder: readonly LadderRule[]): LadderRule | undefined =>
  nextLevel(ladder, Number.MAX_SAFE_INTEGER);

/** The step of the day; equal facts are decided once. */
function dayDecider(
  ladder: readonly LadderRule[],
  calendar: WorkCalendar,
  today: LocalDate,
): (row: StepFacts & Pick<PlannableRow, 'caseLevel' | 'ackedUntil'>) => DueStep | null {
  const known = new Map<string, DueStep | null>();
  return (row) => {
    // A day before the due date and no day at all decide alike; only a later one marks a row opened overdue.
    const openedOn = row.openedOn && row.openedOn > row.effectiveDue ? row.openedOn : null;
    const waitsAt =
      row.caseLevel !== null && row.ackedUntil !== null && row.ackedUntil > today ? row.caseLevel : null;
    const key = `${row.effectiveDue} ${row.remindDaysAhead} ${row.doneRank} ${openedOn} ${waitsAt}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const allowed = waitsAt === null ? ladder : ladder.filter((rule) => (rule.level ?? 0) <= waitsAt);
    const decided = highestDueStep({ ...row, openedOn }, allowed, calendar, today);
    known.set(key, decided);
    return decided;
  };
}

/**
 * The step opens a case or raises it; `still`: a further step of the same level; `again`: overdue anew after a postponement, its level was kept; `broken`: a
 * promise was not kept; `disputed`: for too long, so that the manager is asked.
 */
export type CaseChange = 'opened' | 'raised' | 'still' | 'again' | 'broken' | 'disputed';

/** What a due step does to the row's case; `ladder`: the one that counts for the row. */
export function caseChangeOf(
  row: Pick<PlannableRow, 'caseLevel' | 'doneRank'>,
  step: PlannedStep,
  ladder: readonly LadderRule[],
): CaseChange | null {
  const { level } = step.rule;
  if (step.cause !== 'day' && level !== null && level >= 1)
    return step.cause === 'promise' ? 'broken' : 'disputed';
  if (level === null || step.listedOnly) return null;
  if (row.caseLevel === null) return level >= 1 ? 'opened' : null;
  if (level > row.caseLevel) return 'raised';
  const firstRank = Math.min(...ladder.filter((rule) => rule.level !== null).map((rule) => rule.rank));
  if (row.doneRank < firstRank) return 'again';
  // Two steps of one level (D+15 and D+30): those whom it asks are asked again.
  return level === row.caseLevel ? 'still' : null;
}

/** Whether the case keeps its level, which is above the step's or told anew, and its people are told with the step's. */
export const keepsLevel = <R extends Pick<PlannableRow, 'caseLevel'>>(
  row: R,
  step: PlannedStep,
  change: CaseChange | null,
): row is R & { readonly caseLevel: number } =>
  row.caseLevel !== null &&
  (change === 'again' ||
    ((change === 'broken' || change === 'disputed') && (step.rule.level ?? 0) < row.caseLevel));

/** The level of the row's case after a change. */
export const levelAfter = (
  row: Pick<PlannableRow, 'caseLevel'>,
  step: PlannedStep,
  change: CaseChange,
): number => (keepsLevel(row, step, change) ? row.caseLevel : (step.rule.level ?? 0));

/** Roles that a step tells. */
export function rolesOf(step: {
  readonly rule: LadderRule;
  readonly listedOnly?: boolean;
}): readonly RecipientRole[] {
  return step.listedOnly ? LISTED_ROLES : step.rule.roles;
}

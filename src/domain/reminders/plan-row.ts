// What one row's due step means: who is told, and what becomes of its escalation case (rules §8). Pure.
// A case is opened at level 1 (E2) and above: level 0 (E1) is only the owner's urgent row.
import type { WorkCalendar } from '../calendar.js';
import type { LocalDate } from '../local-date.js';
import type { LadderRule, RecipientRole } from './ladder.js';
import { type People, recipientsFor } from './recipients.js';
import { type DueStep, highestDueStep, type StepFacts } from './steps.js';

/** A row and its open case; `ackedUntil`: the next level waits until this day. */
export type PlannableRow = StepFacts & {
  readonly openedOn: LocalDate | null;
  readonly caseLevel: number | null;
  readonly ackedUntil: LocalDate | null;
};

/** Listed rows go to owner and manager only: nothing has fallen due since they were opened. */
const LISTED_ROLES: readonly RecipientRole[] = ['owner', 'sales_manager'];

/** Decides rows of one day; equal facts are decided once. */
export function stepDecider(
  ladder: readonly LadderRule[],
  calendar: WorkCalendar,
  today: LocalDate,
): (row: PlannableRow) => DueStep | null {
  const known = new Map<string, DueStep | null>();
  return (row) => {
    // A day before the due date and no day at all decide alike; only a later one marks a row opened overdue.
    const openedOn = row.openedOn !== null && row.openedOn > row.effectiveDue ? row.openedOn : null;
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

/** The step opens a case or raises it; `again`: overdue anew after a postponement, its level was kept. */
export type CaseChange = 'opened' | 'raised' | 'again';

/** What a due step does to the row's case. */
export function caseChangeOf(
  row: Pick<PlannableRow, 'caseLevel' | 'doneRank'>,
  step: DueStep,
  ladder: readonly LadderRule[],
): CaseChange | null {
  const { level } = step.rule;
  if (level === null || step.listedOnly) return null;
  if (row.caseLevel === null) return level >= 1 ? 'opened' : null;
  if (level > row.caseLevel) return 'raised';
  const firstRank = Math.min(...ladder.filter((rule) => rule.level !== null).map((rule) => rule.rank));
  return row.doneRank < firstRank ? 'again' : null;
}

/** Roles that a step tells. */
export function rolesOf(step: DueStep): readonly RecipientRole[] {
  return step.listedOnly ? LISTED_ROLES : step.rule.roles;
}

/**
 * Whom a level asks to acknowledge: the people it adds to the level before it, never the owner; if it adds nobody,
 * everybody it names but the owner.
 */
export function askedBy(
  rule: LadderRule,
  levelBefore: number | null,
  ladder: readonly LadderRule[],
  people: People,
): string[] {
  const before = new Set(
    ladder
      .filter((one) => levelBefore !== null && one.level !== null && one.level <= levelBefore)
      .flatMap((one) => one.roles),
  );
  const others = rule.roles.filter((role) => role !== 'owner');
  const added = others.filter((role) => !before.has(role));
  const idsOf = (roles: readonly RecipientRole[]) =>
    recipientsFor(roles, people)
      .recipients.map((recipient) => recipient.id)
      .filter((id) => id !== people.owner);
  const ids = idsOf(added);
  return ids.length > 0 ? ids : idsOf(others);
}

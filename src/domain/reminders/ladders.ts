// Whose ladder counts for a row: its own, else its customer's, else its template's, else the company's (rules §8), of
// each kind apart; and what a ladder may be. Pure.
import { DomainError } from '../errors.js';
import {
  isWeekly,
  LADDER_KINDS,
  type LadderKind,
  type LadderRule,
  RANK_STEP,
  RECIPIENT_ROLES,
  type RecipientRole,
  type Tone,
} from './ladder.js';

export const LADDER_SCOPES = ['company', 'template', 'customer', 'instalment'] as const;
export type LadderScope = (typeof LADDER_SCOPES)[number];

/** The rows that a ladder of its own is for; `id` is null for the company. */
export interface ScopeRef {
  readonly scope: LadderScope;
  readonly id: string | null;
}

/** The kinds of ladder that are about instalments; the others are about milestones of contracts. */
export const ROW_KINDS = ['normal', 'retention'] as const satisfies LadderKind[];
export type RowKind = (typeof ROW_KINDS)[number];
export const isRowKind = (kind: LadderKind): kind is RowKind =>
  (ROW_KINDS as readonly LadderKind[]).includes(kind);

/** The kinds that a scope may have a ladder of: what milestones are reminded of hangs on the contract's customer. */
export const kindsOf = (scope: LadderScope): readonly LadderKind[] =>
  scope === 'company' || scope === 'customer' ? LADDER_KINDS : ROW_KINDS;

/** Whom a kind may name: the finance owner has nothing to do with milestones. */
export const rolesFor = (kind: LadderKind): readonly RecipientRole[] =>
  isRowKind(kind) ? RECIPIENT_ROLES : RECIPIENT_ROLES.filter((role) => role !== 'finance_owner');

/** A ladder that takes the company's place for some rows. */
export interface OwnLadder extends ScopeRef {
  readonly scope: Exclude<LadderScope, 'company'>;
  readonly id: string;
  readonly rules: readonly LadderRule[];
}

/** All ladders. `ranks`: every rank that a row may have come to, of steps that were taken out too. */
export interface Ladders {
  readonly company: readonly LadderRule[];
  readonly own: readonly OwnLadder[];
  readonly ranks: readonly number[];
}

/** What of a row says whose ladder counts; an id may be null of what has no ladder of its own. */
export interface LadderRow {
  readonly id: string | null;
  readonly customerId: string | null;
  readonly templateId: string | null;
  readonly isRetention: boolean;
}

/** The company's alone. */
export const companyOnly = (company: readonly LadderRule[]): Ladders => ({
  company,
  own: [],
  ranks: company.map((rule) => rule.rank),
});

export const kindOf = (isRetention: boolean): RowKind => (isRetention ? 'retention' : 'normal');
export const rulesOfKind = (rules: readonly LadderRule[], kind: LadderKind): LadderRule[] =>
  rules.filter((rule) => rule.appliesTo === kind);

/** A ladder, and whose it is. */
type FoundLadder = ScopeRef & { readonly rules: readonly LadderRule[] };

/** The ladder that counts for a row. Ladders are few and rows are many: what was found is kept. */
export function ladderFinder(ladders: Ladders): (row: LadderRow) => FoundLadder {
  const find = ladderFinderByKind(ladders);
  return (row) => find(row, kindOf(row.isRetention));
}

/** The same of any kind; of a milestone only the customer counts. */
export function ladderFinderByKind(
  ladders: Ladders,
): (row: Omit<LadderRow, 'isRetention'>, kind: LadderKind) => FoundLadder {
  const byKey = new Map<string, OwnLadder>();
  for (const own of ladders.own)
    for (const kind of LADDER_KINDS) {
      const rules = rulesOfKind(own.rules, kind);
      if (rules.length > 0) byKey.set(`${own.scope} ${own.id} ${kind}`, { ...own, rules });
    }
  const company = new Map(
    LADDER_KINDS.map((kind): [LadderKind, FoundLadder] => [
      kind,
      { scope: 'company', id: null, rules: rulesOfKind(ladders.company, kind) },
    ]),
  );
  return ({ id, customerId, templateId }, kind) => {
    const own =
      byKey.size === 0
        ? undefined
        : (byKey.get(`instalment ${id} ${kind}`) ??
          byKey.get(`customer ${customerId} ${kind}`) ??
          byKey.get(`template ${templateId} ${kind}`));
    const found = own ?? company.get(kind);
    if (!found) throw new RangeError(kind);
    return found;
  };
}

// ── What a ladder may be ────────────────────────────────────────────────────────────────────────────────

export const MAX_STEPS = 15;
/** With its repeated lines: the window shows them all. */
const MAX_RULES = 20;
export const MAX_OFFSET_DAYS = 365;
export const MAX_LADDER_DAYS_BEFORE = 90;
export const MAX_REPEAT_DAYS = 90;
export const MAX_LEVEL = 4;

/** What a person chooses of a step; a new one with `repeatEveryDays` is a repeated line. */
export interface StepInput {
  readonly offsetDays: number;
  readonly repeatEveryDays: number | null;
  readonly roles: readonly RecipientRole[];
  readonly tone: Tone;
  /** Null: told in the digest; else the escalation level it opens or raises to, with a thread and Acknowledge. */
  readonly level: number | null;
}

/** The step with what was chosen: a level means thread and Acknowledge; a milestone has no case to raise. */
export function withInput(rule: LadderRule, input: StepInput): LadderRule {
  const asks = input.level !== null && input.level >= 1 && isRowKind(rule.appliesTo);
  const { repeatEveryDays, ...rest } = rule;
  return {
    ...rest,
    ...(repeatEveryDays !== undefined && { repeatEveryDays: input.repeatEveryDays ?? repeatEveryDays }),
    offsetDays: rule.replacedByRemindDays ? rule.offsetDays : input.offsetDays,
    roles: input.roles.filter((role) => rolesFor(rule.appliesTo).includes(role)),
    tone: input.tone,
    // Level 0 (the owner alone, the day after) is no escalation and stays what it is.
    level: isWeekly(rule) ? null : asks ? input.level : rule.level === 0 ? 0 : null,
    place: asks && !isWeekly(rule) ? 'thread' : 'dm',
    needsAck: asks && !isWeekly(rule),
  };
}

/**
 * The rank for a new step among the present ones: between its neighbours by days. Ranks never change: how far a row has
 * come stays true whatever is put between.
 * @throws DomainError ladder.full where no rank is left between the two
 */
export function rankFor(steps: readonly LadderRule[], offsetDays: number): number {
  const ordered = steps.filter((rule) => !isWeekly(rule)).toSorted((a, b) => a.rank - b.rank);
  const before =
    ordered.findLast((rule) => rule.replacedByRemindDays || rule.offsetDays < offsetDays)?.rank ?? 0;
  const after = ordered.find((rule) => rule.rank > before)?.rank ?? before + 2 * RANK_STEP;
  const rank = Math.floor((before + after) / 2);
  if (rank === before || rank === after) throw new DomainError('ladder.full', { max: MAX_STEPS }, 'days');
  return rank;
}

/**
 * Refuses a ladder of one kind in which a row could be told the same twice, out of order, or by nobody.
 * @throws DomainError ladder.empty, ladder.full, ladder.same_day, ladder.order, ladder.level_order, ladder.level_early,
 *   ladder.nobody, ladder.nobody_asked, ladder.repeat_early
 */
export function checkLadder(rules: readonly LadderRule[]): void {
  const steps = rules.filter((rule) => !isWeekly(rule)).toSorted((a, b) => a.rank - b.rank);
  // A milestone may have repeated lines alone.
  const counted = rules.some((rule) => isRowKind(rule.appliesTo)) ? steps : rules;
  if (counted.length === 0) throw new DomainError('ladder.empty', {});
  if (rules.length > MAX_RULES) throw new DomainError('ladder.full', { max: MAX_STEPS }, 'days');
  if (steps.length > MAX_STEPS) throw new DomainError('ladder.full', { max: MAX_STEPS }, 'days');
  const nobody = rules.some(
    ({ roles, appliesTo }) => !roles.some((role) => rolesFor(appliesTo).includes(role)),
  );
  if (nobody) throw new DomainError('ladder.nobody', {}, 'roles');
  if (rules.some((rule) => isWeekly(rule) && rule.offsetDays < 0))
    throw new DomainError('ladder.repeat_early', {}, 'every');
  for (const { level, offsetDays, roles } of steps) {
    if (level !== null && level >= 1 && offsetDays < 1)
      throw new DomainError('ladder.level_early', {}, 'level');
    if (level !== null && level >= 1 && roles.every((role) => role === 'owner'))
      throw new DomainError('ladder.nobody_asked', {}, 'roles');
  }
  // Rows know by the rank how far they have come: 0 is the beginning, and no two steps are one.
  if (steps.some(({ rank }, index) => rank < 1 || rank === steps[index + 1]?.rank))
    throw new DomainError('ladder.order', {}, 'days');
  const dated = steps.filter((rule) => !rule.replacedByRemindDays);
  for (const [index, rule] of dated.entries()) {
    const next = dated[index + 1];
    if (next && next.offsetDays === rule.offsetDays)
      throw new DomainError('ladder.same_day', { days: rule.offsetDays }, 'days');
    if (next && next.offsetDays < rule.offsetDays) throw new DomainError('ladder.order', {}, 'days');
    // A step that only tells may stand anywhere.
    const lower = dated
      .slice(index + 1)
      .some(({ level }) => (level ?? 0) >= 1 && (level ?? 0) < (rule.level ?? 0));
    if (lower) throw new DomainError('ladder.level_order', {}, 'level');
  }
}

// One approval, one decision: who may decide the present step (rules §6). Pure; loading the facts and recording the
// decision is decisions.service.ts.
import type { Role } from '../access.js';

export type Decision = 'approved' | 'rejected';

/** A role by name; `manager`: the nearest manager above the owner, or whoever the table of roles lets decide in their place. */
export const APPROVER_ROLES = [
  'manager',
  'sales_manager',
  'sales_director',
  'finance',
  'finance_manager',
  'admin',
] as const;
export type ApproverRole = (typeof APPROVER_ROLES)[number];

export interface FlowStep {
  /** any: one decision is enough; all: each of them. */
  readonly mode: 'any' | 'all';
  readonly roles: readonly ApproverRole[];
  readonly people: readonly string[];
}

/** People who must not decide: who asked for it, recorded or edited it, or gains from it. */
export function isInvolved(personId: string, involvedIds: readonly (string | null)[]): boolean {
  return involvedIds.includes(personId);
}

/** Who must not decide the step whoever asks them: involved, or their hand is in it or in one before. */
export const isOut = (
  { involvedIds, earlierIds, approvedIds }: Pick<StepQuestion, 'involvedIds' | 'earlierIds' | 'approvedIds'>,
  personId: string,
): boolean => isInvolved(personId, [...involvedIds, ...earlierIds, ...approvedIds]);

/** A person as a step looks at them. `leads`: the table of roles lets them decide about rows of this owner. */
export interface Candidate {
  readonly id: string;
  readonly roles: readonly string[];
  readonly leads: boolean;
  /** Holds a role that the table lets decide about such a subject at all. */
  readonly may: boolean;
}

/** The present step: whom it asks, and who is out. */
export interface StepQuestion {
  readonly mode: 'any' | 'all';
  readonly roles: readonly string[];
  readonly ids: readonly string[];
  /** Those of them whom the flow names: whatever their role. Others were found by a role that they may have lost since. */
  readonly namedIds: readonly string[];
  /** Of mode all: who has approved already, and with whose hand. */
  readonly approvedIds: readonly string[];
  /** Roles that later steps ask: their holders do not take an earlier step's place by rank alone. */
  readonly laterRoles: readonly string[];
  readonly involvedIds: readonly string[];
  /** Who decided earlier steps: one person decides at most one, and each once. */
  readonly earlierIds: readonly string[];
}

export type Verdict =
  | { readonly ok: true; readonly asId: string; readonly solo: boolean }
  | { readonly ok: false; readonly why: 'not_asked' | 'involved' | 'had_a_say' };

/**
 * Whether a person may decide the step: in their own right, or in the place of one of `principals`, who gave them their
 * decisions. `solo`: the company has one finance user and lets them decide what they recorded (rules §6).
 */
export function decideWho(
  step: StepQuestion,
  actor: Candidate,
  principals: readonly Candidate[],
  solo: boolean,
): Verdict {
  const place = [actor, ...principals].filter((one) => isAsked(step, one));
  if (place.length === 0) return { ok: false, why: 'not_asked' };
  // Whose hand it is counts too: where all must approve, nobody does so for themselves and in somebody's place.
  const free = isOut(step, actor.id) ? undefined : place.find((one) => !isOut(step, one.id));
  if (free) return { ok: true, asId: free.id, solo: false };
  if (solo && isAsked(step, actor)) return { ok: true, asId: actor.id, solo: true };
  const refused = isOut(step, actor.id) ? [actor] : place;
  const isInvolvement = refused.some((one) => isInvolved(one.id, step.involvedIds));
  return { ok: false, why: isInvolvement ? 'involved' : 'had_a_say' };
}

/** Whether the step asks this person. */
export function isAsked(step: StepQuestion, person: Candidate): boolean {
  const fits = person.roles.some((role) => step.roles.includes(role));
  if (step.ids.includes(person.id)) return fits || person.may || step.namedIds.includes(person.id);
  if (fits) return step.mode === 'any';
  const awaitsOwnStep = person.roles.some((role) => step.laterRoles.includes(role));
  return step.mode === 'any' && step.roles.includes('manager') && person.leads && !awaitsOwnStep;
}

/** Whether an approval in the place of this person ends the step. */
export const completesStep = (
  step: Pick<StepQuestion, 'mode' | 'ids' | 'approvedIds'>,
  asId: string,
): boolean => step.mode === 'any' || step.ids.every((id) => id === asId || step.approvedIds.includes(id));

/** Whose hand approved, and in whose place if not in their own. */
export interface Hand {
  readonly byId: string;
  readonly inPlaceOfId: string | null;
}

/**
 * The hands in `approvedIds`, in their order: whom the step does not ask approved in the place of the one before them, as it
 * is kept.
 */
export function handsIn({ approvedIds, ids }: Pick<StepQuestion, 'approvedIds' | 'ids'>): Hand[] {
  const isStandIn = (id: string | undefined) => id !== undefined && !ids.includes(id);
  return approvedIds.flatMap((byId, place) => {
    if (isStandIn(approvedIds[place + 1])) return [];
    return [{ byId, inPlaceOfId: isStandIn(byId) ? (approvedIds[place - 1] ?? null) : null }];
  });
}

/** Who is asked in their place where nobody holds the role; only as far as the table of roles lets them. */
const IN_PLACE: Readonly<Partial<Record<ApproverRole, readonly Role[]>>> = {
  manager: ['sales_director', 'finance_manager'],
  sales_manager: ['sales_director'],
  finance: ['finance_manager'],
  finance_manager: ['sales_director'],
};

/** Whether it can still be taken back by whoever asked: nobody has decided a step of it (rules §3). */
export const isUndecided = (approval: { readonly decidedSteps: readonly unknown[] }): boolean =>
  approval.decidedSteps.length === 0;

/** The roles to look among, one after the other, when nobody whom the step asks is free. */
export const rolesInPlace = (roles: readonly string[], allowed: readonly Role[]): Role[] => [
  ...new Set(
    Object.entries(IN_PLACE).flatMap(([role, others]) =>
      roles.includes(role) ? others.filter((other) => allowed.includes(other)) : [],
    ),
  ),
];

/** Whether a person could decide now, as far as stored facts say: what views ask to leave out buttons. */
export function mayDecide(
  person: Candidate,
  approval: {
    readonly question: StepQuestion | null;
    readonly delegates: readonly { readonly id: string }[];
  },
): boolean {
  const { question, delegates } = approval;
  if (!question || isOut(question, person.id)) return false;
  return delegates.some((one) => one.id === person.id) || isAsked(question, person);
}

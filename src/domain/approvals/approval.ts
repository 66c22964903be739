// One approval, one decision: pure rules of who may decide (rules §6).
import type { Actor, Role } from '../access.js';

export type SubjectType = 'contract' | 'receipt';
export type Decision = 'approved' | 'rejected';

/** People who must not decide: who asked for it, recorded or edited it, or gains from it. */
export function isInvolved(actorId: string, involvedIds: readonly (string | null)[]): boolean {
  return involvedIds.includes(actorId);
}

/** Whether a step names the person or a role of theirs. */
export function isNamed(
  step: { approverIds: readonly string[]; approverRoles: readonly string[] },
  actor: Actor,
): boolean {
  return step.approverIds.includes(actor.id) || actor.roles.some((role) => step.approverRoles.includes(role));
}

export interface FlowStep {
  readonly mode: 'any' | 'all';
  readonly approverRoles: readonly Role[];
  readonly approverIds: readonly string[];
}

/** Receipts: one step, any one of finance. */
export const RECEIPT_FLOW: readonly FlowStep[] = [
  { mode: 'any', approverRoles: ['finance', 'finance_manager'], approverIds: [] },
];

// One approval, one decision: pure rules of who may decide (rules §6).
import type { Role } from '../access.js';

export type SubjectType = 'contract' | 'contract_change' | 'receipt' | 'postponement';
export type Decision = 'approved' | 'rejected';

/** People who must not decide: who asked for it, recorded or edited it, or gains from it. */
export function isInvolved(actorId: string, involvedIds: readonly (string | null)[]): boolean {
  return involvedIds.includes(actorId);
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

// What a plan is made for, read fresh: the contract with its balance, its anchors and the templates that fit.
import { allowsEvent } from '../domain/contracts/contract.js';
import { DomainError } from '../domain/errors.js';
import { readAnchors } from '../domain/plans/plan-anchors.service.js';
import { findPlanTarget, type PlanTarget } from '../domain/plans/plan-choices.queries.js';
import { listOfferedTemplates } from '../domain/templates/template.queries.js';
import type { Turn } from './turns.js';
import type { PlanBasis } from './views/plan-step-views.js';

/** A contract in the person's scope, with everything its plan steps show. */
export type ContractBasis = PlanBasis & PlanTarget;

/** The contract if the person may see it, else null. */
export async function findBasis(
  { ctx }: Pick<Turn, 'ctx'>,
  contractId: string,
): Promise<ContractBasis | null> {
  const target = await findPlanTarget(ctx, contractId);
  if (!target) return null;
  const [anchors, offered] = await Promise.all([
    readAnchors(ctx.db, contractId),
    listOfferedTemplates(ctx, target),
  ]);
  return { ...target, anchors, templates: offered.templates, termDays: offered.termDays };
}

/**
 * The contract, if it takes instalments now.
 * @throws DomainError not_found, contract.bad_state
 */
export async function loadBasis(turn: Pick<Turn, 'ctx'>, contractId: string): Promise<ContractBasis> {
  const basis = await findBasis(turn, contractId);
  if (!basis) throw new DomainError('not_found', { ref: '' });
  const status = basis.contractStatus;
  if ((status !== 'draft' && status !== 'rejected' && status !== 'active') || !allowsEvent(status, 'plan')) {
    throw new DomainError('contract.bad_state', { state: status, action: 'plan' });
  }
  return basis;
}

// How an approval begins: whom the first step asks, and which steps are left when somebody stands in two of them (rules §6).
import type { Tx } from '../../db/client.js';
import type { Person } from '../members/member.queries.js';
import type { ApproverRole, FlowStep } from './approval.js';
import { findAsked } from './candidates.service.js';
import type { ApprovalFlow } from './flow.js';
import type { SubjectType } from './subjects.js';

/** A step as an approval begins with it: who stands in it beside its roles, and who is asked now. */
export interface BegunStep {
  readonly step: FlowStep;
  readonly ids: readonly string[];
  readonly people: readonly Person[];
}

/** Whether the first step asks people whom its roles alone do not name: a manager, or all of those who hold a role now. */
export const asksPeople = ({ steps: [first] }: ApprovalFlow): boolean =>
  first?.mode === 'all' || first?.roles.includes('manager') === true;

/** Only the first step is asked now; but a manager who holds the role of a later step is asked once, in that step. */
export async function beginSteps(
  tx: Tx,
  request: { readonly type: SubjectType; readonly ownerId: string | null },
  flow: ApprovalFlow,
  involvedIds: readonly string[],
): Promise<BegunStep[]> {
  const where = { ownerId: request.ownerId, out: involvedIds };
  const steps: BegunStep[] = [];
  for (const [index, step] of flow.steps.entries()) {
    if (steps.length > 0) {
      steps.push({ step, ids: step.people, people: [] });
      continue;
    }
    const asked = await findAsked(tx, request.type, step, where);
    const laterRoles = flow.steps.slice(index + 1).flatMap((one) => one.roles);
    if (!(await isOfLaterStep(tx, step, asked.ids, laterRoles))) steps.push({ step, ...asked });
  }
  return steps;
}

async function isOfLaterStep(
  tx: Tx,
  step: FlowStep,
  ids: readonly string[],
  laterRoles: readonly ApproverRole[],
): Promise<boolean> {
  const onlyManager = step.roles.length === 1 && step.roles[0] === 'manager' && step.people.length === 0;
  if (!onlyManager || ids.length === 0 || laterRoles.length === 0) return false;
  const others = await tx.user.count({
    where: { id: { in: [...ids] }, NOT: { roles: { hasSome: [...laterRoles] } } },
  });
  return others === 0;
}

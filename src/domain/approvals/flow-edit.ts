// A company's own approval steps (审批步骤): which roles a kind of subject can ask, and whether what an admin wrote can be
// carried out. Pure. Loading the flows and saving them is the settings'.
import { ROLES, type Role, rolesFor } from '../access.js';
import { APPROVER_ROLES, type ApproverRole } from './approval.js';
import { type ApprovalFlow, DEFAULT_FLOWS, type FlowSubject, MAX_STEPS } from './flow.js';
import { isSubjectType, SUBJECTS, subjectRow } from './subjects.js';

/**
 * Roles that may decide about it at all (rules §12), and whom the defaults ask; `manager`: where the table lets whoever leads
 * the owner decide.
 */
export function allowedRoles(subject: FlowSubject): ApproverRole[] {
  const actions = Object.keys(SUBJECTS)
    .filter(isSubjectType)
    .map(subjectRow)
    .filter((row) => row.flow === subject)
    .map((row) => row.action);
  const usual = DEFAULT_FLOWS.filter((flow) => flow.subject === subject).flatMap((flow) =>
    flow.steps.flatMap((step) => step.roles),
  );
  const may = new Set<string>([...actions.flatMap((action) => rolesFor(action)), ...usual]);
  return APPROVER_ROLES.filter((role) =>
    role === 'manager' ? may.has('sales_manager') : role !== 'sales_manager' && may.has(role),
  );
}

/** The company's flows of what the app asks about; a subject that it has none of takes the defaults, as chooseFlow does. */
export function editableFlows(flows: readonly ApprovalFlow[]): ApprovalFlow[] {
  const asked = Object.keys(SUBJECTS)
    .filter(isSubjectType)
    .map((type) => subjectRow(type).flow);
  const missing = DEFAULT_FLOWS.filter((flow) => !flows.some((one) => one.subject === flow.subject));
  return [...flows, ...missing].filter((flow) => asked.includes(flow.subject));
}

/** Conditions that somebody tells about such a subject when it is asked about; an amount always. */
const CONDITIONS: Readonly<Partial<Record<FlowSubject, 'method' | 'contractType'>>> = {
  receipt: 'method',
  reversal: 'method',
  refund: 'method',
  reallocation: 'method',
  contract: 'contractType',
};
export const conditionOf = (subject: FlowSubject) => CONDITIONS[subject] ?? null;

const OWN = 'own_';
/** A flow that the company added. The app's own can be changed but not removed: without them nothing would be asked. */
export const isOwnFlow = ({ key }: Pick<ApprovalFlow, 'key'>): boolean => key.startsWith(OWN);

/** A flow of the company's own, still without conditions and steps. */
export function newFlow(subject: FlowSubject, flows: readonly ApprovalFlow[]): ApprovalFlow {
  const taken = new Set(flows.map((flow) => flow.key));
  let number = 1;
  while (taken.has(`${OWN}${number}`)) number += 1;
  const key = `${OWN}${number}`;
  return {
    key,
    subject,
    minAmount: null,
    method: null,
    contractType: null,
    creditExceeded: false,
    steps: [],
  };
}

/** Why a flow would never be told from another of its subject. */
export function conditionProblem(
  flow: ApprovalFlow,
  flows: readonly ApprovalFlow[],
): 'flow.no_condition' | 'flow.same_condition' | null {
  const conditions = ({ minAmount, method, contractType, creditExceeded }: ApprovalFlow) =>
    JSON.stringify([minAmount, method, contractType, creditExceeded]);
  if (isOwnFlow(flow) && flow.minAmount === null && flow.method === null && flow.contractType === null)
    return 'flow.no_condition';
  const isTaken = editableFlows(flows).some(
    (one) => one.subject === flow.subject && one.key !== flow.key && conditions(one) === conditions(flow),
  );
  return isTaken ? 'flow.same_condition' : null;
}

/** The company's flows with this one in its place; with the defaults of its subject where it had none. */
export function putFlow(flows: readonly ApprovalFlow[], flow: ApprovalFlow): ApprovalFlow[] {
  const missing = editableFlows(flows).filter((one) => one.subject === flow.subject && !flows.includes(one));
  const all = [...flows, ...missing];
  return all.some(({ key }) => key === flow.key)
    ? all.map((one) => (one.key === flow.key ? flow : one))
    : [...all, flow];
}

/** A step as it is written in the form; without a role and a person it is left out. */
export interface StepInput {
  readonly mode: 'any' | 'all';
  readonly roles: readonly string[];
}

/** What is wrong with a step (counted from 0), or with the whole. */
export type FlowProblem =
  | {
      readonly step: number;
      readonly code: 'flow.role_not_allowed';
      readonly params: { role: Role | 'manager' };
    }
  | { readonly step: number; readonly code: 'flow.nobody'; readonly params: { role: Role } }
  | { readonly step: number; readonly code: 'flow.too_few'; readonly params: { role: Role; steps: number } }
  | { readonly step: 0; readonly code: 'flow.no_step'; readonly params: Record<never, never> };

/**
 * The flow with these steps, or why it cannot be carried out. Named people of a step stay where the step stays.
 * @param holders how many active people hold each role
 */
export function decideFlow(
  flow: ApprovalFlow,
  input: readonly StepInput[],
  holders: Readonly<Partial<Record<Role, number>>>,
): { ok: true; flow: ApprovalFlow } | { ok: false; problems: FlowProblem[] } {
  const allowed = allowedRoles(flow.subject);
  const problems: FlowProblem[] = [];
  const asked = new Map<Role, number>();
  const steps: ApprovalFlow['steps'] = [];
  for (const [step, { mode, roles: written }] of input.slice(0, MAX_STEPS).entries()) {
    const people = flow.steps[step]?.people ?? [];
    const roles = APPROVER_ROLES.filter((role) => written.includes(role));
    if (roles.length + people.length === 0 || written.length === 0) continue;
    for (const role of roles) {
      if (!allowed.includes(role)) problems.push({ step, code: 'flow.role_not_allowed', params: { role } });
      else if (isRole(role) && (holders[role] ?? 0) === 0)
        problems.push({ step, code: 'flow.nobody', params: { role } });
    }
    // One person decides at most one step: a role that is asked alone twice needs two people.
    const [only, ...others] = roles;
    if (only !== undefined && isRole(only) && others.length + people.length === 0) {
      const times = (asked.get(only) ?? 0) + 1;
      asked.set(only, times);
      if ((holders[only] ?? 0) > 0 && (holders[only] ?? 0) < times)
        problems.push({ step, code: 'flow.too_few', params: { role: only, steps: times } });
    }
    steps.push({ mode, roles, people });
  }
  if (steps.length === 0) problems.push({ step: 0, code: 'flow.no_step', params: {} });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, flow: { ...flow, steps } };
}

const isRole = (role: ApproverRole): role is Role & ApproverRole =>
  (ROLES as readonly string[]).includes(role);

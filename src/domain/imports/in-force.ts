// Contracts that come in as approved outside (rules §6): whoever brings them decides alone what several may have to decide,
// so each must be one that its own flow would let them approve. Pure.
import { type Candidate, isAsked } from '../approvals/approval.js';
import type { ApprovalFlow } from '../approvals/flow.js';

/** Whether this person could decide every step of the flow; a step that all of several must approve is never one person's. */
export const acceptsAlone = (flow: Pick<ApprovalFlow, 'steps'>, person: Candidate): boolean =>
  flow.steps.every(({ mode, roles, people }) =>
    mode === 'all'
      ? roles.length === 0 && people.every((id) => id === person.id)
      : isAsked({ mode, roles, ids: people, namedIds: people, ...NOBODY_ELSE }, person),
  );

const NOBODY_ELSE = { approvedIds: [], laterRoles: [], involvedIds: [], earlierIds: [] } as const;

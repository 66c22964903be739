// An approval as views see it, for tests: open at its only step, unless told otherwise.
import type { ApprovalDetails } from '../../src/domain/approvals/approval.queries.js';

export function anApproval(more: Partial<ApprovalDetails> = {}): ApprovalDetails {
  const approvers = more.approvers ?? [{ id: 'manager', name: '韩梅梅' }];
  return {
    id: '0190a0a0-0000-7000-8000-000000000004',
    version: 1,
    status: 'open',
    requestedBy: { id: 'rep', name: '李雷' },
    approvers,
    alone: false,
    delegates: [],
    step: 1,
    steps: 1,
    decidedSteps: [],
    approvedSoFar: [],
    returned: null,
    talk: [],
    decidedBy: null,
    inPlaceOf: null,
    decidedAt: null,
    solo: false,
    reason: null,
    comment: null,
    question: {
      mode: 'any',
      roles: ['manager'],
      ids: approvers.map((person) => person.id),
      namedIds: [],
      approvedIds: [],
      laterRoles: [],
      involvedIds: ['rep'],
      earlierIds: [],
    },
    ...more,
  };
}

/** As much as is ever shown of questions and answers. */
export const longTalk = (text: string): ApprovalDetails['talk'] => [
  { by: { id: 'a', name: text }, question: text, answer: { by: { id: 'b', name: text }, text } },
  { by: { id: 'a', name: text }, question: text, answer: { by: { id: 'b', name: text }, text } },
];

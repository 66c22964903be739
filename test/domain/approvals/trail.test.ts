import { expect, it } from 'vitest';
import { approvalFact } from '../../../src/domain/approvals/trail.js';

it.each(['step_approved', 'returned', 'restarted', 'nudged', 'asked', 'answered'] as const)(
  'reads what the trail says of an approval: %s',
  (event) => {
    expect(approvalFact(`approval.${event}`, { step: 2 })).toEqual({ kind: 'approval', event, step: 2 });
    expect(approvalFact(`approval.${event}`, { step: 'E4' })).toEqual({
      kind: 'approval',
      event,
      step: null,
    });
    expect(approvalFact(`approval.${event}`, null)).toEqual({ kind: 'approval', event, step: null });
  },
);

it.each(['receipt.approved', 'approval.unheard_of', 'asked', ''])('is nothing of one: %s', (action) =>
  expect(approvalFact(action, { step: 1 })).toBeNull(),
);

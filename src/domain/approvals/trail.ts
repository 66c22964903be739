// What the audit trail says of an approval besides its end: entries of its steps, on whatever it is about. Pure.

const EVENTS = ['step_approved', 'returned', 'restarted', 'nudged', 'asked', 'answered'] as const;

/** `step`: the one that was approved or is asked again; null where the entry is about none. */
export interface ApprovalFact {
  readonly kind: 'approval';
  readonly event: (typeof EVENTS)[number];
  readonly step: number | null;
}

/** An audit entry as a fact about an approval; null for any other. */
export function approvalFact(
  action: string,
  after: Readonly<Record<string, unknown>> | null,
): ApprovalFact | null {
  const event = EVENTS.find((one) => action === `approval.${one}`);
  return event
    ? { kind: 'approval', event, step: typeof after?.step === 'number' ? after.step : null }
    : null;
}

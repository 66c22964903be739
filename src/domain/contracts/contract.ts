// A contract's fields and its state table (rules §3). Pure.
import { z } from 'zod';
import { type Actor, can } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import type { LocalDate } from '../local-date.js';

export const CONTRACT_STATUSES = [
  'draft',
  'pending_approval',
  'active',
  'rejected',
  'completed',
  'archived',
  'void',
] as const;
export type ContractStatus = (typeof CONTRACT_STATUSES)[number];

/** What each event needs; anything not listed is refused. */
const FROM: Record<
  'submit' | 'decide' | 'withdraw' | 'edit' | 'delete' | 'plan' | 'milestone',
  readonly ContractStatus[]
> = {
  submit: ['draft', 'rejected'],
  decide: ['pending_approval'],
  withdraw: ['pending_approval'],
  edit: ['draft', 'rejected'],
  delete: ['draft', 'rejected'],
  plan: ['draft', 'rejected', 'active'],
  milestone: ['draft', 'rejected', 'active', 'completed'],
};
export type ContractEvent = keyof typeof FROM;

/** Whether the state table lists this event for this state. */
export function allowsEvent(status: ContractStatus, event: ContractEvent): boolean {
  return FROM[event].includes(status);
}

/** Why an approver rejects; the words are in the i18n file `contracts`. */
export const CONTRACT_REJECT_REASONS = [
  'terms',
  'amount',
  'dates',
  'files_missing',
  'customer_risk',
  'other',
] as const;

/** Whether this person may decide about a contract of this owner that was submitted by `requestedById` (rules §6, §12). */
export function canDecideContract(
  actor: Actor,
  contract: { ownerId: string },
  requestedById: string,
): boolean {
  return (
    can(actor, 'contract.approve', contract.ownerId) &&
    !isInvolved(actor.id, [requestedById, contract.ownerId])
  );
}

export const MILESTONE_KINDS = [
  'shipment',
  'delivery',
  'installation',
  'acceptance',
  'invoice',
  'warranty_start',
  'warranty_end',
  'custom',
] as const;
export type MilestoneKind = (typeof MILESTONE_KINDS)[number];

/** Those that the contract form asks for (ux §4.4); the others are set by "Set milestone". */
export const FORM_MILESTONES = ['shipment', 'acceptance', 'warranty_end'] as const satisfies MilestoneKind[];

/** What a person enters; `amount` in minor units of `currency`. */
export const contractInput = z.object({
  customerId: z.string(),
  name: z.string().trim().min(1).max(120),
  type: z.string(),
  amount: z.bigint().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  signedOn: z.custom<LocalDate>().nullable().default(null),
  milestones: z.partialRecord(z.enum(FORM_MILESTONES), z.custom<LocalDate>()).default({}),
  paymentMethod: z.string().nullable().default(null),
  remark: z.string().trim().max(3000).nullable().default(null),
});
export type ContractInput = z.input<typeof contractInput>;
export type ParsedContract = z.output<typeof contractInput>;

/** Complete: the plan is whole and every instalment that counts is settled or written off. */
export function isComplete(
  contract: { amount: bigint },
  plan: readonly { amount: bigint; lifecycle: string }[],
): boolean {
  const counted = plan.filter((row) => row.lifecycle !== 'cancelled');
  return (
    counted.reduce((sum, row) => sum + row.amount, 0n) === contract.amount &&
    counted.every((row) => row.lifecycle === 'settled' || row.lifecycle === 'written_off')
  );
}

// A contract's fields and its state table (rules §3). Pure.
import { z } from 'zod';
import type { Role } from '../access.js';
import { addMonths, type LocalDate, localDate } from '../local-date.js';
import { MAX_MINOR } from '../money.js';

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

/**
 * The state table of rules §3: from which states an event is possible, and where it leads (null: it stays, or a decision
 * says where to). Anything not listed is refused. `complete` and `reopen` happen by themselves, from facts.
 */
export const CONTRACT_TABLE = {
  submit: { from: ['draft', 'rejected'], to: 'pending_approval' },
  decide: { from: ['pending_approval'], to: null },
  withdraw: { from: ['pending_approval'], to: 'draft' },
  edit: { from: ['draft', 'rejected'], to: null },
  delete: { from: ['draft', 'rejected'], to: null },
  plan: { from: ['draft', 'rejected', 'active'], to: null },
  milestone: { from: ['draft', 'rejected', 'active', 'completed'], to: null },
  amend: { from: ['active'], to: null },
  complete: { from: ['active'], to: 'completed' },
  reopen: { from: ['completed', 'archived'], to: 'active' },
  /** What is a record and not an agreement: type, signing day, remark, files. */
  correct: { from: ['active', 'completed'], to: null },
  /** Another owner. Not while it waits: who decides depends on whose it is. */
  assign: { from: ['draft', 'rejected', 'active', 'completed'], to: null },
  archive: { from: ['completed'], to: 'archived' },
  void: { from: ['active'], to: 'void' },
} as const satisfies Record<
  string,
  { readonly from: readonly ContractStatus[]; readonly to: ContractStatus | null }
>;
export type ContractEvent = keyof typeof CONTRACT_TABLE;

/** Whether the state table lists this event for this state. */
export function allowsEvent(status: ContractStatus, event: ContractEvent): boolean {
  const from: readonly ContractStatus[] = CONTRACT_TABLE[event].from;
  return from.includes(status);
}

/** What happens by itself: an active contract whose plan is paid completes, and opens again when money is taken away. */
export function settlementOf(
  contract: { status: ContractStatus; amount: bigint },
  plan: readonly { amount: bigint; lifecycle: string }[],
): 'complete' | 'reopen' | null {
  const complete = isComplete(contract, plan);
  if (complete && allowsEvent(contract.status, 'complete')) return 'complete';
  return !complete && allowsEvent(contract.status, 'reopen') ? 'reopen' : null;
}

/** Who may answer for a contract in finance. */
export const FINANCE_OWNER_ROLES: readonly Role[] = ['finance', 'finance_manager'];

/** States in which a finance owner is set by itself; a draft's is one of its fields. */
export const hasFinanceOwner = (status: ContractStatus): boolean =>
  status === 'active' || status === 'completed';

/** A contract that others may be made under; it must not have been made under one itself. */
export const FRAMEWORK_STATES: readonly ContractStatus[] = ['active', 'completed'];

/** Why an approver rejects; the words are in the i18n file `contracts`. */
export const CONTRACT_REJECT_REASONS = [
  'terms',
  'amount',
  'dates',
  'files_missing',
  'customer_risk',
  'other',
] as const;

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

const EARLIEST_SIGNING = localDate('1990-01-01');
const SIGNING_MONTHS_AHEAD = 12;

/** Nobody signed earlier what is still collected, nor signs later than a year from now: a slip of the keyboard. */
export const signingRange = (today: LocalDate) => ({
  from: EARLIEST_SIGNING,
  to: addMonths(today, SIGNING_MONTHS_AHEAD),
});

/** What a person enters; `amount` in minor units of `currency`. */
export const contractInput = z.object({
  customerId: z.string(),
  name: z.string().trim().min(1).max(120),
  type: z.string(),
  amount: z.bigint().positive().max(MAX_MINOR),
  currency: z.string().regex(/^[A-Z]{3}$/),
  signedOn: z.custom<LocalDate>().nullable().default(null),
  startsOn: z.custom<LocalDate>().nullable().default(null),
  endsOn: z.custom<LocalDate>().nullable().default(null),
  milestones: z.partialRecord(z.enum(FORM_MILESTONES), z.custom<LocalDate>()).default({}),
  paymentMethod: z.string().nullable().default(null),
  /** Who of finance answers for it, and the framework contract it was made under. */
  financeOwnerId: z.uuid().nullable().default(null),
  parentContractId: z.uuid().nullable().default(null),
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

// Renders what is told about contracts in approval, from facts as they are when it is sent.
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { findFilesAsked } from '../../domain/attachments.queries.js';
import { type ChangeDetails, findChange } from '../../domain/contracts/amendment.queries.js';
import { CONTRACT_STATUSES, type ContractStatus } from '../../domain/contracts/contract.js';
import {
  type ContractDetails,
  findContractDetails,
  loadApprovalCard,
} from '../../domain/contracts/contract.queries.js';
import { findApprovedVoid, findVoid } from '../../domain/contracts/contract-void.queries.js';
import { checkCredit } from '../../domain/customers/credit.queries.js';
import { findPeople } from '../../domain/members/member.queries.js';
import { changeCardMessage, changeDecidedMessage } from '../../handlers/views/amendment-views.js';
import { contractCardMessage, contractDecidedMessage } from '../../handlers/views/contract-approval-views.js';
import { contractChangedMessage, contractDeletedMessage } from '../../handlers/views/contract-end-views.js';
import { voidCard, voidDecided } from '../../handlers/views/contract-void-views.js';
import { filesMessage } from '../../handlers/views/files-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers, RenderCtx } from './rendered.js';

type InApproval = ContractDetails & { readonly approval: ApprovalDetails };

async function load(ctx: RenderCtx, contractId: string, approvalId: string): Promise<InApproval | null> {
  const contract = await loadApprovalCard(ctx, contractId, approvalId);
  return contract?.approval ? { ...contract, approval: contract.approval } : null;
}

async function loadChange(
  ctx: RenderCtx,
  changeId: string,
  approvalId: string,
): Promise<{ contract: ContractDetails; change: ChangeDetails } | null> {
  const change = await findChange(ctx, changeId, approvalId);
  const contract = change && (await findContractDetails(ctx, change.contractId));
  return change && contract ? { contract, change } : null;
}

/** What was true when it was told must still be: money may be taken away before a message goes out. */
const STILL: Record<
  'completed' | 'reopened' | 'voided' | 'assigned' | 'corrected',
  readonly ContractStatus[]
> = {
  completed: ['completed', 'archived'],
  reopened: ['active'],
  voided: ['void'],
  assigned: CONTRACT_STATUSES,
  corrected: CONTRACT_STATUSES,
};

/** The approver's card and the submitter's answer; a deleted contract has nothing left to tell. */
export const contractNotices: NoticeRenderers<
  | 'contract.card'
  | 'contract.files'
  | 'contract.decided'
  | 'contract.changed'
  | 'contract.deleted'
  | 'contract.change_card'
  | 'contract.change_decided'
  | 'contract.void_card'
  | 'contract.void_decided'
> = {
  async 'contract.card'(ctx, { contractId, approvalId }) {
    const contract = await load(ctx, contractId, approvalId);
    return contract && contractCardMessage(contract, ctx.company.settings, cardReader(ctx));
  },

  async 'contract.files'(ctx, { contractId, part }) {
    const found = await findFilesAsked(ctx.db, { type: 'contract', id: contractId });
    return found && filesMessage(found, part, ctx);
  },

  async 'contract.decided'(ctx, { contractId, approvalId }) {
    const contract = await load(ctx, contractId, approvalId);
    const isDecided = contract?.approval.status === 'approved' || contract?.approval.status === 'rejected';
    return contract && isDecided ? contractDecidedMessage(contract, channelReader(ctx)) : null;
  },

  async 'contract.changed'(ctx, { contractId, event, byId }) {
    const contract = await findContractDetails(ctx, contractId);
    if (!contract || !STILL[event].includes(contract.status)) return null;
    const people = await findPeople(ctx.db, [byId]);
    const who = people.get(byId)?.name ?? '—';
    // Only what opens again adds to what the customer owes.
    const credit = event === 'reopened' ? await checkCredit(ctx, contract.customer.id, null) : null;
    const moved = event === 'voided' ? await findApprovedVoid(ctx, contractId) : null;
    return contractChangedMessage(contract, { event, who, credit, moved }, channelReader(ctx));
  },

  async 'contract.deleted'({ db, t, locale }, { contractId, byId }) {
    const contract = await db.contract.findUnique({ where: { id: contractId }, include: { customer: true } });
    if (!contract) return null;
    const who = (await findPeople(db, [byId])).get(byId)?.name ?? '—';
    const { number, name, customer } = contract;
    return contractDeletedMessage({ number, name, customer: customer.name, who }, { t, locale });
  },

  async 'contract.void_card'(ctx, { voidId, approvalId }) {
    const facts = await findVoid(ctx, voidId, approvalId);
    const contract = facts && (await findContractDetails(ctx, facts.contractId));
    return facts && contract && voidCard(facts, contract, cardReader(ctx));
  },

  async 'contract.void_decided'(ctx, { voidId, approvalId }) {
    const facts = await findVoid(ctx, voidId, approvalId);
    const contract = facts && (await findContractDetails(ctx, facts.contractId));
    if (!facts || !contract || facts.approval.status === 'open') return null;
    return voidDecided(facts, contract, channelReader(ctx));
  },

  async 'contract.change_card'(ctx, { changeId, approvalId }) {
    const found = await loadChange(ctx, changeId, approvalId);
    if (!found) return null;
    const { paymentMethods } = ctx.company.settings;
    return changeCardMessage(found.contract, found.change, paymentMethods, cardReader(ctx));
  },

  async 'contract.change_decided'(ctx, { changeId, approvalId }) {
    const found = await loadChange(ctx, changeId, approvalId);
    return found && changeDecidedMessage(found.contract, found.change, channelReader(ctx));
  },
};

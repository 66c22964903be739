// Renders what is told about contracts in approval, from facts as they are when it is sent.
import {
  type ContractApproval,
  type ContractDetails,
  loadApprovalCard,
} from '../../domain/contracts/contract.queries.js';
import type { Approval } from '../../generated/prisma/client.js';
import {
  contractCardMessage,
  contractDecidedMessage,
  orphanMessage,
} from '../../handlers/views/contract-approval-views.js';
import type { RowReader } from '../../handlers/views/row-views.js';
import type { NoticeRenderers, RenderCtx } from './rendered.js';

type InApproval = ContractDetails & { readonly approval: ContractApproval };

const readerOf = (ctx: RenderCtx): RowReader => ({
  t: ctx.t,
  locale: ctx.locale,
  today: ctx.today,
  now: ctx.now,
  timezone: ctx.company.timezone,
  actor: null,
});

async function load(ctx: RenderCtx, contractId: string, approvalId: string): Promise<InApproval | null> {
  const contract = await loadApprovalCard(ctx, contractId, approvalId);
  return contract?.approval ? { ...contract, approval: contract.approval } : null;
}

/** The approver's card, the submitter's answer, and the admins' alarm; a deleted contract has nothing left to tell. */
export const contractNotices: NoticeRenderers<'contract.card' | 'contract.decided' | 'approval.orphan'> = {
  async 'contract.card'(ctx, { contractId, approvalId }) {
    const contract = await load(ctx, contractId, approvalId);
    return contract && contractCardMessage(contract, ctx.company.settings, readerOf(ctx));
  },

  async 'contract.decided'(ctx, { contractId, approvalId }) {
    const contract = await load(ctx, contractId, approvalId);
    const isDecided = contract?.approval.status === 'approved' || contract?.approval.status === 'rejected';
    return contract && isDecided ? contractDecidedMessage(contract, readerOf(ctx)) : null;
  },

  async 'approval.orphan'(ctx, { approvalId }) {
    const approval = await ctx.db.approval.findUnique({ where: { id: approvalId } });
    const contract =
      approval && isOpenContract(approval) && (await load(ctx, approval.subjectId, approval.id));
    // Somebody can decide by now: the alarm is over.
    if (!contract || contract.approval.approvers.length > 0) return null;
    return orphanMessage(contract, readerOf(ctx));
  },
};

const isOpenContract = (approval: Approval): boolean =>
  approval.status === 'open' && approval.subjectType === 'contract';

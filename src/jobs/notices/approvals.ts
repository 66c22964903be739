// Renders what is told about approvals whatever they are about, from facts as they are when it is sent.
import { findAbout, findApproval } from '../../domain/approvals/approval.queries.js';
import { type CardNotice, subjectRow } from '../../domain/approvals/subjects.js';
import { orphanMessage } from '../../handlers/views/approval-notice-views.js';
import { adjustmentNotices } from './adjustments.js';
import { contractNotices } from './contracts.js';
import { postponementNotices } from './postponements.js';
import { reallocationNotices } from './reallocations.js';
import { receiptNotices } from './receipts.js';
import { refundNotices } from './refunds.js';
import type { NoticeRenderers, RenderCtx, Rendered } from './rendered.js';
import { reversalNotices } from './reversals.js';

/** The card of an approval: what is told about it quotes its sentence. */
async function cardOf(ctx: RenderCtx, approvalId: string): Promise<Rendered | null> {
  const about = await findAbout(ctx, approvalId);
  if (!about) return null;
  const card: CardNotice = subjectRow(about.type).card(about.subjectId, approvalId);
  switch (card.kind) {
    case 'receipt.card':
      return receiptNotices[card.kind](ctx, card.payload);
    case 'contract.card':
      return contractNotices[card.kind](ctx, card.payload);
    case 'contract.change_card':
      return contractNotices[card.kind](ctx, card.payload);
    case 'postponement.card':
      return postponementNotices[card.kind](ctx, card.payload);
    case 'reversal.card':
      return reversalNotices[card.kind](ctx, card.payload);
    case 'adjustment.card':
      return adjustmentNotices[card.kind](ctx, card.payload);
    case 'contract.void_card':
      return contractNotices[card.kind](ctx, card.payload);
    case 'reallocation.card':
      return reallocationNotices[card.kind](ctx, card.payload);
    case 'refund.card':
      return refundNotices[card.kind](ctx, card.payload);
    default:
      throw new RangeError(`${card.kind} is no card of an approval`);
  }
}

async function approvalOf(ctx: RenderCtx, approvalId: string) {
  const about = await findAbout(ctx, approvalId);
  return about && findApproval(ctx, { type: about.type, id: about.subjectId }, approvalId);
}

export const approvalNotices: NoticeRenderers<'approval.orphan'> = {
  async 'approval.orphan'(ctx, { approvalId }) {
    const approval = await approvalOf(ctx, approvalId);
    // Somebody can decide by now: the alarm is over.
    if (approval?.status !== 'open' || approval.approvers.length > 0) return null;
    const card = await cardOf(ctx, approvalId);
    return card && orphanMessage(approval, card.text, ctx);
  },
};

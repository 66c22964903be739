// Renders what is told about refunds, from facts as they are when it is sent.
import { findReversal } from '../../domain/receipts/reversal.queries.js';
import {
  receiptReversed,
  reversalCard,
  reversalDecided,
  reversalLine,
} from '../../handlers/views/reversal-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const refundNotices: NoticeRenderers<
  'refund.card' | 'refund.line' | 'refund.decided' | 'receipt.refunded'
> = {
  async 'refund.card'(ctx, { refundId, approvalId }) {
    const facts = await findReversal(ctx, refundId, approvalId);
    return facts && reversalCard(facts, cardReader(ctx));
  },

  async 'refund.line'(ctx, { refundId }) {
    const facts = await findReversal(ctx, refundId);
    return facts && reversalLine(facts, channelReader(ctx));
  },

  async 'refund.decided'(ctx, { refundId, approvalId }) {
    const facts = await findReversal(ctx, refundId, approvalId);
    return facts && facts.approval.status !== 'open' ? reversalDecided(facts, channelReader(ctx)) : null;
  },

  async 'receipt.refunded'(ctx, { refundId }) {
    const facts = await findReversal(ctx, refundId);
    return facts && receiptReversed(facts, channelReader(ctx));
  },
};

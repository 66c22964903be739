// Renders what is told about reversals, from facts as they are when it is sent.
import { findReversal } from '../../domain/receipts/reversal.queries.js';
import {
  receiptReversed,
  reversalCard,
  reversalDecided,
  reversalLine,
} from '../../handlers/views/reversal-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const reversalNotices: NoticeRenderers<
  'reversal.card' | 'reversal.line' | 'reversal.decided' | 'receipt.reversed'
> = {
  async 'reversal.card'(ctx, { reversalId, approvalId }) {
    const facts = await findReversal(ctx, reversalId, approvalId);
    return facts && reversalCard(facts, cardReader(ctx));
  },

  async 'reversal.line'(ctx, { reversalId }) {
    const facts = await findReversal(ctx, reversalId);
    return facts && reversalLine(facts, channelReader(ctx));
  },

  async 'reversal.decided'(ctx, { reversalId, approvalId }) {
    const facts = await findReversal(ctx, reversalId, approvalId);
    return facts && facts.approval.status !== 'open' ? reversalDecided(facts, channelReader(ctx)) : null;
  },

  async 'receipt.reversed'(ctx, { reversalId }) {
    const facts = await findReversal(ctx, reversalId);
    return facts && receiptReversed(facts, channelReader(ctx));
  },
};

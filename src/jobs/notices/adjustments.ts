// Renders what is told about bad debt and small differences, from facts as they are when it is sent.
import { findAdjustment } from '../../domain/adjustments/adjustment.queries.js';
import {
  adjustmentCard,
  adjustmentDecided,
  adjustmentPosted,
} from '../../handlers/views/adjustment-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const adjustmentNotices: NoticeRenderers<
  'adjustment.card' | 'adjustment.decided' | 'adjustment.posted'
> = {
  async 'adjustment.card'(ctx, { adjustmentId, approvalId }) {
    const facts = await findAdjustment(ctx, adjustmentId, approvalId);
    return facts && adjustmentCard(facts, cardReader(ctx));
  },

  async 'adjustment.decided'(ctx, { adjustmentId, approvalId }) {
    const facts = await findAdjustment(ctx, adjustmentId, approvalId);
    return facts && facts.approval.status !== 'open' ? adjustmentDecided(facts, channelReader(ctx)) : null;
  },

  async 'adjustment.posted'(ctx, { adjustmentId }) {
    const facts = await findAdjustment(ctx, adjustmentId);
    return facts && adjustmentPosted(facts, channelReader(ctx));
  },
};

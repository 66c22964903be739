// Renders what is told about re-allocations, from facts as they are when it is sent.
import { findReallocation } from '../../domain/receipts/reallocation.queries.js';
import {
  reallocationCard,
  reallocationDecided,
  reallocationLine,
  receiptReallocated,
} from '../../handlers/views/reallocation-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const reallocationNotices: NoticeRenderers<
  'reallocation.card' | 'reallocation.line' | 'reallocation.decided' | 'receipt.reallocated'
> = {
  async 'reallocation.card'(ctx, { reallocationId, approvalId }) {
    const facts = await findReallocation(ctx, reallocationId, approvalId);
    return facts?.approval ? reallocationCard({ ...facts, approval: facts.approval }, cardReader(ctx)) : null;
  },

  async 'reallocation.line'(ctx, { reallocationId }) {
    const facts = await findReallocation(ctx, reallocationId);
    return facts && reallocationLine(facts, channelReader(ctx));
  },

  async 'reallocation.decided'(ctx, { reallocationId, approvalId }) {
    const facts = await findReallocation(ctx, reallocationId, approvalId);
    if (!facts?.approval || facts.approval.status === 'open') return null;
    return reallocationDecided({ ...facts, approval: facts.approval }, channelReader(ctx));
  },

  async 'receipt.reallocated'(ctx, { reallocationId }) {
    const facts = await findReallocation(ctx, reallocationId);
    return facts && receiptReallocated(facts, channelReader(ctx));
  },
};

// Renders what is told about postponements in approval, from facts as they are when it is sent.
import { findPostponement } from '../../domain/plans/postponement.queries.js';
import { postponementCard, postponementDecided } from '../../handlers/views/postponement-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

/** The approver's card and the answer to whoever asked. */
export const postponementNotices: NoticeRenderers<'postponement.card' | 'postponement.decided'> = {
  async 'postponement.card'(ctx, { approvalId }) {
    const facts = await findPostponement(ctx, approvalId);
    return facts && postponementCard(facts, cardReader(ctx));
  },

  async 'postponement.decided'(ctx, { approvalId }) {
    const facts = await findPostponement(ctx, approvalId);
    return facts && facts.approval.status !== 'open' ? postponementDecided(facts, channelReader(ctx)) : null;
  },
};

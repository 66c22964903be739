// Renders what is told about postponements in approval, from facts as they are when it is sent.
import { findPostponement, type PostponementFacts } from '../../domain/plans/postponement.queries.js';
import {
  postponementCard,
  postponementDecided,
  postponementOrphan,
} from '../../handlers/views/postponement-views.js';
import { channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

const isOpen = (facts: PostponementFacts | null): facts is PostponementFacts =>
  facts?.approval.status === 'open';

/** The approver's card, the answer to whoever asked, the admins' alarm. */
export const postponementNotices: NoticeRenderers<
  'postponement.card' | 'postponement.decided' | 'postponement.orphan'
> = {
  async 'postponement.card'(ctx, { approvalId }) {
    const facts = await findPostponement(ctx, approvalId);
    return facts && postponementCard(facts, channelReader(ctx));
  },

  async 'postponement.decided'(ctx, { approvalId }) {
    const facts = await findPostponement(ctx, approvalId);
    return facts && !isOpen(facts) ? postponementDecided(facts, channelReader(ctx)) : null;
  },

  async 'postponement.orphan'(ctx, { approvalId }) {
    const facts = await findPostponement(ctx, approvalId);
    // Somebody can decide by now: the alarm is over.
    if (!isOpen(facts) || facts.approval.approvers.length > 0) return null;
    return postponementOrphan(facts, channelReader(ctx));
  },
};

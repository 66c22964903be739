// A proposed credit limit: its card and what whoever proposed it is told, from facts as they are when it is sent.
import { findLimitProposal } from '../../domain/customers/credit-event.queries.js';
import { creditCard, creditDecided } from '../../handlers/views/credit-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const creditNotices: NoticeRenderers<'credit.card' | 'credit.decided'> = {
  async 'credit.card'(ctx, { eventId, approvalId }) {
    const facts = await findLimitProposal(ctx, eventId, approvalId);
    return facts && creditCard(facts, cardReader(ctx));
  },

  async 'credit.decided'(ctx, { eventId, approvalId }) {
    const facts = await findLimitProposal(ctx, eventId, approvalId);
    if (!facts || facts.approval.status === 'open') return null;
    return creditDecided(facts, channelReader(ctx));
  },
};

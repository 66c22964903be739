// The card of money that nobody has claimed and its vouchers, from facts as they are when they are sent.
import { findUnclaimed } from '../../domain/receipts/unclaimed.queries.js';
import { unclaimedCard, unclaimedWithdrawn } from '../../handlers/views/unclaimed-views.js';
import { channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';
import { vouchersInThread } from './vouchers.js';

export const unclaimedNotices: NoticeRenderers<
  'unclaimed.card' | 'unclaimed.vouchers' | 'unclaimed.withdrawn'
> = {
  async 'unclaimed.card'(ctx, { unclaimedId }) {
    // A copy is a person's own: it names the customer who got it only to who may see that (rules §12).
    const reader = ctx.person ? { ...ctx, actor: ctx.person } : { db: ctx.db };
    const facts = await findUnclaimed(reader, { id: unclaimedId });
    return facts && unclaimedCard(facts, channelReader(ctx), ctx.company.settings.paymentMethods);
  },

  async 'unclaimed.withdrawn'(ctx, { unclaimedId }) {
    const facts = await findUnclaimed({ db: ctx.db }, { id: unclaimedId });
    return facts && unclaimedWithdrawn(facts, channelReader(ctx));
  },

  async 'unclaimed.vouchers'(ctx, { unclaimedId, ...added }) {
    return vouchersInThread(ctx, await findUnclaimed({ db: ctx.db }, { id: unclaimedId }), added);
  },
};

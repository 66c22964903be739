// Tells owners what became of their customers, from facts as they are when it is sent.
import { findPeople } from '../../domain/members/member.queries.js';
import { escapeMrkdwn, section } from '../../handlers/views/blocks.js';
import type { NoticeRenderers } from './rendered.js';

export const customerNotices: NoticeRenderers<'customer.merged' | 'book.handed_over'> = {
  async 'customer.merged'(ctx, { keepId, goneId, byId }) {
    const customers = await ctx.db.customer.findMany({ where: { id: { in: [keepId, goneId] } } });
    const people = await findPeople(ctx.db, [byId]);
    const nameOf = (id: string) => {
      const customer = customers.find((one) => one.id === id);
      return customer ? `${customer.code} ${customer.name}` : '—';
    };
    const words = { who: people.get(byId)?.name ?? '—', keep: nameOf(keepId), gone: nameOf(goneId) };
    const text = ctx.t('customers:notice.merged', words);
    return { text, blocks: [section(escapeMrkdwn(text))] };
  },

  async 'book.handed_over'(ctx, { userId, fromId, toId, byId, ...book }) {
    const people = await findPeople(ctx.db, [fromId, toId, byId]);
    const nameOf = (id: string) => people.get(id)?.name ?? '—';
    const words = { who: nameOf(byId), from: nameOf(fromId), to: nameOf(toId), ...book };
    const text = ctx.t(
      userId === toId ? 'customers:handover.told_to' : 'customers:handover.told_from',
      words,
    );
    return { text, blocks: [section(escapeMrkdwn(text))] };
  },
};

// Tells an instalment's owner what somebody else changed, from facts as they are when it is sent.
import { localDate } from '../../domain/local-date.js';
import { findPeople, toActor } from '../../domain/members/member.queries.js';
import { loadRows } from '../../domain/plans/instalment.queries.js';
import { instalmentChanged } from '../../handlers/views/instalment-notice-views.js';
import { personReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const planNotices: NoticeRenderers<'instalment.changed'> = {
  async 'instalment.changed'(ctx, { instalmentId, byId, event, from, to }) {
    const [row] = await loadRows(ctx, [instalmentId]);
    const owner = row && (await ctx.db.user.findUnique({ where: { id: row.ownerId } }));
    if (!row || !owner) return null;
    const people = await findPeople(ctx.db, [byId]);
    const day = (date: string | null) => (date === null ? null : localDate(date));
    const change = { event, who: people.get(byId)?.name ?? '', from: day(from), to: day(to) };
    return instalmentChanged(row, change, personReader(ctx, await toActor(ctx.db, owner)));
  },
};

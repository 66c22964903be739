// Tells a contract's owner which milestone somebody else set, and what moved with it.
import { localDate } from '../../domain/local-date.js';
import { findPeople, toActor } from '../../domain/members/member.queries.js';
import { milestoneTold } from '../../handlers/views/milestone-views.js';
import { personReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';

export const milestoneNotices: NoticeRenderers<'milestone.set'> = {
  async 'milestone.set'(ctx, { contractId, kind, byId, happened, date, moved, kept }) {
    const contract = await ctx.db.contract.findFirst({
      where: { id: contractId, deletedAt: null },
      include: { owner: true },
    });
    if (!contract) return null;
    const people = await findPeople(ctx.db, [byId]);
    const day = (text: string | null) => (text === null ? null : localDate(text));
    const line = (move: (typeof moved)[number]) => ({
      seq: move.seq,
      from: day(move.from),
      to: day(move.to),
    });
    const told = {
      contractId,
      number: contract.number,
      kind,
      who: people.get(byId)?.name ?? '',
      happened,
      date: day(date),
      moved: moved.map(line),
      kept: kept.map(line),
    };
    return milestoneTold(told, personReader(ctx, await toActor(ctx.db, contract.owner)));
  },
};

// Notices about people and about delivery itself.

import { ROLES, type Role } from '../../domain/access.js';
import { findDelegate } from '../../domain/members/delegate.queries.js';
import { findPeople } from '../../domain/members/member.queries.js';
import { hasPlannable } from '../../domain/plans/plan-choices.queries.js';
import { loadFirstDays } from '../../domain/reminders/ladder.queries.js';
import { listOpen, loadSetup } from '../../domain/settings/setup.queries.js';
import { escapeMrkdwn, section } from '../../handlers/views/blocks.js';
import { delegateMessage } from '../../handlers/views/delegate-views.js';
import { askedMessage, welcomeMessage } from '../../handlers/views/member-views.js';
import { channelWords, messageWords } from '../../handlers/views/message-words.js';
import { ratesMessage } from '../../handlers/views/settings-rates-views.js';
import type { NoticeRenderers, RenderCtx, Rendered } from './rendered.js';

const rolesOf = (texts: readonly string[]): Role[] => ROLES.filter((role) => texts.includes(role));
const rendered = (message: { text: string; blocks?: Rendered['blocks'] }): Rendered => ({
  text: message.text,
  blocks: message.blocks ?? [],
});

export const memberNotices: NoticeRenderers<
  | 'member.asked'
  | 'member.delegate'
  | 'member.welcome'
  | 'rates.changed'
  | 'delivery.gave_up'
  | 'channel.unreachable'
> = {
  async 'member.asked'(ctx, { userId, byId }) {
    const user = await ctx.db.user.findUnique({ where: { id: userId } });
    if (!user) return null;
    const isIgnored = user.askedAt === null && byId !== undefined;
    const admin = isIgnored ? (await findPeople(ctx.db, [byId])).get(byId) : undefined;
    const ignoredBy = isIgnored ? (admin?.name ?? '—') : null;
    return rendered(askedMessage(ctx.t, user, { granted: rolesOf(user.roles), ignoredBy }));
  },

  async 'member.delegate'(ctx, { userId, byId, readerId }) {
    const [facts, people] = await Promise.all([
      findDelegate(ctx, { id: userId }),
      findPeople(ctx.db, [byId, readerId]),
    ]);
    if (!facts) return null;
    const reader = people.get(readerId);
    const isDelegate = facts.delegate?.slackUserId === reader?.slackUserId;
    return delegateMessage(
      {
        person: facts.name,
        by: people.get(byId)?.name ?? '—',
        delegate: facts.delegate,
        to: readerId === userId ? 'person' : isDelegate ? 'delegate' : 'before',
      },
      ctx,
    );
  },

  async 'member.welcome'(ctx, { userId, byId }) {
    const user = await ctx.db.user.findUnique({ where: { id: userId } });
    const roles = rolesOf(user?.roles ?? []);
    if (roles.length === 0) return null;
    const by = byId === null ? null : await ctx.db.user.findUnique({ where: { id: byId } });
    return rendered(
      welcomeMessage(ctx.t, {
        roles,
        by: by?.name ?? null,
        remindAt: ctx.company.remindAt,
        financeChannelId: ctx.company.financeChannelId,
        firstDays: await loadFirstDays(ctx.db),
        openSettings: listOpen(await loadSetup(ctx)).length,
        canPlan: ctx.person ? await hasPlannable({ ...ctx, actor: ctx.person }) : false,
      }),
    );
  },

  async 'rates.changed'(ctx, { byId, changes }) {
    const who = (await findPeople(ctx.db, [byId])).get(byId)?.name ?? '—';
    return ratesMessage(ctx.t, who, changes);
  },

  async 'delivery.gave_up'(ctx, { outboxId }) {
    const row = await ctx.db.outbox.findUnique({ where: { id: outboxId } });
    if (row?.status !== 'failed' && row?.status !== 'unknown') return null;
    const words = {
      what: messageWords(ctx.t, row.kind),
      to: await recipientName(ctx, row.recipient),
      reason: row.lastError ?? '—',
    };
    const failed = row.recipient.startsWith('user:') ? 'notices:gave_up_person' : 'notices:gave_up';
    const text = ctx.t(row.status === 'unknown' ? 'notices:unknown' : failed, words);
    return { text, blocks: [section(escapeMrkdwn(text))] };
  },

  async 'channel.unreachable'(ctx, { channel }) {
    const { financeChannelId, escalationChannelId } = ctx.company;
    const id = channel === 'finance' ? financeChannelId : escalationChannelId;
    if (id === null) return null;
    const key = `notices:unreachable_${channel}` as const;
    return {
      text: ctx.t(key, { channel: id }),
      blocks: [section(ctx.t(key, { channel: `<#${id}>` }))],
    };
  },
};

async function recipientName(ctx: RenderCtx, recipient: string): Promise<string> {
  const channel = channelWords(ctx.t, recipient);
  if (channel !== null) return channel;
  const user = await ctx.db.user.findUnique({ where: { id: recipient.slice('user:'.length) } });
  return user?.name ?? '—';
}

// Notices about people: somebody asks for a role, somebody was given one (ux §4.1).
import { ROLES } from '../../domain/access.js';
import { countOpen, loadSetup } from '../../domain/settings/setup.queries.js';
import { askedMessage, welcomeMessage } from '../../handlers/views/member-views.js';
import type { NoticeRenderers, RenderCtx, Rendered } from './rendered.js';

export const memberNotices: NoticeRenderers<'member.asked' | 'member.welcome'> = {
  'member.asked': async (ctx, { userId }) => {
    const user = await findUser(ctx, userId);
    return user && whole(askedMessage(ctx.t, user, user.roles));
  },
  'member.welcome': async (ctx, { userId, byId }) => {
    const user = await findUser(ctx, userId);
    // The role was taken away again before the message went out.
    if (!user || user.roles.length === 0) return null;
    const by = byId === null ? null : await findUser(ctx, byId);
    const openSettings = user.roles.includes('admin') ? countOpen(await loadSetup(ctx)) : 0;
    const { remindAt, financeChannelId } = ctx.company;
    return whole(
      welcomeMessage(ctx.t, {
        roles: user.roles,
        by: by?.name ?? null,
        remindAt,
        financeChannelId,
        openSettings,
      }),
    );
  },
};

async function findUser(ctx: RenderCtx, id: string) {
  const user = await ctx.db.user.findUnique({ where: { id } });
  return user && { ...user, roles: ROLES.filter((role) => user.roles.includes(role)) };
}

const whole = ({ text, blocks }: { text: string; blocks?: Rendered['blocks'] }): Rendered => ({
  text,
  blocks: blocks ?? [],
});

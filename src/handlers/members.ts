// First contact: asking for a role, and what the admins answer (ux §4.1). Setting roles is settings.ts.
import { askForAccess, ensureMember, ignoreAsking } from '../domain/members/member.service.js';
import { answerHelp } from './commands.js';
import { profileOf } from './context.js';
import type { Deps } from './deps.js';
import { formatInstant } from './i18n/format.js';
import { ACTION } from './ids.js';
import type { Doors } from './listen.js';
import { recordId } from './show-view.js';
import type { ActionTurn, Turn } from './turns.js';
import { homeWithoutRole } from './views/home-views.js';

/** Plugs in [请管理员开通] and [忽略]; news of a profile is read again, and whoever has left is no member any more. */
export function registerMembers(doors: Doors, deps: Deps): void {
  doors.action(ACTION.askAccess, askAccess, { anyone: true });
  doors.action(ACTION.memberIgnore, ignore);
  doors.event('user_change', async (event, client) => {
    doors.contexts.forget(event.user.id);
    const profile = profileOf(event.user.id, event.user);
    // They never come in again, so nothing else would notice; reminders and approvals go to those above them.
    if (profile.outsider) await ensureMember(deps.db, deps.clock(), profile);
    // The event does not tell the language.
    else await doors.contexts.refresh(client, event.user.id);
  });
}

async function askAccess(turn: ActionTurn): Promise<void> {
  const { ctx, t, client, body, tell } = turn;
  // The button outlives the answer: whoever has a role by now gets on with it.
  if (ctx.actor.roles.length > 0) return answerHelp(turn);
  const asked = askedWords(turn, await askForAccess(ctx));
  if (body.view?.type !== 'home') return tell(asked);
  await client.views.publish({ user_id: ctx.actor.slackUserId, view: homeWithoutRole(t, asked) });
}

/** 已请求 {t}, for a person without a role who has asked. */
export const askedWords = ({ ctx, t }: Pick<Turn, 'ctx' | 't'>, at: Date): string =>
  t('members:asked', { at: formatInstant(ctx.actor.locale, at, ctx.now, ctx.actor.timezone) });

/** The messages to all admins say that it is settled (members.service.ts). */
async function ignore({ ctx, value }: ActionTurn): Promise<void> {
  await ignoreAsking(ctx, recordId(value));
}

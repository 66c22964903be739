// Where a message goes: a channel of the company, or one person's conversation with the app. Reads only.
import type { SystemCtx } from '../../ctx.js';
import type { Db } from '../../db/client.js';
import type { Locale } from '../../domain/access.js';
import { asLocale } from '../../domain/members/member.queries.js';
import type { User } from '../../generated/prisma/client.js';
import type { ClaimedRow } from './outbox-rows.js';
import type { Outcome } from './outcome.js';
import type { SlackSender } from './slack-sender.js';

export interface Target {
  readonly channel: string;
  readonly locale: Locale;
  /** Whose DM it is. */
  readonly user: User | null;
}
/** The channel a row goes to and its reader's language; a channel that is not set any more is an outcome. */
export async function findTarget(
  env: { readonly db: Db; readonly slack: SlackSender },
  ctx: SystemCtx,
  row: ClaimedRow,
): Promise<Target | Outcome> {
  const { company } = ctx;
  if (row.recipient === 'finance' || row.recipient === 'escalation') {
    const channel = row.recipient === 'finance' ? company.financeChannelId : company.escalationChannelId;
    return channel === null
      ? { kind: 'unreachable', reason: 'channel not set' }
      : { channel, locale: company.locale, user: null };
  }
  const user = await env.db.user.findUnique({ where: { id: row.recipient.slice('user:'.length) } });
  if (!user) return { kind: 'refused', reason: 'user_not_found' };
  return { channel: env.slack.dmOf(user.slackUserId), locale: asLocale(user.locale), user };
}

// Puts notices into the outbox, in the transaction of the facts they tell. Sending is the job's (jobs/deliver-notices.ts).
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { newId } from '../ids.js';
import { type Notice, type NoticeKind, type NoticePayload, PRIORITY, recipientText } from './notice.js';

/** Adds notices; a key that exists already is left as it is (rules §4 no. 7). */
export async function enqueue(tx: Tx, ctx: SystemCtx, ...notices: Notice[]): Promise<void> {
  const data = notices
    .flatMap((item) => fanOut(ctx, item))
    .map(({ item, to, key }) => ({
      id: newId(ctx.now),
      op: 'post',
      kind: item.kind,
      dedupeKey: key,
      anchorKey: item.threadOf ?? null,
      payload: item.payload,
      recipient: to,
      priority: item.priority ?? PRIORITY.interactive,
      createdAt: ctx.now,
    }));
  if (data.length > 0) await tx.outbox.createMany({ data, skipDuplicates: true });
}

/** A channel that is not set becomes one DM a person, each with a key of its own under the notice's key. */
function fanOut(ctx: SystemCtx, item: Notice): { item: Notice; to: string; key: string }[] {
  if ('user' in item.to) return [{ item, to: recipientText(item.to), key: item.key }];
  const channelId =
    item.to.channel === 'finance' ? ctx.company.financeChannelId : ctx.company.escalationChannelId;
  if (channelId !== null) return [{ item, to: item.to.channel, key: item.key }];
  return item.to.otherwise.map((userId) => ({ item, to: `user:${userId}`, key: `${item.key}@${userId}` }));
}

/**
 * Has every posted message of a key rewritten from fresh facts. `tag` makes the rewrite itself unique
 * (the subject's version): asking twice for the same facts rewrites once.
 */
export async function rewriteMessage<K extends NoticeKind>(
  tx: Tx,
  ctx: SystemCtx,
  original: { key: string; kind: K; payload: NoticePayload<K> },
  tag: string | number,
): Promise<void> {
  const posted = await tx.outbox.findMany({
    where: {
      op: 'post',
      OR: [{ dedupeKey: original.key }, { dedupeKey: { startsWith: `${original.key}@` } }],
      status: { in: ['pending', 'sending', 'sent', 'unknown'] },
    },
    select: { dedupeKey: true, recipient: true },
  });
  if (posted.length === 0) return;
  await tx.outbox.createMany({
    data: posted.map(({ dedupeKey, recipient }) => ({
      id: newId(ctx.now),
      op: 'update',
      kind: original.kind,
      dedupeKey: `${dedupeKey}#${tag}`,
      anchorKey: dedupeKey,
      payload: original.payload as Prisma.InputJsonObject,
      recipient,
      priority: PRIORITY.interactive,
      createdAt: ctx.now,
    })),
    skipDuplicates: true,
  });
}

/** The Home of these people shows old facts now; the refresher publishes it anew if they opened it lately. */
export async function markHomesStale(tx: Tx, userIds: readonly (string | null)[]): Promise<void> {
  const ids = userIds.filter((userId) => userId !== null);
  if (ids.length === 0) return;
  await tx.user.updateMany({
    where: { id: { in: ids }, homeOpenedAt: { not: null } },
    data: { homeStale: true },
  });
}

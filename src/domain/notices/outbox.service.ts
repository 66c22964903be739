// Puts notices into the outbox, in the transaction of the facts they tell. Sending is the job's (jobs/deliver-notices.ts).
import type { SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { newId } from '../ids.js';
import { type OutboxRow, saveTraces } from '../save-traces.service.js';
import { type Notice, type NoticeKind, type NoticePayload, PRIORITY, recipientText } from './notice.js';

/** Adds notices; a key that exists already is left as it is (rules §4 no. 7). */
export async function enqueue(tx: Tx, ctx: SystemCtx, ...notices: Notice[]): Promise<void> {
  await saveTraces(tx, { outbox: postRows(ctx, notices) });
}

/** Notices as rows of the outbox, one a message. */
export function postRows(ctx: SystemCtx, notices: readonly Notice[]): OutboxRow[] {
  return notices
    .flatMap((item) => fanOut(ctx, item))
    .map(({ item, to, key, anchor }) => ({
      id: newId(ctx.now),
      op: 'post',
      kind: item.kind,
      dedupe_key: key,
      anchor_key: anchor,
      payload: item.payload,
      recipient: to,
      priority: item.priority ?? PRIORITY.interactive,
      created_at: ctx.now,
    }));
}

/** The key of a notice as it goes to one person in place of a channel. */
export const personalKey = (key: string, userId: string): string => `${key}@${userId}`;

/** A channel that is not set becomes one DM a person, each with a key (and a thread) of its own. */
function fanOut(
  ctx: SystemCtx,
  item: Notice,
): { item: Notice; to: string; key: string; anchor: string | null }[] {
  const anchor = item.threadOf ?? null;
  if ('user' in item.to) return [{ item, to: recipientText(item.to), key: item.key, anchor }];
  const channelId =
    item.to.channel === 'finance' ? ctx.company.financeChannelId : ctx.company.escalationChannelId;
  if (channelId !== null) return [{ item, to: item.to.channel, key: item.key, anchor }];
  return item.to.otherwise.map((userId) => ({
    item,
    to: `user:${userId}`,
    key: personalKey(item.key, userId),
    anchor: anchor && personalKey(anchor, userId),
  }));
}

/**
 * What was posted of a key (an expression): in a channel under it, in DMs under a key a person (personalKey). Two looks into
 * an index, however many people there are: the second is a range of bytes, A being what follows @.
 */
const postsOf = (key: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT dedupe_key, recipient, status FROM outbox WHERE op = 'post' AND dedupe_key = ${key}
  UNION ALL
  SELECT dedupe_key, recipient, status FROM outbox
  WHERE op = 'post' AND dedupe_key ~>=~ (${key} || '@') AND dedupe_key ~<~ (${key} || 'A')`;

/** Whether a message of this key was put in: in a channel, or to people in its place. */
export async function isAsked(db: Db, key: string): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`SELECT 1 FROM (${postsOf(Prisma.sql`${key}::text`)}) o LIMIT 1`;
  return found.length > 0;
}

/** To whom a message of this key was put in by name: in place of a channel, or beside it. */
export async function listPostedTo(tx: Tx, key: string): Promise<string[]> {
  const found = await tx.$queryRaw<{ recipient: string }[]>`
    SELECT recipient FROM (${postsOf(Prisma.sql`${key}::text`)}) o WHERE recipient LIKE 'user:%' ORDER BY 1`;
  return found.map(({ recipient }) => recipient.slice('user:'.length));
}

/** A message to rewrite: what it was posted as, and the subject's version, which makes the rewrite itself unique. */
export interface Rewrite<K extends NoticeKind = NoticeKind> {
  readonly key: string;
  readonly kind: K;
  readonly payload: NoticePayload<K>;
  readonly tag: string | number;
}

/** A posted message that shows old facts; what it was posted as, and the tag of what changed. */
interface Shown {
  readonly kind: NoticeKind;
  readonly payload: object;
  readonly tag: string;
  readonly dedupeKey: string;
  readonly recipient: string;
}

/** The posted messages of these keys, in the columns of `Shown`: a query. */
export function postedSql(rewrites: readonly Rewrite[]): Prisma.Sql {
  const last = new Map(rewrites.map((rewrite) => [rewrite.key, rewrite]));
  const wanted = [...last.values()].map(({ key, kind, payload, tag }) => ({
    key,
    kind,
    payload,
    tag: `${tag}`,
  }));
  // LATERAL with OFFSET: by index, key by key, also where a plan was made while the table was small.
  return Prisma.sql`
    SELECT k.kind, k.payload, k.tag, o.dedupe_key AS "dedupeKey", o.recipient
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS k(key text, kind text, payload jsonb, tag text)
    CROSS JOIN LATERAL (${postsOf(Prisma.sql`k.key`)} OFFSET 0) o
    WHERE o.status IN ('pending', 'sending', 'sent', 'unknown')`;
}

/**
 * The posted messages of these keys, and those that `others` finds (a query with the columns of `Shown`), as rows of the
 * outbox that rewrite them.
 */
export async function findRewrites(
  tx: Tx,
  ctx: SystemCtx,
  rewrites: readonly Rewrite[],
  others: Prisma.Sql | null = null,
): Promise<OutboxRow[]> {
  const queries = [...(rewrites.length > 0 ? [postedSql(rewrites)] : []), ...(others ? [others] : [])];
  if (queries.length === 0) return [];
  const shown = await tx.$queryRaw<Shown[]>`${Prisma.join(queries, ' UNION ALL ')}`;
  return shown.map((one) => rewriteRow(ctx, one));
}

/** The rewrite of a posted message as a row of the outbox. */
function rewriteRow(ctx: SystemCtx, { kind, payload, tag, dedupeKey, recipient }: Shown): OutboxRow {
  return {
    id: newId(ctx.now),
    op: 'update',
    kind,
    dedupe_key: `${dedupeKey}#${tag}`,
    anchor_key: dedupeKey,
    payload,
    recipient,
    priority: PRIORITY.rewrite,
    created_at: ctx.now,
  };
}

/** Has the posted messages of one key rewritten from fresh facts; asking twice for the same facts rewrites once. */
export async function rewriteMessage<K extends NoticeKind>(
  tx: Tx,
  ctx: SystemCtx,
  original: { key: string; kind: K; payload: NoticePayload<K> },
  tag: string | number,
): Promise<void> {
  await saveTraces(tx, { outbox: await findRewrites(tx, ctx, [{ ...original, tag }]) });
}

/** The Home of these people shows old facts now; the refresher publishes it anew if they opened it lately. */
export async function markHomesStale(tx: Tx, userIds: readonly (string | null)[]): Promise<void> {
  await saveTraces(tx, { staleHomes: homesOf(userIds) });
}

export const homesOf = (userIds: readonly (string | null)[]): string[] => [
  ...new Set(userIds.filter((userId) => userId !== null)),
];

// How those who may decide are asked: a card in finance's channel or in each approver's DM, delegates included; and the
// admins, loudly, where nobody can (rules §6).
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Role } from '../access.js';
import { partsOf } from '../attachments.js';
import { countFiles } from '../attachments.queries.js';
import { listHolders } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { personalKey, type Rewrite } from '../notices/outbox.service.js';
import { listDelegates } from './candidates.service.js';
import { findSolo } from './solo.queries.js';
import { type CardNotice, cardKey, type SubjectType, subjectRow } from './subjects.js';

/** An approval by its subject. */
export interface About {
  readonly type: SubjectType;
  readonly subjectId: string;
  readonly approvalId: string;
}

/** The cards of a step, and whose Homes show it; people who have the card already get it rewritten by the caller. */
export async function askNotices(
  tx: Tx,
  ctx: SystemCtx,
  about: About,
  asked: readonly { id: string }[],
  step = 1,
): Promise<{ notices: readonly Notice[]; homes: readonly string[] }> {
  const { type, approvalId } = about;
  const people = asked.length > 0 ? asked : await alone(tx, approvalId);
  const ids = people.map((one) => one.id);
  if (ids.length === 0) return { notices: await orphanNotices(tx, approvalId, step), homes: [] };
  const { place } = subjectRow(type);
  const delegates = (await listDelegates(tx, ctx, ids)).map((one) => one.delegateId);
  const everybody = [...new Set([...ids, ...delegates])];
  // Who is not of finance does not look into its channel.
  const inDm = place === 'finance' ? await outsideFinance(tx, everybody) : everybody;
  const inChannel = place === 'finance' ? [{ channel: 'finance' as const, otherwise: everybody }] : [];
  const places = [...inChannel, ...inDm.map((userId) => ({ user: userId }))];
  return { notices: await cardsIn(tx, about, places), homes: everybody };
}

/** In solo mode the only finance user is asked what nobody else can decide. */
async function alone(tx: Tx, approvalId: string): Promise<{ id: string }[]> {
  const person = await findSolo(tx, approvalId);
  return person ? [person] : [];
}

/**
 * The card in each of these places, and its files in its thread: what came through a form is the uploader's alone in Slack,
 * and whoever decides has it beside the card.
 */
export async function cardsIn(
  tx: Tx,
  { type, subjectId, approvalId }: About,
  places: readonly Notice['to'][],
): Promise<Notice[]> {
  const { files, card: draw } = subjectRow(type);
  const key = cardKey(type, approvalId);
  const card = draw(subjectId, approvalId);
  const keyOf = (base: string, to: Notice['to']) => ('user' in to ? personalKey(base, to.user) : base);
  const notices = places.map((to) => asNotice(card, keyOf(key, to), to));
  const attached = files?.(subjectId);
  if (!attached) return notices;
  const parts = attached.owner === null ? [0] : partsOf(await countFiles(tx, attached.owner));
  const inThreads = parts.flatMap((part) =>
    places.map((to) => {
      const file = attached.notice(part);
      const fileKey = keyOf(`${file.kind}:${approvalId}:${part}`, to);
      return { ...asNotice(file, fileKey, to), threadOf: keyOf(key, to) };
    }),
  );
  return [...notices, ...inThreads];
}

const FINANCE: Role[] = ['finance', 'finance_manager'];

/** Of these people, who does not look into finance's channel. */
export async function outsideFinance(tx: Tx, ids: readonly string[]): Promise<string[]> {
  const found = await tx.user.findMany({
    where: { id: { in: [...ids] }, NOT: { roles: { hasSome: FINANCE } } },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  return found.map((person) => person.id);
}

/** Kind and payload come from one row of the table of subjects. */
const asNotice = (card: CardNotice, key: string, to: Notice['to']): Notice => ({ ...card, key, to });

/** Nobody can decide the step: every admin is told, once each time that it is asked about. */
export async function orphanNotices(tx: Tx, approvalId: string, step: number): Promise<Notice[]> {
  const { version } = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
  return tellAdmins(tx, [[`${approvalId}:${step}.${version}`, approvalId]]);
}

/** Of many that were opened at once and that nobody can decide: every admin is told of one of each kind and owner. */
export function manyOrphans(
  tx: Tx,
  ctx: Ctx,
  orphans: readonly { readonly id: string; readonly flowKey: string; readonly ownerId: string | null }[],
): Promise<Notice[]> {
  const tagged = orphans.map(
    ({ id, flowKey, ownerId }) => [`${ctx.requestId}:${flowKey}:${ownerId ?? ''}`, id] as const,
  );
  return tellAdmins(tx, [...new Map(tagged.toReversed())]);
}

/** Of each approval, under a tag that is told once for ever. */
async function tellAdmins(tx: Tx, orphans: readonly (readonly [string, string])[]): Promise<Notice[]> {
  if (orphans.length === 0) return [];
  const admins = await listHolders(tx, 'admin');
  return orphans.flatMap(([tag, approvalId]) =>
    admins.map((person) =>
      notice({
        kind: 'approval.orphan',
        key: `approval.orphan:${tag}@${person.id}`,
        to: { user: person.id },
        payload: { approvalId },
      }),
    ),
  );
}

/** Has every posted card of an approval drawn anew. */
export const rewriteOf = ({ type, subjectId, approvalId }: About, tag: string | number): Rewrite => ({
  ...subjectRow(type).card(subjectId, approvalId),
  key: cardKey(type, approvalId),
  tag,
});

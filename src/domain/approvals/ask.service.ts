// How those who may decide are asked: a card in finance's channel or in each approver's DM, delegates included; and the
// admins, loudly, where nobody can (rules §6).
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Role } from '../access.js';
import { partsOf } from '../attachments.js';
import { countFiles } from '../attachments.queries.js';
import { listHolders } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { personalKey, type Rewrite } from '../notices/outbox.service.js';
import { listDelegates } from './candidates.service.js';
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
  const { type, subjectId, approvalId } = about;
  const ids = asked.map((one) => one.id);
  if (ids.length === 0) return { notices: await orphanNotices(tx, approvalId, step), homes: [] };
  const { place, files } = subjectRow(type);
  const delegates = (await listDelegates(tx, ctx, ids)).map((one) => one.delegateId);
  const everybody = [...new Set([...ids, ...delegates])];
  const key = cardKey(type, approvalId);
  const card = subjectRow(type).card(subjectId, approvalId);
  // Who is not of finance does not look into its channel.
  const inDm = place === 'finance' ? await outsideFinance(tx, everybody) : everybody;
  const notices = [
    ...(place === 'finance' ? [asNotice(card, key, { channel: 'finance', otherwise: everybody })] : []),
    ...inDm.map((userId) => asNotice(card, personalKey(key, userId), { user: userId })),
  ];
  const attached = files?.(subjectId);
  if (!attached) return { notices, homes: everybody };
  // Files that came through a form are the uploader's alone in Slack: each approver has them beside the card.
  const inThreads = partsOf(await countFiles(tx, attached.owner)).flatMap((part) =>
    everybody.map((userId) => {
      const file = attached.notice(part);
      const to = { user: userId };
      const fileKey = personalKey(`${file.kind}:${approvalId}:${part}`, userId);
      return { ...asNotice(file, fileKey, to), threadOf: personalKey(key, userId) };
    }),
  );
  return { notices: [...notices, ...inThreads], homes: everybody };
}

const FINANCE: Role[] = ['finance', 'finance_manager'];

async function outsideFinance(tx: Tx, ids: readonly string[]): Promise<string[]> {
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
  const admins = await listHolders(tx, 'admin');
  const { version } = await tx.approval.findUniqueOrThrow({ where: { id: approvalId } });
  return admins.map((person) =>
    notice({
      kind: 'approval.orphan',
      key: `approval.orphan:${approvalId}:${step}.${version}@${person.id}`,
      to: { user: person.id },
      payload: { approvalId },
    }),
  );
}

/** Has every posted card of an approval drawn anew. */
export const rewriteOf = ({ type, subjectId, approvalId }: About, tag: string | number): Rewrite => ({
  ...subjectRow(type).card(subjectId, approvalId),
  key: cardKey(type, approvalId),
  tag,
});

// A rejected or withdrawn receipt is recorded anew once, as a receipt or as money of nobody knows whom: its vouchers come
// along, and what its recorder was told says so.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { cardKey } from '../approvals/subjects.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import type { Rewrite } from '../notices/outbox.service.js';
import { LIVE_STATUSES } from './receipt.js';

/** What lives in the place of a rejected or withdrawn receipt. */
export interface Successor {
  readonly subjectType: 'receipt' | 'unclaimed';
  readonly id: string;
  readonly number: string;
}

/** Null while nothing does. */
export async function findSuccessor(db: Tx | Db, receiptId: string): Promise<Successor | null> {
  const select = { id: true, number: true } as const;
  const receipt = await db.receipt.findFirst({
    where: { replacesId: receiptId, status: { in: [...LIVE_STATUSES] } },
    select,
  });
  if (receipt) return { subjectType: 'receipt', ...receipt };
  const money = await db.unclaimedMoney.findFirst({
    where: { replacesId: receiptId, withdrawnAt: null },
    select,
  });
  return money && { subjectType: 'unclaimed', ...money };
}

/** The refusal that names what has replaced it already. */
export const replacedError = ({ number: reference, subjectType, id: subjectId }: Successor): DomainError =>
  new DomainError('request.repeated', { reference, subjectType, subjectId });

/**
 * Holds what is recorded anew, by whoever recorded it. What claims unclaimed money stays a receipt: that money waits already.
 * @throws DomainError not_found; request.repeated, naming what has replaced it already
 */
export async function checkReplaced(
  tx: Tx,
  ctx: Ctx,
  replacesId: string | null,
  as: Successor['subjectType'] = 'receipt',
): Promise<void> {
  if (replacesId === null) return;
  const replaced = await lockRow(tx, 'receipt', replacesId);
  const isOpen = replaced?.status === 'rejected' || replaced?.status === 'draft';
  const fits = isOpen && replaced.reversesId === null && (as === 'receipt' || replaced.unclaimedId === null);
  if (!fits || replaced.recordedById !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
  const successor = await findSuccessor(tx, replacesId);
  if (successor) throw replacedError(successor);
}

/** Gives the new owner the vouchers of the receipt it replaces and of the money it claims. */
export async function inheritAttachments(
  tx: Tx,
  ctx: Ctx,
  to: { ownerType: Successor['subjectType']; ownerId: string },
  { replacesId, unclaimedId = null }: { replacesId: string | null; unclaimedId?: string | null },
): Promise<void> {
  const owners = [
    ...(replacesId === null ? [] : [{ ownerType: 'receipt', ownerId: replacesId }]),
    ...(unclaimedId === null ? [] : [{ ownerType: 'unclaimed', ownerId: unclaimedId }]),
  ];
  if (owners.length === 0) return;
  const kept = await tx.attachment.findMany({ where: { OR: owners }, orderBy: { id: 'asc' } });
  await tx.attachment.createMany({
    data: kept.map((file) => ({ ...file, id: newId(ctx.now), ...to })),
    skipDuplicates: true,
  });
}

/** What told of its end is drawn anew: the recorder's buttons are over, and finance sees where the money went on. */
export async function rejectionRewrites(tx: Tx, receiptId: string | null, tag: string): Promise<Rewrite[]> {
  if (receiptId === null) return [];
  const approval = await tx.approval.findFirst({
    where: { subjectType: 'receipt', subjectId: receiptId, status: { in: ['rejected', 'withdrawn'] } },
    orderBy: { id: 'desc' },
  });
  if (!approval) return [];
  const payload = { receiptId, approvalId: approval.id };
  return [
    { key: `receipt.decided:${approval.id}`, kind: 'receipt.decided', payload, tag },
    { key: cardKey('receipt', approval.id), kind: 'receipt.card', payload, tag },
  ];
}

// What reversals and refunds share as subjects of approval, and what all movements of booked money tell: the receipt's own
// card and its thread, whoever asked, whoever it concerns.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { rewriteOf } from '../approvals/ask.service.js';
import type { Ending } from '../approvals/subject.service.js';
import { cardKey } from '../approvals/subjects.js';
import { type Notice, type NoticeKind, type NoticePayload, notice } from '../notices/notice.js';
import type { Rewrite } from '../notices/outbox.service.js';
import type { Traces } from '../traces.service.js';
import type { MovementKind } from './receipt.js';

export async function saveReceipt(
  tx: Tx,
  ctx: Ctx,
  { id }: Pick<Receipt, 'id'>,
  data: Partial<Pick<Receipt, 'status' | 'unapplied' | 'receivedOn'>>,
): Promise<void> {
  await tx.receipt.update({
    where: { id },
    data: { ...data, version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
}

/** Rejected or withdrawn: the receipt stays as it is. */
export async function dropMovement(
  tx: Tx,
  ctx: Ctx,
  kind: MovementKind,
  { movement, receipt }: { movement: Receipt; receipt: Receipt },
  ending: Ending,
): Promise<Traces> {
  const rejected = ending.status === 'rejected';
  const ended = rejected ? 'rejected' : 'withdrawn';
  await saveReceipt(tx, ctx, movement, { status: rejected ? 'rejected' : 'draft' });
  const entry = {
    action: `receipt.${kind}_${ended}`,
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { ...ending.audit, number: movement.number, amount: movement.amount },
  };
  return {
    audit: [entry],
    notices: rejected ? [movementDecided(kind, movement, ending)] : [],
    rewrites: await cardRewrites(tx, receipt.id, `${ended}:${movement.id}`),
  };
}

/** The receipt's own card says what waits on it; an opening balance has none. */
export async function cardRewrites(tx: Tx, receiptId: string, tag: string): Promise<Rewrite[]> {
  const booked = await tx.approval.findFirst({
    where: { subjectType: 'receipt', subjectId: receiptId, status: 'approved' },
    select: { id: true },
  });
  return booked ? [rewriteOf({ type: 'receipt', subjectId: receiptId, approvalId: booked.id }, tag)] : [];
}

/** To whoever proposed it. */
export function movementDecided(
  kind: MovementKind,
  { id }: Pick<Receipt, 'id'>,
  { approvalId, requestedById }: Ending,
): Notice {
  const to = { user: requestedById };
  return kind === 'refund'
    ? notice({
        kind: 'refund.decided',
        key: `refund.decided:${approvalId}`,
        to,
        payload: { refundId: id, approvalId },
      })
    : notice({
        kind: 'reversal.decided',
        key: `reversal.decided:${approvalId}`,
        to,
        payload: { reversalId: id, approvalId },
      });
}

/**
 * The card of the receipt itself is drawn anew, a line stands in its thread, and people hear of it; an opening balance has
 * no card.
 */
export async function tellOfReceipt<L extends NoticeKind, T extends NoticeKind>(
  tx: Tx,
  receiptId: string,
  told: {
    /** Of the rewrite: what happened. */
    readonly tag: string;
    readonly id: string;
    readonly line: { readonly kind: L; readonly payload: NoticePayload<L> };
    readonly message: { readonly kind: T; readonly payload: NoticePayload<T> };
    readonly people: readonly string[];
    /** Who did it or asked for it. */
    readonly knowing: readonly (string | undefined)[];
  },
): Promise<Pick<Traces, 'rewrites' | 'notices'>> {
  const { tag, id, line, message, people, knowing } = told;
  const booked = await tx.approval.findFirst({
    where: { subjectType: 'receipt', subjectId: receiptId, status: 'approved' },
    select: { id: true },
  });
  const about = booked && { type: 'receipt' as const, subjectId: receiptId, approvalId: booked.id };
  const strangers = [...new Set(people)].filter((userId) => !knowing.includes(userId));
  const finance = { channel: 'finance', otherwise: [] } as const;
  return {
    rewrites: about ? [rewriteOf(about, `${tag}:${id}`)] : [],
    notices: [
      ...(about
        ? [
            {
              ...line,
              key: `${line.kind}:${id}`,
              to: finance,
              threadOf: cardKey('receipt', about.approvalId),
            },
          ]
        : []),
      ...strangers.map((userId) => ({
        ...message,
        key: `${message.kind}:${id}@${userId}`,
        to: { user: userId },
      })),
    ],
  };
}

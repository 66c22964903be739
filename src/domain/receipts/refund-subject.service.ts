// A refund as a subject of approval (P3; rules §3, §6): approved, the customer's credit is smaller as of today. No
// instalment is touched: what was applied since it was asked stays applied, and a refund that no longer fits is refused.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { rewriteOf } from '../approvals/ask.service.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { cardKey } from '../approvals/subjects.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import type { Traces } from '../traces.service.js';
import { listConcerned } from './receipt.service.js';
import { requireRefundable } from './refund.service.js';

interface Held {
  readonly refund: Receipt;
  readonly receipt: Receipt;
}

/** Locks the receipt of a refund. @throws DomainError not_found */
export async function holdRefund(tx: Tx, ctx: Ctx, refundId: string): Promise<HeldSubject> {
  const refund = await tx.receipt.findFirst({ where: { id: refundId, kind: 'refund' } });
  const receipt = refund?.reversesId ? await lockRow(tx, 'receipt', refund.reversesId) : null;
  if (!refund || !receipt) throw new DomainError('not_found', { ref: '' });
  const held: Held = { refund, receipt };
  return {
    ownerId: null,
    involved: [refund.recordedById],
    about: { subjectType: 'receipt', subjectId: receipt.id },
    homes: [refund.recordedById],
    recheck: async () => {
      requireRefundable(receipt, refund.amount);
      return null;
    },
    finish: (ending) =>
      ending.status === 'approved' ? post(tx, ctx, held, ending) : drop(tx, ctx, held, ending),
  };
}

async function post(tx: Tx, ctx: Ctx, { refund, receipt }: Held, ending: Ending): Promise<Traces> {
  const unapplied = receipt.unapplied - refund.amount;
  await save(tx, ctx, receipt, { unapplied });
  await save(tx, ctx, refund, { status: 'approved', receivedOn: toUtcDate(ctx.today) });
  const entry = {
    action: 'receipt.refunded',
    subjectType: 'receipt',
    subjectId: receipt.id,
    before: { unapplied: receipt.unapplied },
    after: {
      ...ending.audit,
      number: refund.number,
      amount: refund.amount,
      reason: refund.remark,
      unapplied,
    },
  };
  return { audit: [entry], ...(await tell(tx, ctx, { refund, receipt }, ending)) };
}

/** Rejected or withdrawn: the receipt stays as it is. */
async function drop(tx: Tx, ctx: Ctx, { refund, receipt }: Held, ending: Ending): Promise<Traces> {
  const rejected = ending.status === 'rejected';
  await save(tx, ctx, refund, { status: rejected ? 'rejected' : 'draft' });
  const entry = {
    action: rejected ? 'receipt.refund_rejected' : 'receipt.refund_withdrawn',
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { ...ending.audit, number: refund.number, amount: refund.amount },
  };
  return { audit: [entry], notices: rejected ? [decidedNotice(refund, ending)] : [] };
}

async function save(
  tx: Tx,
  ctx: Ctx,
  { id }: Receipt,
  data: Partial<Pick<Receipt, 'status' | 'unapplied' | 'receivedOn'>>,
): Promise<void> {
  await tx.receipt.update({
    where: { id },
    data: { ...data, version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
}

const decidedNotice = (refund: Receipt, { approvalId, requestedById }: Ending) =>
  notice({
    kind: 'refund.decided',
    key: `refund.decided:${approvalId}`,
    to: { user: requestedById },
    payload: { refundId: refund.id, approvalId },
  });

/** The receipt's own card and its thread, whoever proposed it, whoever recorded the money and owns the customer. */
async function tell(tx: Tx, ctx: Ctx, { refund, receipt }: Held, ending: Ending): Promise<Traces> {
  const [booked, customer] = await Promise.all([
    tx.approval.findFirst({
      where: { subjectType: 'receipt', subjectId: receipt.id, status: 'approved' },
      select: { id: true },
    }),
    tx.customer.findUniqueOrThrow({ where: { id: receipt.customerId }, select: { ownerId: true } }),
  ]);
  const known = [ending.requestedById, ctx.actor.id];
  const told = [...new Set([receipt.recordedById, customer.ownerId])].filter((id) => !known.includes(id));
  const about = booked && { type: 'receipt' as const, subjectId: receipt.id, approvalId: booked.id };
  return {
    rewrites: about ? [rewriteOf(about, `refunded:${refund.id}`)] : [],
    notices: [
      decidedNotice(refund, ending),
      ...(about
        ? [
            notice({
              kind: 'refund.line',
              key: `refund.line:${refund.id}`,
              to: { channel: 'finance', otherwise: [] },
              threadOf: cardKey('receipt', about.approvalId),
              payload: { refundId: refund.id },
            }),
          ]
        : []),
      ...told.map((userId) =>
        notice({
          kind: 'receipt.refunded',
          key: `receipt.refunded:${refund.id}@${userId}`,
          to: { user: userId },
          payload: { refundId: refund.id },
        }),
      ),
    ],
    homes: [receipt.recordedById, customer.ownerId, ...(await listConcerned(tx, []))],
  };
}

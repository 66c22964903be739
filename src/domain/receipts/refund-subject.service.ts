// A refund as a subject of approval (P3; rules §3, §6): approved, the customer's credit is smaller as of today. No
// instalment is touched: what was applied since it was asked stays applied, and a refund that no longer fits is refused.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { Receipt } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { involvedInMovement } from './involved.service.js';
import { dropMovement, movementDecided, saveReceipt, tellOfReceipt } from './movement-subject.service.js';
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
    involved: [refund.recordedById, ...(await involvedInMovement(tx, receipt))],
    about: { subjectType: 'receipt', subjectId: receipt.id },
    homes: [refund.recordedById],
    recheck: async () => {
      requireRefundable(receipt, refund.amount);
      return null;
    },
    finish: (ending) =>
      ending.status === 'approved'
        ? post(tx, ctx, held, ending)
        : dropMovement(tx, ctx, 'refund', { movement: refund, receipt }, ending),
  };
}

async function post(tx: Tx, ctx: Ctx, { refund, receipt }: Held, ending: Ending): Promise<Traces> {
  const unapplied = receipt.unapplied - refund.amount;
  await saveReceipt(tx, ctx, receipt, { unapplied });
  await saveReceipt(tx, ctx, refund, { status: 'approved', receivedOn: toUtcDate(ctx.today) });
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
  // Besides whoever recorded the money: whose customer it is.
  const { ownerId } = await tx.customer.findUniqueOrThrow({
    where: { id: receipt.customerId },
    select: { ownerId: true },
  });
  const payload = { refundId: refund.id };
  const told = await tellOfReceipt(tx, receipt.id, {
    tag: 'refunded',
    id: refund.id,
    line: { kind: 'refund.line', payload },
    message: { kind: 'receipt.refunded', payload },
    people: [receipt.recordedById, ownerId],
    knowing: [ending.requestedById, ctx.actor.id],
  });
  return joinTraces(told, {
    audit: [entry],
    notices: [movementDecided('refund', refund, ending)],
    homes: [receipt.recordedById, ownerId],
    concerned: [],
  });
}

// [放弃] of a rejected receipt: its recorder does not send it again (ux §4.6).
import type { Ctx } from '../../ctx.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { leaveTraces } from '../traces.service.js';
import { findSuccessor, rejectionRewrites, replacedError } from './receipt-replaced.service.js';

/**
 * Takes a rejected receipt off its recorder's list; it is as a withdrawn one from then on, and may still be recorded anew.
 * Its proposals and its slip number were freed by the rejection.
 * @throws DomainError not_found (also for anybody but the recorder), receipt.not_discardable, request.repeated, naming the
 *   receipt that has replaced it meanwhile
 */
export async function discardReceipt(ctx: Ctx, receiptId: string): Promise<Receipt> {
  return transact(ctx.db, async (tx) => {
    const receipt = await lockRow(tx, 'receipt', receiptId);
    if (!receipt || receipt.recordedById !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
    if (receipt.status !== 'rejected' || receipt.reversesId !== null)
      throw new DomainError('receipt.not_discardable', { number: receipt.number });
    const successor = await findSuccessor(tx, receiptId);
    if (successor) throw replacedError(successor);
    const saved = await tx.receipt.update({
      where: { id: receiptId },
      data: {
        status: 'draft',
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'receipt.discarded',
          subjectType: 'receipt',
          subjectId: receiptId,
          before: { status: receipt.status },
          after: { status: saved.status },
        },
      ],
      rewrites: await rejectionRewrites(tx, receiptId, 'discarded'),
      homes: [ctx.actor.id],
    });
    return saved;
  });
}

// The recorder takes a receipt back, known by its own id: its approval is found and withdrawn.
import type { Ctx } from '../../ctx.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { withdraw } from '../approvals/decisions.service.js';
import { DomainError, isDomainError } from '../errors.js';

/**
 * Takes a receipt back before anybody decided; its proposals are released.
 * @throws DomainError receipt.not_withdrawable, approval.step_decided, not_found, access.denied
 */
export async function withdrawReceipt(ctx: Ctx, receiptId: string): Promise<Receipt> {
  const receipt = await ctx.db.receipt.findUnique({ where: { id: receiptId } });
  if (!receipt) throw new DomainError('not_found', { ref: '' });
  const refusal = new DomainError('receipt.not_withdrawable', { number: receipt.number });
  const approval = await ctx.db.approval.findFirst({
    where: { subjectType: 'receipt', subjectId: receiptId },
    orderBy: { id: 'desc' },
  });
  if (!approval) throw refusal;
  try {
    await withdraw(ctx, approval.id);
  } catch (error) {
    throw isDomainError(error, 'approval.decided') ? refusal : error;
  }
  return ctx.db.receipt.findUniqueOrThrow({ where: { id: receiptId } });
}

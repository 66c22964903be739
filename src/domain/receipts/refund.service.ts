// Asks for a refund (P3; rules §3): money of an approved receipt that belongs to no instalment is given back to the
// customer, by two persons. What the approval does is refund-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { type AskedMovement, askMovement, isBooked, type MovementInput } from './movement.service.js';

/**
 * Proposes to give unapplied money back.
 * @throws DomainError receipt.not_refundable, receipt.refund_exceeds, and as askMovement
 */
export const askRefund = (ctx: Ctx, input: MovementInput): Promise<AskedMovement> =>
  askMovement(ctx, 'refund', input, async (_tx, receipt) => requireRefundable(receipt, input.amount));

/** Never more than what belongs to no instalment; the receipt is held. @throws as askRefund */
export function requireRefundable(receipt: Receipt, amount: bigint): void {
  const { number, currency, unapplied } = receipt;
  if (!isBooked(receipt) || unapplied === 0n) throw new DomainError('receipt.not_refundable', { number });
  if (amount <= unapplied) return;
  throw new DomainError('receipt.refund_exceeds', { max: { minor: unapplied, currency } }, 'amount');
}

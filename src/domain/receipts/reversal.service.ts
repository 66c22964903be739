// Asks for a reversal (F54; rules §3): money of an approved receipt is taken back by two persons. Nothing changes until it
// is approved; what the approval does is reversal-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { type AskedMovement, askMovement, isBooked, type MovementInput } from './movement.service.js';
import type { HeldLine } from './release.service.js';
import { leftOf } from './reversal.js';

/**
 * Proposes to take money of a receipt back.
 * @throws DomainError receipt.not_reversible, receipt.reversal_exceeds, and as askMovement
 */
export const askReversal = (ctx: Ctx, input: MovementInput): Promise<AskedMovement> =>
  askMovement(ctx, 'reversal', input, (tx, receipt) => requireReversible(tx, receipt, input.amount));

async function requireReversible(tx: Tx, receipt: Receipt, amount: bigint): Promise<void> {
  const { number, currency } = receipt;
  if (!isBooked(receipt)) throw new DomainError('receipt.not_reversible', { number });
  const { _sum } = await tx.allocation.aggregate({
    where: { receiptId: receipt.id, status: 'effective' },
    _sum: { amount: true },
  });
  const left = receipt.unapplied + (_sum.amount ?? 0n);
  if (left === 0n) throw new DomainError('receipt.not_reversible', { number });
  requireLeft(amount, left, currency);
}

/** @throws DomainError receipt.reversal_exceeds */
export function requireLeft(amount: bigint, left: bigint, currency: string): void {
  if (amount <= left) return;
  throw new DomainError('receipt.reversal_exceeds', { max: { minor: left, currency } }, 'amount');
}

/** What can still be reversed of a receipt that is held. */
export const heldLeft = (receipt: Receipt, lines: readonly HeldLine[]): bigint =>
  leftOf({ unapplied: receipt.unapplied, lines });

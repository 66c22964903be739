// Asks for a reversal (F54; rules §3): money of an approved receipt is taken back by two persons. Nothing changes until it
// is approved; what the approval does is reversal-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf } from '../../db/lock-rows.js';
import type { Instalment, Receipt } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { type AskedMovement, askMovement, isBooked, type MovementInput } from './movement.service.js';
import { type BookedLine, leftOf } from './reversal.js';

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

/** An effective allocation with its instalment, both held by this transaction. */
export interface HeldLine extends BookedLine {
  readonly row: Instalment;
}

/** Locks what a receipt has paid: contracts by id, each before its rows, as every writer does. */
export async function lockBooked(tx: Tx, receiptId: string): Promise<HeldLine[]> {
  const lines = await tx.$queryRaw<(Instalment & { lineId: string; taken: bigint; bookedAt: Date })[]>`
    SELECT a.id::text AS "lineId", a.amount AS taken, a.booked_at AS "bookedAt", ${columnsOf('instalment', 'i')}
    FROM allocation a JOIN instalment i ON i.id = a.instalment_id JOIN contract c ON c.id = i.contract_id
    WHERE a.receipt_id = ${receiptId}::uuid AND a.status = 'effective' ORDER BY c.id, i.id FOR UPDATE OF c, i`;
  return lines.map(({ lineId, taken, bookedAt, ...row }) => ({
    id: lineId,
    instalmentId: row.id,
    amount: taken,
    bookedAt,
    row,
  }));
}

/** What can still be reversed of a receipt that is held. */
export const heldLeft = (receipt: Receipt, lines: readonly HeldLine[]): bigint =>
  leftOf({ unapplied: receipt.unapplied, lines });

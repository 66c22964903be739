// Asks for a reversal (F54; rules §3): money of an approved receipt is taken back by two persons. Nothing changes until it
// is approved; what the approval does is reversal-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf, lockRow } from '../../db/lock-rows.js';
import { isUniqueViolation, transact } from '../../db/transact.js';
import type { Instalment, Receipt } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { takeNumber } from '../numbering.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { MONEY_IN_KINDS } from './receipt.js';
import { type BookedLine, leftOf } from './reversal.js';

export interface ReversalInput {
  readonly receiptId: string;
  /** Minor units of the receipt's currency. */
  readonly amount: bigint;
  readonly reason: string;
}

/**
 * Proposes to take money of a receipt back.
 * @returns who is asked; nobody found: the admins are told
 * @throws DomainError access.denied, role.missing, not_found, receipt.not_reversible, receipt.reversal_exceeds,
 *   receipt.reversal_open, request.repeated
 */
export async function askReversal(
  ctx: Ctx,
  { receiptId, amount, reason }: ReversalInput,
): Promise<{ id: string; number: string; names: string[] }> {
  authorize(ctx.actor, 'receipt.reverse');
  const number = await takeNumber(ctx, 'receipt');
  const id = newId(ctx.now);
  try {
    return await transact(ctx.db, async (tx) => {
      const receipt = await lockRow(tx, 'receipt', receiptId);
      if (!receipt) throw new DomainError('not_found', { ref: '' });
      const about = { subjectType: 'receipt', subjectId: receipt.id };
      await claimRequest(tx, ctx, 'receipt.reverse', { reference: receipt.number, ...about });
      await requireReversible(tx, receipt, amount);
      await tx.receipt.create({
        data: {
          id,
          number,
          kind: 'reversal',
          reversesId: receipt.id,
          customerId: receipt.customerId,
          amount,
          currency: receipt.currency,
          method: receipt.method,
          receivedOn: toUtcDate(ctx.today),
          remark: reason,
          recordedById: ctx.actor.id,
          lastEditedById: ctx.actor.id,
          createdAt: ctx.now,
          updatedAt: ctx.now,
          updatedById: ctx.actor.id,
        },
      });
      const approval = await openApproval(tx, ctx, {
        type: 'reversal',
        id,
        version: receipt.version,
        amount: { minor: amount, currency: receipt.currency },
        method: receipt.method,
        ownerId: null,
        involved: [],
      });
      const asking = { type: 'reversal', subjectId: id, approvalId: approval.id } as const;
      const { notices, homes } = await askNotices(tx, ctx, asking, approval.asked);
      const entry = { action: 'receipt.reversal_asked', ...about, after: { number, amount, reason } };
      await leaveTraces(tx, ctx, { audit: [entry], notices, homes: [ctx.actor.id, ...homes] });
      return { id, number: receipt.number, names: approval.asked.map((one) => one.name) };
    });
  } catch (error) {
    // Two people propose it at the same moment: the index decides.
    if (!isUniqueViolation(error, 'receipt_movement_key')) throw error;
    const found = await ctx.db.receipt.findUnique({ where: { id: receiptId } });
    throw new DomainError('receipt.reversal_open', { number: found?.number ?? '' });
  }
}

async function requireReversible(tx: Tx, receipt: Receipt, amount: bigint): Promise<void> {
  const { number, currency } = receipt;
  if (!isReversible(receipt)) throw new DomainError('receipt.not_reversible', { number });
  const open = await tx.receipt.count({ where: { reversesId: receipt.id, status: 'submitted' } });
  if (open > 0) throw new DomainError('receipt.reversal_open', { number });
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

/** Money that came in, is booked and not taken back whole. */
export const isReversible = ({ kind, status }: Pick<Receipt, 'kind' | 'status'>): boolean =>
  MONEY_IN_KINDS.some((one) => one === kind) && (status === 'approved' || status === 'partly_reversed');

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

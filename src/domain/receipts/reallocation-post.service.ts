// Moves booked money of a receipt between instalments: what is freed and what is made, in one transaction, as of today.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow, lockRows } from '../../db/lock-rows.js';
import { type Instalment, Prisma, type Receipt } from '../../generated/prisma/client.js';
import { sumRecoverable } from '../adjustments/adjustment.queries.js';
import { settleContracts } from '../contracts/contract-settle.service.js';
import { DomainError } from '../errors.js';
import { joinTraces, type Traces } from '../traces.service.js';
import type { ChosenLine } from './allocation.js';
import { bookProposed, lockProposed } from './booking.service.js';
import { planReallocation, type RowMoney, sumByRow } from './reallocation.js';
import { proposeLines, redrawsOf } from './receipt.service.js';
import { type HeldLine, lockBooked, releaseLines } from './release.service.js';

/** A receipt with what it has paid and what it could pay, all held by this transaction. */
export interface HeldMoney {
  readonly receipt: Receipt;
  readonly lines: readonly HeldLine[];
  readonly rows: readonly (RowMoney & { readonly row: Instalment })[];
  /** What can be split: applied and unapplied. */
  readonly left: bigint;
}

/**
 * Locks the receipt, then all contracts by id, then all rows: those it has paid and those it is to pay. A row of another
 * customer or currency is no row of it.
 * @throws DomainError not_found
 */
export async function holdMoney(tx: Tx, receiptId: string, wanted: readonly string[]): Promise<HeldMoney> {
  const receipt = await lockRow(tx, 'receipt', receiptId);
  if (!receipt) throw new DomainError('not_found', { ref: '' });
  const ids = Prisma.sql`(SELECT unnest(${[...wanted]}::uuid[]) UNION SELECT a.instalment_id FROM allocation a
    WHERE a.receipt_id = ${receiptId}::uuid AND a.status = 'effective')`;
  const contracts = await lockRows(
    tx,
    'contract',
    Prisma.sql`id IN (SELECT contract_id FROM instalment WHERE id IN ${ids})`,
  );
  const rows = await lockRows(tx, 'instalment', Prisma.sql`id IN ${ids}`);
  const lines = await lockBooked(tx, receiptId);
  const badDebt = await sumRecoverable(
    tx,
    rows.filter((row) => row.lifecycle !== 'open').map((row) => row.id),
  );
  const alive = new Set(
    contracts
      .filter((one) => one.deletedAt === null && ['active', 'completed', 'archived'].includes(one.status))
      .map((one) => one.id),
  );
  const applied = new Map(sumByRow(lines).map((line) => [line.instalmentId, line.amount]));
  const roomOf = (row: Instalment): bigint => {
    if (!alive.has(row.contractId)) return 0n;
    if (row.lifecycle === 'open') return row.outstanding;
    return row.lifecycle === 'cancelled' ? 0n : (badDebt.get(row.id) ?? 0n);
  };
  return {
    receipt,
    lines,
    rows: rows
      .filter((row) => row.customerId === receipt.customerId && row.currency === receipt.currency)
      .map((row) => ({
        row,
        instalmentId: row.id,
        current: applied.get(row.id) ?? 0n,
        room: roomOf(row),
      })),
    left: lines.reduce((sum, line) => sum + line.amount, receipt.unapplied),
  };
}

/** Frees, makes, recomputes rows, contracts and cases; the receipt's credit is what is not applied. */
export async function postReallocation(
  tx: Tx,
  ctx: Ctx,
  { receipt, lines, rows, left }: HeldMoney,
  wanted: readonly ChosenLine[],
): Promise<Traces> {
  const plan = planReallocation(lines, wanted);
  const released = await releaseLines(tx, ctx, [receipt], plan.released, 'reallocated');
  const closed = new Set(rows.filter(({ row }) => row.lifecycle !== 'open').map(({ row }) => row.id));
  // More on a row that is closed can only be on its bad debt.
  const added = plan.added.map((line) => ({ ...line, recovery: closed.has(line.instalmentId) }));
  await proposeLines(tx, ctx, receipt.id, added);
  const proposed = await lockProposed(tx, receipt.id);
  const booked = await bookProposed(tx, ctx, [receipt], proposed, { on: ctx.today });
  const applied = wanted.reduce((sum, line) => sum + line.amount, 0n);
  await tx.receipt.update({
    where: { id: receipt.id },
    data: {
      unapplied: left - applied,
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  // After the credit is written: what opens again is held against the limit with it (rules §10).
  const settled = await settleContracts(
    tx,
    ctx,
    plan.released.map(({ line }) => line.row.contractId),
  );
  const touched = [...plan.released.map(({ line }) => line), ...added];
  return joinTraces(released, booked, settled, {
    redraws: redrawsOf(ctx, receipt.id, touched),
    homes: [receipt.recordedById],
    concerned: touched.map((line) => line.instalmentId),
  });
}

// Money on bad debt (rules §2): each amount that comes in is paired with an adjustment of minus that amount, so that the row
// stays 坏账 with nothing open; taken away again, the pair goes.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { newId } from '../ids.js';
import { type LocalDate, toUtcDate } from '../local-date.js';
import type { Traces } from '../traces.service.js';

/** The adjustments of what receipts are booked on bad debt, counted from the same day as their allocations. */
export function recoverBadDebt(
  tx: Tx,
  ctx: Ctx,
  receipts: readonly Receipt[],
  booked: readonly { receiptId: string; amount: bigint; recovery: boolean; row: { id: string } }[],
  on: LocalDate | null,
): Promise<Traces> {
  const byId = new Map(receipts.map((receipt) => [receipt.id, receipt]));
  const lines = booked.flatMap(({ receiptId, amount, recovery, row }) => {
    const receipt = byId.get(receiptId);
    if (!recovery || !receipt) return [];
    const effectiveOn = on === null ? receipt.receivedOn : toUtcDate(on);
    return [{ instalmentId: row.id, receiptId, number: receipt.number, amount, effectiveOn }];
  });
  return post(tx, ctx, lines, -1n, 'instalment.recovered');
}

/** Money on bad debt is taken away again, as of today: the debt is as bad as before. */
export function unrecover(tx: Tx, ctx: Ctx, lines: readonly Omit<Line, 'effectiveOn'>[]): Promise<Traces> {
  const today = toUtcDate(ctx.today);
  const taken = lines.map((line) => ({ ...line, effectiveOn: today }));
  return post(tx, ctx, taken, 1n, 'instalment.recovery_reversed');
}

interface Line {
  readonly instalmentId: string;
  readonly receiptId: string;
  readonly number: string;
  readonly amount: bigint;
  readonly effectiveOn: Date;
}

async function post(
  tx: Tx,
  ctx: Ctx,
  lines: readonly Line[],
  sign: bigint,
  action: 'instalment.recovered' | 'instalment.recovery_reversed',
): Promise<Traces> {
  if (lines.length === 0) return {};
  await tx.adjustment.createMany({
    data: lines.map(({ instalmentId, receiptId, amount, effectiveOn }) => ({
      id: newId(ctx.now),
      instalmentId,
      receiptId,
      kind: 'recovery' as const,
      amount: sign * amount,
      status: 'approved' as const,
      effectiveOn,
      bookedAt: ctx.now,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
    })),
  });
  await tx.instalment.updateMany({
    where: { id: { in: lines.map((line) => line.instalmentId) } },
    data: { version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
  return {
    audit: lines.map(({ instalmentId, amount, number }) => ({
      action,
      subjectType: 'instalment',
      subjectId: instalmentId,
      after: { amount, receipt: number },
    })),
  };
}

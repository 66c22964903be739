// Money of an instalment as its history tells it: what came in, and who brought it there. Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import type { Allocation } from '../../generated/prisma/client.js';

/** One line of a receipt, as it was made. */
export interface RowMoney {
  readonly at: Date;
  /** Whoever recorded the receipt, or applied or moved its money later; null: the app itself. */
  readonly userId: string | null;
  readonly number: string;
  /** Minor units of the instalment's currency. */
  readonly amount: bigint;
  readonly status: string;
}

/** The newest lines of an instalment. */
export async function listRowMoney({ db }: ReadCtx, instalmentId: string, most: number): Promise<RowMoney[]> {
  const lines = await db.allocation.findMany({
    where: { instalmentId },
    include: { receipt: true },
    orderBy: { id: 'desc' },
    take: most,
  });
  const later = lines.filter((line) => line.createdAt > line.receipt.createdAt);
  const moves =
    later.length === 0
      ? []
      : await db.auditLog.findMany({
          where: {
            subjectType: 'receipt',
            subjectId: { in: later.map((line) => line.receiptId) },
            at: { in: later.map((line) => line.createdAt) },
            action: { in: ['receipt.applied', 'receipt.reallocated'] },
          },
        });
  return lines
    .filter((line) => !isRest(line, lines))
    .map((line) => {
      const move = moves.find(
        ({ subjectId, at }) => subjectId === line.receiptId && at.getTime() === line.createdAt.getTime(),
      );
      const { number, status, recordedById } = line.receipt;
      const userId = move ? move.actorId : recordedById;
      return { at: line.createdAt, userId, number, amount: line.amount, status };
    });
}

/**
 * Whether a line only says what stays of an older one after part of it was taken back: its receipt's line of before says
 * what came in, and the receipt's state that part of it went.
 */
const isRest = (line: Allocation, all: readonly Allocation[]): boolean =>
  all.some(
    (older) =>
      older.receiptId === line.receiptId &&
      older.releaseReason === 'reversed' &&
      older.createdAt < line.createdAt &&
      older.amount > line.amount,
  );

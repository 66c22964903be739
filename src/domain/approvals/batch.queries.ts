// Receipts that wait for the reader, for deciding several at once (ux §4.6 批量审批). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { type AskedReceipt, loadAskedReceipt } from '../receipts/receipt-facts.queries.js';
import { waitsFor } from './waiting.queries.js';

/** As many as two groups of boxes hold. */
const BATCH_SIZE = 20;

export interface ReceiptBatch {
  /** The longest waiting first; what has something to look at is among them. */
  readonly receipts: readonly AskedReceipt[];
  /** How many wait in all. */
  readonly total: number;
}

/** The first 20, or those of these approvals, as far as the reader can decide them. */
export async function findBatch(ctx: ReadCtx, approvalIds?: readonly string[]): Promise<ReceiptBatch> {
  const rows = await ctx.db.$queryRaw<{ id: string; receiptId: string; total: number }[]>`
    SELECT a.id::text, a.subject_id::text AS "receiptId", COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.subject_type = 'receipt' AND ${waitsFor(ctx)}
      AND (${approvalIds === undefined} OR a.id = ANY(${[...(approvalIds ?? [])]}::uuid[]))
    ORDER BY a.asked_at, a.id LIMIT ${BATCH_SIZE}`;
  const found = await Promise.all(rows.map((row) => loadAskedReceipt(ctx, row.receiptId, row.id)));
  return { receipts: found.flatMap((facts) => facts ?? []), total: rows[0]?.total ?? 0 };
}

// Cards of receipts that are booked show what is left of their rows: where that changes, or is asked about, by something else
// than the receipt itself, they are drawn anew.
import type { Tx } from '../../db/client.js';
import { rewriteOf } from '../approvals/ask.service.js';
import type { Rewrite } from '../notices/outbox.service.js';

/** The cards of all receipts that pay these rows, but for these receipts'; opening balances have none. */
export async function rowCardRewrites(
  tx: Tx,
  rowIds: readonly string[],
  tag: string,
  except: readonly string[] = [],
): Promise<Rewrite[]> {
  if (rowIds.length === 0) return [];
  const cards = await tx.$queryRaw<{ subjectId: string; approvalId: string }[]>`
    SELECT p.subject_id::text AS "subjectId", p.id::text AS "approvalId" FROM approval p
    WHERE p.subject_type = 'receipt' AND p.status = 'approved' AND p.subject_id = ANY(ARRAY(
      SELECT a.receipt_id FROM allocation a WHERE a.instalment_id = ANY(${[...rowIds]}::uuid[])
        AND a.status = 'effective' AND a.receipt_id <> ALL(${[...except]}::uuid[]))) ORDER BY p.id`;
  return cards.map((card) => rewriteOf({ type: 'receipt', ...card }, tag));
}

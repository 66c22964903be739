// Open instalments that money can go to.
import type { Db, Tx } from '../../db/client.js';
import { fromUtcDate } from '../local-date.js';
import type { OpenItem } from './allocation.js';

/**
 * Open instalments of a customer in a currency, as allocation sees them; `owners` limits them to what the person may see.
 * `lock` holds their contracts and rows until the transaction ends, in the order every writer locks.
 */
export async function listOpenItems(
  db: Db | Tx,
  where: { customerId: string; currency: string; owners: 'all' | readonly string[] },
): Promise<OpenItem[]> {
  const rows = await db.instalment.findMany({
    where: {
      customerId: where.customerId,
      currency: where.currency,
      lifecycle: 'open',
      outstanding: { gt: 0n },
      contract: { status: 'active', deletedAt: null },
      ...(where.owners !== 'all' && { ownerId: { in: [...where.owners] } }),
    },
    orderBy: [{ effectiveDue: { sort: 'asc', nulls: 'last' } }, { contractId: 'asc' }, { seq: 'asc' }],
    take: 500,
  });
  return rows.map((row) => ({
    id: row.id,
    contractId: row.contractId,
    seq: row.seq,
    outstanding: row.outstanding,
    effectiveDue: row.effectiveDue && fromUtcDate(row.effectiveDue),
    disputed: row.disputed,
    blocked: row.blockUntil !== null,
    isRetention: row.isRetention,
  }));
}

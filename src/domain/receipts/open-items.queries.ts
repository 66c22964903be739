// Open instalments that money can go to.
import type { Db, Tx } from '../../db/client.js';
import type { Instalment, Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate } from '../local-date.js';
import type { OpenItem } from './allocation.js';

interface OpenItemsWhere {
  readonly owners: 'all' | readonly string[];
}

const whereOpen = ({ owners }: OpenItemsWhere) => ({
  lifecycle: 'open' as const,
  outstanding: { gt: 0n },
  contract: { status: 'active' as const, deletedAt: null },
  ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
});
const ORDER: Prisma.InstalmentOrderByWithRelationInput[] = [
  { effectiveDue: { sort: 'asc', nulls: 'last' } },
  { contractId: 'asc' },
  { seq: 'asc' },
];
const MOST_ITEMS = 500;

const toItem = (row: Instalment): OpenItem => ({
  id: row.id,
  contractId: row.contractId,
  seq: row.seq,
  outstanding: row.outstanding,
  effectiveDue: row.effectiveDue && fromUtcDate(row.effectiveDue),
  disputed: row.disputed,
  blocked: row.blockUntil !== null,
  isRetention: row.isRetention,
});

/** Open instalments of a customer in a currency, as allocation sees them; `owners` limits them to what the person may see. */
export async function listOpenItems(
  db: Db | Tx,
  where: { customerId: string; currency: string } & OpenItemsWhere,
): Promise<OpenItem[]> {
  const { customerId, currency } = where;
  const rows = await db.instalment.findMany({
    where: { customerId, currency, ...whereOpen(where) },
    orderBy: ORDER,
    take: MOST_ITEMS,
  });
  return rows.map(toItem);
}

/**
 * As `listOpenItems` for many customers, by `customerId currency`. `lock` holds their contracts and rows until the
 * transaction ends, in the order every writer locks: money may be booked on them at once.
 */
export async function listOpenItemsOf(
  tx: Tx,
  where: { customerIds: readonly string[]; lock: boolean } & OpenItemsWhere,
): Promise<Map<string, OpenItem[]>> {
  const ids = [...where.customerIds];
  if (where.lock) {
    await tx.$queryRaw`
      SELECT 1 FROM contract WHERE customer_id = ANY(${ids}::uuid[]) AND status = 'active' ORDER BY id FOR UPDATE`;
    await tx.$queryRaw`
      SELECT 1 FROM instalment WHERE customer_id = ANY(${ids}::uuid[]) AND lifecycle = 'open' ORDER BY id FOR UPDATE`;
  }
  const rows = await tx.instalment.findMany({
    where: { customerId: { in: ids }, ...whereOpen(where) },
    orderBy: ORDER,
  });
  const items = new Map<string, OpenItem[]>();
  for (const row of rows) {
    const key = `${row.customerId} ${row.currency}`;
    const known = items.get(key) ?? [];
    items.set(key, known);
    known.push(toItem(row));
  }
  return items;
}

// Open instalments that money can go to.
import type { Db, Tx } from '../../db/client.js';
import type { Instalment, Prisma } from '../../generated/prisma/client.js';
import { sumRecoverable } from '../adjustments/adjustment.queries.js';
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

/**
 * Open instalments of a customer in a currency, as allocation sees them; `owners` limits them to what the person may see.
 * Of very many the first 500 by day, and those that are `named` or the `target`. Bad debt takes money only where the
 * receipt is recorded on it (`target`).
 */
export async function listOpenItems(
  db: Db | Tx,
  where: {
    customerId: string;
    currency: string;
    target?: string | null;
    named?: readonly string[];
  } & OpenItemsWhere,
): Promise<OpenItem[]> {
  const { customerId, currency, target = null } = where;
  const open = { customerId, currency, ...whereOpen(where) };
  const rows = await db.instalment.findMany({ where: open, orderBy: ORDER, take: MOST_ITEMS });
  const known = new Set(rows.map((row) => row.id));
  const named = [...(where.named ?? []), ...(target === null ? [] : [target])].filter((id) => !known.has(id));
  const others =
    rows.length < MOST_ITEMS || named.length === 0
      ? []
      : await db.instalment.findMany({ where: { ...open, id: { in: named } }, orderBy: ORDER });
  const items = [...rows, ...others].map(toItem);
  if (target === null || items.some((item) => item.id === target)) return items;
  const [badDebt] = await listRecoverable(db, { ...where, ids: [target] });
  return badDebt ? [...items, badDebt] : items;
}

/** Closed instalments of which bad debt did not come in, with that as their open amount. */
export async function listRecoverable(
  db: Db | Tx,
  where: { customerId: string; currency: string; ids?: readonly string[] } & OpenItemsWhere,
): Promise<OpenItem[]> {
  const { customerId, currency, ids, owners } = where;
  const rows = await db.instalment.findMany({
    where: {
      customerId,
      currency,
      lifecycle: { in: ['written_off', 'settled'] },
      adjustments: { some: { kind: 'bad_debt', status: 'approved' } },
      contract: { deletedAt: null, status: { in: ['active', 'completed', 'archived'] } },
      ...(ids && { id: { in: [...ids] } }),
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    orderBy: ORDER,
    take: MOST_ITEMS,
  });
  const room = await sumRecoverable(
    db,
    rows.map((row) => row.id),
  );
  return rows.flatMap((row) => {
    const outstanding = room.get(row.id) ?? 0n;
    return outstanding > 0n ? [{ ...toItem(row), outstanding, recovery: true }] : [];
  });
}

/**
 * Holds the open rows of customers, and their contracts, in the order every writer locks, until the transaction ends: money
 * may be booked on them at once.
 */
export async function lockOpenItemsOf(tx: Tx, customerIds: readonly string[]): Promise<void> {
  const ids = [...customerIds];
  await tx.$queryRaw`
    SELECT 1 FROM contract WHERE customer_id = ANY(${ids}::uuid[]) AND status = 'active' ORDER BY id FOR UPDATE`;
  await tx.$queryRaw`
    SELECT 1 FROM instalment WHERE customer_id = ANY(${ids}::uuid[]) AND lifecycle = 'open' ORDER BY id FOR UPDATE`;
}

/** As `listOpenItems` for many customers, by `customerId currency`. */
export async function listOpenItemsOf(
  tx: Tx,
  where: { customerIds: readonly string[] } & OpenItemsWhere,
): Promise<Map<string, OpenItem[]>> {
  const ids = [...where.customerIds];
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

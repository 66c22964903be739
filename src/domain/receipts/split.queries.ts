// What the receipt form offers: for whom money may be recorded, on what, and how it would be split. Changes nothing;
// only what lies in the recorder's scope (rules §5, §12).
import type { OuterReadCtx, ReadCtx } from '../../ctx.js';
import { queryQuick } from '../../db/quick-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { matchingCustomers, pairSharesOf, seenCustomers } from '../customers/customer-search.queries.js';
import { byName } from '../name-order.js';
import { type InstalmentRowData, loadRows } from '../plans/instalment.queries.js';
import type { CustomerChoice } from '../plans/plan-choices.queries.js';
import {
  type AllocationReason,
  type AllocationTarget,
  orderForSplit,
  proposeAllocation,
  redistribute,
} from './allocation.js';
import { listOpenItems } from './open-items.queries.js';
import type { SplitLine } from './receipt.js';

/** One line of the split, with what names it; amounts in minor units. */
export interface SplitChoice {
  readonly instalmentId: string;
  readonly amount: bigint;
  readonly reason: AllocationReason | 'by_hand' | 'recovery';
  readonly contractNumber: string;
  readonly seq: number;
  /** Still open after it. */
  readonly left: bigint;
}

export interface Proposal {
  readonly lines: readonly SplitChoice[];
  /** Becomes prepayment; negative where lines chosen by hand are above the amount. */
  readonly unapplied: bigint;
}

/**
 * How this much money would be split; a prepayment is not. Lines chosen by hand stay, each cut to what its row can
 * still take: nothing goes to a row that nobody chose.
 */
export async function proposeSplit(
  ctx: ReadCtx,
  receipt: {
    customerId: string;
    currency: string;
    amount: bigint;
    target: AllocationTarget | null;
    chosen: readonly SplitLine[] | null;
  },
): Promise<Proposal> {
  const { customerId, currency, amount, target, chosen } = receipt;
  if (target === null || amount <= 0n) return { lines: [], unapplied: amount };
  const owners = visibleOwners(ctx.actor, 'receipt.record');
  const on = 'instalmentId' in target ? target.instalmentId : null;
  const wanted = chosen?.map((line) => line.instalmentId) ?? [];
  const open = await listOpenItems(ctx.db, { customerId, currency, owners, target: on, named: wanted });
  const lines: Pick<SplitChoice, 'instalmentId' | 'amount' | 'reason'>[] = chosen
    ? redistribute(chosen, open).lines.map((line) => ({ ...line, reason: 'by_hand' }))
    : proposeAllocation({ amount, target, open, today: ctx.today }).lines;
  const unapplied = lines.reduce((rest, line) => rest - line.amount, amount);
  const rows = await loadRows(
    ctx,
    lines.map((line) => line.instalmentId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const badDebt = new Set(open.filter((item) => item.recovery).map((item) => item.id));
  const named = lines.flatMap((line): SplitChoice[] => {
    const row = byId.get(line.instalmentId);
    if (!row) return [];
    const reason = badDebt.has(row.id) ? ('recovery' as const) : line.reason;
    const left = badDebt.has(row.id) ? 0n : row.outstanding - line.amount;
    return [{ ...line, reason, contractNumber: row.contractNumber, seq: row.seq, left }];
  });
  return { lines: named, unapplied };
}

/** What a split may name: open rows of the customer, as `orderForSplit` orders them; words narrow them. */
export async function listSplitRows(
  ctx: ReadCtx,
  where: { customerId: string; currency: string; words?: string; ids?: readonly string[] },
  limit: number,
): Promise<InstalmentRowData[]> {
  const { customerId, currency, words = '', ids } = where;
  const owners = visibleOwners(ctx.actor, 'receipt.record');
  const named = ids ?? [];
  const open = orderForSplit(await listOpenItems(ctx.db, { customerId, currency, owners, named }));
  const wanted = ids ? open.filter((item) => ids.includes(item.id)) : open;
  const rows = await loadRows(
    ctx,
    wanted.map((item) => item.id),
  );
  const found = rows.filter((row) =>
    `${row.contractNumber} ${row.contractName} ${row.name} ${row.seq}`
      .toLowerCase()
      .includes(words.trim().toLowerCase()),
  );
  return found.slice(0, limit);
}

/**
 * Customers for whom the person may record money, by words in name, code, pinyin or initials, or the one, by name; of more than
 * 100 those changed last.
 */
export async function searchPayingCustomers(
  ctx: OuterReadCtx,
  words: string,
  id?: string,
): Promise<CustomerChoice[]> {
  // A contract may have another owner than its customer.
  const owners = visibleOwners(ctx.actor, 'receipt.record');
  const scope = await seenCustomers(ctx.db, owners, { contractsToo: true });
  const found =
    id === undefined
      ? matchingCustomers({ words, scope, order: 'recent', limit: 100 }, await pairSharesOf(ctx.db))
      : Prisma.sql`SELECT k.id FROM customer k
          WHERE k.id = ${id}::uuid AND k.deleted_at IS NULL AND ${scope?.holds ?? Prisma.sql`TRUE`}`;
  const rows = await queryQuick<CustomerChoice>(
    ctx.db,
    Prisma.sql`SELECT k.id::text, k.name, k.code FROM customer k WHERE k.id = ANY(ARRAY(${found}))
      ORDER BY k.code`,
  );
  return byName(rows);
}

/** Currencies in which the customer has open instalments; the base currency when there are none. */
export async function listCurrencies(ctx: ReadCtx, customerId: string, base: string): Promise<string[]> {
  const owners = visibleOwners(ctx.actor, 'receipt.record');
  const found = await ctx.db.instalment.findMany({
    where: {
      customerId,
      lifecycle: 'open',
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    distinct: ['currency'],
    select: { currency: true },
    orderBy: { currency: 'asc' },
  });
  return found.length > 0 ? found.map((row) => row.currency) : [base];
}

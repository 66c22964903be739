// Money of customers that belongs to no instalment (待核销预收): what can be applied, the oldest first. Changes nothing.
// Read by whoever may see the customer's receipts (rules §12); applying is decided in apply-prepayment.service.ts.
import type { ReadCtx } from '../../ctx.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { visibleReceipts } from './receipt.queries.js';

/** Amounts in minor units of `currency`. */
export interface Credit {
  readonly id: string;
  readonly version: number;
  readonly number: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly currency: string;
  readonly unapplied: bigint;
  readonly receivedOn: LocalDate;
}

const MOST = 100;
/** Receipts with money left. */
export const COUNTED = {
  unapplied: { gt: 0n },
  status: { in: ['approved', 'partly_reversed'] },
  kind: { in: ['payment', 'prepayment', 'opening'] },
} satisfies Prisma.ReceiptWhereInput;

/** Receipts with money left, the oldest first; of one customer and currency, or one receipt, or all. */
export async function listCredits(
  ctx: ReadCtx,
  where: { id?: string; customerId?: string; currency?: string } = {},
  limit = MOST,
): Promise<Credit[]> {
  const found = await ctx.db.receipt.findMany({
    where: { AND: [visibleReceipts(ctx), COUNTED, where] },
    include: { customer: { select: { name: true } } },
    orderBy: [{ receivedOn: 'asc' }, { id: 'asc' }],
    take: limit,
  });
  return found.map(({ customer, ...row }) => ({
    id: row.id,
    version: row.version,
    number: row.number,
    customerId: row.customerId,
    customerName: customer.name,
    currency: row.currency,
    unapplied: row.unapplied,
    receivedOn: fromUtcDate(row.receivedOn),
  }));
}

/** How many receipts have money left. */
export const countCredits = (ctx: ReadCtx): Promise<number> =>
  ctx.db.receipt.count({ where: { AND: [visibleReceipts(ctx), COUNTED] } });

/** What a customer has in credit in a currency, for whoever sees an instalment of theirs. */
export async function sumCredit(
  ctx: Pick<ReadCtx, 'db'>,
  customerId: string,
  currency: string,
): Promise<bigint> {
  const sum = await ctx.db.receipt.aggregate({
    where: { ...COUNTED, customerId, currency },
    _sum: { unapplied: true },
  });
  return sum._sum.unapplied ?? 0n;
}

// Reads receipts: lists, and one with everything its card and window show. Changes nothing. A receipt is seen by who
// recorded it and by who sees its customer or an instalment that it pays (rules §12).
import type { Db, Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { PAGE_SIZE, type ReadCtx } from '../plans/instalment.queries.js';
import { wordsOf } from '../search.js';
import type { ReceiptStatus } from './receipt.js';

/** A receipt as lists show it; amounts in minor units of `currency`. */
export interface ReceiptRowData {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly amount: bigint;
  readonly currency: string;
  /** Money that belongs to no instalment yet. */
  readonly unapplied: bigint;
  readonly method: string;
  readonly receivedOn: LocalDate;
  readonly status: ReceiptStatus;
  readonly recordedById: string;
}

export interface ReceiptFilter {
  readonly states?: readonly ReceiptStatus[] | undefined;
  readonly customerId?: string | undefined;
  readonly contractId?: string | undefined;
  readonly recordedById?: string | undefined;
  readonly currency?: string | undefined;
  /** Only with money that belongs to no instalment. */
  readonly unapplied?: boolean | undefined;
  readonly from?: LocalDate | undefined;
  readonly to?: LocalDate | undefined;
  /** Minor units, both included. */
  readonly amountFrom?: bigint | undefined;
  readonly amountTo?: bigint | undefined;
  /** Every word must occur in number, customer, payer or slip number. */
  readonly words?: string | undefined;
  readonly sort?: 'newest' | 'received' | 'amount' | undefined;
}

export interface ReceiptPage {
  readonly rows: readonly ReceiptRowData[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly totals: readonly { currency: string; count: number; amount: bigint; unapplied: bigint }[];
}

const ORDER: Record<NonNullable<ReceiptFilter['sort']>, Prisma.ReceiptOrderByWithRelationInput[]> = {
  newest: [{ id: 'desc' }],
  received: [{ receivedOn: 'desc' }, { id: 'desc' }],
  amount: [{ amount: 'desc' }, { id: 'desc' }],
};

/** One page of what the reader may see; a page beyond the last is the last. */
export async function findReceipts(
  ctx: ReadCtx,
  filter: ReceiptFilter = {},
  page: { number: number; size?: number } = { number: 1 },
): Promise<ReceiptPage> {
  const where: Prisma.ReceiptWhereInput = { AND: [visibleReceipts(ctx), whereOf(filter)] };
  const sums = await ctx.db.receipt.groupBy({
    by: ['currency'],
    where,
    _sum: { amount: true, unapplied: true },
    _count: true,
    orderBy: { currency: 'asc' },
  });
  const total = sums.reduce((count, line) => count + line._count, 0);
  const size = page.size ?? PAGE_SIZE;
  const pages = Math.max(1, Math.ceil(total / size));
  const number = Math.min(Math.max(1, page.number), pages);
  const rows = await ctx.db.receipt.findMany({
    where,
    orderBy: ORDER[filter.sort ?? 'newest'],
    include: { customer: { select: { name: true } } },
    skip: (number - 1) * size,
    take: size,
  });
  return {
    rows: rows.map(({ customer, receivedOn, ...row }) => ({
      id: row.id,
      number: row.number,
      customerId: row.customerId,
      customerName: customer.name,
      amount: row.amount,
      currency: row.currency,
      unapplied: row.unapplied,
      method: row.method,
      receivedOn: fromUtcDate(receivedOn),
      status: row.status,
      recordedById: row.recordedById,
    })),
    total,
    page: number,
    pages,
    totals: sums.map((line) => ({
      currency: line.currency,
      count: line._count,
      amount: line._sum.amount ?? 0n,
      unapplied: line._sum.unapplied ?? 0n,
    })),
  };
}

/** What limits receipts to those the reader may see. */
export function visibleReceipts(ctx: ReadCtx): Prisma.ReceiptWhereInput {
  const owners = visibleOwners(ctx.actor);
  if (owners === 'all') return {};
  const ownerId = { in: [...owners] };
  return {
    OR: [
      { recordedById: ownerId },
      { customer: { ownerId } },
      { allocations: { some: { instalment: { ownerId } } } },
    ],
  };
}

function whereOf(filter: ReceiptFilter): Prisma.ReceiptWhereInput {
  const contains = (word: string) => ({ contains: word, mode: 'insensitive' as const });
  return {
    ...(filter.states && { status: { in: [...filter.states] } }),
    ...(filter.customerId !== undefined && { customerId: filter.customerId }),
    ...(filter.contractId !== undefined && {
      OR: [
        { contractId: filter.contractId },
        { allocations: { some: { instalment: { contractId: filter.contractId }, status: 'effective' } } },
      ],
    }),
    ...(filter.currency !== undefined && { currency: filter.currency }),
    ...(filter.recordedById !== undefined && { recordedById: filter.recordedById }),
    ...(filter.unapplied === true && { unapplied: { gt: 0n }, status: 'approved' }),
    receivedOn: {
      ...(filter.from && { gte: toUtcDate(filter.from) }),
      ...(filter.to && { lte: toUtcDate(filter.to) }),
    },
    amount: {
      ...(filter.amountFrom !== undefined && { gte: filter.amountFrom }),
      ...(filter.amountTo !== undefined && { lte: filter.amountTo }),
    },
    AND: wordsOf(filter.words).map((word) => ({
      OR: [
        { number: contains(word) },
        { payerName: contains(word) },
        { bankSlipNo: contains(word) },
        { customer: { searchText: { contains: word.toLowerCase() } } },
      ],
    })),
  };
}

/** Id of a receipt of the reader's scope by its id or number; null if there is none. */
export async function findReceiptId(
  ctx: ReadCtx,
  ref: { id: string } | { number: string },
): Promise<string | null> {
  const found = await ctx.db.receipt.findFirst({
    where: { AND: [visibleReceipts(ctx), ref] },
    select: { id: true },
  });
  return found?.id ?? null;
}

/** Share of the contract that is received, in whole percent rounded down: 100 only when all is in. */
export async function receivedPercent(db: Db | Tx, contractId: string): Promise<number> {
  const [contract, sums] = await Promise.all([
    db.contract.findUniqueOrThrow({ where: { id: contractId }, select: { amount: true } }),
    db.allocation.aggregate({
      where: { status: 'effective', instalment: { contractId } },
      _sum: { amount: true },
    }),
  ]);
  return Number(((sums._sum.amount ?? 0n) * 100n) / contract.amount);
}

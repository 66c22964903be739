// Reads money that nobody has claimed yet, and what became of it. Seen by everybody who may record money: whoever knows
// the payer must find it (rules §12 for what is done with it). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { type Actor, can } from '../access.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import type { Money } from '../money.js';
import { LIVE_STATUSES, type ReceiptStatus } from './receipt.js';
import { findReceiptId } from './receipt.queries.js';

/** Amounts in minor units of `currency`. */
export interface UnclaimedFacts {
  readonly id: string;
  readonly number: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly method: string;
  readonly receivedOn: LocalDate;
  readonly payerName: string | null;
  readonly bankSlipNo: string | null;
  readonly remark: string | null;
  readonly recordedById: string;
  readonly recorderName: string;
  readonly withdrawnAt: Date | null;
  /** Who took it back. */
  readonly withdrawnBy: string | null;
  readonly attachmentIds: readonly string[];
  /** The receipt that claims it, while that lives. */
  readonly claim: {
    readonly id: string;
    readonly number: string;
    /** Null where the reader may not see whose it is. */
    readonly customerName: string | null;
    readonly who: string;
    readonly status: ReceiptStatus;
  } | null;
}

export interface UnclaimedPage {
  readonly rows: readonly UnclaimedFacts[];
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  readonly totals: readonly Money[];
}

const PAGE_SIZE = 20;
const OPEN = {
  withdrawnAt: null,
  receipts: { none: { status: { in: [...LIVE_STATUSES] } } },
} satisfies Prisma.UnclaimedMoneyWhereInput;

const INCLUDE = {
  receipts: {
    where: { status: { in: [...LIVE_STATUSES] } },
    include: { customer: { select: { name: true } } },
  },
} satisfies Prisma.UnclaimedMoneyInclude;
type Found = Prisma.UnclaimedMoneyGetPayload<{ include: typeof INCLUDE }>;

/** Whether the person may look for unclaimed money at all. */
export const seesUnclaimed = (actor: Actor): boolean =>
  can(actor, 'receipt.record') || can(actor, 'audit.see');

/** One, by its id or number, in whatever state; null if there is none, or not for this reader. */
export async function findUnclaimed(
  ctx: ReadCtx | { db: Db | Tx },
  ref: { id: string } | { number: string },
): Promise<UnclaimedFacts | null> {
  const reader = 'actor' in ctx ? ctx : null;
  if (reader && !seesUnclaimed(reader.actor)) return null;
  const found = await ctx.db.unclaimedMoney.findFirst({ where: ref, include: INCLUDE });
  if (!found) return null;
  const [facts] = await withNames(ctx.db, [found]);
  if (!facts) return null;
  const { claim } = facts;
  // Everybody may know that it is claimed; whose it is, whoever sees the receipt (rules §12).
  const sees = !claim || !reader || (await findReceiptId(reader, { id: claim.id })) !== null;
  return {
    ...facts,
    claim: claim && (sees ? claim : { ...claim, customerName: null }),
    attachmentIds: await attachmentsOf(ctx.db, found.id),
  };
}

/** One page of what waits to be claimed, the oldest first. */
export async function listUnclaimed(
  ctx: { db: Db | Tx; actor: Actor },
  page: { number: number; size?: number } = { number: 1 },
): Promise<UnclaimedPage> {
  if (!seesUnclaimed(ctx.actor)) return { rows: [], total: 0, page: 1, pages: 1, totals: [] };
  const size = page.size ?? PAGE_SIZE;
  const sums = await sumUnclaimed(ctx.db);
  const pages = Math.max(1, Math.ceil(sums.count / size));
  const number = Math.min(Math.max(1, page.number), pages);
  const found = await ctx.db.unclaimedMoney.findMany({
    where: OPEN,
    include: INCLUDE,
    orderBy: [{ receivedOn: 'asc' }, { id: 'asc' }],
    skip: (number - 1) * size,
    take: size,
  });
  return {
    rows: await withNames(ctx.db, found),
    total: sums.count,
    page: number,
    pages,
    totals: sums.totals,
  };
}

/** Ids of all that waits to be claimed, in the list's order; at most `limit`. */
export async function listAllUnclaimedIds(
  { db, actor }: Pick<ReadCtx, 'db' | 'actor'>,
  limit: number,
): Promise<string[]> {
  if (!seesUnclaimed(actor)) return [];
  const found = await db.unclaimedMoney.findMany({
    where: OPEN,
    orderBy: [{ receivedOn: 'asc' }, { id: 'asc' }],
    select: { id: true },
    take: limit,
  });
  return found.map((row) => row.id);
}

/** By id in the order given, for callers that have checked who reads; what has been claimed meanwhile is left out. */
export async function loadUnclaimed(
  { db }: Pick<ReadCtx, 'db'>,
  ids: readonly string[],
): Promise<UnclaimedFacts[]> {
  const where = { ...OPEN, id: { in: [...ids] } };
  const facts = await withNames(db, await db.unclaimedMoney.findMany({ where, include: INCLUDE }));
  const byId = new Map(facts.map((one) => [one.id, one]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

/** What waits to be claimed, one sum a currency. */
export async function sumUnclaimed(db: Db | Tx): Promise<{ count: number; totals: Money[] }> {
  const sums = await db.unclaimedMoney.groupBy({
    by: ['currency'],
    where: OPEN,
    _sum: { amount: true },
    _count: true,
    orderBy: { currency: 'asc' },
  });
  return {
    count: sums.reduce((count, line) => count + line._count, 0),
    totals: sums.map((line) => ({ currency: line.currency, minor: line._sum.amount ?? 0n })),
  };
}

async function attachmentsOf(db: Db | Tx, id: string): Promise<string[]> {
  const files = await db.attachment.findMany({
    where: { ownerType: 'unclaimed', ownerId: id },
    select: { id: true },
    orderBy: { id: 'asc' },
  });
  return files.map((file) => file.id);
}

async function withNames(db: Db | Tx, found: readonly Found[]): Promise<UnclaimedFacts[]> {
  const people = await findPeople(
    db,
    found.flatMap((row) => [
      row.recordedById,
      ...(row.withdrawnById === null ? [] : [row.withdrawnById]),
      ...row.receipts.map((claim) => claim.recordedById),
    ]),
  );
  const nameOf = (id: string) => people.get(id)?.name ?? '';
  return found.map(({ receipts: [claim], ...row }) => ({
    ...row,
    receivedOn: fromUtcDate(row.receivedOn),
    recorderName: nameOf(row.recordedById),
    withdrawnBy: row.withdrawnById === null ? null : nameOf(row.withdrawnById),
    attachmentIds: [],
    claim: claim
      ? {
          id: claim.id,
          number: claim.number,
          customerName: claim.customer.name,
          who: nameOf(claim.recordedById),
          status: claim.status,
        }
      : null,
  }));
}

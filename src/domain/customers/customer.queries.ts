// Reads customers: one with what its card shows, lists with search, choices for selects. Changes nothing; always within
// the reader's scope (rules §12).
import type { Ctx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Action, visibleOwners } from '../access.js';
import { DomainError } from '../errors.js';
import type { Money } from '../money.js';
import { PAGE_SIZE, wordsOf } from '../plans/instalment.queries.js';
import { type CustomerContact, customerContact, likePattern } from './customer.js';

export interface CustomerFilter {
  /** Every word must occur in name, short name or code (also pinyin and initials). */
  readonly words?: string | undefined;
  readonly ownerSlackId?: string | undefined;
  readonly sort?: 'newest' | 'name' | undefined;
}

export interface CustomerRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly ownerName: string;
  readonly contracts: number;
  /** Outstanding of open instalments, one entry a currency. */
  readonly open: readonly Money[];
}

export interface CustomerPage {
  readonly rows: readonly CustomerRow[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Name of the owner that the filter chose. */
  readonly filterNames: { readonly owner: string | null };
}

/** A customer as its card and its form show it. */
export interface CustomerDetails {
  readonly id: string;
  readonly code: string;
  readonly version: number;
  readonly name: string;
  readonly shortName: string | null;
  readonly type: string | null;
  readonly industry: string | null;
  readonly contacts: readonly CustomerContact[];
  readonly address: string | null;
  readonly taxTitle: string | null;
  readonly taxNo: string | null;
  readonly bank: string | null;
  readonly bankAccount: string | null;
  readonly remark: string | null;
  readonly owner: { readonly id: string; readonly name: string };
  /** How many contracts of it the reader may see. */
  readonly contracts: number;
  readonly open: readonly Money[];
  /** Approved money that belongs to no instalment (待核销预收), one entry a currency. */
  readonly unapplied: readonly Money[];
}

/** One page (20 rows) of what the reader may see, newest first; a page beyond the last is the last. */
export async function findCustomers(ctx: Ctx, filter: CustomerFilter = {}, page = 1): Promise<CustomerPage> {
  const where = whereOf(ctx, filter, 'record.see');
  const [counted] = await ctx.db.$queryRaw<{ total: number }[]>`
    SELECT COUNT(*)::int AS total FROM customer k JOIN app_user u ON u.id = k.owner_id WHERE ${where}`;
  const total = counted?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const number = Math.min(Math.max(1, page), pages);
  const order = filter.sort === 'name' ? Prisma.sql`k.name, k.id` : Prisma.sql`k.id DESC`;
  const rows = await ctx.db.$queryRaw<Omit<CustomerRow, 'open'>[]>`
    SELECT k.id::text, k.code, k.name, u.name AS "ownerName",
      (SELECT COUNT(*)::int FROM contract c
        WHERE c.customer_id = k.id AND c.deleted_at IS NULL AND ${ownersSql(ctx, 'c')}) AS contracts
    FROM customer k JOIN app_user u ON u.id = k.owner_id
    WHERE ${where} ORDER BY ${order} LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE}`;
  const open = await readOpen(
    ctx,
    rows.map((row) => row.id),
  );
  const owner =
    filter.ownerSlackId === undefined
      ? null
      : await ctx.db.user.findUnique({
          where: { slackUserId: filter.ownerSlackId },
          select: { name: true },
        });
  return {
    rows: rows.map((row) => ({ ...row, open: open.get(row.id) ?? [] })),
    total,
    page: number,
    pages,
    filterNames: { owner: owner?.name ?? null },
  };
}

/** At most 100 customers for a select, best known first: those of the reader's scope for this action. */
export async function findCustomerOptions(
  ctx: Ctx,
  words: string,
  action: Action = 'record.see',
): Promise<{ id: string; code: string; name: string }[]> {
  return ctx.db.$queryRaw`
    SELECT k.id::text, k.code, k.name FROM customer k JOIN app_user u ON u.id = k.owner_id
    WHERE ${whereOf(ctx, { words }, action)} ORDER BY k.updated_at DESC, k.id DESC LIMIT 100`;
}

/** The id of the customer with exactly this code or name, in the reader's scope. */
export async function findCustomerByRef(ctx: Ctx, ref: string): Promise<string | null> {
  const owners = visibleOwners(ctx.actor);
  const text = ref.normalize('NFKC').trim();
  const row = await ctx.db.customer.findFirst({
    where: {
      OR: [{ code: { equals: text, mode: 'insensitive' } }, { name: text }],
      deletedAt: null,
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: { id: true },
  });
  return row?.id ?? null;
}

/**
 * A customer in the reader's scope.
 * @throws DomainError not_found: it does not exist, or belongs to somebody outside the scope
 */
export async function loadCustomer(ctx: Ctx, id: string): Promise<CustomerDetails> {
  const owners = visibleOwners(ctx.actor);
  const row = await ctx.db.customer.findFirst({
    where: { id, deletedAt: null, ...(owners !== 'all' && { ownerId: { in: [...owners] } }) },
    include: { owner: true },
  });
  if (!row) throw new DomainError('not_found', { ref: '' });
  const [contracts, open, unapplied] = await Promise.all([
    ctx.db.contract.count({
      where: { customerId: id, deletedAt: null, ...(owners !== 'all' && { ownerId: { in: [...owners] } }) },
    }),
    readOpen(ctx, [id]),
    ctx.db.receipt.groupBy({
      by: ['currency'],
      where: { customerId: id, unapplied: { gt: 0n }, status: { in: ['approved', 'partly_reversed'] } },
      _sum: { unapplied: true },
      orderBy: { currency: 'asc' },
    }),
  ]);
  return {
    id: row.id,
    code: row.code,
    version: row.version,
    name: row.name,
    shortName: row.shortName,
    type: row.type,
    industry: row.industry,
    contacts: customerContact.array().parse(row.contacts),
    address: row.address,
    taxTitle: row.taxTitle,
    taxNo: row.taxNo,
    bank: row.bank,
    bankAccount: row.bankAccount,
    remark: row.remark,
    owner: { id: row.owner.id, name: row.owner.name },
    contracts,
    open: open.get(id) ?? [],
    unapplied: unapplied.map((line) => ({ minor: line._sum.unapplied ?? 0n, currency: line.currency })),
  };
}

/** Outstanding of open instalments of active contracts by customer and currency, as far as the reader may see. */
async function readOpen(ctx: Ctx, ids: readonly string[]): Promise<Map<string, Money[]>> {
  if (ids.length === 0) return new Map();
  const lines = await ctx.db.$queryRaw<{ id: string; currency: string; minor: bigint }[]>`
    SELECT i.customer_id::text AS id, i.currency, SUM(i.outstanding)::bigint AS minor
    FROM instalment i
    WHERE i.customer_id = ANY(${[...ids]}::uuid[]) AND i.lifecycle = 'open' AND i.outstanding > 0 AND ${ownersSql(ctx, 'i')}
    GROUP BY i.customer_id, i.currency ORDER BY i.currency`;
  const byCustomer = new Map<string, Money[]>();
  for (const { id, minor, currency } of lines) {
    byCustomer.set(id, [...(byCustomer.get(id) ?? []), { minor, currency }]);
  }
  return byCustomer;
}

function ownersSql(ctx: Ctx, alias: 'c' | 'i' | 'k', action: Action = 'record.see'): Prisma.Sql {
  const owners = visibleOwners(ctx.actor, action);
  if (owners === 'all') return Prisma.sql`TRUE`;
  return Prisma.sql`${Prisma.raw(alias)}.owner_id = ANY(${[...owners]}::uuid[])`;
}

function whereOf(ctx: Ctx, filter: CustomerFilter, action: Action): Prisma.Sql {
  const conditions = [
    Prisma.sql`k.deleted_at IS NULL`,
    ownersSql(ctx, 'k', action),
    filter.ownerSlackId && Prisma.sql`u.slack_user_id = ${filter.ownerSlackId}`,
    ...wordsOf(filter.words).map((word) => Prisma.sql`k.search_text LIKE ${likePattern(word)}`),
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.join(conditions, ' AND ');
}

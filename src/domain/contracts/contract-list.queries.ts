// Lists and searches contracts; always within the reader's scope (rules §12).
import type { Ctx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import type { LocalDate } from '../local-date.js';
import { PAGE_SIZE } from '../plans/instalment.queries.js';
import { likePattern, wordsOf } from '../search.js';
import type { ContractStatus } from './contract.js';

export type ContractSort = 'newest' | 'amount' | 'customer';

/** What a list is narrowed to; amounts in minor units of `currency`, both ends included. */
export interface ContractFilter {
  readonly customerId?: string | undefined;
  /** Every word must occur in number, name or customer (also pinyin and initials). */
  readonly words?: string | undefined;
  readonly states?: readonly ContractStatus[] | undefined;
  readonly ownerSlackId?: string | undefined;
  readonly currency?: string | undefined;
  readonly amountFrom?: bigint | undefined;
  readonly amountTo?: bigint | undefined;
  readonly signedFrom?: LocalDate | undefined;
  readonly signedTo?: LocalDate | undefined;
  readonly sort?: ContractSort | undefined;
}

export interface ContractRow {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly status: ContractStatus;
  readonly customerName: string;
  readonly ownerName: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly planned: bigint;
  readonly received: bigint;
}

export interface ContractPage {
  readonly rows: readonly ContractRow[];
  /** Of all pages. */
  readonly total: number;
  readonly page: number;
  readonly pages: number;
  /** Names of the customer and the owner that the filter chose. */
  readonly filterNames: { readonly customer: string | null; readonly owner: string | null };
}

/** One page (20 rows) of what the reader may see, newest first; a page beyond the last is the last. */
export async function findContracts(ctx: Ctx, filter: ContractFilter = {}, page = 1): Promise<ContractPage> {
  const where = whereOf(ctx, filter);
  const [counted] = await ctx.db.$queryRaw<{ total: number }[]>`
    SELECT COUNT(*)::int AS total ${FROM} WHERE ${where}`;
  const total = counted?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / PAGE_SIZE));
  const number = Math.min(Math.max(1, page), pages);
  // The page first, then its sums: sums of rows that are not shown cost a scan.
  const rows = await ctx.db.$queryRaw<ContractRow[]>`
    WITH page AS (
      SELECT c.id, c.number, c.name, c.status, k.name AS customer_name, u.name AS owner_name, c.amount, c.currency,
        row_number() OVER (ORDER BY ${ORDER[filter.sort ?? 'newest']}) AS place
      ${FROM} WHERE ${where} ORDER BY place LIMIT ${PAGE_SIZE} OFFSET ${(number - 1) * PAGE_SIZE})
    SELECT p.id::text, p.number, p.name, p.status::text, p.customer_name AS "customerName",
      p.owner_name AS "ownerName", p.amount, p.currency,
      (SELECT COALESCE(SUM(i.amount), 0)::bigint FROM instalment i
        WHERE i.contract_id = p.id AND i.lifecycle <> 'cancelled') AS planned,
      (SELECT COALESCE(SUM(a.amount), 0)::bigint FROM allocation a JOIN instalment i ON i.id = a.instalment_id
        WHERE i.contract_id = p.id AND a.status = 'effective') AS received
    FROM page p ORDER BY p.place`;
  return { rows, total, page: number, pages, filterNames: await readFilterNames(ctx, filter) };
}

async function readFilterNames(ctx: Ctx, filter: ContractFilter): Promise<ContractPage['filterNames']> {
  const owners = visibleOwners(ctx.actor);
  const customer =
    filter.customerId === undefined
      ? null
      : await ctx.db.customer.findFirst({
          where: { id: filter.customerId, ...(owners !== 'all' && { ownerId: { in: [...owners] } }) },
          select: { name: true },
        });
  const owner =
    filter.ownerSlackId === undefined
      ? null
      : await ctx.db.user.findUnique({
          where: { slackUserId: filter.ownerSlackId },
          select: { name: true },
        });
  return { customer: customer?.name ?? null, owner: owner?.name ?? null };
}

/** The id of the contract with exactly this number, in the reader's scope. */
export async function findContractByNumber(ctx: Ctx, number: string): Promise<string | null> {
  const owners = visibleOwners(ctx.actor);
  const row = await ctx.db.contract.findFirst({
    where: {
      number: { equals: number.normalize('NFKC').trim(), mode: 'insensitive' },
      deletedAt: null,
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: { id: true },
  });
  return row?.id ?? null;
}

const FROM = Prisma.sql`
  FROM contract c JOIN customer k ON k.id = c.customer_id JOIN app_user u ON u.id = c.owner_id`;

// The id last, so that pages never overlap.
const ORDER: Record<ContractSort, Prisma.Sql> = {
  newest: Prisma.sql`c.id DESC`,
  amount: Prisma.sql`c.amount DESC, c.id DESC`,
  customer: Prisma.sql`k.name, c.id DESC`,
};

function whereOf(ctx: Ctx, filter: ContractFilter): Prisma.Sql {
  const owners = visibleOwners(ctx.actor);
  const conditions = [
    Prisma.sql`c.deleted_at IS NULL`,
    owners !== 'all' && Prisma.sql`c.owner_id = ANY(${[...owners]}::uuid[])`,
    filter.customerId && Prisma.sql`c.customer_id = ${filter.customerId}::uuid`,
    filter.states && Prisma.sql`c.status::text = ANY(${[...filter.states]})`,
    filter.ownerSlackId && Prisma.sql`u.slack_user_id = ${filter.ownerSlackId}`,
    filter.currency && Prisma.sql`c.currency = ${filter.currency}`,
    filter.amountFrom !== undefined && Prisma.sql`c.amount >= ${filter.amountFrom}`,
    filter.amountTo !== undefined && Prisma.sql`c.amount <= ${filter.amountTo}`,
    filter.signedFrom && Prisma.sql`c.signed_on >= ${filter.signedFrom}::date`,
    filter.signedTo && Prisma.sql`c.signed_on <= ${filter.signedTo}::date`,
    ...wordsOf(filter.words).map((word) => {
      const pattern = likePattern(word);
      return Prisma.sql`(c.search_text LIKE ${pattern} OR k.search_text LIKE ${pattern})`;
    }),
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.join(conditions, ' AND ');
}

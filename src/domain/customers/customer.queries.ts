// Reads customers: one with what its card shows, lists with search, choices for selects. Changes nothing; always within
// the reader's scope (rules §12).
import type { Ctx, OuterReadCtx, ReadCtx } from '../../ctx.js';
import { queryQuick } from '../../db/quick-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Action, can, visibleOwners } from '../access.js';
import { DomainError } from '../errors.js';
import { listIds } from '../lists/all-ids.queries.js';
import { type Counted, countedOf } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { toActor } from '../members/member.queries.js';
import type { Money } from '../money.js';
import { bare } from '../numbering.js';
import { PAGE_SIZE } from '../page.js';
import type { CreditCheck } from './credit.js';
import { checkCredit } from './credit.queries.js';
import { findOpenProposal, type LimitProposalFacts } from './credit-event.queries.js';
import { type CustomerContact, type CustomerState, customerContact } from './customer.js';
import { type CustomerBalance, readBalance } from './customer-balance.queries.js';
import {
  CUSTOMER_ORDER,
  matchingCustomers,
  pageOfCustomers,
  pairSharesOf,
  seenCustomers,
} from './customer-search.queries.js';

export type CustomerFilter = ListFilter<'customer'>;

export interface CustomerRow {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly shortName: string | null;
  readonly taxNo: string | null;
  readonly status: CustomerState;
  readonly ownerName: string;
  readonly contracts: number;
  /** Outstanding of open instalments, one entry a currency. */
  readonly open: readonly Money[];
}

export interface CustomerPage extends Counted {
  readonly rows: readonly CustomerRow[];
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
  readonly defaultTermDays: number | null;
  readonly template: { readonly id: string; readonly code: string; readonly name: string } | null;
  readonly relatedPayers: readonly string[];
  readonly remark: string | null;
  readonly status: CustomerState;
  readonly owner: { readonly id: string; readonly name: string; readonly slackUserId: string };
  readonly files: readonly string[];
  /** How many contracts of it the reader may see. */
  readonly contracts: number;
  /** One entry a currency, of what the reader may see. */
  readonly balance: readonly CustomerBalance[];
  /** Its limit and what it is exposed to; null without a limit, or for whoever has no say in it. */
  readonly credit: CreditCheck | null;
  /** Another limit that waits for a decision, for whoever sees limits. */
  readonly proposal: LimitProposalFacts | null;
  /** Who has its prepayments applied by themselves, and whether they still may; null: by hand. */
  readonly autoApply: { readonly name: string; readonly works: boolean } | null;
}

/** Counting stops here: a list this long is searched, not turned page by page. */
export const COUNTED_TO = 1000;

/** One page (20 rows) of what the reader may see, newest first; a page beyond the last is the last. */
export async function findCustomers(
  ctx: OuterReadCtx,
  filter: CustomerFilter = {},
  page = 1,
): Promise<CustomerPage> {
  const search = await searchOf(ctx, filter);
  const shares = await pairSharesOf(ctx.db);
  // Looked for once: what is counted has the page in it.
  const [found] = await queryQuick<{ total: number; ids: string[] }>(
    ctx.db,
    pageOfCustomers({ ...search, limit: COUNTED_TO + 1 }, { number: page, size: PAGE_SIZE }, shares),
  );
  const { total, ids } = found ?? { total: 0, ids: [] };
  const rows = ids.length === 0 ? [] : await queryQuick<FoundRow>(ctx.db, rowsOf(ctx, ids));
  return { rows: rows.map(asRow), ...countedOf(total, COUNTED_TO, page, PAGE_SIZE) };
}

/** Ids of all that the reader may see, in the list's order; at most `limit`. */
export async function listAllCustomerIds(
  ctx: ReadCtx,
  filter: CustomerFilter,
  limit: number,
): Promise<string[]> {
  const search = await searchOf(ctx, filter);
  const shares = await pairSharesOf(ctx.db);
  return listIds(
    ctx.db,
    Prisma.sql`SELECT k.id FROM customer k WHERE k.id = ANY(ARRAY(${matchingCustomers({ ...search, limit }, shares)}))
      ORDER BY ${CUSTOMER_ORDER[search.order]}`,
  );
}

/** Rows by id in the order given, for callers that have checked the scope; sums as far as the reader may see. */
export async function loadCustomerRows(ctx: ReadCtx, ids: readonly string[]): Promise<CustomerRow[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db.$queryRaw<FoundRow[]>(rowsOf(ctx, ids));
  return rows.map(asRow);
}

type FoundRow = Omit<CustomerRow, 'open'> & {
  readonly open: readonly (readonly [currency: string, minor: string])[] | null;
};

const asRow = ({ open, ...row }: FoundRow): CustomerRow => ({
  ...row,
  open: (open ?? []).map(([currency, minor]) => ({ minor: BigInt(minor), currency })),
});

function rowsOf(ctx: ReadCtx, ids: readonly string[]): Prisma.Sql {
  // Sums as texts: numbers of JSON are not whole beyond 2^53.
  return Prisma.sql`
    SELECT k.id::text, k.code, k.name, k.short_name AS "shortName", k.tax_no AS "taxNo", k.status::text,
      u.name AS "ownerName",
      (SELECT COUNT(*)::int FROM contract c
        WHERE c.customer_id = k.id AND c.deleted_at IS NULL AND ${ownersSql(ctx, 'c')}) AS contracts,
      (SELECT json_agg(json_build_array(s.currency, s.minor) ORDER BY s.currency) FROM (
        SELECT i.currency, SUM(i.outstanding)::text AS minor FROM instalment i
        WHERE i.customer_id = k.id AND i.lifecycle = 'open' AND i.outstanding > 0 AND ${ownersSql(ctx, 'i')}
        GROUP BY i.currency) s) AS open
    FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS x(id, place) JOIN customer k ON k.id = x.id
    JOIN app_user u ON u.id = k.owner_id ORDER BY x.place`;
}

async function searchOf(ctx: ReadCtx, filter: CustomerFilter) {
  const { words, ownerId, states, type, industry, sort = 'newest', reversed } = filter;
  const visible = visibleOwners(ctx.actor);
  const owners =
    ownerId === undefined ? visible : visible === 'all' || visible.includes(ownerId) ? [ownerId] : [];
  const order = reversed ? (sort === 'name' ? 'nameReversed' : 'oldest') : sort;
  return { words, scope: await seenCustomers(ctx.db, owners), states, type, industry, order } as const;
}

/**
 * At most 100 customers for a select, those changed last first: those of the reader's scope for this action.
 * `activeOnly`: without frozen and closed ones, which get no new contract. `contractsToo`: also those of which the person
 * has a contract only, to narrow a list by.
 */
export async function findCustomerOptions(
  ctx: Ctx,
  words: string,
  action: Action = 'record.see',
  { activeOnly = false, contractsToo = false } = {},
): Promise<{ id: string; code: string; name: string }[]> {
  const scope = await seenCustomers(ctx.db, visibleOwners(ctx.actor, action), { contractsToo });
  const found = { words, scope, activeOnly, order: 'recent', limit: 100 } as const;
  const shares = await pairSharesOf(ctx.db);
  return queryQuick(
    ctx.db,
    Prisma.sql`SELECT k.id::text, k.code, k.name FROM customer k
      WHERE k.id = ANY(ARRAY(${matchingCustomers(found, shares)})) ORDER BY ${CUSTOMER_ORDER.recent}`,
  );
}

/**
 * The id of the customer with exactly this code or name, in the reader's scope; of a merged one, that which stayed. Without
 * one, of that whose code has no hyphens.
 */
export async function findCustomerByRef(ctx: Ctx, ref: string): Promise<string | null> {
  const text = ref.normalize('NFKC').trim();
  const [row] = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT k.id::text FROM customer k
    WHERE k.id IN (SELECT COALESCE(n.merged_into_id, n.id) FROM customer n
        WHERE lower(n.code) = ${text.toLowerCase()} OR (n.name = ${text} AND n.deleted_at IS NULL))
      AND k.deleted_at IS NULL AND ${ownersSql(ctx, 'k')}
    ORDER BY lower(k.code) <> ${text.toLowerCase()}, k.id LIMIT 1`;
  if (row) return row.id;
  // A code that came in with the customer may have no hyphens where the company's own have them.
  const spelled = bare(text);
  return spelled === text || spelled === '' ? null : findCustomerByRef(ctx, spelled);
}

/**
 * A customer in the reader's scope.
 * @throws DomainError not_found: it does not exist, or belongs to somebody outside the scope
 */
export async function loadCustomer(ctx: Ctx, id: string): Promise<CustomerDetails> {
  const owners = visibleOwners(ctx.actor);
  const row = await ctx.db.customer.findFirst({
    where: { id, deletedAt: null, ...(owners !== 'all' && { ownerId: { in: [...owners] } }) },
    include: { owner: true, defaultTemplate: true },
  });
  if (!row) throw new DomainError('not_found', { ref: '' });
  const seesCredit = can(ctx.actor, 'credit.see', row.ownerId);
  const [contracts, balance, files, credit, autoApply, proposal] = await Promise.all([
    ctx.db.contract.count({
      where: { customerId: id, deletedAt: null, ...(owners !== 'all' && { ownerId: { in: [...owners] } }) },
    }),
    readBalance(ctx, id),
    ctx.db.attachment.findMany({
      where: { ownerType: 'customer', ownerId: id },
      orderBy: { id: 'asc' },
      select: { name: true },
    }),
    row.creditLimit !== null && seesCredit ? checkCredit(ctx, id, null) : null,
    row.autoApplyById === null ? null : ctx.db.user.findUnique({ where: { id: row.autoApplyById } }),
    seesCredit ? findOpenProposal(ctx, id) : null,
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
    defaultTermDays: row.defaultTermDays,
    template: row.defaultTemplate,
    relatedPayers: row.relatedPayers,
    remark: row.remark,
    status: row.status,
    owner: { id: row.owner.id, name: row.owner.name, slackUserId: row.owner.slackUserId },
    files: files.map((file) => file.name),
    contracts,
    balance,
    credit,
    proposal,
    autoApply: autoApply && {
      name: autoApply.name,
      works: can(await toActor(ctx.db, autoApply), 'receipt.apply'),
    },
  };
}

/** Plan templates that a customer may have as its own; at most 100. */
export async function findTemplateChoices(ctx: Ctx): Promise<{ id: string; code: string; name: string }[]> {
  return ctx.db.planTemplate.findMany({
    where: { deletedAt: null },
    select: { id: true, code: true, name: true },
    orderBy: { code: 'asc' },
    take: 100,
  });
}

function ownersSql(ctx: ReadCtx, alias: 'c' | 'i' | 'k', action: Action = 'record.see'): Prisma.Sql {
  const owners = visibleOwners(ctx.actor, action);
  if (owners === 'all') return Prisma.sql`TRUE`;
  return Prisma.sql`${Prisma.raw(alias)}.owner_id = ANY(${[...owners]}::uuid[])`;
}

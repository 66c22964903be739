// Lists and searches contracts; always within the reader's scope (rules §12).
import type { Ctx, ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { listIds } from '../lists/all-ids.queries.js';
import { COUNTED_TO, type Counted, countedOf } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { contractHolds, findNamedContracts } from '../lists/words.queries.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { bare } from '../numbering.js';
import { PAGE_SIZE } from '../page.js';
import type { ContractStatus } from './contract.js';

export type ContractFilter = ListFilter<'contract'>;

export interface ContractRow {
  readonly id: string;
  readonly number: string;
  readonly name: string;
  readonly status: ContractStatus;
  readonly customerName: string;
  readonly customerCode: string;
  readonly ownerName: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly signedOn: LocalDate | null;
  readonly endsOn: LocalDate | null;
  readonly planned: bigint;
  readonly received: bigint;
}

export interface ContractPage extends Counted {
  readonly rows: readonly ContractRow[];
  /** Of all pages, one a currency; none where there are more than were counted. */
  readonly totals: readonly ContractTotal[];
}

/** Minor units. */
export interface ContractTotal {
  readonly currency: string;
  readonly count: number;
  /** Of contracts that are or were in force. */
  readonly amount: bigint;
  /** Of drafts, contracts in approval and rejected ones. */
  readonly inactive: bigint;
}

/** One page (20 rows) of what the reader may see, newest first; a page beyond the last is the last. */
export async function findContracts(
  ctx: ReadCtx,
  filter: ContractFilter = {},
  page = 1,
): Promise<ContractPage> {
  const { from, where, order, countTo, looked } = await chooseContracts(ctx, filter);
  const found = await ctx.db.$queryRaw<(ContractTotal & { ids: string[] })[]>`${PLANNED_ANEW}
    SELECT x.currency, COUNT(*)::int AS count,
      ${looked ? Prisma.sql`array_agg(x.id::text)` : Prisma.sql`'{}'::text[]`} AS ids,
      COALESCE(SUM(x.amount) FILTER (WHERE x.status IN ('active', 'completed', 'archived')), 0)::bigint AS amount,
      COALESCE(SUM(x.amount) FILTER (WHERE x.status IN ('draft', 'pending_approval', 'rejected')), 0)::bigint AS inactive
    FROM (SELECT c.id, c.currency, c.amount, c.status FROM ${from} WHERE ${where} LIMIT ${countTo + 1}) x
    GROUP BY x.currency ORDER BY x.currency`;
  const totals = found.map(({ currency, count, amount, inactive }) => ({
    currency,
    count,
    amount,
    inactive,
  }));
  const counted = countedOf(
    totals.reduce((sum, line) => sum + line.count, 0),
    countTo,
    page,
    PAGE_SIZE,
  );
  // Few rows that were looked for one by one are not looked for again.
  const which =
    looked && !counted.more ? Prisma.sql`c.id = ANY(${found.flatMap((line) => line.ids)}::uuid[])` : where;
  const ids = await ctx.db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT c.id::text FROM ${from} WHERE ${which} ORDER BY ${order}
    LIMIT ${PAGE_SIZE} OFFSET ${(counted.page - 1) * PAGE_SIZE}`;
  const rows = await loadContractRows(
    ctx,
    ids.map((row) => row.id),
  );
  return { rows, ...counted, totals: counted.more ? [] : totals };
}

/** Ids of all that the reader may see, in the list's order; at most `limit`. */
export async function listAllContractIds(
  ctx: ReadCtx,
  filter: ContractFilter,
  limit: number,
): Promise<string[]> {
  const { from, where, order } = await chooseContracts(ctx, filter);
  return listIds(
    ctx.db,
    Prisma.sql`SELECT c.id FROM ${from} WHERE ${where} ORDER BY ${order} LIMIT ${limit}`,
  );
}

/** Rows by id in the order given, for callers that have checked the scope: sums of rows not shown would cost a scan. */
export async function loadContractRows(
  ctx: Pick<ReadCtx, 'db'>,
  ids: readonly string[],
): Promise<ContractRow[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db.$queryRaw<(Omit<ContractRow, 'signedOn'> & { signedOn: Date | null })[]>`
    SELECT c.id::text, c.number, c.name, c.status::text, k.name AS "customerName", k.code AS "customerCode",
      u.name AS "ownerName", c.amount, c.currency, c.signed_on AS "signedOn",
      c.ends_on::text AS "endsOn",
      (SELECT COALESCE(SUM(i.amount), 0)::bigint FROM instalment i
        WHERE i.contract_id = c.id AND i.lifecycle <> 'cancelled') AS planned,
      (SELECT COALESCE(SUM(a.amount), 0)::bigint FROM allocation a JOIN instalment i ON i.id = a.instalment_id
        WHERE i.contract_id = c.id AND a.status = 'effective') AS received
    FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS x(id, place) JOIN contract c ON c.id = x.id
    JOIN customer k ON k.id = c.customer_id JOIN app_user u ON u.id = c.owner_id ORDER BY x.place`;
  return found.map((row) => ({ ...row, signedOn: row.signedOn && fromUtcDate(row.signedOn) }));
}

/** The id of the contract with this number, in the reader's scope; without one, of that whose number has no hyphens. */
export async function findContractByNumber(ctx: Ctx, number: string): Promise<string | null> {
  const owners = visibleOwners(ctx.actor);
  const exactly = number.normalize('NFKC').trim();
  const rows = await ctx.db.contract.findMany({
    where: {
      number: { in: [exactly, bare(exactly)], mode: 'insensitive' },
      deletedAt: null,
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: { id: true, number: true },
    take: 2,
  });
  const same = rows.find((row) => row.number.toLowerCase() === exactly.toLowerCase());
  return (same ?? rows[0])?.id ?? null;
}

/** Words that many contracts hold are compared with text, row by row. */
const COMPARED_TO = 1000;

/** Where the rows `c` come from, which, and in which order; as chooseRows of instalments. */
async function chooseContracts(ctx: ReadCtx, filter: ContractFilter) {
  const words = filter.words?.trim() ? filter.words : undefined;
  const named = words === undefined ? null : await findNamedContracts(ctx.db, words);
  const compares = words !== undefined && named === null;
  const few = named
    ? Prisma.sql`c.id = ANY(${[...named]}::uuid[])`
    : filter.customerId && Prisma.sql`c.customer_id = ${filter.customerId}::uuid`;
  const rows = few
    ? Prisma.sql`(SELECT c.* FROM contract c WHERE ${few} OFFSET 0) c`
    : Prisma.sql`contract c`;
  const joins = compares || filter.sort === 'customer';
  return {
    from: joins ? Prisma.sql`${rows} JOIN customer k ON k.id = c.customer_id` : rows,
    where: whereOf(ctx, filter, compares ? words : undefined),
    order: ORDER[filter.sort ?? 'newest'][filter.reversed ? 1 : 0],
    countTo: compares ? COMPARED_TO : COUNTED_TO,
    /** Row by row, in all of the list. */
    looked: compares,
  };
}

// Orders that indexes answer, also from behind; the id last, so that pages never overlap.
const ORDER: Record<NonNullable<ContractFilter['sort']>, readonly [Prisma.Sql, Prisma.Sql]> = {
  newest: [Prisma.sql`c.id DESC`, Prisma.sql`c.id`],
  amount: [Prisma.sql`c.amount DESC, c.id DESC`, Prisma.sql`c.amount, c.id`],
  customer: [Prisma.sql`k.name, k.id, c.id DESC`, Prisma.sql`k.name DESC, k.id DESC, c.id DESC`],
  date: [Prisma.sql`c.signed_on DESC NULLS LAST, c.id DESC`, Prisma.sql`c.signed_on ASC NULLS FIRST, c.id`],
  end: [Prisma.sql`c.ends_on, c.id`, Prisma.sql`c.ends_on DESC NULLS FIRST, c.id DESC`],
};

/** Whose rows: the reader's scope, and within it whom the filter names. */
function ownersOf({ actor }: ReadCtx, { ownerId }: ContractFilter): 'all' | readonly string[] {
  const visible = visibleOwners(actor);
  if (ownerId === undefined) return visible;
  return visible === 'all' || visible.includes(ownerId) ? [ownerId] : [];
}

function whereOf(ctx: ReadCtx, filter: ContractFilter, compared: string | undefined): Prisma.Sql {
  const owners = ownersOf(ctx, filter);
  const conditions = [
    Prisma.sql`c.deleted_at IS NULL`,
    owners !== 'all' && Prisma.sql`c.owner_id = ANY(${[...owners]}::uuid[])`,
    compared !== undefined && contractHolds(compared),
    filter.customerId && Prisma.sql`c.customer_id = ${filter.customerId}::uuid`,
    filter.financeOwnerId && Prisma.sql`c.finance_owner_id = ${filter.financeOwnerId}::uuid`,
    filter.parentContractId && Prisma.sql`c.parent_contract_id = ${filter.parentContractId}::uuid`,
    filter.type !== undefined && Prisma.sql`c.type = ${filter.type}`,
    filter.states && Prisma.sql`c.status = ANY(${[...filter.states]}::"ContractStatus"[])`,
    filter.currency && Prisma.sql`c.currency = ${filter.currency}`,
    filter.amountFrom !== undefined && Prisma.sql`c.amount >= ${filter.amountFrom}`,
    filter.amountTo !== undefined && Prisma.sql`c.amount <= ${filter.amountTo}`,
    filter.from && Prisma.sql`c.signed_on >= ${filter.from}::date`,
    filter.to && Prisma.sql`c.signed_on <= ${filter.to}::date`,
    filter.endFrom && Prisma.sql`c.ends_on >= ${filter.endFrom}::date`,
    filter.endTo && Prisma.sql`c.ends_on <= ${filter.endTo}::date`,
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.join(conditions, ' AND ');
}

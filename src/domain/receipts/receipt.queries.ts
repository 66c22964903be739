// Reads receipts: lists, and one with everything its card and window show. Changes nothing. A receipt is seen by who
// recorded it and by who sees its customer or an instalment that it pays (rules §12).
import type { ReadCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { isAskedAbout } from '../approvals/waiting-list.queries.js';
import { listIds } from '../lists/all-ids.queries.js';
import { type Counted, countedOf } from '../lists/counted.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { PAGE_SIZE } from '../page.js';
import type { ReceiptStatus } from './receipt.js';
import { chooseReceipts, type ReceiptFilter, type ReceiptSource, SIZES } from './receipt-search.queries.js';

/** A receipt as lists show it; amounts in minor units of `currency`. */
export interface ReceiptRowData {
  readonly id: string;
  readonly number: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly customerCode: string;
  readonly amount: bigint;
  readonly currency: string;
  /** Money that belongs to no instalment yet. */
  readonly unapplied: bigint;
  readonly method: string;
  readonly receivedOn: LocalDate;
  readonly status: ReceiptStatus;
  readonly payerName: string | null;
  readonly bankSlipNo: string | null;
  readonly bankTxnId: string | null;
  /** What came in, where that is another currency. */
  readonly originalAmount: bigint | null;
  readonly originalCurrency: string | null;
  readonly rate: string | null;
  readonly billNo: string | null;
  readonly billDueOn: LocalDate | null;
  readonly recordedById: string;
  readonly recorderName: string | null;
}

export interface ReceiptPage extends Counted {
  readonly rows: readonly ReceiptRowData[];
  /** Of all pages, one a currency: currencies are never added. None where there are more than were counted. */
  readonly totals: readonly ReceiptTotal[];
}

/** Minor units. */
export interface ReceiptTotal {
  readonly currency: string;
  readonly count: number;
  /** What was approved, less what was reversed or refunded of it: neither rejected nor waiting. */
  readonly received: bigint;
  /** In approval. */
  readonly waiting: bigint;
  readonly unapplied: bigint;
}

/** One page of what the reader may see; a page beyond the last is the last. */
export async function findReceipts(
  ctx: ReadCtx,
  filter: ReceiptFilter = {},
  page: { number: number; size?: number } = { number: 1 },
  sizes: typeof SIZES = SIZES,
): Promise<ReceiptPage> {
  const source = await chooseReceipts(ctx, filter, sizes);
  const size = page.size ?? PAGE_SIZE;
  const { ids, totals, ...counted } = source.collected
    ? await collectPage(ctx, source, page.number, size)
    : await walkToPage(ctx, source, page.number, size);
  return { rows: await loadReceiptRows(ctx, ids), ...counted, totals: counted.more ? [] : totals };
}

type PageIds = Counted & { readonly ids: readonly string[]; readonly totals: readonly ReceiptTotal[] };

const SUMS = Prisma.sql`x.currency, COUNT(*)::int AS count,
  COALESCE(SUM(x.amount - COALESCE(back.taken, 0))
    FILTER (WHERE x.status IN ('approved', 'partly_reversed', 'reversed')), 0)::bigint AS received,
  COALESCE(SUM(x.amount) FILTER (WHERE x.status = 'submitted'), 0)::bigint AS waiting,
  SUM(x.unapplied)::bigint AS unapplied`;
// Few of many: found once, not asked for with each receipt.
const TAKEN_BACK = Prisma.sql`LEFT JOIN (SELECT m.reverses_id AS id, SUM(m.amount) AS taken FROM receipt m
  WHERE m.reverses_id IS NOT NULL AND m.status = 'approved' GROUP BY 1) back ON back.id = x.id`;
const SUMMED = Prisma.sql`r.id, r.currency, r.amount, r.unapplied, r.status`;
const countOf = (totals: readonly ReceiptTotal[]) => totals.reduce((sum, line) => sum + line.count, 0);

/** Of thousands of rows: they are read once, for the sums and the page. */
async function collectPage(
  ctx: ReadCtx,
  source: ReceiptSource,
  asked: number,
  size: number,
): Promise<PageIds> {
  const { counted, order, countTo } = source;
  const joined = Prisma.sql`rows r JOIN customer k ON k.id = r.customer_id`;
  const lines = await ctx.db.$queryRaw<(ReceiptTotal & { ids: string[] })[]>`${PLANNED_ANEW}
    WITH rows AS MATERIALIZED (SELECT ${SUMMED}, r.received_on, r.customer_id FROM ${counted} WHERE ${await source.where()}),
      last AS (SELECT CEIL(LEAST(COUNT(*), ${countTo}) / ${size}::numeric) AS page FROM rows)
    SELECT ${SUMS}, ARRAY(SELECT r.id::text FROM ${source.byCustomer ? joined : Prisma.sql`rows r`} ORDER BY ${order}
      LIMIT ${size} OFFSET (SELECT GREATEST(LEAST(${asked}::int, l.page) - 1, 0) * ${size} FROM last l)) AS ids
    FROM rows x ${TAKEN_BACK} GROUP BY x.currency ORDER BY x.currency`;
  const totals = lines.map(
    ({ currency, count, received, waiting, unapplied }): ReceiptTotal => ({
      currency,
      count,
      received,
      waiting,
      unapplied,
    }),
  );
  return { ids: lines[0]?.ids ?? [], totals, ...countedOf(countOf(totals), countTo, asked, size) };
}

/** So deep a page is met by asking each row that does not say itself whose it is. */
const ASKED_TO = PAGE_SIZE * 2;

/** Of any number: counted as far as lists are, and walked in their order. */
async function walkToPage(
  ctx: ReadCtx,
  source: ReceiptSource,
  asked: number,
  size: number,
): Promise<PageIds> {
  const { from, order, countTo, walked } = source;
  const sum = (where: Prisma.Sql) => ctx.db.$queryRaw<ReceiptTotal[]>`${PLANNED_ANEW}
    SELECT ${SUMS} FROM (SELECT ${SUMMED} FROM ${source.counted} WHERE ${where} LIMIT ${countTo + 1}) x ${TAKEN_BACK}
    GROUP BY x.currency ORDER BY x.currency`;
  const most = walked && (await sum(walked.most));
  // More than are counted are more, whatever else there is.
  const enough = most !== null && countOf(most) > countTo;
  const where = enough && asked * size <= ASKED_TO ? walked?.each : undefined;
  const all = where ?? (await source.where());
  const totals = enough ? most : await sum(all);
  const counted = countedOf(countOf(totals), countTo, asked, size);
  const ids = await ctx.db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT r.id::text FROM ${from} WHERE ${all} ORDER BY ${order} LIMIT ${size} OFFSET ${(counted.page - 1) * size}`;
  return { ids: ids.map((row) => row.id), totals, ...counted };
}

/** Ids of all that the reader may see, in the list's order; at most `limit`. */
export async function listAllReceiptIds(
  ctx: ReadCtx,
  filter: ReceiptFilter,
  limit: number,
): Promise<string[]> {
  const { from, where, order } = await chooseReceipts(ctx, filter);
  return listIds(
    ctx.db,
    Prisma.sql`SELECT r.id FROM ${from} WHERE ${await where()} ORDER BY ${order} LIMIT ${limit}`,
  );
}

/** Rows by id in the order given, for callers that have checked the scope. */
export async function loadReceiptRows(
  ctx: Pick<ReadCtx, 'db'>,
  ids: readonly string[],
): Promise<ReceiptRowData[]> {
  if (ids.length === 0) return [];
  const found = await ctx.db.$queryRaw<
    (Omit<ReceiptRowData, 'receivedOn' | 'billDueOn'> & { receivedOn: Date; billDueOn: Date | null })[]
  >`
    SELECT r.id::text, r.number, r.customer_id::text AS "customerId", k.name AS "customerName", k.code AS "customerCode",
      r.amount, r.currency, r.unapplied, r.method, r.received_on AS "receivedOn", r.status::text,
      r.payer_name AS "payerName", r.bank_slip_no AS "bankSlipNo", r.bank_txn_id AS "bankTxnId",
      r.original_amount AS "originalAmount", r.original_currency AS "originalCurrency", r.rate, r.bill_no AS "billNo",
      r.bill_due_on AS "billDueOn", r.recorded_by::text AS "recordedById",
      u.name AS "recorderName"
    FROM unnest(${[...ids]}::uuid[]) WITH ORDINALITY AS x(id, place) JOIN receipt r ON r.id = x.id
    JOIN customer k ON k.id = r.customer_id LEFT JOIN app_user u ON u.id = r.recorded_by ORDER BY x.place`;
  return found.map((row) => ({
    ...row,
    receivedOn: fromUtcDate(row.receivedOn),
    billDueOn: row.billDueOn && fromUtcDate(row.billDueOn),
  }));
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

/**
 * Id of a receipt of the reader's scope, or that they are asked about, by its id or number; of a reversal the reversed one's;
 * null if there is none.
 */
export async function findReceiptId(
  ctx: ReadCtx,
  ref: { id: string } | { number: string },
): Promise<string | null> {
  const found = await ctx.db.receipt.findFirst({
    where: { OR: [{ AND: [visibleReceipts(ctx), ref] }, { AND: [{ reverses: visibleReceipts(ctx) }, ref] }] },
    select: { id: true, reversesId: true },
  });
  if (found) return found.reversesId ?? found.id;
  const [any] = await ctx.db.receipt.findMany({ where: ref, select: { id: true, reversesId: true } });
  const id = any && (any.reversesId ?? any.id);
  return id !== undefined && (await isAskedAbout(ctx, 'receipt', id)) ? id : null;
}

/**
 * Share that is received of the contract that a receipt pays, in whole percent rounded down: 100 only when all is in. Null
 * where it pays none or several.
 */
export async function receivedPercent(db: Db | Tx, receiptId: string): Promise<number | null> {
  const paid = await db.$queryRaw<{ percent: number }[]>`
    SELECT div(COALESCE((SELECT SUM(x.amount) FROM allocation x JOIN instalment j ON j.id = x.instalment_id
      WHERE j.contract_id = c.id AND x.status = 'effective'), 0) * 100, c.amount)::int AS percent
    FROM contract c WHERE c.id IN (
      SELECT i.contract_id FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE a.receipt_id = ${receiptId}::uuid AND a.status = 'effective'
      UNION SELECT r.contract_id FROM receipt r WHERE r.id = ${receiptId}::uuid)`;
  const [one, ...others] = paid;
  return one && others.length === 0 ? one.percent : null;
}

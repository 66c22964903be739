// Receipt detail (收款明细, F89): booked money of a period with what became of it, the newest first.
import type { ReadCtx } from '../../ctx.js';
import { queryPacked } from '../../db/packed-rows.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type LocalDate, localDate } from '../local-date.js';
import { scopeOf } from '../receipts/receipt-search.queries.js';
import type { ReportQuery } from './report.js';
import { countedAt, moneyWithin } from './standing.queries.js';

/** Minor units, at the end of the period. */
export interface DetailSums {
  readonly amount: bigint;
  /** Reversed or refunded. */
  readonly takenBack: bigint;
  readonly applied: bigint;
  /** Belongs to no instalment: as the receipt keeps it, or what was left of it then. */
  readonly credit: bigint;
}
export interface DetailRow extends DetailSums {
  readonly id: string;
  readonly number: string;
  readonly receivedOn: LocalDate;
  readonly customerName: string;
  readonly contractNumber: string | null;
  readonly method: string;
}
export interface ReceiptDetail {
  readonly rows: readonly DetailRow[];
  readonly count: number;
  readonly total: DetailSums;
}

const paysContract = (
  contractId: string,
): Prisma.Sql => Prisma.sql`(r.contract_id = ${contractId}::uuid OR r.id IN (
  SELECT a.receipt_id FROM instalment i JOIN allocation a ON a.instalment_id = i.id AND a.status = 'effective'
  WHERE i.contract_id = ${contractId}::uuid))`;

/** At most `limit` rows, and the sums of all. */
export async function readReceiptDetail(
  ctx: ReadCtx,
  query: ReportQuery,
  limit: number,
): Promise<ReceiptDetail> {
  const money = await moneySql(ctx, query);
  const sums = await sumsOf(ctx, money);
  const rows = await queryWide<RawRow>(ctx.db, rowsSql(money, limit));
  return { ...sums, rows: rows.map(rowOf) };
}

/** The same with very many rows: these some at a time, and the report without them. */
export async function readLongDetail(
  ctx: ReadCtx,
  query: ReportQuery,
  limit: number,
): Promise<{ rest: ReceiptDetail; parts: () => Iterable<DetailRow[]> }> {
  const money = await moneySql(ctx, query);
  const { count, total } = await sumsOf(ctx, money);
  const rows = await queryPacked(ctx.db, rowsSql(money, limit), COLUMNS);
  const parts = function* () {
    for (const piece of rows.inPieces()) yield piece.map(rowOf);
  };
  // What is not among the rows is counted without them.
  return { rest: { rows: [], count: Math.max(0, count - limit), total }, parts };
}

const SUMS = ['amount', 'takenBack', 'applied', 'credit'] as const;
const COLUMNS = {
  texts: ['id', 'number', 'receivedOn', 'customerName', 'contractNumber', 'method'],
  numbers: SUMS,
} as const;
type RawRow = { readonly [K in (typeof COLUMNS.texts)[number]]: string | null } & DetailSums;

const rowOf = (row: RawRow): DetailRow => ({
  id: row.id ?? '',
  number: row.number ?? '',
  receivedOn: localDate(row.receivedOn ?? ''),
  customerName: row.customerName ?? '',
  contractNumber: row.contractNumber,
  method: row.method ?? '',
  amount: row.amount,
  takenBack: row.takenBack,
  applied: row.applied,
  credit: row.credit,
});

/** Table expression of the money with what became of it until the end of the period. */
async function moneySql(ctx: ReadCtx, query: ReportQuery): Promise<Prisma.Sql> {
  const { from, to, method, contractId } = query;
  const { holds } = await scopeOf(ctx);
  const narrowed = Prisma.join(
    [
      // Of a contract is what was recorded on it, and what pays it.
      moneyWithin({ ...query, contractId: undefined }, Prisma.sql`r.contract_id`),
      ...(contractId === undefined ? [] : [paysContract(contractId)]),
      ...(method === undefined ? [] : [Prisma.sql`r.method = ${method}`]),
    ],
    ' AND ',
  );
  return Prisma.sql`(
    SELECT r.id, r.number, r.received_on, r.customer_id, r.contract_id, r.method, r.amount,
      CASE WHEN r.moved_on IS NULL OR r.moved_on <= ${to}::date THEN r.unapplied END AS kept,
      COALESCE(back.taken, 0) AS taken,
      COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.receipt_id = r.id AND ${countedAt(to)}), 0) AS applied
    FROM receipt r LEFT JOIN (
      -- Few of many: found once, not asked for with each receipt.
      SELECT m.reverses_id AS id, SUM(m.amount) AS taken FROM receipt m
      WHERE m.reverses_id IS NOT NULL AND m.status = 'approved' AND m.received_on <= ${to}::date GROUP BY 1) back ON back.id = r.id
    WHERE r.received_on BETWEEN ${from}::date AND ${to}::date AND ${narrowed}
      AND r.status IN ('approved', 'partly_reversed', 'reversed') AND r.kind NOT IN ('refund', 'reversal') AND ${holds})`;
}

const CREDIT = Prisma.raw('COALESCE(x.kept, x.amount - x.taken - x.applied)');

async function sumsOf({ db }: ReadCtx, money: Prisma.Sql): Promise<Omit<ReceiptDetail, 'rows'>> {
  const [sums] = await queryWide<DetailSums & { count: number }>(
    db,
    Prisma.sql`${PLANNED_ANEW}
    SELECT COUNT(*)::int AS count, COALESCE(SUM(x.amount), 0)::bigint AS amount, COALESCE(SUM(x.taken), 0)::bigint AS "takenBack",
      COALESCE(SUM(x.applied), 0)::bigint AS applied, COALESCE(SUM(${CREDIT}), 0)::bigint AS credit
    FROM ${money} x`,
  );
  const { count, ...total } = sums ?? { count: 0, amount: 0n, takenBack: 0n, applied: 0n, credit: 0n };
  return { count, total };
}

/** The newest first. */
const rowsSql = (money: Prisma.Sql, limit: number): Prisma.Sql => Prisma.sql`${PLANNED_ANEW}
    SELECT x.id::text, x.number, x.received_on::text AS "receivedOn", k.name AS "customerName", c.number AS "contractNumber",
      x.method, x.amount, x.taken::bigint AS "takenBack", x.applied::bigint, (${CREDIT})::bigint AS credit
    FROM (SELECT * FROM ${money} y ORDER BY y.received_on DESC, y.id DESC LIMIT ${limit}) x
    JOIN customer k ON k.id = x.customer_id LEFT JOIN contract c ON c.id = x.contract_id
    ORDER BY x.received_on DESC, x.id DESC`;

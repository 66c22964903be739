// Receipt detail (收款明细, F89): booked money of a period with what became of it, the newest first.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
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
  const money = Prisma.sql`(
    SELECT r.id, r.number, r.received_on, r.customer_id, r.contract_id, r.method, r.amount,
      CASE WHEN r.moved_on IS NULL OR r.moved_on <= ${to}::date THEN r.unapplied END AS kept,
      COALESCE((SELECT SUM(m.amount) FROM receipt m
        WHERE m.reverses_id = r.id AND m.status = 'approved' AND m.received_on <= ${to}::date), 0) AS taken,
      COALESCE((SELECT SUM(a.amount) FROM allocation a WHERE a.receipt_id = r.id AND ${countedAt(to)}), 0) AS applied
    FROM receipt r
    WHERE r.received_on BETWEEN ${from}::date AND ${to}::date AND ${narrowed}
      AND r.status IN ('approved', 'partly_reversed', 'reversed') AND r.kind NOT IN ('refund', 'reversal') AND ${holds})`;
  const credit = Prisma.sql`COALESCE(x.kept, x.amount - x.taken - x.applied)`;
  const [sums] = await queryWide<DetailSums & { count: number }>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
    SELECT COUNT(*)::int AS count, COALESCE(SUM(x.amount), 0)::bigint AS amount, COALESCE(SUM(x.taken), 0)::bigint AS "takenBack",
      COALESCE(SUM(x.applied), 0)::bigint AS applied, COALESCE(SUM(${credit}), 0)::bigint AS credit
    FROM ${money} x`,
  );
  const rows = await ctx.db.$queryRaw<
    (Omit<DetailRow, 'receivedOn'> & { receivedOn: Date })[]
  >`${PLANNED_ANEW}
    SELECT x.id::text, x.number, x.received_on AS "receivedOn", k.name AS "customerName", c.number AS "contractNumber",
      x.method, x.amount, x.taken::bigint AS "takenBack", x.applied::bigint, (${credit})::bigint AS credit
    FROM (SELECT * FROM ${money} y ORDER BY y.received_on DESC, y.id DESC LIMIT ${limit}) x
    JOIN customer k ON k.id = x.customer_id LEFT JOIN contract c ON c.id = x.contract_id
    ORDER BY x.received_on DESC, x.id DESC`;
  const { count, ...total } = sums ?? { count: 0, amount: 0n, takenBack: 0n, applied: 0n, credit: 0n };
  return { rows: rows.map((row) => ({ ...row, receivedOn: fromUtcDate(row.receivedOn) })), count, total };
}

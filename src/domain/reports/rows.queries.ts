// The instalments behind a total of a report: of a bucket, of a group, of what fell due. They add up to that total.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { PAGE_SIZE, pageOf } from '../page.js';
import { ANY_PART } from '../plans/instalment-search.queries.js';
import { dueColumn, inBucket } from './aging.queries.js';
import { findGroupName, isOfGroup, STANDING_KEYS } from './groups.queries.js';
import { BUCKETS, type ReportPart, type ReportQuery } from './report.js';
import {
  IN_FORCE,
  moneyIsAsNow,
  moneyIsToCome,
  paidOf,
  rowsInScope,
  standingSql,
} from './standing.queries.js';

/** A row as it was on the report's day. */
export interface ReportRow {
  readonly id: string;
  readonly customerName: string;
  readonly contractNumber: string;
  readonly seq: number;
  readonly name: string;
  /** What it counts with in the total. */
  readonly amount: bigint;
  /** By the report's basis; null: undated. */
  readonly due: LocalDate | null;
  readonly ownerName: string;
}
export interface ReportRows {
  readonly rows: readonly ReportRow[];
  readonly total: number;
  readonly amount: bigint;
  /** Of the group looked into; '' where none is, or where it belongs to none. */
  readonly groupName: string;
  readonly page: number;
  readonly pages: number;
}

/** What holds of a row `s` as it is now, whatever day is asked: as the measures count it. */
const NOW: { readonly [P in ReportPart['o']]?: (ctx: ReadCtx, zone: string) => Prisma.Sql } = {
  disputed: () =>
    Prisma.sql`s.id IN (SELECT n.id FROM instalment n WHERE n.lifecycle = 'open' AND n.disputed)`,
  broken: () =>
    Prisma.sql`s.id IN (SELECT n.id FROM instalment n WHERE n.lifecycle = 'open' AND n.broken_on IS NOT NULL)`,
  silent: ({ today }, zone) => Prisma.sql`s.effective_due < ${today}::date AND NOT EXISTS (
    SELECT 1 FROM follow_up f WHERE f.instalment_id = s.id
      AND f.created_at >= (${today}::date - 7)::timestamp AT TIME ZONE ${zone})`,
};

/** A table expression as standingSql's, of what fell due from one day to another: whole, or what of it is not in. */
function fallenSql(ctx: ReadCtx, query: ReportQuery, part: ReportPart): Prisma.Sql {
  const { f = query.from, t = query.to } = part;
  const day = Prisma.sql`${query.to}::date`;
  // As the measures have it: by its days a row says itself what is paid of it, unless its money is parted.
  const paid = Prisma.sql`CASE WHEN ${moneyIsToCome(day)} THEN 0
    WHEN ${moneyIsAsNow(day)} THEN i.amount - i.outstanding - COALESCE(w.adjusted, 0)
    ELSE (SELECT p.paid FROM ${paidOf(day)} p) END`;
  return Prisma.sql`(
    SELECT * FROM (
      SELECT i.id, i.contract_id, i.customer_id, i.owner_id, i.effective_due, COALESCE(i.original_due_on, i.due_on) AS original_due,
        (i.amount - ${part.o === 'missing' ? paid : Prisma.sql`0`})::bigint AS outstanding
      FROM instalment i LEFT JOIN (
        SELECT d.instalment_id, SUM(d.amount)::bigint AS adjusted FROM adjustment d WHERE d.effective_on <= ${day} GROUP BY 1) w
        ON w.instalment_id = i.id
      WHERE ${ANY_PART} AND i.lifecycle IN ${IN_FORCE}
        AND i.effective_due BETWEEN ${f}::date AND ${t}::date AND ${rowsInScope(ctx, query)}) x
    WHERE x.outstanding <> 0)`;
}

/** The table expression `s` of a part, and what must hold of its rows. */
function rowsOf(ctx: ReadCtx, query: ReportQuery, part: ReportPart, zone: string) {
  if (part.o === 'due' || part.o === 'missing') return { from: fallenSql(ctx, query, part), holds: [] };
  const due = dueColumn(query.due);
  const now = NOW[part.o]?.(ctx, zone);
  if (now) return { from: standingSql(ctx, { ...query, to: ctx.today }, 'by_due'), holds: [now] };
  const bucket = BUCKETS.find((one) => one === part.o);
  const holds = [
    ...(bucket === undefined ? [] : [inBucket(bucket, query.due, query.to)]),
    ...(part.o === 'overdue' ? [Prisma.sql`s.effective_due < ${query.to}::date`] : []),
    ...(part.o === 'retention' ? [Prisma.sql`s.is_retention`] : []),
    ...(part.f === undefined ? [] : [Prisma.sql`${due} >= ${part.f}::date`]),
    ...(part.t === undefined ? [] : [Prisma.sql`${due} <= ${part.t}::date`]),
  ];
  return { from: standingSql(ctx, query, 'by_due'), holds };
}

/** One page (20) of the rows, the oldest first. `zone`: in which a moment is a day. */
export async function findReportRows(
  ctx: ReadCtx,
  query: ReportQuery,
  part: ReportPart,
  page: { number: number; size?: number; zone: string },
): Promise<ReportRows> {
  const { join } = STANDING_KEYS[query.by];
  const due = dueColumn(query.due);
  const { from: set, holds } = rowsOf(ctx, query, part, page.zone);
  const from = Prisma.sql`${set} s ${join}`;
  const where = Prisma.join(
    [Prisma.sql`TRUE`, ...holds, ...(part.k === undefined ? [] : [isOfGroup(query.by, part.k)])],
    ' AND ',
  );
  const [sums] = await queryWide<{ total: number; amount: bigint }>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
    SELECT COUNT(*)::int AS total, COALESCE(SUM(s.outstanding), 0)::bigint AS amount FROM ${from} WHERE ${where}`,
  );
  const { total = 0, amount = 0n } = sums ?? {};
  const size = page.size ?? PAGE_SIZE;
  const { page: number, pages } = pageOf(total, page.number, size);
  // A group without rows is not named: it may be somebody else's.
  const groupName = part.k === undefined || total === 0 ? '' : await findGroupName(ctx, query.by, part.k);
  const rows = await queryWide<Omit<ReportRow, 'due'> & { due: Date | null }>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
    SELECT x.id::text, k.name AS "customerName", c.number AS "contractNumber", i.seq, i.name, x.amount, x.due,
      u.name AS "ownerName"
    FROM (SELECT s.id, s.outstanding AS amount, s.owner_id, ${due} AS due FROM ${from} WHERE ${where}
      ORDER BY ${due}, s.outstanding DESC, s.id LIMIT ${size} OFFSET ${(number - 1) * size}) x
    JOIN instalment i ON i.id = x.id JOIN contract c ON c.id = i.contract_id
    JOIN customer k ON k.id = i.customer_id JOIN app_user u ON u.id = x.owner_id
    ORDER BY x.due, x.amount DESC, x.id`,
  );
  return {
    rows: rows.map((row) => ({ ...row, due: row.due === null ? null : fromUtcDate(row.due) })),
    total,
    amount,
    groupName,
    page: number,
    pages,
  };
}

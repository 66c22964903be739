// Whether the books add up: what reports are read from, held against the facts that it is kept from (rules §4 no. 1, 2, 4;
// §9). Of the whole company; reads only.
import type { SystemCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { readAging } from './aging.queries.js';
import type { Difference } from './books.js';
import { readerForCompany } from './company-reader.js';
import { defaultQuery } from './report.js';

/** Nothing is what should be found. */
export async function findDifferences(ctx: SystemCtx): Promise<Difference[]> {
  const aging: Difference[] = [];
  for (const currency of ctx.company.settings.currencies)
    aging.push(...(await agingDifference(ctx, currency)));
  return [
    ...aging,
    ...(await openDifferences(ctx)),
    ...(await unappliedDifferences(ctx)),
    ...(await dayDifferences(ctx)),
  ];
}

/** Σ buckets against what is open. */
async function agingDifference(ctx: SystemCtx, currency: string): Promise<Difference[]> {
  const { db, today, company } = ctx;
  const reader = { db, today, actor: readerForCompany(company) };
  const query = { ...defaultQuery('aging', today, currency), by: 'type' } as const;
  const { difference, total } = await readAging(reader, query, 1);
  return difference === 0n ? [] : [{ check: 'aging', currency, count: total.count, amount: difference }];
}

/** What is kept as open against the amount less what counts as paid and what was written off. */
function openDifferences({ db }: SystemCtx): Promise<Difference[]> {
  return db.$queryRaw`${PLANNED_ANEW}
    SELECT 'instalments' AS check, i.currency, COUNT(*)::int AS count,
      SUM(abs(i.outstanding - CASE WHEN i.lifecycle = 'cancelled' THEN 0 ELSE i.amount - COALESCE(m.moved, 0) END))::bigint AS amount
    FROM instalment i LEFT JOIN (
      SELECT x.instalment_id, SUM(x.amount) AS moved FROM (
        SELECT a.instalment_id, a.amount FROM allocation a WHERE a.status = 'effective'
        UNION ALL SELECT d.instalment_id, d.amount FROM adjustment d WHERE d.status = 'approved') x
      GROUP BY x.instalment_id) m ON m.instalment_id = i.id
    WHERE i.outstanding <> CASE WHEN i.lifecycle = 'cancelled' THEN 0 ELSE i.amount - COALESCE(m.moved, 0) END
    GROUP BY i.currency ORDER BY i.currency`;
}

/** What is kept as unapplied against the money less what was applied and taken back. */
function unappliedDifferences({ db }: SystemCtx): Promise<Difference[]> {
  return db.$queryRaw`${PLANNED_ANEW}
    SELECT 'receipts' AS check, x.currency, COUNT(*)::int AS count, SUM(abs(x.unapplied - x.expected))::bigint AS amount
    FROM (
      SELECT r.currency, r.unapplied, CASE WHEN r.reverses_id IS NULL AND r.status IN ('approved', 'partly_reversed', 'reversed')
        THEN r.amount - COALESCE(a.applied, 0) - COALESCE(m.taken, 0) ELSE 0 END AS expected
      FROM receipt r
      LEFT JOIN (SELECT a.receipt_id, SUM(a.amount) AS applied FROM allocation a WHERE a.status = 'effective'
        GROUP BY a.receipt_id) a ON a.receipt_id = r.id
      LEFT JOIN (SELECT m.reverses_id, SUM(m.amount) AS taken FROM receipt m
        WHERE m.reverses_id IS NOT NULL AND m.status = 'approved' GROUP BY m.reverses_id) m ON m.reverses_id = r.id) x
    WHERE x.unapplied <> x.expected GROUP BY x.currency ORDER BY x.currency`;
}

/**
 * The days that reports of the past are read by, against what they are kept from (migration report_facts); and each history
 * against its row, which its last entry is to say.
 */
function dayDifferences({ db }: SystemCtx): Promise<Difference[]> {
  return db.$queryRaw`${PLANNED_ANEW}
    SELECT 'days' AS check, x.currency, COUNT(*)::int AS count, SUM(x.amount)::bigint AS amount
    FROM (
      SELECT i.currency, i.amount FROM instalment i
        LEFT JOIN instalment_terms t ON t.id = i.id LEFT JOIN instalment_money m ON m.id = i.id
      WHERE (i.begun_on, i.terms_since, i.money_from, i.money_to, i.paid_on)
        IS DISTINCT FROM (t.begun_on, t.terms_since, m.money_from, m.money_to, m.paid_on)
        OR (i.begun_on IS NOT NULL AND i.terms_since IS NULL)
      UNION ALL
      SELECT r.currency, r.amount FROM receipt r LEFT JOIN receipt_moves v ON v.id = r.id
      WHERE r.moved_on IS DISTINCT FROM v.moved_on) x
    GROUP BY x.currency ORDER BY x.currency`;
}

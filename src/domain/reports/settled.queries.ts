// Payments in full, as the history of how late they were: of customers for the forecast, of a scope for the KPIs. Text of
// queries; nothing is read here.
import { Prisma } from '../../generated/prisma/client.js';
import type { LocalDate } from '../local-date.js';
import { IN_FORCE, moneyIsParted, paidOf } from './standing.queries.js';

/**
 * A table expression of dated rows that were paid in full, small differences aside, with their last money between two days:
 * customer_id, amount, effective_due, last_on. `holds`: of which rows `i`. A row whose money did not move since says itself
 * when it was paid.
 */
export function settledSql(from: LocalDate, to: LocalDate, holds: Prisma.Sql): Prisma.Sql {
  const [first, last] = [Prisma.sql`${from}::date`, Prisma.sql`${to}::date`];
  const row = Prisma.sql`i.customer_id, i.amount, i.effective_due`;
  const which = Prisma.sql`i.lifecycle IN ${IN_FORCE} AND i.effective_due IS NOT NULL AND ${holds}`;
  return Prisma.sql`(
    SELECT ${row}, i.paid_on AS last_on FROM instalment i
    WHERE i.money_to BETWEEN ${first} AND ${last} AND i.paid_on >= ${first} AND i.outstanding = 0
      AND i.id NOT IN (SELECT d.instalment_id FROM adjustment d
        WHERE d.kind <> 'small_difference' AND d.effective_on <= ${last} GROUP BY 1 HAVING SUM(d.amount) <> 0)
      AND ${which}
    UNION ALL
    SELECT ${row}, p.last_on FROM instalment i CROSS JOIN LATERAL ${paidOf(last)} p
    WHERE i.money_to > ${last} AND ${moneyIsParted(last)} AND p.paid + p.small >= i.amount AND p.last_on >= ${first} AND ${which})`;
}

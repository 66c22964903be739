// What a customer owes and has paid, from the rows themselves: nothing is stored that could differ (F13, rules §4 no. 4).
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { type Actor, visibleOwners } from '../access.js';
import type { LocalDate } from '../local-date.js';

/** Minor units of `currency`; currencies are never added. */
export interface CustomerBalance {
  readonly currency: string;
  /** Outstanding of open instalments of active contracts. */
  readonly open: bigint;
  /** Of it, what is past its date. */
  readonly overdue: bigint;
  /** Approved money in, without what was reversed or refunded. */
  readonly received: bigint;
  /** Of it, what belongs to no instalment yet (待核销预收). */
  readonly unapplied: bigint;
  /** Recorded, and waiting for finance. */
  readonly inApproval: bigint;
  /** open − unapplied: what the customer still has to pay; below 0 a credit. */
  readonly balance: bigint;
}

/**
 * The customer's balance by currency, the largest open first. Instalments count as far as the reader may see them; money
 * counts for whoever may see the customer.
 */
export async function readBalance(
  ctx: { readonly db: Db | Tx; readonly today: LocalDate; readonly actor: Actor },
  customerId: string,
): Promise<CustomerBalance[]> {
  const owners = visibleOwners(ctx.actor);
  const visible = owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
  return ctx.db.$queryRaw<CustomerBalance[]>`
    WITH owed AS (
      SELECT i.currency, SUM(i.outstanding) AS open,
        SUM(i.outstanding) FILTER (WHERE i.effective_due < ${ctx.today}::date) AS overdue
      FROM instalment i JOIN contract c ON c.id = i.contract_id
      WHERE i.customer_id = ${customerId}::uuid AND i.lifecycle = 'open' AND c.status = 'active' AND ${visible}
      GROUP BY i.currency),
    paid AS (
      SELECT r.currency,
        SUM(CASE WHEN r.kind IN ('refund', 'reversal') THEN -r.amount ELSE r.amount END)
          FILTER (WHERE r.status IN ('approved', 'partly_reversed', 'reversed')) AS received,
        SUM(r.unapplied) FILTER (WHERE r.status IN ('approved', 'partly_reversed')) AS unapplied,
        SUM(r.amount) FILTER (WHERE r.status = 'submitted' AND r.kind NOT IN ('refund', 'reversal')) AS in_approval
      FROM receipt r WHERE r.customer_id = ${customerId}::uuid GROUP BY r.currency)
    SELECT currency, COALESCE(o.open, 0)::bigint AS open, COALESCE(o.overdue, 0)::bigint AS overdue,
      COALESCE(p.received, 0)::bigint AS received, COALESCE(p.unapplied, 0)::bigint AS unapplied,
      COALESCE(p.in_approval, 0)::bigint AS "inApproval",
      (COALESCE(o.open, 0) - COALESCE(p.unapplied, 0))::bigint AS balance
    FROM owed o FULL JOIN paid p USING (currency)
    WHERE COALESCE(o.open, 0) <> 0 OR COALESCE(p.received, 0) <> 0 OR COALESCE(p.unapplied, 0) <> 0
      OR COALESCE(p.in_approval, 0) <> 0
    ORDER BY open DESC, currency`;
}

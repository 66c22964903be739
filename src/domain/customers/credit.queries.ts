// What a customer is exposed to, whoever owns the contracts: a limit is the company's, not a rep's. Changes nothing.
import type { CompanyInfo } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { Money } from '../money.js';
import { type CreditCheck, exposureOf } from './credit.js';

interface CreditCtx {
  readonly db: Db | Tx;
  readonly company: Pick<CompanyInfo, 'baseCurrency' | 'settings'>;
}

/** A contract that is looked at: it counts as `adds` says, whatever state it is in. */
interface Asked {
  readonly contractId: string | null;
  /** The amendment that is looked at, which is not counted twice. */
  readonly changeId?: string;
  readonly adds: Money;
}

/**
 * The limit, and what would be owed with what is asked for: open instalments of active contracts (due or not) and what of
 * them is not planned yet, contracts that wait for approval without what is due at their signing, amendments that wait,
 * less money that belongs to no instalment. Receipts that wait are not subtracted.
 * @returns null where the customer has no limit
 */
export async function checkCredit(
  ctx: CreditCtx,
  customerId: string,
  asked: Asked | null,
): Promise<CreditCheck | null> {
  const { baseCurrency: currency, settings } = ctx.company;
  const customer = await ctx.db.customer.findUnique({
    where: { id: customerId },
    select: { creditLimit: true },
  });
  const limit = customer?.creditLimit ?? null;
  if (limit === null) return null;
  const amounts = await readExposure(ctx.db, customerId, asked);
  const all = asked ? [...amounts, asked.adds] : amounts;
  return { exposure: exposureOf(all, currency, settings.exchangeRates), limit, currency };
}

function readExposure(db: Db | Tx, customerId: string, asked: Asked | null): Promise<Money[]> {
  const without = asked?.contractId ?? null;
  return db.$queryRaw<Money[]>`
    SELECT x.currency, SUM(x.minor)::bigint AS minor FROM (
      SELECT i.currency, i.outstanding AS minor FROM instalment i JOIN contract c ON c.id = i.contract_id
      WHERE i.customer_id = ${customerId}::uuid AND i.lifecycle = 'open' AND c.status = 'active'
        AND c.id IS DISTINCT FROM ${without}::uuid
      UNION ALL
      SELECT c.currency, GREATEST(0, c.amount - COALESCE((SELECT SUM(i.amount) FROM instalment i
        WHERE i.contract_id = c.id AND i.lifecycle <> 'cancelled'), 0))
      FROM contract c WHERE c.customer_id = ${customerId}::uuid AND c.status = 'active' AND c.deleted_at IS NULL
        AND c.id IS DISTINCT FROM ${without}::uuid
      UNION ALL
      SELECT c.currency, ch.amount_delta FROM contract_change ch JOIN contract c ON c.id = ch.contract_id
      WHERE c.customer_id = ${customerId}::uuid AND c.status = 'active' AND ch.status = 'open' AND ch.amount_delta > 0
        AND ch.id IS DISTINCT FROM ${asked?.changeId ?? null}::uuid
      UNION ALL
      SELECT c.currency, c.amount - COALESCE((SELECT SUM(i.amount) FROM instalment i
        WHERE i.contract_id = c.id AND i.lifecycle <> 'cancelled' AND i.due_on <= c.signed_on), 0)
      FROM contract c WHERE c.customer_id = ${customerId}::uuid AND c.status = 'pending_approval' AND c.deleted_at IS NULL
        AND c.id IS DISTINCT FROM ${without}::uuid
      UNION ALL
      SELECT r.currency, -r.unapplied FROM receipt r
      WHERE r.customer_id = ${customerId}::uuid AND r.unapplied > 0 AND r.status IN ('approved', 'partly_reversed')) x
    GROUP BY x.currency`;
}

/**
 * As checkCredit, for whoever sends something that adds: two at once do not both fit below a limit that only one fits
 * below. Taken after the contract's own lock.
 */
export async function holdCredit(
  ctx: CreditCtx & { readonly db: Tx },
  customerId: string,
  asked: Asked,
): Promise<CreditCheck | null> {
  await ctx.db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`credit:${customerId}`}, 0))`;
  return checkCredit(ctx, customerId, asked);
}

// What a customer is exposed to, whoever owns the contracts: a limit is the company's, not a rep's. Changes nothing.
import type { CompanyInfo } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { LocalDate } from '../local-date.js';
import type { Money } from '../money.js';
import { type CreditCheck, exposureOf, isAboveLimit } from './credit.js';

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
  const amounts = await readExposure(ctx.db, [customerId], asked);
  const all = asked ? [...amounts, asked.adds] : amounts;
  return { exposure: exposureOf(all, currency, settings.exchangeRates), limit, currency };
}

function readExposure(
  db: Db | Tx,
  customerIds: readonly string[],
  asked: Asked | null,
): Promise<(Money & { customerId: string })[]> {
  const without = asked?.contractId ?? null;
  const ids = [...customerIds];
  return db.$queryRaw<(Money & { customerId: string })[]>`
    SELECT x.customer_id::text AS "customerId", x.currency, SUM(x.minor)::bigint AS minor FROM (
      SELECT i.customer_id, i.currency, i.outstanding AS minor FROM instalment i JOIN contract c ON c.id = i.contract_id
      WHERE i.customer_id = ANY(${ids}::uuid[]) AND i.lifecycle = 'open' AND c.status = 'active'
        AND c.id IS DISTINCT FROM ${without}::uuid
      UNION ALL
      SELECT c.customer_id, c.currency, GREATEST(0, c.amount - COALESCE((SELECT SUM(i.amount) FROM instalment i
        WHERE i.contract_id = c.id AND i.lifecycle <> 'cancelled'), 0))
      FROM contract c WHERE c.customer_id = ANY(${ids}::uuid[]) AND c.status = 'active' AND c.deleted_at IS NULL
        AND c.id IS DISTINCT FROM ${without}::uuid
      UNION ALL
      SELECT c.customer_id, c.currency, ch.amount_delta FROM contract_change ch JOIN contract c ON c.id = ch.contract_id
      WHERE c.customer_id = ANY(${ids}::uuid[]) AND c.status = 'active' AND ch.status = 'open' AND ch.amount_delta > 0
        AND ch.id IS DISTINCT FROM ${asked?.changeId ?? null}::uuid
      UNION ALL
      SELECT c.customer_id, c.currency, c.amount - COALESCE((SELECT SUM(i.amount) FROM instalment i
        WHERE i.contract_id = c.id AND i.lifecycle <> 'cancelled' AND i.due_on <= c.signed_on), 0)
      FROM contract c WHERE c.customer_id = ANY(${ids}::uuid[]) AND c.status = 'pending_approval' AND c.deleted_at IS NULL
        AND c.id IS DISTINCT FROM ${without}::uuid
      UNION ALL
      SELECT r.customer_id, r.currency, -r.unapplied FROM receipt r
      WHERE r.customer_id = ANY(${ids}::uuid[]) AND r.unapplied > 0 AND r.status IN ('approved', 'partly_reversed')) x
    GROUP BY x.customer_id, x.currency`;
}

/**
 * For whoever puts many contracts in force or sends them: tells of one after the other whether it goes above its
 * customer's limit, those before it counted. Whoever adds to one of these customers meanwhile waits.
 */
export async function holdCredits(
  ctx: CreditCtx & { readonly db: Tx },
  customerIds: readonly string[],
): Promise<(customerId: string, adds: Money) => { isAbove: boolean; take: () => void }> {
  const { baseCurrency: currency, settings } = ctx.company;
  const limited = await ctx.db.customer.findMany({
    where: { id: { in: [...customerIds] }, creditLimit: { not: null } },
    select: { id: true, creditLimit: true },
  });
  const ids = limited.map((one) => one.id);
  if (ids.length > 0) {
    // In one order, so that two people never wait in a circle.
    await ctx.db.$executeRaw`
      SELECT pg_advisory_xact_lock(key) FROM (
        SELECT DISTINCT hashtextextended('credit:' || id, 0) AS key FROM unnest(${ids}::text[]) id ORDER BY key) locks`;
  }
  const amounts = ids.length > 0 ? await readExposure(ctx.db, ids, null) : [];
  const known = new Map(
    limited.flatMap(({ id, creditLimit: limit }) =>
      limit === null ? [] : [[id, { limit, now: amounts.filter((one) => one.customerId === id) as Money[] }]],
    ),
  );
  return (customerId, adds) => {
    const customer = known.get(customerId);
    if (!customer) return { isAbove: false, take: () => {} };
    const { limit, now } = customer;
    const exposure = exposureOf([...now, adds], currency, settings.exchangeRates);
    return { isAbove: isAboveLimit({ exposure, limit, currency }), take: () => void now.push(adds) };
  };
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

/** What is known of a customer when a limit is proposed; minor units of the base currency, null without an exchange rate. */
export async function readEvidence(
  ctx: CreditCtx & { readonly today: LocalDate },
  customerId: string,
): Promise<{ exposure: bigint | null; overdue: bigint | null; oldestDays: number; received: bigint | null }> {
  const { baseCurrency, settings } = ctx.company;
  const inBase = (amounts: readonly Money[]) => exposureOf(amounts, baseCurrency, settings.exchangeRates);
  const exposure = await readExposure(ctx.db, [customerId], null);
  const overdue = await ctx.db.$queryRaw<(Money & { days: number })[]>`
    SELECT i.currency, SUM(i.outstanding)::bigint AS minor, MAX(${ctx.today}::date - i.effective_due) AS days
    FROM instalment i WHERE i.customer_id = ${customerId}::uuid AND i.lifecycle = 'open' AND i.outstanding > 0
      AND i.effective_due < ${ctx.today}::date GROUP BY i.currency`;
  const received = await ctx.db.$queryRaw<Money[]>`
    SELECT i.currency, SUM(a.amount)::bigint AS minor FROM allocation a JOIN instalment i ON i.id = a.instalment_id
    WHERE i.customer_id = ${customerId}::uuid AND a.status = 'effective'
      AND a.effective_on > (${ctx.today}::date - interval '12 months') GROUP BY i.currency`;
  return {
    exposure: inBase(exposure),
    overdue: inBase(overdue),
    oldestDays: Math.max(0, ...overdue.map((line) => line.days)),
    received: inBase(received),
  };
}

// What a new plan can be made for: customers with a contract that takes instalments, their contracts, what is left of
// one. Changes nothing; only owners in the actor's scope (rules §12).
import type { OuterReadCtx, ReadCtx } from '../../ctx.js';
import { queryQuick } from '../../db/quick-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { matchingCustomers, pairSharesOf } from '../customers/customer-search.queries.js';
import { contractHolds } from '../lists/words.queries.js';
import { byName } from '../name-order.js';
import { bare } from '../numbering.js';

/** A contract and how much of it is planned; amounts in minor units. */
export interface PlanTarget {
  readonly contractId: string;
  readonly contractNumber: string;
  readonly contractName: string;
  readonly contractStatus: string;
  readonly contractType: string;
  readonly customerId: string;
  readonly customerName: string;
  readonly customerCode: string;
  readonly ownerId: string;
  readonly currency: string;
  readonly amount: bigint;
  readonly planned: bigint;
  readonly paymentMethod: string | null;
  /** Number of the next instalment. */
  readonly nextSeq: number;
}

export interface CustomerChoice {
  readonly id: string;
  readonly name: string;
  readonly code: string;
}

const PLANNABLE = Prisma.sql`c.deleted_at IS NULL AND c.status IN ('draft', 'rejected', 'active') AND c.amount > (
  SELECT COALESCE(SUM(b.amount), 0) FROM instalment b WHERE b.contract_id = c.id AND b.lifecycle <> 'cancelled')`;
/** Of contract_to_plan_idx: an active contract whose plan is not whole says so. */
const MAY_BE_PLANNABLE = Prisma.sql`c.deleted_at IS NULL AND (c.status IN ('draft', 'rejected') OR c.plan_incomplete)`;
const LIMIT = 100;

/** Customers with something left to plan, by words in name, code, pinyin or initials, or the one; at most 100. */
export async function searchPlanCustomers(
  ctx: OuterReadCtx,
  words: string,
  id?: string | null,
): Promise<CustomerChoice[]> {
  // Few contracts have something left to plan: they are found first, by their own index.
  const ids = Prisma.sql`SELECT c.customer_id AS id FROM contract c WHERE ${MAY_BE_PLANNABLE} AND ${ownedBy(ctx)} AND ${PLANNABLE}`;
  const holds = Prisma.sql`EXISTS (
    SELECT 1 FROM contract c WHERE c.customer_id = k.id AND ${MAY_BE_PLANNABLE} AND ${ownedBy(ctx)} AND ${PLANNABLE})`;
  const found = id
    ? Prisma.sql`SELECT k.id FROM customer k WHERE k.id = ${id}::uuid AND k.deleted_at IS NULL AND ${holds}`
    : matchingCustomers(
        { words, scope: { ids, holds }, order: 'name', limit: LIMIT },
        await pairSharesOf(ctx.db),
      );
  const rows = await queryQuick<CustomerChoice>(
    ctx.db,
    Prisma.sql`SELECT k.id::text, k.name, k.code FROM customer k WHERE k.id = ANY(ARRAY(${found}))
      ORDER BY k.code`,
  );
  return byName(rows);
}

/** Whether there is any contract with something left to plan. */
export async function hasPlannable(ctx: OuterReadCtx): Promise<boolean> {
  const found = await queryQuick(
    ctx.db,
    Prisma.sql`SELECT 1 FROM contract c WHERE ${ownedBy(ctx)} AND ${MAY_BE_PLANNABLE} AND ${PLANNABLE} LIMIT 1`,
  );
  return found.length > 0;
}

/** Contracts of the customer with something left to plan, newest first; at most 100. */
export async function listPlannable(ctx: ReadCtx, customerId: string, words = ''): Promise<PlanTarget[]> {
  const where = [Prisma.sql`c.customer_id = ${customerId}::uuid`, PLANNABLE, contractHolds(words)];
  return select(ctx, Prisma.join([ownedBy(ctx), ...where], ' AND '));
}

/** The contract with what is planned of it, full or not, in whatever state; null if it is not in the actor's scope. */
export async function findPlanTarget(ctx: ReadCtx, contractId: string): Promise<PlanTarget | null> {
  const where = [Prisma.sql`c.id = ${contractId}::uuid`, Prisma.sql`c.deleted_at IS NULL`];
  const [target] = await select(ctx, Prisma.join([ownedBy(ctx, 'record.see'), ...where], ' AND '));
  return target ?? null;
}

/** As findPlanTarget, by the number that people know; without one, of that whose number has no hyphens. */
export async function findPlanTargetByNumber(ctx: ReadCtx, number: string): Promise<PlanTarget | null> {
  const where = [Prisma.sql`c.number IN (${number}, ${bare(number)})`, Prisma.sql`c.deleted_at IS NULL`];
  const found = await select(ctx, Prisma.join([ownedBy(ctx, 'record.see'), ...where], ' AND '));
  return found.find((target) => target.contractNumber === number) ?? found[0] ?? null;
}

async function select(ctx: ReadCtx, where: Prisma.Sql): Promise<PlanTarget[]> {
  return ctx.db.$queryRaw<PlanTarget[]>`
    SELECT c.id::text AS "contractId", c.number AS "contractNumber", c.name AS "contractName",
      c.owner_id::text AS "ownerId", c.status::text AS "contractStatus", c.type AS "contractType", c.payment_method AS "paymentMethod", c.currency, c.amount,
      k.id::text AS "customerId", k.name AS "customerName", k.code AS "customerCode",
      COALESCE(p.planned, 0)::bigint AS planned, (COALESCE(p.last_seq, 0) + 1)::int AS "nextSeq"
    FROM contract c JOIN customer k ON k.id = c.customer_id
    LEFT JOIN LATERAL (
      SELECT SUM(i.amount) FILTER (WHERE i.lifecycle <> 'cancelled') AS planned, MAX(i.seq) AS last_seq
      FROM instalment i WHERE i.contract_id = c.id) p ON true
    WHERE ${where} ORDER BY c.id DESC LIMIT ${LIMIT}`;
}

function ownedBy(ctx: ReadCtx, action: 'plan.create' | 'record.see' = 'plan.create'): Prisma.Sql {
  const owners = visibleOwners(ctx.actor, action);
  return owners === 'all' ? Prisma.sql`TRUE` : Prisma.sql`c.owner_id = ANY(${[...owners]}::uuid[])`;
}

// How lists of receipts are narrowed and sorted, as lists of instalments are (plans/instalment-search.queries.ts), and
// who sees which: who recorded it, and who sees its customer or an instalment that it pays (rules §12).
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { COUNTED_TO } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { gramsToFind, likePattern, wordsOf } from '../search.js';

export type ReceiptFilter = ListFilter<'receipt'>;

/** A scope of so many receipts is collected and sorted; of a larger one the list is walked in its order. */
const FETCHED_TO = 20_000;
/** More receipts than these are not named one by one. */
const NAMED_TO = 4000;
/** Words that many receipts hold are compared with text, row by row. */
const COMPARED_TO = 1000;

/** What a receipt itself is found by; receipt_search_idx holds its pairs of letters. */
const TEXT = Prisma.sql`lower(r.number || ' ' || COALESCE(r.payer_name, '') || ' ' || COALESCE(r.bank_slip_no, ''))`;

/** Where the rows `r` come from, which, in which order, and how far they are counted. */
export async function chooseReceipts(ctx: ReadCtx, filter: ReceiptFilter) {
  const words = filter.words?.trim() ? filter.words : undefined;
  const scope = await scopeOf(ctx);
  const named = words === undefined ? null : await findNamedReceipts(ctx, words, scope);
  const compares = words !== undefined && named === null;
  const few = fewOf(filter, named) ?? (await fewInScope(ctx, scope));
  const rows = few ? Prisma.sql`(SELECT r.* FROM receipt r WHERE ${few} OFFSET 0) r` : Prisma.sql`receipt r`;
  const joins = compares || filter.sort === 'customer';
  return {
    from: joins ? Prisma.sql`${rows} JOIN customer k ON k.id = r.customer_id` : rows,
    where: whereOf(filter, scope.holds, compares ? words : undefined),
    order: ORDER[filter.sort ?? 'newest'][filter.reversed ? 1 : 0],
    countTo: compares ? COMPARED_TO : COUNTED_TO,
  };
}

const contractReceipts = (contractId: string) => Prisma.sql`
  SELECT c.id FROM receipt c WHERE c.contract_id = ${contractId}::uuid
  UNION SELECT a.receipt_id FROM instalment i JOIN allocation a ON a.instalment_id = i.id AND a.status = 'effective'
  WHERE i.contract_id = ${contractId}::uuid`;

/** The reader's receipts. */
interface Scope {
  /** A condition of `r`. */
  readonly holds: Prisma.Sql;
  /** Queries for their ids and for those of their customers; null for a reader who sees all. */
  readonly ids: Prisma.Sql | null;
  readonly customers: Prisma.Sql | null;
}

export async function scopeOf({ db, actor }: ReadCtx): Promise<Scope> {
  const owners = visibleOwners(actor);
  if (owners === 'all') return { holds: Prisma.sql`TRUE`, ids: null, customers: null };
  const people = Prisma.sql`ANY(${[...owners]}::uuid[])`;
  const own = Prisma.sql`SELECT o.id FROM customer o WHERE o.owner_id = ${people}`;
  const shared = await findSharedCustomers(db, owners);
  // A receipt pays rows of its own customer only. OFFSET 0: asked of the row at hand.
  const paysTheirs = Prisma.sql`EXISTS (SELECT 1 FROM allocation a JOIN instalment i ON i.id = a.instalment_id
    WHERE a.receipt_id = r.id AND i.owner_id = ${people} OFFSET 0)`;
  const holds = Prisma.sql`(r.recorded_by = ${people} OR r.customer_id IN (${own})
    OR (r.customer_id = ANY(${shared}::uuid[]) AND ${paysTheirs}))`;
  const ids = Prisma.sql`
    SELECT m.id FROM receipt m WHERE m.recorded_by = ${people}
    UNION ALL SELECT m.id FROM (${own}) o
      CROSS JOIN LATERAL (SELECT q.id FROM receipt q WHERE q.customer_id = o.id OFFSET 0) m
    UNION ALL SELECT r.id FROM receipt r WHERE r.customer_id = ANY(${shared}::uuid[]) AND ${paysTheirs}`;
  const customers = Prisma.sql`${own} UNION SELECT m.customer_id FROM receipt m WHERE m.recorded_by = ${people}
    UNION SELECT unnest(${shared}::uuid[])`;
  return { holds, ids, customers };
}

async function fewInScope({ db }: ReadCtx, { ids }: Scope): Promise<Prisma.Sql | null> {
  if (ids === null) return null;
  const [counted] = await db.$queryRaw<{ size: number }[]>`${PLANNED_ANEW}
    SELECT COUNT(*)::int AS size FROM (SELECT 1 FROM (${ids}) x LIMIT ${FETCHED_TO + 1}) y`;
  return (counted?.size ?? 0) <= FETCHED_TO ? Prisma.sql`r.id = ANY(ARRAY(${ids}))` : null;
}

/** Customers of others with a row of these people. */
async function findSharedCustomers(db: ReadCtx['db'], owners: readonly string[]): Promise<string[]> {
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT x.id::text FROM (
      SELECT DISTINCT i.customer_id AS id FROM instalment i WHERE i.owner_id = ANY(${[...owners]}::uuid[])) x
    JOIN customer k ON k.id = x.id WHERE k.owner_id <> ALL(${[...owners]}::uuid[])`;
  return found.map((row) => row.id);
}

/** What the filter names that only few rows have. */
function fewOf(filter: ReceiptFilter, named: readonly string[] | null): Prisma.Sql | null {
  if (named) return Prisma.sql`r.id = ANY(${[...named]}::uuid[])`;
  if (filter.contractId) return Prisma.sql`r.id IN (${contractReceipts(filter.contractId)})`;
  if (filter.customerId) return Prisma.sql`r.customer_id = ${filter.customerId}::uuid`;
  return filter.ownerId === undefined
    ? null
    : Prisma.sql`r.customer_id = ANY(ARRAY(SELECT o.id FROM customer o WHERE o.owner_id = ${filter.ownerId}::uuid))`;
}

/**
 * Ids of the receipts that hold every word, of readers with a scope where too many hold them only those of it; null: too
 * many to name, or nothing to look up.
 */
async function findNamedReceipts(ctx: ReadCtx, words: string, scope: Scope): Promise<string[] | null> {
  return (
    (await findByGrams(ctx, words)) ?? (scope.customers === null ? null : findInScope(ctx, words, scope))
  );
}

async function findByGrams({ db }: ReadCtx, words: string): Promise<string[] | null> {
  const [longest] = wordsOf(words).toSorted((a, b) => [...b].length - [...a].length);
  const grams = gramsToFind(longest === undefined ? [] : [longest]);
  if (grams.length === 0) return null;
  const limit = Prisma.raw(String(NAMED_TO + 1));
  const [found] = await db.$queryRaw<{ hits: number; ids: string[] }[]>`${PLANNED_ANEW}
    WITH hits AS MATERIALIZED (
      (SELECT r.id FROM receipt r WHERE search_grams(${TEXT}) @> ${grams}::text[] LIMIT ${limit})
      UNION ALL
      (SELECT m.id FROM (SELECT k.id FROM customer k WHERE k.search_grams @> ${grams}::text[] LIMIT ${limit}) k
        CROSS JOIN LATERAL (SELECT q.id FROM receipt q WHERE q.customer_id = k.id OFFSET 0) m LIMIT ${limit}))
    SELECT (SELECT COUNT(*)::int FROM hits) AS hits, ARRAY(
      SELECT r.id::text FROM receipt r JOIN customer k ON k.id = r.customer_id
      WHERE r.id = ANY(ARRAY(SELECT h.id FROM hits h)) AND (SELECT COUNT(*) FROM hits) <= ${NAMED_TO}
        AND ${holdsWords(words)}) AS ids`;
  return found && found.hits <= NAMED_TO ? found.ids : null;
}

async function findInScope(
  { db }: ReadCtx,
  words: string,
  { holds, customers }: Scope,
): Promise<string[] | null> {
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT r.id::text FROM (${customers}) mine
    CROSS JOIN LATERAL (SELECT c.search_text FROM customer c WHERE c.id = mine.id OFFSET 0) k
    CROSS JOIN LATERAL (SELECT q.* FROM receipt q WHERE q.customer_id = mine.id OFFSET 0) r
    WHERE ${holdsWords(words)} AND ${holds} LIMIT ${NAMED_TO + 1}`;
  return found.length <= NAMED_TO ? found.map((row) => row.id) : null;
}

function holdsWords(words: string): Prisma.Sql {
  const conditions = wordsOf(words).map((word) => {
    const pattern = likePattern(word);
    return Prisma.sql`(${TEXT} LIKE ${pattern} OR k.search_text LIKE ${pattern})`;
  });
  return Prisma.join(conditions, ' AND ');
}

// Orders that indexes answer, also from behind; the id last, so that pages never overlap.
const ORDER: Record<NonNullable<ReceiptFilter['sort']>, readonly [Prisma.Sql, Prisma.Sql]> = {
  newest: [Prisma.sql`r.id DESC`, Prisma.sql`r.id`],
  date: [Prisma.sql`r.received_on DESC, r.id DESC`, Prisma.sql`r.received_on, r.id`],
  amount: [Prisma.sql`r.amount DESC, r.id DESC`, Prisma.sql`r.amount, r.id`],
  customer: [Prisma.sql`k.name, k.id, r.id DESC`, Prisma.sql`k.name DESC, k.id DESC, r.id DESC`],
};

function whereOf(filter: ReceiptFilter, scope: Prisma.Sql, compared: string | undefined): Prisma.Sql {
  const conditions = [
    scope,
    // Reversals are seen on the receipt that they take from.
    Prisma.sql`r.reverses_id IS NULL`,
    compared !== undefined && holdsWords(compared),
    filter.states && Prisma.sql`r.status = ANY(${[...filter.states]}::"ReceiptStatus"[])`,
    filter.customerId && Prisma.sql`r.customer_id = ${filter.customerId}::uuid`,
    filter.ownerId &&
      Prisma.sql`EXISTS (SELECT 1 FROM customer o WHERE o.id = r.customer_id AND o.owner_id = ${filter.ownerId}::uuid)`,
    filter.contractId && Prisma.sql`r.id IN (${contractReceipts(filter.contractId)})`,
    filter.currency && Prisma.sql`r.currency = ${filter.currency}`,
    filter.bills && Prisma.sql`r.bill_due_on IS NOT NULL`,
    filter.unapplied && Prisma.sql`r.unapplied > 0 AND r.status IN ('approved', 'partly_reversed')`,
    filter.from && Prisma.sql`r.received_on >= ${filter.from}::date`,
    filter.to && Prisma.sql`r.received_on <= ${filter.to}::date`,
    filter.amountFrom !== undefined && Prisma.sql`r.amount >= ${filter.amountFrom}`,
    filter.amountTo !== undefined && Prisma.sql`r.amount <= ${filter.amountTo}`,
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.join(conditions, ' AND ');
}

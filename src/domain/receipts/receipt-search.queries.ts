// How lists of receipts are narrowed and sorted, as lists of instalments are (plans/instalment-search.queries.ts), and
// who sees which: who recorded it, and who sees its customer or an instalment that it pays (rules §12).
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { COUNTED_TO } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { gramsToFind, likePattern, wordsOf } from '../search.js';

export type ReceiptFilter = ListFilter<'receipt'>;

/** So many rows are fetched by an index and sorted rather than walked in order. */
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
  const named = words === undefined ? null : await findNamedReceipts(ctx, words);
  const compares = words !== undefined && named === null;
  const scope = await chooseScope(ctx);
  const driver = await chooseDriver(ctx, filter, named, scope.ids);
  const rows = driver
    ? Prisma.sql`(SELECT r.* FROM receipt r WHERE ${driver} OFFSET 0) r`
    : Prisma.sql`receipt r`;
  const joins = compares || filter.sort === 'customer';
  return {
    from: joins ? Prisma.sql`${rows} JOIN customer k ON k.id = r.customer_id` : rows,
    where: whereOf(filter, named, scope.holds, compares ? words : undefined),
    order: ORDER[filter.sort ?? 'newest'][filter.reversed ? 1 : 0],
    countTo: compares ? COMPARED_TO : COUNTED_TO,
  };
}

const contractReceipts = (contractId: string) => Prisma.sql`
  SELECT c.id FROM receipt c WHERE c.contract_id = ${contractId}::uuid
  UNION SELECT a.receipt_id FROM instalment i JOIN allocation a ON a.instalment_id = i.id AND a.status = 'effective'
  WHERE i.contract_id = ${contractId}::uuid`;

/** The reader's receipts: a condition of `r`, and where they are few, a query for their ids. */
async function chooseScope({ db, actor }: ReadCtx): Promise<{ holds: Prisma.Sql; ids: Prisma.Sql | null }> {
  const owners = visibleOwners(actor);
  if (owners === 'all') return { holds: Prisma.sql`TRUE`, ids: null };
  const people = Prisma.sql`ANY(${[...owners]}::uuid[])`;
  const holds = Prisma.sql`(r.recorded_by = ${people}
    OR EXISTS (SELECT 1 FROM customer o WHERE o.id = r.customer_id AND o.owner_id = ${people})
    OR EXISTS (SELECT 1 FROM allocation a JOIN instalment i ON i.id = a.instalment_id
      WHERE a.receipt_id = r.id AND i.owner_id = ${people}))`;
  const [counted] = await db.$queryRaw<{ size: number }[]>`
    SELECT (SELECT COUNT(*) FROM (SELECT 1 FROM instalment i WHERE i.owner_id = ${people} LIMIT ${FETCHED_TO}) x)::int
      + (SELECT COUNT(*) FROM (SELECT 1 FROM receipt m WHERE m.recorded_by = ${people} LIMIT ${FETCHED_TO}) y)::int AS size`;
  if ((counted?.size ?? 0) >= FETCHED_TO) return { holds, ids: null };
  const ids = Prisma.sql`
    SELECT m.id FROM receipt m WHERE m.recorded_by = ${people}
    UNION SELECT m.id FROM customer o CROSS JOIN LATERAL (
      SELECT q.id FROM receipt q WHERE q.customer_id = o.id OFFSET 0) m WHERE o.owner_id = ${people}
    UNION SELECT a.receipt_id FROM instalment i CROSS JOIN LATERAL (
      SELECT q.receipt_id FROM allocation q WHERE q.instalment_id = i.id OFFSET 0) a WHERE i.owner_id = ${people}`;
  return { holds, ids };
}

async function chooseDriver(
  { db }: ReadCtx,
  filter: ReceiptFilter,
  named: readonly string[] | null,
  scope: Prisma.Sql | null,
): Promise<Prisma.Sql | null> {
  if (named) return Prisma.sql`r.id = ANY(${[...named]}::uuid[])`;
  if (filter.contractId) return Prisma.sql`r.id IN (${contractReceipts(filter.contractId)})`;
  if (filter.customerId) return Prisma.sql`r.customer_id = ${filter.customerId}::uuid`;
  if (scope) return Prisma.sql`r.id = ANY(ARRAY(${scope}))`;
  const { from, to, states } = filter;
  const candidates = [
    // Both ends always: a plan made for one open end would not trust the index.
    (from ?? to) !== undefined &&
      Prisma.sql`r.received_on BETWEEN ${from ?? '-infinity'}::date AND ${to ?? 'infinity'}::date`,
    states && Prisma.sql`r.status = ANY(${[...states]}::"ReceiptStatus"[])`,
    filter.unapplied && Prisma.sql`r.unapplied > 0`,
    filter.ownerId &&
      Prisma.sql`r.customer_id IN (SELECT o.id FROM customer o WHERE o.owner_id = ${filter.ownerId}::uuid)`,
  ].filter((candidate) => candidate instanceof Prisma.Sql);
  if (candidates.length === 0) return null;
  const counts = candidates.map(
    (candidate, index) =>
      Prisma.sql`(SELECT COUNT(*)::int FROM (SELECT 1 FROM receipt r WHERE ${candidate}
        LIMIT ${Prisma.raw(String(FETCHED_TO + 1))}) x) AS ${Prisma.raw(`n${index}`)}`,
  );
  const [counted] = await db.$queryRaw<Record<string, number>[]>`SELECT ${Prisma.join(counts, ', ')}`;
  const sizes = candidates.map((candidate, index) => ({ candidate, size: counted?.[`n${index}`] ?? 0 }));
  const fewest = sizes.reduce((best, one) => (one.size < best.size ? one : best));
  return fewest.size <= FETCHED_TO ? fewest.candidate : null;
}

/** Ids of the receipts that hold every word; null: too many to name, or nothing to look up. */
async function findNamedReceipts({ db }: ReadCtx, words: string): Promise<string[] | null> {
  const [longest] = wordsOf(words).toSorted((a, b) => [...b].length - [...a].length);
  const grams = gramsToFind(longest === undefined ? [] : [longest]);
  if (grams.length === 0) return null;
  const limit = Prisma.raw(String(NAMED_TO + 1));
  const [found] = await db.$queryRaw<{ hits: number; ids: string[] }[]>`
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

function whereOf(
  filter: ReceiptFilter,
  named: readonly string[] | null,
  scope: Prisma.Sql,
  compared: string | undefined,
): Prisma.Sql {
  const conditions = [
    scope,
    // Reversals are seen on the receipt that they take from.
    Prisma.sql`r.reverses_id IS NULL`,
    named && Prisma.sql`r.id = ANY(${[...named]}::uuid[])`,
    compared !== undefined && holdsWords(compared),
    filter.states && Prisma.sql`r.status = ANY(${[...filter.states]}::"ReceiptStatus"[])`,
    filter.customerId && Prisma.sql`r.customer_id = ${filter.customerId}::uuid`,
    filter.ownerId &&
      Prisma.sql`EXISTS (SELECT 1 FROM customer o WHERE o.id = r.customer_id AND o.owner_id = ${filter.ownerId}::uuid)`,
    filter.contractId && Prisma.sql`r.id IN (${contractReceipts(filter.contractId)})`,
    filter.currency && Prisma.sql`r.currency = ${filter.currency}`,
    filter.unapplied && Prisma.sql`r.unapplied > 0 AND r.status IN ('approved', 'partly_reversed')`,
    filter.from && Prisma.sql`r.received_on >= ${filter.from}::date`,
    filter.to && Prisma.sql`r.received_on <= ${filter.to}::date`,
    filter.amountFrom !== undefined && Prisma.sql`r.amount >= ${filter.amountFrom}`,
    filter.amountTo !== undefined && Prisma.sql`r.amount <= ${filter.amountTo}`,
  ].filter((condition) => condition instanceof Prisma.Sql);
  return Prisma.join(conditions, ' AND ');
}

// How lists of receipts are narrowed and sorted, as lists of instalments are (plans/instalment-search.queries.ts), and
// who sees which: who recorded it, and who sees its customer or an instalment that it pays (rules §12).
import type { ReadCtx } from '../../ctx.js';
import { readNowAndThen } from '../../db/now-and-then.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { COUNTED_TO } from '../lists/counted.js';
import type { ListFilter } from '../lists/list-filter.js';
import { gramsToFind, likePattern, wordsOf } from '../search.js';

export type ReceiptFilter = ListFilter<'receipt'>;

/**
 * `fetched`: a scope of so many receipts is collected and sorted; of a larger one the list is walked in its order. `named`:
 * more receipts than these are not named one by one. `counted`: how far a list is counted.
 */
export const SIZES = { fetched: 20_000, named: 4000, counted: COUNTED_TO };
/** Words that many receipts hold are compared with text, row by row. */
const COMPARED_TO = 1000;

/** What a receipt itself is found by; receipt_search_idx holds its pairs of letters. */
const TEXT = Prisma.sql`lower(r.number || ' ' || COALESCE(r.payer_name, '') || ' ' || COALESCE(r.bank_slip_no, ''))`;

/** Which rows `r`: where they come from, in which order, and how far they are counted. */
export interface ReceiptSource {
  readonly from: Prisma.Sql;
  /** What they are counted in. */
  readonly counted: Prisma.Sql;
  readonly order: Prisma.Sql;
  readonly byCustomer: boolean;
  readonly countTo: number;
  /** Not more than thousands. */
  readonly collected: boolean;
  readonly where: () => Promise<Prisma.Sql>;
  /**
   * Of many: most of them by what a row says itself, and all of them by asking each of the others, which is dear for more than
   * a page. Whose customers of others are shared with the reader takes as long as a list.
   */
  readonly walked: { readonly most: Prisma.Sql; readonly each: Prisma.Sql } | null;
}

/** The source of a list. */
export async function chooseReceipts(
  ctx: ReadCtx,
  filter: ReceiptFilter,
  sizes: typeof SIZES = SIZES,
): Promise<ReceiptSource> {
  const words = filter.words?.trim() ? filter.words : undefined;
  const owners = visibleOwners(ctx.actor);
  const named = words === undefined ? null : await findByGrams(ctx, words, sizes.named);
  const looked = fewOf(filter, named);
  const part = heldBy(owners, null);
  const small = looked || part.theirs === null ? true : await isSmallScope(ctx, part.theirs, sizes.fetched);
  const walks = !small && words === undefined;
  // Of few rows each is asked.
  const scope = walks || (looked && !isElsewhere(owners, filter)) ? part : await scopeOf(ctx);
  const inScope = words === undefined || looked ? null : await findInScope(ctx, words, scope, sizes.named);
  const compared = words !== undefined && named === null && inScope === null ? words : undefined;
  const few = looked ?? fewOf(filter, inScope) ?? (small && scope.theirs ? scope.theirs.rows : null);
  const rows = few ? Prisma.sql`(SELECT r.* FROM receipt r WHERE ${few} OFFSET 0) r` : Prisma.sql`receipt r`;
  const joined = Prisma.sql`${rows} JOIN customer k ON k.id = r.customer_id`;
  const whereIn = (holds: Prisma.Sql) => whereOf(filter, holds, compared);
  return {
    counted: compared === undefined ? rows : joined,
    from: compared !== undefined || filter.sort === 'customer' ? joined : rows,
    where: async () => whereIn(walks ? (await scopeOf(ctx)).holds : scope.holds),
    walked: walks && part.theirs ? { most: whereIn(part.theirs.most), each: whereIn(part.holds) } : null,
    order: ORDER[filter.sort ?? 'newest'][filter.reversed ? 1 : 0],
    countTo: compared !== undefined && few === null ? COMPARED_TO : sizes.counted,
    collected: few !== null,
    byCustomer: filter.sort === 'customer',
  };
}

/** All customers of somebody whose own are outside the scope: each of their receipts would be asked. */
const isElsewhere = (owners: 'all' | readonly string[], { ownerId }: ReceiptFilter): boolean =>
  owners !== 'all' && ownerId !== undefined && !owners.includes(ownerId);

const contractReceipts = (contractId: string) => Prisma.sql`
  SELECT c.id FROM receipt c WHERE c.contract_id = ${contractId}::uuid
  UNION SELECT a.receipt_id FROM instalment i JOIN allocation a ON a.instalment_id = i.id AND a.status = 'effective'
  WHERE i.contract_id = ${contractId}::uuid`;

/** The reader's receipts. */
interface Scope {
  /** A condition of `r`. */
  readonly holds: Prisma.Sql;
  /** Null for a reader who sees all. */
  readonly theirs: Theirs | null;
}

interface Theirs {
  readonly key: string;
  /** Those that they recorded and those of their own customers. */
  readonly most: Prisma.Sql;
  /** All in words that indexes know, and a query for their customers. */
  readonly rows: Prisma.Sql;
  readonly customers: Prisma.Sql;
}

export async function scopeOf({ db, actor }: ReadCtx): Promise<Scope> {
  const owners = visibleOwners(actor);
  return heldBy(owners, owners === 'all' ? null : await findSharedCustomers(db, owners));
}

/** `shared`: customers of others with a row of these people; null: not known, each receipt is asked whether it pays one. */
function heldBy(owners: 'all' | readonly string[], shared: readonly string[] | null): Scope {
  if (owners === 'all') return { holds: Prisma.sql`TRUE`, theirs: null };
  const people = Prisma.sql`ANY(${[...owners]}::uuid[])`;
  const own = Prisma.sql`SELECT o.id FROM customer o WHERE o.owner_id = ${people}`;
  // A receipt pays rows of its own customer only. OFFSET 0: asked of the row at hand.
  const paysTheirs = Prisma.sql`EXISTS (SELECT 1 FROM allocation a JOIN instalment i ON i.id = a.instalment_id
    WHERE a.receipt_id = r.id AND i.owner_id = ${people} OFFSET 0)`;
  const recorded = Prisma.sql`r.recorded_by = ${people}`;
  const most = Prisma.sql`(${recorded} OR r.customer_id IN (${own}))`;
  // Also where there are none: for the planner a row is then dear enough to be walked to in order.
  const others =
    shared === null
      ? paysTheirs
      : Prisma.sql`(r.customer_id = ANY(${[...shared]}::uuid[]) AND ${paysTheirs})`;
  return {
    holds: Prisma.sql`(${most} OR ${others})`,
    theirs: {
      key: owners.join(),
      most,
      rows: Prisma.sql`(${recorded} OR r.customer_id = ANY(ARRAY(${own}))
        OR r.id = ANY(ARRAY(SELECT r.id FROM receipt r WHERE ${others})))`,
      customers: Prisma.sql`${own} UNION ALL SELECT unnest(${[...(shared ?? [])]}::uuid[]) UNION SELECT m.customer_id
        FROM receipt m WHERE m.recorded_by = ${people} AND m.customer_id NOT IN (${own})`,
    },
  };
}

const isSmall = readNowAndThen<boolean>();

/** Whether it is collected: counted now and then, about, as it decides the way and never what is found. */
function isSmallScope({ db }: ReadCtx, { key, most }: Theirs, limit: number): Promise<boolean> {
  return isSmall(db, `${limit} ${key}`, async () => {
    const [counted] = await db.$queryRaw<{ size: number }[]>`${PLANNED_ANEW}
      SELECT COUNT(*)::int AS size FROM (SELECT FROM receipt r WHERE ${most} LIMIT ${limit + 1}) x`;
    return (counted?.size ?? 0) <= limit;
  });
}

/** Customers of others with a row of these people. */
async function findSharedCustomers(db: ReadCtx['db'], owners: readonly string[]): Promise<string[]> {
  const people = Prisma.sql`ANY(${[...owners]}::uuid[])`;
  // Nearly all rows are of their own customers: held against these row by row, few are left to tell apart.
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT DISTINCT i.customer_id::text AS id FROM instalment i
    WHERE i.owner_id = ${people} AND i.customer_id NOT IN (SELECT o.id FROM customer o WHERE o.owner_id = ${people})`;
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

/** Ids of the receipts that hold every word, whoever sees them; null: too many to name, or nothing to look up. */
async function findByGrams({ db }: ReadCtx, words: string, most: number): Promise<string[] | null> {
  const [longest] = wordsOf(words).toSorted((a, b) => [...b].length - [...a].length);
  const grams = gramsToFind(longest === undefined ? [] : [longest]);
  if (grams.length === 0) return null;
  const limit = Prisma.raw(String(most + 1));
  const [found] = await db.$queryRaw<{ hits: number; ids: string[] }[]>`${PLANNED_ANEW}
    WITH hits AS MATERIALIZED (
      (SELECT r.id FROM receipt r WHERE search_grams(${TEXT}) @> ${grams}::text[] LIMIT ${limit})
      UNION ALL
      (SELECT m.id FROM (SELECT k.id FROM customer k WHERE k.search_grams @> ${grams}::text[] LIMIT ${limit}) k
        CROSS JOIN LATERAL (SELECT q.id FROM receipt q WHERE q.customer_id = k.id OFFSET 0) m LIMIT ${limit}))
    SELECT (SELECT COUNT(*)::int FROM hits) AS hits, ARRAY(
      SELECT r.id::text FROM receipt r JOIN customer k ON k.id = r.customer_id
      WHERE r.id = ANY(ARRAY(SELECT h.id FROM hits h)) AND (SELECT COUNT(*) FROM hits) <= ${most}
        AND ${holdsWords(words)}) AS ids`;
  return found && found.hits <= most ? found.ids : null;
}

/**
 * The same of those of a scope: what many hold, few of theirs may. Null for a reader who sees all. They are found by the
 * customers that hold the words and by the receipts that hold any of them; where nearly all do, each is looked at.
 */
async function findInScope(
  ctx: ReadCtx,
  words: string,
  { holds, theirs }: Scope,
  most: number,
): Promise<string[] | null> {
  if (theirs === null) return null;
  const own = await findHoldingAny(ctx, words, most);
  const limit = Prisma.raw(String(most + 1));
  const ofCustomers = (where: Prisma.Sql) => Prisma.sql`(SELECT r.id FROM (${theirs.customers}) mine
    CROSS JOIN LATERAL (SELECT c.search_text FROM customer c WHERE c.id = mine.id OFFSET 0) k
    CROSS JOIN LATERAL (SELECT q.* FROM receipt q WHERE q.customer_id = mine.id OFFSET 0) r
    WHERE ${where} AND ${holds} LIMIT ${limit})`;
  const ids = own
    ? Prisma.sql`${ofCustomers(customerHolds(words))} UNION (
        SELECT r.id FROM receipt r JOIN customer k ON k.id = r.customer_id
        WHERE r.id = ANY(${own}::uuid[]) AND ${holdsWords(words)} AND ${holds})`
    : ofCustomers(holdsWords(words));
  const found = await ctx.db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW} SELECT x.id::text FROM (${ids}) x`;
  return found.length <= most ? found.map((row) => row.id) : null;
}

/** Ids of the receipts that hold any of the words in their own text; null: too many, or not to be looked up. */
async function findHoldingAny({ db }: ReadCtx, words: string, most: number): Promise<string[] | null> {
  const grams = wordsOf(words).map((word) => gramsToFind([word]));
  if (grams.some((pairs) => pairs.length === 0)) return null;
  const any = grams.map((pairs) => Prisma.sql`search_grams(${TEXT}) @> ${pairs}::text[]`);
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT r.id::text FROM receipt r WHERE ${Prisma.join(any, ' OR ')} LIMIT ${most + 1}`;
  return found.length <= most ? found.map((row) => row.id) : null;
}

function customerHolds(words: string): Prisma.Sql {
  return Prisma.join(
    wordsOf(words).map((word) => Prisma.sql`k.search_text LIKE ${likePattern(word)}`),
    ' AND ',
  );
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

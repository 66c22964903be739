// How customers are searched, among 100,000 as among ten: in one statement whichever way is short. A word that many hold
// (公司) is met soon in the order of the list; one that few hold is looked up by its pairs of letters (GIN); whoever sees
// only a few thousand customers has those looked through. Which way it is must not depend on the planner: a prepared
// statement is planned without knowing the word or the person.
import type { Db, Tx } from '../../db/client.js';
import { type ElementShares, elementSharesOf } from '../../db/element-shares.js';
import { readNowAndThen } from '../../db/now-and-then.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { gramsToFind, likePattern, rarestGrams, shareHolding, wordsOf } from '../search.js';
import type { CustomerState } from './customer.js';

/**
 * `all`, `some`: so many of the list's first are looked through before the index is asked, more where most are somebody
 * else's. `few`: up to here the customers of a scope are looked through one by one.
 */
export const SIZES = { all: 2000, some: 10_000, few: 5000 };
/** So many that may hold a word are looked up at once, whoever asks. */
const FEW_HOLD = 1500;
/** Where it is known how many hold a word: up to so many times more than otherwise are looked through in the list's order. */
const DEEPER = 2;

/** An order that an index answers, of the alias `k`; the id last, so that pages never overlap. */
export const CUSTOMER_ORDER = {
  newest: Prisma.sql`k.id DESC`,
  recent: Prisma.sql`k.updated_at DESC, k.id DESC`,
  name: Prisma.sql`k.name, k.id`,
  oldest: Prisma.sql`k.id`,
  nameReversed: Prisma.sql`k.name DESC, k.id DESC`,
} as const;
export type CustomerOrder = keyof typeof CUSTOMER_ORDER;

/** Some customers, said twice: a query for their ids, and the same as a condition of `k`. */
export interface CustomerScope {
  readonly ids: Prisma.Sql;
  readonly holds: Prisma.Sql;
  /** The same once more: a query for what a search looks at. Left out: each by its id. */
  readonly rows?: Prisma.Sql;
  /** Whether there are few enough of them to look through; left out, the search counts them. */
  readonly few?: boolean;
}

/**
 * The customers of these people; 'all' for every one. `contractsToo`: also those with a contract of these people, which
 * may have another owner.
 */
export function customersOf(
  owners: 'all' | readonly string[],
  options: { contractsToo?: boolean } = {},
): CustomerScope | null {
  if (owners === 'all') return null;
  const ids = Prisma.sql`${[...new Set(owners)]}::uuid[]`;
  // OFFSET 0: whoever owns how much, it is found by the owner's index.
  const own = Prisma.sql`
    SELECT o.id FROM unnest(${ids}) p(id)
    CROSS JOIN LATERAL (SELECT c.id FROM customer c WHERE c.owner_id = p.id OFFSET 0) o`;
  const mine = Prisma.sql`k.owner_id = ANY(${ids})`;
  // By the owner they are found at a third of what it takes to find each by its id.
  const rows = Prisma.sql`SELECT k.* FROM unnest(${ids}) p(id)
    CROSS JOIN LATERAL (SELECT ${COLUMNS} FROM customer k WHERE k.owner_id = p.id OFFSET 0) k`;
  if (!options.contractsToo) return { ids: own, holds: mine, rows };
  // Some more than once. OFFSET 0: first found, then held against their own, all at once.
  const others = Prisma.sql`
    SELECT o.id FROM unnest(${ids}) p(id) CROSS JOIN LATERAL (
      SELECT c.customer_id AS id FROM contract c WHERE c.owner_id = p.id AND c.deleted_at IS NULL
      UNION ALL SELECT i.customer_id FROM instalment i WHERE i.owner_id = p.id AND i.lifecycle = 'open' OFFSET 0) o
    WHERE o.id NOT IN (${own})`;
  return {
    ids: Prisma.sql`SELECT o.id FROM (${own}) o UNION ALL SELECT o.id FROM (${others}) o`,
    rows: Prisma.sql`${rows} UNION ALL SELECT ${COLUMNS} FROM customer k WHERE k.id = ANY(ARRAY(${others}))`,
    holds: Prisma.sql`(${mine} OR EXISTS (
      SELECT 1 FROM contract c WHERE c.customer_id = k.id AND c.owner_id = ANY(${ids}) AND c.deleted_at IS NULL)
      OR EXISTS (SELECT 1 FROM instalment i
        WHERE i.customer_id = k.id AND i.lifecycle = 'open' AND i.owner_id = ANY(${ids})))`,
  };
}

const fewOf = readNowAndThen<boolean>();

/** customersOf, and whether they are few, which is counted now and then only: with each letter it would cost as much as they. */
export async function seenCustomers(
  db: Db | Tx,
  owners: 'all' | readonly string[],
  options: { contractsToo?: boolean } = {},
): Promise<CustomerScope | null> {
  const scope = customersOf(owners, options);
  if (scope === null) return null;
  const key = [options.contractsToo === true, ...owners].join();
  const few = await fewOf(db, key, async () => {
    const [counted] = await db.$queryRaw<{ size: number }[]>`${PLANNED_ANEW}
      SELECT COUNT(*)::int AS size FROM (SELECT FROM (${scope.ids}) m LIMIT ${SIZES.few + 1}) x`;
    return (counted?.size ?? 0) <= SIZES.few;
  });
  return { ...scope, few };
}

export interface CustomerSearch {
  /** Every word must occur; see searchTextOf. */
  readonly words: string | undefined;
  /** What the reader may see or choose; null for everything. */
  readonly scope: CustomerScope | null;
  /** Without frozen and closed ones. */
  readonly activeOnly?: boolean;
  readonly states?: readonly CustomerState[] | undefined;
  readonly type?: string | undefined;
  readonly industry?: string | undefined;
  readonly order: CustomerOrder;
  readonly limit: number;
}

/** More than there are: read in the order of an index as far as is needed. */
const EVERY = 2_000_000_000;

/** What a search looks at. */
const COLUMNS = Prisma.sql`k.id, k.name, k.updated_at, k.search_text, k.owner_id, k.status, k.type,
  k.industry, k.deleted_at`;

/** How many customers hold a pair of letters, about; null where nobody knows. */
export const pairSharesOf = (db: Db | Tx): Promise<ElementShares | null> =>
  elementSharesOf(db, 'customer', 'search_grams');

/** What a search asks of a row `k`, and which way to the rows is short. */
function askedOf(
  { words, scope, activeOnly, states, type, industry, order, limit }: CustomerSearch,
  shares: ElementShares | null,
  sizes: typeof SIZES,
) {
  const typed = wordsOf(words);
  const holds = Prisma.join(
    [
      Prisma.sql`k.deleted_at IS NULL`,
      ...(activeOnly ? [Prisma.sql`k.status = 'active'`] : []),
      ...typed.map((word) => Prisma.sql`k.search_text LIKE ${likePattern(word)}`),
      ...(states ? [Prisma.sql`k.status = ANY(${[...states]}::"CustomerStatus"[])`] : []),
      ...(type === undefined ? [] : [Prisma.sql`k.type = ${type}`]),
      ...(industry === undefined ? [] : [Prisma.sql`k.industry = ${industry}`]),
    ],
    ' AND ',
  );
  const grams = shares ? rarestGrams(typed, (pair) => shares.shareOf(pair)) : gramsToFind(typed);
  const share = shares && grams.length > 0 ? shareHolding(typed, (pair) => shares.shareOf(pair)) : null;
  const hold = share !== null && shares ? share * shares.rows : Number.POSITIVE_INFINITY;
  // Of so many in the order of the list, enough hold the word if it is spread about evenly, which in the order of names
  // it is not: they begin with it, or not.
  const spread = order === 'name' || order === 'nameReversed' ? 10 : 1.5;
  const depth = share === null ? 0 : Math.ceil((limit * spread) / share);
  return {
    holds,
    inScope: scope?.holds ?? Prisma.sql`TRUE`,
    indexed: grams.length === 0 ? Prisma.sql`TRUE` : Prisma.sql`k.search_grams @> ${grams}::text[]`,
    // Without it the whole list might be looked through in its order, which for a word that few hold is all customers.
    fence: grams.length === 0 ? Prisma.empty : Prisma.sql`OFFSET 0`,
    /** By the index at once. */
    direct: hold <= FEW_HOLD || (!scope && depth > sizes.all * DEEPER + limit),
    lookedThrough: scope ? sizes.some + limit : Math.max(sizes.all + limit, depth),
  };
}

/**
 * A query for the ids of the first `limit` customers that match, in no order.
 * @param shares tells the short way beforehand; without them more than one is tried
 */
export function matchingCustomers(
  search: CustomerSearch,
  shares: ElementShares | null,
  sizes: typeof SIZES = SIZES,
): Prisma.Sql {
  const { scope, order, limit } = search;
  const by = CUSTOMER_ORDER[order];
  const { holds, inScope, indexed, fence, direct, lookedThrough } = askedOf(search, shares, sizes);
  if (direct)
    return Prisma.sql`SELECT k.id FROM (SELECT ${COLUMNS} FROM customer k WHERE ${indexed} ${fence}) k
      WHERE ${holds} AND ${inScope} ORDER BY ${by} LIMIT ${limit}`;
  const rows = scope?.rows;
  if (rows && scope.few === true)
    return Prisma.sql`SELECT k.id FROM (${rows}) k WHERE ${holds} ORDER BY ${by} LIMIT ${limit}`;
  // Met in the order of the list, or found by the index.
  const alongOrder = (where: Prisma.Sql) => Prisma.sql`
    SELECT k.id FROM (SELECT ${COLUMNS} FROM customer k WHERE ${where} ORDER BY ${by} LIMIT ${lookedThrough}) k
    WHERE ${holds} AND ${inScope} ORDER BY ${by} LIMIT ${limit}`;
  const byIndex = (where: Prisma.Sql) => Prisma.sql`
    SELECT f.id FROM first f WHERE (SELECT COUNT(*) FROM first) = ${limit}
    UNION ALL
    (SELECT k.id FROM (
        SELECT ${COLUMNS} FROM customer k WHERE ${where} AND (SELECT COUNT(*) FROM first) < ${limit} AND ${indexed}
        ${fence}) k
      WHERE ${holds} AND ${inScope} ORDER BY ${by} LIMIT ${limit})`;
  const TRUE = Prisma.sql`TRUE`;
  if (!scope || scope.few === false)
    return Prisma.sql`WITH first AS MATERIALIZED (${alongOrder(TRUE)}) ${byIndex(TRUE)}`;
  const many = Prisma.sql`(SELECT COUNT(*) FROM mine) > ${sizes.few}`;
  const few =
    rows ??
    Prisma.sql`SELECT ${COLUMNS} FROM customer k WHERE k.id = ANY(ARRAY(SELECT m.id FROM mine m WHERE NOT ${many}))`;
  return Prisma.sql`
    WITH mine AS MATERIALIZED (SELECT m.* FROM (${scope.ids}) m LIMIT ${sizes.few + 1}),
    first AS MATERIALIZED (${alongOrder(many)})
    (SELECT k.id FROM (SELECT f.* FROM (${few}) f WHERE NOT ${many} OFFSET 0) k WHERE ${holds} ORDER BY ${by} LIMIT ${limit})
    UNION ALL
    ${byIndex(many)}`;
}

/**
 * One page of the list and how many there are, counted up to `limit` - 1: a row of `total` and `ids`. Of many whom the index
 * names, any are counted and the page is met in the list's order: all of them in their order are many more.
 */
export function pageOfCustomers(
  search: CustomerSearch,
  { number, size }: { number: number; size: number },
  shares: ElementShares | null,
  sizes: typeof SIZES = SIZES,
): Prisma.Sql {
  const { order, limit, scope } = search;
  const by = CUSTOMER_ORDER[order];
  const { holds, indexed, fence, direct } = askedOf(search, shares, sizes);
  const countsAny = direct && !scope;
  const counts = limit - 1;
  const page = Prisma.sql`ORDER BY ${by} LIMIT ${size} OFFSET (SELECT GREATEST(c.page - 1, 0) * ${size} FROM counted c)`;
  const found = countsAny
    ? Prisma.sql`SELECT k.id FROM (SELECT ${COLUMNS} FROM customer k WHERE ${indexed} ${fence}) k WHERE ${holds} LIMIT ${limit}`
    : matchingCustomers(search, shares, sizes);
  const ofFound = Prisma.sql`SELECT k.id::text FROM customer k WHERE k.id = ANY(ARRAY(SELECT id FROM found)) ${page}`;
  const ofAll = Prisma.sql`SELECT k.id::text FROM (SELECT ${COLUMNS} FROM customer k ORDER BY ${by} LIMIT ${EVERY}) k
    WHERE ${holds} ${page}`;
  const ids = countsAny
    ? Prisma.sql`CASE WHEN counted.total > ${counts} THEN ARRAY(${ofAll}) ELSE ARRAY(${ofFound}) END`
    : Prisma.sql`ARRAY(${ofFound})`;
  return Prisma.sql`
    WITH found AS MATERIALIZED (${found}),
      counted AS (SELECT COUNT(*)::int AS total, LEAST(${number}::int, CEIL(LEAST(COUNT(*), ${counts}) / ${size}::numeric)) AS page
        FROM found)
    SELECT counted.total, ${ids} AS ids FROM counted`;
}

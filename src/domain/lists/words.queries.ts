// Which contracts hold the words of a search, in their own text or their customer's: few are named by their ids, so that
// whatever hangs on them is found by index; of many, the reader's list is looked through. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { elementSharesOf } from '../../db/element-shares.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { gramsToFind, likePattern, rarestGrams, wordsOf } from '../search.js';

/** More than these are not named one by one. */
export const NAMED_TO = 4000;

/** Every word in a contract `c` or its customer `k`; TRUE for no words. */
export function contractHolds(words: string | undefined): Prisma.Sql {
  const conditions = wordsOf(words).map((word) => {
    const pattern = likePattern(word);
    return Prisma.sql`(c.search_text LIKE ${pattern} OR k.search_text LIKE ${pattern})`;
  });
  return conditions.length === 0 ? Prisma.sql`TRUE` : Prisma.join(conditions, ' AND ');
}

/** The longest word is the rarest. */
const longestFirst = (words: string): string[] =>
  wordsOf(words).toSorted((a, b) => [...b].length - [...a].length);

/**
 * Ids of the contracts that hold every word, whoever may see them (the caller's list is limited anyway); null: too many
 * to name, or nothing to look up.
 */
export async function findNamedContracts(db: Db | Tx, words: string): Promise<string[] | null> {
  // What the longest brings is held against all of them.
  const [longest = ''] = longestFirst(words);
  if (gramsToFind([longest]).length === 0) return null;
  const [own, customers] = await Promise.all([
    pairsIn(db, longest, 'contract_search_idx'),
    pairsIn(db, longest, 'customer'),
  ]);
  const limit = Prisma.raw(String(NAMED_TO + 1));
  const [found] = await db.$queryRaw<{ hits: number; ids: string[] }[]>`${PLANNED_ANEW}
    WITH hits AS MATERIALIZED (
      (SELECT c.id FROM contract c WHERE search_grams(c.search_text) @> ${own}::text[] LIMIT ${limit})
      UNION ALL
      (SELECT c.id FROM (SELECT k.id FROM customer k WHERE k.search_grams @> ${customers}::text[] LIMIT ${limit}) k
        CROSS JOIN LATERAL (SELECT c.id FROM contract c WHERE c.customer_id = k.id OFFSET 0) c LIMIT ${limit}))
    SELECT (SELECT COUNT(*)::int FROM hits) AS hits, ARRAY(
      SELECT c.id::text FROM contract c JOIN customer k ON k.id = c.customer_id
      WHERE c.id = ANY(ARRAY(SELECT h.id FROM hits h)) AND (SELECT COUNT(*) FROM hits) <= ${NAMED_TO}
        AND ${contractHolds(words)}) AS ids`;
  return found && found.hits <= NAMED_TO ? found.ids : null;
}

/** Of a word's pairs of letters the rarest: what all numbers begin with takes long to read, and rules nothing out. */
async function pairsIn(
  db: Db | Tx,
  word: string,
  place: 'contract_search_idx' | 'customer',
): Promise<string[]> {
  const shares = await elementSharesOf(db, place, 'search_grams');
  return shares ? rarestGrams([word], (pair) => shares.shareOf(pair)) : gramsToFind([word]);
}

/** So many contracts of these people are looked at to tell how many of them hold the words. */
const SAMPLE = 1000;

/**
 * The same of those with a row of these people: what many hold, few of theirs may. Null also where a sample of their own
 * contracts says that too many do.
 */
export async function findContractsNamedOf(
  db: Db | Tx,
  words: string,
  owners: readonly string[],
  most: number = NAMED_TO,
): Promise<readonly string[] | null> {
  if ((await countHolding(db, words, owners)) > most) return null;
  const named = await findByCustomers(db, words, owners, most);
  if (named) return named.length <= most ? named : null;
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT mine.id::text FROM (
      SELECT DISTINCT i.contract_id AS id FROM instalment i WHERE i.owner_id = ANY(${[...owners]}::uuid[])) mine
    CROSS JOIN LATERAL (SELECT FROM contract c JOIN customer k ON k.id = c.customer_id
      WHERE c.id = mine.id AND ${contractHolds(words)} OFFSET 0) held LIMIT ${most + 1}`;
  return found.length <= most ? found.map((row) => row.id) : null;
}

/**
 * The same, customer by customer, who are fewer: by the longest word, which few contracts hold themselves; null where many
 * do. At most one more than are named.
 */
async function findByCustomers(
  db: Db | Tx,
  words: string,
  owners: readonly string[],
  most: number,
): Promise<readonly string[] | null> {
  const [longest = ''] = longestFirst(words);
  const grams = gramsToFind([longest]);
  if (grams.length === 0) return null;
  const theirs = Prisma.sql`i.owner_id = ANY(${[...owners]}::uuid[])`;
  const limit = Prisma.raw(String(most + 1));
  const [found] = await db.$queryRaw<{ own: number; ids: string[] }[]>`${PLANNED_ANEW}
    WITH own AS MATERIALIZED (
      SELECT c.id FROM contract c WHERE search_grams(c.search_text) @> ${grams}::text[] LIMIT ${limit}),
    few AS MATERIALIZED (SELECT COUNT(*) <= ${most} AS few FROM own),
    held AS MATERIALIZED (
      SELECT k.id FROM (SELECT DISTINCT i.customer_id AS id FROM instalment i WHERE ${theirs} AND (SELECT few FROM few)) m
      CROSS JOIN LATERAL (SELECT q.id, q.search_text FROM customer q WHERE q.id = m.id OFFSET 0) k
      WHERE k.search_text LIKE ${likePattern(longest)}),
    named AS (
      SELECT r.id FROM held h CROSS JOIN LATERAL (
        SELECT DISTINCT i.contract_id AS id FROM instalment i WHERE i.customer_id = h.id AND ${theirs} OFFSET 0) r
      UNION SELECT o.id FROM own o
        WHERE (SELECT few FROM few) AND EXISTS (SELECT 1 FROM instalment i WHERE i.contract_id = o.id AND ${theirs} OFFSET 0))
    SELECT (SELECT COUNT(*)::int FROM own) AS own, ARRAY(SELECT n.id::text FROM named n
      CROSS JOIN LATERAL (SELECT FROM contract c JOIN customer k ON k.id = c.customer_id
        WHERE c.id = n.id AND ${contractHolds(words)} OFFSET 0) x LIMIT ${limit}) AS ids`;
  return found && found.own <= most ? found.ids : null;
}

/** How many contracts of these people hold the words, about: as many of all as of some of each. */
async function countHolding(db: Db | Tx, words: string, owners: readonly string[]): Promise<number> {
  const people = [...new Set(owners)];
  const each = Math.ceil(SAMPLE / Math.max(1, people.length));
  const [found] = await db.$queryRaw<{ all: number; looked: number; holding: number }[]>`${PLANNED_ANEW}
    SELECT COUNT(*)::int AS looked, COUNT(*) FILTER (WHERE ${contractHolds(words)})::int AS holding,
      (SELECT COUNT(*)::int FROM contract a WHERE a.owner_id = ANY(${people}::uuid[]) AND a.deleted_at IS NULL) AS all
    FROM unnest(${people}::uuid[]) p(id) CROSS JOIN LATERAL (SELECT a.customer_id, a.search_text FROM contract a
      WHERE a.owner_id = p.id AND a.deleted_at IS NULL LIMIT ${each}) c
    CROSS JOIN LATERAL (SELECT b.search_text FROM customer b WHERE b.id = c.customer_id OFFSET 0) k`;
  return found && found.looked > 0 ? (found.holding / found.looked) * found.all : 0;
}

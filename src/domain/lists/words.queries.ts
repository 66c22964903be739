// Which contracts hold the words of a search, in their own text or their customer's: few are named by their ids, so that
// whatever hangs on them is found by index; of many, the reader's list is looked through. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { gramsToFind, likePattern, wordsOf } from '../search.js';

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

/**
 * Ids of the contracts that hold every word, whoever may see them (the caller's list is limited anyway); null: too many
 * to name, or nothing to look up.
 */
export async function findNamedContracts(db: Db | Tx, words: string): Promise<string[] | null> {
  // The longest word is the rarest; what it brings is held against all of them.
  const [longest] = wordsOf(words).toSorted((a, b) => [...b].length - [...a].length);
  const grams = gramsToFind(longest === undefined ? [] : [longest]);
  if (grams.length === 0) return null;
  const limit = Prisma.raw(String(NAMED_TO + 1));
  const [found] = await db.$queryRaw<{ hits: number; ids: string[] }[]>`
    WITH hits AS MATERIALIZED (
      (SELECT c.id FROM contract c WHERE search_grams(c.search_text) @> ${grams}::text[] LIMIT ${limit})
      UNION ALL
      (SELECT c.id FROM (SELECT k.id FROM customer k WHERE k.search_grams @> ${grams}::text[] LIMIT ${limit}) k
        CROSS JOIN LATERAL (SELECT c.id FROM contract c WHERE c.customer_id = k.id OFFSET 0) c LIMIT ${limit}))
    SELECT (SELECT COUNT(*)::int FROM hits) AS hits, ARRAY(
      SELECT c.id::text FROM contract c JOIN customer k ON k.id = c.customer_id
      WHERE c.id = ANY(ARRAY(SELECT h.id FROM hits h)) AND (SELECT COUNT(*) FROM hits) <= ${NAMED_TO}
        AND ${contractHolds(words)}) AS ids`;
  return found && found.hits <= NAMED_TO ? found.ids : null;
}

// Which contracts hold the words of a search, in their own text or their customer's: few are named by their ids, so that
// whatever hangs on them is found by index; of many, the reader's list is looked through. Changes nothing.
import type { Db, Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
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
  const [found] = await db.$queryRaw<{ hits: number; ids: string[] }[]>`${PLANNED_ANEW}
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

/** The same of those with a row of these people: what many hold, few of theirs may. */
export async function findContractsNamedOf(
  db: Db | Tx,
  words: string,
  owners: readonly string[],
): Promise<string[] | null> {
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT mine.id::text FROM (
      SELECT DISTINCT i.contract_id AS id FROM instalment i WHERE i.owner_id = ANY(${[...owners]}::uuid[])) mine
    CROSS JOIN LATERAL (SELECT FROM contract c JOIN customer k ON k.id = c.customer_id
      WHERE c.id = mine.id AND ${contractHolds(words)} OFFSET 0) held LIMIT ${NAMED_TO + 1}`;
  return found.length <= NAMED_TO ? found.map((row) => row.id) : null;
}

// How many rows hold an element of an array column, about: the database's own statistics, read now and then. They say
// which way of a search is short; what is found must not hang on them. Changes nothing.
import type { Db, Tx } from './client.js';
import { readNowAndThen } from './now-and-then.js';

export interface ElementShares {
  /** All rows of the table, about. */
  readonly rows: number;
  /** The part of them that holds the element, at most: 0.05. */
  shareOf(element: string): number;
}

const kept = readNowAndThen<ElementShares | null>();

/** Of a column of texts, or of what an index is made of; null where the database has not counted yet. */
export const elementSharesOf = (db: Db | Tx, table: string, column: string): Promise<ElementShares | null> =>
  kept(db, `${table}.${column}`, () => readShares(db, table, column));

async function readShares(db: Db | Tx, table: string, column: string): Promise<ElementShares | null> {
  const [found] = await db.$queryRaw<{ rows: number; elements: string[]; shares: number[] }[]>`
    SELECT c.reltuples::float8 AS rows, s.most_common_elems::text::text[] AS elements,
      s.most_common_elem_freqs::float8[] AS shares
    FROM pg_class c JOIN pg_stats s ON s.schemaname = c.relnamespace::regnamespace::text AND s.tablename = c.relname
    WHERE c.oid = ${table}::regclass AND s.attname = ${column} AND s.most_common_elems IS NOT NULL AND c.reltuples > 0`;
  if (!found) return null;
  const { rows, elements, shares } = found;
  const known = new Map(elements.map((element, place) => [element, shares[place] ?? 1]));
  // Behind the shares of the elements stand the least and the greatest of them: others are rarer than the least.
  const least = shares[elements.length] ?? 1;
  return { rows, shareOf: (element) => known.get(element) ?? least };
}

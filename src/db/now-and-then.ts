// What says which way to the rows is short, and is asked of the database now and then only: how many there are, about. What
// is found must never hang on it. Changes nothing.
import type { Db, Tx } from './client.js';

const KEPT_MS = 10 * 60 * 1_000;
/** Of each client; beyond it all are asked for again. */
const MOST_KEPT = 2_000;

/** A reading whose answer is kept for ten minutes, by client and key. */
export function readNowAndThen<T>(): (db: Db | Tx, key: string, read: () => Promise<T>) => Promise<T> {
  const keptOf = new WeakMap<Db | Tx, Map<string, { readonly since: number; readonly answer: Promise<T> }>>();
  return async (db, key, read) => {
    const kept = keptOf.get(db) ?? new Map<string, { since: number; answer: Promise<T> }>();
    keptOf.set(db, kept);
    const known = kept.get(key);
    if (known && performance.now() - known.since < KEPT_MS) return known.answer;
    if (kept.size >= MOST_KEPT) kept.clear();
    const answer = read();
    kept.set(key, { since: performance.now(), answer });
    // What went wrong is asked for again with the next one.
    answer.catch(() => kept.delete(key));
    return answer;
  };
}

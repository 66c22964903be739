// What says which way to the rows is short, and is asked of the database now and then only: how many there are, about. What
// is found must never hang on it. Changes nothing.
import type { Db, Tx } from './client.js';

const KEPT_MS = 10 * 60 * 1_000;
/** That nobody knows yet is soon otherwise: a table has just been filled. */
const UNKNOWN_KEPT_MS = 5_000;
/** Of each client; beyond it all are asked for again. */
const MOST_KEPT = 2_000;

interface Kept<T> {
  readonly since: number;
  readonly keptMs: number;
  readonly answer: Promise<T>;
}

/** A reading whose answer is kept for ten minutes, by client and key; null, that nobody knows yet, for five seconds. */
export function readNowAndThen<T>(): (db: Db | Tx, key: string, read: () => Promise<T>) => Promise<T> {
  const keptOf = new WeakMap<Db | Tx, Map<string, Kept<T>>>();
  return async (db, key, read) => {
    const kept = keptOf.get(db) ?? new Map<string, Kept<T>>();
    keptOf.set(db, kept);
    const known = kept.get(key);
    if (known && performance.now() - known.since < known.keptMs) return known.answer;
    if (kept.size >= MOST_KEPT) kept.clear();
    const answer = read();
    const entry = { since: performance.now(), keptMs: KEPT_MS, answer };
    kept.set(key, entry);
    answer.then(
      (said) => {
        if (said === null) entry.keptMs = UNKNOWN_KEPT_MS;
      },
      // What went wrong is asked for again with the next one.
      () => kept.delete(key),
    );
    return answer;
  };
}

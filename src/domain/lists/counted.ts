// How far lists are counted and turned: a longer one is searched or exported, not turned page by page. Pure.
import { pageOf } from '../page.js';

/** Counting, summing and turning pages stop here. */
export const COUNTED_TO = 10_000;

/** A list's head: how many there are, and the page shown. */
export interface Counted {
  /** Of all pages; with `more`, only the first so many were counted. */
  readonly total: number;
  readonly more: boolean;
  readonly page: number;
  readonly pages: number;
}

/** `found`: counted up to one beyond `limit`. */
export function countedOf(found: number, limit: number, asked: number, size: number): Counted {
  const total = Math.min(found, limit);
  return { total, more: found > limit, ...pageOf(total, asked, size) };
}

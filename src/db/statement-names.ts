// Names for prepared statements: a query that comes again is parsed and planned once a connection. On the embedded
// engine that is most of a small query's cost.
import { createHash } from 'node:crypto';

/** Lists of different lengths make different texts: beyond this many, further ones stay unnamed, so that a connection's memory is bounded. */
const MAX_NAMES = 500;

/** A generator for the adapter: the same text gets the same name, for at most `max` texts. */
export function statementNames(max: number = MAX_NAMES): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // The driver takes an empty name for an unnamed statement.
    if (names.size >= max) return '';
    const name = `hk_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`;
    names.set(sql, name);
    return name;
  };
}

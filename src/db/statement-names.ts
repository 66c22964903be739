// Names for prepared statements: a query that comes again is parsed and planned once a connection. On the embedded
// engine that is most of a small query's cost.
import { createHash } from 'node:crypto';
import { Prisma } from '../generated/prisma/client.js';

/** Lists of different lengths make different texts: beyond this many, further ones stay unnamed, so that a connection's memory is bounded. */
const MAX_NAMES = 500;

/**
 * Begins a query whose best plan hangs on its values (a person of 16 rows or of a million, a day long ago or tomorrow):
 * it gets no name and is planned each time. A named one would sooner or later be planned for nobody in particular.
 */
export const PLANNED_ANEW = Prisma.raw('/* planned anew */');

/** A generator for the adapter: the same text gets the same name, for at most `max` texts. */
export function statementNames(max: number = MAX_NAMES): (query: { sql: string }) => string {
  const names = new Map<string, string>();
  return ({ sql }) => {
    const known = names.get(sql);
    if (known !== undefined) return known;
    // The driver takes an empty name for an unnamed statement.
    if (names.size >= max || sql.includes(PLANNED_ANEW.sql)) return '';
    const name = `hk_${createHash('sha256').update(sql).digest('base64url').slice(0, 22)}`;
    names.set(sql, name);
    return name;
  };
}

// Names the people who may do what was refused: a refusal that tells nobody's name sends a person searching.
import type { Db } from '../db/client.js';
import { ROLES, type Role } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { listHolders } from '../domain/members/member.queries.js';
import { isBeyondScope } from './errors.js';

const NAMES_SHOWN = 3;

/** The same error, with up to three people who hold a needed role if it is a refusal without names. */
export async function nameWhoCan(db: Db, error: unknown): Promise<unknown> {
  if (!isDomainError(error, 'access.denied') || error.params.names.length > 0) return error;
  // Whoever has the role has it for other records: their names would help nobody.
  if (isBeyondScope(error)) return error;
  const needs = error.params.needs.filter((role): role is Role =>
    (ROLES as readonly string[]).includes(role),
  );
  if (needs.length === 0) return error;
  try {
    const holders = await listHolders(db, ...needs);
    const names = holders.slice(0, NAMES_SHOWN).map((person) => person.name);
    return new DomainError('access.denied', { ...error.params, names }, error.field);
  } catch {
    // The refusal stands, with or without names.
    return error;
  }
}

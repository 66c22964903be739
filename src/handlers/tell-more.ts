// What a refusal says beyond its rule, looked up once it was refused: who may do it, and what somebody else changed. Without
// it a person searches; where it cannot be read the refusal stands as it is.
import { z } from 'zod';
import type { Db } from '../db/client.js';
import { ROLES, type Role } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { timeOf } from '../domain/ids.js';
import { findLastChanges } from '../domain/last-changes.queries.js';
import { listHolders } from '../domain/members/member.queries.js';
import { isBeyondScope } from './errors.js';

const NAMES_SHOWN = 3;
const form = z.object({ r: z.string() });

/** The request id in a form's metadata; none in one that was made up. */
export function formIdOf(metadata: string): string | undefined {
  try {
    return form.parse(JSON.parse(metadata)).r;
  } catch {
    return undefined;
  }
}

/** The same error with what is known about it; `formId`: the request id of the form, minted when it opened. */
export async function tellMore(db: Db, error: unknown, formId?: string): Promise<unknown> {
  try {
    if (isDomainError(error, 'access.denied')) return await nameWhoCan(db, error);
    if (isDomainError(error, 'version.conflict')) return await nameChanges(db, error, formId);
  } catch {
    // The refusal stands, with or without names.
  }
  return error;
}

/** Up to three people who hold a needed role. */
async function nameWhoCan(db: Db, error: DomainError<'access.denied'>): Promise<DomainError> {
  const { names: known, needs } = error.params;
  const roles = needs.filter((role): role is Role => (ROLES as readonly string[]).includes(role));
  // Whoever has the role has it for other records: their names would help nobody.
  if (known.length > 0 || roles.length === 0 || isBeyondScope(error)) return error;
  const holders = await listHolders(db, ...roles);
  const names = holders.slice(0, NAMES_SHOWN).map((person) => person.name);
  return new DomainError('access.denied', { ...error.params, names }, error.field);
}

/** Which fields others changed since the form was opened; without a form, by the last change. */
async function nameChanges(
  db: Db,
  error: DomainError<'version.conflict'>,
  formId?: string,
): Promise<DomainError> {
  const { params } = error;
  const since = formId === undefined ? null : timeOf(formId);
  const { fields, who } = await findLastChanges(db, params.subjectId, since);
  return new DomainError('version.conflict', { ...params, who: params.who || who, fields }, error.field);
}

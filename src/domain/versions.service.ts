// Optimistic locking: what changed between two rows, and who was faster.
import type { Tx } from '../db/client.js';
import { DomainError } from './errors.js';

/** The fields of `one` that differ in `other`: an audit entry shows what changed, not the whole row. */
export function changedOnly(
  one: Record<string, unknown>,
  other: Record<string, unknown>,
): Record<string, unknown> {
  const text = (value: unknown) =>
    JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${item}` : item));
  const keys = Object.keys(one).filter((key) => key in other && text(one[key]) !== text(other[key]));
  return Object.fromEntries(keys.map((key) => [key, one[key]]));
}

/** Names who changed the row last, and when. */
export async function versionConflict(
  tx: Tx,
  row: { id: string; updatedById: string; updatedAt: Date; version: number },
): Promise<DomainError<'version.conflict'>> {
  const who = await tx.user.findUnique({ where: { id: row.updatedById } });
  return conflictOn(row, who?.name);
}

/** Of rows that do not say who: the trail may. */
export const conflictOn = (
  { id, updatedAt, version }: { id: string; updatedAt: Date; version: number },
  who = '',
): DomainError<'version.conflict'> =>
  new DomainError('version.conflict', { who, at: updatedAt, version, fields: [], subjectId: id });

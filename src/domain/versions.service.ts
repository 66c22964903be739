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
  row: { updatedById: string; updatedAt: Date; version: number },
): Promise<DomainError<'version.conflict'>> {
  const who = await tx.user.findUnique({ where: { id: row.updatedById } });
  return new DomainError('version.conflict', {
    who: who?.name ?? '',
    at: row.updatedAt,
    version: row.version,
  });
}

// What was changed of a row lately, as the trail says it: for whoever was about to save over it. Reads only; callers have
// checked the scope.
import type { Db } from '../db/client.js';
import { changesOf, isRecord } from './audit-changes.js';

/** Rows that people change in forms: with the row's id they are found in the trail's index. */
const KINDS = [
  'contract',
  'customer',
  'instalment',
  'receipt',
  'template',
  'member',
  'department',
  'company',
];
const LATEST = 5;
/** Not for everybody who may change the row (rules §12, credit.see): that somebody else did is told without it. */
const CONFIDENTIAL = 'creditLimit';

/** The fields of the changes since a moment, newest first; without a moment those of the last one. `who`: the last of them. */
export async function findLastChanges(
  db: Db,
  subjectId: string,
  since: Date | null,
): Promise<{ fields: string[]; who: string }> {
  const entries = await db.auditLog.findMany({
    where: { subjectType: { in: KINDS }, subjectId, ...(since && { at: { gt: since } }) },
    orderBy: [{ at: 'desc' }, { id: 'desc' }],
    take: since === null ? 1 : LATEST,
    select: { actorId: true, before: true, after: true },
  });
  const side = (value: unknown) => (isRecord(value) ? value : null);
  const fields = entries.flatMap(({ before, after }) =>
    changesOf(side(before), side(after)).flatMap(({ field }) => (field === CONFIDENTIAL ? [] : [field])),
  );
  const actorId = entries[0]?.actorId ?? null;
  const actor = actorId === null ? null : await db.user.findUnique({ where: { id: actorId } });
  return { fields: [...new Set(fields)], who: actor?.name ?? '' };
}

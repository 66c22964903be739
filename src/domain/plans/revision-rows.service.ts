// Entries of an instalment's history; its facts are taken from the row when they are saved (save-traces.service.ts).
import { newId } from '../ids.js';
import type { LocalDate } from '../local-date.js';
import type { RevisionRow } from '../save-traces.service.js';

/** Changes of instalments as rows of their history. */
export function revisionRows(
  ctx: { now: Date; today: LocalDate },
  changes: readonly { id: string; cause: string }[],
): RevisionRow[] {
  return changes.map(({ id, cause }) => ({
    id: newId(ctx.now),
    instalment_id: id,
    valid_from: ctx.today,
    recorded_at: ctx.now,
    cause,
  }));
}

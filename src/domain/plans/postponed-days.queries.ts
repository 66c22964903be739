// By how many days an instalment was postponed so far: what a rep may still add is measured from it (rules §3).
import type { Db, Tx } from '../../db/client.js';

/** Over all postponements since an amendment last agreed its day; estimates of milestones that moved it are among them. */
export async function loadPostponedDays(db: Db | Tx, instalmentId: string): Promise<number> {
  const [row] = await db.$queryRaw<{ days: number }[]>`
    SELECT COALESCE(SUM(to_date - from_date), 0)::int AS days FROM postponement
    WHERE instalment_id = ${instalmentId}::uuid AND status = 'approved' AND counts`;
  return row?.days ?? 0;
}

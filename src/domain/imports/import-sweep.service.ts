// What files held does not stay for ever; what it became does.
import type { SystemCtx } from '../../ctx.js';

/** What a file held is kept so long: for its errors to be asked about, and no longer than that. */
const ROWS_KEPT_DAYS = 30;
/** Rows of one statement that removes them. */
const REMOVED_ROWS = 5000;

/**
 * Removes the rows of files that nobody has touched for long; what they became stays, and so does the import itself. One
 * that was never started is read anew if somebody comes back to it.
 * @returns how many rows
 */
export async function sweepImports(ctx: SystemCtx): Promise<number> {
  const { db, now } = ctx;
  await db.$executeRaw`
    UPDATE import_job SET status = 'asked', version = version + 1
    WHERE status IN ('staging', 'ready') AND updated_at < ${now}::timestamptz - make_interval(days => ${ROWS_KEPT_DAYS})`;
  for (let swept = 0; ; ) {
    const removed = await db.$executeRaw`
      DELETE FROM import_row WHERE (job_id, line) IN (
        SELECT r.job_id, r.line FROM import_job j JOIN import_row r ON r.job_id = j.id
        WHERE j.status NOT IN ('waiting', 'running') AND j.updated_at < ${now}::timestamptz - make_interval(days => ${ROWS_KEPT_DAYS})
        LIMIT ${REMOVED_ROWS})`;
    if (removed === 0) return swept;
    swept += removed;
  }
}

// What a server does by itself, for the embedded engine, which has no autovacuum and no checkpointer: dead rows are given
// back, plans are made anew for tables as they are, not as they were when the connection was young, and the log is cut.
import type { Pool } from 'pg';

/** Autovacuum's own threshold for new statistics: this many changes, and this share of the table. */
const CHANGED_ROWS = 50;
const CHANGED_SHARE = 0.1;

/**
 * Vacuums and analyzes the tables that have changed much since the last time, one by one: everybody else waits for a
 * statement. Must not be called inside of a transaction. @returns how many tables
 */
export async function vacuumTables(pool: Pool): Promise<number> {
  // What this connection has counted is shown at the end of a statement, but at most once a second unless it is asked to.
  await pool.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await pool.query<{ name: string }>(
    `SELECT quote_ident(s.relname) AS name FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
     WHERE s.schemaname = 'public'
       AND GREATEST(s.n_mod_since_analyze, s.n_dead_tup) > $1 + $2 * GREATEST(c.reltuples, 0)
     ORDER BY s.relname`,
    [CHANGED_ROWS, CHANGED_SHARE],
  );
  for (const { name } of rows) await pool.query(`VACUUM (ANALYZE) ${name}`);
  // Else the log grows for as long as the process lives, and all of it is read again after a crash.
  await pool.query('CHECKPOINT');
  return rows.length;
}

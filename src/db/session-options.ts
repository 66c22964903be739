// What every session starts with, on both engines. Never rely on a server's own defaults for these.

/**
 * Compiling a query (jit) takes longer than any query of ours runs, and a query on several cores takes them from others.
 * Lists group many rows: what does not fit into work_mem goes through files. Reports have more of both (wide-query.ts).
 * Settings in the form of PostgreSQL's `options` parameter. adapter-pg reads timestamptz wrong in a session
 * whose zone is not UTC; use cases are written for READ COMMITTED with explicit row locks.
 */
export const SESSION_OPTIONS =
  '-c TimeZone=UTC -c jit=off -c max_parallel_workers_per_gather=0 -c work_mem=16MB -c default_transaction_isolation=read\\ committed';

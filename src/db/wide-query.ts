// Queries that read a large part of the books, as reports do: with room to group hundreds of thousands of rows without files,
// and a second core, which the many small queries of everybody else are not to take from each other (session-options.ts).
import { Prisma } from '../generated/prisma/client.js';
import type { Db, Tx } from './client.js';
import { transact } from './transact.js';

/** The file of a large company's books on a busy machine takes its time. */
const TIMEOUT_MS = 300_000;

/** For this transaction alone. Where the server has no workers (the embedded engine), none are planned for. */
const settings = (workers: 0 | 1): Prisma.Sql => Prisma.sql`
  SELECT set_config('work_mem', '64MB', true), set_config('max_parallel_workers_per_gather',
    CASE WHEN current_setting('max_parallel_workers') = '0' THEN '0' ELSE ${String(workers)} END, true)`;

// A transaction could begin another one within itself.
const isClient = (db: Db | Tx): db is Db => '$connect' in db;

/**
 * Rows of a query. `workers`: 0 where it makes so many groups that two cores would only hand them to each other. Inside a
 * transaction it runs like every other.
 */
export async function queryWide<Row>(db: Db | Tx, query: Prisma.Sql, workers: 0 | 1 = 1): Promise<Row[]> {
  return readWide(db, (tx) => tx.$queryRaw<Row[]>(query), workers);
}

/** The same for a query whose rows are taken some at a time. */
export async function readWide<T>(db: Db | Tx, read: (tx: Tx) => Promise<T>, workers: 0 | 1 = 1): Promise<T> {
  if (!isClient(db)) return read(db);
  const work = async (tx: Tx) => {
    await tx.$queryRaw(settings(workers));
    return read(tx);
  };
  return transact(db, work, { timeoutMs: TIMEOUT_MS });
}

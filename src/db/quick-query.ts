// Small reads that every click waits for, past the client: of a look at one row by its key, the client's work is three
// quarters of what the app does for it. Not for anything else: values come as the driver reads them.
import type { Pool } from 'pg';
import type { Prisma } from '../generated/prisma/client.js';
import type { Db } from './client.js';
import { statementNames } from './statement-names.js';
import { refuseInsideTransaction } from './transaction-scope.js';

/** Where a client carries its pool. */
const POOL = Symbol('pool');
type Pooled = Db & { readonly [POOL]?: Pool };
const nameOf = statementNames();

/** From now on this client's quick reads go to this pool. */
export const readQuicklyFrom = (db: Db, pool: Pool): Db => Object.assign(db, { [POOL]: pool });

/**
 * Rows of one query outside of transactions. Texts, booleans, 32-bit integers, instants, JSON and arrays of texts come as
 * such; money (a 64-bit integer) and days would come as texts and as somebody's midnight.
 * @throws ClientInsideTransactionError; otherwise what the driver throws (driver-error.ts)
 */
export async function queryQuick<Row extends object>(db: Db, query: Prisma.Sql): Promise<Row[]> {
  refuseInsideTransaction('queryQuick');
  const { [POOL]: pool }: Pooled = db;
  if (!pool) throw new TypeError('A client that openDatabase did not open');
  const { rows } = await pool.query<Row>({
    name: nameOf(query),
    text: query.text,
    values: query.values,
  });
  return rows;
}

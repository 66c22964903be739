// One transaction of a connection of the pool, below the ORM.
import type { Pool, PoolClient } from 'pg';

/** Runs `work` in a transaction; what fails takes it back. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken = true;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    broken = false;
    return result;
  } finally {
    // A connection that is ended takes its transaction back.
    client.release(broken);
  }
}

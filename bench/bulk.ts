// Fills tables in minutes where row by row it would take hours: without indexes and foreign keys, which are made anew of
// everything at the end.
import type { Pool, PoolClient } from 'pg';

/** Whatever `work` inserts must fit by itself: foreign keys are not asked. The tables are left as autovacuum leaves them. */
export async function inBulk(
  pool: Pool,
  tables: readonly string[],
  work: (client: PoolClient) => Promise<void>,
): Promise<void> {
  const client = await pool.connect();
  try {
    // Those of keys stay: ids come in order, and rows are looked up by them meanwhile.
    const { rows: indexes } = await client.query<{ name: string; definition: string }>(
      `SELECT x.indexrelid::regclass::text AS name, pg_get_indexdef(x.indexrelid) AS definition FROM pg_index x
       WHERE x.indrelid IN (SELECT name::regclass FROM unnest($1::text[]) name)
         AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid)`,
      [tables],
    );
    await client.query("SET session_replication_role = replica; SET maintenance_work_mem = '256MB'");
    for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
    await work(client);
    for (const { definition } of indexes) await client.query(definition);
    for (const table of tables) await client.query(`VACUUM ANALYZE ${table}`);
    await client.query('RESET session_replication_role; RESET maintenance_work_mem');
  } finally {
    client.release();
  }
}

// One moment of the whole database, read while everybody else goes on: on PostgreSQL a snapshot, on the embedded engine,
// which has one session, what set-aside.ts has put aside.
import type { Pool, PoolClient } from 'pg';
import type { BackupHeader } from './format.js';
import { setAside } from './set-aside.js';
import { hasFiles, type Moment, ROWS_A_BATCH, readFacts, selectLines, type Table } from './tables.js';

/** @throws BackupError schema: there is no database of Huikuan; disturbed: begin again */
export async function takeMoment(pool: Pool, engine: BackupHeader['engine']): Promise<Moment> {
  return engine === 'embedded' ? setAside(pool) : takeSnapshot(await pool.connect());
}

async function takeSnapshot(client: PoolClient): Promise<Moment> {
  // Its transaction ends with the connection, which nothing else needs.
  const end = async () => client.release(true);
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    const facts = await readFacts(client);
    const cursors = new Map(facts.tables.map((table, index) => [table, `backup_${index}`]));
    for (const [table, cursor] of cursors)
      await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${selectLines(table, false)}`);
    const next = async (table: Table) => {
      const { rows } = await client.query<{ line: string }>(
        `FETCH ${hasFiles(table) ? 1 : ROWS_A_BATCH} FROM ${cursors.get(table)}`,
      );
      return rows.map(({ line }) => line);
    };
    return { ...facts, next, end };
  } catch (error) {
    await end();
    throw error;
  }
}

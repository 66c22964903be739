// A clean slate between two tests. The queries that the session has planned stay planned: to plan them again for every test
// takes a third of its time.
import type { PoolClient } from 'pg';
import type { Database } from '../../src/db/client.js';

/** Tables with rows that are gone and still take room: of some fifty tables a file fills some twenty. */
const emptied = new WeakMap<Database, Set<string>>();

interface Contents {
  tables: string[];
  sequences: string[];
  /** What refuses changes of append-only tables, as the statement that makes it. */
  guard: string;
}

/** Removes every row, those of migrations too, and restarts sequences. */
export async function truncate(db: Database): Promise<void> {
  const client = await db.pool.connect();
  try {
    const { tables, sequences, guard } = await listContents(client);
    // Append-only tables refuse to be emptied. The replica role switches that and all references off, and makes its session
    // forget its plans; the embedded engine has no other session, and nobody beside this one who could add a row.
    const [open, close] =
      db.engine === 'embedded'
        ? [WITHOUT_GUARD, guard]
        : ['SET LOCAL session_replication_role = replica', ''];
    await client.query(`BEGIN; ${open}`);
    const { rows } = await client.query<{ found: (string | null)[] }>({
      name: 'test: delete all',
      text: deleteAll(tables),
    });
    await client.query(
      `${sequences.map((name) => `SELECT setval('${name}', 1, false);`).join(' ')} ${close}; COMMIT`,
    );
    const found = rows[0]?.found.filter((name) => name !== null) ?? [];
    if (found.length > 0) emptied.set(db, new Set([...(emptied.get(db) ?? []), ...found]));
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** Gives back the room of what was removed, for the next file. */
export async function vacuumEmptied(db: Database): Promise<void> {
  const names = emptied.get(db);
  if (names) await db.pool.query(`VACUUM ${[...names].join(', ')}`);
  emptied.delete(db);
}

const WITHOUT_GUARD =
  'CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$';

async function listContents(client: PoolClient): Promise<Contents> {
  const { rows } = await client.query<Contents>({
    name: 'test: contents',
    text: `
      SELECT ARRAY(SELECT format('%I', tablename) FROM pg_tables
                   WHERE schemaname = 'public' AND tablename <> '_prisma_migrations' ORDER BY 1) AS tables,
             ARRAY(SELECT format('%I', sequencename) FROM pg_sequences WHERE schemaname = 'public') AS sequences,
             pg_get_functiondef('refuse_change()'::regprocedure) AS guard`,
  });
  if (!rows[0]) throw new Error('The catalog did not answer.');
  return rows[0];
}

/** One statement, as references between tables are looked at once all of it is done. @returns SQL: the names of those that had rows */
const deleteAll = (tables: string[]): string => `
  WITH ${tables.map((name, index) => `d${index} AS (DELETE FROM ${name} RETURNING 1)`).join(', ')}
  SELECT ARRAY[${tables.map((name, index) => `CASE WHEN EXISTS (SELECT FROM d${index}) THEN '${name}' END`).join(', ')}] AS found`;

// Which pages of which tables have been written to, as the embedded engine's own log tells: whatever a committed
// transaction changes is in there before anybody hears of it. To look at every row instead would keep all others waiting.
import type { PoolClient } from 'pg';
import { BackupError } from './format.js';

// Of the extension pg_walinspect, for this connection alone: nothing of it stays in the database.
const READ_LOG = `
  CREATE OR REPLACE FUNCTION pg_temp.wal_blocks(IN start_lsn pg_lsn, IN end_lsn pg_lsn, IN show_data boolean,
    OUT start_lsn pg_lsn, OUT end_lsn pg_lsn, OUT prev_lsn pg_lsn, OUT block_id int2, OUT reltablespace oid,
    OUT reldatabase oid, OUT relfilenode oid, OUT relforknumber int2, OUT relblocknumber int8, OUT xid xid,
    OUT resource_manager text, OUT record_type text, OUT record_length int4, OUT main_data_length int4,
    OUT block_data_length int4, OUT block_fpi_length int4, OUT block_fpi_info text[], OUT description text,
    OUT block_data bytea, OUT block_fpi_data bytea)
  RETURNS SETOF record AS '$libdir/pg_walinspect', 'pg_get_wal_block_info' LANGUAGE C STRICT`;

/** A place in the log as a number, so that places can be compared. */
export const PLACE_NOW = `(pg_current_wal_insert_lsn() - '0/0')::text`;

export interface ChangedPage {
  /** The file of its table: another one once the table is emptied or written anew. */
  readonly file: number;
  readonly page: number;
  /** Where in the log it was last written to. */
  readonly at: bigint;
}

/** The log from some place on, read piece by piece. */
export interface LogReader {
  /** The pages written to since the last call. @throws BackupError disturbed: that part of the log is gone */
  next(client: PoolClient): Promise<ChangedPage[]>;
}

/** Begins to read at the end of the log. */
export async function followLog(client: PoolClient): Promise<LogReader> {
  await client.query(READ_LOG);
  const [now] = (await client.query<{ place: string }>('SELECT pg_current_wal_insert_lsn()::text AS place'))
    .rows;
  let from = now?.place ?? '0/0';
  const next = async (reader: PoolClient): Promise<ChangedPage[]> => {
    const { rows } = await reader
      .query<{ file: number; page: number; at: string; end: string }>(
        `SELECT b.relfilenode AS file, b.relblocknumber::int AS page, (max(b.start_lsn) - '0/0')::text AS at,
           (max(max(b.end_lsn)) OVER ())::text AS end
         FROM (SELECT pg_current_wal_flush_lsn() AS written) w, LATERAL pg_temp.wal_blocks($1, w.written, false) b
         WHERE w.written > $1 AND b.relforknumber = 0 GROUP BY 1, 2`,
        [from],
      )
      .catch((cause: unknown) => {
        const text = 'The log of the database was cut during the backup. Start it again.';
        throw new BackupError('disturbed', text, { cause });
      });
    // Where the last record ends another one begins; to stop anywhere else would pass over the record that lies across.
    from = rows[0]?.end ?? from;
    return rows.map(({ file, page, at }) => ({ file, page, at: BigInt(at) }));
  };
  return { next };
}

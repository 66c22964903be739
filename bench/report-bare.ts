// Aging as anybody would write it down, by each kind of group: of today from the rows as they stand, of an earlier day from
// the facts (history, payments, adjustments). Fewer columns than the report: no retention, credit, names or largest debtor.
import type { PoolClient } from 'pg';
import type { Database } from '../src/db/client.js';
import type { Group, ReportQuery } from '../src/domain/reports/report.js';

interface Key {
  readonly key: string;
  readonly join: string;
}
const KEYS: { readonly [G in Group]: Key } = {
  customer: { key: 'i.customer_id', join: '' },
  contract: { key: 'i.contract_id', join: '' },
  rep: { key: 'i.owner_id', join: '' },
  department: { key: 'u.department_id', join: 'JOIN app_user u ON u.id = i.owner_id' },
  type: { key: 'c.type', join: 'JOIN contract c ON c.id = i.contract_id' },
};

const SUMS = `
  SUM(i.outstanding) FILTER (WHERE i.due >= $1::date) AS not_due,
  SUM(i.outstanding) FILTER (WHERE i.due BETWEEN $1::date - 30 AND $1::date - 1) AS d30,
  SUM(i.outstanding) FILTER (WHERE i.due BETWEEN $1::date - 60 AND $1::date - 31) AS d60,
  SUM(i.outstanding) FILTER (WHERE i.due BETWEEN $1::date - 90 AND $1::date - 61) AS d90,
  SUM(i.outstanding) FILTER (WHERE i.due BETWEEN $1::date - 180 AND $1::date - 91) AS d180,
  SUM(i.outstanding) FILTER (WHERE i.due < $1::date - 180) AS older,
  SUM(i.outstanding) FILTER (WHERE i.due IS NULL) AS undated, SUM(i.outstanding) AS open`;

const NOW = `
  SELECT r.customer_id, r.contract_id, r.owner_id, r.effective_due AS due, r.outstanding FROM instalment r
  WHERE r.lifecycle = 'open' AND r.outstanding > 0 AND r.currency = 'CNY'`;

const THEN = `
  SELECT r.customer_id, r.contract_id, v.owner_id, v.due,
    (v.amount - COALESCE(p.amount, 0) - COALESCE(d.amount, 0))::bigint AS outstanding
  FROM (
    SELECT DISTINCT ON (v.instalment_id) v.instalment_id, v.amount, COALESCE(v.postponed_to, v.due_on) AS due, v.owner_id, v.lifecycle
    FROM instalment_revision v WHERE v.valid_from <= $1::date ORDER BY v.instalment_id, v.recorded_at DESC, v.id DESC) v
  JOIN instalment r ON r.id = v.instalment_id
  LEFT JOIN (
    SELECT a.instalment_id, SUM(a.amount) AS amount FROM allocation a
    WHERE a.effective_on <= $1::date AND (a.released_on IS NULL OR a.released_on > $1::date)
    GROUP BY a.instalment_id) p ON p.instalment_id = r.id
  LEFT JOIN (
    SELECT d.instalment_id, SUM(d.amount) AS amount FROM adjustment d WHERE d.effective_on <= $1::date
    GROUP BY d.instalment_id) d ON d.instalment_id = r.id
  WHERE v.lifecycle IN ('open', 'settled', 'written_off') AND r.currency = 'CNY'`;

/** With the room and the second core that reports have. */
async function inRoom<T>({ pool }: Database, read: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN; SET LOCAL work_mem = '64MB'; SET LOCAL max_parallel_workers_per_gather = 1");
    const found = await read(client);
    await client.query('COMMIT');
    return found;
  } finally {
    client.release();
  }
}

/** What is open of the ten largest groups, in minor units, the largest first. */
export async function readBareAging(
  database: Database,
  { by, to }: Pick<ReportQuery, 'by' | 'to'>,
  today: ReportQuery['to'],
): Promise<bigint[]> {
  const { key, join } = KEYS[by];
  const rows = to < today ? `(${THEN})` : `(${NOW})`;
  const sql = `SELECT ${key}, ${SUMS} FROM ${rows} i ${join} WHERE i.outstanding > 0 GROUP BY 1 ORDER BY open DESC LIMIT 10`;
  const found = await inRoom(database, (client) => client.query<{ open: string }>(sql, [to]));
  return found.rows.map(({ open }) => BigInt(open));
}

// Fills a database with a company of the size that is measured, by set-based SQL.
import type { Database } from '../src/db/client.js';
import type { LocalDate } from '../src/domain/local-date.js';
import { loadCompany } from '../src/domain/settings/company.service.js';

export interface Volume {
  /** Open instalments in all. */
  instalments: number;
  /** Of these, how many are due for a reminder today (the rest is due far ahead). */
  due: number;
  reps: number;
}

/**
 * People, customers and contracts with `instalments` open rows, `due` of which are due today (R4); each rep has contracts
 * with something left to plan. Ids are made from the row numbers, so that a run can be repeated.
 */
export async function fill(database: Database, today: LocalDate, now: Date, volume: Volume): Promise<void> {
  await loadCompany(database.prisma, now);
  const { pool } = database;
  const perContract = 10;
  const contracts = Math.ceil(volume.instalments / perContract);
  const id = (kind: string, number: string) =>
    `('${kind}0000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;
  await pool.query(
    `INSERT INTO app_user (id, slack_user_id, name, locale, timezone, roles, created_at, updated_at)
     SELECT ${id('0000', 'n')}, 'U' || n, 'Person ' || n, 'zh-CN', 'Asia/Shanghai',
       CASE n WHEN 0 THEN '{finance}' WHEN 1 THEN '{sales_manager}' ELSE '{rep}' END::text[], $1, $1
     FROM generate_series(0, ${volume.reps + 1}) n`,
    [now],
  );
  await pool.query(`UPDATE app_user SET manager_id = ${id('0000', '1')} WHERE roles = '{rep}'`);
  const owner = id('0000', `2 + n % ${volume.reps}`);
  const makeIndexes = await dropIndexes(database);
  await pool.query(
    `INSERT INTO customer (id, code, name, contacts, search_text, search_grams, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${id('0001', 'n')}, 'KH-' || n, '客户 ' || n, '[]', 'kh-' || n || ' 客户 ' || n, '{}', ${owner}, $1, ${owner}, $1, ${owner}
     FROM generate_series(1, ${contracts}) n`,
    [now],
  );
  await pool.query(
    `INSERT INTO contract (id, number, name, customer_id, type, amount, currency, status, plan_incomplete, owner_id,
       search_text, created_at, created_by, updated_at, updated_by)
     SELECT ${id('0002', 'n')}, 'HT-' || n, '合同 ' || n, ${id('0001', 'n')}, 'vehicle',
       (${perContract} + (n % 100 < ${volume.reps})::int) * 1000000, 'CNY', 'active', n % 100 < ${volume.reps}, ${owner}, 'ht-' || n || ' 合同 ' || n, $1, ${owner}, $1, ${owner}
     FROM generate_series(1, ${contracts}) n`,
    [now],
  );
  await pool.query(
    `INSERT INTO instalment (id, contract_id, customer_id, seq, name, amount, currency, outstanding, due_on, original_due_on,
       effective_due, first_remind_on, lifecycle, opened_on, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${id('0003', 'k')}, ${id('0002', 'n')}, ${id('0001', 'n')}, 1 + k % ${perContract}, '第' || (1 + k % ${perContract}) || '期',
       1000000, 'CNY', 1000000, due, due, due, due - 7, 'open', $2::date - 60, ${owner}, $1, ${owner}, $1, ${owner}
     FROM (SELECT k, 1 + k / ${perContract} AS n,
             CASE WHEN k % ${Math.floor(volume.instalments / volume.due)} = 0 THEN $2::date ELSE $2::date + 100 + k % 500 END AS due
           FROM generate_series(0, ${volume.instalments - 1}) k) rows`,
    [now, today],
  );
  await makeIndexes();
  await pool.query('VACUUM ANALYZE');
}

/** Each open row `times` more, paid long ago after a reminder. */
export async function addSettled(database: Database, today: LocalDate, times: number): Promise<void> {
  const makeIndexes = await dropIndexes(database);
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT quote_ident(column_name) AS name FROM information_schema.columns WHERE table_name = 'instalment'
       AND column_name NOT IN ('id', 'seq', 'lifecycle', 'outstanding', 'effective_due', 'first_remind_on', 'step_rank')`,
  );
  const columns = rows.map((row) => row.name).join(', ');
  await database.pool.query(
    `INSERT INTO instalment (id, seq, lifecycle, outstanding, effective_due, first_remind_on, step_rank, ${columns})
     SELECT gen_random_uuid(), most.seq + i.seq + 10 * n, 'settled', 0, $1::date - 30 - i.seq, $1::date - 37 - i.seq, 400,
       ${columns}
     FROM (SELECT MAX(seq) AS seq FROM instalment) most, generate_series(1, ${times}) n, instalment i
     WHERE i.lifecycle = 'open'`,
    [today],
  );
  await database.pool.query(
    `INSERT INTO reminder (id, instalment_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id, status,
       planned_on, created_at)
     SELECT gen_random_uuid(), i.id, 0, 'R4', i.effective_due, 'owner', i.owner_id, 'sent', i.effective_due, i.created_at
     FROM instalment i WHERE i.lifecycle = 'settled' ON CONFLICT DO NOTHING`,
  );
  await makeIndexes();
  await database.pool.query('VACUUM ANALYZE instalment');
}

/** Takes the indexes off that can be made again: to fill a table with them takes many times as long. */
async function dropIndexes({ pool }: Database): Promise<() => Promise<void>> {
  const { rows } = await pool.query<{ name: string; sql: string }>(
    `SELECT quote_ident(indexname) AS name, indexdef AS sql FROM pg_indexes WHERE schemaname = 'public'
       AND tablename IN ('instalment', 'contract', 'customer')
       AND indexname NOT IN (SELECT conname FROM pg_constraint)`,
  );
  for (const { name } of rows) await pool.query(`DROP INDEX ${name}`);
  return async () => {
    for (const { sql } of rows) await pool.query(sql);
  };
}

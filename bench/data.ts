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
 * People, customers and contracts with `instalments` open rows, `due` of which are due today (R4). Ids are made from
 * the row numbers, so that a run can be repeated.
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
  await pool.query(
    `INSERT INTO customer (id, code, name, contacts, search_text, search_grams, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${id('0001', 'n')}, 'KH-' || n, '客户 ' || n, '[]', 'kh-' || n || ' 客户 ' || n, '{}', ${owner}, $1, ${owner}, $1, ${owner}
     FROM generate_series(1, ${contracts}) n`,
    [now],
  );
  await pool.query(
    `INSERT INTO contract (id, number, name, customer_id, type, amount, currency, status, owner_id, search_text,
       created_at, created_by, updated_at, updated_by)
     SELECT ${id('0002', 'n')}, 'HT-' || n, '合同 ' || n, ${id('0001', 'n')}, 'vehicle', ${perContract} * 1000000, 'CNY', 'active',
       ${owner}, 'ht-' || n || ' 合同 ' || n, $1, ${owner}, $1, ${owner}
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
  await pool.query('ANALYZE');
}

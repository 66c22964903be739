// The company of the lists' benchmark: customers, contracts, instalments over four years, receipts and their allocations.
import type { PoolClient } from 'pg';
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { newId } from '../src/domain/ids.js';
import { todayIn } from '../src/domain/local-date.js';
import { toActor } from '../src/domain/members/member.queries.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { inBulk } from './bulk.js';

export const NOW = new Date('2026-11-19T02:00:00Z');
export const PER_CONTRACT = 4;
export const PER_CUSTOMER = 5;
export const REPS = 60;

const uuid = (kind: string, number: string) =>
  `('${kind}0000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

const TABLES = [
  'app_user',
  'customer',
  'contract',
  'instalment',
  'receipt',
  'allocation',
  'instalment_revision',
];

/** Reps under six managers; instalments over four years, most of the past ones paid; a receipt for each second paid one. */
export async function fillLists(
  { prisma, pool }: Database,
  instalments: number,
  more: (client: PoolClient) => Promise<void> = async () => {},
): Promise<void> {
  await loadCompany(prisma, NOW);
  await inBulk(pool, TABLES, async (client) => {
    await insertLists(client, instalments);
    await more(client);
    // Triggers are off: what they keep is set at once.
    await client.query(`UPDATE instalment i SET begun_on = t.begun_on, terms_since = t.terms_since, money_from = m.money_from,
        money_to = m.money_to, paid_on = m.paid_on
      FROM instalment o LEFT JOIN instalment_terms t ON t.id = o.id LEFT JOIN instalment_money m ON m.id = o.id
      WHERE i.id = o.id AND (t.id IS NOT NULL OR m.id IS NOT NULL)`);
    await client.query('UPDATE receipt r SET moved_on = v.moved_on FROM receipt_moves v WHERE v.id = r.id');
  });
}

async function insertLists(pool: PoolClient, instalments: number): Promise<void> {
  const contracts = instalments / PER_CONTRACT;
  const customers = contracts / PER_CUSTOMER;
  await pool.query(
    `INSERT INTO app_user (id, slack_user_id, name, locale, timezone, roles, created_at, updated_at)
     SELECT ${uuid('0000', 'n')}, 'UL' || n, 'Person ' || n, 'zh-CN', 'Asia/Shanghai',
       CASE WHEN n = 0 THEN '{sales_director}' WHEN n <= 6 THEN '{sales_manager}' ELSE '{rep}' END::text[], $1, $1
     FROM generate_series(0, ${REPS + 6}) n`,
    [NOW],
  );
  await pool.query(
    `UPDATE app_user SET manager_id = ${uuid('0000', '1 + substr(slack_user_id, 3)::int % 6')} WHERE roles = '{rep}'`,
  );
  const owner = uuid('0000', `7 + c % ${REPS}`);
  const stamps = `$1, ${owner}, $1, ${owner}`;
  await pool.query(
    `INSERT INTO customer (id, code, name, contacts, search_text, search_grams, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${uuid('0001', 'c')}, 'KL-' || c, name, '[]', text, search_grams(text), ${owner}, ${stamps}
     FROM (SELECT c, name, 'kl-' || c || ' ' || name AS text FROM (SELECT c,
       (ARRAY['徐州','上海','北京','广州','重庆','成都','武汉','西安'])[1 + c % 8] || chr(20000 + (c * 31 % 6000)::int)
         || chr(20000 + (c * 7 % 5987)::int) || '机械有限公司' AS name FROM generate_series(1, ${customers}) c) named) x`,
    [NOW],
  );
  await pool.query(
    `INSERT INTO contract (id, number, name, customer_id, type, amount, currency, status, owner_id, signed_on, ends_on, search_text,
       finance_owner_id, parent_contract_id, created_at, created_by, updated_at, updated_by)
     SELECT ${uuid('0002', 'n')}, 'HL-' || n, '设备合同 ' || n, ${uuid('0001', 'c')}, 'vehicle', ${PER_CONTRACT} * 1000000,
       CASE WHEN n % 50 = 0 THEN 'USD' ELSE 'CNY' END,
       CASE WHEN n % 500 = 0 THEN 'draft' WHEN n % 3 = 0 THEN 'completed' ELSE 'active' END::"ContractStatus",
       ${owner}, $2::date - n % 1400, CASE WHEN n % 7 > 0 THEN $2::date - n % 1400 + 730 END, 'hl-' || n || ' 设备合同 ' || n,
       CASE WHEN n % 9 = 0 THEN ${uuid('0000', 'n % 7')} END, CASE WHEN n % 100 > 80 THEN ${uuid('0002', 'n - n % 100 + 1')} END, ${stamps}
     FROM (SELECT n, 1 + n % ${customers} AS c FROM generate_series(1, ${contracts}) n) x`,
    [NOW, '2026-11-19'],
  );
  await pool.query(
    `INSERT INTO instalment (id, contract_id, customer_id, seq, name, amount, currency, outstanding, due_on, original_due_on,
       effective_due, first_remind_on, lifecycle, opened_on, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${uuid('0003', 'k')}, ${uuid('0002', 'n')}, ${uuid('0001', 'c')}, 1 + k % ${PER_CONTRACT},
       '第' || (1 + k % ${PER_CONTRACT}) || '期', money, CASE WHEN n % 50 = 0 THEN 'USD' ELSE 'CNY' END,
       CASE WHEN state IN ('settled', 'cancelled', 'written_off') THEN 0 ELSE money END, due, due, due, due - 7, state, $2::date - 60,
       ${owner}, ${stamps}
     FROM (SELECT k, n, 1 + n % ${customers} AS c, 10000 + k * 7919::bigint % 5000000 AS money,
         CASE WHEN k % 997 = 0 THEN NULL ELSE $2::date - 1000 + k * 31 % 1460 END AS due,
         CASE WHEN k % 1009 = 0 THEN 'written_off' WHEN k % 1013 = 0 THEN 'cancelled'
           WHEN k * 31 % 1460 < 1000 AND k % 20 <> 0 THEN 'settled' ELSE 'open' END::"InstalmentLifecycle" AS state
       FROM (SELECT k, 1 + k / ${PER_CONTRACT} AS n FROM generate_series(0, ${instalments - 1}) k) numbered) x`,
    [NOW, '2026-11-19'],
  );
  await pool.query(
    `INSERT INTO receipt (id, number, customer_id, contract_id, instalment_id, amount, currency, unapplied, method, received_on,
       payer_name, bank_slip_no, status, recorded_by, last_edited_by, created_at, updated_at, updated_by)
     SELECT ${uuid('0004', 'k')}, 'HK-L' || k, i.customer_id, i.contract_id, i.id, i.amount, i.currency, CASE WHEN k % 400 = 0 THEN 100 ELSE 0 END,
       'transfer', i.effective_due, 'payer ' || k, 'SL' || k,
       CASE WHEN k % 1000 = 1 THEN 'submitted' ELSE 'approved' END::"ReceiptStatus", i.owner_id, i.owner_id, $1, $1, i.owner_id
     FROM generate_series(0, ${instalments - 1}, 2) k JOIN instalment i ON i.id = ${uuid('0003', 'k')}
     WHERE i.lifecycle = 'settled' AND i.effective_due IS NOT NULL`,
    [NOW],
  );
  await pool.query(
    `INSERT INTO allocation (id, receipt_id, instalment_id, amount, status, effective_on, booked_at, created_at)
     SELECT r.id, r.id, r.instalment_id, r.amount, 'effective', r.received_on, $1, $1 FROM receipt r WHERE r.status = 'approved'`,
    [NOW],
  );
}

export async function actAs(database: Database, slackUserId: string): Promise<Ctx> {
  const db = database.prisma;
  const company = await loadCompany(db, NOW);
  const user = await db.user.findUniqueOrThrow({ where: { slackUserId } });
  const today = todayIn(NOW, company.timezone);
  return { db, now: NOW, today, company, actor: await toActor(db, user), requestId: newId(NOW) };
}

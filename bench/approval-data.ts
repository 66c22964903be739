// Receipts that wait for finance, by set-based SQL: one on the first instalment of each contract, so that no two touch the
// same rows; their cards are posted already.
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { newId } from '../src/domain/ids.js';
import { localDate, todayIn } from '../src/domain/local-date.js';
import { toActor } from '../src/domain/members/member.queries.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { fill } from './data.js';

/** A Thursday in Shanghai, 10:00. */
const NOW = new Date('2026-11-19T02:00:00Z');
const TODAY = localDate('2026-11-19');
export const FINANCE_CHANNEL = 'C_FIN';

/** A receipt that waits. */
export interface Waiting {
  readonly approvalId: string;
  readonly stepId: string;
  readonly receiptId: string;
  readonly instalmentId: string;
  readonly contractId: string;
  readonly amount: string;
  readonly recorderId: string;
  /** Of its posted card. */
  readonly ts: string;
}

const id = (kind: string) => `('${kind}0000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid`;

/** `count` receipts that wait, in a company whose people have opened their Home. */
export async function fillForApprovals(database: Database, count: number): Promise<Waiting[]> {
  await fill(database, TODAY, NOW, { instalments: count * 10, due: count, reps: 40 });
  const { pool } = database;
  await pool.query(`UPDATE company SET finance_channel_id = $1`, [FINANCE_CHANNEL]);
  await pool.query(`UPDATE app_user SET home_opened_at = $1`, [NOW]);
  await pool.query(
    `INSERT INTO receipt (id, number, customer_id, contract_id, instalment_id, amount, currency, method, received_on,
       recorded_by, last_edited_by, created_at, updated_at, updated_by)
     SELECT ${id('0004')}, 'HK-' || n, i.customer_id, i.contract_id, i.id, i.amount, i.currency, 'transfer', $2::date, i.owner_id,
       i.owner_id, $1, $1, i.owner_id
     FROM instalment i CROSS JOIN LATERAL (SELECT substr(i.contract_id::text, 25)) x(hex)
     CROSS JOIN LATERAL (SELECT ('x' || lpad(x.hex, 16, '0'))::bit(64)::bigint) y(n) WHERE i.seq = 1`,
    [NOW, TODAY],
  );
  await pool.query(
    `INSERT INTO allocation (id, receipt_id, instalment_id, amount, created_at)
     SELECT ${id('0005')}, ${id('0004')}, ('00030000-0000-7000-8000-' || lpad(to_hex((n - 1) * 10), 12, '0'))::uuid, 1000000, $1
     FROM generate_series(1, $2::int) n`,
    [NOW, count],
  );
  await pool.query(
    `INSERT INTO approval (id, subject_type, subject_id, subject_version, requested_by, flow_key, involved_ids, asked_at,
       created_at, updated_at)
     SELECT ${id('0006')}, 'receipt', r.id, 1, r.recorded_by, 'receipt', ARRAY[r.recorded_by], $1, $1, $1
     FROM generate_series(1, $2::int) n JOIN receipt r ON r.id = ${id('0004')}`,
    [NOW, count],
  );
  await pool.query(
    `INSERT INTO approval_step (id, approval_id, seq, approver_roles, approver_ids)
     SELECT ${id('0007')}, ${id('0006')}, 1, '{finance}', '{}' FROM generate_series(1, $1::int) n`,
    [count],
  );
  await pool.query(
    `INSERT INTO outbox (id, op, kind, dedupe_key, payload, recipient, status, attempts, channel, ts, created_at, sent_at)
     SELECT ${id('0008')}, 'post', 'receipt.card', 'receipt.card:' || ${id('0006')},
       jsonb_build_object('receiptId', ${id('0004')}, 'approvalId', ${id('0006')}), 'finance', 'sent', 1, $2, '1.' || n, $1, $1
     FROM generate_series(1, $3::int) n`,
    [NOW, FINANCE_CHANNEL, count],
  );
  await pool.query('VACUUM ANALYZE');
  const { rows } = await pool.query<Waiting>(
    `SELECT a.id AS "approvalId", s.id AS "stepId", r.id AS "receiptId", r.instalment_id AS "instalmentId",
       r.contract_id AS "contractId", r.amount, r.recorded_by AS "recorderId", o.ts
     FROM approval a JOIN approval_step s ON s.approval_id = a.id JOIN receipt r ON r.id = a.subject_id
     JOIN outbox o ON o.dedupe_key = 'receipt.card:' || a.id ORDER BY a.id`,
  );
  return rows;
}

/** The finance person of bench/data.ts at work. */
export async function asFinance({ prisma }: Database): Promise<Ctx> {
  const company = await loadCompany(prisma, NOW);
  const user = await prisma.user.findUniqueOrThrow({ where: { slackUserId: 'U0' } });
  const actor = await toActor(prisma, user);
  return {
    db: prisma,
    now: NOW,
    today: todayIn(NOW, company.timezone),
    company,
    actor,
    requestId: newId(NOW),
  };
}

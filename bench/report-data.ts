// The company of the reports' benchmark: that of the lists with its history, all its receipts and what was written off.
import type { PoolClient } from 'pg';
import type { Database } from '../src/db/client.js';
import { fillLists } from './list-data.js';

/** A database that is filled already (run.ts: BENCH_KEPT) is asked as it is. */
export async function fillReports(database: Database, instalments: number): Promise<void> {
  const { rows } = await database.pool.query<{ filled: boolean }>(
    'SELECT EXISTS (SELECT 1 FROM instalment) AS filled',
  );
  if (rows[0]?.filled !== true) await fillLists(database, instalments, fillHistory);
}

/**
 * Each row was made as it is; those of the last days are its latest change. What is closed was paid or written off: a report of
 * an earlier day would find it open else.
 */
async function fillHistory(client: PoolClient): Promise<void> {
  await client.query(
    `INSERT INTO instalment_revision (id, instalment_id, valid_from, recorded_at, amount, due_on, postponed_to, owner_id, lifecycle, cause)
     SELECT gen_random_uuid(), id, LEAST(COALESCE(due_on, opened_on), opened_on) - 400, created_at, amount, due_on, postponed_to, owner_id, 'open', 'created'
     FROM instalment WHERE lifecycle <> 'cancelled'
     UNION ALL
     SELECT gen_random_uuid(), id, COALESCE(due_on, opened_on), created_at + interval '1 second', amount, due_on, postponed_to, owner_id, lifecycle, 'paid'
     FROM instalment WHERE lifecycle = 'settled'`,
  );
  await client.query(
    `INSERT INTO receipt (id, number, customer_id, contract_id, instalment_id, amount, currency, unapplied, method, received_on,
       payer_name, status, recorded_by, last_edited_by, created_at, updated_at, updated_by)
     SELECT i.id, 'HK-M' || row_number() OVER (), i.customer_id, i.contract_id, i.id, i.amount, i.currency, 0, 'transfer',
       COALESCE(i.due_on, i.opened_on), 'payer', 'approved', i.owner_id, i.owner_id, i.created_at, i.created_at, i.owner_id
     FROM instalment i WHERE i.lifecycle = 'settled' AND NOT EXISTS (SELECT 1 FROM allocation a WHERE a.instalment_id = i.id)`,
  );
  await client.query(
    `INSERT INTO allocation (id, receipt_id, instalment_id, amount, status, effective_on, booked_at, created_at)
     SELECT r.id, r.id, r.instalment_id, r.amount, 'effective', r.received_on, r.created_at, r.created_at
     FROM receipt r WHERE r.id = r.instalment_id`,
  );
  await client.query(
    `INSERT INTO adjustment (id, instalment_id, kind, amount, status, effective_on, booked_at, created_at, created_by)
     SELECT i.id, i.id, 'bad_debt', i.amount, 'approved', i.opened_on, i.created_at, i.created_at, i.owner_id
     FROM instalment i WHERE i.lifecycle = 'written_off'`,
  );
}

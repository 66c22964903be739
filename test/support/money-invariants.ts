// The sums that must hold over the whole database, whatever happened (rules §4 no. 1, 2, 3, 4). Reads only, computes in
// SQL what services keep by hand, and says what is wrong.
import type { Db } from '../../src/db/client.js';

interface Check {
  readonly name: string;
  /** Rows that break it. */
  readonly sql: string;
}

const CHECKS: readonly Check[] = [
  {
    name: '1: proposals of a waiting receipt are at most its amount; none on one that did not come through',
    sql: `SELECT r.number FROM receipt r LEFT JOIN allocation a ON a.receipt_id = r.id AND a.status = 'proposed'
      GROUP BY r.id HAVING COALESCE(SUM(a.amount), 0) >
        CASE WHEN r.status = 'submitted' THEN r.amount ELSE 0 END`,
  },
  {
    name: '1: a booked receipt is what it applied, what is unapplied and what was taken back; another one applied nothing',
    sql: `SELECT r.number FROM receipt r LEFT JOIN allocation a ON a.receipt_id = r.id AND a.status = 'effective'
      GROUP BY r.id HAVING CASE WHEN r.status IN ('approved', 'partly_reversed', 'reversed') AND r.reverses_id IS NULL
        THEN COALESCE(SUM(a.amount), 0) + r.unapplied + (SELECT COALESCE(SUM(m.amount), 0) FROM receipt m
          WHERE m.reverses_id = r.id AND m.status = 'approved') <> r.amount OR r.unapplied < 0
        ELSE COALESCE(SUM(a.amount), 0) <> 0 OR r.unapplied <> 0 END`,
  },
  {
    name: '1: reversed means nothing is left, partly reversed that something was taken back and something is left',
    sql: `SELECT r.number FROM receipt r WHERE r.reverses_id IS NULL AND r.status IN ('approved', 'partly_reversed', 'reversed')
      AND r.status::text <> (SELECT CASE WHEN COALESCE(SUM(m.amount), 0) = 0 THEN 'approved'
        WHEN SUM(m.amount) = r.amount THEN 'reversed' ELSE 'partly_reversed' END
        FROM receipt m WHERE m.reverses_id = r.id AND m.kind = 'reversal' AND m.status = 'approved')`,
  },
  {
    name: '2: an instalment is open by what was neither applied to it nor written off, never below 0 nor above its amount',
    sql: `SELECT i.id::text AS number FROM instalment i
      CROSS JOIN LATERAL (SELECT COALESCE(SUM(a.amount), 0) AS paid FROM allocation a
        WHERE a.instalment_id = i.id AND a.status = 'effective') p
      CROSS JOIN LATERAL (SELECT COALESCE(SUM(d.amount), 0) AS adjusted FROM adjustment d
        WHERE d.instalment_id = i.id AND d.status = 'approved') w
      WHERE i.outstanding < 0 OR p.paid + w.adjusted < 0 OR p.paid + w.adjusted > i.amount OR w.adjusted < 0
        OR i.outstanding <> CASE WHEN i.lifecycle = 'cancelled' THEN 0 ELSE i.amount - p.paid - w.adjusted END
        OR (i.lifecycle = 'cancelled' AND w.adjusted <> 0)`,
  },
  {
    name: '2: each recovery stands beside its money, and only on bad debt',
    sql: `SELECT i.id::text AS number FROM instalment i
      CROSS JOIN LATERAL (SELECT COALESCE(SUM(a.amount), 0) AS paid FROM allocation a
        WHERE a.instalment_id = i.id AND a.status = 'effective' AND a.recovery) p
      CROSS JOIN LATERAL (SELECT COALESCE(SUM(d.amount) FILTER (WHERE d.kind = 'recovery'), 0) AS recovered,
          COALESCE(SUM(d.amount) FILTER (WHERE d.kind <> 'small_difference'), 0) AS bad FROM adjustment d
        WHERE d.instalment_id = i.id AND d.status = 'approved') w
      WHERE p.paid <> -w.recovered OR w.bad < 0`,
  },
  {
    name: '2: settled means nothing is open, and open means something is',
    sql: `SELECT i.id::text AS number FROM instalment i
      WHERE (i.lifecycle = 'settled') <> (i.outstanding = 0 AND i.lifecycle IN ('open', 'settled'))`,
  },
  {
    name: '3: a plan is never above its contract, and below it only where that is flagged',
    sql: `SELECT c.number FROM contract c
      LEFT JOIN instalment i ON i.contract_id = c.id AND i.lifecycle <> 'cancelled'
      GROUP BY c.id HAVING COALESCE(SUM(i.amount), 0) > c.amount
        OR (c.status = 'active' AND NOT c.plan_incomplete AND COALESCE(SUM(i.amount), 0) <> c.amount)`,
  },
  {
    name: '4: what a customer owes is what was planned in force less what was written off and all money received',
    sql: `SELECT k.code AS number FROM customer k WHERE
      (SELECT COALESCE(SUM(i.outstanding), 0) FROM instalment i WHERE i.customer_id = k.id AND i.lifecycle IN ('open', 'settled'))
      - (SELECT COALESCE(SUM(r.unapplied), 0) FROM receipt r WHERE r.customer_id = k.id)
      <> (SELECT COALESCE(SUM(i.amount), 0) FROM instalment i WHERE i.customer_id = k.id AND i.lifecycle IN ('open', 'settled', 'written_off'))
      - (SELECT COALESCE(SUM(d.amount), 0) FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
        WHERE i.customer_id = k.id AND d.status = 'approved')
      - (SELECT COALESCE(SUM(CASE WHEN r.reverses_id IS NULL THEN r.amount ELSE -r.amount END), 0) FROM receipt r
        WHERE r.customer_id = k.id AND r.status IN ('approved', 'partly_reversed', 'reversed'))`,
  },
  {
    name: '6: who approved a receipt neither recorded nor edited it; no step has two decisions',
    sql: `SELECT r.number FROM receipt r JOIN approval p ON p.subject_id = r.id AND p.subject_type = 'receipt'
      JOIN approval_step s ON s.approval_id = p.id
      WHERE (s.decided_by IN (r.recorded_by, r.last_edited_by) AND NOT s.solo)
        OR (s.seq = p.current_step AND (p.status = 'open') <> (r.status = 'submitted' AND s.decided_at IS NULL))
        OR (SELECT COUNT(DISTINCT o.decided_by) <> COUNT(o.decided_by) FROM approval_step o WHERE o.approval_id = p.id)`,
  },
  {
    name: '6: money from before came in with a file, and who agreed to that did not bring it',
    sql: `SELECT r.number FROM receipt r LEFT JOIN import_job j ON j.id = r.import_id
      LEFT JOIN approval p ON p.subject_id = j.id AND p.subject_type = 'opening' AND p.status = 'approved'
      LEFT JOIN approval_step s ON s.approval_id = p.id
      WHERE r.kind = 'opening' AND r.status <> 'submitted'
        AND (s.decided_by IS NULL OR (s.decided_by IN (r.recorded_by, j.user_id) AND NOT s.solo))`,
  },
  {
    name: '6: a file of money from before waits as long as its approval, and nothing of it is in before',
    sql: `SELECT j.file_name AS number FROM import_job j WHERE j.kind = 'opening' AND
      ((j.status = 'waiting') <> EXISTS (SELECT 1 FROM approval p WHERE p.subject_id = j.id AND p.status = 'open')
        OR (j.status IN ('asked', 'staging', 'ready', 'waiting') AND EXISTS (SELECT 1 FROM receipt r WHERE r.import_id = j.id)))`,
  },
  {
    name: '6: who approved a re-allocation did not propose it; it waits as long as its approval',
    sql: `SELECT r.number FROM reallocation m JOIN receipt r ON r.id = m.receipt_id
      JOIN approval p ON p.subject_id = m.id AND p.subject_type = 'reallocation'
      JOIN approval_step s ON s.approval_id = p.id
      WHERE (s.decided_by = m.created_by AND NOT s.solo) OR (p.status = 'open') <> (m.status = 'open')`,
  },
  {
    name: '3: a void contract has no money on it',
    sql: `SELECT c.number FROM contract c JOIN instalment i ON i.contract_id = c.id
      JOIN allocation a ON a.instalment_id = i.id AND a.status IN ('effective', 'proposed') WHERE c.status = 'void'`,
  },
  {
    name: '6: who approved a write-off neither proposed it nor owns the row; it waits as long as its approval',
    sql: `SELECT i.id::text AS number FROM adjustment d JOIN instalment i ON i.id = d.instalment_id
      JOIN approval p ON p.subject_id = d.id AND p.subject_type IN ('write_off', 'small_difference')
      JOIN approval_step s ON s.approval_id = p.id
      WHERE (s.decided_by IN (d.created_by, i.owner_id) AND NOT s.solo) OR (p.status = 'open') <> (d.status = 'open')`,
  },
  {
    name: '6: who approved a reversal or refund did not propose it; it waits as long as its approval',
    sql: `SELECT r.number FROM receipt r JOIN approval p ON p.subject_id = r.id AND p.subject_type IN ('reversal', 'refund')
      JOIN approval_step s ON s.approval_id = p.id
      WHERE (s.decided_by = r.recorded_by AND NOT s.solo) OR (p.status = 'open') <> (r.status = 'submitted')`,
  },
  {
    name: '6: who decided did not ask for it, nor was known to gain from it, whatever was decided',
    sql: `SELECT p.subject_type || ' ' || p.id AS number FROM approval p JOIN approval_step s ON s.approval_id = p.id
      WHERE NOT s.solo AND (s.decided_by = p.requested_by OR s.decided_by = ANY(p.involved_ids) OR s.on_behalf_of = ANY(p.involved_ids))`,
  },
  {
    name: '6: who gains from it was known: whoever proposed a movement, or brought in the money that it takes',
    sql: `SELECT r.number FROM receipt r JOIN receipt o ON o.id = r.reverses_id
      JOIN approval p ON p.subject_id = r.id AND p.subject_type IN ('reversal', 'refund')
      WHERE NOT p.involved_ids @> ARRAY[r.recorded_by, o.recorded_by]`,
  },
  {
    name: '6: who decided a void or a credit limit did not propose it; it waits as long as its approval',
    sql: `SELECT c.number FROM contract_void v JOIN contract c ON c.id = v.contract_id
        JOIN approval p ON p.subject_id = v.id AND p.subject_type = 'contract_void' JOIN approval_step s ON s.approval_id = p.id
      WHERE s.decided_by = v.created_by OR (p.status = 'open') <> (v.status = 'open')
      UNION ALL SELECT k.code FROM credit_event e JOIN customer k ON k.id = e.customer_id
        JOIN approval p ON p.subject_id = e.id AND p.subject_type = 'credit_limit' JOIN approval_step s ON s.approval_id = p.id
      WHERE s.decided_by = e.created_by OR (p.status = 'open') <> (e.status = 'open')`,
  },
  {
    name: '10: no allocation crosses customer or currency',
    sql: `SELECT r.number FROM allocation a JOIN receipt r ON r.id = a.receipt_id JOIN instalment i ON i.id = a.instalment_id
      WHERE r.customer_id <> i.customer_id OR r.currency <> i.currency`,
  },
  {
    name: 'P34: claimed money has one living receipt of what came in and its day, and was not taken back',
    sql: `SELECT u.number FROM unclaimed_money u JOIN receipt r ON r.unclaimed_id = u.id
        AND r.status IN ('submitted', 'approved', 'partly_reversed')
      GROUP BY u.id HAVING COUNT(*) > 1 OR u.withdrawn_at IS NOT NULL
        OR bool_or(COALESCE(r.original_amount, r.amount) <> u.amount
          OR COALESCE(r.original_currency, r.currency) <> u.currency OR r.received_on <> u.received_on)`,
  },
  {
    name: 'P20: the days that reports of the past are read by are those of history, money and receipts',
    sql: `SELECT i.id::text AS number FROM instalment i
        LEFT JOIN instalment_terms t ON t.id = i.id LEFT JOIN instalment_money m ON m.id = i.id
      WHERE (i.begun_on, i.terms_since, i.money_from, i.money_to, i.paid_on)
        IS DISTINCT FROM (t.begun_on, t.terms_since, m.money_from, m.money_to, m.paid_on)
      UNION ALL
      SELECT r.number FROM receipt r LEFT JOIN receipt_moves v ON v.id = r.id WHERE r.moved_on IS DISTINCT FROM v.moved_on`,
  },
  {
    name: '11: every decision has exactly one entry in the audit trail',
    sql: `SELECT r.number FROM receipt r WHERE r.reverses_id IS NULL AND r.status IN ('approved', 'rejected') AND 1 <>
      (SELECT COUNT(*) FROM audit_log l WHERE l.subject_id = r.id AND l.action = 'receipt.' || r.status::text)`,
  },
  {
    name: '11: every reversal and refund has exactly one entry in the audit trail of its receipt',
    sql: `SELECT r.number FROM receipt r WHERE r.reverses_id IS NOT NULL AND r.status = 'approved' AND 1 <>
      (SELECT COUNT(*) FROM audit_log l WHERE l.subject_id = r.reverses_id AND l.action = CASE r.kind WHEN 'refund' THEN 'receipt.refunded' ELSE 'receipt.reversed' END
        AND l.after->>'number' = r.number)`,
  },
];

/** What does not hold, as `rule: numbers`; empty when all is well. */
export async function checkMoney(db: Db): Promise<string[]> {
  const broken: string[] = [];
  for (const { name, sql } of CHECKS) {
    const rows = await db.$queryRawUnsafe<{ number: string }[]>(sql);
    if (rows.length > 0) broken.push(`${name}: ${rows.map((row) => row.number).join(', ')}`);
  }
  return broken;
}

// An approval through the service, beside the same rows written by one bare transaction, statement by statement; each
// pays an instalment in full.
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { approve } from '../src/domain/approvals/decisions.service.js';
import { newId } from '../src/domain/ids.js';
import { asFinance, fillForApprovals, type Waiting } from './approval-data.js';
import { concurrently, inTurn, ms, percentile, type Row, timed } from './measure.js';

/** One after another: how many of each, by turns. */
const ALONE = 250;
const AT_ONCE = 10;
/** At once: rounds of so many of each. */
const ROUNDS = 7;
const A_ROUND = 100;
/** A process that has just started compiles its code while it works. */
const WARM_UP = 150;
export const RECEIPTS = 2 * (WARM_UP + ALONE + 1 + (ROUNDS + 1) * A_ROUND);

/** What an approval writes, each statement prepared once a connection. */
const BARE = {
  receipt: 'SELECT * FROM receipt WHERE id = $1 FOR UPDATE',
  lines: `SELECT a.amount, i.*, c.status FROM allocation a JOIN instalment i ON i.id = a.instalment_id
    JOIN contract c ON c.id = i.contract_id WHERE a.receipt_id = $1 AND a.status = 'proposed' ORDER BY c.id, i.id FOR UPDATE OF c, i`,
  approval: `SELECT * FROM approval WHERE id = $1 AND status = 'open' FOR UPDATE`,
  step: `UPDATE approval_step SET decided_by = $2, decision = 'approved', decided_at = $3, approved_ids = ARRAY[$2::uuid],
    version = version + 1 WHERE id = $1 AND decided_at IS NULL`,
  decided: `UPDATE approval SET status = 'approved', updated_at = $2, version = version + 1 WHERE id = $1`,
  allocation: `UPDATE allocation SET status = 'effective', effective_on = $2, booked_at = $3
    WHERE receipt_id = $1 AND status = 'proposed'`,
  instalment: `UPDATE instalment SET outstanding = outstanding - $2, lifecycle = 'settled', version = version + 1,
    updated_at = $3, updated_by = $4 WHERE id = $1`,
  booked: `UPDATE receipt SET status = 'approved', unapplied = 0, version = version + 1, updated_at = $2, updated_by = $3
    WHERE id = $1`,
  audit: `INSERT INTO audit_log (id, at, actor_id, action, subject_type, subject_id, after, request_id)
    VALUES ($1, $3, $4, 'receipt.approved', 'receipt', $5, $7, 'r'), ($2, $3, $4, 'instalment.settled', 'instalment', $6, $8, 'r')`,
  revision: `INSERT INTO instalment_revision (id, instalment_id, valid_from, recorded_at, amount, due_on, postponed_to, owner_id,
      lifecycle, cause)
    SELECT $1, id, $3, $4, amount, due_on, postponed_to, owner_id, lifecycle, 'settled' FROM instalment WHERE id = $2`,
  outbox: `INSERT INTO outbox (id, op, kind, dedupe_key, anchor_key, payload, recipient, priority, created_at)
    SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[], $7::text[], $8::int[],
      $9::timestamptz[])`,
  homes: 'UPDATE app_user SET home_stale = true WHERE id = ANY($1)',
} as const;

type Run = (name: keyof typeof BARE, values: unknown[]) => Promise<unknown>;

async function approveBare(database: Database, { actor, now, today }: Ctx, one: Waiting): Promise<void> {
  const client = await database.pool.connect();
  const run: Run = (name, values) => client.query({ name: `bare_${name}`, text: BARE[name], values });
  try {
    await client.query('BEGIN');
    await run('receipt', [one.receiptId]);
    await run('lines', [one.receiptId]);
    await run('approval', [one.approvalId]);
    await run('step', [one.stepId, actor.id, now]);
    await run('decided', [one.approvalId, now]);
    await run('allocation', [one.receiptId, today, now]);
    await run('instalment', [one.instalmentId, one.amount, now, actor.id]);
    await run('booked', [one.receiptId, now, actor.id]);
    const facts = [{ approvalId: one.approvalId, applied: one.amount, unapplied: '0' }, { receipt: 'HK' }];
    const [first, second] = facts.map((fact) => JSON.stringify(fact));
    await run('audit', [
      newId(now),
      newId(now),
      now,
      actor.id,
      one.receiptId,
      one.instalmentId,
      first,
      second,
    ]);
    await run('revision', [newId(now), one.instalmentId, today, now]);
    await sendBare(run, now, one);
    await run('homes', [[actor.id, one.recorderId]]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

/** The rewrite of the card, a line in its thread, a message to whoever recorded it. */
async function sendBare(run: Run, now: Date, { approvalId, receiptId, recorderId }: Waiting): Promise<void> {
  const card = `receipt.card:${approvalId}`;
  const payload = JSON.stringify({ receiptId, approvalId });
  const rows = [
    ['update', 'receipt.card', `${card}#2`, card, 'finance'],
    ['post', 'receipt.line', `receipt.line:${approvalId}`, card, 'finance'],
    ['post', 'receipt.decided', `receipt.decided:${approvalId}`, null, `user:${recorderId}`],
  ] as const;
  const column = (index: 0 | 1 | 2 | 3 | 4) => rows.map((row) => row[index]);
  const each = <T>(value: T) => rows.map(() => value);
  await run('outbox', [
    rows.map(() => newId(now)),
    column(0),
    column(1),
    column(2),
    column(3),
    each(payload),
    column(4),
    each(1),
    each(now),
  ]);
}

/** How many rows of each kind there are: both ways must leave the same. */
async function written({ pool }: Database): Promise<number[]> {
  const { rows } = await pool.query<{ counts: number[] }>(
    `SELECT ARRAY[(SELECT COUNT(*) FROM approval_step WHERE decided_at IS NOT NULL),
       (SELECT COUNT(*) FROM receipt WHERE status = 'approved'), (SELECT COUNT(*) FROM allocation WHERE status = 'effective'),
       (SELECT COUNT(*) FROM instalment WHERE lifecycle = 'settled' AND outstanding = 0), (SELECT COUNT(*) FROM audit_log),
       (SELECT COUNT(*) FROM instalment_revision), (SELECT COUNT(*) FROM outbox)]::int[] AS counts`,
  );
  return rows[0]?.counts ?? [];
}

export async function benchApprovals(database: Database): Promise<Row[]> {
  const waiting = await fillForApprovals(database, RECEIPTS);
  const ctx = await asFinance(database);
  const take = (): Waiting => {
    const one = waiting.pop();
    if (!one) throw new RangeError('no receipt waits any more');
    return one;
  };
  const ours = () => approve({ ...ctx, requestId: newId(ctx.now) }, take().approvalId, 1);
  const bare = () => approveBare(database, ctx, take());
  const start = await written(database);
  const difference = (after: number[], before: number[]) =>
    after.map((count, at) => count - (before[at] ?? 0)).join(' ');
  for (let n = 0; n < WARM_UP; n += 1) await ours();
  const between = await written(database);
  for (let n = 0; n < WARM_UP; n += 1) await bare();
  const end = await written(database);
  if (difference(between, start) !== difference(end, between))
    throw new Error(
      `The two did not write the same: ${difference(between, start)} / ${difference(end, between)}`,
    );
  const alone = await inTurn(
    ALONE,
    () => timed(ours),
    () => timed(bare),
  );
  const all = (work: () => Promise<unknown>) => async () =>
    (await timed(() => concurrently(A_ROUND, AT_ONCE, work))) / A_ROUND;
  const atOnce = await inTurn(ROUNDS, all(ours), all(bare));
  return [
    row('approval, one after another', database.engine, alone, 3),
    row(`approval, ${AT_ONCE} at once, each`, database.engine, atOnce, 4),
  ];
}

function row(what: string, engine: string, times: { ours: number[]; floor: number[] }, target: number): Row {
  const [ours, floor] = [percentile(times.ours, 0.5), percentile(times.floor, 0.5)];
  const ratio = ours / floor;
  return {
    what,
    engine,
    ours: ms(ours),
    floor: ms(floor),
    ratio,
    target: `≤ ${target} ×`,
    met: ratio <= target,
  };
}

// The morning's sweep: 10,000 due of 100,000 open instalments, to committed reminder and outbox rows; beside the same
// rows written by bare set-based SQL in one transaction.
import type { Database } from '../src/db/client.js';
import { localDate, todayIn } from '../src/domain/local-date.js';
import { BATCH_ROWS, planReminders } from '../src/domain/reminders/plan-reminders.service.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { fill } from './data.js';
import { inTurn, ms, percentile, type Row, timed } from './measure.js';

/** A Thursday in Shanghai, 10:00. */
const NOW = new Date('2026-11-19T02:00:00Z');
const TODAY = localDate('2026-11-19');
/** `SWEEP_ROWS` of the environment: how many are open in all, up to the million of a large company. */
const OPEN = Number(process.env.SWEEP_ROWS ?? 100_000);
export const VOLUME = { instalments: OPEN, due: 10_000, reps: 40 };
const ROUNDS = 5;

export async function fillForSweep(database: Database): Promise<void> {
  await fill(database, TODAY, NOW, VOLUME);
}

/** What the sweep writes, as five statements: reminders of R1 to R4, the watermark, digests, links. */
const BARE = [
  `INSERT INTO reminder (id, instalment_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id, status,
     skip_reason, planned_on, created_at)
   SELECT gen_random_uuid(), i.id, i.due_epoch, r.code, i.effective_due + r.offset_days, 'owner', i.owner_id,
     (CASE WHEN r.code = 'R4' THEN 'pending' ELSE 'skipped' END)::"ReminderStatus",
     CASE WHEN r.code = 'R4' THEN NULL ELSE 'superseded' END, $1, $2
   FROM instalment i JOIN reminder_rule r ON r.applies_to = 'normal' AND r.rank BETWEEN 100 AND 400
   WHERE i.lifecycle = 'open' AND i.step_rank = 0 AND i.first_remind_on <= $1 AND i.outstanding > 100`,
  `UPDATE instalment SET step_rank = 400 WHERE lifecycle = 'open' AND step_rank = 0 AND first_remind_on <= $1 AND $2::timestamptz IS NOT NULL`,
  `INSERT INTO outbox (id, op, kind, dedupe_key, payload, recipient, priority, created_at)
   SELECT gen_random_uuid(), 'post', 'digest', 'digest:' || recipient_id || ':' || $1::date, '{}', 'user:' || recipient_id, 5, $2
   FROM (SELECT DISTINCT recipient_id FROM reminder WHERE status = 'pending' AND outbox_id IS NULL) people`,
  `UPDATE reminder r SET outbox_id = o.id FROM outbox o
   WHERE r.status = 'pending' AND r.outbox_id IS NULL AND o.dedupe_key = 'digest:' || r.recipient_id || ':' || $1::date
     AND $2::timestamptz IS NOT NULL`,
];

async function bareSweep(database: Database): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    for (const statement of BARE) await client.query(statement, [TODAY, NOW]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function reset(database: Database): Promise<void> {
  await database.pool.query('TRUNCATE reminder, outbox, escalation_case, job_run');
  await database.pool.query('UPDATE instalment SET step_rank = 0, weekly_on = NULL WHERE step_rank > 0');
  await database.pool.query('VACUUM ANALYZE instalment');
}

/** How many rows a sweep left: both ways must leave the same. */
async function written(database: Database): Promise<string> {
  const { rows } = await database.pool.query<{ shape: string }>(
    `SELECT (SELECT COUNT(*) FROM reminder WHERE recipient_role = 'owner') || ' reminders, ' ||
       (SELECT COUNT(*) FROM outbox WHERE kind = 'digest' AND recipient NOT IN
          (SELECT 'user:' || id FROM app_user WHERE roles = '{finance}')) || ' digests, ' ||
       (SELECT COUNT(*) FROM instalment WHERE step_rank = 400) || ' rows' AS shape`,
  );
  return rows[0]?.shape ?? '';
}

export async function benchSweep(database: Database): Promise<Row[]> {
  const company = await loadCompany(database.prisma, NOW);
  const ctx = { db: database.prisma, now: NOW, today: todayIn(NOW, company.timezone), company };
  const shapes = new Set<string>();
  const measure = (work: () => Promise<unknown>) => async () => {
    await reset(database);
    const time = await timed(work);
    shapes.add(await written(database));
    return time;
  };
  const times = await inTurn(
    ROUNDS,
    measure(() => planReminders(ctx, BATCH_ROWS[database.engine])),
    measure(() => bareSweep(database)),
  );
  if (shapes.size !== 1) throw new Error(`The two sweeps did not write the same: ${[...shapes].join(' / ')}`);
  const again = await timed(() => planReminders(ctx, BATCH_ROWS[database.engine]));
  const ours = percentile(times.ours, 0.5);
  const floor = percentile(times.floor, 0.5);
  const what = `due sweep, 10,000 of ${OPEN.toLocaleString('en')} (${[...shapes][0]})`;
  return [
    row(what, database.engine, ours, floor, 3),
    row('… run again, nothing to do', database.engine, again, floor, 0.3),
  ];
}

function row(what: string, engine: string, ours: number, floor: number, target: number): Row {
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

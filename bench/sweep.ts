// The morning's sweep, to committed reminder and outbox rows, beside the same rows written by bare set-based SQL in one
// transaction: 10,000 due of 100,000 open instalments, of 10,000, of a million, and beside little and much history.
import type { Database } from '../src/db/client.js';
import { localDate, todayIn } from '../src/domain/local-date.js';
import { BATCH_ROWS, LANES, planReminders } from '../src/domain/reminders/plan-reminders.service.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { addSettled, fill } from './data.js';
import { inTurn, ms, percentile, type Row, timed } from './measure.js';

/** A Thursday in Shanghai, 10:00. */
const NOW = new Date('2026-11-19T02:00:00Z');
const TODAY = localDate('2026-11-19');
const DUE = 10_000;
const ROUNDS = 5;
const MEMORY_MB = 300;

export async function fillForSweep(database: Database, instalments = 100_000): Promise<void> {
  await fill(database, TODAY, NOW, { instalments, due: DUE, reps: 40 });
}

/** Ranks of the steps that came before: none of a company that has just begun, R1 to R3 of one that runs every morning. */
const NOTHING_TOLD = 0;
const TOLD_BEFORE = 300;

/**
 * What the sweep writes, as four statements: reminders of the steps to R4, the watermark, digests, links. R4 tells the owner
 * and, as nobody is the finance owner here, the people of finance.
 */
const bareOf = (told: number) => [
  `INSERT INTO reminder (id, instalment_id, due_epoch, rule_code, occurrence_on, recipient_role, recipient_id, status,
     skip_reason, planned_on, created_at)
   SELECT gen_random_uuid(), i.id, i.due_epoch, r.code, i.effective_due + r.offset_days, told.role, COALESCE(told.id, i.owner_id),
     (CASE WHEN r.code = 'R4' THEN 'pending' ELSE 'skipped' END)::"ReminderStatus",
     CASE WHEN r.code = 'R4' THEN NULL ELSE 'superseded' END, $1, $2
   FROM instalment i JOIN reminder_rule r ON r.applies_to = 'normal' AND r.rank > ${told} AND r.rank <= 400
   JOIN (SELECT 'owner' AS role, NULL::uuid AS id
     UNION ALL SELECT 'finance_owner', id FROM app_user WHERE 'finance' = ANY(roles)) told ON told.role = 'owner' OR r.code = 'R4'
   WHERE i.lifecycle = 'open' AND i.step_rank = ${told} AND i.first_remind_on <= $1 AND i.outstanding > 100`,
  `UPDATE instalment SET step_rank = 400
   WHERE lifecycle = 'open' AND step_rank = ${told} AND first_remind_on <= $1 AND $2::timestamptz IS NOT NULL`,
  `INSERT INTO outbox (id, op, kind, dedupe_key, payload, recipient, priority, created_at)
   SELECT gen_random_uuid(), 'post', 'digest', 'digest:' || recipient_id || ':' || $1::date, '{}', 'user:' || recipient_id, 5, $2
   FROM (SELECT DISTINCT recipient_id FROM reminder WHERE status = 'pending' AND outbox_id IS NULL) people`,
  `UPDATE reminder r SET outbox_id = o.id FROM outbox o
   WHERE r.status = 'pending' AND r.outbox_id IS NULL AND o.dedupe_key = 'digest:' || r.recipient_id || ':' || $1::date
     AND $2::timestamptz IS NOT NULL`,
];

async function bareSweep(database: Database, told: number): Promise<void> {
  const client = await database.pool.connect();
  try {
    await client.query('BEGIN');
    for (const statement of bareOf(told)) await client.query(statement, [TODAY, NOW]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

async function reset(database: Database, told: number): Promise<void> {
  await database.pool.query('TRUNCATE reminder, outbox, escalation_case, job_run');
  await database.pool.query(
    `UPDATE instalment SET step_rank = $1, weekly_on = NULL
     WHERE lifecycle = 'open' AND first_remind_on <= $2 AND (step_rank <> $1 OR weekly_on IS NOT NULL)`,
    [told, TODAY],
  );
  await database.pool.query('VACUUM ANALYZE instalment');
}

/** How many rows a sweep left: both ways must leave the same. */
async function written(database: Database): Promise<string> {
  const { rows } = await database.pool.query<{ shape: string }>(
    `SELECT (SELECT COUNT(*) FROM reminder) || ' reminders, ' ||
       (SELECT COUNT(*) FROM outbox WHERE kind = 'digest') || ' digests, ' ||
       (SELECT COUNT(*) FROM instalment WHERE step_rank = 400) || ' rows' AS shape`,
  );
  return rows[0]?.shape ?? '';
}

/** One sweep of this database, as the job does it. */
async function sweepOf(database: Database): Promise<() => Promise<unknown>> {
  const company = await loadCompany(database.prisma, NOW);
  const ctx = { db: database.prisma, now: NOW, today: todayIn(NOW, company.timezone), company };
  return () => planReminders(ctx, BATCH_ROWS[database.engine], LANES[database.engine]);
}

/** 10,000 due of so many open ones; then once more with nothing to do. */
export async function benchSweep(database: Database, open = 100_000): Promise<Row[]> {
  await fillForSweep(database, open);
  return sweepRows(database, open, NOTHING_TOLD);
}

async function sweepRows(database: Database, open: number, told: number): Promise<Row[]> {
  const sweep = await sweepOf(database);
  const shapes = new Set<string>();
  const measure = (work: () => Promise<unknown>) => async () => {
    await reset(database, told);
    const time = await timed(work);
    shapes.add(await written(database));
    return time;
  };
  const times = await inTurn(
    ROUNDS,
    measure(sweep),
    measure(() => bareSweep(database, told)),
  );
  if (shapes.size !== 1) throw new Error(`The two sweeps did not write the same: ${[...shapes].join(' / ')}`);
  await reset(database, told);
  await sweep();
  const again = percentile([await timed(sweep), await timed(sweep), await timed(sweep)], 0.5);
  const ours = percentile(times.ours, 0.5);
  const floor = percentile(times.floor, 0.5);
  const before = told === NOTHING_TOLD ? 'nothing told before' : 'R1 to R3 told before';
  const what = `due sweep, 10,000 of ${open.toLocaleString('en')}, ${before} (${[...shapes][0]})`;
  return [
    row(what, database.engine, ours, floor, 3),
    row('… run again, nothing to do, beside the first', database.engine, again, ours, 0.3),
  ];
}

/** 10,000 due of 10,000: on a morning like any other, and on the first one of a company. */
export async function benchAllDue(database: Database): Promise<Row[]> {
  await fillForSweep(database, DUE);
  const rows: Row[] = [];
  for (const told of [TOLD_BEFORE, NOTHING_TOLD]) {
    const [first, ...rest] = await sweepRows(database, DUE, told);
    // In milliseconds, whatever its size: see ms().
    if (first) rows.push({ ...first, target: '< 1 s', met: Number.parseFloat(first.ours) < 1_000 });
    rows.push(...rest);
  }
  return rows;
}

/** 10,000 due of a million, and what the sweeps added to the memory of this process. */
export async function benchMillion(database: Database): Promise<Row[]> {
  const before = Math.round(process.memoryUsage().rss / 2 ** 20);
  const rows = await benchSweep(database, 1_000_000);
  const mb = Math.round(process.resourceUsage().maxRSS / 1_024) - before;
  const memory = {
    what: `… memory added at most, to ${before} MB`,
    engine: database.engine,
    ours: `${mb} MB`,
    floor: '',
    ratio: null,
    target: `≤ ${MEMORY_MB} MB`,
    met: mb <= MEMORY_MB,
  };
  return [...rows, memory];
}

/**
 * The same sweep beside ten times as many settled rows, with a reminder each, as there are open ones; and, in a database of
 * its own and in turn, beside as many.
 */
export async function benchHistory(much: Database, little: Database): Promise<Row[]> {
  const [ours, floor] = [await besideHistory(much, 10), await besideHistory(little, 1)];
  const times = await inTurn(ROUNDS, ours, floor);
  return [
    row(
      'due sweep beside 1,000,000 settled rows, beside 100,000',
      much.engine,
      percentile(times.ours, 0.5),
      percentile(times.floor, 0.5),
      1.2,
    ),
  ];
}

/** What one sweep takes beside `times` as many settled rows, each time from the beginning. */
async function besideHistory(database: Database, times: number): Promise<() => Promise<number>> {
  await fillForSweep(database);
  await addSettled(database, TODAY, times);
  const sweep = await sweepOf(database);
  return async () => {
    await database.pool.query('DELETE FROM reminder WHERE planned_on = $1', [TODAY]);
    await database.pool.query('TRUNCATE outbox, escalation_case, job_run CASCADE');
    await database.pool.query(
      `UPDATE instalment SET step_rank = 0, weekly_on = NULL WHERE lifecycle = 'open' AND step_rank > 0`,
    );
    await database.pool.query('VACUUM ANALYZE instalment, reminder');
    // What filling and tidying left to be written is not the sweep's.
    await database.pool.query('CHECKPOINT');
    return timed(sweep);
  };
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

// Runs a job once a slot, however many instances try: an advisory lock decides who asks first, the unique row of job and
// slot decides for good. A job that fails is written down and never stops another.
import type { Clock } from '../clock.js';
import type { SystemCtx } from '../ctx.js';
import type { Db } from '../db/client.js';
import { transact } from '../db/transact.js';
import { newId } from '../domain/ids.js';
import { todayIn } from '../domain/local-date.js';
import { loadCompany } from '../domain/settings/company.service.js';
import { Prisma } from '../generated/prisma/client.js';
import type { Logger } from '../log.js';

/** What came out, for the log and the job's row; numbers only. */
export type JobResult = Record<string, number>;

export interface Job {
  readonly name: string;
  /** When cron calls it, in the company's zone. */
  readonly cron: string;
  /** One run a minute or day for all instances together; null: every instance runs it, its rows are claimed one by one. */
  readonly slot: 'minute' | 'day' | null;
  readonly run: (ctx: SystemCtx) => Promise<JobResult>;
}

export interface JobEnv {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** For tests: how long a run holds its job without a sign of life, in milliseconds. */
  readonly leaseMs?: number;
}

export type JobOutcome = 'done' | 'failed' | 'skipped';

/** A run that gives no sign of life for this long is taken for dead; others may start. */
const LEASE_MS = 30_000;
const SIGNS_A_LEASE = 3;

/** The slot of a moment: UTC, so that it is unique over changes of zone. */
export const slotOf = (job: Pick<Job, 'slot'>, now: Date): string =>
  now.toISOString().slice(0, job.slot === 'day' ? 10 : 16);

/** Runs the job if this slot is still free and nobody runs it now. Never throws. */
export async function runJob(env: JobEnv, job: Job): Promise<JobOutcome> {
  const started = performance.now();
  const leaseMs = env.leaseMs ?? LEASE_MS;
  let runId: string | null = null;
  let signs: NodeJS.Timeout | undefined;
  try {
    const now = env.clock();
    if (job.slot !== null) {
      const id = await takeSlot(env.db, job, now, leaseMs);
      if (id === null) return 'skipped';
      runId = id;
      // One that is lost is made up for by the next; nothing depends on the lease but when others may start.
      signs = setInterval(() => {
        renewLease(env.db, id, leaseMs).catch(() => {});
      }, leaseMs / SIGNS_A_LEASE);
    }
    const company = await loadCompany(env.db, now);
    const result = await job.run({ db: env.db, now, today: todayIn(now, company.timezone), company });
    const ms = Math.round(performance.now() - started);
    if (Object.values(result).some((count) => count > 0))
      env.log.info({ job: job.name, ms, ...result }, 'job');
    if (runId !== null) await endRun(env.db, runId, 'done', { ms, ...result });
    return 'done';
  } catch (error) {
    env.log.error({ err: error, job: job.name }, 'job failed');
    const ms = Math.round(performance.now() - started);
    const reason = error instanceof Error ? error.name : 'unknown';
    if (runId !== null) await endRun(env.db, runId, 'failed', { ms, reason }).catch(() => {});
    return 'failed';
  } finally {
    clearInterval(signs);
  }
}

async function takeSlot(db: Db, job: Job, now: Date, leaseMs: number): Promise<string | null> {
  const id = newId(now);
  return transact(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`huikuan.job.${job.name}`}))`;
    // By the database's clock: it is a lease, not a business date.
    const taken = await tx.$executeRaw`
      INSERT INTO job_run (id, job, slot, started_at, lease_until)
      SELECT ${id}::uuid, ${job.name}, ${slotOf(job, now)}, clock_timestamp(), ${leaseEnd(leaseMs)}
      WHERE NOT EXISTS (SELECT 1 FROM job_run WHERE job = ${job.name} AND finished_at IS NULL
        AND lease_until > clock_timestamp())
      ON CONFLICT (job, slot) DO NOTHING`;
    return taken === 1 ? id : null;
  });
}

const leaseEnd = (leaseMs: number) =>
  Prisma.sql`clock_timestamp() + make_interval(secs => ${leaseMs / 1000}::float8)`;

async function renewLease(db: Db, id: string, leaseMs: number): Promise<void> {
  await db.$executeRaw`UPDATE job_run SET lease_until = ${leaseEnd(leaseMs)} WHERE id = ${id}::uuid`;
}

async function endRun(
  db: Db,
  id: string,
  outcome: 'done' | 'failed',
  detail: Record<string, number | string>,
): Promise<void> {
  await db.$executeRaw`
    UPDATE job_run SET finished_at = clock_timestamp(), outcome = ${outcome}, detail = ${JSON.stringify(detail)}::jsonb
    WHERE id = ${id}::uuid`;
}

// The table of all jobs, and cron over it. Jobs live in the app's process; any number of instances may run them.
import { schedule } from 'node-cron';
import type { Clock, MovedClock } from '../clock.js';
import type { SystemCtx } from '../ctx.js';
import type { Database, Db } from '../db/client.js';
import { chaseApprovals } from '../domain/approvals/nudge.service.js';
import { tellSoloWeek } from '../domain/approvals/solo-week.service.js';
import { SEAL_JOB, sealAudit } from '../domain/audit-seal.service.js';
import { sweepDrafts } from '../domain/drafts/draft.service.js';
import { sweepExports } from '../domain/exports/export.service.js';
import { sweepImports } from '../domain/imports/import-sweep.service.js';
import { listHolders } from '../domain/members/member.queries.js';
import { applyDuePrepayments } from '../domain/receipts/auto-apply.service.js';
import { isSendWindow } from '../domain/reminders/digest.js';
import { PLAN_JOB, tellFailing } from '../domain/reminders/failing.service.js';
import { BATCH_ROWS, LANES, planReminders } from '../domain/reminders/plan-reminders.service.js';
import { checkBooks } from '../domain/reports/books.service.js';
import { keepForecasts } from '../domain/reports/forecast.service.js';
import { tellMonday } from '../domain/reports/monday.service.js';
import { planBackup, sweepBackupRuns } from '../domain/settings/backups.service.js';
import { warnOfCalendar } from '../domain/settings/holidays.service.js';
import type { Logger } from '../log.js';
import type { Delivery } from './deliver-notices.js';
import { keepFiles } from './keep-files.js';
import { type PublishHome, refreshHomes } from './refresh-homes.js';
import { startRounds } from './rounds.js';
import { type BackupPlace, runBackups } from './run-backups.js';
import { runExports } from './run-exports.js';
import { IMPORT_BATCH, runImports } from './run-imports.js';
import { type Job, type JobOutcome, runJob } from './run-job.js';

export interface JobDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly delivery: Pick<Delivery, 'kick' | 'run'>;
  readonly publishHome: PublishHome;
  readonly vacuum: Database['vacuum'];
  readonly backups: BackupPlace & {
    /** false where the clock is moved by hand: a backup a day would be one a click. */
    readonly scheduled: boolean;
  };
  /** A file's bytes with the bot's token. */
  readonly download: (slackFileId: string, maxBytes: number) => Promise<Buffer | null>;
  readonly engine: Database['engine'];
  /** Set while jobs run on cron: long ones end early when the app stops. */
  readonly stopping?: AbortSignal;
}

const JOB_RUNS_KEPT_DAYS = 30;

const isWorkingTime = ({ now, company }: SystemCtx): boolean =>
  isSendWindow(now, company.timezone, company.remindAt, company.remindUntil, company.calendar);

/** Before anybody is told of it: what its credit pays is not reminded of. Where that fails, reminders come all the same. */
async function applyCredit(ctx: SystemCtx, log: Logger): Promise<number> {
  const failed = (err: unknown, customerId?: string) => log.error({ err, customerId }, 'auto-apply failed');
  try {
    return await applyDuePrepayments(ctx, failed);
  } catch (error) {
    failed(error);
    return 0;
  }
}

const planBackups: Job = {
  name: 'plan-backup',
  cron: '* * * * *',
  slot: 'minute',
  run: async (ctx) => ({ planned: await planBackup(ctx) }),
};

/** Every job of the app. */
export function jobsOf(deps: JobDeps): Job[] {
  return [
    {
      name: PLAN_JOB,
      cron: '* * * * *',
      slot: 'minute',
      run: async (ctx) => {
        const applied = isWorkingTime(ctx) ? await applyCredit(ctx, deps.log) : 0;
        const result = await planReminders(ctx, BATCH_ROWS[deps.engine], LANES[deps.engine]).catch(
          async (failure: unknown) => {
            await tellFailing(ctx).catch((error: unknown) => deps.log.error({ err: error }, 'not told'));
            // What could be planned is sent.
            deps.delivery.kick();
            throw failure;
          },
        );
        if (result.reminders > 0 && (await listHolders(ctx.db, 'admin')).length === 0)
          deps.log.error('nobody is admin: what is for a role that nobody holds is told to nobody');
        deps.delivery.kick();
        return { ...result, applied };
      },
    },
    {
      name: 'warn-of-calendar',
      cron: '*/10 * * * *',
      slot: 'minute',
      run: async (ctx) => {
        const result = await warnOfCalendar(ctx);
        if (result.told > 0) deps.delivery.kick();
        return result;
      },
    },
    {
      // Twice an hour: what several people wait for comes in one message.
      name: 'chase-approvals',
      cron: '0,30 * * * *',
      slot: 'minute',
      run: async (ctx) => {
        const result = { ...(await chaseApprovals(ctx)), soloWeek: await tellSoloWeek(ctx) };
        if (result.nudged + result.superiors + result.soloWeek > 0) deps.delivery.kick();
        return result;
      },
    },
    {
      // The net under the kicks: what another instance committed, or a lease that ran out.
      name: 'deliver-notices',
      cron: '*/5 * * * * *',
      slot: null,
      run: async () => {
        await deps.delivery.run();
        return {};
      },
    },
    {
      name: 'refresh-homes',
      cron: '*/5 * * * * *',
      slot: null,
      run: (ctx) => refreshHomes(ctx, deps.publishHome, deps.log),
    },
    {
      // Soon after they were given: what is deleted in Slack afterwards is here.
      name: 'keep-files',
      cron: '*/5 * * * * *',
      slot: null,
      run: (ctx) => keepFiles(ctx, { ...deps, stopping: deps.stopping ?? new AbortController().signal }),
    },
    {
      name: 'run-imports',
      cron: '*/2 * * * * *',
      slot: null,
      run: (ctx) =>
        runImports(ctx, {
          batch: IMPORT_BATCH[deps.engine],
          clock: deps.clock,
          log: deps.log,
          kick: deps.delivery.kick,
          stopping: deps.stopping ?? new AbortController().signal,
        }),
    },
    {
      name: 'run-exports',
      cron: '*/2 * * * * *',
      slot: null,
      run: (ctx) =>
        runExports(ctx, {
          clock: deps.clock,
          log: deps.log,
          kick: deps.delivery.kick,
          stopping: deps.stopping ?? new AbortController().signal,
        }),
    },
    ...(deps.backups.scheduled ? [planBackups] : []),
    {
      name: 'run-backups',
      cron: '*/5 * * * * *',
      slot: null,
      run: (ctx) => runBackups(ctx, { ...deps, kick: deps.delivery.kick }),
    },
    {
      // Until the week's is kept: whichever day and hour the app is up.
      name: 'keep-forecasts',
      cron: '10 * * * *',
      slot: 'minute',
      run: keepForecasts,
    },
    {
      name: 'tell-monday',
      cron: '*/5 * * * *',
      slot: 'minute',
      run: async (ctx) => {
        const result = await tellMonday(ctx);
        if (result.told > 0) deps.delivery.kick();
        return result;
      },
    },
    {
      name: 'check-books',
      cron: '47 3 * * *',
      slot: 'day',
      run: async (ctx) => {
        const result = await checkBooks(ctx);
        if (result.differences > 0) deps.delivery.kick();
        return result;
      },
    },
    {
      name: SEAL_JOB,
      cron: '* * * * *',
      slot: 'minute',
      run: async (ctx) => ({ sealed: await sealAudit(ctx) }),
    },
    {
      name: 'tidy',
      cron: '17 3 * * *',
      slot: 'day',
      run: async (ctx) => {
        const removed = await ctx.db.$executeRaw`
          DELETE FROM job_run WHERE started_at < now() - make_interval(days => ${JOB_RUNS_KEPT_DAYS})`;
        const exports = await sweepExports(ctx);
        const imported = await sweepImports(ctx);
        const backups = await sweepBackupRuns(ctx);
        return {
          removed,
          exports,
          imported,
          backups,
          drafts: await sweepDrafts(ctx),
          vacuumed: await deps.vacuum(),
        };
      },
    },
  ];
}

/**
 * Plans and delivers once, before cron and before anybody can click: what the last run left behind goes out, and the
 * first run of a process, which costs the most, slows nobody down.
 */
export async function runFirst(deps: JobDeps): Promise<void> {
  for (const job of jobsOf(deps))
    if (job.name === 'plan-reminders' || job.name === 'deliver-notices') await runJob(deps, job);
}

export interface JobOptions {
  /** The company's zone at the start: daily jobs keep to it. */
  readonly timezone: string;
  /** The local sandbox moves the clock: what is due in a minute is then looked for at once, and what is done is told. */
  readonly moved?: MovedClock;
}

export interface RunningJobs {
  /** Starts nothing more and waits for what is running. */
  stop(): Promise<void>;
}

/** Puts all jobs on cron; where the clock is moved, those of a minute run in rounds. */
export function startJobs(deps: JobDeps, options: JobOptions): RunningJobs {
  const running = new Set<Promise<JobOutcome>>();
  const stopping = new AbortController();
  const { moved, timezone } = options;
  const jobs = jobsOf({ ...deps, stopping: stopping.signal });
  const inRounds = moved ? jobs.filter(({ slot }) => slot === 'minute') : [];
  const rounds = moved && startRounds(deps, inRounds, moved);
  const tasks = jobs
    .filter((job) => !inRounds.includes(job))
    .map((job) =>
      schedule(
        job.cron,
        async () => {
          const run = runJob(deps, job);
          running.add(run);
          await run.finally(() => running.delete(run));
        },
        {
          name: job.name,
          timezone,
          noOverlap: true,
          suppressMissedWarning: true,
          logger: cronLogger(deps.log),
        },
      ),
    );
  return {
    async stop() {
      stopping.abort();
      await Promise.all([rounds?.stop(), ...tasks.map(async (task) => task.destroy())]);
      await Promise.all(running);
    },
  };
}

const cronLogger = (log: Logger) => ({
  info: (message: string) => log.debug(message),
  // An execution that was passed over because the last one still runs is normal.
  warn: (message: string) => log.debug(message),
  error: (message: string | Error) => log.error(message instanceof Error ? message.message : message),
  debug: () => {},
});

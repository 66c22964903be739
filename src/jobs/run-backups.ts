// Makes the backups that are due or were asked for, one after the other, and removes the old ones. A process that dies
// leaves the row to the next one, which begins anew.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BackupFile, sweepBackups, writeBackup } from '../backup/backup-file.js';
import { BackupError, backupName } from '../backup/format.js';
import type { Clock } from '../clock.js';
import type { SystemCtx } from '../ctx.js';
import type { OpenedPool } from '../db/client.js';
import { isUnavailable } from '../db/transact.js';
import {
  type BackupFailure,
  type BackupRun,
  claimBackup,
  findBackup,
  finishBackup,
  listLostBackups,
  renewBackup,
  requestOperatorBackup,
} from '../domain/settings/backups.service.js';
import type { Logger } from '../log.js';
import type { JobResult } from './run-job.js';

/** Where backups go, and what they are made of. */
export interface BackupPlace {
  readonly dir: string;
  readonly source: Pick<OpenedPool, 'pool' | 'engine'>;
}

export interface BackupEnv {
  readonly backups: BackupPlace;
  readonly clock: Clock;
  readonly log: Logger;
  /** Something is to be told. */
  readonly kick: () => void;
  /** Set while jobs run on cron: what is being written is given up when the app stops, and begun again by the next. */
  readonly stopping?: AbortSignal;
}

const RENEWED_EACH_MS = 15_000;
const LOOKED_EACH_MS = 200;

/** Makes every backup that waits. */
export async function runBackups(ctx: SystemCtx, env: BackupEnv): Promise<JobResult> {
  let backups = 0;
  for (const id of await listLostBackups(ctx)) {
    await finishBackup({ ...ctx, now: env.clock() }, id, { status: 'failed', failure: 'other' });
    env.kick();
  }
  while (env.stopping?.aborted !== true) {
    const id = await claimBackup(ctx);
    if (id === null) break;
    backups += 1;
    await makeOne(ctx, env, id);
    env.kick();
  }
  return { backups };
}

/** Makes one for whoever has the server, and waits for it, whichever process takes it. */
export async function backUpNow(ctx: SystemCtx, env: BackupEnv): Promise<BackupRun> {
  const id = await requestOperatorBackup(ctx);
  for (;;) {
    await runBackups(ctx, env);
    const row = await findBackup(ctx, id);
    if (row === null) throw new RangeError('the backup is gone');
    if (row.finishedAt !== null) return row;
    await sleep(LOOKED_EACH_MS);
  }
}

async function makeOne(ctx: SystemCtx, env: BackupEnv, id: string): Promise<void> {
  const signs = setInterval(() => {
    renewBackup(ctx, id).catch(() => {});
  }, RENEWED_EACH_MS);
  try {
    const file = await writeNew(env);
    await finishBackup({ ...ctx, now: env.clock() }, id, { status: 'done', ...file });
    await sweepBackups(env.backups.dir, ctx.company.settings.backupDays, env.clock()).catch(
      (error: unknown) => env.log.error({ err: error }, 'old backups cannot be removed'),
    );
  } catch (error) {
    // Without a database, or when the app stops, it is made anew when the lease has run out.
    if (isUnavailable(error) || env.stopping?.aborted === true) return;
    env.log.error({ err: error, backupId: id }, 'a backup failed');
    await finishBackup({ ...ctx, now: env.clock() }, id, { status: 'failed', failure: failureOf(error) });
  } finally {
    clearInterval(signs);
  }
}

/** The name has the second: two in one second take turns. */
async function writeNew({ backups: { dir, source }, clock, stopping }: BackupEnv): Promise<BackupFile> {
  const now = clock();
  for (let at = now; ; at = new Date(at.getTime() + 1000)) {
    try {
      return await writeBackup({ ...source, now }, join(dir, backupName(at)), stopping);
    } catch (error) {
      if (reasonOf(error) !== 'place') throw error;
    }
  }
}

const reasonOf = (error: unknown): BackupError['reason'] | undefined =>
  error instanceof BackupError ? error.reason : undefined;

const FULL = new Set(['ENOSPC', 'EDQUOT']);
const NOT_WRITABLE = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST']);

function failureOf(error: unknown): BackupFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (FULL.has(code)) return 'full';
  if (NOT_WRITABLE.has(code)) return 'not_writable';
  return reasonOf(error) === 'damaged' ? 'damaged' : 'other';
}

// What the running app does for commands that cannot open its embedded database: it makes a backup (npm run backup).
import { resolve } from 'node:path';
import { z } from 'zod';
import type { SystemCtx } from '../ctx.js';
import { askOwner } from '../db/data-dir-lock.js';
import { todayIn } from '../domain/local-date.js';
import { loadCompany } from '../domain/settings/company.service.js';
import type { JobDeps } from './index.js';
import { backUpNow } from './run-backups.js';

const BACK_UP = 'backup';
const answer = z.object({
  path: z.string().nullable(),
  bytes: z.number().nullable(),
  rows: z.number().nullable(),
  failure: z.string().nullable(),
});
type BackupAnswer = z.infer<typeof answer>;

type AppEnv = Pick<JobDeps, 'db' | 'clock' | 'log' | 'backups' | 'delivery'>;

/** Answers what another process asks; any other question gets none. */
export function answerCommands(env: AppEnv): (question: string) => Promise<string> {
  return async (question) => {
    if (question !== BACK_UP) throw new RangeError('not a question of ours');
    const { db, clock } = env;
    const now = clock();
    const company = await loadCompany(db, now);
    const ctx: SystemCtx = { db, now, company, today: todayIn(now, company.timezone) };
    const { path, bytes, rows, failure } = await backUpNow(ctx, { ...env, kick: env.delivery.kick });
    return JSON.stringify({
      path: path === null ? null : resolve(path),
      bytes,
      rows,
      failure,
    } satisfies BackupAnswer);
  };
}

/** Asks the app that has the directory for a backup. @returns undefined when it is no app, or one that cannot */
export async function askForBackup(dataDir: string): Promise<BackupAnswer | undefined> {
  const line = await askOwner(dataDir, BACK_UP);
  return line === undefined ? undefined : answer.parse(JSON.parse(line));
}

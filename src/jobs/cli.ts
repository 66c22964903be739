// Runs one job by hand: npm run job -- plan-reminders --at 2026-11-21T09:00+08:00. It opens the database as the app does,
// so on the embedded engine the app must be stopped first.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../clock.js';
import { readConfig } from '../config.js';
import type { SystemCtx } from '../ctx.js';
import { sealAudit } from '../domain/audit-seal.service.js';
import { todayIn } from '../domain/local-date.js';
import { planReminders } from '../domain/reminders/plan-reminders.service.js';
import { loadCompany } from '../domain/settings/company.service.js';
import { createLog } from '../log.js';
import { type Environment, runIfMain, UsageError, withDatabase } from './command-line.js';
import { createDelivery } from './deliver-notices.js';
import { nextDueInMs } from './delivery/outbox-rows.js';
import { createSlackSender } from './delivery/slack-sender.js';

/** Until there may be room again. */
const ROOM_MS = 200;
const COMMANDS = ['plan-reminders', 'deliver-notices', 'seal-audit'] as const;
type Command = (typeof COMMANDS)[number];

const USAGE = `Usage: npm run job -- <job> [--at <time with zone>]
  plan-reminders   plan what is due at --at (now, if left out), for example --at 2026-11-21T09:00+08:00
  deliver-notices  send what waits; needs the app's Slack configuration
  seal-audit       add what is new to the chain of the audit trail (npm run audit:verify checks it)`;

/** Runs the command and prints its result as one line of JSON. @returns the exit code */
export async function runCommand(
  argv: readonly string[],
  env: Environment,
  print: (line: string) => void,
): Promise<number> {
  const { command, now } = readArguments(argv);
  return withDatabase(env, async ({ prisma: db, engine }) => {
    const company = await loadCompany(db, now);
    const ctx: SystemCtx = { db, now, company, today: todayIn(now, company.timezone) };
    switch (command) {
      case 'plan-reminders':
        print(JSON.stringify(await planReminders(ctx)));
        return 0;
      case 'deliver-notices':
        await deliver(ctx, env, engine === 'postgres');
        print(JSON.stringify({ delivered: true }));
        return 0;
      case 'seal-audit':
        print(JSON.stringify({ sealed: await sealAudit(ctx) }));
        return 0;
    }
  });
}

function readArguments(argv: readonly string[]): { command: Command; now: Date } {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: { at: { type: 'string' } },
  });
  const command = COMMANDS.find((name) => name === positionals[0]);
  if (!command || positionals.length > 1) throw new UsageError(USAGE);
  if (values.at === undefined) return { command, now: systemClock() };
  const now = new Date(values.at);
  // Without a zone the machine's would decide, and a reminder would fall on another day.
  if (Number.isNaN(now.getTime()) || !/(Z|[+-]\d{2}:?\d{2})$/.test(values.at)) {
    throw new UsageError(`--at ${values.at} is not a time with a zone. Write 2026-11-21T09:00+08:00.`);
  }
  return { command, now };
}

/** `shared`: whether the app may be sending from the same database meanwhile. */
async function deliver(ctx: SystemCtx, env: Environment, shared: boolean): Promise<void> {
  const config = readConfig(env);
  const log = createLog(config.logLevel);
  const slack = createSlackSender({ token: config.botToken, slackApiUrl: config.slackApiUrl, log });
  const delivery = createDelivery({ db: ctx.db, slack, clock: () => ctx.now, log, shared });
  await delivery.run();
  // What had no room in this minute yet.
  while (((await nextDueInMs(ctx.db)) ?? 1) <= 0) {
    await sleep(ROOM_MS);
    await delivery.run();
  }
  await delivery.stop();
}

runIfMain(import.meta.filename, runCommand);

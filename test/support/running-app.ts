// The whole app as a process of its own beside a test: started, killed, and what it left held.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import type { Db } from '../../src/db/client.js';
import { type Child, startChild } from './children.js';
import { PEOPLE, type PersonKey } from './company.js';
import type { TestDatabase } from './database.js';
import { ESCALATION_CHANNEL, FINANCE_CHANNEL, slackIdOf } from './local-slack.js';

const APP = new URL('../../src/main.ts', import.meta.url);

/** Starts the app on this database at this time (null: by the real clock, at the real pace), and waits until it has checked its token: next it opens the database. */
export async function startApp(
  sandbox: Sandbox,
  target: TestDatabase['target'],
  now: Date | null,
): Promise<Child> {
  const clockDir = await mkdtemp(join(tmpdir(), 'huikuan-clock-'));
  const clockFile = join(clockDir, 'clock.json');
  if (now) await writeFile(clockFile, JSON.stringify({ offsetMs: now.getTime() - Date.now() }));
  const place =
    'dataDir' in target
      ? { DATA_DIR: target.dataDir, DATABASE_URL: '' }
      : { DATABASE_URL: target.databaseUrl };
  const before = lastCheckOfToken(sandbox);
  const app = startChild(APP, [], {
    ...place,
    SLACK_BOT_TOKEN: sandbox.botToken,
    SLACK_APP_TOKEN: sandbox.appToken,
    SLACK_SIGNING_SECRET: '',
    SLACK_API_URL: sandbox.apiUrl,
    PORT: '0',
    CLOCK_FILE: now ? clockFile : '',
    LOG_LEVEL: 'error',
  });
  // It reads its clock until it is gone, and writes beside it what it has done.
  const ended = app.ended.then(async (end) => {
    await rm(clockDir, { recursive: true, force: true });
    return end;
  });
  const kill = async () => {
    await app.kill();
    await ended;
  };
  try {
    await sandbox.waitFor(() => lastCheckOfToken(sandbox) > before, 60_000, 'the app to start');
  } catch (error) {
    await kill();
    throw error;
  }
  return { ...app, kill, ended };
}

const lastCheckOfToken = (sandbox: Sandbox): number =>
  sandbox.journal().findLast(({ name }) => name === 'auth.test')?.n ?? 0;

/** A minute passes for what a killed process held, and for what waits to be tried again. */
export async function letLeasesEnd(db: Db): Promise<void> {
  await db.$executeRaw`UPDATE outbox SET lease_until = now() - interval '1 second' WHERE status = 'sending'`;
  await db.$executeRaw`UPDATE outbox SET next_attempt_at = now() WHERE status = 'pending'`;
  await db.$executeRaw`UPDATE job_run SET lease_until = now() - interval '1 second' WHERE finished_at IS NULL`;
}

/** The ids of all notices that Slack has, in DMs and channels, once for each message. */
export function postedIds(sandbox: Sandbox): string[] {
  return places(sandbox)
    .flatMap((place) => sandbox.messages(place))
    .flatMap((message) => (message.metadata ? [String(message.metadata.event_payload.id)] : []));
}

/** The files that Slack has of the app, each as its place and name, once for each message: Slack keeps no id with them. */
export function postedFiles(sandbox: Sandbox): string[] {
  return places(sandbox).flatMap((place) =>
    sandbox
      .messages(place)
      .flatMap(({ bot_id, files }) => (bot_id ? (files ?? []).map(({ name }) => `${place} ${name}`) : [])),
  );
}

function places(sandbox: Sandbox): string[] {
  const people = Object.keys(PEOPLE) as PersonKey[];
  return [FINANCE_CHANNEL, ESCALATION_CHANNEL, ...people.map((who) => sandbox.dm(slackIdOf(who)))];
}

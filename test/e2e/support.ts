// The sandbox and the real app in one process, over either transport, on a fresh database: for stories.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SandboxOptions } from '../../sandbox/server/options.js';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.js';
import { sandboxWorld } from '../../scripts/sandbox-world.js';
import { readConfig } from '../../src/config.js';
import { createLog } from '../../src/log.js';
import { type RunningApp, startApp } from '../../src/start.js';
import { createTestDatabase } from '../support/database.js';

export type Transport = 'socket' | 'http';

export interface Story {
  sandbox: Sandbox;
  app: RunningApp;
  /** http://127.0.0.1:PORT of the app itself: /livez, /readyz and, over HTTP, /slack/events. */
  appUrl: string;
  env: Record<string, string>;
  close(): Promise<void>;
}

/** Starts sandbox and app; `prepare` fills the database before the app opens it. */
export async function startStory(
  transport: Transport,
  options: {
    sandbox?: Partial<SandboxOptions>;
    prepare?: (target: { databaseUrl: string } | { dataDir: string }, sandbox: Sandbox) => Promise<void>;
  } = {},
): Promise<Story> {
  const dir = await mkdtemp(join(tmpdir(), 'huikuan-story-'));
  const port = await freePort();
  const clockFile = join(dir, 'clock.json');
  const sandbox = await startSandbox({
    ...sandboxWorld(),
    clockFile,
    ...options.sandbox,
    transport: transport === 'socket' ? 'socket' : { http: `http://127.0.0.1:${port}/slack/events` },
  });
  const database = await createTestDatabase({ alone: true });
  // The app opens the database itself, as in production; the copy only had to be made.
  await database.db.close();
  await options.prepare?.(database.target, sandbox);
  const env = {
    SLACK_BOT_TOKEN: sandbox.botToken,
    SLACK_API_URL: sandbox.apiUrl,
    PORT: String(port),
    CLOCK_FILE: clockFile,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'silent',
    ...(transport === 'socket'
      ? { SLACK_APP_TOKEN: sandbox.appToken }
      : { SLACK_SIGNING_SECRET: sandbox.signingSecret }),
    ...('databaseUrl' in database.target
      ? { DATABASE_URL: database.target.databaseUrl }
      : { DATA_DIR: database.target.dataDir }),
  };
  const config = readConfig(env);
  const app = await startApp(config, createLog(config.logLevel));
  await sandbox.connected(60_000);
  return {
    sandbox,
    app,
    env,
    appUrl: `http://127.0.0.1:${port}`,
    async close() {
      await app.stop();
      await sandbox.close();
      await database.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A loopback port that nobody has taken. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** All the text of a message or view, for looking for words. */
export function textOf(shown: unknown): string {
  if (typeof shown === 'string') return shown;
  if (Array.isArray(shown)) return shown.map(textOf).join('\n');
  if (typeof shown !== 'object' || shown === null) return '';
  return Object.entries(shown)
    .filter(([key]) => !['type', 'block_id', 'action_id', 'value', 'style'].includes(key))
    .map(([, value]) => textOf(value))
    .filter((text) => text !== '')
    .join('\n');
}

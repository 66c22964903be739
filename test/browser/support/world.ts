// What `npm run sandbox` starts, for tests: the local Slack with its page, and the app as a process of its own on the
// demo company, at a moment that is the same in every run.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { seedDemo, seedPeople } from '../../../prisma/seed.js';
import type { Locale } from '../../../sandbox/server/protocol.js';
import { type Sandbox, startSandbox } from '../../../sandbox/server/sandbox.js';
import { sandboxWorld } from '../../../scripts/sandbox-world.js';
import type { Db } from '../../../src/db/client.js';
import { openDatabase } from '../../../src/db/client.js';
import { createEmptyTarget, type TestDatabase } from '../../support/database.js';
import { copyDatabase, demoTemplate } from './demo-template.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGE = join(ROOT, 'sandbox', 'page', 'dist');

/** A Tuesday with ordinary workdays around it, 10:00 in Shanghai. */
export const NOW = new Date('2026-03-10T02:00:00Z');

export interface World {
  readonly sandbox: Sandbox;
  /** Ends the app as an operator does, then the rest. */
  close(): Promise<void>;
}

interface WorldOptions {
  /** Makes everybody speak one language. */
  readonly locale?: Locale;
  /** The people and their roles alone, as on the first day. */
  readonly empty?: boolean;
  /** Adds to the company. */
  readonly prepare?: (db: Db) => Promise<void>;
}

/** Starts everything on the demo company. */
export async function startWorld(options: WorldOptions = {}): Promise<World> {
  if (!existsSync(join(PAGE, 'index.html'))) {
    throw new Error(
      'The sandbox page is not built. Run npm run build:page, or the suite as npm run test:browser.',
    );
  }
  const { locale } = options;
  const dir = await mkdtemp(join(tmpdir(), 'huikuan-browser-'));
  const clockFile = join(dir, 'clock.json');
  await writeFile(clockFile, JSON.stringify({ offsetMs: NOW.getTime() - Date.now() }));
  const database = await createEmptyTarget();
  await seed(database.target, options);
  const world = sandboxWorld();
  const sandbox = await startSandbox({
    ...world,
    ...(locale && { users: world.users.map((user) => ({ ...user, locale })) }),
    clockFile,
    pageDir: PAGE,
    transport: 'socket',
  });
  const app = startApp(sandbox, {
    CLOCK_FILE: clockFile,
    ...('databaseUrl' in database.target
      ? { DATABASE_URL: database.target.databaseUrl }
      : { DATABASE_URL: '', DATA_DIR: database.target.dataDir }),
  });
  const close = async () => {
    await app.stop();
    await sandbox.close();
    await database.remove();
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await Promise.race([sandbox.connected(60_000).then(() => settle(sandbox)), app.ended]);
  } catch (error) {
    await close();
    throw error;
  }
  return { sandbox, close };
}

/** Waits until what was due at the start is out: nothing was called for a second and a half. */
async function settle(sandbox: Sandbox): Promise<void> {
  const lastCall = () => Date.parse(sandbox.journal().at(-1)?.at ?? '') || Date.now();
  await sandbox.waitFor(
    () => sandbox.journal().length > 0 && Date.now() - lastCall() > 1_500,
    60_000,
    'the end of the start',
  );
}

async function seed(
  target: TestDatabase['target'],
  { locale, empty = false, prepare }: WorldOptions,
): Promise<void> {
  const source = inject('testDatabase');
  const isCopied = 'dataDir' in target && source.engine === 'embedded';
  if (isCopied) await copyDatabase(empty ? source.template : await demoTemplate(source, NOW), target.dataDir);
  const database = await openDatabase({ ...target, durable: false });
  try {
    if (empty) await seedPeople(database.prisma, NOW);
    else if (!isCopied) await seedDemo(database.prisma, NOW);
    if (locale) {
      const language = locale === 'zh-CN' ? 'zh-CN' : 'en';
      await database.prisma.user.updateMany({ data: { locale: language } });
      await database.prisma.company.updateMany({ data: { locale: language } });
    }
    await prepare?.(database.prisma);
  } finally {
    await database.close();
  }
}

interface AppProcess {
  /** Rejects when the app ends by itself, with what it wrote. */
  readonly ended: Promise<never>;
  stop(): Promise<void>;
}

function startApp(sandbox: Sandbox, place: Record<string, string>): AppProcess {
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src', 'main.ts')], {
    cwd: ROOT,
    env: {
      ...process.env,
      ...place,
      SLACK_BOT_TOKEN: sandbox.botToken,
      SLACK_APP_TOKEN: sandbox.appToken,
      SLACK_SIGNING_SECRET: '',
      SLACK_API_URL: sandbox.apiUrl,
      PORT: '0',
      LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
  }
  let stopping = false;
  const exit = once(child, 'exit');
  // A worker that is given up leaves nothing running.
  const end = () => child.kill('SIGTERM');
  process.once('exit', end);
  const ended = exit.then(([code]): never => {
    throw new Error(`The app ended with ${String(code)}:\n${said}`);
  });
  ended.catch(() => {});
  return {
    ended,
    async stop() {
      if (stopping) return;
      stopping = true;
      if (child.exitCode === null) child.kill('SIGTERM');
      await exit;
      process.off('exit', end);
      // What a healthy app says at this level is a finding.
      if (said !== '') process.stderr.write(`The app said:\n${said}\n`);
    },
  };
}

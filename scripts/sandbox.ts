// `npm run sandbox`: a local Slack and the app, as two processes on free loopback ports; data in ./data/sandbox.
// Options: --port N for the page, --http for signed HTTP instead of Socket Mode, --reset for a fresh start.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { seedDemo } from '../prisma/seed.js';
import { type Sandbox, startSandbox } from '../sandbox/server/sandbox.js';
import { fileClock } from '../src/clock.js';
import { openDatabase } from '../src/db/client.js';
import { DataDirInUseError } from '../src/db/data-dir-lock.js';
import { PEOPLE, sandboxWorld } from './sandbox-world.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DATA = join(ROOT, 'data', 'sandbox');
const PAGE = join(ROOT, 'sandbox', 'page');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '4400' },
      http: { type: 'boolean', default: false },
      reset: { type: 'boolean', default: false },
    },
  });
  const dataDir = join(DATA, 'db');
  const clockFile = join(DATA, 'clock.json');
  if (values.reset) await reset(dataDir);
  mkdirSync(DATA, { recursive: true });
  await buildPageIfOld();
  await seed(dataDir, clockFile);
  const appPort = await freePort();
  const sandbox = await startWorld(Number(values.port), {
    dataDir: join(DATA, 'slack'),
    clockFile,
    pageDir: join(PAGE, 'dist'),
    transport: values.http ? { http: `http://127.0.0.1:${appPort}/slack/events` } : 'socket',
  });
  const app = startProcess(sandbox, { appPort, dataDir, clockFile, http: values.http });
  stopTogether(sandbox, app);
  await sandbox.connected(60_000);
  process.stdout.write(welcome(sandbox.url));
}

/** A running app would go on writing into what is deleted: its lock on the directory is asked first. */
async function reset(dataDir: string): Promise<void> {
  if (existsSync(dataDir)) await (await openDatabase({ dataDir, durable: false })).close();
  rmSync(DATA, { recursive: true, force: true });
}

/** The page is built when there is none, or when one of its sources is newer. */
async function buildPageIfOld(): Promise<void> {
  const built = join(PAGE, 'dist', 'index.html');
  const newest = Math.max(newestIn(join(PAGE, 'src')), statSync(join(PAGE, 'index.html')).mtimeMs);
  if (existsSync(built) && statSync(built).mtimeMs >= newest) return;
  process.stdout.write('Building the page…\n');
  const { build } = await import('vite');
  await build({ root: PAGE, configFile: join(PAGE, 'vite.config.ts'), logLevel: 'warn' });
}

function newestIn(dir: string): number {
  const times = readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => statSync(join(entry.parentPath, entry.name)).mtimeMs);
  return Math.max(0, ...times);
}

async function seed(dataDir: string, clockFile: string): Promise<void> {
  // Demo data: quicker than safe.
  const database = await openDatabase({ dataDir, durable: false });
  try {
    const now = fileClock(clockFile)();
    if ((await database.prisma.user.count()) === 0) process.stdout.write('Setting up the demo company…\n');
    await seedDemo(database.prisma, now);
  } finally {
    await database.close();
  }
}

interface WorldPlace {
  dataDir: string;
  clockFile: string;
  pageDir: string;
  transport: 'socket' | { http: string };
}

/** On the wanted port, or on any free one when that is taken. */
async function startWorld(port: number, place: WorldPlace): Promise<Sandbox> {
  const options = { ...sandboxWorld(), ...place };
  try {
    return await startSandbox({ ...options, port });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    process.stdout.write(`Port ${port} is taken; using a free one.\n`);
    return startSandbox({ ...options, port: 0 });
  }
}

function startProcess(
  sandbox: Sandbox,
  options: { appPort: number; dataDir: string; clockFile: string; http: boolean },
): ChildProcess {
  // Empty values, so that a .env of a real workspace is not read in their place.
  const env = {
    ...process.env,
    SLACK_BOT_TOKEN: sandbox.botToken,
    SLACK_APP_TOKEN: options.http ? '' : sandbox.appToken,
    SLACK_SIGNING_SECRET: options.http ? sandbox.signingSecret : '',
    SLACK_API_URL: sandbox.apiUrl,
    PORT: String(options.appPort),
    DATABASE_URL: '',
    DATA_DIR: options.dataDir,
    CLOCK_FILE: options.clockFile,
    LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
  };
  // Not in this group: Ctrl-C reaches the app once, as the SIGTERM below, and it stops in its own order.
  return spawn(process.execPath, ['--import', 'tsx', join(ROOT, 'src', 'main.ts')], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  });
}

/** Either ends both. */
function stopTogether(sandbox: Sandbox, app: ChildProcess): void {
  let stopping = false;
  const ended = new Promise<number>((resolve) => {
    app.once('exit', (code) => resolve(code ?? 1));
  });
  const stop = async (exitCode: number) => {
    if (stopping) return;
    stopping = true;
    app.kill('SIGTERM');
    await ended;
    await sandbox.close();
    process.exit(exitCode);
  };
  process.once('SIGINT', () => void stop(0));
  process.once('SIGTERM', () => void stop(0));
  void ended.then((code) => {
    if (!stopping) process.stderr.write('The app has ended.\n');
    return stop(code === 0 ? 0 : 1);
  });
  // Whatever else ends this process takes the app along.
  process.once('exit', () => app.kill('SIGTERM'));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function welcome(url: string): string {
  const people = PEOPLE.map(({ id, name, title }) => `  ${url}/?as=${id.padEnd(14)} ${name} · ${title}`);
  return `
Huikuan runs at ${url}

People (two windows are two people):
${people.join('\n')}

Try:
  1. As 李雷: /hk-todo, or /hk-receipt and submit.
  2. As 孙悦, in 财务-回款: approve the card; 李雷 is told, the plan turns 已回款.
  3. Move the clock by a day or a week (above the page): reminders at 09:00, then escalation in 逾期-升级.
  4. /hk help in any conversation lists what each person can do.

Ctrl-C stops both. --reset starts afresh, --http uses signed HTTP, --port N chooses the port.
`;
}

main().catch((error: unknown) => {
  const expected = error instanceof DataDirInUseError;
  process.stderr.write(
    `${expected ? error.message : error instanceof Error ? error.stack : String(error)}\n`,
  );
  process.exit(1);
});

// `npm run sandbox`: a local Slack and the app, as two processes on free loopback ports; data in ./data/sandbox.
// Options: --port N for the page, --http for signed HTTP instead of Socket Mode, --reset for a fresh start.
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seedDemo } from '../prisma/seed.js';
import { type Sandbox, startSandbox } from '../sandbox/server/sandbox.js';
import { movedClock } from '../src/clock.js';
import { openDatabase } from '../src/db/client.js';
import { type AppPlace, appEnv } from './sandbox-env.js';
import { NotConnectedError, readSandboxOptions, startFailure } from './sandbox-options.js';
import { PEOPLE, sandboxWorld } from './sandbox-world.js';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DATA = join(ROOT, 'data', 'sandbox');
const PAGE = join(ROOT, 'sandbox', 'page');
/** The app reads itself and its database first; a busy machine takes its time. */
const CONNECT_MS = 60_000;

async function main(): Promise<void> {
  const values = readSandboxOptions(process.argv.slice(2));
  if ('usage' in values) {
    process.stdout.write(`${values.usage}\n`);
    process.exitCode = values.isAsked ? 0 : 1;
    return;
  }
  const dataDir = join(DATA, 'db');
  const clockFile = join(DATA, 'clock.json');
  if (values.reset) await reset(dataDir);
  mkdirSync(DATA, { recursive: true });
  await buildPageIfOld();
  await seed(dataDir, clockFile);
  const appPort = await freePort();
  const sandbox = await startWorld(values.port, {
    dataDir: join(DATA, 'slack'),
    clockFile,
    pageDir: join(PAGE, 'dist'),
    transport: values.http ? { http: `http://127.0.0.1:${appPort}/slack/events` } : 'socket',
  });
  const app = startProcess(sandbox, { appPort, dataDir, clockFile, http: values.http });
  stopTogether(sandbox, app);
  await sandbox.connected(CONNECT_MS).catch(() => {
    throw new NotConnectedError(CONNECT_MS / 1000);
  });
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
  process.stdout.write('Building the page · 正在生成网页…\n');
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
    const now = movedClock(clockFile).now();
    if ((await database.prisma.user.count()) === 0)
      process.stdout.write('Setting up the demo company · 正在准备演示公司…\n');
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

function startProcess(sandbox: Sandbox, options: Omit<AppPlace, 'logLevel'>): ChildProcess {
  const env = { ...process.env, ...appEnv(sandbox, { ...options, logLevel: process.env.LOG_LEVEL }) };
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
Huikuan runs at · 回款已启动：${url}

People, two windows are two people · 人员，两个窗口就是两个人：
${people.join('\n')}

Try · 试试：
  1. As Emma Clark: /hk-todo, or /hk-receipt and submit.
     以李雷的身份：输入 /hk 待办，或 /hk 登记回款 并提交。
  2. As Frank Moore, in 财务-回款: approve the card ([通过]: channels speak the company’s language, here Chinese);
     Emma is told, the instalment turns Paid.
     以孙悦的身份，在“财务-回款”频道：通过卡片；李雷收到消息，这一期变成已回款。
  3. Move the clock above the page by a day, then a week: reminders at 09:00 of working days, then escalation in 逾期-升级.
     把页面上方的时钟拨一天，再拨一周：工作日 09:00 提醒，然后升级到“逾期-升级”频道。
  4. /hk help lists what each person can do.
     /hk 帮助 列出每个人能做的事。

Ctrl-C stops both · Ctrl-C 停止。Options: --reset starts afresh · 重新开始; --http signed HTTP · 签名 HTTP; --port N.
`;
}

main().catch((error: unknown) => {
  process.stderr.write(`${startFailure(error)}\n`);
  process.exit(1);
});

// Starting and stopping as a process: what is wrong is said in one message, and SIGTERM ends it in order.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Sandbox, startSandbox } from '../../sandbox/server/sandbox.js';
import { sandboxWorld } from '../../scripts/sandbox-world.js';
import { readConfig } from '../../src/config.js';
import { lockDataDir } from '../../src/db/data-dir-lock.js';
import { createLog } from '../../src/log.js';
import { isExpected, startApp } from '../../src/start.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { freePort } from './support.js';

const MAIN = join(process.cwd(), 'src/main.ts');
const CHECK_BUILT = join(process.cwd(), 'scripts/check-built.mjs');
let sandbox: Sandbox;
let dir: string;
let database: TestDatabase;
beforeAll(async () => {
  sandbox = await startSandbox({ ...sandboxWorld(), transport: 'socket' });
  dir = await mkdtemp(join(tmpdir(), 'huikuan-start-'));
  // Made before: a first start takes seconds, and is looked at in embedded.test.ts.
  database = await createTestDatabase({ alone: true });
  await database.db.close();
});
afterAll(async () => {
  await database.close();
  await sandbox.close();
  await rm(dir, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  stderr: string;
}

/** Runs the app with only this environment, away from any .env; `whenUp` is called once it answers. */
async function run(env: Record<string, string>, whenUp?: (pid: number) => Promise<void>): Promise<Ended> {
  const app = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), MAIN], {
    cwd: dir,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  app.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const ended = once(app, 'exit');
  if (whenUp) {
    try {
      await untilReady(`http://127.0.0.1:${env.PORT}/readyz`, () => app.exitCode === null);
      await whenUp(app.pid ?? 0);
    } catch (error) {
      // A failed test must not leave its app behind.
      app.kill('SIGKILL');
      throw error;
    }
  }
  const [code] = await ended;
  return { code, stderr };
}

async function untilReady(url: string, alive: () => boolean): Promise<void> {
  for (let attempt = 0; alive() && attempt < 400; attempt += 1) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.status === 200) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const base = async () => ({
  SLACK_BOT_TOKEN: sandbox.botToken,
  SLACK_APP_TOKEN: sandbox.appToken,
  SLACK_API_URL: sandbox.apiUrl,
  DATA_DIR: 'dataDir' in database.target ? database.target.dataDir : join(dir, 'db'),
  PORT: String(await freePort()),
  LOG_LEVEL: 'info',
});

/** Starts the app in this process; the message it is refused with. */
async function refusal(env: Record<string, string>): Promise<string> {
  const starting = startApp(readConfig(env), createLog('silent'));
  const error: unknown = await starting.then((app) => app.stop()).catch((caught: unknown) => caught);
  if (!isExpected(error)) throw error ?? new Error('it started');
  return error.message;
}

// Some start a process: on a busy machine that alone takes its time.
describe('npm start', { timeout: 120_000 }, () => {
  it('names every problem of an empty configuration and exits 1', async () => {
    const { code, stderr } = await run({});
    expect(code).toBe(1);
    expect(stderr).toContain('SLACK_BOT_TOKEN is missing');
    expect(stderr).toContain('SLACK_SIGNING_SECRET');
    expect(stderr).not.toContain('    at ');
  });

  it('says that Slack refused the bot token, and how to get one', async () => {
    const message = await refusal({ ...(await base()), SLACK_BOT_TOKEN: 'xoxb-wrong' });
    expect(message).toMatch(/Slack refused SLACK_BOT_TOKEN \(invalid_auth\)\. Install the app/);
    expect(message).not.toContain('xoxb-wrong');
  });

  it('says that Slack refused the app token', async () => {
    const message = await refusal({ ...(await base()), SLACK_APP_TOKEN: 'xapp-wrong' });
    expect(message).toMatch(/Slack refused the Socket Mode connection \(.*\)\. Check SLACK_APP_TOKEN/);
  });

  it('says who holds the data directory, without a stack, and exits 1', async () => {
    const env = await base();
    const lock = await lockDataDir(env.DATA_DIR);
    const { code, stderr } = await run(env);
    await lock.release();
    expect(code).toBe(1);
    expect(stderr).toContain(`is in use by process ${process.pid}`);
    expect(stderr).not.toContain('    at ');
  });

  it('says that the port is taken', async () => {
    const taken: Server = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const message = await refusal({ ...(await base()), PORT: port });
    taken.close();
    expect(message).toContain(`Port ${port} cannot be opened (EADDRINUSE). Set PORT to a free port.`);
  });

  it('says that the data directory cannot be made, where Node’s own way of making it never ends', async () => {
    const message = await refusal({ ...(await base()), DATA_DIR: '/proc/nodir/data', DATABASE_URL: '' });
    expect(message).toMatch(
      /cannot be opened \(.*\/proc\/nodir.*\)\. Check that \/proc\/nodir\/data can be written/,
    );
  });

  it('says before `npm start` that nothing is built yet, in one sentence', async () => {
    const copy = join(dir, 'checkout');
    await cp(CHECK_BUILT, join(copy, 'scripts', 'check-built.mjs'));
    const check = async () => {
      const child = spawn(process.execPath, [join(copy, 'scripts', 'check-built.mjs')], {
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
      return [code, said];
    };
    expect(await check()).toEqual([
      1,
      'The app is not built yet. Run npm run build, then npm start again.\n',
    ]);
    await mkdir(join(copy, 'dist', 'src'), { recursive: true });
    await writeFile(join(copy, 'dist', 'src', 'main.js'), '');
    expect(await check()).toEqual([0, '']);
  });

  it('says that the database cannot be reached', async () => {
    const port = await freePort();
    const env = { ...(await base()), DATABASE_URL: `postgresql://hk:secret@127.0.0.1:${port}/hk` };
    const message = await refusal(env);
    expect(message).toMatch(/The database cannot be opened \(.*\)\. Check DATABASE_URL/);
    expect(message).not.toContain('secret');
  });

  it('stops in order on SIGTERM, and leaves the data directory free', async () => {
    const env = await base();
    const { code, stderr } = await run(env, async (pid) => {
      expect((await fetch(`http://127.0.0.1:${env.PORT}/livez`)).status).toBe(200);
      process.kill(pid, 'SIGTERM');
    });
    expect(stderr).toContain('"msg":"stopping"');
    expect(code).toBe(0);
    await (await lockDataDir(env.DATA_DIR)).release();
  });

  it('is not ready while Slack is gone, and lives on', async () => {
    const env = await base();
    const app = await startApp(readConfig(env), createLog('silent'));
    try {
      await untilReady(`http://127.0.0.1:${env.PORT}/readyz`, () => true);
      sandbox.faults.add({ method: 'apps.connections.open', error: 'internal_error', times: 1000 });
      sandbox.recycleSockets();
      const ready = async () => {
        const answer = await fetch(`http://127.0.0.1:${env.PORT}/readyz`);
        return [answer.status, await answer.json()];
      };
      await expect
        .poll(ready, { timeout: 20_000 })
        .toEqual([503, { ok: false, database: 'up', slack: 'down' }]);
      expect((await fetch(`http://127.0.0.1:${env.PORT}/livez`)).status).toBe(200);
    } finally {
      sandbox.faults.clear();
      await app.stop();
    }
  });
});

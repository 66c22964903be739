// What a person starts: the app as `npm start` runs it, in a process of its own. From there until it is ready, the first
// time (on an empty database) and again, and the memory that it takes then.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ms, type Row } from './measure.js';
import { startSlackStub } from './slack-stub.js';

const run = promisify(execFile);
const APP = join(import.meta.dirname, '../src/main.js');
const HEAP_MB = 1024;
const LONGEST_START_MS = 120_000;
const LOOK_MS = 10;

/** Where the app's data is: an empty directory, or the URL of an empty database. */
export type Place = { readonly dataDir: string } | { readonly databaseUrl: string };

interface Started {
  /** Milliseconds from its start until /readyz says that it is ready. */
  readonly ms: number;
  /** Memory of the process then, in bytes. */
  readonly rss: number;
}

async function startOnce(place: Place, apiUrl: string): Promise<Started> {
  const port = await freePort();
  // Away from any .env.
  const cwd = await mkdtemp(join(tmpdir(), 'huikuan-bench-start-'));
  const start = performance.now();
  const app = spawn(process.execPath, [`--max-old-space-size=${HEAP_MB}`, APP], {
    cwd,
    env: {
      PATH: process.env.PATH ?? '',
      SLACK_BOT_TOKEN: 'xoxb-bench',
      SLACK_SIGNING_SECRET: 'bench',
      SLACK_API_URL: apiUrl,
      PORT: String(port),
      LOG_LEVEL: 'warn',
      ...('dataDir' in place ? { DATA_DIR: place.dataDir } : { DATABASE_URL: place.databaseUrl }),
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(app, 'exit');
  try {
    while ((await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null))?.status !== 200) {
      if (app.exitCode !== null) throw new Error('The app did not start.');
      if (performance.now() - start > LONGEST_START_MS) throw new Error('The app did not get ready.');
      await sleep(LOOK_MS);
    }
    const took = performance.now() - start;
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(app.pid)]);
    return { ms: took, rss: Number(stdout) * 1024 };
  } finally {
    app.kill('SIGTERM');
    await ended;
    await rm(cwd, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** First start, restart and memory on an empty place. */
export async function benchStart(place: Place): Promise<Row[]> {
  const slack = await startSlackStub();
  try {
    const first = await startOnce(place, slack.apiUrl);
    const again = await startOnce(place, slack.apiUrl);
    const row = (what: string, ours: string): Row => ({
      what,
      engine: 'dataDir' in place ? 'embedded' : 'postgres',
      ours,
      floor: '',
      ratio: null,
      target: '',
      met: null,
    });
    const mb = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MB`;
    return [
      row('first start of the app until it is ready', ms(first.ms)),
      row('restart of the app until it is ready', ms(again.ms)),
      row('memory of the app after first start, after restart', `${mb(first.rss)}, ${mb(again.rss)}`),
    ];
  } finally {
    await slack.close();
  }
}

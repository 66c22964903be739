// First start, restart and memory of a process with the embedded database, each in a process of its own.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ms, type Row } from './measure.js';

const run = promisify(execFile);
const CHILD = `
const { openDatabase } = await import('../src/db/client.js');
const start = performance.now();
const database = await openDatabase({ dataDir: process.argv[1] });
await database.ping();
const ms = performance.now() - start;
console.log(JSON.stringify({ ms, rss: process.memoryUsage().rss }));
await database.close();`;

async function startOnce(dataDir: string): Promise<{ ms: number; rss: number }> {
  const cwd = import.meta.dirname;
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', CHILD, dataDir], { cwd });
  return JSON.parse(stdout);
}

export async function benchStart(): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-bench-start-'));
  try {
    const first = await startOnce(dataDir);
    const again = await startOnce(dataDir);
    const row = (what: string, ours: string): Row => ({
      what,
      engine: 'embedded',
      ours,
      floor: '',
      ratio: null,
      target: '',
      met: null,
    });
    return [
      row('first start of the database', ms(first.ms)),
      row('restart of the database', ms(again.ms)),
      row('memory after restart', `${Math.round(again.rss / 1024 / 1024)} MB`),
    ];
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

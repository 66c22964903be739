// The demo company's database: filled once in a run, by whichever worker needs it first, and copied for every world.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { seedDemo } from '../../../prisma/seed.js';
import { openDatabase } from '../../../src/db/client.js';
import type { TestDatabaseSource } from '../../support/global-setup.js';

const PATIENCE_MS = 100_000;

/** Copies the files of a database that nobody has open. */
export async function copyDatabase(from: string, to: string): Promise<void> {
  await promisify(execFile)('cp', ['-R', `${from}/.`, to]);
}

/** Where the filled database is; made now if nobody has. @throws Error when the worker that makes it does not finish */
export async function demoTemplate(
  source: Extract<TestDatabaseSource, { engine: 'embedded' }>,
  now: Date,
): Promise<string> {
  const finished = join(source.runDir, 'demo');
  if (await isFirst(join(source.runDir, 'demo-begun'))) {
    const building = await mkdtemp(join(source.runDir, 'demo-'));
    await copyDatabase(source.template, building);
    const database = await openDatabase({ dataDir: building, durable: false });
    try {
      await seedDemo(database.prisma, now);
    } finally {
      await database.close();
    }
    await rename(building, finished);
  }
  for (const deadline = Date.now() + PATIENCE_MS; !existsSync(finished); await sleep(100)) {
    if (Date.now() > deadline)
      throw new Error('The demo company was not set up by the worker that began it.');
  }
  return finished;
}

/** Only one can make a directory. */
async function isFirst(mark: string): Promise<boolean> {
  try {
    await mkdir(mark);
    return true;
  } catch {
    return false;
  }
}

// `npm run replay -- <csv> [--on 2012-06-30,2013-01-15]`: lives through a file of real invoices day by day, through the
// real services, on a database that is thrown away (DATABASE_URL, else a temporary directory, which is not fsynced).
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Database, openDatabase } from '../src/db/client.js';
import { localDate } from '../src/domain/local-date.js';
import { toDecimalString } from '../src/domain/money.js';
import type { Figures } from './replay/day.js';
import { CURRENCY, readInvoices } from './replay/invoices.js';
import { type ReplayResult, replay } from './replay/run.js';

const amount = (minor: bigint) => toDecimalString(minor, CURRENCY).padStart(12);

function printFigures(row: Figures): void {
  console.log(
    `${row.date}  open ${String(row.open).padStart(4)} ${amount(row.openAmount)}   ` +
      `overdue ${String(row.overdue).padStart(4)} ${amount(row.overdueAmount)}`,
  );
}

function printResult(result: ReplayResult, seconds: number): void {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts).map(([of, count]) => `${of} ${count}`);
  console.log(`\nDays: ${result.firstDay} to ${result.lastDay}`);
  console.log(`Reminders by step, each instalment and step once: ${list(result.steps).join(' · ')}`);
  console.log(`Messages: ${result.digests} digests, ${result.channelPosts} channel posts`);
  console.log(`  digests, one a person and morning: ${list(result.digestsOf).join(' · ')}`);
  console.log(
    `  posts in the finance and escalation channels, with the lines of threads: ${list(result.postsOf).join(' · ')}`,
  );
  console.log(`Late invoices: ${result.lateInvoices}`);
  console.log(`Settled ${amount(result.settled).trim()}, outstanding ${amount(result.outstanding).trim()}`);
  console.log(`${seconds.toFixed(1)} s`);
}

async function openThrowAway(): Promise<{ database: Database; remove: () => Promise<void> }> {
  const databaseUrl = process.env.DATABASE_URL;
  if (databaseUrl) {
    const database = await openDatabase({ databaseUrl });
    if ((await database.prisma.company.count()) > 0) {
      await database.close();
      throw new Error(
        'DATABASE_URL holds a company. A replay needs an empty database that may be thrown away.',
      );
    }
    return { database, remove: async () => {} };
  }
  const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-replay-'));
  const database = await openDatabase({ dataDir, durable: false });
  return { database, remove: () => rm(dataDir, { recursive: true, force: true }) };
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { on: { type: 'string' } } });
  const [path] = positionals;
  if (path === undefined) throw new Error('Usage: npm run replay -- <csv> [--on 2012-06-30,2013-01-15]');
  const invoices = await readInvoices(path);
  const on = (values.on ?? '').split(',').filter(Boolean).map(localDate);
  const started = performance.now();
  const { database, remove } = await openThrowAway();
  try {
    const result = await replay(database, invoices, on, printFigures);
    printResult(result, (performance.now() - started) / 1000);
  } finally {
    await database.close();
    await remove();
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

// The promise behind running without a server: what was acknowledged is still there after `kill -9` at any
// moment, with real fsync. HUIKUAN_KILL_ROUNDS sets the rounds, HUIKUAN_SEED repeats a run.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/db/client.js';
import { startChild } from '../support/children.js';
import { randomFrom } from '../support/random.js';

const ROUNDS = Number(process.env.HUIKUAN_KILL_ROUNDS ?? 100);
const SEED = Number(process.env.HUIKUAN_SEED ?? Date.now() % 1_000_000);
const MOST_ROWS_A_LIFE = 120;
const LONGEST_EXTRA_LIFE_MS = 20;
const WRITER = new URL('../support/write-until-killed.ts', import.meta.url);

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'huikuan-kill-'));
});
afterAll(() => rm(dir, { recursive: true }));

interface Rows {
  count: bigint;
  last: bigint;
  halves: bigint;
}

async function readRows(): Promise<Rows> {
  const db = await openDatabase({ dataDir: dir });
  try {
    const [rows] = await db.prisma.$queryRaw<Rows[]>`
      SELECT count(*) FILTER (WHERE key = 'first') AS count,
             coalesce(max(value) FILTER (WHERE key = 'first'), 0) AS last,
             (SELECT count(*) FROM (SELECT 1 FROM counter GROUP BY period HAVING count(*) <> 2) h) AS halves
      FROM counter`;
    if (rows === undefined) throw new Error('no answer');
    // The indexes must tell the same as the tables.
    await db.prisma.$executeRaw`REINDEX TABLE counter`;
    return rows;
  } finally {
    await db.close();
  }
}

test(`kill -9 during writes, ${ROUNDS} times: every acknowledged row is there`, {
  timeout: ROUNDS * 90_000,
}, async () => {
  expect(ROUNDS).toBeGreaterThan(0);
  console.log(`seed ${SEED}, ${ROUNDS} rounds`);
  const random = randomFrom(SEED);
  let last = 0n;
  let acknowledgedInAll = 0n;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const child = startChild(WRITER, [dir, String(last)]);
    const opened = await child.nextLine();
    if (opened !== 'open') throw new Error(`round ${round}: ${(await child.ended).stderr}`);
    // By rows and not by time, so that a slow machine tests as much; then a moment, to hit any point of a commit.
    const killAfter = last + BigInt(Math.floor(random() * MOST_ROWS_A_LIFE));
    let killed: Promise<void> | undefined;
    let acknowledged = last;
    const killWhenDue = () => {
      if (acknowledged >= killAfter)
        killed ??= sleep(random() * LONGEST_EXTRA_LIFE_MS).then(() => child.kill());
    };
    killWhenDue();
    for (let line = await child.nextLine(); line !== undefined; line = await child.nextLine()) {
      acknowledged = BigInt(line);
      killWhenDue();
    }
    await killed;
    acknowledgedInAll += acknowledged - last;
    const rows = await readRows();
    // One more than was told may be there: committed, and killed before it could say so.
    expect(rows.last - acknowledged, `round ${round}`).toBeOneOf([0n, 1n]);
    expect(rows.count, `round ${round}`).toBe(rows.last);
    expect(rows.halves, `round ${round}`).toBe(0n);
    last = rows.last;
  }
  console.log(`${acknowledgedInAll} acknowledged transactions, none lost`);
  // Otherwise the kills came too early to prove anything.
  expect(acknowledgedInAll).toBeGreaterThan(BigInt(ROUNDS * 5));
});

test('kill -9 during the first start leaves a directory that starts', async () => {
  const random = randomFrom(SEED);
  for (let round = 1; round <= Math.ceil(ROUNDS / 5); round += 1) {
    const fresh = join(dir, `fresh-${round}`);
    const child = startChild(WRITER, [fresh]);
    await sleep(500 + random() * 5_000);
    await child.kill();
    const db = await openDatabase({ dataDir: fresh });
    expect(await db.prisma.counter.count()).toBeGreaterThanOrEqual(0);
    await db.close();
  }
});

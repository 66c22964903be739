// Lists among a million instalments: first page, deep page, every filter and every order, for whoever sees all, a manager
// and a rep, 20 people at once; beside the bare SQL of the same page without a count. And an export of 100,000 rows: its
// time, and the memory that it adds.
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { requestExport } from '../src/domain/exports/export.service.js';
import { newId } from '../src/domain/ids.js';
import { addDays } from '../src/domain/local-date.js';
import { runExports } from '../src/jobs/run-exports.js';
import { createLog } from '../src/log.js';
import { actAs, fillLists, NOW } from './list-data.js';
import { questions } from './list-questions.js';
import { concurrently, ms, percentile, type Row, timed } from './measure.js';

const INSTALMENTS = 1_000_000;
/** The embedded engine serves one company on one machine. */
const EMBEDDED_INSTALMENTS = 100_000;
const AT_ONCE = 20;
const CALLS = 200;

export async function benchLists(database: Database): Promise<Row[]> {
  const isServer = database.engine === 'postgres';
  const instalments = isServer ? INSTALMENTS : EMBEDDED_INSTALMENTS;
  await fillLists(database, instalments);
  const readers = {
    all: await actAs(database, 'UL0'),
    manager: await actAs(database, 'UL1'),
    rep: await actAs(database, 'UL7'),
  };
  const asked = questions(instalments, readers.all.today);
  // Each connection has planned each statement before.
  for (const ctx of Object.values(readers)) for (const ask of Object.values(asked)) await ask(ctx, 1);
  const bare = () =>
    database.pool.query(
      `SELECT i.*, c.number, c.name, k.name, u.name FROM instalment i JOIN contract c ON c.id = i.contract_id
       JOIN customer k ON k.id = i.customer_id JOIN app_user u ON u.id = i.owner_id
       WHERE i.lifecycle = 'open' ORDER BY i.effective_due, i.id LIMIT 20`,
    );
  const floor = await p95(bare);
  const rows: Row[] = [];
  const count = `${instalments / 1000}k`;
  for (const [who, ctx] of Object.entries(readers)) {
    const alone: { name: string; time: number }[] = [];
    for (const [name, ask] of Object.entries(asked)) {
      const times: number[] = [];
      for (let round = 0; round < 10; round += 1) times.push(await timed(() => ask(ctx, round)));
      alone.push({ name, time: percentile(times, 0.95) });
    }
    const slowest = alone.reduce((worst, one) => (one.time > worst.time ? one : worst));
    for (const one of alone)
      rows.push(row(database, `${one.name}, ${who}, of ${count}, p95`, one.time, null));
    rows.push(row(database, `… slowest of these (${slowest.name}), ${who}`, slowest.time, null));
    const list = Object.values(asked);
    const together = await p95((n) => list[n % list.length]?.(ctx, n) ?? Promise.resolve());
    rows.push(row(database, `any list, ${who}, of ${count}, p95, ${AT_ONCE} at once`, together, floor));
  }
  rows.push(...(await benchExport(database, readers.all)));
  return rows;
}

async function p95(work: (round: number) => Promise<unknown>): Promise<number> {
  await concurrently(AT_ONCE * 3, AT_ONCE, work);
  return percentile(await concurrently(CALLS, AT_ONCE, work), 0.95);
}

function row(database: Database, what: string, ours: number, floor: number | null): Row {
  const isServer = database.engine === 'postgres';
  return {
    what,
    engine: database.engine,
    ours: ms(ours),
    floor: floor === null ? '' : ms(floor),
    ratio: floor === null ? null : ours / floor,
    // The embedded engine is one session: 20 wait for each other.
    target: isServer ? '≤ 200 ms' : '',
    met: isServer ? ours <= 200 : null,
  };
}

/** An export of (nearly) 100,000 rows: time, and the most memory in use beyond what was before. */
async function benchExport(database: Database, ctx: Ctx): Promise<Row[]> {
  const rows: Row[] = [];
  for (const format of ['csv', 'xlsx'] as const) {
    const filter = { from: addDays(ctx.today, -100), to: addDays(ctx.today, 45) };
    await requestExport({ ...ctx, requestId: newId(NOW) }, { list: 'plan', filter, format });
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    let most = before;
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss);
    }, 20);
    const env = {
      clock: () => NOW,
      log: createLog('silent'),
      kick: () => {},
      stopping: new AbortController().signal,
    };
    const time = await timed(() => runExports(ctx, env));
    clearInterval(watch);
    const job = await ctx.db.exportJob.findFirstOrThrow({ orderBy: { id: 'desc' } });
    const file = await ctx.db.attachment.findFirst({ where: { ownerId: job.id }, select: { size: true } });
    const megabytes = (bytes: number) => `${(bytes / 1_048_576).toFixed(0)} MB`;
    rows.push({
      what: `export of ${job.rows} instalments as ${format}, ${job.status}, file ${megabytes(file?.size ?? 0)}`,
      engine: database.engine,
      ours: `${(time / 1000).toFixed(1)} s, +${megabytes(most - before)}`,
      floor: '',
      ratio: null,
      target: '+≤ 200 MB',
      met: most - before <= 200 * 1_048_576,
    });
  }
  return rows;
}

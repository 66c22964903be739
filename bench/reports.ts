// Reports over a million open instalments among five million movements: aging by each group, of today and of an earlier day,
// beside bare SQL with the same grouping, day and numbers; every other report as a message is drawn from it, beside the bare
// SQL of today's aging; Home by role, what others wait for meanwhile, three large files in a row, and memory.
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { loadHome } from '../src/domain/home/home.queries.js';
import { addDays, localDate } from '../src/domain/local-date.js';
import { findTodo } from '../src/domain/reminders/todo.queries.js';
import { readKpis } from '../src/domain/reports/kpis.queries.js';
import { readReport } from '../src/domain/reports/read-report.queries.js';
import {
  defaultQuery,
  GROUPS,
  isOfPeriod,
  periodOf,
  REPORT_KINDS,
  type ReportKind,
  type ReportQuery,
} from '../src/domain/reports/report.js';
import { findReportRows } from '../src/domain/reports/rows.queries.js';
import { drawReportFile } from '../src/jobs/report-file.js';
import { actAs } from './list-data.js';
import { type Held, heldBy, inTurn, ms, percentile, type Row, timed } from './measure.js';
import { readBareAging } from './report-bare.js';
import { fillReports } from './report-data.js';

/** About 35 % of them are open; BENCH_INSTALMENTS for a smaller run. */
const INSTALMENTS = Number(process.env.BENCH_INSTALMENTS ?? 2_900_000);
/** The embedded engine serves one company on one machine. */
const EMBEDDED_INSTALMENTS = 100_000;
const ROUNDS = 5;
const MAX_SECONDS = 3;
const MAX_RATIO = 2;
const MAX_MEGABYTES = 400;

type Engine = Row['engine'];
interface Bench {
  readonly engine: Engine;
  /** Milliseconds of today's aging by customer as anybody would write it. */
  readonly bare: () => Promise<number>;
}

export async function benchReports(database: Database): Promise<Row[]> {
  const instalments = database.engine === 'postgres' ? INSTALMENTS : EMBEDDED_INSTALMENTS;
  await fillReports(database, instalments);
  const ctx = await actAs(database, 'UL0');
  const setting = { company: ctx.company };
  const bench: Bench = {
    engine: database.engine,
    bare: () => timed(() => readBareAging(database, { by: 'customer', to: ctx.today }, ctx.today)),
  };
  const memory = watchMemory();
  const rows: Row[] = [await counted(database)];
  const aging: ReportQuery = defaultQuery('aging', ctx.today, 'CNY');
  const read = (query: ReportQuery) => () => readReport(ctx, query, setting);
  const narrowed = { ...aging, ownerId: '00000000-0000-7000-8000-000000000009' };
  const ago = (query: ReportQuery, days: number) => ({ ...query, to: addDays(ctx.today, -days) });
  for (const days of [0, 30])
    for (const by of GROUPS) rows.push(await besideBare(database, ctx, { ...ago(aging, days), by }));
  for (const [what, query] of [
    ['aging of yesterday', ago(aging, 1)],
    ['aging a year ago', ago(aging, 365)],
    ['aging by original due date', { ...aging, due: 'original' }],
    ['aging of an owner', narrowed],
    ['aging of an owner 30 days ago', ago(narrowed, 30)],
  ] as const)
    rows.push(await once(bench, what, read(query)));
  const part = { number: 1, zone: ctx.company.timezone };
  rows.push(await once(bench, 'rows of a bucket', () => findReportRows(ctx, aging, { o: 'd90' }, part)));
  const year = localDate(`${ctx.today.slice(0, 4)}-01-01`);
  for (const kind of REPORT_KINDS.filter((one) => one !== 'aging')) {
    const query = defaultQuery(kind, ctx.today, 'CNY');
    rows.push(await once(bench, `${kind}, this year`, read({ ...query, from: year })));
    if (isOfPeriod(kind))
      rows.push(
        await once(bench, `${kind}, last month`, read({ ...query, ...periodOf('last_month', ctx.today) })),
      );
  }
  const kpis = { ...aging, from: year };
  rows.push(
    await once(bench, 'KPIs, this year', () => readKpis(ctx, kpis, ctx.company)),
    ...(await homes(database, bench)),
  );
  for (const kind of ['progress', 'forecast', 'risks'] as const)
    rows.push(...(await served(database, bench, kind, read({ ...kpis, kind }))));
  rows.push(inMemory(bench, 'memory until here, most', memory()));
  for (const number of [1, 2, 3]) rows.push(...(await asFile(ctx, bench, number, memory)));
  return rows;
}

const line = ({ engine }: Pick<Bench, 'engine'>, what: string): Row => {
  return { what, engine, ours: '', floor: '', ratio: null, target: '', met: null };
};

/** The most that the process has held since it was last asked, in MB; looked at every twentieth of a second. */
function watchMemory(): () => number {
  let most = 0;
  const look = () => {
    most = Math.max(most, process.memoryUsage().rss / 1_000_000);
  };
  setInterval(look, 50).unref();
  return () => {
    look();
    const found = most;
    most = 0;
    return found;
  };
}

const inMemory = (bench: Bench, what: string, megabytes: number): Row => ({
  ...line(bench, what),
  ours: `${megabytes.toFixed(0)} MB`,
  target: `<= ${MAX_MEGABYTES} MB`,
  met: megabytes <= MAX_MEGABYTES,
});

/** Aging and bare SQL of the same day by the same group, in turn; of an earlier day that takes long, and is asked for once. */
async function besideBare(database: Database, ctx: Ctx, query: ReportQuery): Promise<Row> {
  const { engine } = database;
  const isPast = query.to < ctx.today;
  const setting = { company: ctx.company };
  let bare: readonly bigint[] = [];
  let lines: readonly bigint[] = [];
  const ours = () =>
    timed(async () => {
      const data = await readReport(ctx, query, setting);
      if ('aging' in data) lines = data.aging.lines.map(({ open }) => open).slice(0, 10);
    });
  const floor = () =>
    timed(async () => {
      bare = await readBareAging(database, query, ctx.today);
    });
  const times = await inTurn(isPast ? 1 : ROUNDS, ours, floor);
  const what = `aging by ${query.by}${isPast ? ', 30 days ago' : ''}`;
  const isSame = bare.join() === lines.join();
  const [taken, least] = [percentile(times.ours, 0.5), percentile(times.floor, 0.5)];
  const ratio = taken / least;
  return {
    ...line({ engine }, isSame ? what : `${what}: OTHER NUMBERS THAN BARE SQL`),
    ours: ms(taken),
    floor: ms(least),
    ratio,
    target: `<= ${MAX_RATIO} x its bare SQL, ${MAX_SECONDS} s`,
    met: isSame && ratio <= MAX_RATIO && taken <= MAX_SECONDS * 1000,
  };
}

/** How much there is. */
async function counted({ pool, engine }: Database): Promise<Row> {
  const { rows } = await pool.query<{ open: string; moves: string }>(`SELECT
    (SELECT COUNT(*) FROM instalment WHERE lifecycle = 'open' AND outstanding > 0) AS open,
    (SELECT COUNT(*) FROM instalment_revision) + (SELECT COUNT(*) FROM allocation) + (SELECT COUNT(*) FROM receipt) AS moves`);
  const [row] = rows;
  return line({ engine }, `${row?.open} open, ${row?.moves} movements`);
}

/** A read as it is the second time, beside the bare SQL of today's aging right before and after it. */
async function once(bench: Bench, what: string, read: () => Promise<unknown>): Promise<Row> {
  await read();
  const before = await bench.bare();
  const ours = await timed(read);
  const floor = (before + (await bench.bare())) / 2;
  const met = ours <= MAX_SECONDS * 1000;
  return {
    ...line(bench, what),
    ours: ms(ours),
    floor: ms(floor),
    ratio: ours / floor,
    target: `<= ${MAX_SECONDS} s`,
    met,
  };
}

/** Homes by role: each person's several times. */
async function homes(database: Database, bench: Bench): Promise<Row[]> {
  const rows: Row[] = [];
  for (const [role, people] of [
    ['a director', ['UL0']],
    ['a manager', ['UL1', 'UL2']],
    ['a rep', ['UL8', 'UL9']],
  ] as const) {
    const times: number[] = [];
    for (let n = 0; n < 24; n += 1) {
      const ctx = await actAs(database, people[n % people.length] ?? people[0]);
      const ours = await timed(() => loadHome(ctx));
      if (n >= 4) times.push(ours);
    }
    const p95 = percentile(times, 0.95);
    rows.push({
      ...line(bench, `Home of ${role}, p95`),
      ours: ms(p95),
      target: '<= 300 ms',
      met: p95 <= 300,
    });
  }
  return rows;
}

const heldRow = (bench: Bench, what: string, { most, own }: Held): Row => ({
  ...line(bench, `the process held while ${what}, most`),
  ours: own === null ? ms(most) : `${ms(most)}, by itself ${ms(own)}`,
  target: '<= 300 ms',
  met: most <= 300,
});

/**
 * What others wait for while two reports of a kind are read again and again: a rep's to-do list; and a command's
 * acknowledgement, which needs nothing but the process.
 */
async function served(
  database: Database,
  bench: Bench,
  kind: ReportKind,
  read: () => Promise<unknown>,
): Promise<Row[]> {
  const ctx = await actAs(database, 'UL9');
  const times: number[] = [];
  let reading = true;
  const readers = [0, 1].map(async () => {
    while (reading) await read();
  });
  const held = await heldBy(async () => {
    for (let n = 0; n < 20; n += 1) times.push(await timed(() => findTodo(ctx)));
    reading = false;
    await Promise.all(readers);
  });
  const p95 = percentile(times, 0.95);
  const meanwhile = `${kind} is read twice at once`;
  return [
    {
      ...line(bench, `a rep's to-do while ${meanwhile}, p95`),
      ours: ms(p95),
      target: '<= 1 s',
      met: p95 <= 1000,
    },
    heldRow(bench, meanwhile, held),
  ];
}

/** All customers as a spreadsheet, one file after another in the same process, and what that held. */
async function asFile(ctx: Ctx, bench: Bench, number: number, memory: () => number): Promise<Row[]> {
  let [rows, bytes] = [0, 0];
  let ours = 0;
  const held = await heldBy(async () => {
    ours = await timed(async () => {
      const file = await drawReportFile(ctx, defaultQuery('aging', ctx.today, 'CNY'), 'xlsx');
      for await (const chunk of file.chunks) bytes += chunk.length;
      rows = file.rows();
    });
  });
  const what = `aging as XLSX, file ${number} of 3`;
  const size = `${rows} rows, ${(bytes / 1_000_000).toFixed(1)} MB`;
  return [
    { ...line(bench, `${what}, ${size}`), ours: ms(ours) },
    heldRow(bench, what, held),
    inMemory(bench, `memory, most, ${what}`, memory()),
  ];
}

// `npm run bench`, or `npm run bench -- ack sweep` for some, `npm run bench -- postgres customers` for one engine: a line
// for each figure as soon as it is there, then a table, and JSON in dist/bench/result.json. It is compiled before and started
// as `npm start` starts the app, so that memory is what the app takes and not what a loader of TypeScript does. PostgreSQL is
// DATABASE_URL's server (see scripts/private-postgres.sh), where each benchmark makes a database and drops it again; with
// BENCH_KEPT=<name> the reports' is kept under this name, and asked again without being filled.
// Figures depend on the machine; ratios less so.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Database, openDatabase } from '../src/db/client.js';
import { benchAck } from './ack.js';
import { benchApprovalCards } from './approval-cards.js';
import { benchApprovals } from './approvals.js';
import { benchBackup } from './backup.js';
import { benchCustomers } from './customers.js';
import { benchImport } from './import.js';
import { benchLists } from './lists.js';
import type { Row } from './measure.js';
import { benchReports } from './reports.js';
import { benchStart, type Place } from './start.js';
import { benchAllDue, benchHistory, benchMillion, benchSweep, fillForSweep } from './sweep.js';

/** Gives one more empty database, on the same server, as long as the work lasts. */
type Beside = <T>(work: (other: Database) => Promise<T>) => Promise<T>;

/** Each on an empty database of its own. */
const BENCHES: Record<string, (database: Database, beside: Beside) => Promise<Row[]>> = {
  ack: async (database) => {
    await fillForSweep(database);
    return benchAck(database);
  },
  sweep: (database) => benchSweep(database),
  all: benchAllDue,
  million: benchMillion,
  history: (database, beside) => beside((other) => benchHistory(database, other)),
  approvals: benchApprovals,
  cards: benchApprovalCards,
  backup: benchBackup,
  customers: benchCustomers,
  import: (database) => benchImport(database),
  lists: benchLists,
  reports: benchReports,
};
/** What is too much for the embedded database is not for it. */
const SERVER_ONLY = ['million', 'history'];
const KEPT = process.env.BENCH_KEPT;
if (KEPT !== undefined && !/^[a-z0-9]{1,40}$/.test(KEPT)) throw new Error('BENCH_KEPT is a name: a-z, 0-9.');
/** Gives an empty place, and takes it away again. */
type InPlace = <T>(work: (place: Place) => Promise<T>, suffix?: string) => Promise<T>;
const PLACES: Record<string, InPlace> = {
  async postgres(work, suffix = '') {
    if (!process.env.DATABASE_URL)
      throw new Error('Start it with: scripts/private-postgres.sh run npm run bench');
    const url = new URL(process.env.DATABASE_URL);
    const name = KEPT ? `huikuan_bench_${KEPT}` : `huikuan_bench_${process.pid}${suffix}`;
    const admin = new Client({ connectionString: url.href });
    await admin.connect();
    try {
      const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [name]);
      if (rowCount === 0) await admin.query(`CREATE DATABASE ${name}`);
      url.pathname = `/${name}`;
      try {
        return await work({ databaseUrl: url.href });
      } finally {
        if (!KEPT) await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }
    } finally {
      await admin.end();
    }
  },
  async embedded(work) {
    const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-bench-'));
    try {
      return await work({ dataDir });
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  },
};

const withDatabase = <T>(inPlace: InPlace, suffix: string, work: (database: Database) => Promise<T>) =>
  inPlace(async (place) => {
    const database = await openDatabase(place);
    try {
      return await work(database);
    } finally {
      await database.close();
    }
  }, suffix);

const show = (row: Row) => ({
  what: row.what,
  engine: row.engine,
  ours: row.ours,
  floor: row.floor,
  ratio: row.ratio === null ? '' : row.ratio.toFixed(2),
  target: row.target,
  met: row.met === null ? '' : row.met ? 'yes' : 'NO',
});

/** What of `all` was asked for by name; all when none was. */
const chosen = <T>(all: Record<string, T>): [string, T][] => {
  const asked = Object.entries(all).filter(([name]) => process.argv.slice(2).includes(name));
  return asked.length > 0 ? asked : Object.entries(all);
};

const known = [...Object.keys(BENCHES), ...Object.keys(PLACES), 'start'];
const unknown = process.argv.slice(2).filter((word) => !known.includes(word));
if (unknown.length > 0)
  throw new Error(`No benchmark ${unknown.join(', ')}. There are: ${known.join(', ')}.`);

const startOnly = process.argv.includes('start') && chosen(BENCHES).length === Object.keys(BENCHES).length;
if (KEPT && (startOnly || chosen(BENCHES).some(([name]) => name !== 'reports')))
  throw new Error('BENCH_KEPT keeps the database of `reports` alone.');

const rows: Row[] = [];
const add = (made: readonly Row[]): void => {
  for (const row of made) console.log(Object.values(show(row)).join(' | '));
  rows.push(...made);
};
if (!startOnly)
  for (const [engine, inPlace] of chosen(PLACES))
    for (const [name, bench] of chosen(BENCHES))
      if (engine === 'postgres' || !SERVER_ONLY.includes(name)) {
        const beside: Beside = (work) => withDatabase(inPlace, '_beside', work);
        add(await withDatabase(inPlace, '', (database) => bench(database, beside)));
      }
if (process.argv.includes('start') || chosen(BENCHES).length === Object.keys(BENCHES).length)
  for (const [, inPlace] of chosen(PLACES)) add(await inPlace(benchStart));
console.table(rows.map(show));
await writeFile(join(import.meta.dirname, 'result.json'), `${JSON.stringify(rows, null, 2)}\n`);
// Every figure is there; a benchmark does not fail.
process.exit(0);

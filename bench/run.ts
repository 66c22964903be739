// `npm run bench`, or `npm run bench -- import` for the imports, which need a database of their own: a table, and JSON in bench/result.json (git-ignored). PostgreSQL from DATABASE_URL (see
// scripts/private-postgres.sh), the embedded engine beside it. Figures depend on the machine; ratios less so.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Database, openDatabase } from '../src/db/client.js';
import { benchAck } from './ack.js';
import { benchCustomers } from './customers.js';
import { benchImport } from './import.js';
import type { Row } from './measure.js';
import { benchStart } from './start.js';
import { benchSweep, fillForSweep } from './sweep.js';

const imports = process.argv[2] === 'import';

async function benchEngine(database: Database): Promise<Row[]> {
  try {
    if (imports) return await benchImport(database);
    await fillForSweep(database);
    return [
      ...(await benchAck(database)),
      ...(await benchSweep(database)),
      ...(await benchCustomers(database)),
    ];
  } finally {
    await database.close();
  }
}

async function openPostgres(): Promise<Database> {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) throw new Error('Start it with: scripts/private-postgres.sh run npm run bench');
  const database = await openDatabase({ databaseUrl });
  if ((await database.prisma.company.count()) > 0)
    throw new Error('DATABASE_URL holds a company. The benchmark needs an empty database.');
  return database;
}

const show = (row: Row) => ({
  what: row.what,
  engine: row.engine,
  ours: row.ours,
  floor: row.floor,
  ratio: row.ratio === null ? '' : row.ratio.toFixed(2),
  target: row.target,
  met: row.met === null ? '' : row.met ? 'yes' : 'NO',
});

const rows = await benchEngine(await openPostgres());
const dataDir = await mkdtemp(join(tmpdir(), 'huikuan-bench-'));
try {
  rows.push(...(await benchEngine(await openDatabase({ dataDir }))));
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
if (!imports) rows.push(...(await benchStart()));
console.table(rows.map(show));
await writeFile(join(import.meta.dirname, 'result.json'), `${JSON.stringify(rows, null, 2)}\n`);
// Every figure is there; a benchmark does not fail.
process.exit(0);

// Imports of 100,000 rows beside bare inserts of the same rows: time, memory of the process, and how long somebody else
// waits for an answer meanwhile.
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { findCustomers } from '../src/domain/customers/customer.queries.js';
import { newId } from '../src/domain/ids.js';
import type { ImportKind } from '../src/domain/imports/fields.js';
import { createImport, describeImport, startImport } from '../src/domain/imports/import-job.service.js';
import { stageImport } from '../src/domain/imports/import-staging.service.js';
import { importOptions } from '../src/domain/imports/mapping.js';
import { todayIn } from '../src/domain/local-date.js';
import { toActor } from '../src/domain/members/member.queries.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { IMPORT_BATCH, runImports } from '../src/jobs/run-imports.js';
import { createLog } from '../src/log.js';
import { openSheet } from '../src/sheets/read-sheet.js';
import { ms, percentile, type Row, timed } from './measure.js';

const NOW = new Date('2026-11-19T02:00:00Z');
const ROWS = 100_000;
const PARTS = 4;

/** Written in pieces: what the file itself takes is not the import's. */
function fileOf(header: string, rows: number, line: (n: number) => string): Buffer {
  const pieces = [Buffer.from(header)];
  for (let start = 0; start < rows; start += 1_000) {
    const lines = Array.from({ length: Math.min(1_000, rows - start) }, (_, n) => line(start + n));
    pieces.push(Buffer.from(`\n${lines.join('\n')}`));
  }
  return Buffer.concat(pieces);
}

const customersFile = (rows: number) =>
  fileOf(
    '客户名称,简称,行业,联系人,电话,地址',
    rows,
    (n) => `导入客户${n}有限公司,导入${n},制造,王会计,021-${n},上海市世纪大道${n}号`,
  );

/** A row an instalment, four a contract. */
const contractsFile = (rows: number) =>
  fileOf('合同编号,客户名称,合同名称,合同金额,签订日期,期数,本期金额,计划回款日期', rows, (n) => {
    const contract = Math.floor(n / PARTS);
    return `IM-${contract},导入客户${contract}有限公司,设备合同${contract},4000,2026-11-01,第${1 + (n % PARTS)}期,1000,2027-0${1 + (n % PARTS)}-15`;
  });

async function importerOf(database: Database): Promise<Ctx> {
  const db = database.prisma;
  const company = await loadCompany(db, NOW);
  const user = await db.user.upsert({
    where: { slackUserId: 'UDIRECTOR' },
    create: {
      id: newId(NOW),
      slackUserId: 'UDIRECTOR',
      name: 'Director',
      locale: 'zh-CN',
      timezone: 'Asia/Shanghai',
      roles: ['sales_director'],
      createdAt: NOW,
      updatedAt: NOW,
    },
    update: {},
  });
  const today = todayIn(NOW, company.timezone);
  return { db, now: NOW, today, company, actor: await toActor(db, user), requestId: newId(NOW) };
}

async function importFile(
  { engine }: Database,
  ctx: Ctx,
  kind: ImportKind,
  bytes: Buffer,
  rows: number,
): Promise<void> {
  const sheet = await openSheet('a.csv', bytes);
  const { id } = await createImport(ctx, kind, { slackFileId: null, name: 'a.csv', size: bytes.length });
  const { mapping } = await describeImport(ctx, id, kind, { ...sheet, sample: [] });
  const options = importOptions.parse({ ownerId: ctx.actor.id, contractType: 'vehicle' });
  const { version } = await stageImport(ctx, id, { mapping, options }, sheet.rows);
  await startImport(ctx, id, version);
  await runImports(ctx, {
    batch: IMPORT_BATCH[engine],
    clock: () => NOW,
    log: createLog('warn'),
    kick: () => {},
    stopping: new AbortController().signal,
  });
  const { failed, created } = await ctx.db.importJob.findUniqueOrThrow({ where: { id } });
  if (failed > 0 || created !== rows) throw new Error(`${kind}: ${created} created, ${failed} failed`);
}

/** Somebody searches customers every 100 ms until the work is done; and the most memory that was taken. */
async function withReader(ctx: Ctx, work: () => Promise<unknown>) {
  const waits: number[] = [];
  let peak = 0;
  let working = true;
  const reader = (async () => {
    while (working) {
      waits.push(await timed(() => findCustomers(ctx, { words: 'kh-0001' })));
      peak = Math.max(peak, process.memoryUsage().rss);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  })();
  const time = await timed(work);
  working = false;
  await reader;
  return { time, waits, peakMb: peak / 1024 / 1024 };
}

const TABLES: Record<'customers' | 'contracts', readonly string[]> = {
  customers: ['customer', 'audit_log'],
  contracts: ['contract', 'instalment', 'instalment_revision', 'audit_log'],
};

/** The same rows again by bare INSERT … SELECT into tables with the same indexes. */
async function bareInsert(database: Database, kind: 'customers' | 'contracts'): Promise<number> {
  const { pool } = database;
  for (const table of TABLES[kind]) {
    await pool.query(`CREATE TABLE bare_${table} (LIKE ${table} INCLUDING ALL)`);
  }
  const time = await timed(async () => {
    for (const table of TABLES[kind]) await pool.query(`INSERT INTO bare_${table} SELECT * FROM ${table}`);
  });
  for (const table of TABLES[kind]) await pool.query(`DROP TABLE bare_${table}`);
  return time;
}

/** 100,000 customers, then 100,000 rows of contracts with plans. */
export async function benchImport(database: Database, rows = ROWS): Promise<Row[]> {
  const ctx = await importerOf(database);
  const result: Row[] = [];
  for (const kind of ['customers', 'contracts'] as const) {
    const bytes = kind === 'customers' ? customersFile(rows) : contractsFile(rows);
    globalThis.gc?.();
    const { time, waits, peakMb } = await withReader(ctx, () => importFile(database, ctx, kind, bytes, rows));
    const floor = await bareInsert(database, kind);
    const { engine } = database;
    const line = (what: string, ours: string, target: string, met: boolean | null): Row => ({
      what,
      engine,
      ours,
      floor: '',
      ratio: null,
      target,
      met,
    });
    const name = `import of ${rows} rows, ${kind}`;
    result.push(
      {
        what: name,
        engine,
        ours: ms(time),
        floor: ms(floor),
        ratio: time / floor,
        target: engine === 'postgres' ? '≤ 20 s' : '',
        met: engine === 'postgres' ? time <= 20_000 : null,
      },
      line(`${name}: memory of the process`, `${Math.round(peakMb)} MB`, '≤ 400 MB', peakMb <= 400),
      line(`${name}: another person waits, p95`, ms(percentile(waits, 0.95)), '', null),
      line(`${name}: another person waits, at most`, ms(Math.max(...waits)), '', null),
    );
  }
  return result;
}

// Lists among a million instalments: first page, deep page, every filter and every order, for whoever sees all, a manager
// and a rep, 20 people at once; beside the bare SQL of the same page without a count. And an export of 100,000 rows: its
// time, and the memory that it adds.
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { findContracts } from '../src/domain/contracts/contract-list.queries.js';
import { requestExport } from '../src/domain/exports/export.service.js';
import { newId } from '../src/domain/ids.js';
import { addDays, todayIn } from '../src/domain/local-date.js';
import { toActor } from '../src/domain/members/member.queries.js';
import { findRows } from '../src/domain/plans/instalment.queries.js';
import type { RowFilter } from '../src/domain/plans/instalment-search.queries.js';
import { findReceipts } from '../src/domain/receipts/receipt.queries.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { runExports } from '../src/jobs/run-exports.js';
import { createLog } from '../src/log.js';
import { concurrently, ms, percentile, type Row, timed } from './measure.js';

const NOW = new Date('2026-11-19T02:00:00Z');
const INSTALMENTS = 1_000_000;
/** The embedded engine serves one company on one machine. */
const EMBEDDED_INSTALMENTS = 100_000;
const PER_CONTRACT = 4;
const PER_CUSTOMER = 5;
const REPS = 60;
const AT_ONCE = 20;
const CALLS = 200;

const uuid = (kind: string, number: string) =>
  `('${kind}0000-0000-7000-8000-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** Reps under six managers; instalments over four years, most of the past ones paid; a receipt for each paid one. */
async function fillLists(database: Database, instalments: number): Promise<void> {
  await loadCompany(database.prisma, NOW);
  const { pool } = database;
  const contracts = instalments / PER_CONTRACT;
  const customers = contracts / PER_CUSTOMER;
  await pool.query(
    `INSERT INTO app_user (id, slack_user_id, name, locale, timezone, roles, created_at, updated_at)
     SELECT ${uuid('0000', 'n')}, 'UL' || n, 'Person ' || n, 'zh-CN', 'Asia/Shanghai',
       CASE WHEN n = 0 THEN '{sales_director}' WHEN n <= 6 THEN '{sales_manager}' ELSE '{rep}' END::text[], $1, $1
     FROM generate_series(0, ${REPS + 6}) n`,
    [NOW],
  );
  await pool.query(
    `UPDATE app_user SET manager_id = ${uuid('0000', '1 + substr(slack_user_id, 3)::int % 6')} WHERE roles = '{rep}'`,
  );
  const owner = uuid('0000', `7 + c % ${REPS}`);
  const stamps = `$1, ${owner}, $1, ${owner}`;
  await pool.query(
    `INSERT INTO customer (id, code, name, contacts, search_text, search_grams, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${uuid('0001', 'c')}, 'KL-' || c, name, '[]', text, search_grams(text), ${owner}, ${stamps}
     FROM (SELECT c, name, 'kl-' || c || ' ' || name AS text FROM (SELECT c,
       (ARRAY['徐州','上海','北京','广州','重庆','成都','武汉','西安'])[1 + c % 8] || chr(20000 + (c * 31 % 6000)::int)
         || chr(20000 + (c * 7 % 5987)::int) || '机械有限公司' AS name FROM generate_series(1, ${customers}) c) named) x`,
    [NOW],
  );
  await pool.query(
    `INSERT INTO contract (id, number, name, customer_id, type, amount, currency, status, owner_id, signed_on, search_text,
       created_at, created_by, updated_at, updated_by)
     SELECT ${uuid('0002', 'n')}, 'HL-' || n, '设备合同 ' || n, ${uuid('0001', 'c')}, 'vehicle', ${PER_CONTRACT} * 1000000,
       CASE WHEN n % 50 = 0 THEN 'USD' ELSE 'CNY' END,
       CASE WHEN n % 500 = 0 THEN 'draft' WHEN n % 3 = 0 THEN 'completed' ELSE 'active' END::"ContractStatus",
       ${owner}, $2::date - n % 1400, 'hl-' || n || ' 设备合同 ' || n, ${stamps}
     FROM (SELECT n, 1 + n % ${customers} AS c FROM generate_series(1, ${contracts}) n) x`,
    [NOW, '2026-11-19'],
  );
  await pool.query(
    `INSERT INTO instalment (id, contract_id, customer_id, seq, name, amount, currency, outstanding, due_on, original_due_on,
       effective_due, first_remind_on, lifecycle, opened_on, owner_id, created_at, created_by, updated_at, updated_by)
     SELECT ${uuid('0003', 'k')}, ${uuid('0002', 'n')}, ${uuid('0001', 'c')}, 1 + k % ${PER_CONTRACT},
       '第' || (1 + k % ${PER_CONTRACT}) || '期', money, CASE WHEN n % 50 = 0 THEN 'USD' ELSE 'CNY' END,
       CASE WHEN state IN ('settled', 'cancelled') THEN 0 ELSE money END, due, due, due, due - 7, state, $2::date - 60,
       ${owner}, ${stamps}
     FROM (SELECT k, n, 1 + n % ${customers} AS c, 10000 + k * 7919::bigint % 5000000 AS money,
         CASE WHEN k % 997 = 0 THEN NULL ELSE $2::date - 1000 + k * 31 % 1460 END AS due,
         CASE WHEN k % 1009 = 0 THEN 'written_off' WHEN k % 1013 = 0 THEN 'cancelled'
           WHEN k * 31 % 1460 < 1000 AND k % 20 <> 0 THEN 'settled' ELSE 'open' END::"InstalmentLifecycle" AS state
       FROM (SELECT k, 1 + k / ${PER_CONTRACT} AS n FROM generate_series(0, ${instalments - 1}) k) numbered) x`,
    [NOW, '2026-11-19'],
  );
  await pool.query(
    `INSERT INTO receipt (id, number, customer_id, contract_id, instalment_id, amount, currency, unapplied, method, received_on,
       payer_name, bank_slip_no, status, recorded_by, last_edited_by, created_at, updated_at, updated_by)
     SELECT ${uuid('0004', 'k')}, 'HK-L' || k, i.customer_id, i.contract_id, i.id, i.amount, i.currency, CASE WHEN k % 400 = 0 THEN 100 ELSE 0 END,
       'transfer', i.effective_due, 'payer ' || k, 'SL' || k,
       CASE WHEN k % 1000 = 1 THEN 'submitted' ELSE 'approved' END::"ReceiptStatus", i.owner_id, i.owner_id, $1, $1, i.owner_id
     FROM generate_series(0, ${instalments - 1}, 2) k JOIN instalment i ON i.id = ${uuid('0003', 'k')}
     WHERE i.lifecycle = 'settled' AND i.effective_due IS NOT NULL`,
    [NOW],
  );
  await pool.query(
    `INSERT INTO allocation (id, receipt_id, instalment_id, amount, status, effective_on, booked_at, created_at)
     SELECT r.id, r.id, r.instalment_id, r.amount, 'effective', r.received_on, $1, $1 FROM receipt r WHERE r.status = 'approved'`,
    [NOW],
  );
  // As autovacuum leaves them.
  for (const table of ['customer', 'contract', 'instalment', 'receipt', 'allocation', 'app_user'])
    await pool.query(`VACUUM ANALYZE ${table}`);
}

async function actAs(database: Database, slackUserId: string): Promise<Ctx> {
  const db = database.prisma;
  const company = await loadCompany(db, NOW);
  const user = await db.user.findUniqueOrThrow({ where: { slackUserId } });
  const today = todayIn(NOW, company.timezone);
  return { db, now: NOW, today, company, actor: await toActor(db, user), requestId: newId(NOW) };
}

type Ask = (ctx: Ctx, round: number) => Promise<unknown>;

/** Each filter and order of the three lists; what is named changes from call to call. */
function questions(instalments: number, today: Ctx['today']): Record<string, Ask> {
  const contracts = instalments / PER_CONTRACT;
  const plans = (filter: (round: number) => RowFilter, number = 1): Ask => {
    return (ctx, round) => findRows(ctx, filter(round), { number });
  };
  return {
    'plans, first page': plans(() => ({})),
    'plans, deep page': plans(() => ({}), 480),
    'plans, overdue': plans(() => ({ states: ['overdue'] })),
    'plans, paid': plans(() => ({ states: ['paid'] })),
    'plans, bad debt': plans(() => ({ states: ['written_off'] })),
    'plans, no date': plans(() => ({ states: ['undated'] })),
    'plans, of an owner': plans((n) => ({
      ownerId: `00000000-0000-7000-8000-0000000000${(7 + (n % REPS)).toString(16).padStart(2, '0')}`,
    })),
    'plans, a contract number': plans((n) => ({ words: `hl-${1 + ((n * 7919) % contracts)}` })),
    'plans, a customer word': plans((n) => ({ words: ['徐州', '机械', '有限公司', '重庆 机械'][n % 4] })),
    'plans, a month': plans((n) => ({
      from: addDays(today, (n % 300) - 100),
      to: addDays(today, (n % 300) - 70),
    })),
    'plans, amounts': plans((n) => ({
      currency: 'CNY',
      amountFrom: BigInt(n * 1000),
      amountTo: BigInt(n * 1000 + 5000),
    })),
    'plans, wide amounts': plans(() => ({ currency: 'USD', amountFrom: 20_000n })),
    'plans, largest first': plans(() => ({ sort: 'amount' })),
    'plans, by customer': plans(() => ({ sort: 'customer' }), 100),
    'plans, newest': plans(() => ({ sort: 'newest' })),
    'plans, latest due': plans(() => ({ sort: 'due', reversed: true })),
    'contracts, deep page': (ctx) => findContracts(ctx, {}, 480),
    'contracts, largest': (ctx) => findContracts(ctx, { sort: 'amount' }),
    'contracts, drafts': (ctx) => findContracts(ctx, { states: ['draft'] }),
    'contracts, by words': (ctx, n) => findContracts(ctx, { words: n % 2 ? `hl-${n}` : '徐州' }),
    'receipts, deep page': (ctx) => findReceipts(ctx, {}, { number: 480 }),
    'receipts, in approval': (ctx) => findReceipts(ctx, { states: ['submitted'] }),
    'receipts, by slip': (ctx, n) => findReceipts(ctx, { words: `sl${(n * 7919) % instalments}` }),
    'receipts, a month': (ctx, n) =>
      findReceipts(ctx, { from: addDays(today, -100 - n), to: addDays(today, -70 - n) }),
  };
}

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

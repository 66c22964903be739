// Searching a customer among 100,000, 20 people at once: everywhere one is chosen, by rare and common words, pinyin,
// initials, one letter; beside the same statements by the bare driver, as many at once.
import type { QueryConfig } from 'pg';
import type { Ctx } from '../src/ctx.js';
import type { Database } from '../src/db/client.js';
import { customerInput } from '../src/domain/customers/customer.js';
import { findCustomerOptions, findCustomers } from '../src/domain/customers/customer.queries.js';
import { searchColumns, searchTextOfCustomer } from '../src/domain/customers/customer-insert.service.js';
import { newId } from '../src/domain/ids.js';
import { todayIn } from '../src/domain/local-date.js';
import { toActor } from '../src/domain/members/member.queries.js';
import { searchPlanCustomers } from '../src/domain/plans/plan-choices.queries.js';
import { searchPayingCustomers } from '../src/domain/receipts/split.queries.js';
import { likePattern } from '../src/domain/search.js';
import { loadCompany } from '../src/domain/settings/company.service.js';
import { concurrently, ms, percentile, type Row, timed } from './measure.js';
import { statementsOf } from './statements.js';

const CUSTOMERS = 100_000;
const REPS = 40;
const AT_ONCE = 20;
const CALLS = 400;
const BATCH = 5000;
const NOW = new Date('2026-11-19T02:00:00Z');
const CITIES =
  '徐州 上海 北京 广州 深圳 重庆 成都 武汉 西安 长沙 南京 杭州 苏州 无锡 宁波 青岛 济南 郑州 厦门 长春'.split(
    ' ',
  );
const SIGNS = [
  ...'华为中联三一鑫源宏达兴盛泰恒安瑞丰金龙远东新科力德信永昌嘉美海天润和众诚博大伟业创新智汇通振国民建江南北方合凯旋',
];
const TRADES =
  '重工机械 工程机械 建材 物流 汽车销售 电子科技 环保设备 农业机械 矿山设备 食品 纺织 化工 医疗器械 贸易'.split(
    ' ',
  );
const FORMS = ['有限公司', '有限公司', '有限责任公司', '股份有限公司', '集团'];

/** Rare, common, Chinese, pinyin, initials, codes, parts of a number, one letter, two words, none, nothing there. */
const WORDS = [
  '华为',
  'huawei',
  'hw',
  '有限公司',
  '公司',
  'gongsi',
  'yxgs',
  '重庆',
  'chongqing',
  'cq',
  '华',
  'a',
  'q',
  'KB-77',
  'kb-00042',
  '91320300',
  '徐州 机械',
  'xuzhou zhonggong',
  'zgjx',
  '三一集团',
  'beijing',
  'zzzz',
  '徐工',
  '',
] as const;

function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >> 8) % below;
  };
}

/** Customers as a dealer has them, one contract each, one in a hundred a draft without a plan. */
async function fillCustomers(database: Database): Promise<void> {
  const { pool } = database;
  const next = numbers(7);
  const pick = (items: readonly string[]): string => items[next(items.length)] ?? '';
  await pool.query(
    `INSERT INTO app_user (id, slack_user_id, name, locale, timezone, roles, created_at, updated_at)
     SELECT gen_random_uuid(), 'UK' || n, 'Seller ' || n, 'zh-CN', 'Asia/Shanghai',
       CASE n WHEN 0 THEN '{sales_director}' ELSE '{rep}' END::text[], $1, $1 FROM generate_series(0, ${REPS}) n`,
    [NOW],
  );
  for (let start = 0; start < CUSTOMERS; start += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, index) => {
      const brand = `${pick(SIGNS)}${pick(SIGNS)}`;
      const city = pick(CITIES);
      const code = `KB-${String(start + index).padStart(5, '0')}`;
      const input = customerInput.parse({
        name: `${city}${brand}${pick(TRADES)}${pick(FORMS)}`,
        shortName: `${city}${brand}`,
        taxNo: `91${100_000 + next(899_999)}MA${10_000_000 + next(89_999_999)}`,
        contacts: [{ name: '王会计', phone: `13${100_000_000 + next(899_999_999)}` }],
      });
      return { id: newId(NOW), code, name: input.name, ...searchColumns(searchTextOfCustomer(code, input)) };
    });
    await pool.query(
      `WITH made AS (
         INSERT INTO customer (id, code, name, contacts, search_text, search_grams, owner_id, created_at, created_by,
           updated_at, updated_by)
         SELECT x.id, x.code, x.name, '[]', x.text, string_to_array(x.grams, ' '), u.id, $6, u.id,
           $6::timestamptz - random() * interval '300 days', u.id
         FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[])
           WITH ORDINALITY x(id, code, name, text, grams, n)
         JOIN app_user u ON u.slack_user_id = 'UK' || (1 + x.n % ${REPS}) RETURNING id, owner_id, code)
       INSERT INTO contract (id, number, name, customer_id, type, amount, currency, status, owner_id, search_text,
         created_at, created_by, updated_at, updated_by)
       SELECT gen_random_uuid(), 'HB-' || code, 'x', id, 'vehicle', 100, 'CNY',
         CASE WHEN code LIKE '%00' THEN 'draft' ELSE 'active' END::"ContractStatus", owner_id, '', $6, owner_id, $6, owner_id
       FROM made`,
      [
        rows.map((row) => row.id),
        rows.map((row) => row.code),
        rows.map((row) => row.name),
        rows.map((row) => row.searchText),
        rows.map((row) => row.searchGrams.join(' ')),
        NOW,
      ],
    );
  }
  // As autovacuum leaves them.
  await pool.query('VACUUM ANALYZE customer');
  await pool.query('VACUUM ANALYZE contract');
}

async function actAs(database: Database, slackUserId: string): Promise<Ctx> {
  const db = database.prisma;
  const company = await loadCompany(db, NOW);
  const user = await db.user.findUniqueOrThrow({ where: { slackUserId } });
  const actor = await toActor(db, user);
  return { db, now: NOW, today: todayIn(NOW, company.timezone), company, actor, requestId: newId(NOW) };
}

const wordsOf = (index: number): string => WORDS[index % WORDS.length] ?? '';

export async function benchCustomers(database: Database): Promise<Row[]> {
  await fillCustomers(database);
  const all = await actAs(database, 'UK0');
  const rep = await actAs(database, 'UK1');
  const bareLike = (words: string) =>
    database.pool.query(
      'SELECT id, code, name FROM customer WHERE search_text LIKE $1 ORDER BY name, id LIMIT 100',
      [likePattern(words)],
    );
  const p95 = async (work: (words: string) => Promise<unknown>): Promise<number> => {
    // Each connection has planned each statement before.
    for (const words of WORDS) await work(words);
    await concurrently(WORDS.length * 2, AT_ONCE, (index) => work(wordsOf(index)));
    return percentile(await concurrently(CALLS, AT_ONCE, (index) => work(wordsOf(index))), 0.95);
  };
  const measured: [string, (words: string) => Promise<unknown>][] = [
    ['options of customers, all', (words) => findCustomerOptions(all, words)],
    ['options of customers, own', (words) => findCustomerOptions(rep, words)],
    ['… who pay, all', (words) => searchPayingCustomers(all, words)],
    ['… who pay, own', (words) => searchPayingCustomers(rep, words)],
    ['… with something to plan, all', (words) => searchPlanCustomers(all, words)],
    ['list of customers, all', (words) => findCustomers(all, { words })],
    ['list of customers, own', (words) => findCustomers(rep, { words })],
  ];
  const rows: Row[] = [];
  for (const [what, work] of measured) {
    const ours = await p95(work);
    const sent = new Map<string, QueryConfig[]>();
    for (const words of WORDS) sent.set(words, await statementsOf(() => work(words)));
    const floor = await p95(async (words) => {
      for (const statement of sent.get(words) ?? []) await database.pool.query(statement);
    });
    rows.push({
      what: `${what}, of 100,000, p95, ${AT_ONCE} at once`,
      engine: database.engine,
      ours: ms(ours),
      floor: ms(floor),
      ratio: ours / floor,
      // The embedded engine is one session: 20 wait for each other.
      target: database.engine === 'postgres' ? '≤ 100 ms' : '',
      met: database.engine === 'postgres' ? ours <= 100 : null,
    });
  }
  const slowest = await slowestAlone(all);
  rows.push({
    what: `… the slowest word alone (${slowest.words})`,
    engine: database.engine,
    ours: ms(slowest.time),
    floor: ms(await timed(() => bareLike(slowest.words))),
    ratio: null,
    target: '',
    met: null,
  });
  return rows;
}

async function slowestAlone(ctx: Ctx): Promise<{ words: string; time: number }> {
  const times: { words: string; time: number }[] = [];
  for (const words of WORDS) {
    await findCustomers(ctx, { words });
    times.push({ words, time: await timed(() => findCustomers(ctx, { words })) });
  }
  return times.reduce((slowest, one) => (one.time > slowest.time ? one : slowest));
}

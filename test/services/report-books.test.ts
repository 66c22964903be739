// Whoever can see to it is told when the books do not add up; and who in a channel sees less than whoever posts.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Db } from '../../src/db/client.js';
import { transact } from '../../src/db/transact.js';
import { todayIn } from '../../src/domain/local-date.js';
import { isPatient } from '../../src/domain/notices/notice-hours.js';
import { addRevisions } from '../../src/domain/plans/instalment.service.js';
import { checkBooks, tellDifferences } from '../../src/domain/reports/books.service.js';
import { countBlind } from '../../src/domain/reports/post-report.service.js';
import { defaultQuery } from '../../src/domain/reports/report.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { anActiveContract, createTestCompany, NOON, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  await anActiveContract(company, [
    [300_00n, '2026-11-10'],
    [50_00n, '2026-12-24'],
  ]);
});

const told = () =>
  company.db.outbox.findMany({ where: { kind: 'books.differ' }, orderBy: { recipient: 'asc' } });
const wordsOf = async (locale: 'zh-CN' | 'en', payload: unknown) => {
  const system = await company.system();
  const message = await renderNotice({ ...system, locale, t: translator(locale) }, 'books.differ', payload);
  return JSON.stringify(message?.blocks);
};

it('books that add up are told to nobody; what does not, once a day to admins and finance', async () => {
  expect(await checkBooks(await company.system())).toEqual({ differences: 0 });
  expect(await told()).toEqual([]);
  await database.db.pool.query(`UPDATE instalment SET outstanding = outstanding - 1 WHERE seq = 1`);
  for (const _ of [1, 2]) expect(await checkBooks(await company.system())).toEqual({ differences: 1 });
  const { ids } = company;
  const messages = await told();
  expect(messages.map((one) => one.recipient)).toEqual(
    [ids.admin, ids.finance, ids.finance2, ids.financeManager].map((id) => `user:${id}`).toSorted(),
  );
  const [first] = messages;
  expect(await wordsOf('zh-CN', first?.payload)).toContain('1 期的未收与核销、坏账对不上（CNY），共差 ¥0.01');
  expect(await wordsOf('en', first?.payload)).toContain('off by CN¥0.01');
});

it('days that a row keeps otherwise than its history and money have them', async () => {
  for (const column of ['begun_on', 'terms_since', 'money_from', 'money_to', 'paid_on']) {
    const { pool } = database.db;
    const { rows } = await pool.query(`SELECT ${column}::text AS day FROM instalment WHERE seq = 1`);
    await pool.query(`UPDATE instalment SET ${column} = COALESCE(${column}, '2026-01-01') + 1 WHERE seq = 1`);
    expect(await checkBooks(await company.system()), column).toEqual({ differences: 1 });
    const [was] = rows as { day: string | null }[];
    await pool.query(`UPDATE instalment SET ${column} = $1 WHERE seq = 1`, [was?.day ?? null]);
    expect(await checkBooks(await company.system()), column).toEqual({ differences: 0 });
  }
  const [first] = await told();
  expect(await wordsOf('zh-CN', first?.payload)).toContain(
    '1 条记录记着的日期与历史、核销对不上（CNY），金额 ¥300.00',
  );
});

it.each([1, 51])('a history that is written late still ends in its row: %i at once', async (entries) => {
  const row = await company.db.instalment.findFirstOrThrow({ where: { seq: 1 } });
  const late = { now: new Date(NOON.getTime() - 5000), today: todayIn(NOON, 'Asia/Shanghai') };
  await transact(company.db, async (tx) => {
    await tx.instalment.update({ where: { id: row.id }, data: { ownerId: company.ids.rep2 } });
    await addRevisions(tx, late, new Array<Instalment>(entries).fill(row), 'handed_over');
  });
  const newest = await company.db.instalmentRevision.findFirstOrThrow({
    where: { instalmentId: row.id },
    orderBy: [{ recordedAt: 'desc' }, { id: 'desc' }],
  });
  expect(newest).toMatchObject({ ownerId: company.ids.rep2, cause: 'handed_over' });
  expect(await company.db.instalment.findUnique({ where: { id: row.id } })).toMatchObject({
    termsSince: new Date('2026-11-20'),
  });
  expect(await checkBooks(await company.system())).toEqual({ differences: 0 });
});

it('a row that its history does not end in', async () => {
  const { pool } = database.db;
  await pool.query(`UPDATE instalment SET owner_id = $1 WHERE seq = 1`, [company.ids.rep2]);
  await pool.query(
    `INSERT INTO instalment_revision (id, instalment_id, valid_from, recorded_at, amount, due_on, postponed_to, owner_id,
       lifecycle, cause)
     SELECT gen_random_uuid(), id, '2026-11-20', '2026-11-20T01:00:00Z', amount, due_on, postponed_to, owner_id, lifecycle, 'x'
     FROM instalment WHERE seq = 1`,
  );
  expect(await checkBooks(await company.system())).toEqual({ differences: 1 });
});

it('money that is kept otherwise than it went, and buckets that do not make up what is open', async () => {
  const { rep, finance } = company.ids;
  await database.db.pool.query(
    `INSERT INTO receipt (id, number, customer_id, amount, currency, unapplied, method, received_on, status, recorded_by,
       last_edited_by, created_at, updated_at, updated_by)
     SELECT gen_random_uuid(), 'HK-X', id, 900, 'CNY', 800, 'transfer', '2026-11-01', 'approved', $1, $1, now(), now(), $2
     FROM customer LIMIT 1`,
    [rep, finance],
  );
  expect(await checkBooks(await company.system())).toEqual({ differences: 1 });
  const [receipts] = await told();
  expect(await wordsOf('zh-CN', receipts?.payload)).toContain(
    '1 笔回款的待核销预收与去向对不上（CNY），共差 ¥1.00',
  );
  const system = await company.system();
  const aging = { check: 'aging', currency: 'CNY', count: 2, amount: -5n } as const;
  await tellDifferences(system, [aging]);
  const messages = await told();
  expect(messages).toHaveLength(8);
  const words = await Promise.all(messages.map((one) => wordsOf('zh-CN', one.payload)));
  expect(words.filter((one) => one.includes('账龄（CNY）：各档合计与未收相差 -¥0.05'))).toHaveLength(4);
  // Another currency is another thing to see to, and no reason to wake anybody.
  await tellDifferences(system, [{ ...aging, currency: 'USD' }]);
  expect(await told()).toHaveLength(12);
  expect(isPatient('books.differ', {})).toBe(true);
});

it('counts who sees less than whoever posts, however many there are, in one query', async () => {
  await company.db.user.updateMany({
    where: { id: { in: [company.ids.rep, company.ids.rep2] } },
    data: { roles: ['sales_manager'] },
  });
  const users = await company.db.user.findMany({ select: { slackUserId: true } });
  const { db, actor } = await company.as('finance');
  let queries = 0;
  const counting = new Proxy(db, {
    get(target, name) {
      queries += 1;
      return Reflect.get(target, name) as unknown;
    },
  }) satisfies Db;
  const query = defaultQuery('aging', (await company.system()).today, 'CNY');
  const people = [...users.map((one) => one.slackUserId), 'U_UNKNOWN'];
  const seeing = ['director', 'finance', 'finance2', 'financeManager', 'admin', 'auditor'];
  const all = { ids: people, more: false };
  expect(await countBlind({ db: counting, actor }, query, all)).toBe(people.length - seeing.length);
  expect(queries).toBe(1);
});

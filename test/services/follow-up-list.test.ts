// Follow-ups of a contract or customer, newest first and within scope; and what each rep made of theirs.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { validateView } from '../../sandbox/server/validate-view.js';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { findFollowUpStats, findFollowUps } from '../../src/domain/follow-ups/follow-up-list.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { followUpStatsModal, timelineModal } from '../../src/handlers/views/follow-up-list-views.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { at } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

async function call(
  who: PersonKey,
  instalmentId: string,
  date: string,
  more: { promise?: [on: string, amount: bigint]; nextOn?: string; content?: string },
) {
  const [promisedOn, promisedAmount] = more.promise ?? [null, null];
  await recordFollowUp(await company.as(who, at(date, '10:00')), {
    instalmentId,
    kind: 'call',
    content: more.content ?? 'x',
    result: more.promise ? 'promised' : 'no_answer',
    promisedOn: promisedOn === null ? null : localDate(promisedOn),
    promisedAmount,
    reason: null,
    pauseUntil: null,
    nextOn: more.nextOn === undefined ? null : localDate(more.nextOn),
  });
}

it('is told to whoever sees the rows, with promises kept and contacts missed', async () => {
  const made = await anActiveContract(
    company,
    [
      [100_00n, '2026-11-10'],
      [200_00n, '2026-11-12'],
      [300_00n, '2026-11-13'],
    ],
    {
      now: at('2026-11-01'),
    },
  );
  const other = await anActiveContract(company, [[50_00n, '2026-11-10']], {
    who: 'rep2',
    now: at('2026-11-01'),
  });
  const [kept, broken, replaced] = made.rows;
  const [theirs] = other.rows;
  if (!kept || !broken || !replaced || !theirs) throw new Error('no rows');
  // Before the 30 days.
  await call('rep', kept.id, '2026-11-02', { content: 'long ago' });
  await call('rep', kept.id, '2026-11-16', { promise: ['2026-11-18', 100_00n] });
  const { approval } = await aSubmittedReceipt(company, kept, 100_00n, { now: at('2026-11-17', '12:00') });
  await approveReceipt(await company.as('finance', at('2026-11-17', '12:00')), approval.id, approval.version);
  await call('rep', broken.id, '2026-11-16', { promise: ['2026-11-18', 200_00n] });
  await call('rep', replaced.id, '2026-11-16', { promise: ['2026-11-20', 300_00n] });
  await call('rep', replaced.id, '2026-11-19', { promise: ['2026-12-20', 300_00n] });
  await call('rep2', theirs.id, '2026-11-20', { nextOn: '2026-11-25' });
  const now = at('2026-12-10');

  const stats = async (who: PersonKey) => findFollowUpStats(await company.as(who, now));
  const rep = { name: 'rep', followUps: 4, promises: 2, kept: 1, missed: 1 };
  const rep2 = { name: 'rep2', followUps: 1, promises: 0, kept: 0, missed: 1 };
  expect(await stats('manager')).toEqual([rep, rep2]);
  expect(await stats('rep2')).toEqual([rep2]);

  const contents = async (who: PersonKey, of: Parameters<typeof findFollowUps>[1]) =>
    (await findFollowUps(await company.as(who, now), of)).rows.map(
      (row) => `${row.seq} ${row.who} ${row.content}`,
    );
  expect(await contents('rep', { contractId: made.contract.id })).toEqual([
    '3 rep x',
    '3 rep x',
    '2 rep x',
    '1 rep x',
    '1 rep long ago',
  ]);
  expect(await contents('rep', { customerId: other.customer.id })).toEqual([]);
  expect(await contents('manager', { customerId: other.customer.id })).toEqual(['1 rep2 x']);

  for (let n = 0; n < 20; n += 1)
    await call('rep', broken.id, '2026-12-01', { content: `${'长'.repeat(2000)}<!channel>*_` });
  const of = { contractId: made.contract.id };
  const ctx = await company.as('manager', now);
  const [first, last] = [await findFollowUps(ctx, of), await findFollowUps(ctx, of, 99)];
  expect([first.rows.length, first.pages, last.page, last.rows.length]).toEqual([20, 2, 2, 5]);
  for (const locale of ['zh-CN', 'en'] as const) {
    const reader = { ...ctx, t: translator(locale), locale, timezone: 'Asia/Shanghai' };
    for (const page of [first, last, { rows: [], total: 0, page: 1, pages: 1 }])
      expect(validateView(timelineModal(of, page, reader))).toEqual([]);
    const many = Array.from({ length: 100 }, () => ({
      ...rep,
      name: '超长名称<@U123>&*_`😀'.repeat(5),
      followUps: 99_999,
    }));
    for (const shown of [many, []]) expect(validateView(followUpStatsModal(shown, reader))).toEqual([]);
  }
});

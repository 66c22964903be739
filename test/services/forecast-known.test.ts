// A forecast that is made late knows no more than one made in time would have: what was promised or disputed since is not in it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { readOutlook } from '../../src/domain/reports/forecast.queries.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
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

const call = async (instalmentId: string, date: string, said: [on: string, amount: bigint] | 'disputed') =>
  recordFollowUp(await company.as('rep', at(date, '10:00')), {
    instalmentId,
    kind: 'call',
    content: null,
    result: said === 'disputed' ? 'disputed' : 'promised',
    promisedOn: said === 'disputed' ? null : localDate(said[0]),
    promisedAmount: said === 'disputed' ? null : said[1],
    reason: said === 'disputed' ? '数量' : null,
    pauseUntil: said === 'disputed' ? localDate('2026-12-10') : null,
    nextOn: null,
  });

/** Of the evening of a day, as it is made on another. */
const made = async (on: string, to: string) =>
  readOutlook(
    await company.as('finance', at(on, '11:00')),
    { currency: 'CNY', to: localDate(to) },
    'Asia/Shanghai',
  );

it('is the same on Thursday as it was on Monday, whatever was said and paid since', async () => {
  const { rows } = await anActiveContract(
    company,
    [
      [300_00n, '2026-11-10'],
      [500_00n, '2026-11-12'],
      [700_00n, '2026-11-13'],
      [900_00n, '2026-11-14'],
      [110_00n, '2026-11-16'],
    ],
    { now: at('2026-11-01') },
  );
  const paidRow = rows[4];
  if (!paidRow) throw new Error('five rows');
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rows.map(({ id }) => id);
  await call(first, '2026-11-20', ['2026-12-09', 100_00n]);
  await call(second, '2026-11-20', ['2026-12-16', 500_00n]);
  await call(third, '2026-11-20', 'disputed');
  await call(fifth, '2026-11-20', ['2026-11-23', 110_00n]);
  const { weeks: monday } = await made('2026-11-23', '2026-11-22');
  // Each of them shows in it: weeks of the promises, nothing of the dispute.
  expect(monday[2]?.expected).toBeGreaterThan(monday[4]?.expected ?? 0n);
  expect(monday[3]?.expected).toBeGreaterThan(monday[2]?.expected ?? 0n);
  expect((await made('2026-11-23', '2026-11-23')).weeks).not.toEqual(monday);

  await call(first, '2026-11-24', ['2026-12-30', 300_00n]);
  await call(second, '2026-11-24', 'disputed');
  await call(fourth, '2026-11-24', ['2026-12-23', 900_00n]);
  const paid = await aSubmittedReceipt(company, paidRow, 110_00n, { now: at('2026-11-24') });
  await approveReceipt(
    await company.as('finance', at('2026-11-24', '12:00')),
    paid.approval.id,
    paid.approval.version,
  );
  expect((await made('2026-11-26', '2026-11-22')).weeks).toEqual(monday);
  // And what is known now is in the one of now.
  const { weeks: thursday } = await made('2026-11-26', '2026-11-26');
  expect(thursday[4]?.expected).toBeGreaterThan(monday[4]?.expected ?? 0n);
});

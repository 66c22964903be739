// The cases that a manager leads by: every open one of the team, acknowledged or not, and what each has overdue.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { findOpenCases } from '../../src/domain/reminders/open-cases.queries.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  changeCompany,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { at, mornings } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
const NOW = at('2026-12-14', '12:00');
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { escalationChannelId: 'C_ESC' });
  const made = { now: at('2026-11-20') };
  await anActiveContract(
    company,
    [
      [100_00n, '2026-12-07'],
      [50_00n, '2026-12-10'],
    ],
    made,
  );
  const parts = Array.from({ length: 20 }, (): [bigint, string] => [2_00n, '2026-12-10']);
  await anActiveContract(company, [[70_00n, '2026-12-10'], ...parts], { ...made, who: 'rep2' });
  await anActiveContract(company, [[30_00n, '2026-12-10']], { ...made, contract: { currency: 'USD' } });
  // One that is paid by now, and one that is only a day late.
  const paid = await anActiveContract(
    company,
    [
      [10_00n, '2026-12-09'],
      [20_00n, '2026-12-13'],
    ],
    made,
  );
  await mornings(company, '2026-12-07', '2026-12-13');
  const [row] = paid.rows;
  if (!row) throw new Error('no row');
  const { approval } = await aSubmittedReceipt(company, row, row.amount, { now: at('2026-12-13', '12:00') });
  await approveReceipt(await company.as('finance', at('2026-12-13', '12:00')), approval.id, approval.version);
  await mornings(company, '2026-12-14', '2026-12-14');
});
afterAll(() => database.close());

const cases = async (who: Parameters<TestCompany['as']>[0], page = 1) =>
  findOpenCases(await company.as(who, NOW), page);

it('shows every open case of the scope, the worst first, with who acknowledged it', async () => {
  const asks = async (who: 'manager' | 'director') =>
    (await cases(who)).cases.filter(({ asksReader }) => asksReader).map(({ level }) => level);
  expect(new Set(await asks('manager'))).toEqual(new Set([1]));
  // A director is not asked at the first level, and sees it all the same.
  expect(await asks('director')).toEqual([2]);
  const [first] = (await cases('director')).cases;
  if (!first) throw new Error('no case');
  await acknowledgeCase(await company.as('director', NOW), first.caseId);
  expect(await asks('director')).toEqual([]);
  const found = await cases('manager');
  const [worst, next] = found.cases;
  expect(worst).toMatchObject({ level: 2, acknowledgedBy: 'director', asksReader: false });
  expect(worst?.row.outstanding).toBe(100_00n);
  expect(next).toMatchObject({ level: 1, acknowledgedBy: null, asksReader: true });
  expect(found.levels).toEqual([
    { level: 2, count: 1, unacknowledged: 0 },
    { level: 1, count: 23, unacknowledged: 23 },
  ]);
});

it('a rep has their own, an outsider none', async () => {
  expect((await cases('rep2')).total).toBe(21);
  expect((await cases('rep')).cases.map(({ row }) => row.outstanding)).toEqual([100_00n, 50_00n, 30_00n]);
  expect(await cases('nobody')).toMatchObject({ total: 0, cases: [], levels: [], team: [] });
});

it('the lines of the team are of all that is overdue, one currency beside the other, the oldest first', async () => {
  const { team } = await cases('manager');
  expect(team).toEqual([
    {
      ownerName: 'rep',
      count: 4,
      totals: [
        { minor: 170_00n, currency: 'CNY' },
        { minor: 30_00n, currency: 'USD' },
      ],
      oldestDays: 7,
    },
    { ownerName: 'rep2', count: 21, totals: [{ minor: 110_00n, currency: 'CNY' }], oldestDays: 4 },
  ]);
});

it('a page beyond the last is the last; the team stands on the first only', async () => {
  const last = await cases('manager', 9);
  expect(last).toMatchObject({ total: 24, page: 2, pages: 2, team: [] });
  expect(last.cases).toHaveLength(4);
  const ids = [...(await cases('manager')).cases, ...last.cases].map(({ caseId }) => caseId);
  expect(new Set(ids).size).toBe(24);
});

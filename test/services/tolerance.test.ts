// What is not worth a reminder: set in the base currency, so much of another as the exchange rate says, nothing without one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { findFollowUpStats } from '../../src/domain/follow-ups/follow-up-list.queries.js';
import { localDate } from '../../src/domain/local-date.js';
import { findMoreOverdue } from '../../src/domain/reminders/digest-sums.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { readReport } from '../../src/domain/reports/read-report.queries.js';
import { defaultQuery } from '../../src/domain/reports/report.js';
import { countTolerated } from '../../src/domain/settings/overview.queries.js';
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

it('is compared in each row’s own currency, by whoever asks', async () => {
  const exchangeRates = [
    { currency: 'USD', rate: '7.1' },
    { currency: 'JPY', rate: '0.0483' },
  ];
  // One yuan: 14 cents, 20 yen.
  const rests = [
    ['CNY', 100n, false],
    ['CNY', 101n, true],
    ['USD', 14n, false],
    ['USD', 15n, true],
    ['JPY', 20n, false],
    ['JPY', 21n, true],
    ['EUR', 1n, true],
  ] as const;
  const names = new Map<string, string>();
  for (const [currency, amount] of rests) {
    const { rows } = await anActiveContract(company, [[amount, '2026-11-25']], { contract: { currency } });
    names.set(rows[0]?.id ?? '', `${currency} ${amount}`);
  }
  await company.db.company.updateMany({ data: { settings: { exchangeRates }, version: { increment: 1 } } });
  // A day late: every ladder has a step.
  const system = await company.system(at('2026-11-26'));
  await planReminders(system);
  const told = await company.db.reminder.findMany({
    where: { ruleCode: 'E1' },
    select: { instalmentId: true },
  });
  const worth = rests.flatMap(([currency, amount, isTold]) => (isTold ? [`${currency} ${amount}`] : []));
  expect(told.map((one) => names.get(one.instalmentId ?? '') ?? '').toSorted()).toEqual(worth.toSorted());
  const { count, totals } = await findMoreOverdue(system, (await company.as('rep')).actor, []);
  expect([count, totals.map((one) => `${one.currency} ${one.minor}`)]).toEqual([
    worth.length,
    worth.toSorted(),
  ]);
  expect(await countTolerated(await company.as('admin'), 100)).toBe(rests.length - worth.length);
});

it('a promise is kept but for as much of its own currency, in reports as in the statistics of follow-ups', async () => {
  const exchangeRates = [
    { currency: 'USD', rate: '7.1' },
    { currency: 'JPY', rate: '0.0483' },
  ];
  await company.db.company.updateMany({ data: { settings: { exchangeRates }, version: { increment: 1 } } });
  const promised = 1000_00n;
  // Short of it by what one yuan is, and by one unit more.
  const shorts = [
    ['CNY', 100n, 101n],
    ['USD', 14n, 15n],
    ['JPY', 20n, 21n],
    ['EUR', 0n, 1n],
  ] as const;
  const morning = at('2026-11-16');
  for (const [currency, kept, missed] of shorts)
    for (const short of [kept, missed]) {
      const contract = { who: 'rep2', contract: { currency } } as const;
      const { rows } = await anActiveContract(company, [[promised, '2026-11-10']], contract);
      const [row] = rows;
      if (!row) throw new Error('no row');
      const promise = {
        result: 'promised',
        promisedOn: localDate('2026-11-18'),
        promisedAmount: promised,
      } as const;
      await recordFollowUp(await company.as('rep2', morning), {
        ...{ instalmentId: row.id, kind: 'call', content: 'x', ...promise },
        ...{ reason: null, pauseUntil: null, nextOn: null },
      });
      const paying = { now: at('2026-11-17'), who: 'rep2' } as const;
      const { approval } = await aSubmittedReceipt(company, row, promised - short, paying);
      await approveReceipt(await company.as('finance', paying.now), approval.id, approval.version);
      // Without a rate the strictest flow applies.
      const open = await company.db.approval.findUniqueOrThrow({ where: { id: approval.id } });
      if (open.status === 'open')
        await approveReceipt(await company.as('financeManager', paying.now), open.id, open.version);
    }
  const ctx = await company.as('rep2', at('2026-11-26'));
  const kept = async (currency: string) => {
    const query = { ...defaultQuery('habits', ctx.today, currency), from: localDate('2026-11-01') };
    const read = await readReport(ctx, query, { company: ctx.company });
    if (!('measured' in read)) throw new Error('another report');
    return [currency, read.measured.total.promisesKept, read.measured.total.promisesDue];
  };
  for (const [currency] of shorts) expect(await kept(currency)).toEqual([currency, 1n, 2n]);
  expect(await findFollowUpStats(ctx)).toMatchObject([{ promises: 8, kept: 4 }]);
});

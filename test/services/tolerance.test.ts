// What is not worth a reminder: set in the base currency, so much of another as the exchange rate says, nothing without one.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { findMoreOverdue } from '../../src/domain/reminders/digest-sums.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { countTolerated } from '../../src/domain/settings/overview.queries.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
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

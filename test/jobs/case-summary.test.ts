// A morning of many cases: one message calls whom they ask, whatever became of them that day (rules §8).
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import { anActiveContract, changeCompany, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import {
  deliveryTo,
  ESCALATION_CHANNEL,
  FOREIGN_CHANNEL,
  slackIdOf,
  startLocalSlack,
} from '../support/local-slack.js';
import { at } from '../support/mornings.js';

let database: TestDatabase;
let sandbox: Sandbox;
let company: TestCompany;
let delivery: Delivery;
let now = at('2026-11-20');

beforeAll(async () => {
  database = await createTestDatabase();
  sandbox = await startLocalSlack();
});
beforeEach(async () => {
  await truncate(database.db);
  await sandbox.reset();
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { escalationChannelId: ESCALATION_CHANNEL });
  delivery = deliveryTo(sandbox, company, { clock: () => now });
});
afterEach(() => delivery.stop());
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

async function rowsDue(count: number, date: string): Promise<Instalment[]> {
  const parts = Array.from({ length: count }, (): [bigint, string] => [100_00n, date]);
  const { rows } = await anActiveContract(company, parts, { now: at('2026-11-19') });
  await company.db.outbox.deleteMany();
  return rows;
}
async function morning(date: string): Promise<void> {
  now = at(date);
  await planReminders(await company.system(now));
  await delivery.run();
}
const textOf = (message: unknown): string => JSON.stringify(message);
/** What was posted after so many messages, without what is said in threads. */
const posted = (since: number) =>
  sandbox
    .messages(ESCALATION_CHANNEL)
    .slice(since)
    .filter((message) => message.thread_ts === undefined);
const callsTo = (message: unknown) => [...new Set(textOf(message).match(/<@U_[A-Z]+>/g))].toSorted();
const calls = (...who: Parameters<typeof slackIdOf>[0][]) => who.map((one) => `<@${slackIdOf(one)}>`);

it('calls the manager of those that are new, then whom they ask at the next level, and nobody who is called already', async () => {
  await rowsDue(11, '2026-12-10');
  await morning('2026-12-14');
  expect(posted(0).map((message) => message.text)).toEqual(['今天新开、升级的催收事项 11 件']);
  expect(callsTo(posted(0)[0])).toEqual(calls('manager'));
  await morning('2026-12-17');
  expect(posted(1).map((message) => message.text)).toEqual(['今天新开、升级的催收事项 11 件']);
  expect(callsTo(posted(1)[0])).toEqual(calls('director', 'financeManager').toSorted());
});

it('is posted, and calls them, where all are overdue again after a postponement', async () => {
  const rows = await rowsDue(11, '2026-12-10');
  await morning('2026-12-14');
  await morning('2026-12-17');
  now = at('2026-12-17', '10:00');
  for (const { id } of rows) {
    const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id } });
    const to = localDate('2026-12-21');
    await postponeInstalment(await company.as('manager', now), { id, version, to, remark: null });
  }
  await delivery.run();
  const before = sandbox.messages(ESCALATION_CHANNEL).length;
  await morning('2026-12-22');
  expect(posted(before).map((message) => message.text)).toEqual(['今天新开、升级的催收事项 11 件']);
  expect(callsTo(posted(before)[0])).toEqual(calls('director', 'financeManager').toSorted());
});

it('goes to everybody whom they ask that day where the channel cannot be posted in', async () => {
  await rowsDue(11, '2026-12-10');
  await morning('2026-12-14');
  await changeCompany(company.db, { escalationChannelId: FOREIGN_CHANNEL });
  await morning('2026-12-17');
  const summaries = (who: 'director' | 'financeManager' | 'manager') =>
    sandbox
      .messages(sandbox.dm(slackIdOf(who)))
      .flatMap(({ text }) => (text?.startsWith('今天新开') ? [text] : []));
  expect(summaries('director')).toEqual(['今天新开、升级的催收事项 11 件']);
  expect(summaries('financeManager')).toEqual(['今天新开、升级的催收事项 11 件']);
  expect(summaries('manager')).toEqual([]);
});

it('those that came an hour later are of the same morning, raised ones too', async () => {
  await rowsDue(6, '2026-12-10');
  await morning('2026-12-14');
  await morning('2026-12-17');
  const before = sandbox.messages(ESCALATION_CHANNEL).length;
  // Their import took until ten.
  await rowsDue(6, '2026-12-14');
  now = at('2026-12-17', '10:00');
  await planReminders(await company.system(now));
  await delivery.run();
  expect(posted(before).map((message) => message.text)).toEqual(['今天新开、升级的催收事项 12 件']);
});

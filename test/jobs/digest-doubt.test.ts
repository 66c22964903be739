// Nobody knows whether a digest arrived, and the next one is due: what it carried is told, once.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { reassignInstalment } from '../../src/domain/plans/reassign.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import type { Delivery } from '../../src/jobs/deliver-notices.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { approveReceipt } from '../support/decide.js';
import { deliveryTo, slackIdOf, startLocalSlack } from '../support/local-slack.js';
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
  delivery = deliveryTo(sandbox, company, { clock: () => now });
});
afterEach(() => delivery.stop());
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

/** A contract of its own each, so that each has a customer of its own to be seen by. */
async function rowsDue(...dates: string[]): Promise<Instalment[]> {
  const rows: Instalment[] = [];
  for (const date of dates)
    rows.push(...(await anActiveContract(company, [[100_00n, date]], { now: at('2026-11-19') })).rows);
  await company.db.outbox.deleteMany();
  return rows;
}
async function plan(date: string, time = '09:00'): Promise<void> {
  now = at(date, time);
  await planReminders(await company.system(now));
}
/** Whoever was sending has not been heard of since. */
async function send(): Promise<void> {
  await company.db
    .$executeRaw`UPDATE outbox SET lease_until = now() - interval '1 s' WHERE status = 'sending'`;
  await delivery.run();
}
/** The app is killed between taking the messages and sending them. */
async function isKilled(): Promise<void> {
  await company.db.$executeRaw`
    UPDATE outbox SET status = 'sending', attempts = 1, lease_until = now() + interval '1 min'
    WHERE status = 'pending'`;
}
/** Digests, not the cards of cases. */
const dm = (who: Parameters<typeof slackIdOf>[0]) =>
  sandbox.messages(sandbox.dm(slackIdOf(who))).flatMap((message) => {
    const words = JSON.stringify(message);
    return words.includes('今日待办') ? [words] : [];
  });
async function customerOf(row: Instalment | undefined): Promise<string> {
  return (await company.db.customer.findUniqueOrThrow({ where: { id: row?.customerId ?? '' } })).name;
}
const fresh = (id: string) => company.db.instalment.findUniqueOrThrow({ where: { id } });
async function give(row: Instalment, toId: string): Promise<void> {
  const { version } = await fresh(row.id);
  await reassignInstalment(await company.as('director', now), { id: row.id, version, toId });
}
/** The answer of the person’s digest is lost. */
async function isInDoubt(): Promise<void> {
  sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
  await delivery.run();
}
/** Every reminder of these steps: `rule status`. */
async function log(...codes: string[]): Promise<string[]> {
  const found = await company.db.reminder.findMany({ where: { ruleCode: { in: codes } } });
  return found.map((one) => `${one.ruleCode} ${one.status}`).toSorted();
}

it('what a digest carried of which nobody knew over the night comes with the next morning’s', async () => {
  const [first, second] = await rowsDue('2026-12-17', '2026-12-18');
  await plan('2026-12-10');
  sandbox.faults.add({ method: 'chat.postMessage', status: 503, times: 1 });
  await send();
  expect(dm('rep')).toEqual([]);
  await plan('2026-12-11');
  await send();
  expect(dm('rep')).toHaveLength(1);
  expect(dm('rep')[0]).toContain(await customerOf(first));
  expect(dm('rep')[0]).toContain(await customerOf(second));
  expect(await log('R1')).toEqual(['R1 sent', 'R1 sent']);
  await plan('2026-12-14');
  await send();
  expect(dm('rep')).toHaveLength(2);
  expect(await log('R1', 'R2')).toEqual(['R1 sent', 'R1 sent', 'R2 sent']);
});

it('nor is it lost where the app was killed on a Friday and somebody has another step on Monday', async () => {
  const [first, second] = await rowsDue('2026-12-08', '2026-12-11');
  await plan('2026-12-11');
  await isKilled();
  await plan('2026-12-14');
  await send();
  expect(dm('manager')).toHaveLength(1);
  expect(dm('manager')[0]).toContain(await customerOf(first));
  expect(dm('manager')[0]).toContain(await customerOf(second));
  expect(dm('rep')).toHaveLength(1);
  expect(await company.db.reminder.count({ where: { status: 'pending' } })).toBe(0);
  expect(new Set(await log('E2'))).toEqual(new Set(['E2 sent']));
});

it('nor where it was being taken when the next one was made, and found no room', async () => {
  const [first, second] = await rowsDue('2026-12-17', '2026-12-18');
  await plan('2026-12-10');
  await isKilled();
  await plan('2026-12-11');
  // Whoever had taken it puts it back for later; the one of today is there at once.
  await company.db.$executeRaw`
    UPDATE outbox SET status = 'pending', lease_until = NULL, next_attempt_at = now() + interval '1 min'
    WHERE status = 'sending'`;
  await delivery.run();
  expect(dm('rep')).toEqual([]);
  await plan('2026-12-11', '09:01');
  await delivery.run();
  expect(dm('rep')).toHaveLength(1);
  for (const row of [first, second]) expect(dm('rep')[0]).toContain(await customerOf(row));
  expect(await log('R1')).toEqual(['R1 sent', 'R1 sent']);
});

it('it is found, and not told again, before the next one is sent', async () => {
  const [first, second] = await rowsDue('2026-12-17', '2026-12-18');
  await plan('2026-12-10');
  sandbox.faults.add({ method: 'chat.postMessage', lost_response: true, times: 1 });
  await send();
  await plan('2026-12-11');
  // The lookup does not work either, for a while: today’s waits for its end.
  sandbox.faults.add({ method: 'conversations.history', status: 503, times: 1 });
  await send();
  expect(dm('rep')).toHaveLength(1);
  await send();
  expect(dm('rep')).toHaveLength(2);
  expect(dm('rep')[1]).not.toContain(await customerOf(first));
  expect(dm('rep')[1]).toContain(await customerOf(second));
  expect(await log('R1')).toEqual(['R1 sent', 'R1 sent']);
});

it('on a day off what may wait waits for the workday, whatever else is told on it', async () => {
  // D+3 on Friday; D+15 of the other on Saturday.
  const [first, second] = await rowsDue('2026-12-08', '2026-11-27');
  await company.db
    .$executeRaw`UPDATE instalment SET step_rank = (SELECT rank FROM reminder_rule WHERE code = 'E3'),
    weekly_on = '2026-12-07' WHERE id = ${second?.id ?? ''}::uuid`;
  await plan('2026-12-11');
  await isKilled();
  await plan('2026-12-12');
  await send();
  expect(dm('manager')).toHaveLength(1);
  expect(dm('manager')[0]).not.toContain(await customerOf(first));
  expect(dm('manager')[0]).toContain(await customerOf(second));
  await plan('2026-12-14');
  await send();
  expect(dm('manager')[1]).toContain(await customerOf(first));
});

it('nor is what did not reach them on Friday told on the day off, at whatever level', async () => {
  // D+15 on Friday, and on Saturday.
  const [first, second] = await rowsDue('2026-11-26', '2026-11-27');
  await company.db
    .$executeRaw`UPDATE instalment SET step_rank = (SELECT rank FROM reminder_rule WHERE code = 'E3'),
    weekly_on = '2026-12-07'`;
  await plan('2026-12-11');
  await isKilled();
  await plan('2026-12-12');
  await send();
  expect(dm('manager')).toHaveLength(1);
  expect(dm('manager')[0]).not.toContain(await customerOf(first));
  expect(dm('manager')[0]).toContain(await customerOf(second));
  await plan('2026-12-14');
  await send();
  expect(dm('manager')[1]).toContain(await customerOf(first));
  expect(new Set(await log('E4'))).toEqual(new Set(['E4 sent']));
});

it('more than a message holds have their file also where some of them come from the day before', async () => {
  const many = (date: string) => Array.from({ length: 11 }, () => date);
  await rowsDue(...many('2026-12-17'), ...many('2026-12-18'));
  await plan('2026-12-10');
  await isKilled();
  await plan('2026-12-11');
  await send();
  const [digest, file] = sandbox.messages(sandbox.dm(slackIdOf('rep')));
  expect(JSON.stringify(digest)).toContain('即将到期 · 22 笔');
  expect(file?.files).toHaveLength(1);
});

it('whose row is another’s while nobody knows whether they were told, and theirs again, is told once', async () => {
  const [row] = await rowsDue('2026-12-17');
  if (!row) throw new Error('no row');
  await plan('2026-12-10');
  await isInDoubt();
  await give(row, company.ids.rep2);
  await send();
  await give(row, company.ids.rep);
  await plan('2026-12-11');
  await send();
  await plan('2026-12-14');
  await send();
  const told = await company.db.reminder.findMany({
    where: { recipientId: company.ids.rep },
    orderBy: { id: 'asc' },
  });
  expect(told.map((one) => [one.ruleCode, one.status, one.plannedOn.toISOString().slice(0, 10)])).toEqual([
    ['R1', 'sent', '2026-12-10'],
    ['R2', 'sent', '2026-12-14'],
  ]);
  expect(dm('rep')).toHaveLength(2);
});

it('and who was not told in the end is told when it is theirs again', async () => {
  const [row] = await rowsDue('2026-12-17');
  if (!row) throw new Error('no row');
  await plan('2026-12-10');
  await isKilled();
  await give(row, company.ids.rep2);
  await plan('2026-12-10', '09:05');
  await send();
  expect(dm('rep')).toEqual([]);
  expect(dm('rep2')).toHaveLength(1);
  await give(row, company.ids.rep);
  await plan('2026-12-11');
  await send();
  expect(dm('rep')).toHaveLength(1);
  expect(dm('rep')[0]).toContain(await customerOf(row));
});

it.each([
  ['found', isInDoubt, 'sent'],
  ['not found', isKilled, 'skipped'],
] as const)(
  'a step that a higher one passes meanwhile: %s, the log says so',
  async (_what, doubt, status) => {
    await rowsDue('2026-12-17');
    await plan('2026-12-10');
    await doubt();
    await plan('2026-12-14');
    await send();
    expect(await log('R1', 'R2')).toEqual([`R1 ${status}`, 'R2 sent']);
  },
);

it.each([
  ['in full', 100_00n],
  ['but for what is worth no reminder', 99_50n],
])(
  'what was paid after a digest arrived of which nobody knew is told in its log: %s',
  async (_what, amount) => {
    const [row] = await rowsDue('2026-12-17');
    if (!row) throw new Error('no row');
    await plan('2026-12-10');
    await isInDoubt();
    const { approval } = await aSubmittedReceipt(company, row, amount, { now });
    await approveReceipt(await company.as('finance', now), approval.id, approval.version);
    await send();
    expect(await log('R1')).toEqual(['R1 sent']);
  },
);

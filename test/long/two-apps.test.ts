// Two processes of the app at once. On PostgreSQL they share the work: each job once, each message once, and killing
// either loses nothing. On the embedded database the second is refused, and the first goes on.
// HUIKUAN_APP_KILL_ROUNDS sets the rounds, HUIKUAN_SEED repeats a run.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import type { Sandbox } from '../../sandbox/server/sandbox.js';
import { isWorkday } from '../../src/domain/calendar.js';
import { newId } from '../../src/domain/ids.js';
import { addDays, instantOf, localDate, toUtcDate } from '../../src/domain/local-date.js';
import { digestKey } from '../../src/domain/reminders/digest.service.js';
import {
  anActiveContract,
  changeCompany,
  createTestCompany,
  type PersonKey,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { ESCALATION_CHANNEL, FINANCE_CHANNEL, slackIdOf, startLocalSlack } from '../support/local-slack.js';
import { randomFrom } from '../support/random.js';
import { letLeasesEnd, postedIds, startApp } from '../support/running-app.js';

const ROUNDS = Number(process.env.HUIKUAN_APP_KILL_ROUNDS ?? 100);
const SEED = Number(process.env.HUIKUAN_SEED ?? Date.now() % 1_000_000);
const ROWS_A_ROUND = 12;
const LONGEST_LIFE_MS = 1_500;

let sandbox: Sandbox;
let database: TestDatabase;
let company: TestCompany;
let today = localDate('2026-11-19');
const random = randomFrom(SEED);
const now = (): Date => instantOf(today, '09:30', 'Asia/Shanghai');

beforeAll(async () => {
  sandbox = await startLocalSlack();
  database = await createTestDatabase({ alone: true });
  company = await createTestCompany(database.db.prisma, now());
  await changeCompany(company.db, {
    financeChannelId: FINANCE_CHANNEL,
    escalationChannelId: ESCALATION_CHANNEL,
  });
});
afterAll(async () => {
  await sandbox.close();
  await database.close();
});

async function nextDay(): Promise<string[]> {
  const { calendar } = (await company.system(now())).company;
  do today = addDays(today, 1);
  while (!isWorkday(calendar, today));
  const due = Array.from({ length: ROWS_A_ROUND }, (): [bigint, string] => [100_00n, today]);
  const { rows } = await anActiveContract(company, due, { now: now() });
  return rows.map((row) => row.id);
}

const isQuiet = async (): Promise<boolean> =>
  (await company.db.outbox.count({ where: { status: { in: ['pending', 'sending'] } } })) === 0 &&
  (await company.db.outbox.count({ where: { dedupeKey: digestKey(company.ids.rep, today) } })) === 1;

/** Both share a morning; one of them is killed in the middle of it, and the other ends it. */
async function shareMornings(): Promise<void> {
  for (let round = 1; round <= ROUNDS; round += 1) {
    const rows = await nextDay();
    const apps = [
      await startApp(sandbox, database.target, now()),
      await startApp(sandbox, database.target, now()),
    ];
    await sleep(random() * LONGEST_LIFE_MS);
    const [victim, survivor] = random() < 0.5 ? apps : apps.toReversed();
    await victim?.kill();
    await letLeasesEnd(company.db);
    for (let tries = 0; !(await isQuiet()); tries += 1) {
      if (tries > 300) throw new Error(`round ${round}: the other app did not end the morning`);
      await sleep(200);
    }
    await survivor?.kill();
    const told = await company.db.reminder.findMany({
      where: { instalmentId: { in: rows }, recipientId: company.ids.rep, plannedOn: toUtcDate(today) },
    });
    expect(
      told
        .filter(({ status }) => status === 'sent')
        .map(({ instalmentId }) => String(instalmentId))
        .toSorted(),
      `round ${round}`,
    ).toEqual(rows.toSorted());
    const ids = postedIds(sandbox);
    expect(new Set(ids).size, `round ${round}: no message twice`).toBe(ids.length);
    const runs = await company.db.jobRun.groupBy({
      by: ['job', 'slot'],
      where: { outcome: 'done' },
      _count: true,
    });
    expect(
      runs.every((run) => run._count === 1),
      `round ${round}: each job once a minute`,
    ).toBe(true);
  }
}

/** The second says whose the database is, and ends; the first goes on. */
async function refuseTheSecond(): Promise<void> {
  await nextDay();
  await database.db.close();
  const first = await startApp(sandbox, database.target, now());
  await sandbox.connected(60_000);
  const second = await startApp(sandbox, database.target, now());
  const { code, stderr } = await second.ended;
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/process|running|in use/i);
  const told = () => sandbox.messages(sandbox.dm(slackIdOf('rep'))).length > 0;
  await sandbox.waitFor(told, 60_000, 'the first to go on');
  await first.kill();
}

/** A backlog goes out of two processes no faster than of one: Slack's limits are the workspace's (300 a minute). */
async function keepOnePace(): Promise<void> {
  const people = Object.keys(company.ids) as PersonKey[];
  await company.db.outbox.createMany({
    data: Array.from({ length: 300 }, (_none, n) => {
      const userId = company.ids[people[n % people.length] ?? 'rep'];
      return {
        id: newId(now()),
        op: 'post' as const,
        kind: 'member.welcome',
        dedupeKey: `pace:${n}`,
        payload: { userId, byId: null },
        recipient: `user:${userId}`,
        priority: 1,
        createdAt: now(),
      };
    }),
  });
  const apps = [
    await startApp(sandbox, database.target, null),
    await startApp(sandbox, database.target, null),
  ];
  await sleep(25_000);
  for (const app of apps) await app.kill();
  const sent = people.map((who) =>
    sandbox
      .messages(sandbox.dm(slackIdOf(who)))
      .map((message) => Number(message.ts))
      .toSorted((a, b) => a - b),
  );
  const all = sent.flat().toSorted((a, b) => a - b);
  const busiest = Math.max(...all.map((from) => all.filter((at) => at >= from && at < from + 10).length));
  const gaps = sent.flatMap((times) => times.slice(1).map((at, index) => at - (times[index] ?? 0)));
  console.log(`${all.length} messages, at most ${busiest} in 10 s, ${Math.min(...gaps).toFixed(2)} s apart`);
  expect(all.length).toBeGreaterThan(60);
  // Twenty at once after silence, then 280 a minute.
  expect(busiest).toBeLessThanOrEqual(20 + 10 * (280 / 60) + 3);
  expect(Math.min(...gaps)).toBeGreaterThan(0.5);
}

test('two processes of the app', { timeout: ROUNDS * 90_000 + 180_000 }, async () => {
  console.log(`seed ${SEED}`);
  if (inject('testDatabase').engine === 'embedded') return refuseTheSecond();
  await shareMornings();
  await keepOnePace();
});

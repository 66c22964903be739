// Something of a morning cannot be planned: everybody else is told all the same, and the admins hear of it.

import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { PLAN_JOB, tellFailing } from '../../src/domain/reminders/failing.service.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { runJob } from '../../src/jobs/run-job.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
const run = (sql: string) => company.db.$executeRawUnsafe(sql);
afterEach(async () => {
  await run('DROP TRIGGER IF EXISTS fail ON reminder');
  await run('DROP FUNCTION IF EXISTS fail');
});
afterAll(() => database.close());

async function rowsDue(count: number, date: string): Promise<Instalment[]> {
  const parts = Array.from({ length: count }, (): [bigint, string] => [100_00n, date]);
  return (await anActiveContract(company, parts)).rows;
}
/** Nothing can be written of this row. */
async function refuse(row: Instalment | undefined): Promise<void> {
  await run(`CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN IF NEW.instalment_id = '${row?.id}' THEN RAISE 'no'; END IF; RETURN NEW; END $$`);
  await run('CREATE TRIGGER fail BEFORE INSERT ON reminder FOR EACH ROW EXECUTE FUNCTION fail()');
}
/** Rows by number that a rule tells of. */
async function told(rows: readonly Instalment[], code: string): Promise<number[]> {
  const found = await company.db.reminder.findMany({
    where: { ruleCode: code, recipientId: company.ids.rep, outboxId: { not: null } },
  });
  return found.map((one) => rows.findIndex((row) => row.id === one.instalmentId)).toSorted((a, b) => a - b);
}

it.each([1, 2, 500])(
  'one row that cannot be written leaves the steps of all others, %i a batch',
  async (size) => {
    const rows = await rowsDue(5, '2026-12-10');
    await refuse(rows[1]);
    await expect(planReminders(await company.system(at('2026-12-03')), size)).rejects.toThrow();
    expect(await told(rows, 'R1')).toEqual([0, 2, 3, 4]);
  },
);

it('nor does it take the repeated lines and next contacts of others', async () => {
  const rows = await rowsDue(3, '2026-11-25');
  await company.db.$executeRaw`UPDATE instalment SET weekly_on = '2026-12-20',
    step_rank = (SELECT MAX(rank) FROM reminder_rule)`;
  for (const row of rows)
    await recordFollowUp(await company.as('rep', at('2026-12-21', '08:00')), {
      instalmentId: row.id,
      kind: 'call',
      content: 'x',
      result: 'no_answer',
      nextOn: localDate('2026-12-28'),
      promisedOn: null,
      promisedAmount: null,
      reason: null,
      pauseUntil: null,
    });
  await refuse(rows[1]);
  await expect(planReminders(await company.system(at('2026-12-28')))).rejects.toThrow();
  expect(await told(rows, 'W')).toEqual([0, 2]);
  expect(await told(rows, 'F')).toEqual([0, 2]);
});

it('the admins are told once a day when it has failed for some minutes', async () => {
  let now = at('2026-12-03');
  const env = { db: company.db, clock: () => now, log: pino({ level: 'silent' }) };
  const minute = async (fails: boolean) => {
    now = new Date(now.getTime() + 60_000);
    await runJob(env, {
      name: PLAN_JOB,
      cron: '* * * * *',
      slot: 'minute',
      run: async (ctx) => {
        if (!fails) return {};
        await tellFailing(ctx);
        throw new Error('no');
      },
    });
    return company.db.outbox.count({ where: { kind: 'reminders.failing' } });
  };
  for (let n = 0; n < 4; n += 1) expect(await minute(true)).toBe(0);
  expect(await minute(false)).toBe(0);
  for (let n = 0; n < 4; n += 1) expect(await minute(true)).toBe(0);
  for (let n = 0; n < 3; n += 1) expect(await minute(true)).toBe(1);
  const [{ recipient } = { recipient: '' }] = await company.db.outbox.findMany({
    where: { kind: 'reminders.failing' },
  });
  expect(recipient).toBe(`user:${company.ids.admin}`);
});

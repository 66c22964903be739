// The demo company's first morning: each rep's digest has every kind of section, so that whoever tries it sees them all.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedDemo } from '../../prisma/seed.js';
import { localDate, todayIn } from '../../src/domain/local-date.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { at } from '../support/mornings.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('has rows due today, overdue, coming and retentions, acceptances and days that nobody knows', async () => {
  const db = database.db.prisma;
  // A Thursday.
  const now = at('2026-11-26', '10:30');
  expect(await seedDemo(db, now)).toBe(true);
  const company = await loadCompany(db, now);
  const ctx = { db, now, company, today: todayIn(now, company.timezone) };
  await planReminders(ctx);
  const digestOf = async (slackUserId: string) => {
    const user = await db.user.findUniqueOrThrow({ where: { slackUserId } });
    return findDigest(ctx, user.id, localDate('2026-11-26'));
  };
  const rep = await digestOf('U_REP');
  expect(rep?.sections.map((section) => section.kind)).toEqual([
    'due_today',
    'overdue',
    'coming',
    'retention',
  ]);
  expect(rep?.acceptances.map((one) => one.customerName)).toEqual(['海川港口有限公司']);
  expect(rep?.unknown.map((one) => one.customerName)).toEqual(['远大重工有限公司']);
  const english = await digestOf('U_REP_EN');
  expect(english?.sections.map((section) => section.kind)).toContain('retention');
  expect(english?.acceptances.map((one) => one.customerName)).toEqual(['Baltic Timber Co']);
  expect((await digestOf('U_MANAGER'))?.cases.length).toBeGreaterThan(0);
}, 120_000);

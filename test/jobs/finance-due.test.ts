import { afterAll, beforeAll, expect, it } from 'vitest';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { reminderNotices } from '../../src/jobs/notices/reminders.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { anActiveContract, changeCompany, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  await changeCompany(company.db, { financeChannelId: 'C_FINANCE' });
});
afterAll(() => database.close());

it('tells the finance channel of what is due today, not of what a later step has passed', async () => {
  // Thursday a week earlier: both were open long before they fell due.
  const before = new Date('2026-11-12T02:00:00Z');
  const due = await anActiveContract(company, [[10_000_00n, '2026-11-20']], { now: before });
  const late = await anActiveContract(company, [[20_000_00n, '2026-11-18']], { now: before });
  const ctx = await company.system();
  await planReminders(ctx);
  const told = await reminderNotices['finance.due'](
    { ...ctx, locale: 'en', t: translator('en') },
    { date: ctx.today },
  );
  const text = JSON.stringify(told?.blocks);
  expect(text).toContain(due.contract.number);
  expect(text).not.toContain(late.contract.number);
});

it('counts a finance owner who has left, or lost the role, as none', async () => {
  const before = new Date('2026-11-12T02:00:00Z');
  const dueFor = async (financeOwnerId: string) => {
    const { contract } = await anActiveContract(company, [[10_000_00n, '2026-11-27']], { now: before });
    await company.db.contract.update({ where: { id: contract.id }, data: { financeOwnerId } });
    return contract.number;
  };
  const left = await dueFor(company.ids.finance);
  const changed = await dueFor(company.ids.finance2);
  const there = await dueFor(company.ids.financeManager);
  await company.db.user.update({ where: { id: company.ids.finance }, data: { active: false } });
  await company.db.user.update({ where: { id: company.ids.finance2 }, data: { roles: ['rep'] } });
  const ctx = await company.system(new Date('2026-11-27T02:00:00Z'));
  await planReminders(ctx);
  const { payload } = await company.db.outbox.findUniqueOrThrow({
    where: { dedupeKey: `finance.due:${ctx.today}` },
  });
  const render = { ...ctx, locale: 'en' as const, t: translator('en') };
  const text = JSON.stringify(await renderNotice(render, 'finance.due', payload));
  expect(text).toContain(left);
  expect(text).toContain(changed);
  expect(text).not.toContain(there);
});

it('reaches a person whose morning is the company’s next night; the channel and the day after do without', async () => {
  const before = new Date('2026-11-12T02:00:00Z');
  const { contract } = await anActiveContract(company, [[10_000_00n, '2026-12-03']], { now: before });
  const { today } = await company.system(new Date('2026-12-03T02:00:00Z'));
  await planReminders(await company.system(new Date('2026-12-03T02:00:00Z')));
  const { actor: person } = await company.as('finance');
  const shown = async (time: string, reader: typeof person | null) => {
    const ctx = await company.system(new Date(time));
    const render = { ...ctx, locale: 'en' as const, t: translator('en'), person: reader };
    return JSON.stringify(await renderNotice(render, 'finance.due', { date: today }));
  };
  // 09:00 in Los Angeles is 01:00 here.
  expect(await shown('2026-12-03T17:00:00Z', person)).toContain(contract.number);
  expect(await shown('2026-12-03T17:00:00Z', null)).toBe('null');
  expect(await shown('2026-12-04T01:30:00Z', person)).toBe('null');
});

// More rows in a morning than a message holds: all of them in a file in its thread (ux §4.7).
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { openSheet } from '../../src/sheets/read-sheet.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, morning } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

const files = () => company.db.outbox.findMany({ where: { kind: 'digest.rows' } });

it('25 rows come with a file, 20 without; a second run adds none', async () => {
  const parts = (count: number) =>
    Array.from({ length: count }, (): [bigint, string] => [100_00n, '2026-12-10']);
  await anActiveContract(company, parts(25), { now: at('2026-11-20') });
  await anActiveContract(company, parts(20), { who: 'rep2', now: at('2026-11-20') });
  await morning(company, '2026-12-03');
  await morning(company, '2026-12-03', '10:00');
  const [file, ...others] = await files();
  expect(others).toEqual([]);
  const digest = await company.db.outbox.findUniqueOrThrow({
    where: { dedupeKey: `digest:${company.ids.rep}:2026-12-03` },
  });
  expect(file).toMatchObject({ anchorKey: digest.dedupeKey, recipient: `user:${company.ids.rep}` });
  const system = await company.system(at('2026-12-03', '09:01'));
  const ctx = { ...system, locale: 'zh-CN', t: translator('zh-CN') } as const;
  const rendered = await renderNotice(ctx, 'digest.rows', file?.payload);
  expect(rendered?.text).toBe('共 25 笔，全部在附件里。');
  const [sheet] = rendered?.files ?? [];
  expect(sheet?.name).toBe('huikuan-2026-12-03.xlsx');
  const read = await openSheet(sheet?.name ?? '', sheet?.data ?? Buffer.alloc(0));
  expect(read.header.slice(0, 3)).toEqual(['分组', '客户', '合同']);
  const rows = [];
  for await (const row of read.rows) rows.push(row);
  expect(rows).toHaveLength(25);
});

it('comes with what two runs of the morning make more than a message holds', async () => {
  const parts = (count: number) =>
    Array.from({ length: count }, (): [bigint, string] => [100_00n, '2026-12-31']);
  const key = `digest:${company.ids.rep2}:2026-12-24`;
  const file = () => company.db.outbox.findUnique({ where: { dedupeKey: `${key}:rows` } });
  await anActiveContract(company, parts(15), { who: 'rep2', now: at('2026-11-20') });
  await planReminders(await company.system(at('2026-12-24')));
  expect(await file()).toBeNull();
  // As rows that somebody held while the first run planned.
  await anActiveContract(company, parts(10), { who: 'rep2', now: at('2026-11-20') });
  await planReminders(await company.system(at('2026-12-24', '09:01')));
  expect(await file()).toMatchObject({ anchorKey: key });
});

it('comes with the copy of who stands in too, once, as long as they do', async () => {
  const parts = Array.from({ length: 25 }, (): [bigint, string] => [100_00n, '2026-12-10']);
  await anActiveContract(company, parts, { now: at('2026-11-20') });
  const { rep, rep2 } = company.ids;
  await company.db.user.update({
    where: { id: rep },
    data: { delegateId: rep2, delegateUntil: new Date('2026-12-31') },
  });
  await morning(company, '2026-12-03');
  await morning(company, '2026-12-03', '10:00');
  const key = `digest:${rep}:2026-12-03`;
  const found = (await files()).map(({ anchorKey, recipient }) => ({ anchorKey, recipient }));
  expect(found.toSorted((a, b) => (a.anchorKey ?? '').length - (b.anchorKey ?? '').length)).toEqual([
    { anchorKey: key, recipient: `user:${rep}` },
    { anchorKey: `${key}:copy`, recipient: `user:${rep2}` },
  ]);
  const system = await company.system(at('2026-12-03', '09:01'));
  const ctx = { ...system, locale: 'zh-CN', t: translator('zh-CN') } as const;
  const payload = { userId: rep, date: '2026-12-03', delegateId: rep2 };
  expect(JSON.stringify(await renderNotice(ctx, 'digest.copy', payload))).toContain('共 25 笔，其余见附件。');
  const rendered = await renderNotice(ctx, 'digest.rows', payload);
  expect(rendered?.text).toBe('代 rep · 共 25 笔，全部在附件里。');
  const [sheet] = rendered?.files ?? [];
  const read = await openSheet(sheet?.name ?? '', sheet?.data ?? Buffer.alloc(0));
  const rows = [];
  for await (const row of read.rows) rows.push(row);
  expect(rows).toHaveLength(25);
  await company.db.user.update({ where: { id: rep }, data: { delegateId: null, delegateUntil: null } });
  expect(await renderNotice(ctx, 'digest.rows', payload)).toBeNull();
});

it('never goes into the conversation of who stood in when the morning began', async () => {
  const parts = (count: number) =>
    Array.from({ length: count }, (): [bigint, string] => [100_00n, '2026-12-10']);
  const { rep, rep2, manager } = company.ids;
  const standIn = (delegateId: string) =>
    company.db.user.update({
      where: { id: rep },
      data: { delegateId, delegateUntil: new Date('2026-12-31') },
    });
  await anActiveContract(company, parts(15), { now: at('2026-11-20') });
  await standIn(rep2);
  await planReminders(await company.system(at('2026-12-03')));
  await anActiveContract(company, parts(10), { now: at('2026-11-20') });
  await standIn(manager);
  await planReminders(await company.system(at('2026-12-03', '09:01')));
  expect((await files()).map((file) => file.recipient)).toEqual([`user:${rep}`]);
});

it('comes along, and so does the copy, where the digest had nothing to tell at first', async () => {
  const parts = Array.from({ length: 25 }, (): [bigint, string] => [100_00n, '2026-12-17']);
  await anActiveContract(company, parts, { now: at('2026-11-20') });
  await company.db.user.update({
    where: { id: company.ids.rep },
    data: { delegateId: company.ids.rep2, delegateUntil: new Date('2026-12-31') },
  });
  await planReminders(await company.system(at('2026-12-10')));
  const keys = ['', ':rows', ':copy', ':copy:rows'].map(
    (part) => `digest:${company.ids.rep}:2026-12-10${part}`,
  );
  // As the deliverer leaves them outside of the person's hours.
  await company.db.outbox.updateMany({ where: { dedupeKey: { in: keys } }, data: { status: 'skipped' } });
  await company.db.reminder.updateMany({ where: { status: 'pending' }, data: { outboxId: null } });
  await planReminders(await company.system(at('2026-12-10', '10:00')));
  const found = await company.db.outbox.findMany({ where: { dedupeKey: { in: keys } } });
  expect(found.map((row) => row.status)).toEqual(['pending', 'pending', 'pending', 'pending']);
});

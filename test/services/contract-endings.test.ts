// Contracts that end soon (F29): in their owner's digest, once a step and end, on workdays, after downtime, in the owner's
// own hours, paid in full or not, not when void or put away.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findMigrationsDir, loadMigrations } from '../../src/db/migrate.js';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { findContracts } from '../../src/domain/contracts/contract-list.queries.js';
import { newId } from '../../src/domain/ids.js';
import { LIST_FILTERS } from '../../src/domain/lists/list-filter.js';
import { localDate, toUtcDate } from '../../src/domain/local-date.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, morning, mornings } from '../support/mornings.js';

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

/** Its money is due far ahead, so that nothing else is told of it. */
async function ending(endsOn: string) {
  const { contract } = await anActiveContract(company, [[100_00n, '2027-12-01']]);
  return company.db.contract.update({
    where: { id: contract.id },
    data: { endsOn: toUtcDate(localDate(endsOn)) },
  });
}
async function told(): Promise<string[]> {
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [id, name]));
  const rows = await company.db.reminder.findMany({ where: { ruleCode: 'C', status: 'sent' } });
  return rows
    .map((one) => `${one.plannedOn.toISOString().slice(5, 10)} ${names.get(one.recipientId)}`)
    .toSorted();
}

it('what was told before it became a reminder is not told again; what still waited is', async () => {
  const { id } = await ending('2026-12-28');
  const other = await ending('2026-12-28');
  const shipped = await loadMigrations(findMigrationsDir());
  const [carryOver] =
    shipped.find(({ name }) => name.endsWith('_ladder_tone_contract_end'))?.sql.split('-- AlterTable') ?? [];
  const client = await database.db.pool.connect();
  try {
    await client.query('BEGIN');
    await client.query('ALTER TABLE contract ADD end_told_days int, ADD end_told_for date');
    await client.query('UPDATE contract SET end_told_days = 30, end_told_for = ends_on');
    await client.query(
      `INSERT INTO outbox (id, op, kind, dedupe_key, payload, recipient, created_at) VALUES
         (gen_random_uuid(), 'post', 'contract.ending', 'k', jsonb_build_object('contractIds', jsonb_build_array($1::text)), 'user:x', now())`,
      [other.id],
    );
    await client.query(carryOver ?? '');
    await client.query('ALTER TABLE contract DROP end_told_days, DROP end_told_for');
    await client.query('COMMIT');
  } finally {
    client.release();
  }
  expect(await company.db.outbox.findFirst({ where: { kind: 'contract.ending' } })).toMatchObject({
    status: 'skipped',
  });
  await morning(company, '2026-11-27');
  const reminded = await company.db.reminder.findMany({ where: { ruleCode: 'C' } });
  const on = (contractId: string) =>
    reminded
      .filter((one) => one.contractId === contractId)
      .map((one) => [one.status, one.occurrenceOn.toISOString().slice(0, 10), one.outboxId === null]);
  expect(on(id)).toEqual([['sent', '2026-11-28', true]]);
  expect(on(other.id)).toEqual([['sent', '2026-11-28', false]]);
});

describe('a contract that ends on Monday 2026-12-28', () => {
  it('is told 30 and 7 days ahead, each once, off days shifted', async () => {
    await ending('2026-12-28');
    // 30 days ahead is Saturday 28 November: told on the Friday before.
    await mornings(company, '2026-11-26', '2026-12-29');
    expect(await told()).toEqual(['11-27 rep', '12-21 rep']);
  });

  it('is caught up after downtime with the nearest step only, by one of two runs at once', async () => {
    await ending('2026-12-28');
    const system = await company.system(at('2026-12-24'));
    await Promise.all([planReminders(system), planReminders(system)]);
    await morning(company, '2026-12-24', '10:00');
    await morning(company, '2026-12-25');
    expect(await told()).toEqual(['12-24 rep']);
  });

  it('is told of when it is paid in full before', async () => {
    const { id } = await ending('2026-12-28');
    await company.db.contract.update({ where: { id }, data: { status: 'completed' } });
    await morning(company, '2026-11-27');
    expect(await told()).toEqual(['11-27 rep']);
  });

  it('is told of an end that counts again, where the word about another one passed it unsaid', async () => {
    const { id } = await ending('2026-12-28');
    const endsOn = (day: string) =>
      company.db.contract.update({ where: { id }, data: { endsOn: toUtcDate(localDate(day)) } });
    await planReminders(await company.system(at('2026-11-27')));
    await endsOn('2026-12-29');
    await planReminders(await company.system(at('2026-11-27', '09:01')));
    await endsOn('2026-12-28');
    await morning(company, '2026-11-27', '09:02');
    const said = await company.db.reminder.findMany({ where: { ruleCode: 'C' }, orderBy: { id: 'asc' } });
    expect(said.map((one) => one.status)).toEqual(['sent', 'skipped']);
  });

  it('is told anew when its end changes, and not once it is void or over', async () => {
    const { id } = await ending('2026-12-28');
    await morning(company, '2026-11-27');
    await company.db.contract.update({ where: { id }, data: { endsOn: toUtcDate(localDate('2026-12-29')) } });
    await morning(company, '2026-11-30');
    const { version } = await company.db.contract.findUniqueOrThrow({ where: { id } });
    await voidContract(await company.as('manager'), { id, version, reason: '取消' });
    await ending('2026-12-21');
    await mornings(company, '2026-12-22', '2026-12-23');
    expect(await told()).toEqual(['11-27 rep', '11-30 rep']);
  });

  it('waits for the owner’s own hours, and goes to the manager of an owner who is away', async () => {
    await ending('2026-12-28');
    await company.db.user.update({
      where: { id: company.ids.rep },
      data: { quietFrom: '08:00', quietTo: '14:00' },
    });
    await morning(company, '2026-11-27');
    expect(await told()).toEqual([]);
    await morning(company, '2026-11-27', '14:00');
    expect(await told()).toEqual(['11-27 rep']);
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    await morning(company, '2026-12-21');
    expect(await told()).toEqual(['11-27 rep', '12-21 manager']);
  });

  it('follows the company’s own days, and none', async () => {
    await ending('2026-12-28');
    const system = await company.system(at('2026-11-10'));
    const plan = (endingDays: number[]) =>
      planReminders({
        ...system,
        company: { ...system.company, settings: { ...system.company.settings, endingDays } },
      });
    expect((await plan([])).reminders).toBe(0);
    expect((await plan([60, 14])).reminders).toBe(1);
  });
});

describe('the digest', () => {
  it('lists what ends, as it is when it is sent, and is not sent for what ended meanwhile', async () => {
    const first = await ending('2026-12-20');
    const second = await ending('2026-12-22');
    const system = await company.system(at('2026-11-20'));
    await planReminders(system);
    const payload = { userId: company.ids.rep, date: '2026-11-20' };
    const ctx = { ...system, locale: 'zh-CN' as const, t: translator('zh-CN') };
    const message = await renderNotice(ctx, 'digest', payload);
    const text = JSON.stringify(message?.blocks);
    expect(text).toContain('即将到期合同 · 2 份');
    expect(text).toContain('12月20日 周日 到期* 还有 30 天 · 未收 ¥100.00');
    expect(text.indexOf(first.number)).toBeLessThan(text.indexOf(second.number));
    // Paid in full it binds until its end all the same.
    await company.db.contract.update({ where: { id: second.id }, data: { status: 'completed' } });
    await company.db.instalment.updateMany({
      where: { contractId: second.id },
      data: { lifecycle: 'settled', outstanding: 0n },
    });
    expect(JSON.stringify((await renderNotice(ctx, 'digest', payload))?.blocks)).toContain(
      '还有 32 天 · 已收齐',
    );
    await company.db.contract.update({ where: { id: first.id }, data: { status: 'archived' } });
    const left = await findDigest(system, company.ids.rep, localDate('2026-11-20'));
    expect(left?.endings.map((one) => one.number)).toEqual([second.number]);
    await company.db.contract.updateMany({ data: { status: 'archived' } });
    expect(await renderNotice(ctx, 'digest', payload)).toBeNull();
  });

  it('leads to all that end, where it lists the first of them only', async () => {
    const last = await ending('2026-12-20');
    for (let n = 0; n < 8; n += 1) await ending('2026-12-19');
    await ending('2027-05-01');
    const { id } = await ending('2026-12-19');
    await company.db.contract.update({ where: { id }, data: { ownerId: company.ids.rep2 } });
    const system = await company.system(at('2026-11-20'));
    await planReminders(system);
    const ctx = { ...system, locale: 'zh-CN' as const, t: translator('zh-CN') };
    const payload = { userId: company.ids.rep, date: '2026-11-20' };
    const blocks = (await renderNotice(ctx, 'digest', payload))?.blocks ?? [];
    expect(JSON.stringify(blocks)).toContain('还有 4 份');
    const buttons = blocks.flatMap((block) =>
      block.type === 'section' && block.accessory?.type === 'button' ? [block.accessory] : [],
    );
    const { f } = JSON.parse(buttons.find((one) => one.action_id === 'contract.list')?.value ?? '');
    for (const reader of ['rep', 'manager'] as const) {
      const { rows } = await findContracts(await company.as(reader), LIST_FILTERS.contract.parse(f));
      expect(rows).toHaveLength(9);
      expect(rows.at(-1)?.id).toBe(last.id);
    }
  });

  it('does not go on with contracts that are another’s by now', async () => {
    const gone = await ending('2026-12-20');
    const kept = await ending('2026-12-22');
    const when = { createdAt: at('2026-11-19'), updatedAt: at('2026-11-19') };
    const expectedOn = toUtcDate(localDate('2026-11-27'));
    await company.db.milestone.createMany({
      data: [gone, kept].map(({ id: contractId }) => ({
        ...when,
        id: newId(at('2026-11-19')),
        contractId,
        kind: 'acceptance',
        expectedOn,
      })),
    });
    await morning(company, '2026-11-20');
    await company.db.contract.update({ where: { id: gone.id }, data: { ownerId: company.ids.rep2 } });
    const system = await company.system(at('2026-11-20', '11:00'));
    const left = await findDigest(system, company.ids.rep, localDate('2026-11-20'));
    expect(left?.endings.map((one) => one.id)).toEqual([kept.id]);
    expect(left?.acceptances.map((one) => one.contractId)).toEqual([kept.id]);
  });
});

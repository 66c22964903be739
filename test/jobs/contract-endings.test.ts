// Contracts that end soon (F29): told once a step and end, on workdays, after downtime, not when completed or void.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { voidContract } from '../../src/domain/contracts/contract-end.service.js';
import { remindEndings } from '../../src/domain/contracts/contract-endings.service.js';
import { instantOf, localDate, toUtcDate } from '../../src/domain/local-date.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { renderNotice } from '../../src/jobs/render-notice.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

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

const at = (day: string, time = '09:00') => instantOf(localDate(day), time, 'Asia/Shanghai');
const run = async (day: string, time?: string) => remindEndings(await company.system(at(day, time)));
const sent = () =>
  company.db.outbox.findMany({ where: { kind: 'contract.ending' }, orderBy: { createdAt: 'asc' } });

async function ending(endsOn: string) {
  const { contract } = await anActiveContract(company, [[100_00n, '2027-12-01']]);
  return company.db.contract.update({
    where: { id: contract.id },
    data: { endsOn: toUtcDate(localDate(endsOn)) },
  });
}

describe('a contract that ends on Monday 2026-12-28', () => {
  it('is told 30 and 7 days ahead, each once', async () => {
    const contract = await ending('2026-12-28');
    // 30 days ahead is Saturday 28 November: told on the Friday before.
    const told = [];
    for (const day of ['11-26', '11-27', '11-28', '11-29', '11-30', '12-18', '12-21', '12-22', '12-28']) {
      told.push((await run(`2026-${day}`)).told);
      expect((await run(`2026-${day}`, '10:30')).told, day).toBe(0);
    }
    expect(told).toEqual([0, 1, 0, 0, 0, 0, 1, 0, 0]);
    expect(await sent()).toMatchObject([
      { recipient: `user:${company.ids.rep}`, payload: { contractIds: [contract.id] } },
      { recipient: `user:${company.ids.rep}` },
    ]);
  });

  it('is caught up after downtime with the nearest step only', async () => {
    await ending('2026-12-28');
    expect((await run('2026-12-24')).told).toBe(1);
    expect((await run('2026-12-25')).told).toBe(0);
  });

  it('is told anew when its end changes, and not once it is void or over', async () => {
    const { id } = await ending('2026-12-28');
    await run('2026-11-27');
    await company.db.contract.update({ where: { id }, data: { endsOn: toUtcDate(localDate('2026-12-29')) } });
    expect((await run('2026-11-30')).told).toBe(1);
    const { version } = await company.db.contract.findUniqueOrThrow({ where: { id } });
    await voidContract(await company.as('manager'), { id, version, reason: '取消' });
    expect((await run('2026-12-22')).told).toBe(0);
    await ending('2026-12-21');
    expect((await run('2026-12-22')).told).toBe(0);
  });

  it('is not told outside of the sending hours', async () => {
    await ending('2026-12-28');
    expect((await run('2026-11-27', '08:59')).told).toBe(0);
    expect((await run('2026-11-27', '18:00')).told).toBe(0);
  });

  it('is told by one of two runs at once', async () => {
    await ending('2026-12-28');
    const both = await Promise.all([run('2026-11-27'), run('2026-11-27')]);
    expect(both.map((one) => one.told).toSorted((a, b) => a - b)).toEqual([0, 1]);
    expect(await sent()).toHaveLength(1);
  });

  it('goes to the manager of an owner who is away', async () => {
    await ending('2026-12-28');
    await company.db.user.update({ where: { id: company.ids.rep }, data: { active: false } });
    await run('2026-11-27');
    expect(await sent()).toMatchObject([{ recipient: `user:${company.ids.manager}` }]);
  });
});

describe('the message', () => {
  it('lists what a person is told of that morning, as it is when it is sent', async () => {
    const first = await ending('2026-12-20');
    const second = await ending('2026-12-22');
    await run('2026-11-20');
    const [notice] = await sent();
    expect(await sent()).toHaveLength(1);
    const system = await company.system(at('2026-11-20'));
    const ctx = { ...system, locale: 'zh-CN' as const, t: translator('zh-CN') };
    const message = await renderNotice(ctx, 'contract.ending', notice?.payload);
    const text = JSON.stringify(message?.blocks);
    expect(text).toContain('即将到期合同 · 2 份');
    expect(text).toContain('12月20日 周日 到期* 还有 30 天 · 未收 ¥100.00');
    expect(text.indexOf(first.number)).toBeLessThan(text.indexOf(second.number));
    await company.db.contract.updateMany({ data: { status: 'completed' } });
    expect(await renderNotice(ctx, 'contract.ending', notice?.payload)).toBeNull();
  });

  it('follows the company’s own days, and none', async () => {
    await ending('2026-12-28');
    const system = await company.system(at('2026-11-10'));
    const withDays = (endingDays: number[]) => ({
      ...system,
      company: { ...system.company, settings: { ...system.company.settings, endingDays } },
    });
    expect((await remindEndings(withDays([]))).told).toBe(0);
    expect((await remindEndings(withDays([60, 14]))).told).toBe(1);
  });
});

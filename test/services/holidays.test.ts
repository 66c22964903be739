// The work calendar on a real database: a year is replaced as a whole, caches hear of it, and admins hear of a year that
// is missing from December on.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWorkday } from '../../src/domain/calendar.js';
import { localDate } from '../../src/domain/local-date.js';
import { importHolidays, setWorkweek, warnOfCalendar } from '../../src/domain/settings/holidays.service.js';
import { createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at } from '../support/mornings.js';

const YEAR_2027 = '2026-12-31~2027-01-03 元旦\n2027-02-06~2027-02-12 春节\n2027-02-14 班 春节';
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

async function bring(text: string, year = 2027, who: PersonKey = 'admin') {
  const ctx = await company.as(who);
  return importHolidays(ctx, { version: ctx.company.version, year, text });
}
const present = async () => (await company.system()).company;
const worked = async (date: string) => isWorkday((await present()).calendar, localDate(date));

describe('importing a year', () => {
  it('replaces it, covers it, raises the version that caches look at, and is in the trail', async () => {
    const before = await present();
    expect(before.calendar.coveredThrough).toBe('2026-12-31');
    expect(await bring(YEAR_2027)).toEqual({ off: 11, worked: 1 });
    expect([await worked('2026-12-31'), await worked('2027-02-08'), await worked('2027-02-14')]).toEqual([
      false,
      false,
      true,
    ]);
    await bring('2027-01-01 元旦');
    const after = await present();
    expect(after.calendar.coveredThrough).toBe('2027-12-31');
    expect(after.version).toBe(before.version + 2);
    expect([await worked('2027-01-01'), await worked('2027-02-08'), await worked('2026-12-31')]).toEqual([
      false,
      true,
      false,
    ]);
    expect(await worked('2026-10-01')).toBe(false);
    const trail = await company.db.auditLog.findMany({
      where: { action: 'company.edited' },
      orderBy: { at: 'asc' },
    });
    expect(trail).toHaveLength(2);
    expect(trail[1]).toMatchObject({
      before: { holidays: { year: 2027, off: 10, worked: 1 } },
      after: { holidays: { year: 2027, off: 1, worked: 0 } },
    });
  });

  it('is for admins, in order of years, of lines that can be used, and once', async () => {
    await expect(bring(YEAR_2027, 2027, 'rep')).rejects.toMatchObject({ code: 'access.denied' });
    await expect(bring('2028-01-01', 2028)).rejects.toMatchObject({ code: 'calendar.year' });
    await expect(bring(`${YEAR_2027}\n2028-01-01`)).rejects.toMatchObject({
      code: 'calendar.line',
      params: { line: 4, cause: 'other_year' },
    });
    await expect(bring(' \n ')).rejects.toMatchObject({ code: 'calendar.empty' });
    expect((await present()).calendar.coveredThrough).toBe('2026-12-31');
    const ctx = await company.as('admin');
    const input = { version: ctx.company.version, year: 2027, text: YEAR_2027 };
    await importHolidays(ctx, input);
    await expect(importHolidays(ctx, input)).rejects.toMatchObject({ code: 'request.repeated' });
    const late = await company.as('admin');
    await expect(importHolidays(late, input)).rejects.toMatchObject({ code: 'version.conflict' });
  });
});

it('the work week is set by admins and keeps a day', async () => {
  const { version } = await present();
  await expect(setWorkweek(await company.as('finance'), version, [1])).rejects.toMatchObject({
    code: 'access.denied',
  });
  await expect(setWorkweek(await company.as('admin'), version, [0, 8])).rejects.toMatchObject({
    code: 'calendar.no_workday',
  });
  await setWorkweek(await company.as('admin'), version, [6, 1, 2, 3, 4, 5, 9]);
  expect((await present()).calendar.workweek).toEqual([1, 2, 3, 4, 5, 6]);
  expect(await worked('2026-11-21')).toBe(true);
});

describe('a year that is missing', () => {
  const told = async (date: string, time = '09:00') =>
    (await warnOfCalendar(await company.system(at(date, time)))).told;
  const count = () => company.db.outbox.count({ where: { kind: 'calendar.missing' } });

  it('is told to each admin once a week from 1 December on, in the sending hours', async () => {
    await company.db.user.update({ where: { id: company.ids.auditor }, data: { roles: ['admin'] } });
    expect(await told('2026-11-30')).toBe(0);
    expect(await told('2026-12-01', '08:59')).toBe(0);
    expect(await told('2026-12-01')).toBe(2);
    expect(await told('2026-12-01', '09:10')).toBe(0);
    expect(await told('2026-12-04')).toBe(0);
    expect(await told('2026-12-06')).toBe(0);
    expect(await told('2026-12-07')).toBe(2);
    expect(await told('2027-01-04')).toBe(2);
    expect(await count()).toBe(6);
  });

  it('is told twice by no two instances, and no more once it is there', async () => {
    const both = [await company.system(at('2026-12-01')), await company.system(at('2026-12-01'))];
    await Promise.all(both.map((ctx) => warnOfCalendar(ctx)));
    expect(await count()).toBe(1);
    await bring(YEAR_2027);
    expect(await told('2026-12-07')).toBe(0);
    expect(await count()).toBe(1);
  });
});

// A person's own times on a real database: chosen by themselves, and kept to by the morning's digests.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { type OwnTimes, setOwnTimes } from '../../src/domain/members/times.service.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, sendAll } from '../support/mornings.js';

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

const NONE: OwnTimes = { remindAt: null, quietFrom: null, quietTo: null };
async function choose(who: PersonKey, times: Partial<OwnTimes>): Promise<void> {
  const { version } = await company.db.user.findUniqueOrThrow({ where: { id: company.ids[who] } });
  await setOwnTimes(await company.as(who), version, { ...NONE, ...times });
}
/** Ticks at this time and delivers what may be said; who got a digest. */
async function tick(date: string, time: string): Promise<string[]> {
  await planReminders(await company.system(at(date, time)));
  const waiting = await company.db.outbox.findMany({
    where: { kind: 'digest', status: 'pending', op: 'post' },
  });
  await sendAll(company);
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [`user:${id}`, name]));
  return waiting.map((row) => names.get(row.recipient) ?? row.recipient).toSorted();
}
const dueToday = () => anActiveContract(company, [[100_00n, '2026-11-24']], { now: at('2026-11-20') });

describe('choosing', () => {
  it('is checked, versioned, audited and one’s own', async () => {
    await expect(choose('rep', { quietFrom: '22:00' })).rejects.toMatchObject({ code: 'times.pair' });
    await expect(choose('rep', { quietFrom: '22:00', quietTo: '22:00' })).rejects.toMatchObject({
      code: 'times.same',
    });
    await expect(choose('rep', { quietFrom: '08:00', quietTo: '12:00' })).rejects.toMatchObject({
      code: 'times.quiet_at',
    });
    await expect(choose('rep', { remindAt: '08:00' })).rejects.toMatchObject({ code: 'times.early' });
    await expect(choose('rep', { remindAt: '25:00' })).rejects.toMatchObject({ code: 'choice.unknown' });
    await expect(choose('nobody', { remindAt: '10:00' })).rejects.toMatchObject({ code: 'role.missing' });
    await choose('rep', { remindAt: '10:00' });
    await expect(setOwnTimes(await company.as('rep'), 1, NONE)).rejects.toMatchObject({
      code: 'version.conflict',
    });
    expect(await company.db.auditLog.findMany({ where: { action: 'member.times_changed' } })).toMatchObject([
      { before: { remindAt: null }, after: { remindAt: '10:00' } },
    ]);
  });
});

describe('a morning', () => {
  it('comes to each in their own hours, once', async () => {
    await dueToday();
    await choose('rep', { remindAt: '10:30' });
    await choose('finance', { quietFrom: '20:00', quietTo: '08:00' });
    await company.db.user.update({
      where: { id: company.ids.finance2 },
      data: { timezone: 'America/New_York' },
    });
    expect(await tick('2026-11-24', '09:00')).toEqual(['finance']);
    expect(await tick('2026-11-24', '10:29')).toEqual([]);
    expect(await tick('2026-11-24', '10:30')).toEqual(['rep']);
    expect(await tick('2026-11-24', '10:31')).toEqual([]);
    // Nine in the morning there; in the company's day it is still the same one.
    expect(await tick('2026-11-24', '21:59')).toEqual([]);
    expect(await tick('2026-11-24', '22:00')).toEqual(['finance2']);
    expect(await tick('2026-11-25', '03:00')).toEqual([]);
  });

  it('that was missed is caught up after the company’s midnight by whoever is far to the west', async () => {
    await dueToday();
    await company.db.user.update({ where: { id: company.ids.rep }, data: { timezone: 'America/New_York' } });
    await tick('2026-11-24', '09:00');
    expect(await tick('2026-11-25', '05:00')).toEqual(['rep']);
    expect(
      await company.db.outbox.count({ where: { dedupeKey: `digest:${company.ids.rep}:2026-11-24` } }),
    ).toBe(1);
  });

  it('that is being sent when quiet hours begin waits for their end, and is the same message', async () => {
    await dueToday();
    await choose('rep', { quietFrom: '12:00', quietTo: '14:00' });
    const render = async (time: string) =>
      findDigest(await company.system(at('2026-11-24', time)), company.ids.rep, localDate('2026-11-24'));
    await planReminders(await company.system(at('2026-11-24', '11:59')));
    expect(await render('11:59')).not.toBeNull();
    expect(await render('12:00')).toBeNull();
    // As delivery leaves it where there is nothing to tell.
    await company.db.outbox.updateMany({ where: { kind: 'digest' }, data: { status: 'skipped' } });
    await company.db.reminder.updateMany({ where: { status: 'pending' }, data: { outboxId: null } });
    expect(await tick('2026-11-24', '12:30')).not.toContain('rep');
    expect(await tick('2026-11-24', '14:00')).toContain('rep');
    expect(
      await company.db.outbox.count({ where: { recipient: `user:${company.ids.rep}`, kind: 'digest' } }),
    ).toBe(1);
  });

  it('missed altogether goes into the next workday’s', async () => {
    await dueToday();
    await choose('rep', { remindAt: '20:00' });
    await tick('2026-11-24', '09:00');
    expect(await tick('2026-11-25', '08:00')).toEqual([]);
    expect(await tick('2026-11-25', '17:59')).not.toContain('rep');
    expect(await tick('2026-11-25', '20:00')).toEqual(['rep']);
    const [told] = await company.db.reminder.findMany({
      where: { recipientId: company.ids.rep, status: 'sent' },
      orderBy: { plannedOn: 'desc' },
    });
    expect(told?.ruleCode).toBe('E1');
  });
});

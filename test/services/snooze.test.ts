// Snooze: a person's own messages leave a row out until a day; escalation and everybody else go on (rules §7).
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { loadRows } from '../../src/domain/plans/instalment.queries.js';
import { snoozeRow } from '../../src/domain/reminders/snooze.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, mornings, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
let row: Instalment;
beforeAll(async () => {
  database = await createTestDatabase();
});
// 2026-12-10 is a Thursday.
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  const made = await anActiveContract(company, [[100_000_00n, '2026-12-10']], { now: at('2026-11-20') });
  const [first] = made.rows;
  if (!first) throw new Error('no row');
  row = first;
});
afterAll(() => database.close());

const snooze = async (date: string, until: string, who: PersonKey = 'rep') =>
  snoozeRow(await company.as(who, at(date, '12:00')), { instalmentId: row.id, until: localDate(until) });
const since = async (date: string) => (await sentAbout(company, row.id)).filter((line) => line >= date);

describe('a snooze', () => {
  it('keeps the row out of the own digest, and brings it on its day', async () => {
    await mornings(company, '2026-12-03', '2026-12-03');
    await snooze('2026-12-03', '2026-12-08');
    await mornings(company, '2026-12-04', '2026-12-07');
    expect(await since('2026-12-04')).toEqual([]);
    await mornings(company, '2026-12-08', '2026-12-08');
    // R2 waited since the 7th: it is told once with the end of the snooze.
    expect(await since('2026-12-04')).toEqual(['2026-12-07 R2→rep', '2026-12-08 S→rep']);
    expect(await company.db.outbox.count({ where: { kind: 'digest', op: 'post' } })).toBe(2);
    expect(await company.db.snooze.count()).toBe(0);
  });

  it('does not stop escalation, nor anybody else', async () => {
    await mornings(company, '2026-12-03', '2026-12-10');
    await snooze('2026-12-10', '2026-12-31');
    await mornings(company, '2026-12-11', '2026-12-14');
    expect(await since('2026-12-11')).toEqual(['2026-12-14 E2→manager', '2026-12-14 E2→rep']);
  });

  it('on a day off comes on the first workday; a paid row is forgotten', async () => {
    await snooze('2026-11-23', '2026-11-28');
    await mornings(company, '2026-11-28', '2026-11-30');
    expect(await sentAbout(company, row.id)).toEqual(['2026-11-30 S→rep']);
    await snooze('2026-11-30', '2026-12-02');
    await company.db.instalment.update({
      where: { id: row.id },
      data: { lifecycle: 'settled', outstanding: 0n },
    });
    await mornings(company, '2026-12-01', '2026-12-02');
    expect(await since('2026-12-01')).toEqual([]);
  });

  it('is seen only by whoever chose it; a later choice replaces it', async () => {
    await snooze('2026-11-23', '2026-11-24');
    await snooze('2026-11-23', '2026-11-27');
    const mine = await loadRows(await company.as('rep', at('2026-11-23')), [row.id]);
    const theirs = await loadRows(await company.as('manager', at('2026-11-23')), [row.id]);
    expect([mine[0]?.snoozedUntil, theirs[0]?.snoozedUntil]).toEqual(['2026-11-27', null]);
    expect(await company.db.auditLog.count({ where: { action: 'reminder.snoozed' } })).toBe(2);
  });

  it.each([
    ['today', '2026-11-23', 'rep', 'follow_up.date_past'],
    ['in two months', '2027-01-23', 'rep', 'follow_up.date_too_far'],
    ['by somebody who may not see it', '2026-11-25', 'rep2', 'access.denied'],
  ] as const)('%s is refused', async (_what, until, who, code) => {
    await expect(snooze('2026-11-23', until, who)).rejects.toMatchObject({ code });
    expect(await company.db.snooze.count()).toBe(0);
  });
});

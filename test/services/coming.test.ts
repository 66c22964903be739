// The preview of a row's reminders is what the mornings send, whatever holds the row on the day on which it is looked at.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordFollowUp } from '../../src/domain/follow-ups/follow-up.service.js';
import { localDate } from '../../src/domain/local-date.js';
import { postponeInstalment } from '../../src/domain/plans/plan-changes.service.js';
import { findCaseCard } from '../../src/domain/reminders/case.queries.js';
import { acknowledgeCase } from '../../src/domain/reminders/case.service.js';
import { findComing, findFirstReminder } from '../../src/domain/reminders/coming.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import {
  anActiveContract,
  aSubmittedReceipt,
  createTestCompany,
  type TestCompany,
} from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { at, mornings, sentAbout } from '../support/mornings.js';

let database: TestDatabase;
let company: TestCompany;
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
});
afterAll(() => database.close());

// 2026-12-10 is a Thursday; looked at on Monday 14 December, when E2 has opened a case.
const LOOKED_AT = '2026-12-14';
const LAST = '2027-01-12';

it('of a row as it is, acknowledged, promised, disputed, paused, or without a date but promised', async () => {
  const due: [bigint, string | null] = [100_00n, '2026-12-10'];
  const { rows } = await anActiveContract(
    company,
    [due, due, due, due, due, [100_00n, null], [100_00n, null]],
    { now: at('2026-11-20') },
  );
  const [plain, acked, promised, disputed, thrice, undated, silent] = rows.map((row) => row.id);
  await mornings(company, '2026-12-03', LOOKED_AT);
  const noon = at(LOOKED_AT, '12:00');
  const follow = { kind: 'call', content: 'x', reason: null, pauseUntil: null, nextOn: null } as const;
  const promise = async (instalmentId: string | undefined, on: string) =>
    recordFollowUp(await company.as('rep', noon), {
      ...follow,
      instalmentId: instalmentId ?? '',
      result: 'promised',
      promisedOn: localDate(on),
      promisedAmount: 100_00n,
    });
  const found = await company.db.escalationCase.findFirstOrThrow({ where: { instalmentId: acked ?? '' } });
  await acknowledgeCase(await company.as('manager', noon), found.id);
  await promise(promised, '2026-12-22');
  for (const on of ['2026-12-15', '2026-12-16', '2026-12-29']) await promise(thrice, on);
  await promise(undated, '2026-12-24');
  await recordFollowUp(await company.as('rep', noon), {
    ...follow,
    instalmentId: disputed ?? '',
    result: 'disputed',
    reason: 'x',
    pauseUntil: localDate('2027-01-06'),
    promisedOn: null,
    promisedAmount: null,
  });
  const ctx = await company.as('rep', at(LOOKED_AT, '13:00'));
  const shown = new Map<string, string[]>();
  for (const id of [plain, acked, promised, disputed, thrice, undated, silent]) {
    const { items } = await findComing(ctx, id ?? '');
    const lines = items.filter((item) => item.on <= LAST).map(({ on, rule }) => `${on} ${rule.code}`);
    shown.set(id ?? '', lines);
  }
  expect(shown.get(undated ?? '')).toEqual(['2026-12-25 E2']);
  expect(shown.get(silent ?? '')).toEqual([]);
  expect(shown.get(promised ?? '')).toEqual(expect.arrayContaining(['2026-12-21 W', '2026-12-23 E3']));
  // Three workdays.
  expect(shown.get(acked ?? '')?.[0]).toBe('2026-12-17 E3');
  await mornings(company, '2026-12-15', LAST);
  for (const [id, lines] of shown) {
    const sent = (await sentAbout(company, id)).map((line) => line.split('→')[0] ?? '');
    const later = sent.filter((line) => line > '2026-12-15' && !line.endsWith(' F'));
    expect([...new Set(later)]).toEqual(lines);
  }
  // Whose promise was not kept before anybody knew the day is a case like any other; the owner and the manager are told.
  const broken = await company.db.escalationCase.findFirst({ where: { instalmentId: undated ?? '' } });
  expect(broken).toMatchObject({ level: 1, recipientIds: [company.ids.manager], closedOn: null });
  expect(await sentAbout(company, undated ?? '')).toEqual([
    '2026-12-24 F→rep',
    '2026-12-25 E2→manager',
    '2026-12-25 E2→rep',
  ]);
});

it('of a promise of which only a recovery is in approval: the day after it is broken, as the morning says', async () => {
  const { rows } = await anActiveContract(company, [[100_00n, '2027-01-21']], { now: at('2027-01-04') });
  const [row] = rows;
  if (!row) throw new Error('no row');
  await mornings(company, '2027-01-14', '2027-01-25');
  const noon = at('2027-01-25', '12:00');
  await recordFollowUp(await company.as('rep', noon), {
    instalmentId: row.id,
    kind: 'call',
    content: 'x',
    reason: null,
    pauseUntil: null,
    nextOn: null,
    result: 'promised',
    promisedOn: localDate('2027-01-26'),
    promisedAmount: row.amount,
  });
  const next = async () => (await findComing(await company.as('rep', noon), row.id)).items[0];
  await aSubmittedReceipt(company, row, row.amount, { now: noon });
  expect((await next())?.cause).toBeUndefined();
  await company.db.allocation.updateMany({ where: { instalmentId: row.id }, data: { recovery: true } });
  expect(await next()).toMatchObject({ on: '2027-01-27', cause: 'promise' });
  await mornings(company, '2027-01-26', '2027-01-27');
  expect(await sentAbout(company, row.id)).toContain('2027-01-27 E3→rep');
});

it('of a case that keeps its level over a postponement: its people are foretold the day on which they are told', async () => {
  const { rows } = await anActiveContract(company, [[100_00n, '2027-03-01']], { now: at('2027-02-20') });
  const [row] = rows;
  if (!row) throw new Error('no row');
  await mornings(company, '2027-02-22', '2027-03-08');
  const { version } = await company.db.instalment.findUniqueOrThrow({ where: { id: row.id } });
  const noon = at('2027-03-08', '12:00');
  const to = localDate('2027-03-22');
  await postponeInstalment(await company.as('manager', noon), { id: row.id, version, to, remark: 'x' });
  const { items } = await findComing(await company.as('rep', noon), row.id);
  await mornings(company, '2027-03-09', '2027-03-23');
  const told = (await sentAbout(company, row.id)).filter((line) => line.startsWith('2027-03-23'));
  expect(told).toHaveLength(3);
  const foretold = items.filter((item) => item.on === '2027-03-23');
  expect(foretold.map((item) => item.rule.code)).toEqual(['E1']);
  const ids = new Map((await company.db.user.findMany()).map((user) => [user.name, user.id]));
  const keys = new Map(Object.entries(company.ids).map(([key, id]) => [id, key]));
  expect(
    foretold
      .flatMap((item) => item.names.map((name) => `2027-03-23 E1→${keys.get(ids.get(name) ?? '')}`))
      .toSorted(),
  ).toEqual(told);
});

describe('of what is too late for the messages of a day', () => {
  // 2027-04-09 is a Friday.
  const FRIDAY = '2027-04-09';
  const rowDue = async (due: string, time: string, date = FRIDAY) => {
    const { rows } = await anActiveContract(company, [[100_00n, due]], { now: at(date, time) });
    const [row] = rows;
    if (!row) throw new Error('no row');
    return row;
  };
  const foretold = async (id: string, time: string) =>
    (await findComing(await company.as('rep', at(FRIDAY, time)), id)).items
      .slice(0, 3)
      .map(({ on, rule, names }) => `${on} ${rule.code} ${names.length}`);

  it('in the evening the next workday is foretold, and nothing of the same day', async () => {
    const row = await rowDue('2027-04-12', '17:59');
    const first = async (time: string) => findFirstReminder(await company.system(at(FRIDAY, time)), [row]);
    expect(await first('17:59')).toBe(FRIDAY);
    expect(await first('20:57')).toBe('2027-04-12');
    expect((await foretold(row.id, '17:59'))[0]).toMatch(`${FRIDAY} R3`);
    expect((await foretold(row.id, '20:57'))[0]).toMatch('2027-04-12 R4');
    const before = await company.db.reminder.count({ where: { instalmentId: row.id } });
    await planReminders(await company.system(at(FRIDAY, '20:58')));
    expect(await company.db.reminder.count({ where: { instalmentId: row.id } })).toBe(before);
  });

  it('once the owner’s message of the day is out, what is planned comes with the next, and is foretold for it', async () => {
    await rowDue(FRIDAY, '12:00', '2027-04-01');
    await mornings(company, '2027-04-08', FRIDAY);
    const row = await rowDue('2027-04-16', '10:30');
    // Seven days ahead, of which the owner hears on Monday; three days ahead is Tuesday.
    const expected = ['2027-04-12 R1 1', '2027-04-13 R2 1', '2027-04-15 R3 1'];
    expect(await foretold(row.id, '10:31')).toEqual(expected);
    const rows = [row, await rowDue('2027-07-01', '10:30')];
    expect(await findFirstReminder(await company.system(at(FRIDAY, '10:31')), rows)).toBe('2027-04-12');
    await planReminders(await company.system(at(FRIDAY, '10:32')));
    expect(await foretold(row.id, '10:33')).toEqual(expected);
    await mornings(company, '2027-04-10', '2027-04-13');
    const sent = await company.db.reminder.findMany({
      where: { instalmentId: row.id, status: 'sent' },
      orderBy: { id: 'asc' },
    });
    const carriers = await company.db.outbox.findMany({
      where: { id: { in: sent.flatMap(({ outboxId }) => outboxId ?? []) } },
    });
    const dayOf = new Map(carriers.map(({ id, dedupeKey }) => [id, dedupeKey.split(':').at(-1)]));
    expect(sent.map(({ outboxId, ruleCode }) => `${dayOf.get(outboxId ?? '')} ${ruleCode} 1`)).toEqual(
      expected.slice(0, 2),
    );
  });

  it('the card of a case does not promise its next level for an evening', async () => {
    const row = await rowDue('2027-04-27', '12:00', '2027-04-20');
    await mornings(company, '2027-04-26', '2027-05-03');
    const { id } = await company.db.escalationCase.findFirstOrThrow({ where: { instalmentId: row.id } });
    const next = async (time: string) =>
      (await findCaseCard(await company.system(at('2027-05-04', time)), id))?.next?.on;
    expect(await next('08:00')).toBe('2027-05-04');
    expect(await next('18:00')).toBe('2027-05-05');
  });
});

// Changing ladders on a real database: nothing that was sent is sent again or lost, the nearest ladder counts, and only
// those who may change them do.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { localDate } from '../../src/domain/local-date.js';
import { findComing } from '../../src/domain/reminders/coming.queries.js';
import { findDigest } from '../../src/domain/reminders/digest.queries.js';
import { removeStep, resetLadder, saveStep, startLadder } from '../../src/domain/reminders/ladder.service.js';
import { findLadder } from '../../src/domain/reminders/ladder-window.queries.js';
import type { ScopeRef, StepInput } from '../../src/domain/reminders/ladders.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import type { Instalment } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type PersonKey, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, morning, mornings, sendAll, sentAbout } from '../support/mornings.js';

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

const COMPANY: ScopeRef = { scope: 'company', id: null };
const step = (change: Partial<StepInput>): StepInput => ({
  offsetDays: 5,
  repeatEveryDays: null,
  roles: ['owner'],
  tone: 'plain',
  level: null,
  ...change,
});
async function target(ref: ScopeRef = COMPANY, who: PersonKey = 'financeManager') {
  const ctx = await company.as(who);
  return [ctx, { ...ref, kind: 'normal', version: ctx.company.version }] as const;
}
const save = async (code: string | null, change: Partial<StepInput>, ref = COMPANY) =>
  saveStep(...(await target(ref)), code, step(change));
const remove = async (code: string, ref = COMPANY) => removeStep(...(await target(ref)), code);
async function start(ref: ScopeRef) {
  const [ctx, shown] = await target(ref);
  return startLadder(ctx, shown, (await findLadder(ctx, shown)).rules);
}
const codes = async (ref: ScopeRef) => {
  const [ctx, shown] = await target(ref);
  return (await findLadder(ctx, shown)).rules;
};
// 2026-12-10 is a Thursday.
async function aRow(templateId: string | null = null): Promise<Instalment> {
  const { rows } = await anActiveContract(company, [[100_000_00n, '2026-12-10', { templateId }]], {
    now: at('2026-11-20'),
  });
  const [row] = rows;
  if (!row) throw new Error('no row');
  return row;
}
const sent = async (row: Instalment) =>
  (await sentAbout(company, row.id)).map((line) => line.replace(/ (\w+)→/, ' $1 '));

describe('a step before or on the due day that names who does not own the row', () => {
  const digestOf = async (who: PersonKey, date: string) =>
    findDigest(await company.system(at(date)), company.ids[who], localDate(date));
  const named = async (who: PersonKey, date: string) =>
    (await digestOf(who, date))?.sections.map(({ kind, rows }) => [kind, rows.map((one) => one.id)]);

  it('names the row to each of them, once it is late their lines do', async () => {
    await save('R3', { offsetDays: -1, roles: ['owner', 'sales_manager'] });
    await save('R4', { offsetDays: 0, roles: ['sales_director', 'finance_manager'] });
    const row = await aRow();
    await mornings(company, '2026-12-01', '2026-12-08');
    await planReminders(await company.system(at('2026-12-09')));
    expect(await named('manager', '2026-12-09')).toEqual([['coming', [row.id]]]);
    await sendAll(company);
    await morning(company, '2026-12-10');
    for (const who of ['director', 'financeManager'] as const)
      expect(await named(who, '2026-12-10')).toEqual([['due_today', [row.id]]]);
    // Paid meanwhile it stays where it stood.
    await company.db.instalment.update({
      where: { id: row.id },
      data: { lifecycle: 'settled', outstanding: 0n },
    });
    expect(await named('director', '2026-12-10')).toEqual([['due_today', [row.id]]]);
    await company.db.instalment.update({
      where: { id: row.id },
      data: { lifecycle: 'open', outstanding: row.outstanding },
    });
    await mornings(company, '2026-12-11', '2026-12-17');
    // E3 asks the director; the manager is told of the team.
    expect(await digestOf('director', '2026-12-17')).toMatchObject({
      sections: [],
      cases: [{ row: { id: row.id } }],
    });
    expect(await digestOf('manager', '2026-12-17')).toMatchObject({ sections: [], team: [{ count: 1 }] });
  });
});

describe('a step that is moved, added or taken out', () => {
  it('is not sent again where it was reached, and comes on its new day where it was not', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-01', '2026-12-14');
    expect((await sent(row)).at(-1)).toBe('2026-12-14 E2 rep');
    // Reached (D+3, on Monday the 14th): later now, and not told twice. E3 was not: two days earlier.
    await save('E2', { offsetDays: 4, roles: ['owner', 'sales_manager'], level: 1 });
    await save('E3', { offsetDays: 5, roles: ['owner', 'sales_director'], level: 2 });
    // Between the two, for a row that has come past it: not made up for.
    await expect(save(null, { offsetDays: 4 })).rejects.toMatchObject({ code: 'ladder.same_day' });
    await mornings(company, '2026-12-15', '2026-12-16');
    expect((await sent(row)).filter((line) => line > '2026-12-15')).toEqual([
      '2026-12-15 E3 director',
      '2026-12-15 E3 rep',
    ]);
  });

  it('that is new and due is told at the next morning; one below what was reached is passed', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-01', '2026-12-14');
    expect(await save(null, { offsetDays: 2 })).toBe(1);
    expect(await save(null, { offsetDays: 4 })).toBe(1);
    await mornings(company, '2026-12-15', '2026-12-16');
    expect((await sent(row)).filter((line) => line > '2026-12-15')).toEqual(['2026-12-15 X2 rep']);
  });

  it('counts from the next morning on, the ladder of this morning until then', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-01', '2026-12-14');
    const at14 = await company.as('financeManager', at('2026-12-14', '10:30'));
    const shown = { ...COMPANY, kind: 'normal', version: at14.company.version } as const;
    await saveStep(at14, shown, 'E3', step({ offsetDays: 4, roles: ['owner', 'sales_director'], level: 2 }));
    // A second change of the day does not make the first one older.
    const later = await company.as('financeManager', at('2026-12-14', '10:31'));
    await saveStep(later, { ...shown, version: later.company.version }, null, step({ offsetDays: 2 }));
    const nothing = { reminders: 0, cases: 0, digests: 0 };
    expect(await planReminders(await company.system(at('2026-12-14', '10:32')))).toEqual(nothing);
    expect((await findComing(later, row.id)).items[0]).toMatchObject({
      on: '2026-12-15',
      rule: { code: 'E3' },
    });
    await mornings(company, '2026-12-15', '2026-12-15');
    expect((await sent(row)).filter((line) => line > '2026-12-14 F')).toEqual([
      '2026-12-15 E3 director',
      '2026-12-15 E3 rep',
    ]);
    // What is taken out goes on until then as well: D+15 is Friday the 25th.
    const at25 = await company.as('financeManager', at('2026-12-25', '08:00'));
    await removeStep(at25, { ...shown, version: at25.company.version }, 'E4');
    await mornings(company, '2026-12-25', '2026-12-25');
    expect((await sent(row)).some((line) => line.startsWith('2026-12-25 E4'))).toBe(true);
  });

  it('that is taken out leaves the rows that had come to it on their way', async () => {
    const row = await aRow();
    await mornings(company, '2026-12-01', '2026-12-14');
    await remove('E2');
    await remove('E3');
    await mornings(company, '2026-12-15', '2026-12-26');
    const after = (await sent(row)).filter((line) => line > '2026-12-15');
    expect(after.filter((line) => line.includes(' E4 ')).length).toBe(4);
    expect(after.some((line) => line.includes(' E3 '))).toBe(false);
    // A start of the app completes the company, and does not bring it back.
    await expect(remove('E2')).rejects.toMatchObject({ code: 'not_found' });
    await resetLadder(...(await target()));
    expect((await codes(COMPANY)).map((rule) => rule.code)).toEqual([
      'R1',
      'R2',
      'R3',
      'R4',
      'E1',
      'E2',
      'E3',
      'E4',
      'E5',
      'E6',
      'W',
    ]);
  });
});

describe('a ladder of its own', () => {
  it('counts before those further away, for its rows alone, and ends', async () => {
    const template = await company.db.planTemplate.findFirstOrThrow();
    const [row, other] = [await aRow(template.id), await aRow()];
    const refs: ScopeRef[] = [
      { scope: 'template', id: template.id },
      { scope: 'customer', id: row.customerId },
      { scope: 'instalment', id: row.id },
    ];
    for (const [index, ref] of refs.entries()) {
      expect(await start(ref)).toBe(1);
      await expect(start(ref)).rejects.toMatchObject({ code: 'ladder.exists' });
      const rules = await codes(ref);
      const second = rules.find((rule) => rule.rank === 200);
      await saveStep(...(await target(ref)), second?.code ?? '', step({ offsetDays: -4 - index }));
      const coming = await findComing(await company.as('rep', at('2026-11-20')), row.id);
      expect(coming.scope).toBe(ref.scope);
      // D-4 to D-6 fall on a Sunday, a Saturday and a Friday.
      expect(coming.items.map((item) => item.on)).toContain('2026-12-04');
    }
    await mornings(company, '2026-12-01', '2026-12-09');
    const days = async (one: Instalment) => (await sent(one)).map((line) => line.slice(0, 10));
    expect(await days(row)).toEqual(['2026-12-03', '2026-12-04', '2026-12-09']);
    expect(await days(other)).toEqual(['2026-12-03', '2026-12-07', '2026-12-09']);
    for (const ref of refs.toReversed()) await resetLadder(...(await target(ref)));
    expect((await findComing(await company.as('rep'), row.id)).scope).toBe('company');
    // Back on the company's: what was reached stays reached, what comes comes.
    await mornings(company, '2026-12-10', '2026-12-11');
    expect((await sent(row)).filter((line) => line > '2026-12-10')).toEqual([
      '2026-12-10 R4 finance',
      '2026-12-10 R4 finance2',
      '2026-12-10 R4 rep',
      '2026-12-11 E1 rep',
    ]);
  });

  it('repeats its own line and not the company’s as well', async () => {
    const row = await aRow();
    const ref: ScopeRef = { scope: 'customer', id: row.customerId };
    await start(ref);
    const weekly = (await codes(ref)).find((rule) => rule.repeatEveryDays !== undefined);
    await saveStep(...(await target(ref)), weekly?.code ?? '', step({ offsetDays: 20, repeatEveryDays: 7 }));
    await mornings(company, '2026-12-01', '2027-01-05');
    const lines = (await sent(row)).filter(
      (line) => line.includes(` ${weekly?.code} `) || line.includes(' W '),
    );
    expect(lines).toEqual([`2027-01-04 ${weekly?.code} rep`]);
  });
});

it('is for admins and the head of finance, in the trail with its effect, and against the version that was shown', async () => {
  await aRow();
  await expect(saveStep(...(await target(COMPANY, 'manager')), null, step({}))).rejects.toMatchObject({
    code: 'access.denied',
  });
  const [ctx, shown] = await target(COMPANY, 'admin');
  await saveStep(ctx, shown, null, step({}));
  await expect(saveStep(ctx, shown, null, step({ offsetDays: 6 }))).rejects.toMatchObject({
    code: 'request.repeated',
  });
  const late = await company.as('admin');
  await expect(saveStep(late, shown, null, step({ offsetDays: 6 }))).rejects.toMatchObject({
    code: 'version.conflict',
  });
  const forged = { scope: 'customer', id: company.ids.rep } as const;
  const [admin, at2] = await target(forged, 'admin');
  await expect(startLadder(admin, at2, await codes(COMPANY))).rejects.toMatchObject({ code: 'not_found' });
  await expect(findLadder(await company.as('rep'), { ...COMPANY, kind: 'normal' })).rejects.toMatchObject({
    code: 'access.denied',
  });
  expect(await company.db.auditLog.findMany({ where: { action: 'ladder.changed' } })).toMatchObject([
    { before: { ladder: null }, after: { ladder: { code: 'X1', offsetDays: 5 }, rows: 1 } },
  ]);
});

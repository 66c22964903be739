// Who must have been told what by when: an oracle says it from a random history of receipts, postponements, promises,
// disputes, acknowledgements and outages, and every morning the app must have said exactly that. ROUNDS and SEED of the
// environment give more or the same histories; reminder-year.test.ts plays a whole company and year.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';
import { at, morning } from '../support/mornings.js';
import { randomFrom } from '../support/random.js';
import { happen } from '../support/reminder-history.js';
import {
  createOracle,
  isOwed,
  type Oracle,
  type OracleRow,
  oracleRow,
  plus,
} from '../support/reminder-oracle.js';

const ROUNDS = Number(process.env.ROUNDS ?? 3);
const SEED = Number(process.env.SEED ?? 20261126);
const FIRST = '2026-11-23';
const DAYS = 75;
let database: TestDatabase;
let company: TestCompany;
let oracle: Oracle;
beforeAll(async () => {
  database = await createTestDatabase();
});
beforeEach(async () => {
  await truncate(database.db);
  company = await createTestCompany(database.db.prisma);
  const days = await company.db.calendarDay.findMany();
  oracle = createOracle(new Map(days.map((day) => [day.date.toISOString().slice(0, 10), day.isWorkday])));
});
afterAll(() => database.close());

/** What was sent this morning of a row, and how often each person's digest holds it. */
async function saidOf(row: OracleRow, today: string): Promise<string[]> {
  const names = new Map(Object.entries(company.ids).map(([name, id]) => [id, name]));
  const sent = await company.db.reminder.findMany({
    where: { instalmentId: row.id, plannedOn: new Date(today), status: { in: ['sent', 'acked'] } },
  });
  return sent.map((one) => `${one.ruleCode}→${names.get(one.recipientId)}`).toSorted();
}

describe('over a random history', () => {
  it.each(Array.from({ length: ROUNDS }, (_, round) => SEED + round))(
    'seed %i: everybody is told what they must be told, when, and nothing twice',
    async (seed) => {
      const chance = randomFrom(seed);
      const dues = [3, 8, 14].map((days) => plus(FIRST, days + Math.floor(chance() * 12)));
      const made = await anActiveContract(
        company,
        // The last of them is a retention.
        dues.map((due, index) => [1_000_00n, due, { isRetention: index === 2 }]),
        { now: at('2026-11-20') },
      );
      const rows = made.rows.map((row, index) =>
        oracleRow(row.id, dues[index] ?? '', row.outstanding, row.isRetention),
      );
      const history: string[] = [];
      let said = 0;
      for (let n = 0; n < DAYS; n += 1) {
        const today = plus(FIRST, n);
        // An outage: nothing runs that day, nothing is lost by it.
        if (chance() > 0.15) {
          await morning(company, today);
          for (const [index, row] of rows.entries()) {
            const expected = oracle.mustSay(row, today).toSorted();
            const actual = await saidOf(row, today);
            expect(actual, `seed ${seed}, ${today}, row ${index}, after:\n${history.join('\n')}`).toEqual(
              expected,
            );
            said += actual.length;
          }
          await morning(company, today, '12:00');
        } else history.push(`${today} outage`);
        const row = rows[Math.floor(chance() * rows.length)];
        if (row && chance() < (isOwed(row) ? 0.35 : 0.6))
          history.push(
            `${today} row ${rows.indexOf(row)} ${await happen(oracle, company, row, today, chance)}`,
          );
      }
      const stored = await company.db.escalationCase.findMany({ where: { closedOn: null } });
      for (const row of rows.filter(isOwed))
        expect(stored.find((one) => one.instalmentId === row.id)?.level ?? null).toBe(row.level);
      expect(said).toBeGreaterThan(20);
    },
    120_000,
  );
});

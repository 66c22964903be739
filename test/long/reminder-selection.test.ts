// The morning's selection over many rows: found by index, as the pure rule would find it, in short transactions.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../src/domain/ids.js';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import {
  listStepCandidates,
  listWeeklyCandidates,
  stepCondition,
} from '../../src/domain/reminders/candidates.queries.js';
import { DEFAULT_LADDER } from '../../src/domain/reminders/ladder.js';
import { companyOnly } from '../../src/domain/reminders/ladders.js';
import { listLateCandidates } from '../../src/domain/reminders/late-candidates.queries.js';
import { planReminders } from '../../src/domain/reminders/plan-reminders.service.js';
import { stepDecider } from '../../src/domain/reminders/plan-row.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { at } from '../support/mornings.js';

const ROWS = 20_000;
const TODAY = localDate('2026-12-14');
let database: TestDatabase;
let company: TestCompany;

/** Rows at every rank, with every N, due from 200 days ago to 400 days ahead; most lie far from any step. */
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  const { contract, rows } = await anActiveContract(company, [[100n, null]], { now: at('2026-11-20') });
  const [pattern] = rows;
  if (!pattern) throw new Error('no row');
  const ids = Array.from({ length: ROWS }, () => newId(at('2026-11-20')));
  await company.db.$executeRaw`
    INSERT INTO instalment (id, contract_id, customer_id, seq, name, amount, currency, outstanding, due_on, original_due_on,
      effective_due, remind_days_ahead, first_remind_on, step_rank, weekly_on, is_retention, lifecycle, opened_on, owner_id, created_at,
      created_by, updated_at, updated_by)
    SELECT x.id, ${contract.id}::uuid, ${contract.customerId}::uuid, 100 + x.n, 'part', 100000, 'CNY',
      CASE WHEN x.n % 17 = 0 THEN 50 ELSE 100000 END, x.due, x.due, x.due, x.days, x.due - x.days,
      CASE WHEN x.n % 3 = 0 THEN (x.n / 3 % 8)::int * 100 WHEN x.due > ${TODAY}::date THEN 0 ELSE 700 END,
      CASE WHEN x.n % 5 = 0 THEN NULL ELSE date '2026-12-14' END, x.n % 7 = 0, 'open', date '2026-11-20',
      ${company.ids.rep}::uuid, now(), ${company.ids.rep}::uuid, now(), ${company.ids.rep}::uuid
    FROM (SELECT id, n::int AS n, ${TODAY}::date - 200 + (n % 600)::int AS due, (n % 13)::int AS days
      FROM unnest(${ids}::uuid[]) WITH ORDINALITY AS t(id, n)) x`;
  await company.db.$executeRaw`ANALYZE instalment`;
});
afterAll(() => database.close());

async function explain(query: Prisma.Sql): Promise<string> {
  const lines = await company.db.$queryRaw<{ 'QUERY PLAN': string }[]>`EXPLAIN ${query}`;
  return lines.map((line) => line['QUERY PLAN']).join('\n');
}

describe('the selection', () => {
  it.each(['2026-12-14', '2026-12-12', '2026-12-11', '2026-09-30'])(
    'on %s finds the rows that the pure rule finds, and few others',
    async (day) => {
      const today: LocalDate = localDate(day);
      const { calendar } = (await company.system()).company;
      const found = await listStepCandidates(company.db, {
        ladders: companyOnly(DEFAULT_LADDER),
        calendar,
        today,
        tolerance: Prisma.sql`100`,
      });
      const late = await listLateCandidates(company.db, {
        ladders: companyOnly(DEFAULT_LADDER),
        calendar,
        today,
        tolerance: Prisma.sql`100`,
      });
      const decide = stepDecider(companyOnly(DEFAULT_LADDER), calendar, today, () => 100);
      const all = await company.db.instalment.findMany({
        where: { lifecycle: 'open', outstanding: { gt: 100n }, effectiveDue: { not: null } },
        select: {
          id: true,
          customerId: true,
          templateId: true,
          effectiveDue: true,
          remindDaysAhead: true,
          stepRank: true,
          isRetention: true,
          openedOn: true,
        },
      });
      const expected = all.filter((row) => {
        const due = row.effectiveDue && localDate(row.effectiveDue.toISOString().slice(0, 10));
        return (
          due !== null &&
          decide({
            id: row.id,
            currency: 'CNY',
            customerId: row.customerId,
            templateId: row.templateId,
            effectiveDue: due,
            remindDaysAhead: row.remindDaysAhead,
            doneRank: row.stepRank,
            openedOn: row.openedOn && localDate(row.openedOn.toISOString().slice(0, 10)),
            caseLevel: null,
            raisedOn: null,
            ackedUntil: null,
            outstanding: 100_000n,
            blockUntil: null,
            promisedOn: null,
            promisedLeft: null,
            promiseCount: 0,
            waiting: 0n,
            disputedOn: null,
            disputeTold: false,
            isRetention: row.isRetention,
          }) !== null
        );
      });
      const decided = found.filter((rows) => decide(rows) !== null);
      const told = [...late.filter((rows) => decide(rows) !== null), ...decided];
      const ids = new Set(told.flatMap((rows) => rows.ids));
      expect([...ids].toSorted()).toEqual(expected.map((row) => row.id).toSorted());
      // On a day off what is only listed is not looked at either, minute by minute.
      expect(found.length).toBe(decided.length);
    },
  );

  it('uses the partial indexes of open rows, for the steps and for the weekly line', async () => {
    const { calendar } = (await company.system()).company;
    const due = stepCondition(companyOnly(DEFAULT_LADDER), calendar, TODAY);
    if (!due) throw new Error('a Monday has steps');
    const steps = await explain(Prisma.sql`SELECT i.id FROM instalment i
      WHERE i.lifecycle = 'open' AND i.outstanding > 100 AND (${due})`);
    expect(steps).toContain('instalment_first_remind_idx');
    expect(steps).toContain('instalment_step_due_idx');
    expect(steps).not.toContain('Seq Scan');
    const rule = DEFAULT_LADDER.find((one) => one.code === 'W');
    if (!rule) throw new Error('the ladder has a weekly rule');
    const where = {
      rule,
      ranks: DEFAULT_LADDER.map((one) => one.rank),
      calendar,
      today: TODAY,
      tolerance: Prisma.sql`100`,
    };
    const weekly = await listWeeklyCandidates(company.db, where);
    const missed = await company.db.instalment.count({
      where: {
        outstanding: { gt: 100n },
        weeklyOn: null,
        isRetention: false,
        effectiveDue: { lt: new Date(addDays(TODAY, -7)) },
      },
    });
    expect(weekly.length).toBe(missed);
  });

  it('plans thousands of rows at once, each once, and a second run adds none', async () => {
    const ctx = await company.system(at(TODAY));
    // A row that took a step today takes nothing more today; of a week ago it may take what is due.
    const told = (
      await company.db.instalment.findMany({
        where: { weeklyOn: new Date(TODAY) },
        select: { id: true },
      })
    ).map((row) => row.id);
    await planReminders(ctx);
    expect(await company.db.reminder.count({ where: { instalmentId: { in: told } } })).toBe(0);
    await company.db
      .$executeRaw`UPDATE instalment SET weekly_on = date '2026-12-07' WHERE id = ANY(${told}::uuid[])`;
    const first = await planReminders(ctx);
    expect(first.reminders).toBeGreaterThan(5_000);
    expect(await planReminders(ctx)).toEqual({ reminders: 0, cases: 0, digests: 0 });
    const [twice] = await company.db.$queryRaw<{ count: number }[]>`
      SELECT COUNT(*)::int AS count FROM (SELECT 1 FROM reminder WHERE status = 'pending'
        GROUP BY instalment_id, recipient_id HAVING COUNT(*) > 1) t`;
    expect(twice?.count).toBe(0);
    const linked = await company.db.reminder.count({ where: { status: 'pending', outboxId: null } });
    expect(linked).toBe(0);
  });
});

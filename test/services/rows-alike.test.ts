// Rows that are read as one because a step cannot tell them apart: each alone would be decided as all of them are.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { transact } from '../../src/db/transact.js';
import { newId } from '../../src/domain/ids.js';
import { fromUtcDate, localDate } from '../../src/domain/local-date.js';
import { DEFAULT_LADDER, RANK_STEP } from '../../src/domain/reminders/ladder.js';
import { loadLadders, toColumns } from '../../src/domain/reminders/ladder.queries.js';
import { stepDecider } from '../../src/domain/reminders/plan-row.js';
import { lockCandidates } from '../../src/domain/reminders/rows-alike.queries.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { anActiveContract, createTestCompany, type TestCompany } from '../support/company.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';
import { at } from '../support/mornings.js';

const ROWS = 1_200;
const TODAY = localDate('2026-12-14');
const NOW = at('2026-11-20');
/** Of these at least: of every cause, by the company's ladder and by others, and nothing. */
const TAKEN = [
  null,
  'E4 promise',
  'E2 dispute',
  'E5 day',
  'E6 day',
  'R4 day',
  'own:customer day',
  'own:instalment day',
];
let database: TestDatabase;
let company: TestCompany;

/** Rows around today: some opened late, promised, paused, disputed or with a case; of two customers, one with a ladder of its own. */
beforeAll(async () => {
  database = await createTestDatabase();
  company = await createTestCompany(database.db.prisma);
  const { ids } = company;
  for (const who of ['rep', 'rep2'] as const) {
    const { contract } = await anActiveContract(company, [[100n, null]], { who, now: NOW });
    const made = Array.from({ length: ROWS / 2 }, () => newId(NOW));
    await company.db.$executeRaw`
      INSERT INTO instalment (id, contract_id, customer_id, seq, name, amount, currency, outstanding, due_on, original_due_on,
        effective_due, remind_days_ahead, first_remind_on, step_rank, lifecycle, opened_on, owner_id, created_at, created_by,
        updated_at, updated_by, promised_on, promised_amount, promised_left, promise_count, block_until, disputed,
        disputed_on, dispute_told, weekly_on)
      SELECT x.id, ${contract.id}::uuid, ${contract.customerId}::uuid, 100 + x.n, 'part', 100000 + x.n, 'CNY', 50000 + x.n,
        x.due, x.due, x.due, x.n % 2 * 7, x.due - x.n % 2 * 7, x.n / 6 % 3 * 500, 'open',
        CASE x.n % 5 WHEN 0 THEN x.due + 3 WHEN 1 THEN ${TODAY}::date - 8 ELSE x.due - 30 - x.n % 11 END, ${contract.ownerId}::uuid, now(),
        ${ids.rep}::uuid, now(), ${ids.rep}::uuid, CASE WHEN x.n % 7 = 0 THEN ${TODAY}::date - 3 + x.n % 2 * 6 END,
        CASE WHEN x.n % 7 = 0 THEN 1000 END, CASE WHEN x.n % 7 = 0 THEN 40000 + x.n % 4 * 10000 END, x.n % 4,
        CASE WHEN x.n % 13 = 0 THEN ${TODAY}::date - 1 + x.n % 3 END, x.n % 17 = 0,
        CASE WHEN x.n % 17 = 0 THEN ${TODAY}::date - 20 + x.n % 10 END, x.n % 34 = 0,
        CASE WHEN x.n % 2 = 0 THEN ${TODAY}::date END
      FROM (SELECT id, n::int AS n, ${TODAY}::date - 100 + (n % 6)::int * 20 AS due
        FROM unnest(${made}::uuid[]) WITH ORDINALITY AS t(id, n)) x`;
  }
  await company.db.$executeRaw`
    INSERT INTO escalation_case (id, instalment_id, level, opened_on, raised_on, recipient_ids, acked_until, created_at, updated_at)
    SELECT gen_random_uuid(), id, 1, ${TODAY}::date - 5, ${TODAY}::date - seq % 10, ARRAY[${ids.manager}]::uuid[],
      CASE WHEN seq % 3 = 0 THEN ${TODAY}::date + 2 END, now(), now()
    FROM instalment WHERE seq % 4 = 0 AND effective_due < ${TODAY}::date`;
  const [row] = await company.db.instalment.findMany({
    where: {
      ownerId: ids.rep2,
      effectiveDue: new Date(TODAY),
      stepRank: 0,
      promisedOn: null,
      blockUntil: null,
    },
    take: 1,
  });
  const { customerId } = await company.db.instalment.findFirstOrThrow({ where: { ownerId: ids.rep } });
  const own = (scope: string, scopeId: string, offsetDays: number) => ({
    id: newId(NOW),
    code: `own:${scope}`,
    scope,
    scopeId,
    ...toColumns(DEFAULT_LADDER.find((rule) => rule.code === 'R4') ?? never()),
    offsetDays,
    rank: RANK_STEP,
  });
  await company.db.reminderRule.createMany({
    data: [own('customer', customerId, 5), own('instalment', row?.id ?? never(), 0)],
  });
});
afterAll(() => database.close());

const never = (): never => {
  throw new Error('not there');
};

it('takes each row once, and of each sort as every row of it would be taken alone', async () => {
  const { calendar } = (await company.system()).company;
  const decide = stepDecider(await loadLadders(company.db), calendar, TODAY, () => 100);
  const rows = await company.db.instalment.findMany({ include: { cases: true } });
  const ids = rows.map((row) => row.id);
  const sorts = await transact(company.db, (tx) => lockCandidates(tx, ids, Prisma.sql`100`));
  const date = (day: Date | null) => day && fromUtcDate(day);
  const alone = new Map(
    rows.flatMap((row) => {
      const [found] = row.cases;
      const step = decide({
        ...row,
        doneRank: row.stepRank,
        waiting: 0n,
        effectiveDue: date(row.effectiveDue),
        openedOn: date(row.openedOn),
        blockUntil: date(row.blockUntil),
        promisedOn: date(row.promisedOn),
        disputedOn: row.disputed ? date(row.disputedOn) : null,
        caseLevel: found?.level ?? null,
        raisedOn: date(found?.raisedOn ?? null),
        ackedUntil: date(found?.ackedUntil ?? null),
      });
      const { ownerId, dueEpoch } = row;
      return [[row.id, { step, ownerId, dueEpoch, weeklyOn: date(row.weeklyOn), caseId: found?.id ?? null }]];
    }),
  );
  const together = new Map(
    sorts.flatMap((sort) => {
      const { ownerId, dueEpoch, weeklyOn, caseId } = sort;
      const step = decide(sort);
      return sort.ids.map((id) => [id, { step, ownerId, dueEpoch, weeklyOn, caseId }]);
    }),
  );
  expect(sorts.flatMap((sort) => sort.ids).length).toBe(together.size);
  expect(together.size).toBe(rows.filter((row) => row.outstanding > 100n).length);
  for (const [id, one] of together) expect({ id, one }).toEqual({ id, one: alone.get(id) });
  const taken = new Set([...together.values()].map(({ step }) => step && `${step.rule.code} ${step.cause}`));
  expect([...taken]).toEqual(expect.arrayContaining(TAKEN));
  expect(sorts.length).toBeLessThan(ROWS * 0.6);
});

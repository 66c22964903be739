// The display state as SQL, and as the conditions of lists, equals the pure function, for every combination of facts
// around today (rules §4 no. 8).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { PLAN_STATES } from '../../src/domain/lists/list-filter.js';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { displayStateSql } from '../../src/domain/plans/display-state.sql.js';
import { displayState, type InstalmentFacts, type Lifecycle } from '../../src/domain/plans/instalment.js';
import { stateHolds } from '../../src/domain/plans/instalment-search.queries.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase } from '../support/database.js';

const TODAY = localDate('2026-11-20');
const LIFECYCLES: Lifecycle[] = ['inactive', 'open', 'settled', 'written_off', 'cancelled'];
const DAYS: (LocalDate | null)[] = [null, -40, -1, 0, 1, 40].map((days) =>
  days === null ? null : addDays(TODAY, days),
);
const OUTSTANDING = [0n, 1n, 100n];

const ALL: InstalmentFacts[] = LIFECYCLES.flatMap((lifecycle) =>
  OUTSTANDING.flatMap((outstanding) =>
    DAYS.flatMap((dueOn) =>
      DAYS.map((postponedTo) => ({
        lifecycle,
        outstanding,
        amount: 100n,
        dueOn,
        postponedTo,
        effectiveDue: postponedTo ?? dueOn,
      })),
    ),
  ),
);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('is the same rule in SQL and in TypeScript', async () => {
  const { rows } = await database.db.pool.query<{ n: number; state: string }>(
    `SELECT f.n::int AS n, ${displayStateSql('f', '$1::date')} AS state
     FROM unnest($2::text[], $3::bigint[], $4::date[], $5::date[], $6::date[])
       WITH ORDINALITY AS f(lifecycle, outstanding, due_on, postponed_to, effective_due, n) ORDER BY n`,
    [
      TODAY,
      ALL.map((facts) => facts.lifecycle),
      ALL.map((facts) => facts.outstanding.toString()),
      ALL.map((facts) => facts.dueOn),
      ALL.map((facts) => facts.postponedTo),
      ALL.map((facts) => facts.effectiveDue),
    ],
  );
  expect(rows).toHaveLength(ALL.length);
  expect(rows.map((row) => row.state)).toEqual(ALL.map((facts) => displayState(facts, TODAY)));
  expect(new Set(rows.map((row) => row.state)).size).toBe(8);
});

it('is what lists are narrowed by, where the table allows the facts', async () => {
  const allowed = ALL.filter(
    (facts) =>
      (facts.lifecycle !== 'settled' || facts.outstanding === 0n) &&
      (facts.lifecycle !== 'inactive' || facts.outstanding > 0n),
  );
  for (const state of PLAN_STATES) {
    const rows = await database.db.prisma.$queryRaw<{ holds: boolean }[]>(Prisma.sql`
      SELECT (${stateHolds(state, TODAY)}) AS holds
      FROM unnest(${allowed.map((facts) => facts.lifecycle)}::"InstalmentLifecycle"[],
        ${allowed.map((facts) => facts.outstanding)}::bigint[], ${allowed.map((facts) => facts.dueOn)}::date[],
        ${allowed.map((facts) => facts.postponedTo)}::date[], ${allowed.map((facts) => facts.effectiveDue)}::date[])
        WITH ORDINALITY AS i(lifecycle, outstanding, due_on, postponed_to, effective_due, n) ORDER BY i.n`);
    expect(
      rows.map((row) => row.holds),
      state,
    ).toEqual(allowed.map((facts) => displayState(facts, TODAY) === state));
  }
});

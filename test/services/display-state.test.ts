// The display state as SQL equals the pure function, for every combination of facts around today (rules §4 no. 8).
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addDays, type LocalDate, localDate } from '../../src/domain/local-date.js';
import { displayStateSql } from '../../src/domain/plans/display-state.sql.js';
import { displayState, type InstalmentFacts, type Lifecycle } from '../../src/domain/plans/instalment.js';
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

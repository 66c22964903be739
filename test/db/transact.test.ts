import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { queryQuick } from '../../src/db/quick-query.js';
import { isUniqueViolation, isWriteConflict, transact } from '../../src/db/transact.js';
import { ClientInsideTransactionError } from '../../src/db/transaction-scope.js';
import { Prisma } from '../../src/generated/prisma/client.js';
import { createTestDatabase, type TestDatabase, truncate } from '../support/database.js';

const { engine } = inject('testDatabase');
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ alone: true });
  await database.db.pool.query(`
    CREATE TABLE probe (id int PRIMARY KEY, name text CONSTRAINT probe_name_key UNIQUE);
    CREATE FUNCTION fail_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.name = 'conflict' THEN RAISE EXCEPTION 'lost' USING ERRCODE = '40001'; END IF;
      RETURN NULL;
    END $$;
    CREATE CONSTRAINT TRIGGER probe_commit AFTER INSERT ON probe DEFERRABLE INITIALLY DEFERRED
      FOR EACH ROW EXECUTE FUNCTION fail_at_commit();`);
});
beforeEach(() => truncate(database.db));
afterAll(() => database.close());

const db = () => database.db.prisma;
const insert = (client: Pick<ReturnType<typeof db>, '$executeRaw'>, id: number, name: string) =>
  client.$executeRaw`INSERT INTO probe VALUES (${id}, ${name})`;
const names = async () => {
  const { rows } = await database.db.pool.query<{ name: string }>('SELECT name FROM probe ORDER BY id');
  return rows.map(({ name }) => name);
};
const jobRun = (slot: string) => ({ id: randomUUID(), job: 'probe', slot, startedAt: new Date(0) });
const fail = (code: string) => `DO $$ BEGIN RAISE EXCEPTION 'told to' USING ERRCODE = '${code}'; END $$`;

describe('transact', () => {
  test('commits what the work wrote and returns its result', async () => {
    expect(await transact(db(), (tx) => insert(tx, 1, 'a'))).toBe(1);
    expect(await names()).toEqual(['a']);
  });

  test('rolls back and passes on what the work throws, without a second try', async () => {
    let runs = 0;
    const work = transact(db(), async (tx) => {
      runs += 1;
      await insert(tx, 1, 'a');
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect(runs).toBe(1);
    expect(await names()).toEqual([]);
  });

  test('runs READ COMMITTED in UTC', async () => {
    const settings = await transact(
      db(),
      (tx) =>
        tx.$queryRaw`SELECT current_setting('transaction_isolation') AS level, current_setting('TimeZone') AS zone`,
    );
    expect(settings).toEqual([{ level: 'read committed', zone: 'UTC' }]);
  });

  test.each(['40001', '40P01'])('runs again after SQLSTATE %s in a statement', async (code) => {
    let runs = 0;
    await transact(db(), async (tx) => {
      runs += 1;
      await insert(tx, runs, `run ${runs}`);
      if (runs < 3) await tx.$executeRawUnsafe(fail(code));
    });
    expect(await names()).toEqual(['run 3']);
  });

  test('runs again after a conflict that only COMMIT reports', async () => {
    let runs = 0;
    await transact(db(), async (tx) => {
      runs += 1;
      await insert(tx, 1, runs === 1 ? 'conflict' : 'won');
    });
    expect(runs).toBe(2);
    expect(await names()).toEqual(['won']);
  });

  test('gives up after the allowed attempts and passes the conflict on', async () => {
    let runs = 0;
    const work = transact(
      db(),
      async (tx) => {
        runs += 1;
        await tx.$executeRawUnsafe(fail('40001'));
      },
      { attempts: 3 },
    );
    await expect(work).rejects.toSatisfy(isWriteConflict);
    expect(runs).toBe(3);
  });

  test('ends work that takes too long, and rolls it back', async () => {
    const work = transact(
      db(),
      async (tx) => {
        await insert(tx, 1, 'late');
        await sleep(400);
      },
      { timeoutMs: 100 },
    );
    await expect(work).rejects.toMatchObject({ code: 'P2028' });
    expect(await names()).toEqual([]);
  });
});

describe('the outer client inside transact', () => {
  test.each([
    ['a query', () => db().jobRun.count()],
    ['raw SQL', () => db().$queryRaw`SELECT 1`],
    ['another transact', () => transact(db(), async () => 1)],
    ['a batch', () => db().$transaction([])],
    ['a quick read', () => queryQuick(db(), Prisma.sql`SELECT 1`)],
  ])('refuses %s at once and rolls back', async (_, misuse) => {
    const began = performance.now();
    const work = transact(db(), async (tx) => {
      await insert(tx, 1, 'a');
      await misuse();
    });
    await expect(work).rejects.toThrow(ClientInsideTransactionError);
    expect(performance.now() - began).toBeLessThan(2_000);
    expect(await names()).toEqual([]);
  });

  test('is free again for what the work left running, and for everybody else all along', async () => {
    let later: Promise<number> | undefined;
    let other: Promise<number> | undefined;
    const start = sleep(10).then(() => {
      other = db().jobRun.count();
    });
    await transact(db(), async (tx) => {
      await insert(tx, 1, 'a');
      later = sleep(100).then(() => db().jobRun.count());
      await sleep(40);
    });
    await start;
    expect(await later).toBe(0);
    expect(await other).toBe(0);
  });
});

describe('isUniqueViolation', () => {
  test('tells the constraint in raw SQL, by its name alone', async () => {
    await insert(db(), 1, 'a');
    const error: unknown = await insert(db(), 2, 'a').catch((e: unknown) => e);
    expect(isUniqueViolation(error, 'probe_name_key')).toBe(true);
    expect(isUniqueViolation(error, 'probe_pkey')).toBe(false);
  });

  test('tells it in a model query, inside and outside of a transaction', async () => {
    await db().jobRun.create({ data: jobRun('s') });
    const outside: unknown = await db()
      .jobRun.create({ data: jobRun('s') })
      .catch((e: unknown) => e);
    expect(isUniqueViolation(outside, 'job_run_job_slot_key')).toBe(true);
    const inside: unknown = await transact(db(), (tx) => tx.jobRun.create({ data: jobRun('s') })).catch(
      (e: unknown) => e,
    );
    expect(isUniqueViolation(inside, 'job_run_job_slot_key')).toBe(true);
    expect(isUniqueViolation(inside, 'job_run_pkey')).toBe(false);
  });

  test('is false for everything else', async () => {
    const other: unknown = await db()
      .$executeRawUnsafe(fail('23514'))
      .catch((e: unknown) => e);
    for (const error of [other, new Error('probe_name_key'), undefined, null, 'probe_name_key']) {
      expect(isUniqueViolation(error, 'probe_name_key')).toBe(false);
    }
  });
});

// Two sessions at once, which the embedded engine does not have.
if (engine === 'postgres') {
  describe('against another session', () => {
    test('a real deadlock: both transactions succeed', async () => {
      await insert(db(), 1, 'a');
      await insert(db(), 2, 'b');
      let runs = 0;
      let arrived = 0;
      let open = () => {};
      const both = new Promise<void>((resolve) => {
        open = resolve;
      });
      const lockInOrder = (first: number, second: number) =>
        transact(db(), async (tx) => {
          runs += 1;
          await tx.$queryRaw`SELECT id FROM probe WHERE id = ${first} FOR UPDATE`;
          arrived += 1;
          if (arrived === 2) open();
          await both;
          await tx.$executeRaw`UPDATE probe SET name = name || '!' WHERE id = ${second}`;
        });
      await Promise.all([lockInOrder(1, 2), lockInOrder(2, 1)]);
      expect(runs).toBe(3);
      expect(await names()).toEqual(['a!', 'b!']);
    });

    test('a real serialization failure: the second run sees the other one', async () => {
      await insert(db(), 1, 'a');
      let runs = 0;
      await transact(db(), async (tx) => {
        runs += 1;
        await tx.$executeRaw`SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`;
        await tx.$queryRaw`SELECT name FROM probe`;
        if (runs === 1) await database.db.pool.query(`UPDATE probe SET name = 'other'`);
        await tx.$executeRaw`UPDATE probe SET name = name || ' + mine'`;
      });
      expect(runs).toBe(2);
      expect(await names()).toEqual(['other + mine']);
    });
  });
}

// The company that tests begin with. Making it through the use case takes longer than most tests: on a database that begins
// again and again, what the use case made is kept in a schema beside and copied from there.
import type { Db } from '../../src/db/client.js';
import { loadCompany } from '../../src/domain/settings/company.service.js';

interface Kept {
  /** Beginnings so far at this time. */
  times: number;
  /** The statement that makes it again on an empty database. */
  copy?: string;
}

const kept = new WeakMap<Db, Map<number, Kept>>();

/** As loadCompany on its first use, with the same ids each time. On a database with a company in it, nothing happens. */
export async function startCompany(db: Db, now: Date): Promise<void> {
  const ofDb = kept.get(db) ?? new Map<number, Kept>();
  kept.set(db, ofDb);
  const known = ofDb.get(now.getTime()) ?? { times: 0 };
  ofDb.set(now.getTime(), known);
  known.times += 1;
  if (known.copy !== undefined) {
    await db.$executeRawUnsafe(known.copy);
    return;
  }
  // Most databases of their own begin once: they stay as they are.
  const isWorthIt = known.times > 1 && (await filledTables(db)).length === 0;
  await loadCompany(db, now);
  if (isWorthIt) known.copy = await keep(db, `kept_at_${now.getTime()}`);
}

async function filledTables(db: Db): Promise<string[]> {
  const tables = await db.$queryRaw<{ name: string }[]>`
    SELECT format('%I', tablename) AS name FROM pg_tables
    WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`;
  const [found] = await db.$queryRawUnsafe<{ names: (string | null)[] }[]>(
    `SELECT ARRAY[${tables.map(({ name }) => `CASE WHEN EXISTS (SELECT FROM ${name}) THEN '${name}' END`).join(', ')}] AS names`,
  );
  return found?.names.filter((name) => name !== null) ?? [];
}

/** @returns the statement that copies it all back; references are looked at once all of it is there */
async function keep(db: Db, schema: string): Promise<string> {
  const tables = await filledTables(db);
  await db.$executeRawUnsafe(`CREATE SCHEMA ${schema}`);
  for (const name of tables) await db.$executeRawUnsafe(`CREATE TABLE ${schema}.${name} AS TABLE ${name}`);
  const copies = tables.map(
    (name, index) => `c${index} AS (
      INSERT INTO ${name} SELECT * FROM ${schema}.${name} WHERE NOT EXISTS (SELECT FROM company))`,
  );
  return `WITH ${copies.join(', ')} SELECT 1`;
}

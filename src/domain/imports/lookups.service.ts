// What rows of a file name, looked up for many rows at once.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { visibleOwners } from '../access.js';
import type { CustomerRef, FindCustomer } from './decide-contract.js';
import type { ImportKind } from './fields.js';
import { IMPORT_ACTIONS } from './import-access.js';
import type { StagedRow } from './import-row.js';

export const textsOf = (rows: readonly StagedRow[], field: string): string[] => [
  ...new Set(rows.flatMap(({ fields }) => (typeof fields[field] === 'string' ? [fields[field]] : []))),
];

/**
 * Ids of the customers with these names or codes. Planned anew each time: while an import fills an empty table, a plan of
 * its beginning would look through all that is there for every batch.
 */
export async function findCustomerIds(
  db: Tx | Ctx['db'],
  named: { readonly names: readonly string[]; readonly codes: readonly string[] },
): Promise<string[]> {
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT k.id::text FROM unnest(${[...named.names]}::text[]) n(name)
    CROSS JOIN LATERAL (SELECT c.id FROM customer c WHERE c.name = n.name AND c.deleted_at IS NULL OFFSET 0) k
    UNION SELECT k.id::text FROM unnest(${[...named.codes]}::text[]) n(code)
    CROSS JOIN LATERAL (SELECT c.id FROM customer c WHERE c.code = n.code AND c.deleted_at IS NULL OFFSET 0) k`;
  return found.map((row) => row.id);
}

/** Customers by code or name in the importer's scope for this kind. */
export async function findCustomersOf(
  db: Tx | Ctx['db'],
  ctx: Ctx,
  kind: ImportKind,
  rows: readonly StagedRow[],
): Promise<FindCustomer> {
  const refs = textsOf(rows, 'customer');
  const owners = visibleOwners(ctx.actor, IMPORT_ACTIONS[kind]);
  const ids = await findCustomerIds(db, { names: refs, codes: refs });
  // Whoever is being merged into another customer is waited for, and is not found afterwards.
  const held = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM customer WHERE id = ANY(${ids}::uuid[]) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE`;
  const found = await db.customer.findMany({
    where: {
      id: { in: held.map((row) => row.id) },
      // Nothing new is agreed with a customer that is frozen or closed; money from it is still taken.
      ...(kind === 'contracts' && { status: 'active' as const }),
      ...(owners !== 'all' && { ownerId: { in: [...owners] } }),
    },
    select: { id: true, code: true, name: true, ownerId: true },
  });
  const byCode = new Map<string, CustomerRef[]>();
  const byName = new Map<string, CustomerRef[]>();
  for (const { code, ...customer } of found) {
    byCode.set(code, [customer]);
    byName.set(customer.name, [...(byName.get(customer.name) ?? []), customer]);
  }
  return (ref) => byCode.get(ref) ?? byName.get(ref) ?? [];
}

export async function activePeople(tx: Tx): Promise<Set<string>> {
  const people = await tx.user.findMany({ where: { active: true }, select: { id: true } });
  return new Set(people.map((person) => person.id));
}

/** What rows with these keys have become in an earlier import. */
export async function findKeys(
  tx: Tx,
  kind: ImportKind,
  rows: readonly StagedRow[],
): Promise<Map<string, string>> {
  const keys = await tx.importKey.findMany({ where: { kind, key: { in: rows.map((row) => row.rowKey) } } });
  return new Map(keys.map((entry) => [entry.key, entry.subjectId]));
}

/** Remembers what became of rows, so that a second import of them is a duplicate. */
export async function keepKeys(
  tx: Tx,
  ctx: Ctx,
  kind: ImportKind,
  made: readonly { key: string; subjectId: string }[],
): Promise<void> {
  if (made.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO import_key (kind, key, subject_id, created_at)
    SELECT ${kind}, k.key, k.id, ${ctx.now}
    FROM unnest(${made.map((entry) => entry.key)}::text[], ${made.map((entry) => entry.subjectId)}::uuid[]) AS k(key, id)
    ON CONFLICT (kind, key) DO NOTHING`;
}

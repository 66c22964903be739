// What rows of a file name, looked up for many rows at once.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { visibleOwners } from '../access.js';
import { twinKey } from '../customers/customer.js';
import { MAY_OWN } from '../members/member.js';
import type { CustomerRef, FindCustomer } from './decide-contract.js';
import type { ImportKind } from './fields.js';
import { IMPORT_ACTIONS } from './import-access.js';
import type { StagedRow } from './import-row.js';

export const textsOf = (rows: readonly StagedRow[], field: string): string[] => [
  ...new Set(rows.flatMap(({ fields }) => (typeof fields[field] === 'string' ? [fields[field]] : []))),
];

/**
 * Ids of the customers with these names (as `twinKey` compares them) or codes. Planned anew each time: while an import fills an empty table, a plan of
 * its beginning would look through all that is there for every batch.
 */
export async function findCustomerIds(
  db: Tx | Ctx['db'],
  named: { readonly names: readonly string[]; readonly codes: readonly string[] },
): Promise<string[]> {
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT k.id::text FROM unnest(${[...new Set(named.names.map(twinKey))]}::text[]) n(name)
    CROSS JOIN LATERAL (SELECT c.id FROM customer c
      WHERE lower(regexp_replace(normalize(c.name, NFKC), '\\s', '', 'g')) = n.name AND c.deleted_at IS NULL OFFSET 0) k
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
    const key = twinKey(customer.name);
    byName.set(key, [...(byName.get(key) ?? []), customer]);
  }
  return (ref) => byCode.get(ref) ?? exactFirst(byName.get(twinKey(ref)) ?? [], ref);
}

/** The one that is written just so, of several that differ in spaces or width only. */
function exactFirst(found: readonly CustomerRef[], name: string): readonly CustomerRef[] {
  const exact = found.filter((customer) => customer.name === name);
  return exact.length > 0 ? exact : found;
}

/** Active people who may own customers and contracts. */
export async function possibleOwners(tx: Tx): Promise<Set<string>> {
  const people = await tx.user.findMany({
    where: { active: true, roles: { hasSome: [...MAY_OWN] } },
    select: { id: true },
  });
  return new Set(people.map((person) => person.id));
}

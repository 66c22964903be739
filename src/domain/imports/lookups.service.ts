// What rows of a file name, looked up for many rows at once.
import type { Ctx } from '../../ctx.js';
import { idsParam, textsParam } from '../../db/bulk-records.js';
import type { Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { twinKey } from '../customers/customer.js';
import { MAY_OWN } from '../members/member.js';
import type { CustomerRef, FindCustomer } from './decide-contract.js';
import type { ImportKind } from './fields.js';
import type { ImportScope } from './import-access.js';
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
    SELECT k.id::text FROM unnest(${textsParam([...new Set(named.names.map(twinKey))])}) n(name)
    CROSS JOIN LATERAL (SELECT c.id FROM customer c
      WHERE lower(regexp_replace(normalize(c.name, NFKC), '\\s', '', 'g')) = n.name AND c.deleted_at IS NULL OFFSET 0) k
    UNION SELECT k.id::text FROM unnest(${textsParam(named.codes)}) n(code)
    CROSS JOIN LATERAL (SELECT c.id FROM customer c WHERE c.code = n.code AND c.deleted_at IS NULL OFFSET 0) k`;
  return found.map((row) => row.id);
}

/** What customers that were merged into others are still named by. */
interface MergedRef {
  readonly code: string;
  readonly name: string;
  /** The one that stayed. */
  readonly intoId: string;
}

/** Customers of these names or codes that were merged into others, the latest first. */
export function findMerged(
  db: Tx | Ctx['db'],
  named: { readonly names: readonly string[]; readonly codes: readonly string[] },
): Promise<MergedRef[]> {
  return db.$queryRaw<MergedRef[]>`${PLANNED_ANEW}
    SELECT c.code, c.name, c.merged_into_id::text AS "intoId" FROM customer c
    WHERE c.merged_into_id IS NOT NULL AND (c.code = ANY(${textsParam(named.codes)})
      OR lower(regexp_replace(normalize(c.name, NFKC), '\\s', '', 'g')) = ANY(${textsParam([...new Set(named.names.map(twinKey))])}))
    ORDER BY c.deleted_at DESC, c.id`;
}

/** Customers by code or name, also by those of one that was merged into them, in the scope of the import. */
export async function findCustomersOf(
  db: Tx | Ctx['db'],
  scope: ImportScope,
  kind: ImportKind,
  rows: readonly StagedRow[],
): Promise<FindCustomer> {
  const refs = textsOf(rows, 'customer');
  const named = { names: refs, codes: refs };
  const merged = await findMerged(db, named);
  const ids = [...(await findCustomerIds(db, named)), ...merged.map(({ intoId }) => intoId)];
  // Whoever is being merged into another customer is waited for, and is not found afterwards.
  const living = await db.$queryRaw<(CustomerRef & { code: string })[]>`
    SELECT id::text, code, name, owner_id::text AS "ownerId", status::text FROM customer
    WHERE id = ANY(${idsParam(ids)}) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE`;
  const byCode = new Map(living.map((customer) => [customer.code, [customer]]));
  const byId = new Map(living.map((customer) => [customer.id, customer]));
  const byName = new Map<string, CustomerRef[]>();
  for (const customer of living) {
    const key = twinKey(customer.name);
    byName.set(key, [...(byName.get(key) ?? []), customer]);
  }
  const into = (isIt: (one: MergedRef) => boolean) =>
    [...new Set(merged.filter(isIt).map(({ intoId }) => byId.get(intoId)))].filter(
      (one) => one !== undefined,
    );
  // What lives comes first, also where it lies beyond the scope: it is not somebody else by an old name.
  const find = (ref: string) => {
    const found = byCode.get(ref) ?? exactFirst(byName.get(twinKey(ref)) ?? [], ref);
    if (found.length > 0) return found;
    const coded = into(({ code }) => code === ref);
    return coded.length > 0 ? coded : into(({ name }) => twinKey(name) === twinKey(ref));
  };
  const findInScope = (ref: string) => {
    const seen = find(ref).filter(({ ownerId }) => scope === 'all' || scope.includes(ownerId));
    // Nothing new is agreed with a customer that is frozen or closed; money from it is still taken.
    const active = kind === 'contracts' ? seen.filter(({ status }) => status === 'active') : [];
    return active.length > 0 ? active : seen;
  };
  // The rows of a contract all name its customer.
  const met = new Map<string, readonly CustomerRef[]>();
  return (ref) => {
    const found = met.get(ref) ?? findInScope(ref);
    met.set(ref, found);
    return found;
  };
}

/** The one that is written just so, of several that differ in spaces or width only. */
function exactFirst<T extends CustomerRef>(found: readonly T[], name: string): readonly T[] {
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

// What rows of a file name, looked up for many rows at once.
import type { Ctx } from '../../ctx.js';
import { idsParam, textsParam } from '../../db/bulk-records.js';
import type { Tx } from '../../db/client.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { twinKey } from '../customers/customer.js';
import { MAY_OWN } from '../members/member.js';
import type { CustomerRef, FindCustomer } from './decide-contract.js';
import type { ImportKind } from './fields.js';
import type { ImportScope } from './import-access.js';
import type { StagedRow } from './import-row.js';

export const textsOf = (rows: readonly StagedRow[], field: string): string[] => [
  ...new Set(rows.flatMap(({ fields }) => (typeof fields[field] === 'string' ? [fields[field]] : []))),
];

interface Named {
  readonly names: readonly string[];
  readonly codes: readonly string[];
}

/** A query for the ids of living customers with these names (as `twinKey` compares them) or codes. */
const idsNamed = ({ names, codes }: Named): Prisma.Sql => Prisma.sql`
  SELECT k.id FROM unnest(${textsParam([...new Set(names.map(twinKey))])}) n(name)
  CROSS JOIN LATERAL (SELECT c.id FROM customer c
    WHERE lower(regexp_replace(normalize(c.name, NFKC), '\\s', '', 'g')) = n.name AND c.deleted_at IS NULL OFFSET 0) k
  UNION SELECT k.id FROM unnest(${textsParam(codes)}) n(code)
  CROSS JOIN LATERAL (SELECT c.id FROM customer c WHERE c.code = n.code AND c.deleted_at IS NULL OFFSET 0) k`;

/**
 * Ids of the customers with these names or codes. Planned anew each time: while an import fills an empty table, a plan of
 * its beginning would look through all that is there for every batch.
 */
export async function findCustomerIds(db: Tx | Ctx['db'], named: Named): Promise<string[]> {
  const found = await db.$queryRaw<{ id: string }[]>`${PLANNED_ANEW}
    SELECT f.id::text FROM (${idsNamed(named)}) f`;
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
export function findMerged(db: Tx | Ctx['db'], named: Named): Promise<MergedRef[]> {
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
  const living = await findLiving(
    db,
    named,
    merged.map(({ intoId }) => intoId),
  );
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

type Living = CustomerRef & { readonly code: string };
type LivingCells = [id: string, code: string, name: string, ownerId: string, status: string];

/** Those of these names and codes, and these. As one text: the client takes ten times as long over a batch's rows. */
async function findLiving(db: Tx | Ctx['db'], named: Named, ids: readonly string[]): Promise<Living[]> {
  // Whoever is being merged into another customer is waited for, and is not found afterwards.
  const [found] = await db.$queryRaw<{ rows: string | null }[]>`${PLANNED_ANEW}
    SELECT json_agg(json_build_array(k.id, k.code, k.name, k.owner_id, k.status) ORDER BY k.id)::text AS rows FROM (
      SELECT c.id, c.code, c.name, c.owner_id, c.status FROM customer c
      WHERE c.id = ANY(ARRAY(${idsNamed(named)}) || ${idsParam(ids)}) AND c.deleted_at IS NULL
      ORDER BY c.id FOR KEY SHARE) k`;
  const rows: LivingCells[] = JSON.parse(found?.rows ?? '[]');
  return rows.map(([id, code, name, ownerId, status]) => ({ id, code, name, ownerId, status }));
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

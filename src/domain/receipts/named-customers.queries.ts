// The customers whom a message names, among those for whom the person may record money (rules §12). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import { customersOf } from '../customers/customer-search.queries.js';
import type { CustomerChoice } from '../plans/plan-choices.queries.js';
import { customersNamedIn, type NamedCustomer, namesThatMayBeIn } from './named-customers.js';

/** Letters of a text in which names are looked for. */
const NAMED_IN = 300;
const MAX_NAMED = 50;

/**
 * Customers whom a text names in full; those of one's own also by their short name or as one of their payers, for which
 * there is no index.
 */
export async function findPayersNamedIn(ctx: ReadCtx, text: string): Promise<CustomerChoice[]> {
  const plain = [...text.normalize('NFKC').replace(/\s+/gu, ' ').toLowerCase()].slice(0, NAMED_IN).join('');
  const scope = customersOf(visibleOwners(ctx.actor, 'receipt.record'), { contractsToo: true });
  // The key is the indexed one of customer-twins.service.ts.
  const named = Prisma.sql`
    SELECT k.id FROM customer k
    WHERE lower(regexp_replace(normalize(k.name, NFKC), '\\s', '', 'g')) = ANY(${namesThatMayBeIn(plain)}::text[])
      AND k.deleted_at IS NULL AND ${scope?.holds ?? Prisma.sql`TRUE`} LIMIT ${MAX_NAMED}`;
  const known = scope
    ? Prisma.sql`SELECT k.id FROM (${scope.ids}) m JOIN customer k ON k.id = m.id WHERE k.deleted_at IS NULL AND EXISTS (
        SELECT 1 FROM unnest(array_append(k.related_payers, k.short_name)) said
        WHERE length(said) >= 2 AND strpos(${plain}, lower(said)) > 0) LIMIT ${MAX_NAMED}`
    : Prisma.sql`SELECT NULL::uuid WHERE FALSE`;
  const found = await ctx.db.$queryRaw<(CustomerChoice & { names: (string | null)[] })[]>`
    SELECT k.id::text, k.name, k.code, ARRAY[k.name, k.short_name] || k.related_payers AS names
    FROM customer k WHERE k.id = ANY(ARRAY(${named}) || ARRAY(${known}))`;
  return customersNamedIn(
    plain,
    found.flatMap(({ names, ...customer }): NamedCustomer[] =>
      names.flatMap((name) => {
        const called = name?.normalize('NFKC').toLowerCase() ?? '';
        return called.length < 2 ? [] : [{ ...customer, called }];
      }),
    ),
  );
}

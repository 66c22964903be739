// Names of whom and what a list is narrowed to, and the people to choose from. Whatever lies outside the reader's scope
// has no name here (rules §12). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { visibleOwners } from '../access.js';

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface FilterNames {
  readonly customer: Named | null;
  readonly owner: Named | null;
}

/** The customer and the person that a filter names. */
export async function findFilterNames(
  ctx: ReadCtx,
  filter: { readonly customerId?: string | undefined; readonly ownerId?: string | undefined },
): Promise<FilterNames> {
  const owners = visibleOwners(ctx.actor);
  const ownerId = { in: owners === 'all' ? [] : [...owners] };
  const visible =
    owners === 'all' ? {} : { OR: [{ ownerId }, { contracts: { some: { ownerId, deletedAt: null } } }] };
  const isVisible = owners === 'all' || (filter.ownerId !== undefined && owners.includes(filter.ownerId));
  const [customer, owner] = await Promise.all([
    filter.customerId === undefined
      ? null
      : ctx.db.customer.findFirst({
          where: { id: filter.customerId, ...visible },
          select: { id: true, name: true },
        }),
    filter.ownerId === undefined || !isVisible
      ? null
      : ctx.db.user.findUnique({ where: { id: filter.ownerId }, select: { id: true, name: true } }),
  ]);
  return { customer, owner };
}

/** At most 100 people whose records the reader may see, by words of their name; those who have left come last. */
export async function findOwnerOptions(ctx: ReadCtx, words: string): Promise<Named[]> {
  const owners = visibleOwners(ctx.actor);
  return ctx.db.user.findMany({
    where: {
      ...(owners !== 'all' && { id: { in: [...owners] } }),
      OR: [{ roles: { isEmpty: false } }, { contracts: { some: {} } }, { customers: { some: {} } }],
      AND: words
        .split(/\s+/u)
        .filter(Boolean)
        .map((word) => ({ name: { contains: word, mode: 'insensitive' as const } })),
    },
    orderBy: [{ active: 'desc' }, { name: 'asc' }, { id: 'asc' }],
    select: { id: true, name: true },
    take: 100,
  });
}

// Names of whom and what a list is narrowed to, and the people to choose from. Whatever lies outside the reader's scope
// has no name here (rules §12). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import { visibleOwners } from '../access.js';
import { byName } from '../name-order.js';

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface FilterNames {
  readonly customer: Named | null;
  readonly owner: Named | null;
  /** Of contracts only: whom finance named for it, and the framework it was made under. */
  readonly finance?: Named | null;
  readonly framework?: Named | null;
  /** Of customers and contracts: their type and industry, as the company calls them. */
  readonly classes?: readonly string[];
}

/** The customer, the people and the framework contract that a filter names. */
export async function findFilterNames(
  ctx: ReadCtx,
  filter: {
    readonly customerId?: string | undefined;
    readonly ownerId?: string | undefined;
    readonly financeOwnerId?: string | undefined;
    readonly parentContractId?: string | undefined;
  },
): Promise<FilterNames> {
  const owners = visibleOwners(ctx.actor);
  const ownerId = { in: owners === 'all' ? [] : [...owners] };
  const visible =
    owners === 'all' ? {} : { OR: [{ ownerId }, { contracts: { some: { ownerId, deletedAt: null } } }] };
  const isVisible = owners === 'all' || (filter.ownerId !== undefined && owners.includes(filter.ownerId));
  const [customer, owner, finance, framework] = await Promise.all([
    filter.customerId === undefined
      ? null
      : ctx.db.customer.findFirst({
          where: { id: filter.customerId, ...visible },
          select: { id: true, name: true },
        }),
    filter.ownerId === undefined || !isVisible
      ? null
      : ctx.db.user.findUnique({ where: { id: filter.ownerId }, select: { id: true, name: true } }),
    filter.financeOwnerId === undefined
      ? null
      : ctx.db.user.findFirst({
          where: { id: filter.financeOwnerId, ...OF_FINANCE },
          select: { id: true, name: true },
        }),
    filter.parentContractId === undefined
      ? null
      : ctx.db.contract.findFirst({
          where: { id: filter.parentContractId, deletedAt: null, ...(owners !== 'all' && { ownerId }) },
          select: { id: true, number: true, name: true },
        }),
  ]);
  return {
    customer,
    owner,
    finance,
    framework: framework && { id: framework.id, name: `${framework.number} ${framework.name}` },
  };
}

const OF_FINANCE = { roles: { hasSome: ['finance', 'finance_manager'] } };

/** At most 100 people of finance; who they are is no secret. */
export async function findFinanceOptions({ db }: ReadCtx): Promise<Named[]> {
  return activeFirst(await db.user.findMany({ where: OF_FINANCE, ...FIRST_PEOPLE }));
}

const FIRST_PEOPLE = {
  orderBy: [{ active: 'desc' as const }, { name: 'asc' as const }, { id: 'asc' as const }],
  select: { id: true, name: true, active: true },
  take: 100,
};

const activeFirst = (people: readonly (Named & { active: boolean })[]): Named[] =>
  [true, false].flatMap((is) =>
    byName(people.filter(({ active }) => active === is)).map(({ id, name }) => ({ id, name })),
  );

/** At most 100 people whose records the reader may see, by words of their name; those who have left come last. */
export async function findOwnerOptions(ctx: ReadCtx, words: string): Promise<Named[]> {
  const owners = visibleOwners(ctx.actor);
  const found = await ctx.db.user.findMany({
    where: {
      ...(owners !== 'all' && { id: { in: [...owners] } }),
      OR: [{ roles: { isEmpty: false } }, { contracts: { some: {} } }, { customers: { some: {} } }],
      AND: words
        .split(/\s+/u)
        .filter(Boolean)
        .map((word) => ({ name: { contains: word, mode: 'insensitive' as const } })),
    },
    ...FIRST_PEOPLE,
  });
  return activeFirst(found);
}

// Names of what a list is narrowed to, for telling it. Changes nothing; a customer outside the scope has no name here.
import { visibleOwners } from '../access.js';
import type { ReadCtx } from './instalment.queries.js';

export interface FilterNames {
  readonly customer: { readonly id: string; readonly name: string } | null;
  readonly owner: string | null;
}

/** The customer and the person that a filter names. */
export async function findFilterNames(
  ctx: ReadCtx,
  filter: { readonly customerId?: string | undefined; readonly ownerSlackId?: string | undefined },
): Promise<FilterNames> {
  const owners = visibleOwners(ctx.actor);
  const ownerId = { in: owners === 'all' ? [] : [...owners] };
  const visible =
    owners === 'all' ? {} : { OR: [{ ownerId }, { contracts: { some: { ownerId, deletedAt: null } } }] };
  const [customer, owner] = await Promise.all([
    filter.customerId === undefined
      ? null
      : ctx.db.customer.findFirst({
          where: { id: filter.customerId, ...visible },
          select: { id: true, name: true },
        }),
    filter.ownerSlackId === undefined
      ? null
      : ctx.db.user.findUnique({ where: { slackUserId: filter.ownerSlackId }, select: { name: true } }),
  ]);
  return { customer, owner: owner?.name ?? null };
}

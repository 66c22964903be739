// Writes new customers, one or thousands: the same columns, search text and audit whoever makes them.
import type { Ctx } from '../../ctx.js';
import { bulkInsert } from '../../db/bulk-insert.js';
import type { Tx } from '../../db/client.js';
import { recordAudit } from '../audit.service.js';
import { type ParsedCustomer, searchTextOf } from './customer.js';

export interface NewCustomer {
  readonly id: string;
  readonly code: string;
  readonly ownerId: string;
  readonly input: ParsedCustomer;
  /** As `searchTextOfCustomer` gives it: slow enough to be made before the transaction where there are many. */
  readonly searchText: string;
}

export const searchTextOfCustomer = (code: string, input: ParsedCustomer): string =>
  searchTextOf(input.name, input.shortName, code);

/** The caller has checked that the names are free and that the actor may. */
export async function insertCustomers(tx: Tx, ctx: Ctx, customers: readonly NewCustomer[]): Promise<void> {
  await bulkInsert(
    tx,
    'customer',
    customers.map(({ input, ...row }) => ({
      ...input,
      ...row,
      createdAt: ctx.now,
      createdById: ctx.actor.id,
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    })),
  );
  await recordAudit(
    tx,
    ctx,
    ...customers.map(({ id, code, input }) => ({
      action: 'customer.created',
      subjectType: 'customer',
      subjectId: id,
      after: { code, ...input },
    })),
  );
}

// Creates and edits customers (F1, F2, F5).
import type { Ctx } from '../../ctx.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import type { Customer } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { takeNumber } from '../numbering.service.js';
import { claimRequest } from '../requests.service.js';
import { changedOnly, versionConflict } from '../versions.service.js';
import { type CustomerInput, customerInput } from './customer.js';
import { insertCustomers, searchColumns, searchTextOfCustomer } from './customer-insert.service.js';

/**
 * A new customer owned by the actor; its code is generated.
 * @throws DomainError customer.duplicate (same name), access.denied, request.repeated
 */
export async function createCustomer(ctx: Ctx, raw: CustomerInput): Promise<Customer> {
  authorize(ctx.actor, 'customer.create');
  const input = customerInput.parse(raw);
  const code = await takeNumber(ctx, 'customer');
  const id = newId(ctx.now);
  return transact(ctx.db, async (tx) => {
    await claimRequest(tx, ctx, 'customer.create', {
      reference: code,
      subjectType: 'customer',
      subjectId: id,
    });
    const twin = await tx.customer.findFirst({ where: { name: input.name, deletedAt: null } });
    if (twin) throw new DomainError('customer.duplicate', { code: twin.code }, 'name');
    const searchText = searchTextOfCustomer(code, input);
    await insertCustomers(tx, ctx, [{ id, code, ownerId: ctx.actor.id, input, searchText }]);
    const customer = await tx.customer.findUniqueOrThrow({ where: { id } });
    return customer;
  });
}

/**
 * Changes a customer's file.
 * @throws DomainError not_found, access.denied, version.conflict, customer.duplicate
 */
export async function editCustomer(
  ctx: Ctx,
  id: string,
  version: number,
  raw: CustomerInput,
): Promise<Customer> {
  const input = customerInput.parse(raw);
  return transact(ctx.db, async (tx) => {
    const before = await lockRow(tx, 'customer', id);
    if (!before || before.deletedAt !== null) throw new DomainError('not_found', { ref: '' });
    await claimRequest(tx, ctx, 'customer.edit', {
      reference: before.code,
      subjectType: 'customer',
      subjectId: id,
    });
    authorize(ctx.actor, 'customer.edit', before.ownerId);
    if (before.version !== version) throw await versionConflict(tx, before);
    const twin = await tx.customer.findFirst({
      where: { name: input.name, deletedAt: null, id: { not: id } },
    });
    if (twin) throw new DomainError('customer.duplicate', { code: twin.code }, 'name');
    const customer = await tx.customer.update({
      where: { id },
      data: {
        ...input,
        ...searchColumns(searchTextOfCustomer(before.code, input)),
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
        version: { increment: 1 },
      },
    });
    await recordAudit(tx, ctx, {
      action: 'customer.edited',
      subjectType: 'customer',
      subjectId: id,
      before: changedOnly(before, input),
      after: changedOnly(input, before),
    });
    return customer;
  });
}

// Creates and edits customers (F1-F5, F8). Merging is customer-merge.service.ts, key events customer-event.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import type { Customer } from '../../generated/prisma/client.js';
import { authorize, can, scopeOf } from '../access.js';
import { excludeNewOwner } from '../approvals/new-owner.service.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { MAY_OWN } from '../members/member.js';
import { toActor } from '../members/member.queries.js';
import { takeNumber } from '../numbering.service.js';
import { claimRequest } from '../requests.service.js';
import { changedOnly, versionConflict } from '../versions.service.js';
import { noteLimits } from './credit-event.service.js';
import { type CustomerInput, customerInput, type ParsedCustomer } from './customer.js';
import { insertCustomers, searchColumns, searchTextOfCustomer } from './customer-insert.service.js';
import { refuseTwins } from './customer-twins.service.js';
import { mergedNamesOf } from './merged-names.queries.js';

export interface CustomerOptions {
  /** Codes of customers of the same name or tax number that the person looked at: different ones. */
  readonly checked?: readonly string[];
  readonly files?: readonly UploadedFile[];
  /** Somebody else than now (edit) or than the actor (new). */
  readonly ownerId?: string | undefined;
  /** Another limit than now, in minor units of the base currency; null: none. */
  readonly creditLimit?: bigint | null | undefined;
  /** Whether prepayments are applied by themselves once money falls due (rules §5); undefined: as now. */
  readonly autoApply?: boolean | undefined;
}

/**
 * A new customer, owned by the actor unless somebody else is named; its code is generated.
 * @throws DomainError customer.duplicate, choice.unknown (type, industry, template, owner), member.cannot_own (an owner
 *   must be named), access.denied, request.repeated
 */
export async function createCustomer(
  ctx: Ctx,
  raw: CustomerInput,
  options: CustomerOptions = {},
): Promise<Customer> {
  authorize(ctx.actor, 'customer.create');
  const input = checkChoices(ctx, customerInput.parse(raw), null);
  const code = await takeNumber(ctx, 'customer');
  const id = newId(ctx.now);
  return transact(ctx.db, async (tx) => {
    await claimRequest(tx, ctx, 'customer.create', {
      reference: code,
      subjectType: 'customer',
      subjectId: id,
    });
    const ownerId = await decideFirstOwner(tx, ctx, options.ownerId);
    const creditLimit = decideLimit(ctx, null, options.creditLimit);
    await requireTemplate(tx, input.defaultTemplateId, null);
    await refuseTwins(tx, ctx, { id: null, name: input.name, taxNo: input.taxNo }, options.checked ?? []);
    const searchText = searchTextOfCustomer(code, input);
    await insertCustomers(tx, ctx, [{ id, code, ownerId, input, searchText, creditLimit }]);
    if (creditLimit !== null) await noteLimits(tx, ctx, [{ customerId: id, from: null, to: creditLimit }]);
    const customer = await tx.customer.findUniqueOrThrow({ where: { id } });
    await keepAttachments(tx, ctx, 'customer', customer.id, options.files ?? []);
    return customer;
  });
}

/**
 * Changes a customer's file.
 * @throws DomainError not_found, access.denied, version.conflict, customer.duplicate, customer.has_open (closing),
 *   choice.unknown
 */
export async function editCustomer(
  ctx: Ctx,
  id: string,
  version: number,
  raw: CustomerInput,
  options: CustomerOptions = {},
): Promise<Customer> {
  const parsed = customerInput.parse(raw);
  return transact(ctx.db, async (tx) => {
    const before = await lockRow(tx, 'customer', id);
    if (!before || before.deletedAt !== null) throw new DomainError('not_found', { ref: '' });
    await claimRequest(tx, ctx, 'customer.edit', {
      reference: before.code,
      subjectType: 'customer',
      subjectId: id,
    });
    authorize(ctx.actor, 'customer.edit', before.ownerId);
    if (before.status === 'frozen' && parsed.status !== 'frozen') authorize(ctx.actor, 'customer.unfreeze');
    if (before.version !== version) throw await versionConflict(tx, before);
    const input = checkChoices(ctx, parsed, before);
    const ownerId = await decideOwner(tx, ctx, before.ownerId, options.ownerId);
    const creditLimit = decideLimit(ctx, before.creditLimit, options.creditLimit);
    const autoApplyById = await decideAutoApply(tx, ctx, before.autoApplyById, options.autoApply);
    await requireTemplate(tx, input.defaultTemplateId, before.defaultTemplateId);
    if (twinsMayBe(before, input)) {
      await refuseTwins(tx, ctx, { id, name: input.name, taxNo: input.taxNo }, options.checked ?? []);
    }
    if (input.status === 'closed' && before.status !== 'closed') await requireNothingOpen(tx, before);
    const next = { ...input, ownerId, creditLimit, autoApplyById };
    const customer = await tx.customer.update({
      where: { id },
      data: {
        ...next,
        ...searchColumns(searchTextOfCustomer(before.code, input, await mergedNames(tx, id))),
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
        version: { increment: 1 },
      },
    });
    if (ownerId !== before.ownerId) await excludeNewOwner(tx, ctx, 'customer', [id], ownerId);
    await keepAttachments(tx, ctx, 'customer', id, options.files ?? []);
    if (creditLimit !== before.creditLimit)
      await noteLimits(tx, ctx, [{ customerId: id, from: before.creditLimit, to: creditLimit }]);
    await recordAudit(tx, ctx, {
      action: 'customer.edited',
      subjectType: 'customer',
      subjectId: id,
      before: changedOnly(before, next),
      after: { ...changedOnly(next, before), ...fileNames(options.files) },
    });
    return customer;
  });
}

/** Codes and names of the customers that were merged into this one: they still find it. */
export const mergedNames = async (tx: Tx, id: string): Promise<string[]> =>
  (await mergedNamesOf(tx, [id])).get(id) ?? [];

const fileNames = (files: readonly UploadedFile[] = []) =>
  files.length > 0 ? { files: files.map((file) => file.name) } : {};

const twinsMayBe = (before: Customer, input: ParsedCustomer): boolean =>
  before.name !== input.name || before.taxNo !== input.taxNo;

/** A key that the dictionaries know; what the customer has already may stay. */
function checkChoices(ctx: Ctx, input: ParsedCustomer, before: Customer | null): ParsedCustomer {
  const { customerTypes, industries } = ctx.company.settings;
  const check = (field: 'type' | 'industry', entries: readonly { key: string }[]) => {
    const value = input[field];
    if (value === null || value === before?.[field] || entries.some((entry) => entry.key === value)) return;
    throw new DomainError('choice.unknown', { value }, field);
  };
  check('type', customerTypes);
  check('industry', industries);
  return input;
}

async function requireTemplate(tx: Tx, templateId: string | null, before: string | null): Promise<void> {
  if (templateId === null || templateId === before) return;
  const template = await tx.planTemplate.findFirst({ where: { id: templateId, deletedAt: null } });
  if (!template) throw new DomainError('choice.unknown', { value: '' }, 'defaultTemplateId');
}

/**
 * Whose a new customer is: the actor's, or whom they name. Who does not sell has to name somebody who does: nobody else
 * could make a contract for it. @throws DomainError member.cannot_own, choice.unknown, access.denied
 */
async function decideFirstOwner(tx: Tx, ctx: Ctx, wanted: string | undefined): Promise<string> {
  const { actor } = ctx;
  if (wanted === undefined || wanted === actor.id) {
    if (MAY_OWN.some((role) => actor.roles.includes(role))) return actor.id;
    throw new DomainError('member.cannot_own', { name: actor.name }, 'owner');
  }
  if (scopeOf(actor, 'customer.create') !== 'all') authorize(actor, 'customer.assign', wanted);
  return requireOwner(tx, wanted);
}

/** Who owns it from now on: another person only by somebody who leads both, and only one who sells. */
async function decideOwner(tx: Tx, ctx: Ctx, present: string, wanted: string | undefined): Promise<string> {
  if (wanted === undefined || wanted === present) return present;
  authorize(ctx.actor, 'customer.assign', present);
  authorize(ctx.actor, 'customer.assign', wanted);
  return requireOwner(tx, wanted);
}

/** @throws DomainError choice.unknown unless the person is active and sells */
async function requireOwner(tx: Tx, id: string): Promise<string> {
  const owner = await tx.user.findFirst({
    where: { id, active: true, roles: { hasSome: [...MAY_OWN] } },
    select: { id: true },
  });
  if (!owner) throw new DomainError('choice.unknown', { value: '' }, 'owner');
  return owner.id;
}

/** The limit from now on (F7): the head of finance's alone. @throws DomainError access.denied */
function decideLimit(ctx: Ctx, present: bigint | null, wanted: bigint | null | undefined): bigint | null {
  if (wanted === undefined || wanted === present) return present;
  authorize(ctx.actor, 'credit.edit');
  return wanted;
}

/** Who answers for it from now on: whoever of finance switches it on. @throws DomainError access.denied */
async function decideAutoApply(
  tx: Tx,
  ctx: Ctx,
  present: string | null,
  wanted: boolean | undefined,
): Promise<string | null> {
  const user = present === null ? null : await tx.user.findUnique({ where: { id: present } });
  // As the form shows it: of somebody who may not apply any more it is off.
  const works = user !== null && can(await toActor(tx, user), 'receipt.apply');
  if (wanted === undefined || wanted === works) return present;
  authorize(ctx.actor, 'receipt.apply');
  return wanted ? ctx.actor.id : null;
}

/** A customer is closed when nothing is owed and nothing is in advance. @throws DomainError customer.has_open */
export async function requireNothingOpen(
  tx: Db | Tx,
  customer: Pick<Customer, 'id' | 'code'>,
  field = 'status',
): Promise<void> {
  const { id: customerId, code } = customer;
  const contracts = await tx.contract.count({
    where: {
      customerId,
      deletedAt: null,
      status: { in: ['draft', 'rejected', 'pending_approval', 'active'] },
    },
  });
  const money = await tx.receipt.count({
    where: { customerId, OR: [{ status: 'submitted' }, { unapplied: { gt: 0n } }] },
  });
  if (contracts + money > 0) throw new DomainError('customer.has_open', { code }, field);
}

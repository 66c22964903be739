// Creates, edits and deletes contracts (F16-F19). Approval of contracts is contract-approval.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import type { Contract, Customer } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import type { UploadedFile } from '../attachments.js';
import { keepAttachments } from '../attachments.service.js';
import { recordAudit } from '../audit.service.js';
import { requireActiveCustomer } from '../customers/customer.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { fromUtcDate, type LocalDate, toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';
import { takeNumber } from '../numbering.service.js';
import { addRevisions } from '../plans/instalment.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { changedOnly, versionConflict } from '../versions.service.js';
import {
  allowsEvent,
  type ContractEvent,
  type ContractInput,
  contractInput,
  FORM_MILESTONES,
  type ParsedContract,
} from './contract.js';
import { checkChoices, checkDates, checkLinks } from './contract-checks.service.js';
import {
  contractColumns,
  contractCreated,
  milestoneRows,
  searchTextOfContract,
} from './contract-insert.service.js';
import { assignedNotices, decideContractOwner, type WantedOwner } from './contract-owner.service.js';
import { followAnchors } from './move-rows.service.js';

/**
 * A new draft contract of the actor; its number is generated.
 * @throws DomainError not_found (customer), customer.not_active, choice.unknown (type, currency, method), plan.date_too_far, access.denied,
 *   request.repeated
 */
export async function createContract(
  ctx: Ctx,
  raw: ContractInput,
  files: UploadedFile[] = [],
): Promise<Contract> {
  authorize(ctx.actor, 'contract.create');
  const input = checkDates(ctx, checkChoices(ctx, contractInput.parse(raw)));
  const fresh = { id: newId(ctx.now), number: await takeNumber(ctx, 'contract') };
  return transact(ctx.db, async (tx) => {
    await claimRequest(tx, ctx, 'contract.create', {
      reference: fresh.number,
      subjectType: 'contract',
      subjectId: fresh.id,
    });
    return insertContract(tx, ctx, fresh, input, files);
  });
}

/** Writes a new draft, the actor's unless somebody else is meant; the caller has checked choices and dates. @throws DomainError as createContract */
export async function insertContract(
  tx: Tx,
  ctx: Ctx,
  { id, number, owner }: { id: string; number: string; owner?: WantedOwner },
  input: ParsedContract,
  files: readonly UploadedFile[],
): Promise<Contract> {
  const customer = await findCustomerOf(tx, input);
  authorize(ctx.actor, 'contract.create', customer.ownerId);
  requireActiveCustomer(customer);
  await checkLinks(tx, ctx, input);
  const ownerId = await decideContractOwner(tx, ctx, customer.ownerId, owner);
  const searchText = searchTextOfContract(input.name, number);
  const fresh = { id, number, ownerId, input, searchText };
  const contract = await tx.contract.create({ data: contractColumns(ctx, fresh) });
  await tx.milestone.createMany({ data: milestoneRows(ctx, id, input.milestones) });
  await keepAttachments(tx, ctx, 'contract', id, files);
  await leaveTraces(tx, ctx, {
    audit: [contractCreated(ctx, fresh)],
    notices: assignedNotices(ctx, contract, [ownerId]),
  });
  return contract;
}

/** What a contract needs of its customer; one that is being merged into another is waited for. @throws DomainError not_found */
export async function findCustomerOf(
  tx: Db | Tx,
  input: { customerId: string },
): Promise<Pick<Customer, 'code' | 'name' | 'ownerId' | 'status'>> {
  const [customer] = await tx.$queryRaw<Pick<Customer, 'code' | 'name' | 'ownerId' | 'status'>[]>`
    SELECT code, name, owner_id::text AS "ownerId", status::text FROM customer
    WHERE id = ${input.customerId}::uuid AND deleted_at IS NULL FOR KEY SHARE`;
  if (!customer) throw new DomainError('not_found', { ref: '' }, 'customerId');
  return customer;
}

/**
 * Changes a draft or rejected contract.
 * @throws DomainError contract.bad_state, plan.exceeds_contract (the plan is above the new amount), version.conflict
 */
export async function editContract(
  ctx: Ctx,
  id: string,
  version: number,
  raw: ContractInput,
  files: UploadedFile[] = [],
): Promise<Contract> {
  const input = checkDates(ctx, contractInput.parse(raw));
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, id);
    await claimRequest(tx, ctx, 'contract.edit', {
      reference: before.number,
      subjectType: 'contract',
      subjectId: id,
    });
    const contract = await changeContract(tx, ctx, before, version, input, files);
    const { _sum } = await tx.instalment.aggregate({
      where: { contractId: id, lifecycle: { not: 'cancelled' } },
      _sum: { amount: true },
    });
    const excess = (_sum.amount ?? 0n) - contract.amount;
    if (excess <= 0n) return contract;
    const money = (minor: bigint) => ({ minor, currency: contract.currency });
    throw new DomainError('plan.exceeds_contract', { excess: money(excess), max: money(0n) }, 'amount');
  });
}

/**
 * Writes other fields into a locked draft; whether its plan still fits is the caller's to see.
 * @throws DomainError contract.bad_state, contract.has_plan, version.conflict, choice.unknown, access.denied
 */
export async function changeContract(
  tx: Tx,
  ctx: Ctx,
  before: Contract,
  version: number,
  input: ParsedContract,
  files: readonly UploadedFile[],
): Promise<Contract> {
  const { id } = before;
  await requireEditable(tx, ctx, before, version, input);
  const customer = await findCustomerOf(tx, input);
  authorize(ctx.actor, 'contract.edit', customer.ownerId);
  if (input.customerId !== before.customerId) requireActiveCustomer(customer);
  const shown = { ...before, ...(await readDates(tx, before)) };
  const { milestones, signedOn, startsOn, endsOn, ...fields } = input;
  const contract = await tx.contract.update({
    where: { id },
    data: {
      ...fields,
      signedOn: signedOn && toUtcDate(signedOn),
      startsOn: startsOn && toUtcDate(startsOn),
      endsOn: endsOn && toUtcDate(endsOn),
      searchText: searchTextOfContract(input.name, before.number),
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
      version: { increment: 1 },
    },
  });
  await tx.milestone.deleteMany({
    where: { contractId: id, actualOn: null, kind: { in: [...FORM_MILESTONES] } },
  });
  await tx.milestone.createMany({ data: milestoneRows(ctx, id, milestones), skipDuplicates: true });
  await followAnchors(tx, ctx, [id], ['signing', ...FORM_MILESTONES]);
  await keepAttachments(tx, ctx, 'contract', id, files);
  await recordAudit(tx, ctx, {
    action: 'contract.edited',
    subjectType: 'contract',
    subjectId: id,
    before: changedOnly(shown, input),
    after: {
      ...changedOnly(input, shown),
      ...(files.length > 0 && { files: files.map((file) => file.name) }),
    },
  });
  await markHomesStale(tx, [contract.ownerId]);
  return contract;
}

/** @throws DomainError as changeContract */
export async function requireEditable(
  tx: Tx,
  ctx: Ctx,
  before: Contract,
  version: number,
  input: ParsedContract,
): Promise<void> {
  authorize(ctx.actor, 'contract.edit', before.ownerId);
  requireState(before, 'edit');
  if (before.version !== version) throw await versionConflict(tx, before);
  checkChoices(ctx, input, before);
  await checkLinks(tx, ctx, input, before);
  if (input.currency === before.currency && input.customerId === before.customerId) return;
  const count = await tx.instalment.count({
    where: { contractId: before.id, lifecycle: { not: 'cancelled' } },
  });
  if (count > 0) throw new DomainError('contract.has_plan', { count });
}

/**
 * Deletes a draft or rejected contract with its plan (soft).
 * @throws DomainError contract.bad_state, version.conflict
 */
export async function deleteContract(ctx: Ctx, id: string, version: number): Promise<void> {
  await transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, id);
    authorize(ctx.actor, 'contract.delete', before.ownerId);
    requireState(before, 'delete');
    if (before.version !== version) throw await versionConflict(tx, before);
    const gone = {
      deletedAt: ctx.now,
      deletedById: ctx.actor.id,
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
      version: { increment: 1 },
    };
    const cancelled = await tx.instalment.updateManyAndReturn({
      where: { contractId: id, lifecycle: { not: 'cancelled' } },
      data: { lifecycle: 'cancelled', outstanding: 0n, ...gone },
    });
    await addRevisions(tx, ctx, cancelled, 'contract_deleted');
    await tx.contract.update({ where: { id }, data: gone });
    await recordAudit(tx, ctx, {
      action: 'contract.deleted',
      subjectType: 'contract',
      subjectId: id,
      before: { number: before.number, instalments: cancelled.length },
    });
    await markHomesStale(tx, [before.ownerId]);
    if (before.ownerId === ctx.actor.id) return;
    const told = notice({
      kind: 'contract.deleted',
      key: `contract.deleted:${id}`,
      to: { user: before.ownerId },
      payload: { contractId: id, byId: ctx.actor.id },
    });
    await enqueue(tx, ctx, told);
  });
}

/**
 * Locks a contract until the transaction ends: the row that decides about its plan and its state.
 * @throws DomainError not_found
 */
export async function lockContract(tx: Tx, id: string): Promise<Contract> {
  const contract = await lockRow(tx, 'contract', id);
  if (!contract || contract.deletedAt !== null) throw new DomainError('not_found', { ref: '' });
  return contract;
}

/** Another row or amount is another contract: whoever has it open must look again before saving or sending it. */
export async function touchContract(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  await tx.contract.update({
    where: { id },
    data: { version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
}

/** @throws DomainError contract.bad_state unless the state table lists the event */
export function requireState(contract: Contract, event: ContractEvent): void {
  if (!allowsEvent(contract.status, event)) {
    throw new DomainError('contract.bad_state', { state: contract.status, action: event });
  }
}

/** The days of a contract in the form in which they are entered, to be compared with an edit. */
async function readDates(
  tx: Tx,
  contract: Contract,
): Promise<
  Record<'signedOn' | 'startsOn' | 'endsOn', LocalDate | null> & {
    milestones: Partial<Record<string, LocalDate>>;
  }
> {
  const rows = await tx.milestone.findMany({ where: { contractId: contract.id } });
  const kinds = new Map(rows.map((row) => [row.kind, row.expectedOn]));
  const milestones = FORM_MILESTONES.flatMap((kind) => {
    const date = kinds.get(kind);
    return date ? [[kind, fromUtcDate(date)] as const] : [];
  });
  return {
    signedOn: contract.signedOn && fromUtcDate(contract.signedOn),
    startsOn: contract.startsOn && fromUtcDate(contract.startsOn),
    endsOn: contract.endsOn && fromUtcDate(contract.endsOn),
    milestones: Object.fromEntries(milestones),
  };
}

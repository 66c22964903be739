// Makes one customer of two that are the same company (rules §14). Everything moves in one transaction: an allocation
// never crosses customers, because the receipt and the instalment move together (rules §4 no. 10).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Customer } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { type About, rewriteOf } from '../approvals/ask.service.js';
import { excludeNewOwner } from '../approvals/new-owner.service.js';
import { DomainError } from '../errors.js';
import type { Money } from '../money.js';
import { notice } from '../notices/notice.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces, type Traces } from '../traces.service.js';
import { changedOnly, versionConflict } from '../versions.service.js';
import { endProposals, noteLimits } from './credit-event.service.js';
import { type CustomerContact, customerContact, customerInput } from './customer.js';
import { mergedNames, requireNothingOpen } from './customer.service.js';
import { searchColumns, searchTextOfCustomer } from './customer-insert.service.js';
import { type MergedFile, mergeFiles } from './customer-merge.js';

export interface MergePreview {
  readonly keep: Customer;
  readonly gone: Customer;
  readonly contracts: number;
  readonly instalments: number;
  readonly receipts: number;
  readonly files: number;
  readonly events: number;
  readonly contacts: number;
  /** What goes has a ladder of its own, which ends: its rows follow the one of what stays. */
  readonly endsLadder: boolean;
  /** What the one kept is limited to from then on, in the base currency; null: as before, or not for this reader. */
  readonly limit: Money | null;
  readonly merged: MergedFile;
}

/**
 * What would move and which fields differ; changes nothing.
 * @throws DomainError as mergeCustomers
 */
export async function previewMerge(ctx: Ctx, keepId: string, goneId: string): Promise<MergePreview> {
  const [keep, gone] = await loadPair(ctx.db, ctx, keepId, goneId);
  await refuseSameSlips(ctx.db, keep, gone);
  const where = { customerId: goneId };
  const [contracts, instalments, receipts, files, events, ladders] = await Promise.all([
    ctx.db.contract.count({ where }),
    ctx.db.instalment.count({ where }),
    ctx.db.receipt.count({ where }),
    ctx.db.attachment.count({ where: { ownerType: 'customer', ownerId: goneId } }),
    ctx.db.customerEvent.count({ where }),
    ctx.db.reminderRule.groupBy({
      by: ['scopeId'],
      where: { scope: 'customer', scopeId: { in: [keepId, goneId] }, enabled: true },
    }),
  ]);
  const contacts = contactsOf(gone).length;
  const merged = mergeFiles(fileOf(keep), fileOf(gone));
  const { creditLimit } = merged.change;
  const isTold = creditLimit !== keep.creditLimit && can(ctx.actor, 'credit.see', keep.ownerId);
  return {
    keep,
    gone,
    contracts,
    instalments,
    receipts,
    files,
    events,
    contacts,
    // Of one alone the ladder goes on.
    endsLadder: ladders.length > 1,
    limit: isTold && creditLimit !== null ? { minor: creditLimit, currency: ctx.company.baseCurrency } : null,
    merged,
  };
}

/**
 * Moves contracts, instalments, receipts, files and notes of `gone` to `keep` and deletes it; its code and names still
 * find what stayed.
 * @throws DomainError customer.merge_same, customer.merge_slip (both have a live receipt of one slip), customer.has_open
 *   (something open would go to a closed one), not_found, access.denied, version.conflict, request.repeated
 */
export async function mergeCustomers(
  ctx: Ctx,
  keepRef: { id: string; version: number },
  goneRef: { id: string; version: number },
): Promise<Customer> {
  return transact(ctx.db, async (tx) => {
    const result = { reference: null, subjectType: 'customer', subjectId: keepRef.id };
    await claimRequest(tx, ctx, 'customer.merge', result);
    await tx.$queryRaw`
      SELECT 1 FROM customer WHERE id IN (${keepRef.id}::uuid, ${goneRef.id}::uuid) ORDER BY id FOR UPDATE`;
    const [keep, gone] = await loadPair(tx, ctx, keepRef.id, goneRef.id);
    if (keep.version !== keepRef.version) throw await versionConflict(tx, keep);
    if (gone.version !== goneRef.version) throw await versionConflict(tx, gone);
    await refuseSameSlips(tx, keep, gone);
    const { change } = mergeFiles(fileOf(keep), fileOf(gone));
    // What waits for the one that goes is over with it.
    await leaveTraces(tx, ctx, await endProposals(tx, ctx, [gone.id]));
    if (change.creditLimit !== keep.creditLimit) {
      await noteLimits(tx, ctx, [{ customerId: keep.id, from: keep.creditLimit, to: change.creditLimit }]);
    }
    const moved = await moveEverything(tx, ctx, keep, gone);
    await excludeNewOwner(tx, ctx, 'customer', [keep.id], keep.ownerId);
    await tx.customer.update({
      where: { id: gone.id },
      data: {
        mergedIntoId: keep.id,
        deletedAt: ctx.now,
        deletedById: ctx.actor.id,
        deleteReason: 'merged',
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
        version: { increment: 1 },
      },
    });
    // Whoever was merged into it before is found at the one that stays now.
    await tx.customer.updateMany({ where: { mergedIntoId: gone.id }, data: { mergedIntoId: keep.id } });
    const input = customerInput.parse({ ...keep, ...change });
    const customer = await tx.customer.update({
      where: { id: keep.id },
      data: {
        ...change,
        ...searchColumns(searchTextOfCustomer(keep.code, input, await mergedNames(tx, keep.id))),
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
        version: { increment: 1 },
      },
    });
    const news = await newsOf(tx, ctx, keep, gone);
    await leaveTraces(tx, ctx, {
      ...news,
      audit: [
        {
          action: 'customer.absorbed',
          subjectType: 'customer',
          subjectId: keep.id,
          before: changedOnly(keep, change),
          after: { ...changedOnly(change, keep), code: gone.code, ...moved },
        },
        {
          action: 'customer.merged',
          subjectType: 'customer',
          subjectId: gone.id,
          before: { code: gone.code },
          after: { code: keep.code, ...moved },
        },
      ],
    });
    return customer;
  });
}

async function loadPair(
  tx: Tx | Ctx['db'],
  ctx: Ctx,
  keepId: string,
  goneId: string,
): Promise<[Customer, Customer]> {
  if (keepId === goneId) throw new DomainError('customer.merge_same', {}, 'gone');
  const rows = await tx.customer.findMany({ where: { id: { in: [keepId, goneId] }, deletedAt: null } });
  const keep = rows.find((row) => row.id === keepId);
  const gone = rows.find((row) => row.id === goneId);
  if (!keep || !gone) throw new DomainError('not_found', { ref: '' });
  authorize(ctx.actor, 'customer.merge', keep.ownerId);
  authorize(ctx.actor, 'customer.merge', gone.ownerId);
  if (keep.status === 'closed') await requireNothingOpen(tx, gone, 'keep');
  return [keep, gone];
}

/** A number of the bank's lives once a customer, as slip or as its own: two living receipts of it would be the same money twice. */
async function refuseSameSlips(tx: Tx | Ctx['db'], keep: Customer, gone: Customer): Promise<void> {
  const [same] = await tx.$queryRaw<{ slip: string; keep: string; gone: string }[]>`
    SELECT CASE WHEN a.bank_slip_no IN (b.bank_slip_no, b.bank_txn_id) THEN a.bank_slip_no ELSE a.bank_txn_id END AS slip,
      a.number AS keep, b.number AS gone
    FROM receipt a JOIN receipt b ON a.bank_slip_no IN (b.bank_slip_no, b.bank_txn_id)
      OR a.bank_txn_id IN (b.bank_slip_no, b.bank_txn_id)
    WHERE a.customer_id = ${keep.id}::uuid AND b.customer_id = ${gone.id}::uuid
      AND a.status IN ('submitted', 'approved', 'partly_reversed')
      AND b.status IN ('submitted', 'approved', 'partly_reversed')
    ORDER BY a.number LIMIT 1`;
  if (same) throw new DomainError('customer.merge_slip', same);
}

/** Receipts, contracts, instalments: in the order in which a decision locks them. */
async function moveEverything(
  tx: Tx,
  ctx: Ctx,
  keep: Customer,
  gone: Customer,
): Promise<{ receipts: number; contracts: number; instalments: number; files: number; events: number }> {
  const to = { customerId: keep.id, updatedAt: ctx.now, updatedById: ctx.actor.id };
  const where = { customerId: gone.id };
  const receipts = await tx.receipt.updateMany({ where, data: to });
  const contracts = await tx.contract.updateMany({ where, data: to });
  const instalments = await tx.instalment.updateMany({ where, data: to });
  const files = await tx.$executeRaw`
    UPDATE attachment a SET owner_id = ${keep.id}::uuid WHERE a.owner_type = 'customer' AND a.owner_id = ${gone.id}::uuid
      AND NOT EXISTS (SELECT 1 FROM attachment b WHERE b.owner_type = 'customer' AND b.owner_id = ${keep.id}::uuid
        AND b.slack_file_id = a.slack_file_id)`;
  const events = await tx.customerEvent.updateMany({ where, data: { customerId: keep.id } });
  await tx.creditEvent.updateMany({ where, data: { customerId: keep.id } });
  await moveLadder(tx, keep.id, gone.id);
  return {
    receipts: receipts.count,
    contracts: contracts.count,
    instalments: instalments.count,
    files,
    events: events.count,
  };
}

/** Its own ladder of reminders goes on, unless the one that stays has one: then that is what counts from now on. */
async function moveLadder(tx: Tx, keepId: string, goneId: string): Promise<void> {
  const scope = { scope: 'customer' };
  const own = await tx.reminderRule.count({ where: { ...scope, scopeId: keepId } });
  const data = own === 0 ? { scopeId: keepId } : { enabled: false };
  await tx.reminderRule.updateMany({ where: { ...scope, scopeId: goneId }, data });
}

/** Both owners hear of it, and whatever waits for a decision says the new name. */
async function newsOf(
  tx: Tx,
  ctx: Ctx,
  keep: Customer,
  gone: Customer,
): Promise<Pick<Traces, 'notices' | 'rewrites' | 'homes'>> {
  const owners = [...new Set([keep.ownerId, gone.ownerId])];
  const waiting = await tx.$queryRaw<About[]>`
    SELECT a.subject_type AS type, a.subject_id::text AS "subjectId", a.id::text AS "approvalId"
    FROM approval a LEFT JOIN reallocation m ON m.id = a.subject_id
    LEFT JOIN receipt r ON r.id = COALESCE(m.receipt_id, a.subject_id)
    LEFT JOIN adjustment d ON d.id = a.subject_id LEFT JOIN postponement p ON p.id = a.subject_id
    LEFT JOIN instalment i ON i.id = COALESCE(d.instalment_id, p.instalment_id)
    LEFT JOIN contract_change h ON h.id = a.subject_id LEFT JOIN contract_void v ON v.id = a.subject_id
    LEFT JOIN credit_event e ON e.id = a.subject_id
    LEFT JOIN contract c ON c.id = COALESCE(h.contract_id, v.contract_id, a.subject_id)
    WHERE a.status = 'open' AND ${keep.id}::uuid IN (r.customer_id, i.customer_id, c.customer_id, e.customer_id)`;
  return {
    notices: owners
      .filter((ownerId) => ownerId !== ctx.actor.id)
      .map((ownerId) =>
        notice({
          kind: 'customer.merged',
          key: `customer.merged:${gone.id}@${ownerId}`,
          to: { user: ownerId },
          payload: { keepId: keep.id, goneId: gone.id, byId: ctx.actor.id },
        }),
      ),
    rewrites: waiting.map((about) => rewriteOf(about, `merged.${gone.id}`)),
    homes: owners,
  };
}

const contactsOf = (customer: Customer): CustomerContact[] =>
  customerContact.array().parse(customer.contacts);
const fileOf = (customer: Customer) => ({ ...customer, contacts: contactsOf(customer) });

// A person's whole book goes to somebody else in one step (rules §14): instalments, contracts, customers, in batches
// that never hold the embedded engine for long. What a crash left undone, the same request does when it runs again.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { excludeNewOwner } from '../approvals/new-owner.service.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { MAY_OWN } from '../members/member.js';
import { findSuperiorId, listHolders, type Person, toPerson } from '../members/member.queries.js';
import type { Money } from '../money.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';
import { addRevisions } from '../plans/instalment.service.js';
import { redrawn, tellCases } from '../reminders/case.service.js';
import { remindNewContractOwners, remindNewOwners } from '../reminders/new-owners.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';

const BATCH = 200;

export interface Book {
  readonly customers: number;
  readonly contracts: number;
  readonly instalments: number;
}
export interface HandOverPreview extends Book {
  readonly from: Person;
  readonly to: Person;
  /** Open money by currency. */
  readonly open: readonly Money[];
}

/**
 * What would change hands; changes nothing.
 * @throws DomainError as handOver
 */
export async function previewHandOver(ctx: Ctx, fromId: string, toId: string): Promise<HandOverPreview> {
  const { from, to } = await checkPeople(ctx.db, ctx, fromId, toId);
  const [book, open] = await Promise.all([
    countBook(ctx.db, fromId),
    ctx.db.instalment.groupBy({
      by: ['currency'],
      where: { ownerId: fromId, lifecycle: 'open', outstanding: { gt: 0n } },
      _sum: { outstanding: true },
      orderBy: { currency: 'asc' },
    }),
  ]);
  const money = open.map(({ currency, _sum }) => ({ currency, minor: _sum.outstanding ?? 0n }));
  return { from, to, ...book, open: money };
}

/** What somebody owns, done or not. */
export async function countBook(db: Ctx['db'], ownerId: string): Promise<Book> {
  const [customers, contracts, instalments] = await Promise.all([
    db.customer.count({ where: { ownerId, deletedAt: null } }),
    db.contract.count({ where: { ownerId, deletedAt: null } }),
    db.instalment.count({ where: { ownerId, deletedAt: null, lifecycle: { not: 'cancelled' } } }),
  ]);
  return { customers, contracts, instalments };
}

/**
 * Gives everything that `from` owns to `to`. The new owner's next morning has each row's highest step once (rules §8);
 * both are told. Approvals that are open are decided by the owners of then.
 * @returns what this run moved
 * @throws DomainError member.same, member.cannot_own, access.denied, not_found, request.repeated
 */
export async function handOver(ctx: Ctx, fromId: string, toId: string): Promise<Book> {
  await checkPeople(ctx.db, ctx, fromId, toId);
  const done = await ctx.db.request.findUnique({ where: { id: ctx.requestId } });
  if (!done) {
    for (const move of [moveInstalments, moveContracts, moveCustomers]) {
      while ((await transact(ctx.db, (tx) => move(tx, ctx, fromId, toId))) === BATCH);
    }
  }
  return transact(ctx.db, async (tx) => {
    const result = { reference: null, subjectType: 'member', subjectId: fromId };
    await claimRequest(tx, ctx, 'customer.hand_over', result);
    const book = await countMoved(tx, ctx);
    await recordAudit(tx, ctx, {
      action: 'member.handed_over',
      subjectType: 'member',
      subjectId: fromId,
      before: { ownerId: fromId },
      after: { ownerId: toId, ...book },
    });
    // Whoever has left Slack cannot be told, and finance would hear that it did not arrive.
    const { active } = await tx.user.findUniqueOrThrow({ where: { id: fromId }, select: { active: true } });
    await enqueue(
      tx,
      ctx,
      ...(active ? [fromId, toId] : [toId]).map((userId) =>
        notice({
          kind: 'book.handed_over',
          key: `book.handed_over:${ctx.requestId}@${userId}`,
          to: { user: userId },
          payload: { userId, fromId, toId, byId: ctx.actor.id, ...book },
        }),
      ),
    );
    // Whose Homes say that the book waits (home/loose-ends.queries.ts), whoever clicked among them.
    const admins = await listHolders(tx, 'admin', 'sales_director');
    const others = [ctx.actor.id, await findSuperiorId(tx, fromId), ...admins.map((admin) => admin.id)];
    await markHomesStale(tx, [fromId, toId, ...others]);
    return book;
  });
}

async function checkPeople(
  db: Ctx['db'],
  ctx: Ctx,
  fromId: string,
  toId: string,
): Promise<{ from: Person; to: Person }> {
  if (fromId === toId) throw new DomainError('member.same', {}, 'to');
  authorize(ctx.actor, 'customer.assign', fromId);
  authorize(ctx.actor, 'customer.assign', toId);
  const users = await db.user.findMany({ where: { id: { in: [fromId, toId] } } });
  const from = users.find((user) => user.id === fromId);
  const to = users.find((user) => user.id === toId);
  if (!from || !to) throw new DomainError('not_found', { ref: '' });
  if (!to.active || !MAY_OWN.some((role) => to.roles.includes(role))) {
    throw new DomainError('member.cannot_own', { name: to.name }, 'to');
  }
  return { from: toPerson(from), to: toPerson(to) };
}

/** Rows keep their history: a revision each, as of now. */
async function moveInstalments(tx: Tx, ctx: Ctx, fromId: string, toId: string): Promise<number> {
  const batch = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM instalment WHERE owner_id = ${fromId}::uuid ORDER BY id LIMIT ${BATCH} FOR UPDATE`;
  const ids = batch.map((row) => row.id);
  if (ids.length === 0) return 0;
  const moved = await tx.instalment.updateManyAndReturn({
    where: { id: { in: ids } },
    data: { ownerId: toId, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
  await addRevisions(tx, ctx, moved, 'handed_over');
  await excludeNewOwner(tx, ctx, 'instalment', ids, toId);
  const open = moved.filter((row) => row.lifecycle === 'open').map((row) => row.id);
  if (open.length > 0) await tellNewOwners(tx, ctx, open, fromId);
  await recordHandedOver(tx, ctx, 'instalment', moved, fromId, toId);
  return ids.length;
}

/** The new owner's morning; open cases ask the people above them, without a line each in the channel. */
export async function tellNewOwners(
  tx: Tx,
  ctx: Ctx,
  open: readonly string[],
  fromId: string,
): Promise<void> {
  const { cases, newlyAsked, noLongerAsked } = await remindNewOwners(tx, ctx, open, fromId);
  const { rewrites } = tellCases(cases.map((found) => ({ found, event: 'reassigned' })));
  await leaveTraces(tx, ctx, {
    // Each batch has its digests redrawn: a rewrite may be sent before the next batch is saved.
    ...redrawn(ctx, open, `handed_over:${open[0]}`),
    ...(rewrites && { rewrites }),
    homes: [...newlyAsked, ...noLongerAsked],
  });
}

async function moveContracts(tx: Tx, ctx: Ctx, fromId: string, toId: string): Promise<number> {
  const batch = await tx.$queryRaw<{ id: string }[]>`
    UPDATE contract SET owner_id = ${toId}::uuid, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    WHERE id IN (SELECT id FROM contract WHERE owner_id = ${fromId}::uuid ORDER BY id LIMIT ${BATCH} FOR UPDATE)
    RETURNING id::text`;
  const ids = batch.map((row) => row.id);
  await remindNewContractOwners(tx, ids);
  await excludeNewOwner(tx, ctx, 'contract', ids, toId);
  await recordHandedOver(tx, ctx, 'contract', batch, fromId, toId);
  return batch.length;
}

async function moveCustomers(tx: Tx, ctx: Ctx, fromId: string, toId: string): Promise<number> {
  const batch = await tx.$queryRaw<{ id: string }[]>`
    UPDATE customer SET owner_id = ${toId}::uuid, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid,
      version = version + 1
    WHERE id IN (SELECT id FROM customer WHERE owner_id = ${fromId}::uuid ORDER BY id LIMIT ${BATCH} FOR UPDATE)
    RETURNING id::text`;
  const ids = batch.map((row) => row.id);
  await excludeNewOwner(tx, ctx, 'customer', ids, toId);
  await recordHandedOver(tx, ctx, 'customer', batch, fromId, toId);
  return batch.length;
}

/** One entry a record, under the request's id: by it a second run knows what the first one moved. */
export async function recordHandedOver(
  tx: Tx,
  ctx: Ctx,
  subjectType: 'customer' | 'contract' | 'instalment',
  rows: readonly { id: string }[],
  fromId: string,
  toId: string,
): Promise<void> {
  if (rows.length === 0) return;
  await recordAudit(
    tx,
    ctx,
    ...rows.map((row) => ({
      action: `${subjectType}.handed_over`,
      subjectType,
      subjectId: row.id,
      before: { ownerId: fromId },
      after: { ownerId: toId },
    })),
  );
}

/** As the preview counted: what was cancelled or deleted moves too, and is nobody's work. */
async function countMoved(tx: Tx, ctx: Ctx): Promise<Book> {
  const [book] = await tx.$queryRaw<Book[]>`
    SELECT COUNT(k.id)::int AS customers, COUNT(c.id)::int AS contracts, COUNT(i.id)::int AS instalments
    FROM audit_log a
      LEFT JOIN customer k ON a.action = 'customer.handed_over' AND k.id = a.subject_id AND k.deleted_at IS NULL
      LEFT JOIN contract c ON a.action = 'contract.handed_over' AND c.id = a.subject_id AND c.deleted_at IS NULL
      LEFT JOIN instalment i ON a.action = 'instalment.handed_over' AND i.id = a.subject_id
        AND i.deleted_at IS NULL AND i.lifecycle <> 'cancelled'
    WHERE a.request_id = ${ctx.requestId}`;
  if (!book) throw new RangeError('a count has a row');
  return book;
}

// Deletes single instalments (F39; rules §3): never with money, and past its day only by the manager.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { authorize, can } from '../access.js';
import { requireNotAmended } from '../contracts/amendment.service.js';
import { lockContract } from '../contracts/contract.service.js';
import { DomainError } from '../errors.js';
import { listManagerChain } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { closeCasesOf } from '../reminders/case.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { type DeletionDecision, decideDeletion } from './instalment.js';
import { changeInstalment, lockInstalment, toFacts } from './instalment.service.js';
import { needsManager, tellOwner } from './instalment-notices.service.js';

/**
 * Deletes an instalment without money; its amount returns to the balance, its history stays (soft).
 * @throws DomainError instalment.has_money, access.denied (due or postponed: the manager), version.conflict
 */
export async function deleteInstalment(
  ctx: Ctx,
  input: { id: string; version: number },
): Promise<Instalment> {
  return transact(ctx.db, async (tx) => {
    const before = await lockInstalment(tx, input.id);
    await claimRequest(tx, ctx, 'instalment.delete', {
      reference: before.name,
      subjectType: 'instalment',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'instalment.delete', before.ownerId);
    await requireNotAmended(tx, before);
    const contract = await lockContract(tx, before.contractId);
    if (
      contract.status === 'pending_approval' ||
      contract.status === 'archived' ||
      contract.status === 'void'
    ) {
      throw new DomainError('contract.bad_state', { state: contract.status, action: 'delete' });
    }
    const proposed = await tx.allocation.aggregate({
      where: { instalmentId: before.id, status: 'proposed' },
      _sum: { amount: true },
    });
    const facts = {
      ...toFacts(before),
      proposed: proposed._sum.amount ?? 0n,
      postponeCount: before.postponeCount,
    };
    const by = can(ctx.actor, 'instalment.delete_any', before.ownerId) ? 'manager' : 'rep';
    const decision = decideDeletion(facts, ctx.today, by);
    if (!decision.ok) throw await deletionRefusal(tx, before, decision);
    if (before.version !== input.version) throw await versionConflict(tx, before);
    // What was agreed for it still holds: it is planned anew no later (freed-balance.ts).
    const inForce = contract.status === 'active' && before.lifecycle === 'open';
    const after = await changeInstalment(
      tx,
      ctx,
      before,
      {
        lifecycle: 'cancelled',
        outstanding: 0n,
        deletedAt: ctx.now,
        deletedById: ctx.actor.id,
        ...(inForce && { freedLeft: before.amount }),
      },
      'deleted',
    );
    await tx.contract.update({
      where: { id: contract.id },
      data: {
        ...(contract.status === 'active' && { planIncomplete: true }),
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'instalment.deleted',
          subjectType: 'instalment',
          subjectId: before.id,
          before: { name: before.name, amount: before.amount, dueOn: before.dueOn },
        },
      ],
      ...(await closeCasesOf(tx, ctx, [before.id], 'deleted', { byId: ctx.actor.id })),
    });
    await tellOwner(tx, ctx, after, 'deleted', { from: null, to: null });
    if (inForce && by === 'rep') await tellManager(tx, ctx, after);
    return after;
  });
}

/** Who stands above the owner hears that a row of a plan in force is gone: nobody was asked. */
async function tellManager(tx: Tx, ctx: Ctx, row: Instalment): Promise<void> {
  const [manager] = await listManagerChain(tx, row.ownerId);
  if (!manager || manager.id === ctx.actor.id) return;
  const told = notice({
    kind: 'instalment.changed',
    key: `instalment.changed:${row.id}:${row.version}@${manager.id}`,
    to: { user: manager.id },
    payload: { instalmentId: row.id, byId: ctx.actor.id, event: 'deleted', from: null, to: null },
  });
  await enqueue(tx, ctx, told);
}

async function deletionRefusal(
  tx: Tx,
  row: Instalment,
  decision: Exclude<DeletionDecision, { ok: true }>,
): Promise<DomainError> {
  if (decision.code === 'instalment.has_money') {
    return new DomainError(decision.code, {
      amount: { minor: decision.params.amount, currency: row.currency },
    });
  }
  if (decision.code === 'instalment.needs_manager')
    return needsManager(tx, row, { kind: 'due', latest: null });
  return new DomainError(decision.code, { seq: row.seq, state: decision.params.state });
}

// Gives one contract to somebody else, with its instalments, reminders and cases, as a whole book is handed over
// (customers/hand-over.service.ts).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { excludeNewOwner } from '../approvals/new-owner.service.js';
import { recordHandedOver, tellNewOwners } from '../customers/hand-over.service.js';
import { DomainError } from '../errors.js';
import { findSuperiorId } from '../members/member.queries.js';
import { addRevisions } from '../plans/instalment.service.js';
import { requireNoneOpen } from '../plans/postponement-ask.service.js';
import { remindNewContractOwners } from '../reminders/new-owners.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { lockContract, requireState } from './contract.service.js';
import { assignedNotices, mayOwn } from './contract-owner.service.js';

/**
 * Gives a contract to somebody else of the actor's team, with those of its instalments that the former owner has: rows that
 * were given to others stay theirs. While it waits for approval it is taken back first: who decides depends on whose it is.
 * @throws DomainError contract.bad_state, member.same, member.cannot_own, access.denied, version.conflict, request.repeated
 */
export async function giveContract(
  ctx: Ctx,
  input: { id: string; version: number; toId: string },
): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, input.id);
    await claimRequest(tx, ctx, 'contract.assign', {
      reference: before.number,
      subjectType: 'contract',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'contract.assign', before.ownerId);
    authorize(ctx.actor, 'contract.assign', input.toId);
    requireState(before, 'assign');
    if (before.version !== input.version) throw await versionConflict(tx, before);
    const fromId = before.ownerId;
    if (input.toId === fromId) throw new DomainError('member.same', {}, 'to');
    const to = await tx.user.findUnique({ where: { id: input.toId } });
    if (!to) throw new DomainError('not_found', { ref: '' }, 'to');
    if (!mayOwn(to)) throw new DomainError('member.cannot_own', { name: to.name }, 'to');
    await moveRows(tx, ctx, before.id, fromId, to.id);
    await requireNothingAsked(tx, before.id);
    const contract = await tx.contract.update({
      where: { id: before.id },
      data: {
        ownerId: to.id,
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    await remindNewContractOwners(tx, [contract.id]);
    await excludeNewOwner(tx, ctx, 'contract', [contract.id], to.id);
    await recordHandedOver(tx, ctx, 'contract', [contract], fromId, to.id);
    await leaveTraces(tx, ctx, {
      notices: assignedNotices(ctx, contract, [fromId, to.id]),
      homes: [fromId, to.id, await findSuperiorId(tx, fromId), await findSuperiorId(tx, to.id)],
    });
    return contract;
  });
}

/** Contract and rows are held: nothing more is asked about them meanwhile. */
async function requireNothingAsked(tx: Tx, contractId: string): Promise<void> {
  const change = await tx.contractChange.findFirst({ where: { contractId, status: 'open' } });
  if (change) throw new DomainError('amendment.open', { no: change.no });
  const row = await tx.instalment.findFirst({
    where: { contractId, postponements: { some: { status: 'open' } } },
  });
  if (row) await requireNoneOpen(tx, row);
}

async function moveRows(tx: Tx, ctx: Ctx, contractId: string, fromId: string, toId: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM instalment WHERE contract_id = ${contractId}::uuid ORDER BY id FOR UPDATE`;
  const moved = await tx.instalment.updateManyAndReturn({
    where: { contractId, ownerId: fromId },
    data: { ownerId: toId, updatedAt: ctx.now, updatedById: ctx.actor.id },
  });
  if (moved.length === 0) return;
  await addRevisions(tx, ctx, moved, 'handed_over');
  const ids = moved.map((row) => row.id);
  await excludeNewOwner(tx, ctx, 'instalment', ids, toId);
  const open = moved.filter((row) => row.lifecycle === 'open').map((row) => row.id);
  if (open.length > 0) await tellNewOwners(tx, ctx, open, fromId);
  await recordHandedOver(tx, ctx, 'instalment', moved, fromId, toId);
}

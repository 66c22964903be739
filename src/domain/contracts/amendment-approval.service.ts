// Decides about amendments (F26; rules §3, §6): who approves a contract approves its amendments, once, and only what
// still fits the facts of that moment is applied.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract, ContractChange } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import {
  decideStep,
  lockOpenApproval,
  type OpenApproval,
  withdrawApproval,
} from '../approvals/approval.service.js';
import { DomainError } from '../errors.js';
import { notice } from '../notices/notice.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { amendmentAfter, amendmentSide, checkAmendment } from './amendment.js';
import { loadPresent } from './amendment.queries.js';
import { problemError } from './amendment.service.js';
import { applyAmendment } from './amendment-apply.service.js';
import { canDecideContract } from './contract.js';
import { lockContract, requireState } from './contract.service.js';
import { cardKey, findApprovers } from './contract-approvers.service.js';
import { settleContracts } from './contract-settle.service.js';

interface Locked {
  readonly contract: Contract;
  readonly change: ContractChange;
  readonly approval: OpenApproval;
}

/**
 * Approves an amendment: contract and unpaid rows become what its card showed.
 * @throws DomainError amendment.rows_changed, amendment.sum_changed, amendment.contract_changed (it no longer fits and
 *   stays open), approval.decided, version.conflict, receipt.self_approval, access.denied, contract.bad_state, not_found
 */
export async function approveAmendment(ctx: Ctx, approvalId: string, version: number): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const locked = await lockForDecision(tx, ctx, approvalId, version);
    const { change } = locked;
    requireState(locked.contract, 'amend');
    await tx.$queryRaw`
      SELECT 1 FROM instalment WHERE contract_id = ${change.contractId}::uuid ORDER BY id FOR UPDATE`;
    const present = await loadPresent(tx, locked.contract);
    const before = amendmentSide.parse(change.before);
    const after = amendmentAfter.parse(change.after);
    const [problem] = checkAmendment(present, before, after);
    if (problem) throw problemError(problem, locked.contract.currency);
    await decideStep(tx, ctx, locked.approval, 'approved');
    const applied = await applyAmendment(tx, ctx, { contract: locked.contract, present, before, after });
    const settled = await settleContracts(tx, ctx, [change.contractId]);
    const closed = await closeChange(tx, ctx, locked, 'approved');
    const entry = {
      action: 'contract.amended',
      subjectType: 'contract',
      subjectId: change.contractId,
      before: { ...before },
      after: { no: change.no, approvalId, ...after },
    };
    await leaveTraces(tx, ctx, joinTraces({ audit: [entry] }, applied.traces, settled, closed));
    return applied.contract;
  });
}

/** Rejects an amendment with a reason; nothing has changed. @throws as approveAmendment, but for what no longer fits */
export async function rejectAmendment(
  ctx: Ctx,
  approvalId: string,
  version: number,
  words: { reason: string; comment?: string },
): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const locked = await lockForDecision(tx, ctx, approvalId, version);
    await decideStep(tx, ctx, locked.approval, 'rejected', words);
    const closed = await closeChange(tx, ctx, locked, 'rejected');
    const entry = {
      action: 'contract.amendment_rejected',
      subjectType: 'contract',
      subjectId: locked.contract.id,
      after: { no: locked.change.no, approvalId, ...words },
    };
    await leaveTraces(tx, ctx, joinTraces({ audit: [entry] }, closed));
    return locked.contract;
  });
}

/** Whoever asked for it takes it back before anybody decided. @throws DomainError access.denied, approval.decided */
export async function withdrawAmendment(ctx: Ctx, approvalId: string): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const locked = await lockChange(tx, approvalId);
    if (locked.approval.requestedById !== ctx.actor.id) {
      const has = [...ctx.actor.roles];
      throw new DomainError('access.denied', { action: 'contract.withdraw', needs: [], has, names: [] });
    }
    await leaveTraces(tx, ctx, await takeBack(tx, ctx, locked));
    return locked.contract;
  });
}

/** The contract ends: what is asked about it has nothing left to change. */
export async function withdrawOpenAmendment(tx: Tx, ctx: Ctx, contractId: string): Promise<Traces> {
  const open = await tx.contractChange.findFirst({ where: { contractId, status: 'open' } });
  return open?.approvalId ? takeBack(tx, ctx, await lockChange(tx, open.approvalId)) : {};
}

async function takeBack(tx: Tx, ctx: Ctx, locked: Locked): Promise<Traces> {
  await withdrawApproval(tx, ctx, locked.approval);
  const entry = {
    action: 'contract.amendment_withdrawn',
    subjectType: 'contract',
    subjectId: locked.contract.id,
    after: { no: locked.change.no },
  };
  return joinTraces({ audit: [entry] }, await closeChange(tx, ctx, locked, 'withdrawn'));
}

/** Contract first, then the approval: the order of every writer. */
async function lockChange(tx: Tx, approvalId: string, version?: number): Promise<Locked> {
  const found = await tx.contractChange.findFirst({ where: { approvalId } });
  if (!found) throw new DomainError('not_found', { ref: '' });
  const contract = await lockContract(tx, found.contractId);
  const approval = await lockOpenApproval(tx, approvalId, 'contract_change', version);
  return {
    contract,
    approval,
    change: await tx.contractChange.findUniqueOrThrow({ where: { id: found.id } }),
  };
}

async function lockForDecision(tx: Tx, ctx: Ctx, approvalId: string, version: number): Promise<Locked> {
  const locked = await lockChange(tx, approvalId, version);
  const { contract, approval } = locked;
  authorize(ctx.actor, 'contract.approve', contract.ownerId);
  if (!canDecideContract(ctx.actor, contract, approval.requestedById)) {
    const others = await findApprovers(tx, contract.ownerId, [approval.requestedById, contract.ownerId]);
    throw new DomainError('receipt.self_approval', { names: others.map((person) => person.name) });
  }
  return locked;
}

/** Ends the amendment, rewrites its cards and answers whoever asked for it. */
async function closeChange(
  tx: Tx,
  ctx: Ctx,
  { contract, change, approval }: Locked,
  status: 'approved' | 'rejected' | 'withdrawn',
): Promise<Traces> {
  await tx.contractChange.update({
    where: { id: change.id },
    data: { status, updatedAt: ctx.now, version: { increment: 1 } },
  });
  const payload = { changeId: change.id, approvalId: approval.id };
  const told = notice({
    kind: 'contract.change_decided',
    key: `contract.change_decided:${approval.id}`,
    to: { user: change.createdById },
    payload,
  });
  const key = cardKey('contract_change', approval.id);
  return {
    rewrites: [{ key, kind: 'contract.change_card', payload, tag: status }],
    notices: change.createdById === ctx.actor.id ? [] : [told],
    homes: [contract.ownerId, change.createdById, ctx.actor.id],
  };
}

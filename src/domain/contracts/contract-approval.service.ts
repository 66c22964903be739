// Contract approval in one step by the manager (F20; rules §3, §6): submit, approve, reject, withdraw.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRows } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { type Contract, Prisma } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import {
  decideStep,
  lockOpenApproval,
  type OpenApproval,
  openApproval,
  withdrawApproval,
} from '../approvals/approval.service.js';
import { requireActiveCustomer } from '../customers/customer.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { checkPlanTotal } from '../plans/instalment.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces, type Traces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { canDecideContract } from './contract.js';
import { lockContract, requireState } from './contract.service.js';
import { askApprovers, cardKey, findApprovers } from './contract-approvers.service.js';

/**
 * Sends a contract for approval; the plan must be whole unless `planLater`.
 * @throws DomainError plan.incomplete, plan.exceeds_contract, contract.bad_state, version.conflict
 */
export async function submitContract(
  ctx: Ctx,
  input: { id: string; version: number; planLater: boolean },
): Promise<{ contract: Contract; approverNames: string[] }> {
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, input.id);
    await claimRequest(tx, ctx, 'contract.submit', {
      reference: before.number,
      subjectType: 'contract',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'contract.submit', before.ownerId);
    requireState(before, 'submit');
    if (before.version !== input.version) throw await versionConflict(tx, before);
    return sendContract(tx, ctx, before, input.planLater);
  });
}

/**
 * Sends a locked draft whose submission the actor may ask for; also the last step of making one.
 * @throws DomainError plan.incomplete, plan.exceeds_contract, customer.not_active
 */
export async function sendContract(
  tx: Tx,
  ctx: Ctx,
  before: Contract,
  planLater: boolean,
): Promise<{ contract: Contract; approverNames: string[] }> {
  requireActiveCustomer(
    await tx.customer.findUniqueOrThrow({
      where: { id: before.customerId },
      select: { code: true, status: true },
    }),
  );
  const rows = await tx.instalment.findMany({
    where: { contractId: before.id, lifecycle: { not: 'cancelled' } },
    select: { amount: true },
  });
  const amounts = rows.map((row) => row.amount);
  checkTotal(before, amounts, planLater);
  const contract = await tx.contract.update({
    where: { id: before.id },
    data: {
      status: 'pending_approval',
      planIncomplete: amounts.reduce((sum, amount) => sum + amount, 0n) < before.amount,
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  const approvers = await findApprovers(tx, before.ownerId, [ctx.actor.id, before.ownerId]);
  const approval = await openApproval(
    tx,
    ctx,
    { type: 'contract', id: contract.id, version: contract.version },
    [{ mode: 'any', approverRoles: [], approverIds: approvers.map((person) => person.id) }],
  );
  const approverIds = approvers.map((person) => person.id);
  await leaveTraces(tx, ctx, {
    audit: [{ action: 'contract.submitted', subjectType: 'contract', subjectId: contract.id }],
    notices: await askApprovers(tx, { type: 'contract', contractId: contract.id }, approval.id, approverIds),
    homes: [contract.ownerId, ...approverIds],
  });
  return { contract, approverNames: approvers.map((person) => person.name) };
}

function checkTotal(contract: Contract, rows: readonly bigint[], allowIncomplete: boolean): void {
  const total = checkPlanTotal({ contractAmount: contract.amount, rows, allowIncomplete });
  if (total.ok) return;
  const money = (minor: bigint) => ({ minor, currency: contract.currency });
  throw total.code === 'plan.incomplete'
    ? new DomainError(total.code, { missing: money(total.params.difference) }, 'planLater')
    : new DomainError(total.code, { excess: money(total.params.difference), max: money(total.params.max) });
}

/**
 * Approves a contract: it becomes active and its instalments open (rules §3).
 * @throws DomainError approval.decided, access.denied, receipt.self_approval, version.conflict
 */
export async function approveContract(ctx: Ctx, approvalId: string, version: number): Promise<Contract> {
  return decide(ctx, approvalId, version, 'approved', {});
}

/** Rejects a contract; its instalments stay inactive. @throws as approveContract */
export async function rejectContract(
  ctx: Ctx,
  approvalId: string,
  version: number,
  words: { reason: string; comment?: string },
): Promise<Contract> {
  return decide(ctx, approvalId, version, 'rejected', words);
}

async function decide(
  ctx: Ctx,
  approvalId: string,
  version: number,
  decision: 'approved' | 'rejected',
  words: { reason?: string; comment?: string },
): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const before = await lockSubject(tx, approvalId);
    const approval = await lockOpenApproval(tx, approvalId, 'contract', version);
    authorize(ctx.actor, 'contract.approve', before.ownerId);
    if (!canDecideContract(ctx.actor, before, approval.requestedById)) {
      const others = await findApprovers(tx, before.ownerId, [approval.requestedById, before.ownerId]);
      throw new DomainError('receipt.self_approval', { names: others.map((person) => person.name) });
    }
    requireState(before, 'decide');
    await decideStep(tx, ctx, approval, decision, words);
    const contract = await tx.contract.update({
      where: { id: before.id },
      data: {
        status: decision === 'approved' ? 'active' : 'rejected',
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    const opened = decision === 'approved' ? await openInstalments(tx, ctx, contract.id) : [];
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: `contract.${decision}`,
          subjectType: 'contract',
          subjectId: contract.id,
          after: { approvalId, ...words },
        },
      ],
      revisions: opened.map((row) => ({ id: row.id, cause: 'opened' })),
      ...tellDecision(ctx, contract, approval, approval.requestedById),
    });
    return contract;
  });
}

/** Locks the contract that an approval is about. @throws DomainError not_found */
async function lockSubject(tx: Tx, approvalId: string): Promise<Contract> {
  const [contract] = await lockRows(
    tx,
    'contract',
    Prisma.sql`deleted_at IS NULL AND id = (
      SELECT subject_id FROM approval WHERE id = ${approvalId}::uuid AND subject_type = 'contract')`,
  );
  if (!contract) throw new DomainError('not_found', { ref: '' });
  return contract;
}

function openInstalments(tx: Tx, ctx: Ctx, contractId: string): Promise<{ id: string }[]> {
  return tx.$queryRaw<{ id: string }[]>`
    UPDATE instalment SET lifecycle = 'open', original_due_on = due_on, opened_on = ${toUtcDate(ctx.today)}::date,
      version = version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    WHERE contract_id = ${contractId}::uuid AND lifecycle = 'inactive' RETURNING id::text`;
}

/**
 * The submitter takes a contract back before anybody decided.
 * @throws DomainError access.denied, approval.decided, contract.bad_state
 */
export async function withdrawContract(ctx: Ctx, approvalId: string): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const before = await lockSubject(tx, approvalId);
    const approval = await lockOpenApproval(tx, approvalId, 'contract');
    if (approval.requestedById !== ctx.actor.id) {
      throw new DomainError('access.denied', {
        action: 'contract.withdraw',
        needs: [],
        has: [...ctx.actor.roles],
        names: [],
      });
    }
    requireState(before, 'withdraw');
    await withdrawApproval(tx, ctx, approval);
    const contract = await tx.contract.update({
      where: { id: before.id },
      data: { status: 'draft', version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id },
    });
    await leaveTraces(tx, ctx, {
      audit: [{ action: 'contract.withdrawn', subjectType: 'contract', subjectId: contract.id }],
      ...tellDecision(ctx, contract, approval, null),
    });
    return contract;
  });
}

/** The card shows the decision; who submitted is told. */
function tellDecision(
  ctx: Ctx,
  contract: Contract,
  { id: approvalId, step, requestedById }: OpenApproval,
  submitterId: string | null,
): Pick<Traces, 'notices' | 'rewrites' | 'homes'> {
  const payload = { contractId: contract.id, approvalId };
  const told = (userId: string) =>
    notice({
      kind: 'contract.decided',
      key: `contract.decided:${approvalId}`,
      to: { user: userId },
      payload,
    });
  return {
    rewrites: [
      { key: cardKey('contract', approvalId), kind: 'contract.card', payload, tag: contract.version },
    ],
    notices: submitterId === null ? [] : [told(submitterId)],
    homes: [contract.ownerId, requestedById, ctx.actor.id, ...step.approverIds],
  };
}

// Sends a contract for approval (F20; rules §3, §6). What a decision does to it is contract-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import type { Contract } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { addedBy, isAboveLimit } from '../customers/credit.js';
import { holdCredit } from '../customers/credit.queries.js';
import { requireActiveCustomer } from '../customers/customer.js';
import { DomainError } from '../errors.js';
import { fromUtcDate } from '../local-date.js';
import { checkPlanTotal } from '../plans/instalment.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { lockContract, requireState } from './contract.service.js';

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
    select: { amount: true, dueOn: true },
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
  const signedOn = before.signedOn && fromUtcDate(before.signedOn);
  const due = rows.map((row) => ({ amount: row.amount, dueOn: row.dueOn && fromUtcDate(row.dueOn) }));
  const credit = await holdCredit({ db: tx, company: ctx.company }, before.customerId, {
    contractId: before.id,
    adds: { minor: addedBy({ amount: before.amount, signedOn, rows: due }), currency: before.currency },
  });
  const approval = await openApproval(tx, ctx, {
    type: 'contract',
    id: contract.id,
    version: contract.version,
    amount: { minor: contract.amount, currency: contract.currency },
    contractType: contract.type,
    creditExceeded: credit !== null && isAboveLimit(credit),
    ownerId: contract.ownerId,
    involved: [contract.ownerId],
  });
  const about = { type: 'contract', subjectId: contract.id, approvalId: approval.id } as const;
  const { notices, homes } = await askNotices(tx, ctx, about, approval.asked);
  await leaveTraces(tx, ctx, {
    audit: [{ action: 'contract.submitted', subjectType: 'contract', subjectId: contract.id }],
    notices,
    homes: [contract.ownerId, ...homes],
  });
  return { contract, approverNames: approval.asked.map((person) => person.name) };
}

function checkTotal(contract: Contract, rows: readonly bigint[], allowIncomplete: boolean): void {
  const total = checkPlanTotal({ contractAmount: contract.amount, rows, allowIncomplete });
  if (total.ok) return;
  const money = (minor: bigint) => ({ minor, currency: contract.currency });
  throw total.code === 'plan.incomplete'
    ? new DomainError(total.code, { missing: money(total.params.difference) }, 'planLater')
    : new DomainError(total.code, { excess: money(total.params.difference), max: money(total.params.max) });
}

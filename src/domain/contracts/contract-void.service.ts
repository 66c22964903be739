// Asks to void a contract that brought money (rules §3): its money becomes the customer's credit and the contract void, in
// one approval of finance. A contract without money is voided at once (contract-end.service.ts).
import type { Ctx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { lockContract, requireState } from './contract.service.js';
import { requireNoneWaiting, sumReceived } from './contract-end.service.js';

/**
 * Proposes to move a contract's money to prepayment and void it.
 * @returns who is asked; nobody found: the admins are told
 * @throws DomainError contract.void_open, contract.receipt_waits, contract.bad_state, version.conflict (also: it has no
 *   money any more), access.denied, not_found, request.repeated
 */
export async function askVoid(
  ctx: Ctx,
  input: { id: string; version: number; reason: string },
): Promise<{ id: string; number: string; amount: bigint; names: string[] }> {
  return transact(ctx.db, async (tx) => {
    const contract = await lockContract(tx, input.id);
    const about = { subjectType: 'contract', subjectId: contract.id };
    await claimRequest(tx, ctx, 'contract.void', { reference: contract.number, ...about });
    authorize(ctx.actor, 'contract.void', contract.ownerId);
    requireState(contract, 'void');
    const open = await tx.contractVoid.count({ where: { contractId: contract.id, status: 'open' } });
    if (open > 0) throw new DomainError('contract.void_open', { number: contract.number });
    const amount = await sumReceived(tx, contract.id);
    if (contract.version !== input.version || amount === 0n) throw await versionConflict(tx, contract);
    await requireNoneWaiting(tx, contract);
    const id = newId(ctx.now);
    await tx.contractVoid.create({
      data: {
        id,
        contractId: contract.id,
        amount,
        reason: input.reason,
        createdAt: ctx.now,
        createdById: ctx.actor.id,
      },
    });
    const approval = await openApproval(tx, ctx, {
      type: 'contract_void',
      id,
      version: contract.version,
      amount: { minor: amount, currency: contract.currency },
      ownerId: null,
      involved: [contract.ownerId],
    });
    const asking = { type: 'contract_void', subjectId: id, approvalId: approval.id } as const;
    const { notices, homes } = await askNotices(tx, ctx, asking, approval.asked);
    const entry = { action: 'contract.void_asked', ...about, after: { amount, reason: input.reason } };
    await leaveTraces(tx, ctx, {
      audit: [entry],
      notices,
      homes: [ctx.actor.id, contract.ownerId, ...homes],
    });
    return { id, number: contract.number, amount, names: approval.asked.map((one) => one.name) };
  });
}

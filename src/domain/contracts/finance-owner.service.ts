// Who of finance answers for a contract in force: people change, the contract does not (F19).
import type { Ctx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import type { Contract } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { hasFinanceOwner } from './contract.js';
import { lockContract } from './contract.service.js';
import { checkLinks } from './contract-checks.service.js';

/**
 * Gives a contract another finance owner, or none: reminders then go to the finance channel.
 * @throws DomainError contract.bad_state, choice.unknown, access.denied, version.conflict
 */
export async function setFinanceOwner(
  ctx: Ctx,
  input: { id: string; version: number; financeOwnerId: string | null },
): Promise<Contract> {
  return transact(ctx.db, async (tx) => {
    const before = await lockContract(tx, input.id);
    await claimRequest(tx, ctx, 'contract.finance', {
      reference: before.number,
      subjectType: 'contract',
      subjectId: before.id,
    });
    authorize(ctx.actor, 'contract.finance', before.ownerId);
    if (!hasFinanceOwner(before.status))
      throw new DomainError('contract.bad_state', { state: before.status, action: 'finance' });
    if (before.version !== input.version) throw await versionConflict(tx, before);
    const { financeOwnerId } = input;
    await checkLinks(tx, ctx, { financeOwnerId, parentContractId: before.parentContractId }, before);
    const contract = await tx.contract.update({
      where: { id: before.id },
      data: {
        financeOwnerId,
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    await leaveTraces(tx, ctx, {
      audit: [
        {
          action: 'contract.finance_owner_set',
          subjectType: 'contract',
          subjectId: contract.id,
          before: { financeOwnerId: before.financeOwnerId },
          after: { financeOwnerId },
        },
      ],
      homes: [contract.ownerId, before.financeOwnerId, financeOwnerId],
    });
    return contract;
  });
}

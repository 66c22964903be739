// A contract as a subject of approval (F20; rules §3): approved it becomes active and its instalments open.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import type { Traces } from '../traces.service.js';
import { lockContract, requireState } from './contract.service.js';

const STATUS = { approved: 'active', rejected: 'rejected', withdrawn: 'draft' } as const;

/** Locks a contract. @throws DomainError not_found */
export async function holdContract(tx: Tx, ctx: Ctx, contractId: string): Promise<HeldSubject> {
  const contract = await lockContract(tx, contractId);
  return {
    ownerId: contract.ownerId,
    involved: [contract.ownerId],
    about: { subjectType: 'contract', subjectId: contract.id },
    homes: [contract.ownerId, ctx.actor.id],
    finish: (ending) => finish(tx, ctx, contract, ending),
  };
}

/** @throws DomainError contract.bad_state */
async function finish(tx: Tx, ctx: Ctx, contract: Contract, ending: Ending): Promise<Traces> {
  const { status } = ending;
  requireState(contract, status === 'withdrawn' ? 'withdraw' : 'decide');
  await tx.contract.update({
    where: { id: contract.id },
    data: {
      status: STATUS[status],
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  const opened = status === 'approved' ? await openInstalments(tx, ctx, contract.id) : [];
  const told = notice({
    kind: 'contract.decided',
    key: `contract.decided:${ending.approvalId}`,
    to: { user: ending.requestedById },
    payload: { contractId: contract.id, approvalId: ending.approvalId },
  });
  return {
    audit: [
      {
        action: `contract.${status}`,
        subjectType: 'contract',
        subjectId: contract.id,
        after: { ...ending.audit },
      },
    ],
    revisions: opened.map((row) => ({ id: row.id, cause: 'opened' })),
    notices: status === 'withdrawn' ? [] : [told],
  };
}

function openInstalments(tx: Tx, ctx: Ctx, contractId: string): Promise<{ id: string }[]> {
  return tx.$queryRaw<{ id: string }[]>`
    UPDATE instalment SET lifecycle = 'open', original_due_on = due_on, opened_on = ${toUtcDate(ctx.today)}::date,
      version = version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    WHERE contract_id = ${contractId}::uuid AND lifecycle = 'inactive' RETURNING id::text`;
}

// Contracts complete and reopen by themselves (rules §3): whoever books money or takes it away calls this afterwards.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import type { Traces } from '../traces.service.js';
import { settlementOf } from './contract.js';

/**
 * Recomputes from facts whether each contract is complete: an active one whose whole plan is paid completes, a
 * completed or archived one opens again when something is open. Nothing happens to any other; asking twice is free.
 * What is to be left is the caller's to leave, who has locked the contracts (booking and amendments do), so
 * that the rows read here stand still.
 */
export async function settleContracts(tx: Tx, ctx: Ctx, contractIds: readonly string[]): Promise<Traces> {
  if (contractIds.length === 0) return {};
  const contracts = await tx.contract.findMany({
    where: {
      id: { in: [...new Set(contractIds)] },
      deletedAt: null,
      status: { in: ['active', 'completed', 'archived'] },
    },
    include: { instalments: { select: { amount: true, lifecycle: true } } },
    orderBy: { id: 'asc' },
  });
  const settled = contracts.flatMap((contract) => {
    const event = settlementOf(contract, contract.instalments);
    return event === null ? [] : [{ contract, event }];
  });
  if (settled.length === 0) return {};
  const touched = { version: { increment: 1 }, updatedAt: ctx.now, updatedById: ctx.actor.id };
  const idsOf = (event: 'complete' | 'reopen') =>
    settled.filter((one) => one.event === event).map((one) => one.contract.id);
  const [complete, reopen] = [idsOf('complete'), idsOf('reopen')];
  if (complete.length > 0) {
    await tx.contract.updateMany({
      where: { id: { in: complete } },
      data: { status: 'completed', completedOn: toUtcDate(ctx.today), ...touched },
    });
  }
  if (reopen.length > 0) {
    await tx.contract.updateMany({
      where: { id: { in: reopen } },
      data: { status: 'active', completedOn: null, ...touched },
    });
  }
  return {
    audit: settled.map(({ contract, event }) => ({
      action: event === 'complete' ? 'contract.completed' : 'contract.reopened',
      subjectType: 'contract',
      subjectId: contract.id,
      ...(event === 'reopen' && { before: { status: contract.status, completedOn: contract.completedOn } }),
    })),
    notices: settled.map(({ contract, event }) => {
      const past = event === 'complete' ? ('completed' as const) : ('reopened' as const);
      return notice({
        kind: 'contract.changed',
        key: `contract.${past}:${contract.id}:${contract.version}`,
        to: { user: contract.ownerId },
        payload: { contractId: contract.id, event: past, byId: ctx.actor.id },
      });
    }),
    homes: settled.map(({ contract }) => contract.ownerId),
  };
}

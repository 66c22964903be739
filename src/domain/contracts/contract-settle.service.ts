// Contracts complete and reopen by themselves (rules §3): whoever books money or takes it away calls this afterwards.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract } from '../../generated/prisma/client.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import type { Traces } from '../traces.service.js';
import { settlementOf } from './contract.js';

type Standing = Pick<Contract, 'id' | 'status' | 'amount' | 'version' | 'ownerId' | 'completedOn'> & {
  /** Of its rows, in one order. */
  readonly amounts: readonly bigint[];
  readonly lifecycles: readonly string[];
};

/**
 * Recomputes from facts whether each contract is complete: an active one whose whole plan is paid completes, a
 * completed or archived one opens again when something is open. Nothing happens to any other; asking twice is free.
 * What is to be left is the caller's to leave, who has locked the contracts (booking and amendments do), so
 * that the rows read here stand still.
 */
export async function settleContracts(tx: Tx, ctx: Ctx, contractIds: readonly string[]): Promise<Traces> {
  if (contractIds.length === 0) return {};
  const contracts = await tx.$queryRaw<Standing[]>`
    SELECT c.id::text, c.status, c.amount, c.version, c.owner_id::text AS "ownerId", c.completed_on AS "completedOn",
      ARRAY(SELECT i.amount FROM instalment i WHERE i.contract_id = c.id ORDER BY i.id) AS amounts,
      ARRAY(SELECT i.lifecycle::text FROM instalment i WHERE i.contract_id = c.id ORDER BY i.id) AS lifecycles
    FROM contract c WHERE c.id = ANY(${[...new Set(contractIds)]}::uuid[]) AND c.deleted_at IS NULL
      AND c.status IN ('active', 'completed', 'archived') ORDER BY c.id`;
  const settled = contracts.flatMap((contract) => {
    const plan = contract.amounts.map((amount, index) => ({
      amount,
      lifecycle: contract.lifecycles[index] ?? '',
    }));
    const event = settlementOf(contract, plan);
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

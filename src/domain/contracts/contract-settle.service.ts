// Contracts complete and reopen by themselves (rules §3): whoever books money or takes it away calls this afterwards.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract } from '../../generated/prisma/client.js';
import { isAboveLimit } from '../customers/credit.js';
import { checkCredit } from '../customers/credit.queries.js';
import { toUtcDate } from '../local-date.js';
import { listHolders } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import type { Traces } from '../traces.service.js';
import { settlementOf } from './contract.js';

type Standing = Pick<
  Contract,
  'id' | 'status' | 'amount' | 'version' | 'customerId' | 'ownerId' | 'completedOn'
> & {
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
    SELECT c.id::text, c.status, c.amount, c.version, c.customer_id::text AS "customerId", c.owner_id::text AS "ownerId", c.completed_on AS "completedOn",
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
      ...(event === 'reopen' && {
        before: { status: contract.status, completedOn: contract.completedOn },
        after: { status: 'active', completedOn: null },
      }),
    })),
    notices: [
      ...settled.map(({ contract, event }) => {
        const past = event === 'complete' ? ('completed' as const) : ('reopened' as const);
        return notice({
          kind: 'contract.changed',
          key: `contract.${past}:${contract.id}:${contract.version}`,
          to: { user: contract.ownerId },
          payload: { contractId: contract.id, event: past, byId: ctx.actor.id },
        });
      }),
      ...(await tellOfCredit(
        tx,
        ctx,
        settled.flatMap(({ contract, event }) => (event === 'reopen' ? [contract] : [])),
      )),
    ],
    homes: settled.map(({ contract }) => contract.ownerId),
  };
}

/**
 * What opens again counts as exposure again (rules §10). Nobody is asked, since money that was taken back is a fact; those
 * who would decide about a new contract above the limit are told.
 */
async function tellOfCredit(tx: Tx, ctx: Ctx, reopened: readonly Standing[]): Promise<Notice[]> {
  if (reopened.length === 0) return [];
  const limited = await tx.customer.findMany({
    where: { id: { in: reopened.map((contract) => contract.customerId) }, creditLimit: { not: null } },
    select: { id: true },
  });
  const above = new Set<string>();
  for (const { id } of limited) {
    const credit = await checkCredit({ db: tx, company: ctx.company }, id, null);
    if (credit && isAboveLimit(credit)) above.add(id);
  }
  if (above.size === 0) return [];
  const deciders = await listHolders(tx, 'sales_director', 'finance_manager');
  return reopened
    .filter((contract) => above.has(contract.customerId))
    .flatMap(({ id, version, ownerId }) =>
      deciders
        .filter((person) => person.id !== ownerId)
        .map((person) =>
          notice({
            kind: 'contract.changed',
            key: `contract.reopened:${id}:${version}:${person.id}`,
            to: { user: person.id },
            payload: { contractId: id, event: 'reopened' as const, byId: ctx.actor.id },
          }),
        ),
    );
}

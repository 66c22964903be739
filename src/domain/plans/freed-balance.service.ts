// The balance that rows deleted from a plan in force left: kept on them until it is planned anew (freed-balance.ts).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Contract } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { DomainError } from '../errors.js';
import { fromUtcDate, maxDate } from '../local-date.js';
import { listManagerChain } from '../members/member.queries.js';
import { type FreedRow, fillBalance, type TakenOver } from './freed-balance.js';
import type { PlanRow } from './plan.js';

/**
 * Takes what new rows of a contract in force need from what was freed, and says what each takes over.
 * @param balance of the contract before them, minor units
 * @throws DomainError plan.later_than_deleted: for whoever may not postpone without limits
 */
export async function takeFreed(
  tx: Tx,
  ctx: Ctx,
  contract: Contract,
  rows: readonly PlanRow[],
  balance: bigint,
): Promise<readonly TakenOver[]> {
  const freed = await loadFreed(tx, contract.id);
  if (freed.length === 0) return rows.map(() => ({ originalDue: null, isRetention: false }));
  const sum = freed.reduce((total, row) => total + row.left, 0n);
  const filling = fillBalance(
    freed,
    balance - sum,
    rows.map((row) => ({ amount: row.amount, due: row.dueOn })),
  );
  const { late } = filling;
  if (late && !can(ctx.actor, 'instalment.postpone_further', contract.ownerId)) {
    const [manager] = await listManagerChain(tx, contract.ownerId);
    const { seq, latest } = late;
    throw new DomainError('plan.later_than_deleted', { seq, latest, manager: manager?.name ?? '' }, 'dueOn');
  }
  const left = [...filling.left].map(([id, amount]) => ({ id, amount: amount.toString() }));
  await tx.$executeRaw`
    UPDATE instalment i SET freed_left = x.amount
    FROM jsonb_to_recordset(${JSON.stringify(left)}::jsonb) AS x(id uuid, amount bigint) WHERE i.id = x.id`;
  return filling.rows;
}

async function loadFreed(tx: Tx, contractId: string): Promise<FreedRow[]> {
  const rows = await tx.instalment.findMany({
    where: { contractId, lifecycle: 'cancelled', freedLeft: { gt: 0n } },
    orderBy: { seq: 'asc' },
  });
  const day = (date: Date | null) => date && fromUtcDate(date);
  return rows.map((row) => {
    const [due, effective] = [day(row.dueOn), day(row.effectiveDue)];
    return {
      id: row.id,
      seq: row.seq,
      // The day off that it was rolled from counts as well.
      due: due && effective ? maxDate(due, effective) : (effective ?? due),
      originalDue: day(row.originalDueOn) ?? due,
      isRetention: row.isRetention,
      left: row.freedLeft ?? 0n,
    };
  });
}

/** An amendment agrees the plan anew: what rests of it may be planned like every balance. */
export async function forgetFreed(tx: Tx, contractId: string): Promise<void> {
  await tx.instalment.updateMany({
    where: { contractId, freedLeft: { not: null } },
    data: { freedLeft: null },
  });
}

// Reads the plan of a draft contract as it can be entered again. Changes nothing.
import type { Ctx } from '../../ctx.js';
import { visibleOwners } from '../access.js';
import { fromUtcDate } from '../local-date.js';
import { type PlanRow, planRow } from './plan.js';

/** Rows not in force, by number; only of a contract that the actor may edit. */
export async function findPlanRows(ctx: Ctx, contractId: string): Promise<(PlanRow & { id: string })[]> {
  const owners = visibleOwners(ctx.actor, 'contract.edit');
  const rows = await ctx.db.instalment.findMany({
    where: {
      contractId,
      lifecycle: 'inactive',
      ...(owners !== 'all' && { contract: { ownerId: { in: [...owners] } } }),
    },
    orderBy: { seq: 'asc' },
  });
  return rows.map((row) => ({
    id: row.id,
    ...planRow.parse({ ...row, dueOn: row.dueOn && fromUtcDate(row.dueOn) }),
  }));
}

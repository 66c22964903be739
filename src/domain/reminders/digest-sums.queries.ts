// What a digest says in one line: prepayments that wait to be applied, and what else is overdue. Changes nothing.
import type { SystemCtx } from '../../ctx.js';
import { type Actor, visibleOwners } from '../access.js';
import type { Money } from '../money.js';
import { toleranceSql } from '../settings/tolerance.queries.js';

/** Money of customers that belongs to no instalment yet. */
export async function findPrepayments(ctx: SystemCtx): Promise<{ count: number; totals: Money[] }> {
  const lines = await ctx.db.$queryRaw<{ currency: string; count: number; minor: bigint }[]>`
    SELECT currency, COUNT(*)::int AS count, SUM(unapplied)::bigint AS minor FROM receipt
    WHERE status IN ('approved', 'partly_reversed') AND unapplied > 0 GROUP BY currency ORDER BY currency`;
  return {
    count: lines.reduce((sum, line) => sum + line.count, 0),
    totals: lines.map(({ currency, minor }) => ({ currency, minor })),
  };
}

/** Overdue rows of the reader's book (a manager's: of the team) that are not in this digest. */
export async function findMoreOverdue(
  ctx: SystemCtx,
  actor: Actor,
  shown: readonly string[],
): Promise<{ count: number; totals: Money[] }> {
  const visible = visibleOwners(actor);
  const owners = visible === 'all' ? [actor.id, ...actor.teamIds] : visible;
  const lines = await ctx.db.$queryRaw<{ currency: string; count: number; minor: bigint }[]>`
    SELECT currency, COUNT(*)::int AS count, SUM(outstanding)::bigint AS minor FROM instalment i
    WHERE owner_id = ANY(${[...owners]}::uuid[]) AND lifecycle = 'open'
      AND outstanding > ${toleranceSql(ctx.company)} AND effective_due < ${ctx.today}::date
      AND id <> ALL(${[...shown]}::uuid[])
    GROUP BY currency ORDER BY currency`;
  return {
    count: lines.reduce((sum, line) => sum + line.count, 0),
    totals: lines.map(({ currency, minor }) => ({ currency, minor })),
  };
}

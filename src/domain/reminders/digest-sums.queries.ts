// What a digest says in a line: prepayments that wait to be applied, small rests, and what else is overdue. Changes nothing.
import type { SystemCtx } from '../../ctx.js';
import { type Actor, visibleOwners } from '../access.js';
import type { Money } from '../money.js';
import { smallDifferenceSql, toleranceSql } from '../settings/tolerance.queries.js';

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

/** A rest so small that it may be let go (尾差), and nobody has asked for it. `outstanding` in minor units. */
export interface SmallRest {
  readonly id: string;
  readonly contractNumber: string;
  readonly seq: number;
  readonly outstanding: bigint;
  readonly currency: string;
}

const SMALL_RESTS_SHOWN = 3;

/** Small rests that wait for finance: nothing reminds of them, and their contracts never complete; the oldest first, three. */
export async function findSmallRests(
  ctx: SystemCtx,
): Promise<{ count: number; totals: Money[]; rows: SmallRest[] }> {
  const found = await ctx.db.$queryRaw<(SmallRest & { count: number; minor: bigint; place: number })[]>`
    SELECT x.id::text, c.number AS "contractNumber", x.seq, x.outstanding, x.currency, x.count, x.minor, x.place
    FROM (
      SELECT i.id, i.contract_id, i.seq, i.outstanding, i.currency,
        COUNT(*) OVER (PARTITION BY i.currency)::int AS count,
        SUM(i.outstanding) OVER (PARTITION BY i.currency)::bigint AS minor,
        row_number() OVER (ORDER BY i.effective_due NULLS LAST, i.id)::int AS place,
        row_number() OVER (PARTITION BY i.currency ORDER BY i.id) AS nth
      FROM instalment i
      WHERE (i.lifecycle = 'open' AND i.outstanding > 0) IS TRUE AND i.outstanding <= ${smallDifferenceSql(ctx.company)}
        AND EXISTS (SELECT 1 FROM allocation m WHERE m.instalment_id = i.id AND m.status = 'effective') AND NOT i.is_retention
        AND NOT EXISTS (SELECT 1 FROM adjustment a WHERE a.instalment_id = i.id AND a.status = 'open')) x
    JOIN contract c ON c.id = x.contract_id
    WHERE x.nth = 1 OR x.place <= ${SMALL_RESTS_SHOWN} ORDER BY x.place`;
  const sums = new Map(found.map((row) => [row.currency, row]));
  const lines = [...sums.values()].toSorted((a, b) => (a.currency < b.currency ? -1 : 1));
  return {
    count: lines.reduce((sum, line) => sum + line.count, 0),
    totals: lines.map(({ currency, minor }) => ({ currency, minor })),
    rows: found
      .filter((row) => row.place <= SMALL_RESTS_SHOWN)
      .map(({ id, contractNumber, seq, outstanding, currency }) => ({
        ...{ id, contractNumber, seq, outstanding, currency },
      })),
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

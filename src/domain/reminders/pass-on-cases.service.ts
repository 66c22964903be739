// Open cases whose people have left, or do not see the row any more, ask those who take their place (rules §8: inactive
// people are handled): seen from the facts, whatever it was that changed.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { leaveTraces } from '../traces.service.js';
import { idsOf, thoseWhoSee } from './asked.js';
import { askAnew } from './asked-cases.service.js';
import { tellCases } from './case.service.js';
import type { PeopleOf } from './ladder.queries.js';
import { tellHighestStep } from './new-owners.service.js';
import { batches } from './plan-repeats.service.js';

/** One that is acknowledged asks nobody until its next step, which asks anew. */
const ASKING = Prisma.sql`k.closed_on IS NULL AND k.acked_by IS NULL`;

/** Each is told of the row's highest step in their next digest, and the case's card names them. @returns how many cases */
export async function passOnCases(ctx: SystemCtx, peopleOf: PeopleOf, batchRows: number): Promise<number> {
  const asked = await ctx.db.$queryRaw<{ ownerId: string; id: string }[]>`
    SELECT DISTINCT i.owner_id::text AS "ownerId", x.id::text FROM escalation_case k
    JOIN instalment i ON i.id = k.instalment_id CROSS JOIN LATERAL unnest(k.recipient_ids) AS x(id)
    WHERE ${ASKING}`;
  const gone = asked.filter(({ ownerId, id }) => thoseWhoSee([id], peopleOf(ownerId, null)).length === 0);
  if (gone.length === 0) return 0;
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT i.id::text FROM escalation_case k JOIN instalment i ON i.id = k.instalment_id
    WHERE ${ASKING} AND EXISTS (
      SELECT 1 FROM unnest(${gone.map((one) => one.ownerId)}::uuid[], ${gone.map((one) => one.id)}::uuid[]) AS g(owner_id, id)
      WHERE g.owner_id = i.owner_id AND g.id = ANY(k.recipient_ids))
    ORDER BY i.id`;
  let changed = 0;
  for (const ids of batches(
    rows.map((row) => row.id),
    batchRows,
  ))
    changed += await transact(ctx.db, async (tx) => {
      // Rows before cases, as every writer locks them; what somebody holds is left for the next run.
      const held = await tx.$queryRaw<{ id: string }[]>`
        SELECT id::text FROM instalment WHERE id = ANY(${[...ids]}::uuid[]) ORDER BY id FOR UPDATE SKIP LOCKED`;
      const heldIds = held.map((row) => row.id);
      const where = Prisma.sql`i.id = ANY(${heldIds}::uuid[]) AND e.acked_by IS NULL`;
      const anew = await askAnew(tx, ctx, where, { peopleOf });
      const changedIds = anew.map(({ found }) => found.instalmentId);
      await tellHighestStep(tx, ctx, changedIds, anew, { owners: false });
      const { rewrites } = tellCases(anew.map(({ found }) => ({ found, event: 'reassigned' })));
      await leaveTraces(tx, ctx, {
        ...(rewrites && { rewrites }),
        homes: anew.flatMap(({ added, gone: left }) => [...idsOf(added), ...left]),
      });
      return anew.length;
    });
  return changed;
}

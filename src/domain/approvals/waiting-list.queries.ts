// Which approvals wait for a person, the longest first. Changes nothing.
import type { SystemCtx } from '../../ctx.js';
import type { User } from '../../generated/prisma/client.js';
import { toActor } from '../members/member.queries.js';
import { waitsFor } from './waiting.queries.js';

/** Those of them that the person can still decide. */
export async function stillWaiting(
  ctx: Pick<SystemCtx, 'db' | 'today'>,
  user: User,
  approvalIds: readonly string[],
): Promise<string[]> {
  const actor = await toActor(ctx.db, user);
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT a.id::text FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE a.id = ANY(${[...approvalIds]}::uuid[]) AND ${waitsFor({ actor, today: ctx.today })}`;
  return rows.map((row) => row.id);
}

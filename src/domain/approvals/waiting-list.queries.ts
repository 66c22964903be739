// Which approvals wait for a person, and what they see by it. Changes nothing.
import type { ReadCtx, SystemCtx } from '../../ctx.js';
import type { User } from '../../generated/prisma/client.js';
import { Prisma } from '../../generated/prisma/client.js';
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

/** Everything that approvals of a record may be about. */
const SUBJECTS_OF = {
  receipt: (
    id: string,
  ) => Prisma.sql`SELECT ${id}::uuid UNION SELECT m.id FROM receipt m WHERE m.reverses_id = ${id}::uuid
    UNION SELECT x.id FROM reallocation x WHERE x.receipt_id = ${id}::uuid`,
  contract: (
    id: string,
  ) => Prisma.sql`SELECT ${id}::uuid UNION SELECT h.id FROM contract_change h WHERE h.contract_id = ${id}::uuid
    UNION SELECT v.id FROM contract_void v WHERE v.contract_id = ${id}::uuid`,
  instalment: (id: string) => Prisma.sql`SELECT p.id FROM postponement p WHERE p.instalment_id = ${id}::uuid
    UNION SELECT d.id FROM adjustment d WHERE d.instalment_id = ${id}::uuid`,
  opening: (id: string) => Prisma.sql`SELECT ${id}::uuid`,
} as const;

/**
 * Whether the reader is asked about the record, or has decided about it: whoever does so in somebody's place sees it, beyond
 * their own scope (rules §12).
 */
export async function isAskedAbout(
  ctx: ReadCtx,
  kind: keyof typeof SUBJECTS_OF,
  id: string,
): Promise<boolean> {
  const me = Prisma.sql`${ctx.actor.id}::uuid`;
  const [found] = await ctx.db.$queryRaw<{ asked: boolean }[]>`
    SELECT EXISTS (SELECT 1 FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      WHERE a.subject_id IN (${SUBJECTS_OF[kind](id)}) AND ((${waitsFor(ctx)})
        OR EXISTS (SELECT 1 FROM approval_step d WHERE d.approval_id = a.id
          AND (d.decided_by = ${me} OR ${me} = ANY(d.approved_ids))))) AS asked`;
  return found?.asked ?? false;
}

// Approvals that wait for the reader, for deciding several at once (ux §4.6 批量审批). Changes nothing.
import type { ReadCtx } from '../../ctx.js';
import type { About } from './ask.service.js';
import { isSubjectType } from './subjects.js';
import { waitsFor } from './waiting.queries.js';

/** As many as two groups of boxes hold. */
const BATCH_SIZE = 20;

export interface Batch {
  /** The longest waiting first; what has something to look at is among them. */
  readonly waiting: readonly About[];
  /** How many wait in all. */
  readonly total: number;
}

/** The first 20, or those of these approvals, as far as the reader can decide them. */
export async function findBatch(ctx: ReadCtx, approvalIds?: readonly string[]): Promise<Batch> {
  const rows = await ctx.db.$queryRaw<{ id: string; type: string; subjectId: string; total: number }[]>`
    SELECT a.id::text, a.subject_type AS type, a.subject_id::text AS "subjectId", COUNT(*) OVER ()::int AS total
    FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    WHERE ${waitsFor(ctx)}
      AND (${approvalIds === undefined} OR a.id = ANY(${[...(approvalIds ?? [])]}::uuid[]))
    ORDER BY a.asked_at, a.id LIMIT ${BATCH_SIZE}`;
  const waiting = rows.flatMap(({ id: approvalId, type, subjectId }) =>
    isSubjectType(type) ? [{ type, subjectId, approvalId }] : [],
  );
  return { waiting, total: rows[0]?.total ?? 0 };
}

/** Whether the reader has approved it, this step or one before: a form that Slack sends twice did it the first time. */
export async function hasApproved(ctx: ReadCtx, { approvalId }: Pick<About, 'approvalId'>): Promise<boolean> {
  const step = await ctx.db.approvalStep.findFirst({
    where: {
      approvalId,
      approvedIds: { has: ctx.actor.id },
      OR: [{ decision: null }, { decision: { not: 'rejected' } }],
    },
    select: { id: true },
  });
  return step !== null;
}

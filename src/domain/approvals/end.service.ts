// Ends approvals whose subject is over by itself: nothing is left to decide, and every card of them says so.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Traces } from '../traces.service.js';
import { rewriteOf } from './ask.service.js';
import { isSubjectType, type SubjectType } from './subjects.js';

/** An approval that ended without a decision. */
export interface EndedApproval {
  readonly type: SubjectType;
  readonly subjectId: string;
  readonly approvalId: string;
  readonly requestedById: string;
}

/** Ends what is open about these subjects, which the caller holds; who asked is the caller's to tell. */
export async function endApprovals(
  tx: Tx,
  ctx: SystemCtx,
  types: readonly SubjectType[],
  subjectIds: readonly string[],
): Promise<{ ended: readonly EndedApproval[]; traces: Traces }> {
  const rows = await tx.approval.updateManyAndReturn({
    where: { subjectType: { in: [...types] }, subjectId: { in: [...subjectIds] }, status: 'open' },
    data: { status: 'withdrawn', updatedAt: ctx.now, version: { increment: 1 } },
  });
  const ended = rows.flatMap(({ id: approvalId, subjectType: type, subjectId, requestedById }) =>
    isSubjectType(type) ? [{ type, subjectId, approvalId, requestedById }] : [],
  );
  return {
    ended,
    traces: {
      rewrites: ended.map((one) => rewriteOf(one, 'withdrawn')),
      homes: ended.map((one) => one.requestedById),
    },
  };
}

// A row that is settled, deleted or moved no longer waits for a postponement: what was asked for is over.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { cardKey } from '../approvals/subjects.js';
import { fromUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { leaveTraces } from '../traces.service.js';

/** Ends what waits on these rows, rewrites the approvers' cards and tells who asked. Set-based: money settles many rows. */
export async function cancelPostponements(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
): Promise<void> {
  const cancelled = await tx.postponement.updateManyAndReturn({
    where: { instalmentId: { in: [...instalmentIds] }, status: 'open' },
    data: { status: 'withdrawn' },
  });
  if (cancelled.length === 0) return;
  const asked = cancelled.flatMap(({ id, approvalId, createdById }) =>
    approvalId === null ? [] : [{ askedById: createdById, payload: { postponementId: id, approvalId } }],
  );
  await tx.approval.updateMany({
    where: { id: { in: asked.map(({ payload }) => payload.approvalId) }, status: 'open' },
    data: { status: 'withdrawn', updatedAt: ctx.now, version: { increment: 1 } },
  });
  await leaveTraces(tx, ctx, {
    audit: cancelled.map((one) => ({
      action: 'postponement.cancelled',
      subjectType: 'instalment',
      subjectId: one.instalmentId,
      before: { effectiveDue: fromUtcDate(one.fromDate) },
      after: { effectiveDue: fromUtcDate(one.toDate) },
    })),
    rewrites: asked.map(({ payload }) => ({
      key: cardKey('postponement', payload.approvalId),
      kind: 'postponement.card' as const,
      payload,
      tag: 'withdrawn',
    })),
    notices: asked.map(({ askedById, payload }) =>
      notice({
        kind: 'postponement.decided',
        key: `postponement.decided:${payload.approvalId}`,
        to: { user: askedById },
        payload,
      }),
    ),
  });
}

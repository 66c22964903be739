// A row that is paid, deleted or void has nothing left to write off: what was asked about it is over, and whoever asked hears
// of it. A write-off that was posted can still be undone, until the row is gone.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { endApprovals } from '../approvals/end.service.js';
import { notice } from '../notices/notice.js';
import { joinTraces, leaveTraces } from '../traces.service.js';

/** Ends what waits on these rows, which are held. `isGone`: deleted or void, so that undoing has no sense either. */
export async function cancelAdjustments(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  isGone: boolean,
): Promise<void> {
  const cancelled = await tx.adjustment.updateManyAndReturn({
    where: {
      instalmentId: { in: [...instalmentIds] },
      status: 'open',
      ...(!isGone && { undoesId: null }),
    },
    data: { status: 'withdrawn' },
  });
  if (cancelled.length === 0) return;
  const { ended, traces } = await endApprovals(
    tx,
    ctx,
    ['write_off', 'small_difference'],
    cancelled.map((one) => one.id),
  );
  await leaveTraces(
    tx,
    ctx,
    joinTraces(traces, {
      audit: cancelled.map(({ instalmentId, kind, amount }) => ({
        action: 'adjustment.cancelled',
        subjectType: 'instalment',
        subjectId: instalmentId,
        after: { kind, amount },
      })),
      notices: ended.map(({ subjectId: adjustmentId, approvalId, requestedById }) =>
        notice({
          kind: 'adjustment.decided',
          key: `adjustment.decided:${approvalId}`,
          to: { user: requestedById },
          payload: { adjustmentId, approvalId },
        }),
      ),
      concerned: cancelled.map((one) => one.instalmentId),
    }),
  );
}

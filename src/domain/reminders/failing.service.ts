// Reminders that cannot be planned are nobody's to notice: the admins are told.
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';

export const PLAN_JOB = 'plan-reminders';
/** One run may meet what is over in the next minute. */
const FAILED_RUNS = 5;

/** The run of now has failed: if those before it have too, for some minutes, the admins hear of it once a day. */
export async function tellFailing(ctx: SystemCtx): Promise<void> {
  const before = await ctx.db.jobRun.findMany({
    where: { job: PLAN_JOB, finishedAt: { not: null } },
    orderBy: { startedAt: 'desc' },
    take: FAILED_RUNS - 1,
    select: { outcome: true },
  });
  if (before.length < FAILED_RUNS - 1 || before.some((run) => run.outcome !== 'failed')) return;
  await transact(ctx.db, async (tx) => {
    const told = (await listHolders(tx, 'admin')).map((admin) =>
      notice({
        kind: 'reminders.failing',
        key: `reminders.failing:${ctx.today}@${admin.id}`,
        to: { user: admin.id },
        payload: { date: ctx.today },
      }),
    );
    await enqueue(tx, ctx, ...told);
  });
}

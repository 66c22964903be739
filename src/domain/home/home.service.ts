// Remembers who looks at their Home, so that only those are kept fresh (ux §8).
import type { Ctx } from '../../ctx.js';
import type { Db } from '../../db/client.js';
import { toUtcDate } from '../local-date.js';

/**
 * About to publish: whatever changes from here on marks it stale again. `opened`: the person has it before their eyes.
 * Called before the facts are read, so that a change in between is not lost. Returns when the person last asked for a
 * role.
 */
export async function notePublishing(ctx: Ctx, opened: boolean): Promise<{ askedAt: Date | null }> {
  return ctx.db.user.update({
    where: { id: ctx.actor.id },
    data: { homeStale: false, homeDay: toUtcDate(ctx.today), ...(opened && { homeOpenedAt: ctx.now }) },
    select: { askedAt: true },
  });
}

/** What the person sees is not what was read: the job publishes it anew. */
export async function noteUnpublished(db: Db, slackUserId: string): Promise<void> {
  await db.user.updateMany({ where: { slackUserId }, data: { homeStale: true } });
}

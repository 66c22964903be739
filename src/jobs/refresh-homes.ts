// Publishes the Home of people whose facts changed, or the day since it was published, and who looked at it in the last 24
// hours; others see fresh facts when they open it. How a Home looks is not known here.
import type { SystemCtx } from '../ctx.js';
import type { Logger } from '../log.js';
import type { JobResult } from './run-job.js';

/** Publishes one person's Home from fresh facts. */
export type PublishHome = (slackUserId: string) => Promise<void>;

const LOOKED_WITHIN_MS = 24 * 60 * 60 * 1000;
const HOMES_A_RUN = 20;

/** Takes stale Homes one instance at a time; one that cannot be published is stale again. */
export async function refreshHomes(ctx: SystemCtx, publish: PublishHome, log: Logger): Promise<JobResult> {
  const since = new Date(ctx.now.getTime() - LOOKED_WITHIN_MS);
  const people = await ctx.db.$queryRaw<{ id: string; slackUserId: string }[]>`
    UPDATE app_user SET home_stale = false, home_day = ${ctx.today}::date WHERE id IN (
      SELECT id FROM app_user WHERE (home_stale OR home_day < ${ctx.today}::date)
        AND active AND home_opened_at >= ${since}
      ORDER BY home_opened_at DESC LIMIT ${HOMES_A_RUN} FOR UPDATE SKIP LOCKED)
    RETURNING id::text, slack_user_id AS "slackUserId"`;
  let published = 0;
  for (const person of people) {
    try {
      await publish(person.slackUserId);
      published += 1;
    } catch (error) {
      log.warn({ err: error }, 'a Home could not be published');
      await ctx.db.$executeRaw`UPDATE app_user SET home_stale = true WHERE id = ${person.id}::uuid`;
    }
  }
  return { published };
}

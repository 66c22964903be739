// Reminders whose reason is gone before anybody was told: paid, moved to another day, or deleted.

import type { SystemCtx } from '../../ctx.js';
import { Prisma } from '../../generated/prisma/client.js';
import { toleranceSql } from '../settings/tolerance.queries.js';

/** What was planned for another day (`moved`) may be planned anew; the rest is settled. */
const GONE_FOR = Prisma.sql`CASE WHEN r.due_epoch < i.due_epoch THEN 'moved' ELSE 'settled' END`;

/** Drops all of them that no message carries yet; what this run has just planned is none of it. */
export async function dropStale(ctx: SystemCtx): Promise<void> {
  await ctx.db.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = ${GONE_FOR} FROM instalment i
    WHERE i.id = r.instalment_id AND r.status = 'pending' AND r.outbox_id IS NULL AND r.created_at < ${ctx.now}
      AND (r.due_epoch < i.due_epoch OR i.lifecycle <> 'open'
        OR i.outstanding <= ${toleranceSql(ctx.company)})`;
}

/** Drops these, which a message was to carry, but for what another one has told meanwhile. */
export async function dropReminders({ db }: Pick<SystemCtx, 'db'>, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db.$executeRaw`
    UPDATE reminder r SET status = 'skipped', skip_reason = COALESCE((
      SELECT ${GONE_FOR} FROM instalment i WHERE i.id = r.instalment_id), 'settled')
    WHERE r.id = ANY(${[...ids]}::uuid[]) AND r.status = 'pending'`;
}

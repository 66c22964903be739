// Reminders whose reason is gone before anybody was told: paid, moved to another day, or deleted.

import type { SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
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

/**
 * What carries reminder `r` is being sent, or nobody knows whether it was: it is left alone until that is known, as it may
 * be told by now (rules §4 no. 7). What becomes of it otherwise: dropPassed.
 */
export const ON_ITS_WAY = Prisma.sql`EXISTS (
  SELECT 1 FROM outbox m WHERE m.id = r.outbox_id AND m.status = 'sending')`;

/** A message was not sent after all: of what it carried, what a later step or another owner has taken the place of. */
export async function dropPassed(db: Db | Tx, outboxId: string): Promise<void> {
  await db.$executeRaw`
    UPDATE reminder r SET status = 'skipped',
      skip_reason = CASE WHEN n.recipient_id = r.recipient_id THEN 'superseded' ELSE 'reassigned' END
    FROM reminder n LEFT JOIN instalment i ON i.id = n.instalment_id LEFT JOIN contract c ON c.id = n.contract_id
    WHERE r.outbox_id = ${outboxId}::uuid AND r.status = 'pending' AND n.id > r.id AND n.status <> 'skipped'
      AND (n.instalment_id = r.instalment_id
        OR (n.contract_id = r.contract_id AND n.milestone_kind = r.milestone_kind))
      AND ((n.recipient_id = r.recipient_id AND CASE WHEN n.instalment_id IS NULL THEN n.occurrence_on > r.occurrence_on
          -- A repeated line passes nothing.
          ELSE EXISTS (SELECT 1 FROM reminder_rule l WHERE l.code = n.rule_code AND l.rank > 0) END)
        OR (r.recipient_role = 'owner' AND n.recipient_id = COALESCE(i.owner_id, c.owner_id)
          AND n.rule_code = r.rule_code AND n.occurrence_on = r.occurrence_on))`;
}

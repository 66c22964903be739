// Looks for a message of which nobody knows whether it arrived, before it is sent again.
import type { SystemCtx } from '../../ctx.js';
import type { DeliveryEnv } from './deliver-row.js';
import { giveUp } from './fallbacks.js';
import { type ClaimedRow, keepLooking, markSent } from './outbox-rows.js';
import type { Finding } from './slack-sender.js';
import type { FileContent } from './upload-files.js';

export function lookFor(
  env: DeliveryEnv,
  row: ClaimedRow,
  channel: string,
  threadTs: string | null,
  files: readonly FileContent[],
): Promise<Finding> {
  const fileNames = files.length > 0 ? { fileNames: files.map((file) => file.name) } : {};
  // Clocks of Slack and of the database differ a little.
  const since = new Date(row.firstTriedAt.getTime() - 120_000);
  return env.slack.find({ channel, threadTs, since, noticeId: row.id, ...fileNames });
}

/** It is there, or cannot be looked for: now, or at all. */
export async function endSearch(
  env: DeliveryEnv,
  ctx: SystemCtx,
  row: ClaimedRow,
  channel: string,
  found: Exclude<Finding, { kind: 'absent' }>,
): Promise<void> {
  if (found.kind === 'found') return markSent(env.db, row, channel, found.ts);
  env.log.warn(
    { outboxId: row.id, kind: row.kind, reason: found.reason },
    'a lost message cannot be looked up',
  );
  if (found.kind === 'retry') return keepLooking(env.db, row, found.reason, found.afterSeconds);
  return giveUp(ctx, row, 'unknown', found.reason);
}

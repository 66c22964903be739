// What waits for approval about a row ends with the row: postponements and write-offs that nobody has decided.
import type { SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { cancelAdjustments } from '../adjustments/adjustment-cancel.service.js';
import { cancelPostponements } from './postponement-cancel.service.js';

/** Ends it for these rows, which are held: settled, or gone. Where nothing waits it costs one query. */
export async function cancelWaiting(
  tx: Tx,
  ctx: SystemCtx,
  instalmentIds: readonly string[],
  isGone: boolean,
): Promise<void> {
  const ids = [...instalmentIds];
  const waiting = await tx.$queryRaw<{ kind: 'postponement' | 'adjustment' }[]>`
    SELECT 'postponement' AS kind FROM postponement WHERE instalment_id = ANY(${ids}::uuid[]) AND status = 'open'
    UNION SELECT 'adjustment' FROM adjustment WHERE instalment_id = ANY(${ids}::uuid[]) AND status = 'open'`;
  const kinds = new Set(waiting.map((one) => one.kind));
  if (kinds.has('postponement')) await cancelPostponements(tx, ctx, ids);
  if (kinds.has('adjustment')) await cancelAdjustments(tx, ctx, ids, isGone);
}

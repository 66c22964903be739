// What the changes of an instalment share: who is told, and who else may do it.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Instalment } from '../../generated/prisma/client.js';
import { DomainError, type ManagerRule } from '../errors.js';
import { findSuperiorId, listManagerChain } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue, markHomesStale } from '../notices/outbox.service.js';

/** The refusal that names the manager who can do it. */
export async function needsManager(
  tx: Tx,
  row: Instalment,
  rule: ManagerRule,
  field?: string,
): Promise<DomainError> {
  const [manager] = await listManagerChain(tx, row.ownerId);
  return new DomainError('instalment.needs_manager', { manager: manager?.name ?? '', rule }, field);
}

/**
 * The owner hears of it when somebody else acted; whoever looks at the row's Home sees it. `answeredId` is told of the
 * same in an answer to what they asked for, and hears nothing twice.
 */
export async function tellOwner(
  tx: Tx,
  ctx: Ctx,
  row: Instalment,
  event: 'postponed' | 'edited' | 'deleted',
  dates: { from: string | null; to: string | null },
  answeredId?: string,
): Promise<void> {
  if (row.ownerId !== ctx.actor.id && row.ownerId !== answeredId) {
    const told = notice({
      kind: 'instalment.changed',
      key: `instalment.changed:${row.id}:${row.version}`,
      to: { user: row.ownerId },
      payload: { instalmentId: row.id, byId: ctx.actor.id, event, ...dates },
    });
    await enqueue(tx, ctx, told);
  }
  await markHomesStale(tx, [row.ownerId, await findSuperiorId(tx, row.ownerId)]);
}

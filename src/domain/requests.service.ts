// Idempotency of submissions: a form carries a requestId; its first run leaves a row, a second run finds it.
import type { Ctx } from '../ctx.js';
import type { Tx } from '../db/client.js';
import { DomainError } from './errors.js';

/** What a finished request made. */
export interface RequestResult {
  reference: string | null;
  subjectType: string;
  subjectId: string;
}

/**
 * Takes the request id for this transaction; a concurrent holder is waited for.
 * @throws DomainError request.repeated with what the first run made
 */
export async function claimRequest(tx: Tx, ctx: Ctx, action: string): Promise<void> {
  const claimed = await tx.$executeRaw`
    INSERT INTO request (id, action, actor_id, created_at)
    VALUES (${ctx.requestId}, ${action}, ${ctx.actor.id}::uuid, ${ctx.now})
    ON CONFLICT (id) DO NOTHING`;
  if (claimed === 1) return;
  const first = await tx.request.findUnique({ where: { id: ctx.requestId } });
  throw new DomainError('request.repeated', {
    reference: first?.reference ?? null,
    subjectType: first?.subjectType ?? null,
    subjectId: first?.subjectId ?? null,
  });
}

/** Remembers what the request made, in the same transaction. */
export async function finishRequest(tx: Tx, ctx: Ctx, result: RequestResult): Promise<void> {
  await tx.request.update({ where: { id: ctx.requestId }, data: result });
}

// Idempotency of submissions: a form carries a requestId; its first run leaves a row, a second run finds it. What is
// claimed by a transaction that fails is free again.
import type { Ctx } from '../ctx.js';
import type { Tx } from '../db/client.js';
import { DomainError } from './errors.js';

/** What a request makes or changes: told to whoever sends it a second time. */
export interface RequestResult {
  reference: string | null;
  subjectType: string;
  subjectId: string;
}

/**
 * Takes the request id for this transaction; a concurrent holder is waited for. To be called before anything is checked
 * that the first run has changed.
 * @throws DomainError request.repeated with what the first run made
 */
export async function claimRequest(tx: Tx, ctx: Ctx, action: string, result: RequestResult): Promise<void> {
  const claimed = await tx.$executeRaw`
    INSERT INTO request (id, action, actor_id, reference, subject_type, subject_id, created_at)
    VALUES (${ctx.requestId}, ${action}, ${ctx.actor.id}::uuid, ${result.reference}, ${result.subjectType},
      ${result.subjectId}::uuid, ${ctx.now})
    ON CONFLICT (id) DO NOTHING`;
  if (claimed === 1) return;
  throw repeated(await tx.request.findUnique({ where: { id: ctx.requestId } }));
}

/**
 * For what is read before the request is claimed, and changed by it.
 * @throws DomainError request.repeated with what the first run made
 */
export async function refuseRepeated(ctx: Pick<Ctx, 'db' | 'requestId'>): Promise<void> {
  const first = await ctx.db.request.findUnique({ where: { id: ctx.requestId } });
  if (first) throw repeated(first);
}

const repeated = (
  first: { reference: string | null; subjectType: string | null; subjectId: string | null } | null,
): DomainError =>
  new DomainError('request.repeated', {
    reference: first?.reference ?? null,
    subjectType: first?.subjectType ?? null,
    subjectId: first?.subjectId ?? null,
  });

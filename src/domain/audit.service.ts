// Writes the audit trail: one row a change, in the transaction of the change, never updated or deleted (rules §4 no. 11).
import type { SystemCtx } from '../ctx.js';
import { bulkInsert } from '../db/bulk-insert.js';
import type { Tx } from '../db/client.js';
import type { Prisma } from '../generated/prisma/client.js';
import { newId } from './ids.js';

export interface AuditEntry {
  /** Past tense, `subject.verb`: receipt.approved. */
  action: string;
  subjectType: string;
  subjectId: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** Adds entries to the trail; `ctx` without an actor is the system. */
export async function recordAudit(
  tx: Tx,
  ctx: SystemCtx & { actor?: { id: string }; requestId?: string },
  ...entries: AuditEntry[]
): Promise<void> {
  await bulkInsert(
    tx,
    'audit_log',
    entries.map((entry) => ({
      id: newId(ctx.now),
      at: ctx.now,
      actorId: ctx.actor?.id ?? null,
      action: entry.action,
      subjectType: entry.subjectType,
      subjectId: entry.subjectId,
      ...(entry.before && { before: plainJson(entry.before) }),
      ...(entry.after && { after: plainJson(entry.after) }),
      requestId: ctx.requestId ?? null,
    })),
  );
}

/** bigint as decimal string, Date as ISO text: what JSON can hold. */
export function plainJson(value: Record<string, unknown>): Prisma.InputJsonObject {
  return JSON.parse(
    JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item)),
  );
}

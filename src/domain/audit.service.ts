// Writes the audit trail: one row a change, in the transaction of the change, never updated or deleted (rules §4 no. 11).
import type { SystemCtx } from '../ctx.js';
import type { Tx } from '../db/client.js';
import type { Prisma } from '../generated/prisma/client.js';
import { newId } from './ids.js';
import { type AuditRow, saveTraces } from './save-traces.service.js';

type AuditCtx = SystemCtx & { actor?: { id: string }; requestId?: string };

export interface AuditEntry {
  /** Past tense, `subject.verb`: receipt.approved. */
  action: string;
  subjectType: string;
  subjectId: string;
  before?: Record<string, unknown>;
  after?: Record<string, unknown>;
}

/** Adds entries to the trail; `ctx` without an actor is the system. */
export async function recordAudit(tx: Tx, ctx: AuditCtx, ...entries: AuditEntry[]): Promise<void> {
  await saveTraces(tx, { audit: auditRows(ctx, entries) });
}

/** The entries as rows of the trail. */
export function auditRows(ctx: AuditCtx, entries: readonly AuditEntry[]): AuditRow[] {
  return entries.map((entry) => ({
    id: newId(ctx.now),
    at: ctx.now,
    actor_id: ctx.actor?.id ?? null,
    action: entry.action,
    subject_type: entry.subjectType,
    subject_id: entry.subjectId,
    before: entry.before ? plainJson(entry.before) : null,
    after: entry.after ? plainJson(entry.after) : null,
    request_id: ctx.requestId ?? null,
  }));
}

/** bigint as decimal string, Date as ISO text: what JSON can hold. Copied by hand: an import has 100,000 of them. */
export function plainJson(value: Record<string, unknown>): Prisma.InputJsonObject {
  return copyPlain(value) as Prisma.InputJsonObject;
}

function copyPlain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return value.toJSON();
  if (Array.isArray(value)) return value.map((item) => copyPlain(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (item !== undefined) copy[key] = copyPlain(item);
  return copy;
}

// What a person has typed into a form of several steps (ux §1.4): one a person and form, kept 24 hours, seen by nobody else.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { queryQuick } from '../../db/quick-query.js';
import { type FormDraft, Prisma } from '../../generated/prisma/client.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';

/**
 * Of an amendment each window has its own: two contracts are amended side by side, and neither is continued later. Of
 * templates each has one, the new one and every copy too.
 */
export type DraftForm =
  | 'plan'
  | 'contract'
  | 'contract_edit'
  | `template:${string}`
  | 'settings'
  | `amendment:${string}`;

/** A draft as it was found; `values` are the form's own, which checks them. */
export type Draft = Pick<FormDraft, 'id' | 'version' | 'values' | 'updatedAt'>;

const KEPT_MS = 24 * 60 * 60 * 1000;
const oldest = (now: Date): Date => new Date(now.getTime() - KEPT_MS);

/** The actor's draft of a form, if one is not older than 24 hours. */
export async function findDraft(ctx: Ctx, form: DraftForm): Promise<Draft | null> {
  const [draft] = await queryQuick<Draft>(
    ctx.db,
    Prisma.sql`SELECT id::text, version, values, updated_at AS "updatedAt" FROM form_draft
      WHERE user_id = ${ctx.actor.id}::uuid AND form = ${form} AND updated_at >= ${oldest(ctx.now)}`,
  );
  return draft ?? null;
}

/**
 * The draft that a window shows.
 * @throws DomainError draft.changed: another window changed, saved or dropped it; a foreign or forged id is as gone
 */
export async function loadDraft(ctx: Ctx, shown: { id: string; version: number }): Promise<Draft> {
  const draft = await ctx.db.formDraft.findFirst({ where: { id: shown.id, userId: ctx.actor.id } });
  if (!draft || draft.version !== shown.version) throw new DomainError('draft.changed', {});
  return draft;
}

/** Begins the actor's draft of a form anew; what was there is gone. */
export async function startDraft(ctx: Ctx, form: DraftForm, values: Prisma.InputJsonValue): Promise<Draft> {
  const fresh = { values, createdAt: ctx.now, updatedAt: ctx.now };
  return ctx.db.formDraft.upsert({
    where: { userId_form: { userId: ctx.actor.id, form } },
    create: { ...fresh, id: newId(ctx.now), userId: ctx.actor.id, form },
    update: { ...fresh, version: { increment: 1 } },
  });
}

/** Changes the draft that a window shows. @throws DomainError draft.changed */
export async function changeDraft(
  ctx: Ctx,
  shown: { id: string; version: number },
  values: Prisma.InputJsonValue,
): Promise<Draft> {
  const [changed] = await ctx.db.formDraft.updateManyAndReturn({
    where: { id: shown.id, userId: ctx.actor.id, version: shown.version },
    data: { values, updatedAt: ctx.now, version: { increment: 1 } },
  });
  if (!changed) throw new DomainError('draft.changed', {});
  return changed;
}

/** Drops one of the actor's drafts: it was saved, or they begin anew. */
export async function dropDraft(tx: Tx | Ctx['db'], ctx: Ctx, id: string): Promise<void> {
  await tx.formDraft.deleteMany({ where: { id, userId: ctx.actor.id } });
}

/** Drops what nobody can continue any more; returns how many. */
export async function sweepDrafts(ctx: SystemCtx): Promise<number> {
  const { count } = await ctx.db.formDraft.deleteMany({ where: { updatedAt: { lt: oldest(ctx.now) } } });
  return count;
}

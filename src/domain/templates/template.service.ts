// Makes, changes and deletes plan templates: admins only (rules §12, F27).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { claimRequest } from '../requests.service.js';
import { changedOnly, versionConflict } from '../versions.service.js';
import { checkTemplate, type Template, told } from './template.js';
import { loadTemplate, type StoredTemplate } from './template.queries.js';
import { insertLines, insertTemplate, lockCodes } from './template-rows.service.js';

/**
 * A new template.
 * @throws DomainError access.denied, template.* (what a template must be), template.duplicate, request.repeated
 */
export async function createTemplate(ctx: Ctx, input: Template): Promise<StoredTemplate> {
  authorize(ctx.actor, 'settings.edit');
  const template = checkTemplate(checkKeys(ctx, input));
  const id = newId(ctx.now);
  return transact(ctx.db, async (tx) => {
    await claimRequest(tx, ctx, 'template.create', {
      reference: template.code,
      subjectType: 'template',
      subjectId: id,
    });
    await requireFreeCode(tx, template.code, null);
    await insertTemplate(tx, { now: ctx.now, id: ctx.actor.id }, template, id);
    await recordAudit(tx, ctx, {
      action: 'template.created',
      subjectType: 'template',
      subjectId: id,
      after: told(template),
    });
    return loadTemplate({ db: tx }, id);
  });
}

/**
 * Changes a template; plans that were made with it stay as they are.
 * @throws DomainError as createTemplate, not_found, version.conflict
 */
export async function editTemplate(
  ctx: Ctx,
  id: string,
  version: number,
  input: Template,
): Promise<StoredTemplate> {
  authorize(ctx.actor, 'settings.edit');
  const template = checkTemplate(checkKeys(ctx, input));
  return transact(ctx.db, async (tx) => {
    await claimRequest(tx, ctx, 'template.edit', {
      reference: template.code,
      subjectType: 'template',
      subjectId: id,
    });
    await requireFreeCode(tx, template.code, id);
    const before = await lockTemplate(tx, id, version);
    const { lines, ...head } = template;
    await tx.planTemplate.update({
      where: { id },
      data: { ...head, updatedAt: ctx.now, updatedById: ctx.actor.id, version: { increment: 1 } },
    });
    await insertLines(tx, ctx.now, id, lines);
    const next = told(template);
    const was = told(before);
    await recordAudit(tx, ctx, {
      action: 'template.edited',
      subjectType: 'template',
      subjectId: id,
      before: changedOnly(was, next),
      after: changedOnly(next, was),
    });
    return loadTemplate({ db: tx }, id);
  });
}

/**
 * Deletes a template (soft); customers that had it as default have none.
 * @throws DomainError access.denied, not_found, version.conflict
 */
export async function deleteTemplate(ctx: Ctx, id: string, version: number): Promise<StoredTemplate> {
  authorize(ctx.actor, 'settings.edit');
  return transact(ctx.db, async (tx) => {
    const before = await lockTemplate(tx, id, version);
    await tx.planTemplate.update({
      where: { id },
      data: {
        deletedAt: ctx.now,
        deletedById: ctx.actor.id,
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
        version: { increment: 1 },
      },
    });
    const customers = await tx.customer.updateMany({
      where: { defaultTemplateId: id },
      data: { defaultTemplateId: null },
    });
    await recordAudit(tx, ctx, {
      action: 'template.deleted',
      subjectType: 'template',
      subjectId: id,
      before: { code: before.code, name: before.name, customers: customers.count },
    });
    return before;
  });
}

/** Contract types must be of the company's list. */
function checkKeys(ctx: Ctx, input: Template): Template {
  const known = ctx.company.settings.contractTypes.map((entry) => entry.key);
  const unknown = input.contractTypes.find((key) => !known.includes(key));
  if (unknown !== undefined) throw new DomainError('choice.unknown', { value: unknown }, 'contractTypes');
  if (input.currency !== null && !ctx.company.settings.currencies.includes(input.currency))
    throw new DomainError('choice.unknown', { value: input.currency }, 'currency');
  return input;
}

async function requireFreeCode(tx: Tx, code: string, id: string | null): Promise<void> {
  await lockCodes(tx);
  const twin = await tx.planTemplate.findFirst({
    where: { code, deletedAt: null, ...(id !== null && { id: { not: id } }) },
  });
  if (twin) throw new DomainError('template.duplicate', { code, name: twin.name }, 'code');
}

async function lockTemplate(tx: Tx, id: string, version: number): Promise<StoredTemplate> {
  await tx.$queryRaw`SELECT 1 FROM plan_template WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.planTemplate.findFirst({ where: { id, deletedAt: null } });
  if (!row) throw new DomainError('not_found', { ref: '' });
  if (row.version !== version) throw await versionConflict(tx, row);
  return loadTemplate({ db: tx }, id);
}

// Writes templates and their lines as rows; the presets of a company. Who may, and what is noted, is template.service.ts.
import type { Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import type { Locale } from '../access.js';
import { newId } from '../ids.js';
import { presetTemplates } from './presets.js';
import type { Template, TemplateLine } from './template.js';

/** Codes are looked at before they are taken: writers of templates do it one after the other. */
export async function lockCodes(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('huikuan.template'))`;
}

/** A new template with its lines; the code must be free. */
export async function insertTemplate(
  tx: Tx,
  by: { now: Date; id: string },
  template: Template,
  id: string,
): Promise<void> {
  const { lines, ...head } = template;
  await tx.planTemplate.create({
    data: { ...head, id, createdAt: by.now, createdById: by.id, updatedAt: by.now, updatedById: by.id },
  });
  await insertLines(tx, by.now, id, lines);
}

/** Lines in their order; those that were there are gone before. */
export async function insertLines(
  tx: Tx,
  now: Date,
  templateId: string,
  lines: readonly TemplateLine[],
): Promise<void> {
  await tx.planTemplateLine.deleteMany({ where: { templateId } });
  await tx.planTemplateLine.createMany({ data: lineRows(now, templateId, lines) });
}

const lineRows = (now: Date, templateId: string, lines: readonly TemplateLine[]) =>
  lines.map((line, index) => ({ ...line, id: newId(now), templateId, seq: index + 1 }));

/** Gives a company that never had a template the presets. Safe to repeat; deleted ones do not come back. */
export async function makePresets(tx: Tx, company: { id: string; locale: Locale }, now: Date): Promise<void> {
  await lockCodes(tx);
  if ((await tx.planTemplate.count()) > 0) return;
  const by = { createdAt: now, createdById: company.id, updatedAt: now, updatedById: company.id };
  const heads: Prisma.PlanTemplateCreateManyInput[] = [];
  const rows: Prisma.PlanTemplateLineCreateManyInput[] = [];
  for (const { lines, ...head } of presetTemplates(company.locale)) {
    const id = newId(now);
    heads.push({ ...head, ...by, id });
    rows.push(...lineRows(now, id, lines));
  }
  await tx.planTemplate.createMany({ data: heads });
  await tx.planTemplateLine.createMany({ data: rows });
}

/** The company reads another language now: presets that nobody has touched are named in it. */
export async function renamePresets(
  tx: Tx,
  company: { id: string; locale: Locale },
  now: Date,
): Promise<void> {
  await lockCodes(tx);
  const untouched = await tx.planTemplate.findMany({
    where: { createdById: company.id, version: 1, deletedAt: null },
  });
  const byCode = new Map(untouched.map((row) => [row.code, row.id]));
  for (const preset of presetTemplates(company.locale)) {
    const id = byCode.get(preset.code);
    if (id === undefined) continue;
    await tx.planTemplate.update({ where: { id }, data: { name: preset.name, updatedAt: now } });
    await insertLines(tx, now, id, preset.lines);
  }
}

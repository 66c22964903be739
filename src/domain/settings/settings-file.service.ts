// All settings as one file, out and in (F103): admins only, shown before anything changes, then in one transaction.
import type { Ctx } from '../../ctx.js';
import { authorize } from '../access.js';
import { recordAudit } from '../audit.service.js';
import { dropDraft, loadDraft, startDraft } from '../drafts/draft.service.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { editCompany } from './company.service.js';
import { applyPlan } from './settings-apply.service.js';
import type { SettingsPlan } from './settings-change.js';
import { readSettingsFile, type SettingsFile, writeSettingsFile } from './settings-file.js';
import { planSettings, planText } from './settings-plan.js';
import { fileOfSettings } from './settings-present.js';
import { loadPresent } from './settings-present.queries.js';

const FORM = 'settings';

/** The file's text; that somebody took it along is noted. @throws DomainError access.denied */
export async function exportSettings(ctx: Ctx): Promise<string> {
  authorize(ctx.actor, 'settings.edit');
  const file = fileOfSettings(await loadPresent(ctx.db, ctx.company), ctx.now);
  await recordAuditOf(ctx, {
    people: file.people?.length ?? 0,
    templates: file.templates?.length ?? 0,
    ladders: file.ladders?.length ?? 0,
  });
  return writeSettingsFile(file);
}

const recordAuditOf = (ctx: Ctx, after: Record<string, unknown>): Promise<void> =>
  ctx.db.$transaction((tx) =>
    recordAudit(tx, ctx, {
      action: 'settings.exported',
      subjectType: 'company',
      subjectId: ctx.company.id,
      after,
    }),
  );

export interface SettingsPreview {
  readonly plan: SettingsPlan;
  /** What a confirmation is for: the file as it was read, and what it would change. */
  readonly shown: { readonly id: string; readonly version: number; readonly company: number };
}

/**
 * Keeps the file for the actor, and says what it would change. `unreachable`: channels of it that the app cannot post in.
 * @throws DomainError access.denied, and as readSettingsFile and planSettings
 */
export async function previewSettings(
  ctx: Ctx,
  file: SettingsFile,
  unreachable: readonly string[],
): Promise<SettingsPreview> {
  authorize(ctx.actor, 'settings.edit');
  const plan = planSettings(file, await loadPresent(ctx.db, ctx.company, codesOf(file)), unreachable);
  const values = {
    file: JSON.parse(writeSettingsFile(file)),
    unreachable: [...unreachable],
    told: planText(plan),
  };
  const { id, version } = await startDraft(ctx, FORM, values);
  return { plan, shown: { id, version, company: ctx.company.version } };
}

/**
 * Does what the preview said, all or nothing; the file once more changes nothing.
 * @throws DomainError access.denied, draft.changed, settings.file_changed (something else was changed meanwhile),
 *   version.conflict, request.repeated, and as planSettings
 */
export async function importSettings(ctx: Ctx, shown: SettingsPreview['shown']): Promise<SettingsPlan> {
  authorize(ctx.actor, 'settings.edit');
  const draft = await loadDraft(ctx, shown);
  const {
    file: kept,
    unreachable,
    told,
  } = Object(draft.values) as {
    file: unknown;
    unreachable: string[];
    told: string;
  };
  const file = readSettingsFile(kept);
  const codes = codesOf(file);
  const plan = planSettings(file, await loadPresent(ctx.db, ctx.company, codes), unreachable);
  if (planText(plan) !== told || ctx.company.version !== shown.company)
    throw new DomainError('settings.file_changed', {});
  if (plan.changes.length === 0) {
    await dropDraft(ctx.db, ctx, draft.id);
    return plan;
  }
  const { workweek, ...company } = plan.company;
  const change = {
    ...company,
    ...(workweek && { workweek: [...workweek] }),
    ...(plan.coveredThrough && { calendarCoveredThrough: toUtcDate(plan.coveredThrough) }),
    settings: plan.settings,
  };
  await editCompany(ctx, shown.company, change, async (tx) => {
    const done = await applyPlan(tx, ctx, plan);
    await dropDraft(tx, ctx, draft.id);
    return { before: {}, after: { settingsFile: done } };
  });
  return plan;
}

/** Customers that the file's ladders are for. */
const codesOf = ({ ladders = [] }: SettingsFile): string[] =>
  ladders.flatMap(({ scope, of }) => (scope === 'customer' && of !== null ? [of] : []));

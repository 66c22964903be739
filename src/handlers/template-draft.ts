// The template that is being edited: one draft a person, shown by the editor and the windows on top of it.
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import {
  changeDraft,
  type Draft,
  dropDraft,
  findDraft,
  loadDraft,
  startDraft,
} from '../domain/drafts/draft.service.js';
import { DomainError } from '../domain/errors.js';
import {
  isChanged,
  parseTemplateDraft,
  type TemplateDraft,
  templateDraftJson,
} from '../domain/templates/template-draft.js';
import { Form } from './forms.js';
import { readerOf } from './show-view.js';
import { type ActionTurn, formMetadata, parseValue, type Turn } from './turns.js';
import { templateEditor } from './views/template-views.js';

export const editorMetadata = formMetadata({ d: z.uuid(), v: z.number().int() });

/** A draft with its place in the database. */
export interface KeptTemplate {
  readonly id: string;
  readonly version: number;
  readonly at: Date;
  readonly values: TemplateDraft;
}

/** What an editor begins with: nothing, a template, or what a copy of one is. */
export const editorOrigin = z.object({ a: z.enum(['new', 'edit', 'copy']), t: z.uuid().nullable() });
export type EditorOrigin = z.infer<typeof editorOrigin>;

/** @throws DomainError draft.changed: what is kept is no template */
function keptTemplate(draft: Draft): KeptTemplate {
  const values = parseTemplateDraft(draft.values);
  if (!values) throw new DomainError('draft.changed', {});
  return { id: draft.id, version: draft.version, at: draft.updatedAt, values };
}

const formOf = ({ a, t }: EditorOrigin) => `template:${a}:${t ?? ''}` as const;

/** A draft as it is begun: whatever is typed makes it the next. */
const UNTOUCHED = 1;

/**
 * What the person left unfinished of this template, if it differs from what the editor begins with. A draft in which nothing was
 * typed is nobody's work: the template may have been changed since, and is shown as it is now.
 */
export async function findUnfinished(
  ctx: Turn['ctx'],
  of: EditorOrigin,
  origin: TemplateDraft,
): Promise<KeptTemplate | null> {
  const draft = await findDraft(ctx, formOf(of));
  if (!draft || draft.version === UNTOUCHED || !parseTemplateDraft(draft.values)) return null;
  const kept = keptTemplate(draft);
  return isChanged(kept.values, origin) ? kept : null;
}

/** Begins the draft anew, under a new id: the fields of a window that showed the old one are others then. */
export async function beginTemplateDraft(
  ctx: Turn['ctx'],
  of: EditorOrigin,
  origin: TemplateDraft,
): Promise<KeptTemplate> {
  const old = await findDraft(ctx, formOf(of));
  if (old) await dropDraft(ctx.db, ctx, old.id);
  return keptTemplate(await startDraft(ctx, formOf(of), { ...templateDraftJson(origin) }));
}

/** @throws DomainError draft.changed */
export async function loadTemplateDraft(
  ctx: Turn['ctx'],
  shown: { d: string; v: number },
): Promise<KeptTemplate> {
  return keptTemplate(await loadDraft(ctx, { id: shown.d, version: shown.v }));
}

/** @throws DomainError draft.changed */
export async function saveTemplateDraft(
  ctx: Turn['ctx'],
  kept: KeptTemplate,
  change: Partial<TemplateDraft['template']>,
  version = kept.values.version,
): Promise<KeptTemplate> {
  const values = { ...kept.values, version, template: { ...kept.values.template, ...change } };
  const json = templateDraftJson(values);
  if (JSON.stringify(json) === JSON.stringify(templateDraftJson(kept.values))) return kept;
  return keptTemplate(await changeDraft(ctx, kept, { ...json }));
}

/** What stands in the inputs of the editor. */
export function headOf(form: Form): Partial<TemplateDraft['template']> {
  return {
    code: form.text('code', { max: 20 }) ?? '',
    name: form.text('name', { max: 60 }) ?? '',
    rounding: form.choice('rounding') === 'yuan' ? 'yuan' : 'fen',
    currency: form.choice('currency'),
    contractTypes: form.choices('contractTypes'),
  };
}

/** The draft that the editor shows, with what was typed into it since; from a click in the editor. */
export async function takeEditor(turn: ActionTurn): Promise<KeptTemplate & { requestId: string }> {
  const view = turn.body.view as ViewOutput | undefined;
  const shown = parseValue(editorMetadata, view?.private_metadata ?? '');
  const kept = await loadTemplateDraft(turn.ctx, shown);
  const saved = await saveTemplateDraft(turn.ctx, kept, headOf(new Form(view?.state.values ?? {})));
  return { ...saved, requestId: shown.r };
}

/** The editor as the draft has it; `continued`: it was left unfinished, and may be begun anew. */
export function drawEditor(
  turn: Pick<Turn, 'ctx' | 't'>,
  kept: KeptTemplate,
  requestId: string,
  continued: EditorOrigin | null = null,
): ModalView {
  const { settings, baseCurrency } = turn.ctx.company;
  const state = {
    requestId,
    draftId: kept.id,
    draftVersion: kept.version,
    continued: continued && { at: kept.at, value: JSON.stringify(continued) },
  };
  return templateEditor(kept.values, state, settings, { currency: baseCurrency }, readerOf(turn));
}

// The template that is being edited: one draft a person, shown by the editor and the windows on top of it.
import type { ViewOutput } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { changeDraft, type Draft, loadDraft } from '../domain/drafts/draft.service.js';
import { DomainError } from '../domain/errors.js';
import {
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
  readonly values: TemplateDraft;
}

/** @throws DomainError draft.changed: what is kept is no template */
export function keptTemplate(draft: Draft): KeptTemplate {
  const values = parseTemplateDraft(draft.values);
  if (!values) throw new DomainError('draft.changed', {});
  return { id: draft.id, version: draft.version, values };
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
): Promise<KeptTemplate> {
  const values = { ...kept.values, template: { ...kept.values.template, ...change } };
  return keptTemplate(await changeDraft(ctx, kept, { ...templateDraftJson(values) }));
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

/** The editor as the draft has it. */
export function drawEditor(turn: Pick<Turn, 'ctx' | 't'>, kept: KeptTemplate, requestId: string): ModalView {
  const { settings, baseCurrency } = turn.ctx.company;
  const state = { requestId, draftId: kept.id, draftVersion: kept.version };
  return templateEditor(kept.values, state, settings, { currency: baseCurrency }, readerOf(turn));
}

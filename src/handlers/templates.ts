// The templates in the settings: list, editor, copy, delete; admins only (ux §4.9). Lines are template-lines.ts.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { dropDraft, startDraft } from '../domain/drafts/draft.service.js';
import { newId } from '../domain/ids.js';
import { templateInput } from '../domain/templates/template.js';
import { listTemplates, loadTemplate } from '../domain/templates/template.queries.js';
import { createTemplate, deleteTemplate, editTemplate } from '../domain/templates/template.service.js';
import { type TemplateDraft, templateDraftJson } from '../domain/templates/template-draft.js';
import type { Deps } from './deps.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { drawEditor, editorMetadata, headOf, keptTemplate, loadTemplateDraft } from './template-draft.js';
import { openTest } from './template-tests.js';
import { opensAnew, returnTo, turnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { templateDeleteModal, templateList } from './views/template-views.js';

const moreValue = z.object({
  a: z.enum(['edit', 'test', 'copy', 'delete']),
  t: z.uuid(),
  v: z.number().int(),
});
const deleteMetadata = formMetadata({ t: z.uuid(), v: z.number().int() });

/** Plugs in list and editor. */
export function registerTemplates(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.templateList, async (turn) => turnTo(turn, await drawList(turn)), opensAnew);
  doors.opens(ACTION.templateNew, (turn) => openEditor(turn, { id: null, version: 0, template: EMPTY }));
  doors.opens(ACTION.templateMore, runMore);
  doors.submit(VIEW.templateEdit, editorMetadata, submitEditor);
  doors.submit(VIEW.templateDelete, deleteMetadata, submitDelete);
}

const EMPTY: TemplateDraft['template'] = {
  ...templateInput.parse({
    code: '-',
    name: '-',
    lines: [{ name: '-', isRemainder: true, anchorKind: 'signing' }],
  }),
  code: '',
  name: '',
  lines: [],
};

async function drawList({ ctx, t }: Pick<Turn, 'ctx' | 't'>, result?: string) {
  authorize(ctx.actor, 'settings.edit');
  const told = result === undefined ? undefined : { text: result };
  const base = { currency: ctx.company.baseCurrency };
  return templateList(await listTemplates(ctx), base, readerOf({ ctx, t }), told);
}

async function openEditor(turn: ActionTurn, draft: TemplateDraft): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const started = await startDraft(turn.ctx, 'template', { ...templateDraftJson(draft) });
  await turn.show(drawEditor(turn, keptTemplate(started), newId(turn.ctx.now)));
}

/** [编辑, 试算, 复制, 删除] of a template. @throws DomainError not_found */
async function runMore(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { a, t } = parseValue(moreValue, turn.value);
  const { id, version, ...template } = await loadTemplate(turn.ctx, t);
  if (a === 'edit') return openEditor(turn, { id, version, template });
  if (a === 'copy') return openEditor(turn, { id: null, version: 0, template: { ...template, code: '' } });
  if (a === 'test') return openTest(turn, { template: id }, template);
  await turn.show(templateDeleteModal({ id, version, ...template }, readerOf(turn), newId(turn.ctx.now)));
}

async function submitEditor(turn: SubmitTurn<z.infer<typeof editorMetadata>>): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  authorize(ctx.actor, 'settings.edit');
  const kept = await loadTemplateDraft(ctx, metadata);
  form.requiredText('code', { max: 20 });
  form.requiredText('name', { max: 60 });
  const head = headOf(form);
  form.check();
  const { id, version, template } = kept.values;
  const input = { ...template, ...head };
  const saved = id === null ? await createTemplate(ctx, input) : await editTemplate(ctx, id, version, input);
  await dropDraft(ctx.db, ctx, kept.id);
  return returnTo(turn, true, await drawList(turn, t('templates:saved', { code: saved.code })));
}

async function submitDelete(turn: SubmitTurn<z.infer<typeof deleteMetadata>>): Promise<Outcome> {
  const { ctx, t, metadata } = turn;
  const gone = await deleteTemplate(ctx, metadata.t, metadata.v);
  return returnTo(turn, true, await drawList(turn, t('templates:deleted', { code: gone.code })));
}

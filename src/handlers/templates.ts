// The templates in the settings: list, editor, copy, delete; admins only (ux §4.9). Lines are template-lines.ts.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { dropDraft } from '../domain/drafts/draft.service.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { templateInput } from '../domain/templates/template.js';
import { listTemplates, loadTemplate } from '../domain/templates/template.queries.js';
import { createTemplate, deleteTemplate, editTemplate } from '../domain/templates/template.service.js';
import type { TemplateDraft } from '../domain/templates/template-draft.js';
import type { Deps } from './deps.js';
import { sentence } from './errors.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { SETTINGS } from './settings-ids.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import {
  beginTemplateDraft,
  drawEditor,
  type EditorOrigin,
  editorMetadata,
  editorOrigin,
  findUnfinished,
  headOf,
  loadTemplateDraft,
  saveTemplateDraft,
} from './template-draft.js';
import { openTest } from './template-tests.js';
import { opensAnew, returnTo, turnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withAlert } from './views/form-views.js';
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
  doors.opens(ACTION.templateNew, (turn) => openEditor(turn, { a: 'new', t: null }));
  doors.action(SETTINGS.templateRestart, restart);
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

/** The editor, with what was left unfinished in it the last 24 hours (ux §1.4). */
async function openEditor(turn: ActionTurn, of: EditorOrigin): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const origin = await loadOrigin(turn, of);
  const unfinished = await findUnfinished(turn.ctx, of, origin);
  const kept = unfinished ?? (await beginTemplateDraft(turn.ctx, of, origin));
  await turn.show(drawEditor(turn, kept, newId(turn.ctx.now), unfinished && of));
}

/** The editor as if nothing had been left in it. */
async function restart(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const of = parseValue(editorOrigin, turn.value);
  const kept = await beginTemplateDraft(turn.ctx, of, await loadOrigin(turn, of));
  await turn.redraw(drawEditor(turn, kept, newId(turn.ctx.now)));
}

/** @throws DomainError not_found */
async function loadOrigin({ ctx }: Pick<Turn, 'ctx'>, { a, t }: EditorOrigin): Promise<TemplateDraft> {
  if (a === 'new') return { id: null, version: 0, template: EMPTY };
  if (t === null) throw new DomainError('not_found', { ref: '' });
  const { id, version, ...template } = await loadTemplate(ctx, t);
  return a === 'edit'
    ? { id, version, template }
    : { id: null, version: 0, template: { ...template, code: '' } };
}

/** [编辑, 试算, 复制, 删除] of a template. @throws DomainError not_found */
async function runMore(turn: ActionTurn): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const { a, t } = parseValue(moreValue, turn.value);
  if (a === 'edit' || a === 'copy') return openEditor(turn, { a, t });
  const template = await loadTemplate(turn.ctx, t);
  if (a === 'test') return openTest(turn, { template: t }, template);
  await turn.show(templateDeleteModal(template, readerOf(turn), newId(turn.ctx.now)));
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
  try {
    const saved =
      id === null ? await createTemplate(ctx, input) : await editTemplate(ctx, id, version, input);
    await dropDraft(ctx.db, ctx, kept.id);
    return await returnTo(turn, true, await drawList(turn, t('templates:saved', { code: saved.code })));
  } catch (error) {
    if (!isDomainError(error, 'version.conflict')) throw error;
    // What the window carries is the draft's version: the template's is kept in the draft.
    const again = await saveTemplateDraft(ctx, kept, head, error.params.version);
    return {
      update: withAlert(drawEditor(turn, again, metadata.r), sentence(error, readerOf(turn))),
    };
  }
}

async function submitDelete(turn: SubmitTurn<z.infer<typeof deleteMetadata>>): Promise<Outcome> {
  const { ctx, t, metadata } = turn;
  const gone = await deleteTemplate(ctx, metadata.t, metadata.v);
  return returnTo(turn, true, await drawList(turn, t('templates:deleted', { code: gone.code })));
}

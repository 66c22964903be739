// The lines of the template that is edited: add, change, move, remove (ux §4.9).
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { newId } from '../domain/ids.js';
import { ANCHOR_KINDS, type AnchorOffset } from '../domain/plans/anchor.js';
import { MAX_REMIND_DAYS } from '../domain/plans/plan.js';
import { type TemplateLine, templateLine } from '../domain/templates/template.js';
import { changeLines } from '../domain/templates/template-draft.js';
import type { Deps } from './deps.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { drawEditor, loadTemplateDraft, saveTemplateDraft, takeEditor } from './template-draft.js';
import { openTest } from './template-tests.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { LINE_KINDS, lineForm, ROLLS } from './views/template-line-views.js';

const lineValue = z.object({ a: z.enum(['edit', 'up', 'down', 'remove']), n: z.number().int().min(0) });
const lineMetadata = formMetadata({ d: z.uuid(), v: z.number().int(), n: z.number().int().nullable() });
const MAX_MONTHS = 120;
const MAX_DAYS = 3650;

/** Plugs in what can be done with lines. */
export function registerTemplateLines(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.templateLineAdd, (turn) => openLine(turn, null));
  doors.opens(
    ACTION.templateLine,
    async (turn) => {
      const { a, n } = parseValue(lineValue, turn.value);
      await (a === 'edit' ? openLine(turn, n) : moveLine(turn, a, n));
    },
    (_body, value) => value.includes('edit'),
  );
  doors.opens(ACTION.templateTest, async (turn) => {
    const { id, version, values } = await takeEditorAndRedraw(turn);
    await openTest(turn, { draft: id, version }, values.template);
  });
  doors.submit(VIEW.templateLine, lineMetadata, submitLine);
}

/** The editor's draft now; the editor is drawn anew, since it shows an older one otherwise. */
async function takeEditorAndRedraw(turn: ActionTurn) {
  authorize(turn.ctx.actor, 'settings.edit');
  const kept = await takeEditor(turn);
  await turn.redraw(drawEditor(turn, kept, kept.requestId));
  return kept;
}

async function openLine(turn: ActionTurn, index: number | null): Promise<void> {
  const kept = await takeEditorAndRedraw(turn);
  const { template } = kept.values;
  const line = index === null ? null : (template.lines[index] ?? null);
  const state = {
    requestId: newId(turn.ctx.now),
    draftId: kept.id,
    draftVersion: kept.version,
    index: line === null ? null : index,
  };
  await turn.show(lineForm(line, state, template.currency ?? turn.ctx.company.baseCurrency, readerOf(turn)));
}

async function moveLine(turn: ActionTurn, move: 'up' | 'down' | 'remove', at: number): Promise<void> {
  authorize(turn.ctx.actor, 'settings.edit');
  const kept = await takeEditor(turn);
  const lines = changeLines(kept.values.template.lines, { move, at });
  const saved = await saveTemplateDraft(turn.ctx, kept, { lines });
  await turn.redraw(drawEditor(turn, saved, kept.requestId));
}

async function submitLine(turn: SubmitTurn<z.infer<typeof lineMetadata>>): Promise<Outcome> {
  const { ctx, form, metadata } = turn;
  authorize(ctx.actor, 'settings.edit');
  const kept = await loadTemplateDraft(ctx, metadata);
  const { template } = kept.values;
  const currency = template.currency ?? ctx.company.baseCurrency;
  const line = readLine(form, currency);
  form.check();
  const lines = changeLines(template.lines, { put: templateLine.parse(line), at: metadata.n });
  // A fixed amount needs a currency; the company's is meant until another is chosen.
  const needsCurrency = line.fixedAmount !== null && template.currency === null;
  const saved = await saveTemplateDraft(ctx, kept, { lines, ...(needsCurrency && { currency }) });
  return returnTo(turn, true, drawEditor(turn, saved, newId(ctx.now)));
}

/** The line as it stands in the form; problems are noted on their fields. */
function readLine(form: Form, currency: string): TemplateLine {
  const kind = LINE_KINDS.find((one) => one === form.choice('kind')) ?? 'share';
  // The remainder alone has no size, so the field may be left empty.
  if (kind !== 'remainder') form.requiredText('size', { max: 30 });
  const anchorKind = ANCHOR_KINDS.find((one) => one === form.choice('anchor')) ?? 'signing';
  return {
    name: form.requiredText('name', { max: 60 }),
    shareBp: kind === 'share' ? readShare(form) : null,
    fixedAmount: kind === 'fixed' ? form.amount('size', currency) : null,
    isRemainder: kind === 'remainder',
    anchorKind,
    anchorOffset: readOffset(form),
    roll: ROLLS.find((one) => one === form.choice('roll')) ?? 'none',
    remindDaysAhead: form.wholeNumber('remind', { min: 0, max: MAX_REMIND_DAYS }),
    isRetention: form.choices('retention').length > 0,
  };
}

/** Percent with up to two decimals, as basis points: 33.33 → 3333. */
function readShare(form: Form): number {
  const text = (form.text('size', { max: 30 }) ?? '').normalize('NFKC').replace(/\s*%$/u, '');
  const [, whole = '', part = ''] = /^(\d{1,3})(?:\.(\d{1,2}))?$/u.exec(text) ?? [];
  const bp = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  if (whole !== '' && bp >= 1 && bp <= 10_000) return bp;
  form.refuse('size', 'template.share_unreadable', { value: text });
  return 1;
}

function readOffset(form: Form): AnchorOffset {
  const sign = form.choice('side') === 'before' ? -1 : 1;
  const months = signedNumber(form, 'months', 0, MAX_MONTHS);
  const days = signedNumber(form, 'days', -MAX_DAYS, MAX_DAYS);
  const dayOfMonth =
    form.text('dayOfMonth', { max: 2 }) === null ? 0 : form.wholeNumber('dayOfMonth', { min: 1, max: 31 });
  return {
    // 0 − n, since −1 × 0 is −0.
    months: sign < 0 ? 0 - months : months,
    days: sign < 0 ? 0 - days : days,
    ...(dayOfMonth > 0 && { dayOfMonth }),
    ...(form.choices('monthEnd').length > 0 && { endOfMonth: true }),
  };
}

/** One month less a day: the days may go the other way than the months. */
function signedNumber(form: Form, field: string, min: number, max: number): number {
  const text = (form.text(field, { max: 5 }) ?? '0').normalize('NFKC').replace('−', '-');
  const number = /^-?\d{1,4}$/u.test(text) ? Number(text) : Number.NaN;
  if (number >= min && number <= max) return number;
  form.refuse(field, 'number.out_of_range', { min, max });
  return 0;
}

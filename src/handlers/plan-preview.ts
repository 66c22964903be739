// The rows of a plan before they are saved: changed, removed, added, sent; of a contract that is there or being made.
// What is shown lives in the person's draft; a click on a window that shows an older draft changes nothing.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { dropDraft } from '../domain/drafts/draft.service.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { type AnchorDates, dueFromAnchor } from '../domain/plans/anchor.js';
import { MAX_REMIND_DAYS, type PlanRow, unplannedOf } from '../domain/plans/plan.js';
import type { Deps } from './deps.js';
import { describeError } from './errors.js';
import type { Form } from './forms.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import {
  changePlanDraft,
  type DraftRow,
  type KeptPlan,
  loadPlanDraft,
  type PlanDraft,
} from './plan-draft.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import { returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withTyped } from './views/form-views.js';
import { planPreview, planRowForm } from './views/plan-preview-views.js';
import type { PlanBasis } from './views/plan-step-views.js';

/** `d` the draft, `v` the version of it that is shown. */
export const previewMetadata = formMetadata({ d: z.uuid(), v: z.number().int() });
export type PreviewMetadata = z.infer<typeof previewMetadata>;
/** `n` which row, null for one more; `p` the preview below. */
const rowMetadata = formMetadata({ n: z.number().int().min(0).nullable(), p: previewMetadata });
const rowValue = z.object({ a: z.enum(['edit', 'remove']), n: z.number().int().min(0) });
const draftValue = z.object({ d: z.uuid(), v: z.number().int() });

/** What differs between a plan of a contract that is there and one of a contract being made. */
export interface PlanFlow {
  loadBasis(turn: Pick<Turn, 'ctx' | 't'>, draft: PlanDraft): Promise<PlanBasis>;
  submit(
    turn: SubmitTurn<PreviewMetadata>,
    draft: KeptPlan,
    basis: PlanBasis,
    ticked: { alreadyDue: boolean; keepRest: boolean },
  ): Promise<Outcome>;
  /** The step before the preview, with everything typed in it. */
  back(turn: Pick<Turn, 'ctx' | 't'>, requestId: string, draft: KeptPlan): Promise<ModalView>;
  /** The form in which something was chosen or dropped, drawn anew; what was typed stays. */
  redraw(turn: ActionTurn): Promise<void>;
  /** The terms check, where it belongs to it. */
  terms?(turn: Pick<Turn, 'ctx' | 't'>, draft: PlanDraft): Promise<string>;
}

/** Which flow a draft belongs to. */
export interface PlanFlows {
  readonly plan: PlanFlow;
  readonly contract: PlanFlow;
}
const flowOf = (flows: PlanFlows, draft: PlanDraft): PlanFlow =>
  draft.contract === null ? flows.plan : flows.contract;

/** Plugs in the preview of plans. */
export function registerPlanPreview(doors: Doors, deps: Deps, flows: PlanFlows): void {
  for (const id of [ACTION.planRow, ACTION.planRowEdit, ACTION.planRowRemove]) {
    doors.opens(
      id,
      (turn) => {
        const { a, n } = parseValue(rowValue, turn.value);
        return a === 'edit' ? openRow(turn, flows, n) : removeRow(turn, flows, n);
      },
      (_body, value) => value.includes('edit'),
    );
  }
  for (const id of [ACTION.planHow, ACTION.planTemplate]) {
    doors.action(id, (turn) =>
      (turn.body.view?.callback_id === VIEW.planNew ? flows.plan : flows.contract).redraw(turn),
    );
  }
  doors.opens(ACTION.planRowAdd, (turn) => openRow(turn, flows, null));
  doors.action(ACTION.planBack, async (turn) => {
    const { r, draft, flow } = await shownIn(turn, flows);
    await turn.redraw(await flow.back(turn, r, draft));
  });
  doors.action(ACTION.draftContinue, (turn) => continueDraft(turn, flows));
  doors.action(ACTION.draftRestart, async (turn) => {
    const { d, v } = parseValue(draftValue, turn.value);
    const draft = await loadPlanDraft(turn.ctx, { id: d, version: v });
    await dropDraft(turn.ctx.db, turn.ctx, d);
    await flowOf(flows, draft.values).redraw(turn);
  });
  doors.submit(VIEW.planPreview, previewMetadata, (turn) => submitPreview(turn, deps, flows));
  doors.submit(VIEW.planRow, rowMetadata, (turn) => submitRow(turn, flows));
}

interface Shown {
  readonly requestId: string;
  readonly draft: KeptPlan;
  readonly basis: PlanBasis;
  readonly result?: string;
  readonly warning?: string;
}

/** The preview of a draft. */
export async function drawPreview(
  turn: Pick<Turn, 'ctx' | 't'>,
  flow: PlanFlow,
  shown: Shown,
): Promise<ModalView> {
  const { requestId, draft, basis, result, warning } = shown;
  const metadata = { r: requestId, d: draft.id, v: draft.version } satisfies PreviewMetadata;
  const terms = await flow.terms?.(turn, draft.values);
  const state = {
    basis,
    rows: draft.values.rows,
    metadata: JSON.stringify(metadata),
    result,
    warning,
    terms,
    isEdit: draft.values.contract?.existing != null,
    isLater: isLater(draft.values),
  };
  return planPreview(state, readerOf(turn));
}

/** The person chose to plan later, and has not added a row since. */
const isLater = ({ how, rows }: PlanDraft): boolean => how === 'later' && rows.length === 0;

/** What the window of the click shows. @throws DomainError draft.changed */
async function shownIn(turn: ActionTurn, flows: PlanFlows) {
  const { r, d, v } = parseValue(previewMetadata, turn.body.view?.private_metadata ?? '');
  const draft = await loadPlanDraft(turn.ctx, { id: d, version: v });
  const flow = flowOf(flows, draft.values);
  return { r, draft, flow, basis: await flow.loadBasis(turn, draft.values) };
}

async function continueDraft(turn: ActionTurn, flows: PlanFlows): Promise<void> {
  const { d, v } = parseValue(draftValue, turn.value);
  const draft = await loadPlanDraft(turn.ctx, { id: d, version: v });
  const flow = flowOf(flows, draft.values);
  const requestId = newId(turn.ctx.now);
  // Nothing was previewed yet: the step itself, as it was typed.
  if (draft.values.rows.length === 0) return turn.redraw(await flow.back(turn, requestId, draft));
  const basis = await flow.loadBasis(turn, draft.values);
  await turn.redraw(await drawPreview(turn, flow, { requestId, draft, basis }));
}

async function openRow(turn: ActionTurn, flows: PlanFlows, index: number | null): Promise<void> {
  const { r, draft, basis } = await shownIn(turn, flows);
  const { rows } = draft.values;
  if (index !== null && !rows[index]) throw new DomainError('draft.changed', {});
  const metadata = {
    r: newId(turn.ctx.now),
    n: index,
    p: { r, d: draft.id, v: draft.version },
  } satisfies z.infer<typeof rowMetadata>;
  const state = { basis, rows, index, metadata: JSON.stringify(metadata) };
  await turn.show(planRowForm(state, readerOf(turn), turn.ctx.company.settings.paymentMethods));
}

async function removeRow(turn: ActionTurn, flows: PlanFlows, index: number): Promise<void> {
  const { ctx, t, body } = turn;
  const { r, draft, flow, basis } = await shownIn(turn, flows);
  const row = draft.values.rows[index];
  if (!row) throw new DomainError('draft.changed', {});
  const rows = draft.values.rows.filter((one) => one !== row);
  const changed = await changePlanDraft(ctx, draft, { rows });
  const result = t('planning:removed', { n: basis.nextSeq + index, name: row.name });
  const view = await drawPreview(turn, flow, { requestId: r, draft: changed, basis, result });
  await turn.redraw(withTyped(view, body.view?.state.values ?? {}));
}

/** The row as typed in its form: a date set by hand stays when its anchor moves, without one the anchor decides. */
function readRow(
  form: Form,
  before: DraftRow | undefined,
  basis: PlanBasis,
  anchors: AnchorDates,
  { ctx }: Pick<Turn, 'ctx'>,
): DraftRow {
  const typed = form.date('dueOn', { today: ctx.today, prefer: 'future' });
  const kind = before?.anchorKind ?? null;
  const offset = before?.anchorOffset ?? null;
  const hangs = kind !== null && offset !== null;
  const follows = hangs && (typed === null || (typed === before?.dueOn && before.dueSource === 'anchor'));
  const anchor = hangs ? anchors[kind] : undefined;
  const dueOn = follows && anchor !== undefined ? dueFromAnchor(anchor, offset) : typed;
  const row = {
    name: form.requiredText('name', { max: 60 }),
    amount: form.amount('amount', basis.currency),
    dueOn,
    plannedMethod: form.choice('plannedMethod'),
    remindDaysAhead: form.wholeNumber('remind', { min: 0, max: MAX_REMIND_DAYS }),
    isRetention: form.choices('retention').includes('yes'),
    templateId: before?.templateId ?? null,
    remark: form.text('remark', { max: 3000 }),
    anchorKind: kind,
    anchorOffset: offset,
    dueSource: follows ? ('anchor' as const) : ('manual' as const),
    roll: before?.roll ?? 'none',
    id: before?.id,
  };
  form.check();
  return row;
}

async function submitRow(turn: SubmitTurn<z.infer<typeof rowMetadata>>, flows: PlanFlows): Promise<Outcome> {
  const { ctx, t, form, metadata } = turn;
  const { r, d, v } = metadata.p;
  const draft = await loadPlanDraft(ctx, { id: d, version: v });
  const flow = flowOf(flows, draft.values);
  const basis = await flow.loadBasis(turn, draft.values);
  const index = metadata.n ?? draft.values.rows.length;
  const anchors = { ...basis.anchors.dates, ...draft.values.expected };
  const row = readRow(form, draft.values.rows[index], basis, anchors, turn);
  const rows = draft.values.rows.toSpliced(index, 1, row);
  const changed = await changePlanDraft(ctx, draft, { rows });
  const n = basis.nextSeq + index;
  const result = t(metadata.n === null ? 'planning:added' : 'planning:changed', { n });
  return returnTo(turn, true, await drawPreview(turn, flow, { requestId: r, draft: changed, basis, result }));
}

async function submitPreview(
  turn: SubmitTurn<PreviewMetadata>,
  deps: Deps,
  flows: PlanFlows,
): Promise<Outcome> {
  const { ctx, form, metadata } = turn;
  const draft = await loadPlanDraft(ctx, { id: metadata.d, version: metadata.v });
  const flow = flowOf(flows, draft.values);
  const basis = await flow.loadBasis(turn, draft.values);
  const ticked = tickedIn(form, draft.values);
  try {
    checkPlan(form, draft.values.rows, basis, ticked, ctx.today);
    return await flow.submit(turn, draft, basis, ticked);
  } catch (error) {
    if (!isDomainError(error, 'plan.exceeds_contract') && !isDomainError(error, 'plan.too_much')) throw error;
    // Somebody may have planned meanwhile: the sums are shown as they are by now.
    const fresh = await flow.loadBasis(turn, draft.values);
    const excess = { minor: -unplannedOf(fresh, draft.values.rows), currency: fresh.currency };
    const { text: warning } = describeError(
      new DomainError('plan.too_much', { excess }),
      readerOf(turn),
      deps.log,
    );
    return { update: await drawPreview(turn, flow, { requestId: metadata.r, draft, basis: fresh, warning }) };
  }
}

/** The boxes of the preview; whoever plans later has said so already. */
export const tickedIn = (form: Form, draft: PlanDraft) => ({
  alreadyDue: form.choices('alreadyDue').includes('yes'),
  keepRest: form.choices('keepRest').includes('yes') || isLater(draft),
});

/** @throws FormErrors, DomainError plan.empty, plan.too_much */
export function checkPlan(
  form: Form,
  rows: readonly PlanRow[],
  basis: PlanBasis,
  ticked: { alreadyDue: boolean; keepRest: boolean },
  today: string,
): void {
  if (rows.length === 0 && basis.contractId !== '') throw new DomainError('plan.empty', {});
  const unplanned = unplannedOf(basis, rows);
  const money = (minor: bigint) => ({ minor, currency: basis.currency });
  if (unplanned < 0n) throw new DomainError('plan.too_much', { excess: money(-unplanned) });
  const past = rows.flatMap((row) => (row.dueOn !== null && row.dueOn < today ? [row.dueOn] : []));
  if (past[0] !== undefined && !ticked.alreadyDue)
    form.refuse('alreadyDue', 'plan.past_date', { date: past[0] });
  if (unplanned > 0n && !ticked.keepRest)
    form.refuse('keepRest', 'plan.incomplete', { missing: money(unplanned) });
  form.check();
}

// Making a contract, or changing a draft, in one window of three steps: fields (contract-fields.ts), plan, preview (ux
// §4.4). All of it is saved at once at the end; until then it lives in the person's draft.
import type { ViewStateValue } from '@slack/bolt';
import { z } from 'zod';
import { saveContract } from '../domain/contracts/contract-save.service.js';
import { addedBy } from '../domain/customers/credit.js';
import { checkCredit } from '../domain/customers/credit.queries.js';
import { loadCustomer } from '../domain/customers/customer.queries.js';
import { isDomainError } from '../domain/errors.js';
import { followAnchor } from '../domain/plans/plan.js';
import { drawCard, drawCardBelow, returnToCard } from './contract-card.js';
import {
  basisOf,
  drawFields,
  drawFieldsOf,
  drawPlan,
  drawPlanOf,
  fieldsMetadata,
  type PlanStepMetadata,
  planMetadata,
  presentRows,
  stepOf,
} from './contract-steps.js';
import type { Deps } from './deps.js';
import { sentence } from './errors.js';
import { Form, FormErrors, type StateValues } from './forms.js';
import { formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { changePlanDraft, type KeptPlan, loadPlanDraft } from './plan-draft.js';
import { checkPlan, drawPreview, type PlanFlow, previewMetadata, tickedIn } from './plan-preview.js';
import { readPlanRows } from './plan-rows.js';
import { readerOf, recordId } from './show-view.js';
import type { Outcome } from './submission.js';
import { type ActionTurn, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { termsLines } from './views/contract-terms-views.js';
import { withTyped } from './views/form-views.js';
import { infoModal } from './views/info-view.js';
import { HOWS } from './views/plan-step-views.js';

/** Plugs in the plan and the preview. */
export function registerContractFlow(doors: Doors, _deps: Deps): void {
  doors.submit(VIEW.contractPlan, planMetadata, submitPlan);
  doors.action(ACTION.contractBack, backToFields);
  doors.action(ACTION.contractKeep, keepAsDraft);
}

/** Step 3 from a draft. */
export async function previewOf(
  turn: Pick<Turn, 'ctx' | 't'>,
  requestId: string,
  draft: KeptPlan,
  warning?: string,
) {
  const basis = await basisOf(turn, draft.values);
  return drawPreview(turn, CONTRACT_FLOW, { requestId, draft, basis, ...(warning && { warning }) });
}

/** Rows changed in the preview stay while nothing in step 2 was changed since. */
async function submitPlan(turn: SubmitTurn<PlanStepMetadata>): Promise<Outcome> {
  const { ctx, form, metadata, view } = turn;
  const draft = await loadPlanDraft(ctx, { id: metadata.d, version: metadata.v });
  const before = draft.values;
  const basis = await basisOf(turn, before);
  const how = z.enum(HOWS).catch(metadata.h).parse(form.choice('how'));
  const read = readPlanRows(form, how, basis, turn);
  form.check();
  const typed = view.state.values;
  const isSame = how === before.how && before.rows.length > 0 && sameTyped(typed, before.typed);
  const fresh = how === 'keep' ? await presentRows(turn, stepOf(before)) : [...read.rows];
  const anchors = { ...basis.anchors.dates, ...read.expected };
  const rows = isSame ? before.rows.map((row) => ({ ...followAnchor(row, anchors), id: row.id })) : fresh;
  const templateId = how === 'template' ? form.choice('template') : metadata.m;
  const change = { how, templateId, typed, expected: read.expected, rows };
  return { update: await previewOf(turn, metadata.r, await changePlanDraft(ctx, draft, change)) };
}

/** Whether two states of a form say the same; Slack tells more of a choice than what it is. */
function sameTyped(one: StateValues, other: StateValues): boolean {
  const said = (value: ViewStateValue | undefined) => [
    value?.value || null,
    value?.selected_date ?? null,
    value?.selected_option?.value ?? null,
    (value?.selected_options ?? []).map((chosen) => chosen.value),
  ];
  const all = (state: StateValues) =>
    Object.entries(state)
      .map(([block, actions]) => JSON.stringify([block, said(Object.values(actions)[0])]))
      .toSorted();
  return all(one).join() === all(other).join();
}

/** [返回] from step 2: what was typed there is kept. */
async function backToFields(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  const { r, d, v, h, m } = parseValue(planMetadata, view?.private_metadata ?? '');
  const draft = await loadPlanDraft(turn.ctx, { id: d, version: v });
  const typed = view?.state.values ?? {};
  // Another way than before, or other words: rows of the preview no longer stand for it.
  const isSame = h === draft.values.how && sameTyped(typed, draft.values.typed);
  const change = { how: h, templateId: m, typed, rows: isSame || h === 'keep' ? draft.values.rows : [] };
  await turn.redraw(await drawFieldsOf(turn, r, await changePlanDraft(turn.ctx, draft, change)));
}

/** Another way or template in step 2, or step 1 without the draft that was offered; what was typed stays. */
async function redraw(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  const text = view?.private_metadata ?? '';
  const values = view?.state.values ?? {};
  const form = new Form(values);
  if (view?.callback_id !== VIEW.contractPlan) {
    const shown = { ...parseValue(fieldsMetadata, text), o: false };
    const id = form.choice('customerId');
    const customer = id === null ? null : await loadCustomer(turn.ctx, recordId(id));
    return turn.redraw(withTyped(await drawFields(turn, shown, customer), values));
  }
  const shown = parseValue(planMetadata, text);
  const draft = await loadPlanDraft(turn.ctx, { id: shown.d, version: shown.v });
  const how = z.enum(HOWS).catch(shown.h).parse(form.choice('how'));
  const templateId = form.choice('template') ?? shown.m;
  await turn.redraw(withTyped(await drawPlan(turn, shown.r, draft, { how, templateId }), values));
}

/** The steps as the preview of plans knows them. */
export const CONTRACT_FLOW: PlanFlow = {
  loadBasis: basisOf,
  async submit(turn, draft, _basis, { alreadyDue, keepRest }) {
    try {
      const send = { planLater: keepRest };
      return await finish(turn, draft, await saveDraft(turn, draft, { alreadyDue, send }));
    } catch (error) {
      const step = stepOf(draft.values);
      if (!isDomainError(error, 'version.conflict') || !step.existing) throw error;
      // What the window carries is the draft's version: the contract's is kept in the draft.
      const existing = { ...step.existing, version: error.params.version };
      const again = await changePlanDraft(turn.ctx, draft, { contract: { ...step, existing } });
      const warning = sentence(error, readerOf(turn));
      return { update: await previewOf(turn, turn.metadata.r, again, warning) };
    }
  },
  back: drawPlanOf,
  redraw,
  async terms(turn, draft) {
    const { existing, customerId, amount, currency, signedOn, milestones } = stepOf(draft);
    const told = { ...milestones, ...draft.expected };
    const days = Object.entries(told).map(([kind, day]) => [kind, { expectedOn: day, actualOn: null }]);
    const rows = draft.rows.map((row, index) => ({ ...row, seq: index + 1 }));
    const credit = await checkCredit(turn.ctx, customerId, {
      contractId: existing?.id ?? null,
      adds: { minor: addedBy({ amount, signedOn, rows }), currency },
    });
    const facts = { amount, currency, signedOn, milestones: Object.fromEntries(days), rows, credit };
    return termsLines(facts, turn.ctx.today, readerOf(turn));
  },
};

type Saved = Awaited<ReturnType<typeof saveContract>>;

function saveDraft(
  turn: Pick<Turn, 'ctx'>,
  draft: KeptPlan,
  how: { alreadyDue: boolean; send: { planLater: boolean } | null },
): Promise<Saved> {
  const { existing, owner, files, typed: _typed, ...fields } = stepOf(draft.values);
  const { rows, expected } = draft.values;
  const plan = { rows, expected, alreadyDue: how.alreadyDue };
  return saveContract(turn.ctx, { existing, fields, owner, files, plan, send: how.send, draftId: draft.id });
}

/** What was done, as a sentence. */
function savedWords({ ctx, t }: Pick<Turn, 'ctx' | 't'>, { contract, approverNames }: Saved): string {
  const { number } = contract;
  if (approverNames === null) return t('contracts:draft.saved', { number });
  if (approverNames.length === 0) return t('contracts:submit.done_orphan', { number });
  return t('contracts:submit.done', { number, names: formatNames(ctx.actor.locale, approverNames) });
}

/** The contract's card with what was done: the one below, or in place of the form. */
async function finish<M>(turn: SubmitTurn<M>, draft: KeptPlan, saved: Saved): Promise<Outcome> {
  const result = savedWords(turn, saved);
  const { below } = draft.values;
  if (below !== null) return returnToCard(turn, below, result);
  return { update: await drawCard(turn, saved.contract.id, { result }), told: result };
}

/** [存草稿]: saved without being sent; the plan may have gaps. */
async function keepAsDraft(turn: ActionTurn): Promise<void> {
  const { ctx, t, body } = turn;
  const { r, d, v } = parseValue(previewMetadata, body.view?.private_metadata ?? '');
  const draft = await loadPlanDraft(ctx, { id: d, version: v });
  const form = new Form(body.view?.state.values ?? {});
  const ticked = { ...tickedIn(form, draft.values), keepRest: true };
  try {
    checkPlan(form, draft.values.rows, await basisOf(turn, draft.values), ticked, ctx.today);
  } catch (error) {
    // A click has no fields to put errors on.
    throw error instanceof FormErrors ? (error.errors[0] ?? error) : error;
  }
  const acting = { ...turn, ctx: { ...ctx, requestId: r } };
  const saved = await saveDraft(acting, draft, { alreadyDue: ticked.alreadyDue, send: null });
  const result = savedWords(turn, saved);
  const below = body.view?.previous_view_id;
  if (draft.values.below === null || !below)
    return turn.redraw(await drawCard(turn, saved.contract.id, { result }));
  // A click cannot close a window: the card below is drawn anew, this one says what was done.
  const card = await drawCardBelow(turn, draft.values.below, result);
  await turn.client.views.update({ view_id: below, view: card });
  await turn.redraw(infoModal(t, result));
}

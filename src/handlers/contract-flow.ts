// Making a contract, or changing a draft, in one window of three steps: fields, plan, preview (ux §4.4). All of it is
// saved at once at the end; until then it lives in the person's draft.
import type { ViewStateValue } from '@slack/bolt';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import {
  type ContractInput,
  contractInput,
  FORM_MILESTONES,
  type ParsedContract,
} from '../domain/contracts/contract.js';
import { loadContract } from '../domain/contracts/contract.queries.js';
import { findContracts } from '../domain/contracts/contract-list.queries.js';
import { checkContract, saveContract } from '../domain/contracts/contract-save.service.js';
import { findCustomerOptions, loadCustomer } from '../domain/customers/customer.queries.js';
import { isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { followAnchor } from '../domain/plans/plan.js';
import {
  contractIdOf,
  drawCard,
  drawCardBelow,
  isOnCard,
  requireEvent,
  returnToCard,
} from './contract-card.js';
import {
  basisOf,
  draftFormOf,
  drawFields,
  drawFieldsOf,
  drawPlan,
  drawPlanOf,
  type FieldsMetadata,
  fieldsMetadata,
  type PlanStepMetadata,
  planMetadata,
  presentRows,
  stepOf,
} from './contract-steps.js';
import type { Deps } from './deps.js';
import { sentence } from './errors.js';
import { Form, FormErrors, fieldOf, type StateValues } from './forms.js';
import { formatNames } from './i18n/format.js';
import { ACTION, OPTIONS, SHORTCUT, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import {
  type ContractStep,
  changePlanDraft,
  type KeptPlan,
  loadPlanDraft,
  type PlanDraft,
  startPlanDraft,
} from './plan-draft.js';
import { checkPlan, drawPreview, type PlanFlow, previewMetadata, tickedIn } from './plan-preview.js';
import { readPlanRows } from './plan-rows.js';
import { readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf } from './turn-to.js';
import { type ActionTurn, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { frameworkOption } from './views/contract-form-views.js';
import { termsLines } from './views/contract-terms-views.js';
import { withTyped } from './views/form-views.js';
import { infoModal } from './views/info-view.js';
import { customerOption } from './views/plan-inputs.js';
import { HOWS } from './views/plan-step-views.js';

const customerValue = z.object({ k: z.uuid() });

/** Plugs in the three steps. */
export function registerContractFlow(doors: Doors, _deps: Deps): void {
  doors.action(ACTION.contractNew, (turn) =>
    openNewContract(turn, turn.value === '' ? {} : { customerId: parseValue(customerValue, turn.value).k }),
  );
  doors.shortcut(SHORTCUT.contractNew, (turn) => openNewContract(turn));
  doors.action(ACTION.contractEdit, (turn) => openEditContract(turn, contractIdOf(turn.value)));
  doors.options(OPTIONS.contractCustomer, async ({ ctx, words }) => {
    const found = await findCustomerOptions(ctx, words, 'contract.create', { activeOnly: true });
    return found.map((one) => asChoice(customerOption(one, ctx.actor)));
  });
  doors.options(OPTIONS.framework, async ({ ctx, words }) => {
    const { rows } = await findContracts(ctx, { words, states: ['active', 'completed'] });
    return rows.map((row) => asChoice(frameworkOption(row)));
  });
  doors.submit(VIEW.contractNew, fieldsMetadata, submitFields);
  doors.submit(VIEW.contractEdit, fieldsMetadata, submitFields);
  doors.submit(VIEW.contractPlan, planMetadata, submitPlan);
  doors.action(ACTION.contractBack, backToFields);
  doors.action(ACTION.contractKeep, keepAsDraft);
}

const asChoice = (choice: { text: { text: string }; value?: string }) => ({
  text: choice.text.text,
  value: choice.value ?? '',
});

/**
 * Opens the new-contract form, with the customer chosen if one is given.
 * @throws DomainError access.denied, role.missing, not_found (customer)
 */
export async function openNewContract(turn: Mover, prefill: { customerId?: string } = {}): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'contract.create');
  const customer =
    prefill.customerId === undefined ? null : await loadCustomer(ctx, recordId(prefill.customerId));
  const shown = { r: newId(ctx.now), c: null, v: 0, d: null, o: true, b: null };
  await showView(turn, await drawFields(turn, shown, customer));
}

async function openEditContract(turn: Mover, contractId: string): Promise<void> {
  const { ctx } = turn;
  const contract = await loadContract(ctx, contractId);
  authorize(ctx.actor, 'contract.edit', contract.owner.id);
  requireEvent(contract, 'edit');
  const below = isOnCard(turn) ? (modalOf(turn)?.private_metadata ?? null) : null;
  const shown = { r: newId(ctx.now), c: contract.id, v: contract.version, d: null, o: true, b: below };
  await showView(turn, await drawFields(turn, shown, null));
}

/** The fields of step 1; all problems at once. */
function readFields({ form, ctx }: SubmitTurn<unknown>): ParsedContract {
  const { today, company } = ctx;
  const currency = form.requiredChoice('currency') || company.baseCurrency;
  const customerId = form.requiredChoice('customerId');
  const milestones = FORM_MILESTONES.flatMap((kind) => {
    const date = form.date(kind, { today, prefer: 'future' });
    return date ? [[kind, date] as const] : [];
  });
  const input: ContractInput = {
    customerId,
    name: form.requiredText('name', { max: 120 }),
    type: form.requiredChoice('type'),
    amount: form.amount('amount', currency),
    currency,
    signedOn: form.requiredDate('signedOn', { today, prefer: 'past' }),
    startsOn: form.date('startsOn', { today, prefer: 'past' }),
    endsOn: form.date('endsOn', { today, prefer: 'future' }),
    milestones: Object.fromEntries(milestones),
    paymentMethod: form.choice('paymentMethod'),
    financeOwnerId: form.choice('financeOwnerId'),
    parentContractId: form.choice('parentContractId'),
    remark: form.text('remark', { max: 3000 }),
  };
  form.check();
  return contractInput.parse({ ...input, customerId: recordId(customerId) });
}

/** Step 1 is right: what was typed is kept, and the plan comes next, or the preview of the plan that is there. */
async function submitFields(turn: SubmitTurn<FieldsMetadata>): Promise<Outcome> {
  const { ctx, form, metadata, view } = turn;
  const added = form.files('files');
  const fields = readFields(turn);
  const existing =
    metadata.c === null
      ? null
      : { id: metadata.c, version: metadata.v, number: (await loadContract(ctx, metadata.c)).number };
  await checkContract(ctx, { existing, fields });
  const before = metadata.d && (await loadPlanDraft(ctx, metadata.d));
  const chosen = form.choices('keptFiles');
  const files = (before?.values.contract?.files ?? []).filter((file) => chosen.includes(file.slackFileId));
  const contract = { ...fields, existing, files: [...files, ...added], typed: view.state.values };
  const values = await afterFields(turn, before?.values ?? null, contract, metadata.b);
  const draft = before
    ? await changePlanDraft(ctx, before, values)
    : await startPlanDraft(ctx, draftFormOf(metadata.c), values);
  if (draft.values.how === 'keep') return { update: await previewOf(turn, metadata.r, draft) };
  return { update: await drawPlanOf(turn, metadata.r, draft) };
}

/** The draft after step 1: the plan typed before stays, unless it was for another amount. */
async function afterFields(
  turn: Pick<Turn, 'ctx' | 't'>,
  before: PlanDraft | null,
  contract: ContractStep,
  below: string | null,
): Promise<PlanDraft> {
  const head = { contractId: '', contract, name: contract.name, below };
  if (!before) {
    const rows = await presentRows(turn, contract);
    const how = rows.length > 0 ? ('keep' as const) : ('one' as const);
    return { ...head, how, templateId: null, typed: {}, expected: {}, rows };
  }
  const was = before.contract;
  if (was?.amount === contract.amount && was.currency === contract.currency) return { ...before, ...head };
  const typed = Object.entries(before.typed).filter(([block]) => fieldOf(block) !== 'amount');
  const rows = before.how === 'keep' ? before.rows : [];
  return { ...before, ...head, typed: Object.fromEntries(typed), rows };
}

async function previewOf(
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
  terms(turn, draft) {
    const { amount, currency, signedOn, milestones } = stepOf(draft);
    const told = { ...milestones, ...draft.expected };
    const days = Object.entries(told).map(([kind, day]) => [kind, { expectedOn: day, actualOn: null }]);
    const rows = draft.rows.map((row, index) => ({ ...row, seq: index + 1 }));
    const facts = { amount, currency, signedOn, milestones: Object.fromEntries(days), rows };
    return termsLines(facts, turn.ctx.today, readerOf(turn));
  },
};

type Saved = Awaited<ReturnType<typeof saveContract>>;

function saveDraft(
  turn: Pick<Turn, 'ctx'>,
  draft: KeptPlan,
  how: { alreadyDue: boolean; send: { planLater: boolean } | null },
): Promise<Saved> {
  const { existing, files, typed: _typed, ...fields } = stepOf(draft.values);
  const { rows, expected } = draft.values;
  const plan = { rows, expected, alreadyDue: how.alreadyDue };
  return saveContract(turn.ctx, { existing, fields, files, plan, send: how.send, draftId: draft.id });
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
  return { update: await drawCard(turn, saved.contract.id, { result }) };
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

// The new-plan conversation: customer, contract, balance, then one instalment, or several by way of plan-preview.ts (ux §4.3).
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { createPlan } from '../domain/plans/plan.service.js';
import { hasPlannable, listPlannable, searchPlanCustomers } from '../domain/plans/plan-choices.queries.js';
import { findFirstReminder } from '../domain/reminders/coming.queries.js';
import { isOnCard, returnToCard } from './contract-card.js';
import type { Deps } from './deps.js';
import { Form } from './forms.js';
import { formatDate, formatMoney } from './i18n/format.js';
import { translator } from './i18n/index.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { type ContractBasis, findBasis, loadBasis } from './plan-basis.js';
import { findPlanDraft, type PlanDraft, startPlanDraft } from './plan-draft.js';
import { drawPreview, type PlanFlow } from './plan-preview.js';
import { readPlanRows } from './plan-rows.js';
import { isRecordId, type Opener, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { actions, button } from './views/blocks.js';
import { withAlert, withTyped } from './views/form-views.js';
import { infoModal } from './views/info-view.js';
import { customerOption } from './views/plan-inputs.js';
import { HOWS, type PlanBasis } from './views/plan-step-views.js';
import { contractOption, type OfferedDraft, type PlanFormState, planForm } from './views/plan-views.js';

/** `c` customer, `k` contract, `h` way, `m` template, `d` past dates asked, `o` a draft is offered, `b` the card below. */
const metadata = formMetadata({
  c: z.uuid().nullable(),
  k: z.uuid().nullable(),
  h: z.enum(HOWS),
  m: z.uuid().nullable(),
  d: z.boolean(),
  o: z.boolean(),
  b: z.string().nullable().default(null),
});
type Metadata = z.infer<typeof metadata>;

/** Plugs in the new-plan modal. */
export function registerPlans(doors: Doors, _deps: Deps): void {
  doors.opens(ACTION.planNew, (turn) => openNewPlan(turn, prefillOf(turn.value)));
  doors.options(OPTIONS.planCustomer, async ({ ctx, words }) => {
    const reader = { locale: ctx.actor.locale };
    return (await searchPlanCustomers(ctx, words)).map((found) => asChoice(customerOption(found, reader)));
  });
  doors.options(OPTIONS.planContract, async ({ ctx, words, metadata: text }) => {
    const { c } = parseValue(metadata, text);
    const targets = c === null ? [] : await listPlannable(ctx, c, words);
    const reader = { t: translator(ctx.actor.locale), locale: ctx.actor.locale };
    return targets.map((target) => asChoice(contractOption(target, reader)));
  });
  for (const id of [OPTIONS.planCustomer, OPTIONS.planContract]) doors.action(id, redrawPlanForm);
  doors.submit(VIEW.planNew, metadata, submitPlan);
}

const asChoice = (choice: { text: { text: string }; value?: string }) => ({
  text: choice.text.text,
  value: choice.value ?? '',
});

const prefillOf = (value: string): { contractId?: string } => {
  if (value === '') return {};
  return { contractId: isRecordId(value) ? value : parseValue(z.object({ c: z.uuid() }), value).c };
};

const customerOf = (basis: ContractBasis) => ({
  id: basis.customerId,
  name: basis.customerName,
  code: basis.customerCode,
});

/**
 * Opens the new-plan modal, with the contract chosen if one is given.
 * @throws DomainError access.denied, not_found, contract.bad_state
 */
export async function openNewPlan(turn: Mover, prefill: { contractId?: string } = {}): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'plan.create');
  const basis = prefill.contractId === undefined ? null : await loadBasis(turn, prefill.contractId);
  const offered = await findOffered(turn);
  if (!basis && !offered && !(await hasPlannable(ctx))) return showNoTarget(turn);
  const state = {
    requestId: newId(ctx.now),
    customer: basis && customerOf(basis),
    basis,
    how: 'one',
    templateId: null,
    askAlreadyDue: false,
    offered,
    below: isOnCard(turn) ? (modalOf(turn)?.private_metadata ?? null) : null,
  } as const;
  await showView(turn, draw(turn, state));
}

/** Nothing is left to plan: why, and the way on. */
async function showNoTarget(turn: Mover): Promise<void> {
  const { t } = turn;
  const make = button(ACTION.contractNew, t('contracts:new'), { style: 'primary' });
  await showView(turn, infoModal(t, t('planning:no_target'), [actions([make])]));
}

async function findOffered({ ctx }: Pick<Turn, 'ctx'>): Promise<OfferedDraft | null> {
  const draft = await findPlanDraft(ctx, 'plan');
  if (!draft) return null;
  const { name, rows } = draft.values;
  return { id: draft.id, version: draft.version, name, rows: rows.length, at: draft.at };
}

const draw = (turn: Pick<Opener, 'ctx' | 't'>, state: PlanFormState): ModalView =>
  planForm(state, readerOf(turn), turn.ctx.company.settings.paymentMethods);

/** Customer, contract, way or template was chosen: what follows from it is filled in, what was typed stays. */
async function redrawPlanForm(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const form = new Form(view.state.values);
  const before = parseValue(metadata, view.private_metadata);
  const state = await withOnlyContract(turn, await chosen(turn, form, before), before);
  await turn.redraw(withTyped(draw(turn, state), view.state.values));
}

/** What is chosen now, read again: a contract of another customer falls out. */
async function chosen(turn: Pick<Opener, 'ctx'>, form: Form, before: Metadata): Promise<PlanFormState> {
  const customerId = form.choice('customer');
  const contractId = form.choice('contract');
  const named = contractId === null ? null : await findBasis(turn, recordId(contractId));
  const found = customerId === null ? null : recordId(customerId);
  const basis = named?.customerId === customerId ? named : null;
  const known = basis || found === null ? undefined : (await searchPlanCustomers(turn.ctx, '', found)).at(0);
  return {
    requestId: before.r,
    customer: basis ? customerOf(basis) : (known ?? null),
    basis,
    how: z.enum(HOWS).catch(before.h).parse(form.choice('how')),
    templateId: form.choice('template') ?? before.m,
    askAlreadyDue: before.d,
    offered: before.o ? await findOffered(turn) : null,
    below: before.b,
  };
}

/** The only contract of a customer who was just chosen comes by itself: shown before it is sent, so never as it is sent. */
async function withOnlyContract(
  turn: Pick<Opener, 'ctx'>,
  state: PlanFormState,
  before: Metadata,
): Promise<PlanFormState> {
  const { customer } = state;
  if (state.basis || customer === null || customer.id === before.c) return state;
  const [only, ...others] = await listPlannable(turn.ctx, customer.id);
  return only && others.length === 0 ? { ...state, basis: await findBasis(turn, only.contractId) } : state;
}

/** The form as it was before the preview, everything typed in it. */
async function planFormOf(
  turn: Pick<Turn, 'ctx' | 't'>,
  requestId: string,
  draft: PlanDraft,
): Promise<ModalView> {
  const basis = await loadBasis(turn, draft.contractId);
  const { how, templateId, below } = draft;
  const state = {
    requestId,
    customer: customerOf(basis),
    basis,
    how,
    templateId,
    askAlreadyDue: false,
    offered: null,
    below,
  };
  return withTyped(draw(turn, state), draft.typed);
}

async function submitPlan(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx, t } = turn;
  form.requiredChoice('customer');
  form.requiredChoice('contract');
  form.check();
  const state = await chosen(turn, form, shown);
  const { basis } = state;
  if (!basis) throw new DomainError('not_found', { ref: '' }, 'contract');
  const { rows, expected } = readPlanRows(form, state.how, basis, turn);
  form.check();
  if (state.how !== 'one') {
    const draft = await startPlanDraft(ctx, 'plan', {
      contractId: basis.contractId,
      contract: null,
      name: `${basis.contractNumber} ${basis.contractName}`,
      how: state.how,
      templateId: state.templateId,
      typed: turn.view.state.values,
      expected,
      rows: [...rows],
      below: shown.b,
    });
    return { update: await drawPreview(turn, PLAN_FLOW, { requestId: shown.r, draft, basis }) };
  }
  try {
    const alreadyDue = form.choices('alreadyDue').includes('yes');
    const saved = await createPlan(ctx, { contractId: basis.contractId, rows, alreadyDue });
    return planSaved(turn, basis, saved.rows, shown.b);
  } catch (error) {
    if (!isDomainError(error, 'plan.past_date') || shown.d) throw error;
    // Slack puts an error on a field without redrawing; here a question must appear too.
    const date = formatDate(ctx.actor.locale, error.params.date, ctx.today);
    const asked = withTyped(draw(turn, { ...state, askAlreadyDue: true }), turn.view.state.values);
    return { update: withAlert(asked, t('errors:plan.past_date', { date })) };
  }
}

/** Steps of a plan of a contract that is there already. */
export const PLAN_FLOW: PlanFlow = {
  loadBasis: (turn, { contractId }) => loadBasis(turn, contractId),
  async submit(turn, draft, basis, { alreadyDue }) {
    const { rows, expected, below, contractId } = draft.values;
    const saved = await createPlan(turn.ctx, {
      contractId,
      rows,
      alreadyDue,
      expected,
      draftId: draft.id,
    });
    return planSaved(turn, basis, saved.rows, below);
  },
  back: (turn, requestId, draft) => planFormOf(turn, requestId, draft.values),
  redraw: redrawPlanForm,
};

type SavedRows = Awaited<ReturnType<typeof createPlan>>['rows'];

/** After saving: the card below with the result, or the result with the way to the plan. */
async function planSaved<M>(
  turn: SubmitTurn<M>,
  basis: PlanBasis,
  rows: SavedRows,
  below: string | null,
): Promise<Outcome> {
  const result = await doneWords(turn, basis, rows);
  if (below !== null) return returnToCard(turn, below, result);
  const value = JSON.stringify({ c: basis.contractId });
  return { done: result, blocks: [actions([button(ACTION.planOf, turn.t('common:open'), { value })])] };
}

/** 已建 {n} 期，合计 {s}，{d} 起提醒。 */
async function doneWords(
  { t, ctx }: Pick<Turn, 'ctx' | 't'>,
  basis: PlanBasis,
  rows: SavedRows,
): Promise<string> {
  const { locale } = ctx.actor;
  const first = await findFirstReminder(ctx, rows);
  const sum = formatMoney(locale, {
    minor: rows.reduce((total, row) => total + row.amount, 0n),
    currency: basis.currency,
  });
  const facts = { count: rows.length, sum };
  const sentence = first
    ? t('plans:done.rows', { ...facts, date: formatDate(locale, first, ctx.today) })
    : t('plans:done.undated', facts);
  const sentences = basis.contractStatus === 'active' ? [sentence] : [sentence, t('plans:done.inactive')];
  return sentences.join(locale === 'en' ? ' ' : '');
}

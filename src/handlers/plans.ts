// The new-plan conversation: customer, contract, balance, then one instalment or several with a preview (ux §4.3).
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { allowsEvent } from '../domain/contracts/contract.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { fromUtcDate, type LocalDate, maxDate } from '../domain/local-date.js';
import { MAX_REMIND_DAYS, type PlanRowInput } from '../domain/plans/plan.js';
import { createPlan } from '../domain/plans/plan.service.js';
import {
  findPlanTarget,
  listPlannable,
  type PlanTarget,
  searchPlanCustomers,
} from '../domain/plans/plan-choices.queries.js';
import { isOnCard, returnToCard } from './contract-card.js';
import type { Deps } from './deps.js';
import { Form } from './forms.js';
import { formatDate, formatMoney } from './i18n/format.js';
import { translator } from './i18n/index.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { isSavedPreview, readPlanRows } from './plan-rows.js';
import { isRecordId, type Opener, readerOf, recordId, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn } from './turns.js';
import { actions, button } from './views/blocks.js';
import { withAlert, withTyped } from './views/form-views.js';
import { contractOption, customerOption, HOWS, type PlanFormState, planForm } from './views/plan-views.js';

const metadata = formMetadata({
  c: z.uuid().nullable(),
  k: z.uuid().nullable(),
  h: z.enum(HOWS),
  d: z.boolean(),
  p: z.string().nullable(),
  b: z.string().nullable().default(null),
});
type Metadata = z.infer<typeof metadata>;

/** Plugs in the new-plan modal. */
export function registerPlans(doors: Doors, _deps: Deps): void {
  doors.action(ACTION.planNew, (turn) => openNewPlan(turn, prefillOf(turn.value)));
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
  for (const id of [OPTIONS.planCustomer, OPTIONS.planContract, ACTION.planHow]) {
    doors.action(id, redrawForm);
  }
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

/**
 * Opens the new-plan modal, with the contract chosen if one is given.
 * @throws DomainError access.denied, not_found, contract.bad_state
 */
export async function openNewPlan(turn: Mover, prefill: { contractId?: string } = {}): Promise<void> {
  const { ctx } = turn;
  authorize(ctx.actor, 'plan.create');
  const target = prefill.contractId === undefined ? null : await loadTarget(turn, prefill.contractId);
  const customer = target && { id: target.customerId, name: target.customerName, code: target.customerCode };
  const state = {
    requestId: newId(ctx.now),
    customer,
    target,
    how: 'one',
    askAlreadyDue: false,
    preview: null,
    below: isOnCard(turn) ? (modalOf(turn)?.private_metadata ?? null) : null,
  } as const;
  await showView(turn, draw(turn, state));
}

async function loadTarget(turn: Opener, contractId: string): Promise<PlanTarget> {
  const target = await findPlanTarget(turn.ctx, contractId);
  if (!target) throw new DomainError('not_found', { ref: '' });
  const status = target.contractStatus;
  if ((status !== 'draft' && status !== 'rejected' && status !== 'active') || !allowsEvent(status, 'plan')) {
    throw new DomainError('contract.bad_state', { state: status, action: 'plan' });
  }
  return target;
}

const draw = (turn: Pick<Opener, 'ctx' | 't'>, state: PlanFormState): ModalView =>
  planForm(state, readerOf(turn), turn.ctx.company.settings.paymentMethods);

/** Customer, contract or way was chosen: what follows from it is filled in, what was typed stays. */
async function redrawForm(turn: ActionTurn): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const form = new Form(view.state.values);
  const before = parseValue(metadata, view.private_metadata);
  const how = z
    .enum(HOWS)
    .catch('one')
    .parse(form.choice('how') ?? before.h);
  const state = await chosen(turn, form, { ...before, h: how });
  await turn.redraw(withTyped(draw(turn, state), view.state.values));
}

/** What is chosen now, read again: a contract of another customer falls out. */
async function chosen(turn: Pick<Opener, 'ctx'>, form: Form, before: Metadata): Promise<PlanFormState> {
  const customerId = form.choice('customer');
  const contractId = form.choice('contract');
  const target = contractId === null ? null : await findPlanTarget(turn.ctx, recordId(contractId));
  const fits = target !== null && target.customerId === customerId;
  const found = customerId === null ? null : recordId(customerId);
  const known = fits || found === null ? undefined : (await searchPlanCustomers(turn.ctx, '', found)).at(0);
  return {
    requestId: before.r,
    customer: fits
      ? { id: target.customerId, name: target.customerName, code: target.customerCode }
      : (known ?? null),
    target: fits ? target : null,
    how: before.h,
    askAlreadyDue: before.d,
    preview: null,
    below: before.b,
  };
}

async function submitPlan(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx } = turn;
  form.requiredChoice('customer');
  form.requiredChoice('contract');
  form.check();
  const state = await chosen(turn, form, shown);
  const { target } = state;
  if (!target) throw new DomainError('not_found', { ref: '' }, 'contract');
  const plan = readPlanRows(form, state.how, target, turn);
  const common = {
    plannedMethod: form.choice('plannedMethod'),
    remindDaysAhead: form.wholeNumber('remind', { min: 0, max: MAX_REMIND_DAYS }),
    remark: form.text('remark', { max: 3000 }),
  };
  form.check();
  const redraw = (more: Partial<PlanFormState>): ModalView =>
    withTyped(draw(turn, { ...state, ...more }), turn.view.state.values);
  if (state.how !== 'one' && !isSavedPreview(plan, shown.p)) return { update: redraw({ preview: plan }) };
  if (plan.unplanned > 0n && state.how !== 'one' && !form.choices('keepRest').includes('yes')) {
    const missing = { minor: plan.unplanned, currency: target.currency };
    throw new DomainError('plan.incomplete', { missing }, 'keepRest');
  }
  const rows = plan.rows.map((row): PlanRowInput => ({ ...row, ...common }));
  try {
    const alreadyDue = form.choices('alreadyDue').includes('yes');
    const saved = await createPlan(ctx, { contractId: target.contractId, rows, alreadyDue });
    const result = doneWords(turn, target, saved.rows);
    if (shown.b !== null) return returnToCard(turn, shown.b, result);
    return { done: result, blocks: [openPlanButton(turn, target.contractId)] };
  } catch (error) {
    if (!isDomainError(error, 'plan.past_date') || shown.d) throw error;
    // Slack puts an error on a field without redrawing; here a question must appear too.
    const date = formatDate(ctx.actor.locale, error.params.date, ctx.today);
    const preview = state.how === 'one' ? null : plan;
    return {
      update: withAlert(redraw({ askAlreadyDue: true, preview }), turn.t('errors:plan.past_date', { date })),
    };
  }
}

/** 已建 {n} 期，合计 {s}，{d} 起提醒。 */
function doneWords(
  { t, ctx }: SubmitTurn<Metadata>,
  target: PlanTarget,
  rows: readonly { amount: bigint; firstRemindOn: Date | null }[],
): string {
  const { locale } = ctx.actor;
  const days = rows.flatMap((row) => (row.firstRemindOn ? [fromUtcDate(row.firstRemindOn)] : [])).toSorted();
  const first: LocalDate | undefined = days[0];
  const sum = formatMoney(locale, {
    minor: rows.reduce((total, row) => total + row.amount, 0n),
    currency: target.currency,
  });
  const facts = { count: rows.length, sum };
  const sentence = first
    ? t('plans:done.rows', { ...facts, date: formatDate(locale, maxDate(first, ctx.today), ctx.today) })
    : t('plans:done.undated', facts);
  const sentences = target.contractStatus === 'active' ? [sentence] : [sentence, t('plans:done.inactive')];
  return sentences.join(locale === 'en' ? ' ' : '');
}

const openPlanButton = ({ t }: SubmitTurn<Metadata>, contractId: string) =>
  actions([button(ACTION.planOf, t('common:open'), { value: JSON.stringify({ c: contractId }) })]);

// Receipts: record one from a row or from nothing, see it, withdraw it, record a rejected one anew (ux §4.5).
// Finance's decisions are approvals.ts.
import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import type { UploadedFile } from '../domain/attachments.service.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { findRows } from '../domain/plans/instalment.queries.js';
import { isOldDay, type UnclaimedInput } from '../domain/receipts/receipt.js';
import { findReceiptId } from '../domain/receipts/receipt.queries.js';
import { recordReceipt } from '../domain/receipts/receipt.service.js';
import { discardReceipt } from '../domain/receipts/receipt-discard.service.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import { withdrawReceipt } from '../domain/receipts/receipt-withdraw.service.js';
import { searchPayingCustomers } from '../domain/receipts/split.queries.js';
import { findUnclaimed, type UnclaimedFacts } from '../domain/receipts/unclaimed.queries.js';
import { recordUnclaimed } from '../domain/receipts/unclaimed.service.js';
import type { Deps } from './deps.js';
import type { Form, StateValues } from './forms.js';
import { formatDate, formatMoney } from './i18n/format.js';
import { translator } from './i18n/index.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { encodeBelow, redrawBelow } from './receipt-below.js';
import { currentForm, openedForm, type ReceiptPrefill } from './receipt-form.js';
import { type ReceiptMetadata, receiptMetadata } from './receipt-metadata.js';
import { isRecordId, readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { type Mover, modalOf, opensAnew, turnTo } from './turn-to.js';
import { type ActionTurn, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { withTyped } from './views/form-views.js';
import { customerOption } from './views/plan-inputs.js';
import { type ReceiptFormState, receiptForm } from './views/receipt-form-views.js';
import { instalmentOption } from './views/receipt-target-views.js';
import { receiptModal, recordedActions } from './views/receipt-views.js';
import { unclaimedActions, unclaimedModal } from './views/unclaimed-views.js';

const byId = z.object({ i: z.uuid() });
const prefillValue = z.union([
  byId.transform(({ i }): ReceiptPrefill => ({ instalmentId: i })),
  z.object({ c: z.uuid() }).transform(({ c }): ReceiptPrefill => ({ contractId: c })),
  z.object({ u: z.uuid() }).transform(({ u }): ReceiptPrefill => ({ customerId: u })),
]);
const UNPAID = ['open', 'postponed', 'overdue', 'undated'] as const;

/** Plugs in recording and withdrawing. */
export function registerReceipts(doors: Doors, _deps: Deps): void {
  doors.opens(
    ACTION.receiptNew,
    (turn) => openRecordReceipt(turn, turn.value === '' ? {} : parseValue(prefillValue, turn.value)),
    opensReceiptForm,
  );
  doors.opens(
    ACTION.receiptAgain,
    (turn) => openRecordReceipt(turn, { replacesId: parseValue(byId, turn.value).i }),
    opensReceiptForm,
  );
  doors.opens(ACTION.receiptOpen, (turn) => showReceipt(turn, parseValue(byId, turn.value).i), opensAnew);
  doors.action(ACTION.receiptWithdraw, runWithdraw);
  doors.action(ACTION.receiptDiscard, runDiscard);
  for (const id of [
    OPTIONS.receiptCustomer,
    OPTIONS.instalment,
    ACTION.receiptFor,
    ACTION.receiptCurrency,
    ACTION.receiptAmount,
    ACTION.receiptMethod,
    ACTION.receiptPicked,
  ]) {
    doors.action(id, (turn) => redrawForm(turn, false));
  }
  doors.action(ACTION.receiptChange, (turn) => redrawForm(turn, true));
  doors.options(OPTIONS.receiptCustomer, async ({ ctx, words }) => {
    const reader = { locale: ctx.actor.locale };
    const found = await searchPayingCustomers(ctx, words);
    return found.map((customer) => ({
      text: customerOption(customer, reader).text.text,
      value: customer.id,
    }));
  });
  doors.options(OPTIONS.instalment, async ({ ctx, words, metadata }) => {
    const { c } = parseValue(receiptMetadata, metadata);
    if (c === null) return [];
    const { rows } = await findRows(ctx, { customerId: c, words, states: UNPAID }, { number: 1, size: 100 });
    const reader = { t: translator(ctx.actor.locale), locale: ctx.actor.locale };
    return rows.map((row) => ({ text: instalmentOption(row, reader).text.text, value: row.id }));
  });
  doors.submit(VIEW.receiptNew, receiptMetadata, submitReceipt);
}

/** Slack stacks three windows: a second one that only shows gives way, so that the split still fits on top. */
const givesWay = (shown: BlockAction['view']): boolean =>
  shown?.type === 'modal' && shown.callback_id === VIEW.info && shown.previous_view_id !== null;

/** Of a click that leads to the form: it is a new window. */
export const opensReceiptForm = ({ view }: BlockAction): boolean => !givesWay(view);

/**
 * Opens the record-receipt modal.
 * @throws DomainError not_found, access.denied, contract.bad_state, request.repeated
 */
export async function openRecordReceipt(turn: Mover, prefill: ReceiptPrefill = {}): Promise<void> {
  const shown = modalOf(turn);
  const inPlace = givesWay(shown);
  const below = shown && !inPlace ? encodeBelow(shown) : '';
  const view = drawReceiptForm(turn, await openedForm(turn, { ...prefill, below }));
  if (inPlace && turn.redraw) await turn.redraw(view);
  else await showView(turn, view);
}

/**
 * Shows a receipt, by id or number.
 * @throws DomainError not_found, also where it lies outside the reader's scope
 */
export async function showReceipt(turn: Mover, ref: string): Promise<void> {
  const id = await findReceiptId(turn.ctx, isRecordId(ref) ? { id: ref } : { number: ref });
  // Money that nobody has claimed is numbered as receipts are.
  const unclaimed = id === null && !isRecordId(ref) ? await findUnclaimed(turn.ctx, { number: ref }) : null;
  if (unclaimed) {
    const methods = turn.ctx.company.settings.paymentMethods;
    return turnTo(turn, unclaimedModal(unclaimed, readerOf(turn), methods));
  }
  if (id === null) throw new DomainError('not_found', { ref: isRecordId(ref) ? '' : ref });
  await turnTo(turn, await openView(turn, id));
}

async function loadFacts({ ctx }: Pick<Turn, 'ctx'>, id: string): Promise<ReceiptFacts> {
  const facts = await loadReceiptFacts(ctx, id);
  if (!facts) throw new DomainError('not_found', { ref: '' });
  return facts;
}

/** The window of a receipt as it is now. */
export async function openView(
  turn: Pick<Turn, 'ctx' | 't'>,
  id: string,
  result?: string,
): Promise<ModalView> {
  const facts = await loadFacts(turn, id);
  return receiptModal(facts, readerOf(turn), turn.ctx.company.settings.paymentMethods, result);
}

/** The form in this state. */
export const drawReceiptForm = (turn: Pick<Turn, 'ctx' | 't'>, state: ReceiptFormState): ModalView =>
  receiptForm(state, readerOf(turn), turn.ctx.company.settings.paymentMethods);

/** Something was chosen, or the amount was entered: what follows is shown, what was typed stays. */
async function redrawForm(turn: ActionTurn, release: boolean): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const shown = parseValue(receiptMetadata, view.private_metadata);
  const values: StateValues = view.state.values;
  const state = await currentForm(turn, shown, values, release);
  await turn.redraw(withTyped(drawReceiptForm(turn, state), values));
}

async function submitReceipt(turn: SubmitTurn<ReceiptMetadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx, t, view } = turn;
  const { values } = view.state;
  const state = await currentForm(turn, shown, values);
  const { target } = state;
  if (!target.fixed && target.for !== 'unidentified') form.requiredChoice('customer');
  if (!target.fixed && target.for === 'choose') form.requiredChoice('instalment');
  const input = state.claim
    ? claimedMoney(state.claim, form)
    : {
        amount: form.amount('amount', target.currency),
        method: form.requiredChoice('method'),
        receivedOn: form.requiredDate('receivedOn', { today: ctx.today, prefer: 'past' }),
        payerName: form.text('payerName', { max: 120 }),
        bankSlipNo: form.text('bankSlipNo', { max: 64 }),
        remark: form.text('remark', { max: 3000 }),
      };
  // Whoever claims money of nobody knows whom is asked for its bill.
  const bill =
    state.bill && target.for !== 'unidentified'
      ? {
          billNo: form.requiredText('billNo', { max: 64 }),
          billDueOn: form.requiredDate('billDueOn', { today: ctx.today, prefer: 'future' }),
        }
      : {};
  const files = form.files('files');
  form.check();
  const { receivedOn } = input;
  const oldDay = !state.claim && isOldDay(receivedOn, ctx.today) ? receivedOn : null;
  const redraw = (more: Partial<ReceiptFormState>): Outcome => ({
    update: withTyped(drawReceiptForm(turn, { ...state, oldDay, ...more }), values),
  });
  if (oldDay !== null && !form.choices('oldDay').includes(oldDay)) return redraw({});
  if (target.for === 'unidentified')
    return submitUnclaimed(turn, { ...input, currency: target.currency }, files, redraw);
  if (!target.customer || !state.proposal) throw new DomainError('not_found', { ref: '' }, 'customer');
  if (state.mark !== shown.s) return redraw({ notice: t('receipts:split.stale') });
  try {
    const receipt = await recordReceipt(
      ctx,
      {
        ...input,
        ...bill,
        customerId: target.customer.id,
        contractId: target.instalment?.contractId ?? target.contract?.id ?? null,
        instalmentId: target.instalment?.id ?? null,
        kind: !target.fixed && target.for === 'prepayment' ? 'prepayment' : 'payment',
        currency: target.currency,
        replacesId: shown.p,
        unclaimedId: shown.u,
      },
      {
        files,
        lines: state.proposal.lines.map(({ instalmentId, amount }) => ({ instalmentId, amount })),
        byHand: state.byHand !== null,
        notDuplicate: form.choices('notDuplicate')[0] ?? false,
      },
    );
    await redrawBelow(turn, shown.b);
    const amount = formatMoney(ctx.actor.locale, { minor: receipt.amount, currency: receipt.currency });
    return {
      done: t('receipts:done', { number: receipt.number, amount }),
      blocks: [recordedActions(receipt, readerOf(turn))],
    };
  } catch (error) {
    if (isDomainError(error, 'receipt.duplicate_suspected')) {
      return redraw({ duplicate: duplicateOf(turn, error) });
    }
    if (
      isDomainError(error, 'receipt.split_changed') ||
      isDomainError(error, 'receipt.exceeds_outstanding')
    ) {
      // Somebody else's money came between: the split as it is now, and everything typed.
      const fresh = await currentForm(turn, shown, values);
      return {
        update: withTyped(drawReceiptForm(turn, { ...fresh, notice: t('receipts:split.stale') }), values),
      };
    }
    throw error;
  }
}

/** What came in is not asked again. */
const claimedMoney = (claim: UnclaimedFacts, form: Form) => ({
  amount: claim.amount,
  method: claim.method,
  receivedOn: claim.receivedOn,
  payerName: claim.payerName,
  bankSlipNo: claim.bankSlipNo,
  remark: form.text('remark', { max: 3000 }),
});

/** 不清楚: the money waits in finance's channel until somebody claims it. */
async function submitUnclaimed(
  turn: SubmitTurn<ReceiptMetadata>,
  input: UnclaimedInput,
  files: UploadedFile[],
  redraw: (more: Partial<ReceiptFormState>) => Outcome,
): Promise<Outcome> {
  const { ctx, t, form } = turn;
  try {
    const notDuplicate = form.choices('notDuplicate')[0] ?? false;
    const replacesId = turn.metadata.p;
    const money = await recordUnclaimed(ctx, input, { files, notDuplicate, replacesId });
    await redrawBelow(turn, turn.metadata.b);
    const amount = formatMoney(ctx.actor.locale, { minor: money.amount, currency: money.currency });
    return {
      done: t('unclaimed:done', { number: money.number, amount }),
      blocks: [unclaimedActions(money, readerOf(turn))],
    };
  } catch (error) {
    if (!isDomainError(error, 'receipt.duplicate_suspected')) throw error;
    return redraw({ duplicate: duplicateOf(turn, error) });
  }
}

function duplicateOf(
  { t, ctx }: Pick<Turn, 'ctx' | 't'>,
  { params: { number, amount, receivedOn, recorder: who } }: DomainError<'receipt.duplicate_suspected'>,
): ReceiptFormState['duplicate'] {
  const { locale } = ctx.actor;
  const money = { amount: formatMoney(locale, amount), date: formatDate(locale, receivedOn, ctx.today) };
  return { number, words: t('receipts:duplicate', { number, ...money, who }) };
}

async function runDiscard(turn: ActionTurn): Promise<void> {
  const receipt = await discardReceipt(turn.ctx, parseValue(byId, turn.value).i);
  const words = turn.t('receipts:discard.done', { number: receipt.number });
  if (modalOf(turn)) await turn.redraw(await openView(turn, receipt.id, words));
  else await turn.tell(words);
}

async function runWithdraw(turn: ActionTurn): Promise<void> {
  const receipt = await withdrawReceipt(turn.ctx, parseValue(byId, turn.value).i);
  const words = turn.t('receipts:withdraw.done', { number: receipt.number });
  if (modalOf(turn)) await turn.redraw(await openView(turn, receipt.id, words));
  else await turn.tell(words);
}

// Receipts: record one from a row or from nothing, see it, withdraw it, record a rejected one anew (ux §4.5).
// Finance's decisions are approvals.ts.

import type { BlockAction } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { DomainError } from '../domain/errors.js';
import { UNPAID_STATES } from '../domain/lists/list-filter.js';
import { findRows } from '../domain/plans/instalment.queries.js';
import { findReceiptId } from '../domain/receipts/receipt.queries.js';
import { discardReceipt } from '../domain/receipts/receipt-discard.service.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import { withdrawReceipt } from '../domain/receipts/receipt-withdraw.service.js';
import { findMovementKind } from '../domain/receipts/reversal.queries.js';
import { searchPayingCustomers } from '../domain/receipts/split.queries.js';
import { findUnclaimed } from '../domain/receipts/unclaimed.queries.js';
import type { Deps } from './deps.js';
import type { StateValues } from './forms.js';
import { translator } from './i18n/index.js';
import { ACTION, OPTIONS, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { encodeBelow } from './receipt-below.js';
import { ofMoney } from './receipt-claim.js';
import { currentForm, drawReceiptForm, openedForm, type ReceiptPrefill } from './receipt-form.js';
import { receiptMetadata } from './receipt-metadata.js';
import { submitReceipt } from './receipt-submit.js';
import { isRecordId, readerOf, showView } from './show-view.js';
import { type Mover, modalOf, opensAnew, turnTo } from './turn-to.js';
import { type ActionTurn, parseValue, type Turn } from './turns.js';
import { escapeMrkdwn, section } from './views/blocks.js';
import { withTyped } from './views/form-views.js';
import { customerOption } from './views/plan-inputs.js';
import { instalmentOption } from './views/receipt-target-views.js';
import { receiptModal } from './views/receipt-views.js';
import { movementOf } from './views/reversal-views.js';
import { unclaimedModal } from './views/unclaimed-views.js';

const byId = z.object({ i: z.uuid() });
const prefillValue = z.union([
  byId.transform(({ i }): ReceiptPrefill => ({ instalmentId: i })),
  z.object({ c: z.uuid() }).transform(({ c }): ReceiptPrefill => ({ contractId: c })),
  z.object({ u: z.uuid() }).transform(({ u }): ReceiptPrefill => ({ customerId: u })),
]);

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
    ACTION.receiptPaidIn,
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
    const shown = parseValue(receiptMetadata, metadata);
    if (shown.c === null) return [];
    const where = { customerId: shown.c, words, states: UNPAID_STATES, currency: ofMoney(shown).only };
    const { rows } = await findRows(ctx, where, { number: 1, size: 100 });
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
  const kind = isRecordId(ref) ? null : await findMovementKind(turn.ctx, ref);
  const facts = await loadFacts(turn, id);
  const view = receiptModal(facts, readerOf(turn), turn.ctx.company.settings.paymentMethods);
  if (kind === null) return turnTo(turn, view);
  const words = movementOf({ kind, number: ref, of: facts.number }, turn);
  await turnTo(turn, { ...view, blocks: [section(escapeMrkdwn(words)), ...view.blocks] });
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

/** Something was chosen, or the amount was entered: what follows is shown, what was typed stays. */
async function redrawForm(turn: ActionTurn, release: boolean): Promise<void> {
  const { view } = turn.body;
  if (!view) throw new DomainError('not_found', { ref: '' });
  const shown = parseValue(receiptMetadata, view.private_metadata);
  const values: StateValues = view.state.values;
  const state = await currentForm(turn, shown, values, release);
  await turn.redraw(withTyped(drawReceiptForm(turn, state), values));
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

// Sends the receipt form: a receipt to finance, or money of nobody knows whom to whoever knows; what is in doubt is asked again
// with everything typed.
import type { UploadedFile } from '../domain/attachments.js';
import { DomainError, isDomainError } from '../domain/errors.js';
import { isOldDay, type UnclaimedInput } from '../domain/receipts/receipt.js';
import { recordReceipt } from '../domain/receipts/receipt.service.js';
import type { UnclaimedFacts } from '../domain/receipts/unclaimed.queries.js';
import { recordUnclaimed } from '../domain/receipts/unclaimed.service.js';
import type { Form } from './forms.js';
import { formatDate, formatMoney } from './i18n/format.js';
import { redrawBelow } from './receipt-below.js';
import { currentForm, drawReceiptForm } from './receipt-form.js';
import type { ReceiptMetadata } from './receipt-metadata.js';
import { readerOf } from './show-view.js';
import type { Outcome } from './submission.js';
import type { SubmitTurn, Turn } from './turns.js';
import { withTyped } from './views/form-views.js';
import type { ReceiptFormState } from './views/receipt-form-views.js';
import { recordedActions } from './views/receipt-views.js';
import { unclaimedActions } from './views/unclaimed-views.js';

/** @throws DomainError as recordReceipt and recordUnclaimed */
export async function submitReceipt(turn: SubmitTurn<ReceiptMetadata>): Promise<Outcome> {
  const { form, metadata: shown, ctx, t, view } = turn;
  const { values } = view.state;
  const state = await currentForm(turn, shown, values);
  const { target } = state;
  if (!target.fixed && target.for !== 'unidentified') form.requiredChoice('customer');
  if (!target.fixed && target.for === 'choose') {
    const chosen = form.requiredChoice('instalment');
    // One that does not fit falls out: the money would go elsewhere in silence.
    if (chosen !== '' && !target.instalment) throw new DomainError('not_found', { ref: '' }, 'instalment');
  }
  const input = state.claim
    ? claimedMoney(state.claim, form, target.currency)
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
  const { paidIn } = state;
  const foreign = state.claim
    ? paidIn !== null && { originalCurrency: paidIn, originalAmount: state.claim.amount }
    : target.for !== 'unidentified' && {
        bankTxnId: form.text('bankTxnId', { max: 64 }),
        originalCurrency: paidIn,
        originalAmount: paidIn === null ? null : form.amount('originalAmount', paidIn),
      };
  const files = form.files('files');
  form.check();
  const { receivedOn } = input;
  const isStale = target.for !== 'unidentified' && state.mark !== shown.s;
  const isFuture = !state.claim && receivedOn > ctx.today;
  if (isFuture && !isStale) {
    form.refuse('receivedOn', 'receipt.future_date', { today: ctx.today });
    form.check();
  }
  const oldDay = !state.claim && isOldDay(receivedOn, ctx.today) ? receivedOn : null;
  const redraw = (more: Partial<ReceiptFormState>): Outcome => ({
    update: withTyped(drawReceiptForm(turn, { ...state, oldDay, ...more }), values),
  });
  if (oldDay !== null && !form.choices('oldDay').includes(oldDay)) return redraw({});
  if (target.for === 'unidentified')
    return submitUnclaimed(turn, { ...input, currency: target.currency }, files, redraw);
  if (!target.customer || !state.proposal) throw new DomainError('not_found', { ref: '' }, 'customer');
  if (isStale) {
    // A redrawn form has no errors on its fields: both are said on top, so that neither comes only with the next press.
    return redraw({ notice: t(isFuture ? 'receipts:split.stale_future' : 'receipts:split.stale') });
  }
  try {
    const receipt = await recordReceipt(
      ctx,
      {
        ...input,
        ...bill,
        ...foreign,
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

/** What came in is not asked again, but for what it is in the currency that it is booked in. */
const claimedMoney = (claim: UnclaimedFacts, form: Form, currency: string) => ({
  amount: claim.currency === currency ? claim.amount : form.amount('amount', currency),
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

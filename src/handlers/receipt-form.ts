// What the record-receipt form shows next, worked out from what was opened, chosen and typed. Reads only.
import type { ModalView } from '@slack/types';
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { parseAmount } from '../domain/parse-amount.js';
import { readBankNotice } from '../domain/receipts/bank-notice.js';
import { BILL_METHOD } from '../domain/receipts/receipt.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import { replacedError } from '../domain/receipts/receipt-replaced.service.js';
import { Form, type StateValues } from './forms.js';
import { translator } from './i18n/index.js';
import { claimedIn, isOthers, loadClaim, ofMoney, paidInOf } from './receipt-claim.js';
import {
  messageOf,
  onlyCurrency,
  onlySaid,
  payerNameOf,
  payingCustomer,
  plainMessage,
} from './receipt-message.js';
import { MAX_SPLIT, type ReceiptMetadata } from './receipt-metadata.js';
import { splitOf } from './receipt-proposal.js';
import { chosenTarget, openedTarget } from './receipt-target.js';
import { readerOf } from './show-view.js';
import { decodeSplit } from './split-code.js';
import type { Turn } from './turns.js';
import { typedMoney, unreadable } from './typed-money.js';
import { amountBlockId, type ReceiptFormState, receiptForm, saidIn } from './views/receipt-form-views.js';
import { FORS, type ReceiptTarget } from './views/receipt-target-views.js';
import { roomOf } from './views/row-views.js';

/** The form in this state. */
export const drawReceiptForm = (turn: Pick<Turn, 'ctx' | 't'>, state: ReceiptFormState): ModalView =>
  receiptForm(state, readerOf(turn), turn.ctx.company.settings.paymentMethods);

/** What a receipt form may be opened with; `amount` in minor units of the target's currency. */
export interface ReceiptPrefill {
  readonly instalmentId?: string;
  readonly contractId?: string;
  readonly customerId?: string;
  readonly for?: ReceiptTarget['for'];
  readonly amount?: bigint;
  /** As it was typed after a command; what cannot be read is left for the person to type. */
  readonly amountText?: string;
  /** A rejected or withdrawn receipt to record anew. */
  readonly replacesId?: string;
  /** What the window below shows. */
  readonly below?: string;
  /** Unclaimed money to claim. */
  readonly unclaimedId?: string;
  /** A bank's message to read amount, payer, day and slip number from. */
  readonly message?: string;
}

type Reading = Pick<Turn, 'ctx'>;

/**
 * The form as it opens.
 * @throws DomainError not_found, access.denied, contract.bad_state, request.repeated (it was recorded anew already)
 */
export async function openedForm(turn: Reading, prefill: ReceiptPrefill): Promise<ReceiptFormState> {
  const { ctx } = turn;
  authorize(ctx.actor, 'receipt.record');
  const replaced = prefill.replacesId === undefined ? null : await loadReplaced(turn, prefill.replacesId);
  const claim = await loadClaim(turn, replaced?.unclaimedId ?? prefill.unclaimedId ?? null);
  const text = prefill.message === undefined ? null : plainMessage(prefill.message);
  const said = text === null ? null : readBankNotice(text, ctx.today, ctx.company.baseCurrency);
  const payer = replaced
    ? null
    : await payingCustomer(
        ctx,
        claim?.payerName ?? said?.payer ?? null,
        text === null || said === null ? undefined : { text, said },
      );
  const place = replaced ? placeOf(replaced) : prefill;
  const target = await openedTarget(turn, {
    ...(payer !== null && { customerId: payer.id }),
    ...place,
    // What came in does not change by being sent again.
    only: claim ? undefined : replaced?.currency,
    claimed: claim?.currency,
    currency: replaced?.currency ?? onlyCurrency(said),
  });
  const typed = typedMoney(prefill.amountText ?? '', target.currency, ctx.today);
  const read = typed.amount;
  const message = said && messageOf(text ?? '', said);
  const told = onlySaid(message, target.currency);
  const given =
    told ??
    claimedIn(claim, target) ??
    (replaced?.currency === target.currency ? replaced.amount : null) ??
    prefill.amount ??
    (read.ok ? read.minor : null);
  const amount = given ?? (target.instalment && roomOf(target.instalment));
  const lines = replaced?.splitByHand ? replaced.lines : [];
  const isListed = lines.length > 0 && lines.length <= MAX_SPLIT;
  const chosen = isListed
    ? lines.map(({ instalmentId, amount: part }) => ({ instalmentId, amount: part }))
    : null;
  return {
    requestId: newId(ctx.now),
    target,
    amount,
    ...(await splitOf(turn, target, amount, chosen, null)),
    initial: {
      method: replaced?.method ?? ctx.company.settings.paymentMethods[0]?.key ?? null,
      receivedOn: replaced?.receivedOn ?? said?.receivedOn ?? (typed.day?.ok ? typed.day.date : ctx.today),
      payerName: replaced?.payerName ?? payerNameOf(said, payer),
      bankSlipNo: replaced?.bankSlipNo ?? said?.slipNo ?? null,
      bankTxnId: replaced?.bankTxnId ?? null,
      originalAmount: replaced?.original?.minor ?? null,
      billNo: replaced?.billNo ?? null,
      billDueOn: replaced?.billDueOn ?? null,
      remark: replaced?.remark ?? null,
    },
    message,
    ...paidInOf(ctx, target, claim, replaced?.original?.currency ?? null),
    bill: (claim?.method ?? replaced?.method ?? ctx.company.settings.paymentMethods[0]?.key) === BILL_METHOD,
    replaces: replacedOf(replaced),
    duplicate: null,
    oldDay: null,
    below: prefill.below ?? '',
    claim,
    notice:
      lines.length > MAX_SPLIT
        ? translator(ctx.actor.locale)('recording:split.dropped', { count: lines.length, max: MAX_SPLIT })
        : prefill.amountText === undefined
          ? null
          : unreadable(ctx, read.ok ? typed.day : read),
  };
}

const replacedOf = (facts: ReceiptFacts | null): ReceiptFormState['replaces'] =>
  facts && { id: facts.id, number: facts.number, vouchers: facts.attachmentNames };

const placeOf = (facts: ReceiptFacts): ReceiptPrefill => ({
  customerId: facts.customerId,
  for: facts.kind === 'prepayment' ? 'prepayment' : 'best',
  ...(facts.contractId !== null && { contractId: facts.contractId }),
  ...(facts.instalmentId !== null && { instalmentId: facts.instalmentId }),
});

async function loadReplaced({ ctx }: Reading, id: string): Promise<ReceiptFacts> {
  const facts = await loadReceiptFacts(ctx, id);
  const open = facts?.status === 'rejected' || facts?.status === 'draft';
  if (!open || facts.recordedById !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
  if (!facts.successor) return facts;
  throw replacedError(facts.successor);
}

/**
 * The form as it stands: read from the modal that was clicked in or submitted. `release`: [更换] was clicked. A split
 * chosen by hand holds for the customer and the purpose that it was chosen for.
 */
export async function currentForm(
  turn: Reading,
  shown: ReceiptMetadata,
  values: StateValues,
  release = false,
): Promise<ReceiptFormState> {
  const form = new Form(values);
  const fixed = shown.x && !release;
  const target = fixed
    ? await targetOfShown(turn, shown)
    : await chosenTarget(turn, {
        customerId: release ? shown.c : form.choice('customer'),
        for: release
          ? 'choose'
          : z
              .enum(FORS)
              .catch('best')
              .parse(form.choice('for') ?? shown.f),
        instalmentId: release ? shown.i : form.choice('instalment'),
        currency: form.choice('currency') ?? (isOthers(form, shown) ? null : shown.y),
        ...ofMoney(shown),
      });
  const picked = form.choice('picked');
  const choice = picked === null ? null : Number(picked);
  const isPick = shown.q !== null && choice !== null && choice !== shown.q.p;
  const again = isPick && shown.q ? { ...shown, q: { ...shown.q, p: choice } } : shown;
  const pick = isPick && saidIn(again.q, target.currency).find(({ index }) => index === choice);
  // The form began in another currency than the money came in.
  const turned = target.currency !== shown.y ? onlySaid(shown.q, target.currency) : null;
  const told = pick ? pick.minor : turned;
  const method = form.choice('method');
  const isAsked = form.blockIdOf('paidIn') !== undefined;
  const typed = {
    ...again,
    ...(method !== null && { l: method === BILL_METHOD }),
    ...(isAsked && { o: form.choice('paidIn') }),
  };
  return stateOf(turn, typed, target, told ?? currentAmount(form, target, shown));
}

/** The form of these choices with what is typed left to the inputs, which keep it. */
export async function stateOf(
  turn: Reading,
  shown: ReceiptMetadata,
  target: ReceiptTarget,
  amount: bigint | null,
): Promise<ReceiptFormState> {
  const { ctx } = turn;
  const replaced = shown.p === null ? null : await loadReplaced(turn, shown.p);
  const claim = await loadClaim(turn, shown.u);
  const money = claimedIn(claim, target) ?? amount;
  const chosen = shown.h && isSameTarget(shown, target) ? decodeSplit(shown.h) : null;
  return {
    requestId: shown.r,
    target,
    amount: money,
    ...(await splitOf(turn, target, money, chosen, shown.w)),
    initial: {
      method: null,
      receivedOn: ctx.today,
      payerName: null,
      bankSlipNo: null,
      bankTxnId: null,
      originalAmount: null,
      billNo: null,
      billDueOn: null,
      remark: null,
    },
    ...paidInOf(ctx, target, claim, shown.o),
    bill: shown.l,
    replaces: replacedOf(replaced),
    duplicate: null,
    oldDay: null,
    below: shown.b,
    message: shown.q,
    claim,
    notice: null,
  };
}

const isSameTarget = (shown: ReceiptMetadata, target: ReceiptTarget): boolean =>
  shown.c === (target.customer?.id ?? null) &&
  shown.k === (target.contract?.id ?? null) &&
  shown.i === (target.instalment?.id ?? null) &&
  shown.x === target.fixed &&
  shown.f === target.for &&
  shown.y === target.currency;

/** What was chosen, as the form's metadata names it. */
export const targetOfShown = (turn: Reading, shown: ReceiptMetadata): Promise<ReceiptTarget> =>
  shown.x
    ? openedTarget(turn, {
        ...(shown.i !== null && { instalmentId: shown.i }),
        ...(shown.k !== null && { contractId: shown.k }),
      })
    : chosenTarget(turn, {
        customerId: shown.c,
        for: shown.f,
        instalmentId: shown.i,
        currency: shown.y,
        ...ofMoney(shown),
      });

/** What was typed; for a row just chosen its open amount. */
function currentAmount(form: Form, target: ReceiptTarget, { q }: ReceiptMetadata): bigint | null {
  // What a message said is not replaced by what is open.
  const isSame = q !== null || form.blockIdOf('amount') === amountBlockId(target, null);
  const read = parseAmount(form.text('amount', { max: 40 }) ?? '', target.currency);
  if (target.instalment && !isSame) return roomOf(target.instalment);
  return read.ok ? read.minor : null;
}

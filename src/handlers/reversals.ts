// Reversing a receipt, or refunding what of it belongs to no instalment, as a conversation from its window (F54, P3).
// What becomes of it is approvals.ts.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import type { MovementKind } from '../domain/receipts/receipt.js';
import { findReceiptId } from '../domain/receipts/receipt.queries.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import { askRefund } from '../domain/receipts/refund.service.js';
import { askReversal } from '../domain/receipts/reversal.service.js';
import { formatMoney, formatNames, truncate } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { openView } from './receipts.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import {
  mayBeDishonoured,
  mayMove,
  movementModal,
  REVERSAL_REASON_MAX,
} from './views/movement-form-views.js';
import { receiptHeading } from './views/receipt-views.js';

const byId = z.object({ i: z.uuid() });
/** `o`: opened on top of the receipt's window; `u`: currency of the amount; `d`: a bill was dishonoured. */
const metadataShape = formMetadata({
  i: z.uuid(),
  o: z.boolean(),
  u: z.string(),
  d: z.boolean().default(false),
});
type Metadata = z.infer<typeof metadataShape>;

const KINDS = {
  reversal: {
    may: 'receipt.reverse',
    ask: askReversal,
    words: 'reversals',
    nothing: 'receipt.not_reversible',
  },
  refund: { may: 'receipt.refund', ask: askRefund, words: 'refunds', nothing: 'receipt.not_refundable' },
} as const;

/** Plugs in reversing and refunding. */
export function registerReversals(doors: Doors): void {
  doors.opens(ACTION.receiptReverse, (turn) => openForm(turn, 'reversal'));
  doors.opens(ACTION.receiptDishonour, (turn) => openForm(turn, 'reversal', true));
  doors.opens(ACTION.receiptRefund, (turn) => openForm(turn, 'refund'));
  doors.submit(VIEW.receiptReverse, metadataShape, (turn) => submitForm(turn, 'reversal'));
  doors.submit(VIEW.receiptRefund, metadataShape, (turn) => submitForm(turn, 'refund'));
}

async function loadFacts({ ctx }: Pick<Turn, 'ctx'>, receiptId: string): Promise<ReceiptFacts> {
  const known = await findReceiptId(ctx, { id: receiptId });
  const facts = known === null ? null : await loadReceiptFacts(ctx, known);
  if (!facts) throw new DomainError('not_found', { ref: '' });
  return facts;
}

/**
 * @throws DomainError not_found, access.denied, receipt.not_reversible, receipt.not_refundable, receipt.reversal_open,
 *   receipt.refund_open, receipt.bill_not_due
 */
async function openForm(turn: ActionTurn, kind: MovementKind, dishonoured = false): Promise<void> {
  const { ctx } = turn;
  const facts = await loadFacts(turn, parseValue(byId, turn.value).i);
  authorize(ctx.actor, KINDS[kind].may);
  const reader = readerOf(turn);
  const { number, currency } = facts;
  if (facts.reversal) {
    const open = facts.reversal.kind === 'refund' ? 'receipt.refund_open' : 'receipt.reversal_open';
    throw new DomainError(open, { number });
  }
  if (dishonoured && !mayBeDishonoured(facts, reader))
    throw new DomainError('receipt.bill_not_due', { number, date: facts.billDueOn ?? ctx.today });
  if (!mayMove(kind, facts, reader)) throw new DomainError(KINDS[kind].nothing, { number });
  const state: Metadata = {
    r: newId(ctx.now),
    i: facts.id,
    o: modalOf(turn) !== undefined,
    u: currency,
    d: dishonoured,
  };
  const heading = receiptHeading(facts, reader);
  const reason = dishonoured ? turn.t('bills:dishonoured') : null;
  await showView(turn, movementModal(kind, facts, heading, reader, JSON.stringify(state), reason));
}

async function submitForm(turn: SubmitTurn<Metadata>, kind: MovementKind): Promise<Outcome> {
  const { form, metadata, ctx, t } = turn;
  const { locale } = ctx.actor;
  const { ask, words } = KINDS[kind];
  const amount = form.amount('amount', metadata.u);
  const typed = form.requiredText('reason', { max: REVERSAL_REASON_MAX });
  form.check();
  const reason = metadata.d ? dishonourReason(typed, t) : typed;
  const { number, names } = await ask(ctx, { receiptId: metadata.i, amount, reason });
  const result = t(`${words}:asked.${names.length > 0 ? 'done' : 'orphan'}`, {
    number,
    amount: formatMoney(locale, { minor: amount, currency: metadata.u }),
    names: formatNames(locale, names),
  });
  return returnTo(turn, metadata.o, await openView(turn, metadata.i, result));
}

/** Whatever else is written, those who are told of it read that a bill was dishonoured. */
function dishonourReason(typed: string, t: Turn['t']): string {
  const words = t('bills:dishonoured');
  if (typed.includes(words)) return typed;
  return truncate(t('common:of_field', { label: words, text: typed }), REVERSAL_REASON_MAX);
}

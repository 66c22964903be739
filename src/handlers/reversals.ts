// Reversing a receipt as a conversation, from its window (F54). What becomes of it is approvals.ts.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { findReceiptId } from '../domain/receipts/receipt.queries.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import { askReversal } from '../domain/receipts/reversal.service.js';
import { formatMoney, formatNames } from './i18n/format.js';
import { ACTION, VIEW } from './ids.js';
import type { Doors } from './listen.js';
import { openView } from './receipts.js';
import { readerOf, showView } from './show-view.js';
import type { Outcome } from './submission.js';
import { modalOf, returnTo } from './turn-to.js';
import { type ActionTurn, formMetadata, parseValue, type SubmitTurn, type Turn } from './turns.js';
import { receiptHeading } from './views/receipt-views.js';
import { mayReverse, REVERSAL_REASON_MAX, reversalModal } from './views/reversal-views.js';

const byId = z.object({ i: z.uuid() });
/** `o`: opened on top of the receipt's window; `u`: currency of the amount. */
const metadataShape = formMetadata({ i: z.uuid(), o: z.boolean(), u: z.string() });
type Metadata = z.infer<typeof metadataShape>;

/** Plugs in reversing. */
export function registerReversals(doors: Doors): void {
  doors.action(ACTION.receiptReverse, openReversal);
  doors.submit(VIEW.receiptReverse, metadataShape, submitReversal);
}

async function loadFacts({ ctx }: Pick<Turn, 'ctx'>, receiptId: string): Promise<ReceiptFacts> {
  const known = await findReceiptId(ctx, { id: receiptId });
  const facts = known === null ? null : await loadReceiptFacts(ctx, known);
  if (!facts) throw new DomainError('not_found', { ref: '' });
  return facts;
}

/** @throws DomainError not_found, access.denied, receipt.not_reversible, receipt.reversal_open */
async function openReversal(turn: ActionTurn): Promise<void> {
  const { ctx } = turn;
  const facts = await loadFacts(turn, parseValue(byId, turn.value).i);
  authorize(ctx.actor, 'receipt.reverse');
  const reader = readerOf(turn);
  const { number, currency } = facts;
  if (facts.reversal) throw new DomainError('receipt.reversal_open', { number });
  if (!mayReverse(facts, reader)) throw new DomainError('receipt.not_reversible', { number });
  const state: Metadata = { r: newId(ctx.now), i: facts.id, o: modalOf(turn) !== undefined, u: currency };
  await showView(turn, reversalModal(facts, receiptHeading(facts, reader), reader, JSON.stringify(state)));
}

async function submitReversal(turn: SubmitTurn<Metadata>): Promise<Outcome> {
  const { form, metadata, ctx, t } = turn;
  const { locale } = ctx.actor;
  const amount = form.amount('amount', metadata.u);
  const reason = form.requiredText('reason', { max: REVERSAL_REASON_MAX });
  form.check();
  const { number, names } = await askReversal(ctx, { receiptId: metadata.i, amount, reason });
  const result = t(names.length > 0 ? 'reversals:asked.done' : 'reversals:asked.orphan', {
    number,
    amount: formatMoney(locale, { minor: amount, currency: metadata.u }),
    names: formatNames(locale, names),
  });
  return returnTo(turn, metadata.o, await openView(turn, metadata.i, result));
}

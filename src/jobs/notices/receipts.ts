// The finance card, its thread and the recorder's message, from facts as they are when they are sent.
import { cardKey } from '../../domain/approvals/subjects.js';
import { findPeople } from '../../domain/members/member.queries.js';
import { isAsked } from '../../domain/notices/outbox.service.js';
import { loadRows } from '../../domain/plans/instalment.queries.js';
import { loadAutoApplied } from '../../domain/receipts/auto-apply.queries.js';
import { receivedPercent } from '../../domain/receipts/receipt.queries.js';
import { loadAskedReceipt } from '../../domain/receipts/receipt-facts.queries.js';
import { appliedMessage, autoAppliedMessage } from '../../handlers/views/prepayment-views.js';
import { receiptCard } from '../../handlers/views/receipt-card-views.js';
import { receiptDecided, receiptLine } from '../../handlers/views/receipt-notice-views.js';
import { cardReader, channelReader } from './reader.js';
import type { NoticeRenderers } from './rendered.js';
import { vouchersInThread } from './vouchers.js';

export const receiptNotices: NoticeRenderers<
  | 'receipt.card'
  | 'receipt.vouchers'
  | 'receipt.line'
  | 'receipt.applied'
  | 'receipt.auto_applied'
  | 'receipt.decided'
> = {
  async 'receipt.card'(ctx, { receiptId, approvalId }) {
    const facts = await loadAskedReceipt(ctx, receiptId, approvalId);
    return facts && receiptCard(facts, cardReader(ctx), ctx.company.settings.paymentMethods);
  },

  async 'receipt.vouchers'(ctx, { receiptId, ...added }) {
    return vouchersInThread(ctx, await loadAskedReceipt(ctx, receiptId), added);
  },

  async 'receipt.line'(ctx, { receiptId, approvalId, event }) {
    const facts = await loadAskedReceipt(ctx, receiptId, approvalId);
    return facts && receiptLine(facts, event, channelReader(ctx));
  },

  async 'receipt.applied'(ctx, { receiptId, instalmentId, byId, amount }) {
    const [receipt, [row], people] = await Promise.all([
      ctx.db.receipt.findUnique({ where: { id: receiptId } }),
      loadRows(ctx, [instalmentId]),
      findPeople(ctx.db, [byId]),
    ]);
    if (!receipt || !row) return null;
    const who = people.get(byId)?.name ?? '';
    const fact = { number: receipt.number, amount: BigInt(amount), who, row };
    return appliedMessage(fact, channelReader(ctx));
  },

  async 'receipt.auto_applied'(ctx, run) {
    const facts = await loadAutoApplied(ctx, run);
    return facts && autoAppliedMessage(facts, channelReader(ctx));
  },

  async 'receipt.decided'(ctx, { receiptId, approvalId }) {
    const facts = await loadAskedReceipt(ctx, receiptId, approvalId);
    if (!facts || facts.approval.status === 'open') return null;
    // Of an imported receipt no card was posted: hundreds are approved, and a message each would say little.
    if (facts.approval.status === 'approved' && !(await isAsked(ctx.db, cardKey('receipt', approvalId))))
      return null;
    return receiptDecided(facts, await receivedPercent(ctx.db, receiptId), channelReader(ctx));
  },
};

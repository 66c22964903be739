// A proposed credit limit as a subject of the approval conversation (approval-subjects.ts): its card, and the customer's
// window.
import { findLimitProposal } from '../domain/customers/credit-event.queries.js';
import { drawCustomerCard } from './customer-card.js';
import { readerOf } from './show-view.js';
import type { Turn } from './turns.js';
import { creditCard, creditHeading } from './views/credit-views.js';
import type { RowReader } from './views/row-views.js';

/** Null once it is gone. */
export async function loadLimit(turn: Pick<Turn, 'ctx' | 't'>, id: string, approvalId: string) {
  const facts = await findLimitProposal(turn.ctx, id, approvalId);
  if (!facts) return null;
  const { customer, currency } = facts;
  return {
    approval: facts.approval,
    name: turn.t('approvals:name.credit_limit', { number: customer.code }),
    row: {
      type: 'credit_limit' as const,
      customerName: customer.name,
      amount: { minor: facts.to ?? facts.from ?? 0n, currency },
      note: facts.reason,
      // From what to what is on its card.
      isPlain: false,
    },
    heading: creditHeading(facts, readerOf(turn)),
    reasons: null,
    card: (reader: RowReader) => creditCard(facts, reader),
    window: (result?: string) => drawCustomerCard(turn, customer.id, { result }),
  };
}

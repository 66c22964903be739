// What the conversation of approvals needs to know of a file of money from before (approval-subjects.ts).
import { DomainError } from '../domain/errors.js';
import { findOpening, maySeeOpening } from '../domain/imports/opening.queries.js';
import { readerOf } from './show-view.js';
import type { ReadTurn, ShownSubject } from './shown-subject.js';
import { openingCard, openingHeading, openingModal } from './views/opening-views.js';

/** A file of money from before: its card, and its window, for finance and whoever sent it. */
export async function loadOpening(
  turn: ReadTurn,
  id: string,
  approvalId: string,
): Promise<ShownSubject | null> {
  const facts = await findOpening(turn.ctx, id, approvalId);
  if (!facts) return null;
  const [first = { minor: 0n, currency: turn.ctx.company.baseCurrency }] = facts.sums;
  return {
    approval: facts.approval,
    name: turn.t('approvals:name.opening', { number: facts.fileName }),
    row: {
      type: 'opening',
      customerName: facts.askedBy.name,
      amount: first,
      note: null,
      // What is in the file is in the thread of its card.
      isPlain: false,
    },
    heading: openingHeading(facts, readerOf(turn)),
    reasons: null,
    card: (reader) => openingCard(facts, reader),
    window: async (result) => {
      if (!(await maySeeOpening(turn.ctx, facts))) throw new DomainError('not_found', { ref: '' });
      return openingModal(facts, readerOf(turn), result);
    },
  };
}

// What the conversation of approvals needs to know of a subject, whatever it is (approval-subjects.ts).
import type { KnownBlock, ModalView } from '@slack/types';
import type { ApprovalDetails } from '../domain/approvals/approval.queries.js';
import type { Decided } from '../domain/approvals/decisions.service.js';
import type { Turn } from './turns.js';
import type { Reason } from './views/approval-form-views.js';
import type { BatchRow } from './views/batch-views.js';
import { withAlert } from './views/form-views.js';
import type { Message } from './views/info-view.js';
import type { RowReader } from './views/row-views.js';

export type ReadTurn = Pick<Turn, 'ctx' | 't'>;

/** A subject in approval, as of now. */
export interface ShownSubject {
  readonly approval: ApprovalDetails;
  /** In a sentence: HK-20261121-003. */
  readonly name: string;
  /** How it stands in a list to tick. */
  readonly row: BatchRow;
  /** What forms about it begin with. */
  readonly heading: readonly KnownBlock[];
  /** To choose from; null: a reason is written. */
  readonly reasons: readonly Reason[] | null;
  readonly card: (reader: RowReader) => Message;
  /** Its window, with what was just done; `list`: the list behind a contract's. @throws DomainError not_found */
  readonly window: (result?: string, list?: string) => Promise<ModalView>;
}

/** The subject's window with what was decided; that nothing was booked is an alert, no result. */
export async function windowAfter(
  { shown, words }: { readonly shown: ShownSubject; readonly words: string },
  outcome: Decided['outcome'],
  list: string | undefined,
): Promise<ModalView> {
  return outcome === 'redrawn'
    ? withAlert(await shown.window(undefined, list), words)
    : shown.window(words, list);
}

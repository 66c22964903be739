// What the cards of everything that finance is asked about share: head, state, buttons; what their windows show while they wait,
// and the message that opens one. Each kind has its words, under the same keys. Pure.
import type { Button, KnownBlock } from '@slack/types';
import type { Action } from '../../domain/access.js';
import { isUndecided } from '../../domain/approvals/approval.js';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { formatInstant, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import {
  approvalValue,
  type ButtonWords,
  cardActions,
  historyLines,
  openLine,
  stepTitle,
  windowButtons,
} from './approval-views.js';
import { actions, button, context, escapeMrkdwn, header, present, section } from './blocks.js';
import { decider } from './decider-words.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

/** For whom a card is drawn: the channel, or one person in a DM. */
export type CardReader = Omit<RowReader, 'actor'>;
export type Full = Message & { blocks: KnownBlock[] };

/** Where the words of a kind stand. */
export type AskedWords =
  | 'adjustments'
  | 'credit'
  | 'openings'
  | 'reallocations'
  | 'reversals'
  | 'refunds'
  | 'voids';
const REASON = 300;

/** What fills in the words of a card. */
export type Words = Readonly<Record<string, string | number>> & { readonly number: string };

/** The card in finance's channel; once decided without buttons, with who and when. */
export function askedCard(
  asked: {
    readonly kind: AskedWords;
    readonly approval: ApprovalDetails;
    readonly words: Words;
    readonly heading: readonly KnownBlock[];
    readonly buttons: ButtonWords;
    readonly open: Button;
  },
  reader: RowReader,
): Full {
  const { t } = reader;
  const { kind, approval, words, heading, buttons, open } = asked;
  const { status } = approval;
  return {
    text: t(`${kind}:text.${status}`, words),
    blocks: [
      header(stepTitle(approval, t(`${kind}:header.${status}`, words), t)),
      ...heading,
      context(stateLine(kind, approval, reader)),
      status === 'open' ? cardActions(approval, buttons, reader) : actions([open]),
    ],
  };
}

/** Who is waited for, or who decided, when and why; escaped. */
export function stateLine(kind: AskedWords, approval: ApprovalDetails, reader: CardReader): string {
  const { t, locale, now, timezone } = reader;
  // A refund is decided as a reversal is.
  const own = kind === 'refunds' ? 'reversals' : kind;
  if (approval.status === 'withdrawn') return t(`${own}:state.withdrawn`);
  if (approval.status === 'open') return openLine(approval, reader, 'deciders');
  const facts = {
    who: decider(approval, reader),
    at: approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—',
    reason: rejectionOf(approval),
  };
  return [...historyLines(approval, reader), t(`${own}:state.${approval.status}`, facts)].join(' · ');
}

/** Why it was rejected; escaped. */
export const rejectionOf = ({ comment }: Pick<ApprovalDetails, 'comment'>): string =>
  escapeMrkdwn(truncate(comment ?? '', REASON));

/** In the window of what it is about: what waits, and what the reader may do about it. */
export function waitingBlocks(
  asked: {
    readonly kind: AskedWords;
    readonly approval: ApprovalDetails;
    /** Whose it is to take back. */
    readonly askedById: string;
    readonly line: string;
    readonly details?: readonly KnownBlock[];
    readonly buttons: ButtonWords;
    readonly scope: { readonly action: Action; readonly ownerId: null };
  },
  reader: RowReader,
): KnownBlock[] {
  const { kind, approval, askedById, line, details = [], buttons, scope } = asked;
  const withdraw = button(ACTION.approvalWithdraw, reader.t('receipts:withdraw'), {
    value: approvalValue(approval),
  });
  const shown = [
    ...windowButtons(approval, buttons, reader, scope),
    ...(reader.actor?.id === askedById && isUndecided(approval) ? [withdraw] : []),
  ];
  return present<KnownBlock>(
    section(`⚠️ ${line}\n${stateLine(kind, approval, reader)}`),
    ...details,
    shown.length > 0 && actions(shown),
  );
}

/** A sentence with the way to what it is about. */
export const openable = (text: string, open: Button): Full => ({
  text,
  blocks: [section(text), actions([open])],
});

// Reversals and refunds: the form, the card, what the receipt's window and its people are told (ux §4.6). Pure.
// Each kind has its words; those that both share are the reversals'.
import type { KnownBlock } from '@slack/types';
import type { MovementKind } from '../../domain/receipts/receipt.js';
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import type { ReversalFacts } from '../../domain/receipts/reversal.queries.js';
import { formatInstant, formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import {
  approvalValue,
  type ButtonWords,
  cardActions,
  decider,
  historyLines,
  openLine,
  windowButtons,
} from './approval-views.js';
import { actions, button, context, escapeMrkdwn, fields, header, plain, present, section } from './blocks.js';
import type { Message } from './info-view.js';
import { MOVEMENT_KINDS, REVERSAL_REASON_MAX } from './movement-form-views.js';
import type { RowReader } from './row-views.js';

type CardReader = Omit<RowReader, 'actor'>;
type Full = Message & { blocks: KnownBlock[] };

const SHOWN_LINES = 8;
const SHOWN_REVERSALS = 5;

const receiptValue = (receiptId: string): string => JSON.stringify({ i: receiptId });

/** The card in finance's channel; once decided without buttons, with who and when. */
export function reversalCard(facts: ReversalFacts, reader: RowReader): Full {
  const { t } = reader;
  const { status } = facts.approval;
  const { number } = facts.receipt;
  const open = button(ACTION.receiptOpen, t('common:open'), { value: receiptValue(facts.receipt.id) });
  return {
    text: t(`${wordsFor(facts)}:text.${status}`, { ...wordsOf(facts, reader), number }),
    blocks: present<KnownBlock>(
      header(
        status === 'open' && facts.approval.step > 1
          ? t('approvals:second', { number })
          : t(`${wordsFor(facts)}:header.${status}`, { number }),
      ),
      ...reversalHeading(facts, reader),
      context(stateLine(facts, reader)),
      status === 'open' ? cardActions(facts.approval, approveWords(facts, reader), reader) : actions([open]),
    ),
  };
}

const wordsFor = ({ kind }: { kind: MovementKind }) => MOVEMENT_KINDS[kind].words;

const moneyOf =
  (facts: { currency: string }, { locale }: CardReader) =>
  (minor: bigint) =>
    formatMoney(locale, { minor, currency: facts.currency });

const wordsOf = (facts: ReversalFacts, reader: CardReader) => ({
  number: facts.receipt.number,
  amount: moneyOf(facts, reader)(facts.amount),
  customer: escapeMrkdwn(shortCustomer(reader.locale, facts.receipt.customerName)),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: decider(facts.approval, reader),
  reason: escapeMrkdwn(truncate(facts.reason, REVERSAL_REASON_MAX)),
});

/** What forms and cards about it begin with. */
export function reversalHeading(facts: ReversalFacts, reader: CardReader): KnownBlock[] {
  const { t, locale } = reader;
  const money = moneyOf(facts, reader);
  return present<KnownBlock>(
    fields([
      [t(`${wordsFor(facts)}:field.amount`), money(facts.amount)],
      [t('reversals:field.receipt'), facts.receipt.number],
      [t('reversals:field.received'), money(facts.receipt.amount)],
      ...(facts.kind === 'refund' && facts.approval.status === 'open'
        ? [[t('refunds:field.unapplied'), money(facts.receipt.unapplied)] as const]
        : []),
      [t('reversals:field.customer'), shortCustomer(locale, facts.receipt.customerName)],
      [t('reversals:field.asker'), truncate(facts.askedBy.name, 40)],
    ]),
    {
      type: 'section',
      text: plain(`${t('reversals:field.reason')}: ${truncate(facts.reason, REVERSAL_REASON_MAX)}`),
    },
    facts.takes !== null && section(takesText(facts.takes, money, reader)),
  );
}

/** Where the money is taken from: prepayment, then rows; at most eight. */
function takesText(
  { fromUnapplied, lines }: NonNullable<ReversalFacts['takes']>,
  money: (minor: bigint) => string,
  { t }: CardReader,
): string {
  const rest = lines.slice(SHOWN_LINES);
  return present<string>(
    `*${t('reversals:takes')}*`,
    fromUnapplied > 0n && t('reversals:takes.unapplied', { amount: money(fromUnapplied) }),
    ...lines.slice(0, SHOWN_LINES).map((line) =>
      t('reversals:takes.line', {
        contract: escapeMrkdwn(line.contractNumber),
        n: line.seq,
        amount: money(line.amount),
      }),
    ),
    rest.length > 0 &&
      t('reversals:takes.more', {
        count: rest.length,
        amount: money(rest.reduce((sum, line) => sum + line.amount, 0n)),
      }),
  ).join('\n');
}

/** Who is waited for, or who decided, when and why; escaped. */
function stateLine({ approval }: ReversalFacts, reader: CardReader): string {
  const { t, locale, now, timezone } = reader;
  if (approval.status === 'withdrawn') return t('reversals:state.withdrawn');
  if (approval.status === 'open') return openLine(approval, reader, 'deciders');
  const facts = {
    who: decider(approval, reader),
    at: approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—',
    reason: escapeMrkdwn(truncate(approval.comment ?? '', REVERSAL_REASON_MAX)),
  };
  return [...historyLines(approval, reader), t(`reversals:state.${approval.status}`, facts)].join(' · ');
}

/** What its buttons say. */
const approveWords = (facts: ReversalFacts, reader: CardReader): ButtonWords => ({
  label: `${facts.receipt.number} ${shortCustomer(reader.locale, facts.receipt.customerName)}`,
  title: reader.t(`${wordsFor(facts)}:approve.title`),
  text: reader.t(`${wordsFor(facts)}:approve.text`, {
    number: facts.receipt.number,
    amount: moneyOf(facts, reader)(facts.amount),
  }),
});

/** In the receipt's window: what waits, and what the reader may do about it. */
export function waitingReversal(facts: ReversalFacts, reader: RowReader): KnownBlock[] {
  const { t, actor } = reader;
  const amount = moneyOf(facts, reader)(facts.amount);
  const buttons = [
    ...windowButtons(facts.approval, approveWords(facts, reader), reader, MOVEMENT_KINDS[facts.kind].scope),
    ...(actor?.id === facts.askedBy.id
      ? [button(ACTION.approvalWithdraw, t('receipts:withdraw'), { value: approvalValue(facts.approval) })]
      : []),
  ];
  return present<KnownBlock>(
    section(`⚠️ ${t(`${wordsFor(facts)}:waits`, { amount })}\n${stateLine(facts, reader)}`),
    ...reversalHeading(facts, reader).slice(1),
    buttons.length > 0 && actions(buttons),
  );
}

/** ¥x · A 提出，B 通过：原因, a line for each of the newest reversals and refunds. */
export function reversedText({ reversed, ...facts }: ReceiptFacts, reader: CardReader): string {
  const { t } = reader;
  const money = moneyOf(facts, reader);
  return reversed
    .slice(-SHOWN_REVERSALS)
    .map((one) =>
      t(`${wordsFor(one)}:line`, {
        amount: money(one.amount),
        asker: escapeMrkdwn(truncate(one.askedBy, 40)),
        who: escapeMrkdwn(truncate(one.approvedBy, 40)),
        reason: escapeMrkdwn(truncate(one.reason, 100)),
      }),
    )
    .join('\n');
}

/** In the thread of the receipt's card. */
export function reversalLine(facts: ReversalFacts, reader: CardReader): Full {
  const words = { ...wordsOf(facts, reader), state: stateOf(facts, reader) };
  const text = reader.t(`${wordsFor(facts)}:thread`, words);
  return { text, blocks: [section(text)] };
}

const stateOf = ({ receipt }: ReversalFacts, { t }: CardReader): string =>
  t(`common:receipt_state.${receipt.status}`);

/** To whoever proposed it. */
export function reversalDecided(facts: ReversalFacts, reader: CardReader): Full {
  const { t } = reader;
  const key = facts.approval.status === 'approved' ? 'approved' : 'rejected';
  const words = wordsOf(facts, reader);
  const reason = escapeMrkdwn(truncate(facts.approval.comment ?? '', REVERSAL_REASON_MAX));
  const text = t(`${wordsFor(facts)}:decided.${key}`, key === 'rejected' ? { ...words, reason } : words);
  return openable(text, facts, reader);
}

/** To whoever recorded the money, or owns a row that it had paid or the customer. */
export const receiptReversed = (facts: ReversalFacts, reader: CardReader): Full =>
  openable(
    reader.t(`${wordsFor(facts)}:told`, { ...wordsOf(facts, reader), state: stateOf(facts, reader) }),
    facts,
    reader,
  );

const openable = (text: string, { receipt }: ReversalFacts, { t }: CardReader): Full => ({
  text,
  blocks: [
    section(text),
    actions([button(ACTION.receiptOpen, t('common:open'), { value: receiptValue(receipt.id) })]),
  ],
});

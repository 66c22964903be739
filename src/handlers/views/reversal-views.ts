// Reversals and refunds: the form, the card, what the receipt's window and its people are told (ux §4.6). Pure.
// Each kind has its words; those that both share are the reversals'.
import type { KnownBlock } from '@slack/types';
import type { MovementKind } from '../../domain/receipts/receipt.js';
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import type { ReversalFacts } from '../../domain/receipts/reversal.queries.js';
import { formatMoney, formatNames, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import type { ButtonWords } from './approval-views.js';
import {
  askedCard,
  type CardReader,
  type Full,
  openable,
  rejectionOf,
  waitingBlocks,
} from './asked-card-views.js';
import { button, escapeMrkdwn, fields, plain, present, section } from './blocks.js';
import { deciders } from './decider-words.js';
import { MOVEMENT_KINDS, REVERSAL_REASON_MAX } from './movement-form-views.js';
import type { RowReader } from './row-views.js';

const SHOWN_LINES = 8;
const SHOWN_REVERSALS = 5;

const receiptValue = (receiptId: string): string => JSON.stringify({ i: receiptId });

const openReceipt = ({ receipt }: ReversalFacts, { t }: CardReader) =>
  button(ACTION.receiptOpen, t('common:open'), { value: receiptValue(receipt.id) });

/** The card in finance's channel. */
export const reversalCard = (facts: ReversalFacts, reader: RowReader): Full =>
  askedCard(
    {
      kind: wordsFor(facts),
      approval: facts.approval,
      words: wordsOf(facts, reader),
      heading: reversalHeading(facts, reader),
      buttons: approveWords(facts, reader),
      open: openReceipt(facts, reader),
    },
    reader,
  );

/** In the window of its receipt, where its own number was asked for. */
export const movementOf = (
  words: { kind: MovementKind; number: string; of: string },
  { t }: Pick<RowReader, 't'>,
): string => t(`${wordsFor(words)}:is`, words);

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
  who: deciders(facts.approval, reader),
  reason: escapeMrkdwn(truncate(facts.reason, REVERSAL_REASON_MAX)),
});

/** What forms and cards about it begin with. */
export function reversalHeading(facts: ReversalFacts, reader: CardReader): KnownBlock[] {
  const { t, locale } = reader;
  const money = moneyOf(facts, reader);
  return present<KnownBlock>(
    fields([
      [t(`${wordsFor(facts)}:field.amount`), money(facts.amount)],
      [t('reversals:field.number'), facts.number],
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
      text: plain(
        t('common:of_field', {
          label: t('reversals:field.reason'),
          text: truncate(facts.reason, REVERSAL_REASON_MAX),
        }),
      ),
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

/** What its buttons say. */
const approveWords = (facts: ReversalFacts, reader: CardReader): ButtonWords => ({
  label: `${facts.receipt.number} ${shortCustomer(reader.locale, facts.receipt.customerName)}`,
  title: reader.t(`${wordsFor(facts)}:approve.title`),
  text: reader.t(effectKey(facts), {
    number: facts.receipt.number,
    amount: moneyOf(facts, reader)(facts.amount),
  }),
});

const effectKey = (facts: ReversalFacts) =>
  facts.takes?.lines.some((line) => line.recovery)
    ? 'reversals:approve.text_recovery'
    : (`${wordsFor(facts)}:approve.text` as const);

/** In the receipt's window: what waits, and what the reader may do about it. */
export const waitingReversal = (facts: ReversalFacts, reader: RowReader): KnownBlock[] =>
  waitingBlocks(
    {
      kind: wordsFor(facts),
      approval: facts.approval,
      askedById: facts.askedBy.id,
      line: reader.t(`${wordsFor(facts)}:waits`, {
        mirror: facts.number,
        amount: moneyOf(facts, reader)(facts.amount),
      }),
      details: reversalHeading(facts, reader).slice(1),
      buttons: approveWords(facts, reader),
      scope: MOVEMENT_KINDS[facts.kind].scope,
    },
    reader,
  );

/** ¥x · A 提出，B 通过：原因, a line for each of the newest reversals and refunds. */
export function reversedText({ reversed, ...facts }: ReceiptFacts, reader: CardReader): string {
  const { t } = reader;
  const money = moneyOf(facts, reader);
  return reversed
    .slice(-SHOWN_REVERSALS)
    .map((one) =>
      t(`${wordsFor(one)}:line`, {
        mirror: one.number,
        amount: money(one.amount),
        asker: escapeMrkdwn(truncate(one.askedBy, 40)),
        who: formatNames(
          reader.locale,
          one.approvedBy.map((name) => escapeMrkdwn(truncate(name, one.approvedBy.length > 1 ? 20 : 40))),
        ),
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
  const key = facts.approval.status === 'approved' ? 'approved' : 'rejected';
  const words = {
    ...wordsOf(facts, reader),
    ...(key === 'rejected' && { reason: rejectionOf(facts.approval) }),
  };
  return openable(reader.t(`${wordsFor(facts)}:decided.${key}`, words), openReceipt(facts, reader));
}

/** To whoever recorded the money, or owns a row that it had paid or the customer. */
export const receiptReversed = (facts: ReversalFacts, reader: CardReader): Full =>
  openable(
    reader.t(`${wordsFor(facts)}:told`, { ...wordsOf(facts, reader), state: stateOf(facts, reader) }),
    openReceipt(facts, reader),
  );

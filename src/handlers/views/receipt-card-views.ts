// The finance card of a receipt in all its states (ux §4.6). Pure.
import type { KnownBlock } from '@slack/types';
import { BOOKED_STATUSES, onlyContract, REJECT_REASONS } from '../../domain/receipts/receipt.js';
import type { AskedReceipt, ClaimedFact, ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import {
  formatDate,
  formatInstant,
  formatMoney,
  shortCustomer,
  shortName,
  truncate,
} from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { smallDifferenceButton } from './adjustment-views.js';
import { type ButtonWords, cardActions, historyLines, openLine, stepTitle } from './approval-views.js';
import { button, confirm, context, escapeMrkdwn, fields, header, present, section } from './blocks.js';
import { decider } from './decider-words.js';
import type { Message } from './info-view.js';
import { warningText } from './receipt-warning-views.js';
import { reversedText } from './reversal-views.js';
import type { RowReader } from './row-views.js';

/** For whom a card is drawn: the channel, or one person in a DM. */
export type CardReader = Omit<RowReader, 'actor'>;

const SHOWN_LINES = 8;
const REMARK = 300;
const PAYER = 60;

/** The card as it is now; buttons only while finance has not decided. */
export function receiptCard(
  facts: AskedReceipt,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): Message & { blocks: KnownBlock[] } {
  const { t, locale } = reader;
  const title = cardTitle(facts, reader);
  const text = t('receipts:card.text', {
    state: title,
    customer: escapeMrkdwn(shortCustomer(locale, facts.customerName)),
    amount: moneyOf(facts, reader)(facts.amount),
    recorder: escapeMrkdwn(truncate(facts.recorderName, 40)),
  });
  return {
    text,
    blocks: present<KnownBlock>(
      header(title),
      ...receiptFields(facts, reader, methods),
      facts.claims !== null && section(claimText(facts.claims, reader)),
      section(splitText(facts, reader)),
      facts.remark !== null && section(remarkText(facts.remark, reader)),
      facts.warnings.length > 0 && section(warningText(facts, reader)),
      facts.predecessor !== null && context(predecessorLine(facts.predecessor, reader)),
      context(statusLine(facts, reader)),
      ...smallRests(facts, reader),
      facts.successor !== null && context(t('receipts:replaced', { number: facts.successor.number })),
      facts.reversed.length > 0 && context(reversedText(facts, reader)),
      facts.reversal !== null &&
        context(
          t(facts.reversal.kind === 'refund' ? 'refunds:waits' : 'reversals:waits', {
            mirror: facts.reversal.number,
            amount: moneyOf(facts, reader)(facts.reversal.amount),
          }),
        ),
      facts.approval.status === 'open' && cardActions(facts.approval, approveWords(facts, reader), reader),
    ),
  };
}

/** What the recorder wrote for whoever decides; the rest of a long one is in the receipt's window. */
const remarkText = (remark: string, { t }: CardReader): string =>
  escapeMrkdwn(truncate(t('common:of_field', { label: t('receipts:field.remark'), text: remark }), REMARK));

/** The unclaimed money that it says is this customer's, as that was recorded: whoever decides compares the two. */
export const claimText = (claims: ClaimedFact, { t, locale, today }: CardReader): string =>
  t('receipts:claims', {
    number: escapeMrkdwn(claims.number),
    amount: formatMoney(locale, claims.money),
    date: formatDate(locale, claims.receivedOn, today),
    payer: escapeMrkdwn(truncate(claims.payerName ?? t('unclaimed:payer_unknown'), PAYER)),
  });

/** What it records anew, and why that did not come through. */
export function predecessorLine(
  { number, approval }: NonNullable<ReceiptFacts['predecessor']>,
  reader: CardReader,
): string {
  if (approval?.status !== 'rejected') return reader.t('receipts:replaces', { number });
  const who = decider(approval, reader);
  return reader.t('receipts:replaces_rejected', { number, who, reason: reasonWords({ approval }, reader) });
}

/** Amounts of this receipt in the reader's words. */
export const moneyOf =
  ({ currency }: { currency: string }, { locale }: CardReader) =>
  (minor: bigint): string =>
    formatMoney(locale, { minor, currency });

function cardTitle({ approval, number, reversed, status: booked }: AskedReceipt, { t }: CardReader): string {
  const { status } = approval;
  if (reversed.some((one) => one.kind === 'reversal'))
    return `${t(`common:receipt_state.${booked}`)} · ${number}`;
  return stepTitle(approval, t(`receipts:card.${status === 'open' ? 'pending' : status}`, { number }), t);
}

/** The eight facts of the card; what is not known is a dash. What only some receipts have stands below. */
export function receiptFields(
  facts: ReceiptFacts,
  reader: CardReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const { t, locale, today } = reader;
  const contract = facts.contractNumber ?? onlyContract(facts.lines);
  const name = facts.contractName === null ? '' : ` · ${shortName(locale, facts.contractName)}`;
  const more = moreFields(facts, reader);
  return [
    fields([
      [t('receipts:field.amount'), moneyOf(facts, reader)(facts.amount)],
      [t('receipts:field.customer'), shortCustomer(locale, facts.customerName)],
      [t('receipts:field.contract'), `${contract}${name}`],
      [t('receipts:field.method'), dictionaryName(methods, facts.method, locale)],
      [t('receipts:field.received_on'), formatDate(locale, facts.receivedOn, today)],
      [t('receipts:field.payer'), truncate(facts.payerName ?? '', PAYER)],
      [t('receipts:field.slip'), facts.bankSlipNo ?? ''],
      [t('receipts:field.recorder'), truncate(facts.recorderName, 40)],
    ]),
    ...(more.length > 0 ? [fields(more)] : []),
  ];
}

/** What came in, the bank's own number, a bill's number and day. */
function moreFields(facts: ReceiptFacts, { t, locale, today }: CardReader) {
  const { original, rate, bankTxnId, billNo, billDueOn } = facts;
  return present<readonly [string, string]>(
    original !== null && [
      t('recording:original'),
      t('recording:original_value', { amount: formatMoney(locale, original), rate: rate ?? '—' }),
    ],
    bankTxnId !== null && [t('recording:txn'), bankTxnId],
    billDueOn !== null && [t('bills:number'), billNo ?? '—'],
    billDueOn !== null && [t('bills:due'), formatDate(locale, billDueOn, today)],
  );
}

/** 核销到: at most eight lines, and what becomes prepayment. */
export function splitText(facts: ReceiptFacts, reader: CardReader): string {
  const { t } = reader;
  const money = moneyOf(facts, reader);
  const rest = facts.lines.slice(SHOWN_LINES);
  const lines = facts.lines.slice(0, SHOWN_LINES).map((line) =>
    t(line.recovery ? 'receipts:lines.recovery' : 'receipts:lines.line', {
      contract: escapeMrkdwn(line.contractNumber),
      n: line.seq,
      amount: money(line.amount),
      open: money(line.outstanding),
    }),
  );
  const none = facts.lines.length === 0 && facts.unapplied === 0n;
  return present<string>(
    `*${t('receipts:lines.title')}*`,
    ...lines,
    none && t('receipts:lines.none'),
    rest.length > 0 &&
      t('receipts:lines.more', {
        count: rest.length,
        amount: money(rest.reduce((sum, line) => sum + line.amount, 0n)),
      }),
    facts.unapplied > 0n && t(`receipts:lines.${restKey(facts)}`, { amount: money(facts.unapplied) }),
  ).join('\n');
}

/** Once it is booked, what is on no instalment waits to be applied, however it came to be there. */
function restKey({ status, lines }: ReceiptFacts): 'unapplied' | 'over' | 'prepaid' {
  if (BOOKED_STATUSES.includes(status)) return 'unapplied';
  return lines.length > 0 ? 'over' : 'prepaid';
}

/** Who can decide, or who decided, when, and what came of it; of what was imported, by whom. */
export function statusLine(facts: ReceiptFacts, reader: CardReader): string {
  const { t, locale, now, timezone } = reader;
  const { approval } = facts;
  if (approval === null) {
    const who = escapeMrkdwn(truncate(facts.recorderName, 40));
    return facts.agreedByName === null
      ? t('receipts:card.imported', { who })
      : t('receipts:card.imported_agreed', { who, by: escapeMrkdwn(truncate(facts.agreedByName, 40)) });
  }
  const at = approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—';
  const by = { who: decider(approval, reader), at };
  const before = historyLines(approval, reader);
  switch (approval.status) {
    case 'open':
      return present<string>(
        openLine(approval, reader, 'deciders'),
        facts.attachmentIds.length > 0 && t('receipts:card.vouchers', { count: facts.attachmentIds.length }),
      ).join(' · ');
    case 'approved':
      return [...before, t('receipts:card.by', by), ...rowStates(facts, reader)].join(' · ');
    case 'rejected':
      return [
        ...before,
        t('receipts:card.by_reason', { ...by, reason: reasonWords({ approval }, reader) }),
      ].join(' · ');
    case 'withdrawn':
      return t('receipts:card.by', by);
  }
}

/** 第2期 已回款: what became of each row, at most eight; of several contracts each is named before its rows. */
export function rowStates({ lines }: ReceiptFacts, { t }: CardReader): string[] {
  const isOfSeveral = new Set(lines.map((line) => line.contractNumber)).size > 1;
  return lines.slice(0, SHOWN_LINES).map(({ contractNumber, seq, state }, place) => {
    const words = t('receipts:card.row_state', { n: seq, state: t(`common:state.${state}`) });
    const isNamed = isOfSeveral && contractNumber !== lines[place - 1]?.contractNumber;
    return isNamed ? `${escapeMrkdwn(contractNumber)} ${words}` : words;
  });
}

/** Once it is booked: a rest so small that finance may let it go, with the way to ask for that (rules §5); three at most. */
function smallRests({ approval, lines, currency }: AskedReceipt, reader: CardReader): KnownBlock[] {
  const { t } = reader;
  if (approval.status !== 'approved') return [];
  return lines
    .filter((line) => line.smallRest)
    .slice(0, 3)
    .map((line) => {
      const place = { contract: escapeMrkdwn(line.contractNumber), n: line.seq };
      const rest = moneyOf({ currency }, reader)(line.outstanding);
      return section(
        t('receipts:small_rest', { ...place, rest }),
        smallDifferenceButton({ ...line, id: line.instalmentId }, reader),
      );
    });
}

/** Why it was rejected, with the note. */
export function reasonWords({ approval }: Pick<AskedReceipt, 'approval'>, { t, locale }: CardReader): string {
  const reason = REJECT_REASONS.find((key) => key === approval.reason) ?? 'other';
  const note = approval.comment === null ? '' : escapeMrkdwn(truncate(approval.comment, 300));
  const words = reason === 'other' && note !== '' ? [] : [t(`receipts:reason.${reason}`)];
  return [...words, note].filter(Boolean).join(locale === 'en' ? ', ' : '，');
}

/** What its buttons say. */
export const approveWords = (facts: ReceiptFacts, reader: CardReader): ButtonWords => ({
  label: `${facts.number} ${shortCustomer(reader.locale, facts.customerName)}`,
  title: reader.t('receipts:approve.title', { number: facts.number }),
  text: confirmText(facts, reader),
});

function confirmText(facts: ReceiptFacts, reader: CardReader): string {
  const { t } = reader;
  const money = moneyOf(facts, reader);
  const count = facts.lines.length;
  if (count === 0) return t('receipts:approve.text_prepaid', { amount: money(facts.amount) });
  const over = facts.lines.reduce((rest, line) => rest - line.amount, facts.amount);
  const amount = money(facts.amount - over);
  return over > 0n
    ? t('receipts:approve.text_over', { amount, count, over: money(over) })
    : t('receipts:approve.text', { amount, count });
}

/** Value of [打开]; ids only. */
export const receiptValue = (receiptId: string): string => JSON.stringify({ i: receiptId });

/** [放弃] of a rejected one. */
export const discardButton = (
  { id, number }: Pick<ReceiptFacts, 'id' | 'number'>,
  { t }: Pick<CardReader, 't'>,
) =>
  button(ACTION.receiptDiscard, t('receipts:discard'), {
    style: 'danger',
    value: receiptValue(id),
    label: `${t('receipts:discard')} ${number}`,
    confirm: confirm(
      t('receipts:discard.title', { number }),
      t('receipts:discard.text'),
      t('receipts:discard'),
      t('receipts:discard.keep'),
      true,
    ),
  });

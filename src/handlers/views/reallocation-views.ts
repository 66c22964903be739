// Re-allocation: the form, the card with before → after, what the receipt's window and its people are told. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import { toDecimalString } from '../../domain/money.js';
import type { ReallocationFacts, ReallocationRow } from '../../domain/receipts/reallocation.queries.js';
import type { ReceiptFacts } from '../../domain/receipts/receipt-facts.queries.js';
import { formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import type { ButtonWords } from './approval-views.js';
import {
  askedCard,
  type CardReader,
  type Full,
  openable,
  rejectionOf,
  waitingBlocks,
} from './asked-card-views.js';
import {
  alert,
  button,
  context,
  escapeMrkdwn,
  fields,
  input,
  modal,
  plain,
  present,
  section,
  textInput,
} from './blocks.js';
import { deciders } from './decider-words.js';
import type { RowReader } from './row-views.js';

export const REALLOCATION_REASON_MAX = 300;
/** What stands before the instalment's id in the name of its input. */
export const REALLOCATION_LINE = 'to_';
const SHOWN_LINES = 8;
const SCOPE = { action: 'receipt.reallocate_approve', ownerId: null } as const;

const receiptValue = (receiptId: string): string => JSON.stringify({ i: receiptId });

/** Whether [重新核销] is offered: booked, something is applied, nothing waits. */
export const mayReallocate = (facts: ReceiptFacts, { actor }: RowReader): boolean =>
  actor !== null &&
  can(actor, 'receipt.reallocate') &&
  (facts.status === 'approved' || facts.status === 'partly_reversed') &&
  facts.lines.length > 0 &&
  facts.reallocation === null;

export const reallocateButton = (facts: ReceiptFacts, { t }: RowReader) =>
  button(ACTION.receiptReallocate, t('reallocations:button'), {
    value: receiptValue(facts.id),
    label: `${t('reallocations:button')} ${facts.number}`,
  });

export interface ReallocationForm {
  readonly heading: KnownBlock;
  readonly rows: readonly ReallocationRow[];
  readonly currency: string;
  /** A finance manager does it alone. */
  readonly alone: boolean;
  /** More rows than the form has. */
  readonly more: boolean;
  readonly notice: string | null;
  readonly metadata: string;
}

/** An amount per instalment, as it is now; empty: nothing. */
export function reallocationModal(form: ReallocationForm, reader: RowReader): ModalView {
  const { t, locale } = reader;
  const { currency } = form;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  return modal({
    callbackId: VIEW.receiptReallocate,
    title: t('reallocations:title'),
    submit: t(form.alone ? 'reallocations:submit' : 'common:send_for_approval'),
    close: t('common:cancel'),
    metadata: form.metadata,
    blocks: present<KnownBlock>(
      form.notice !== null && alert(form.notice),
      form.heading,
      section(
        `${t('reallocations:effect')}\n${t(form.alone ? 'reallocations:effect_alone' : 'reallocations:effect_asks')}`,
      ),
      ...form.rows.map(({ row, current, max }) =>
        input(
          `${REALLOCATION_LINE}${row.id}`,
          t('reallocations:row', {
            contract: row.contractNumber,
            n: row.seq,
            current: money(current),
            max: money(max),
          }),
          textInput({ initial: current > 0n ? toDecimalString(current, currency) : null, maxLength: 40 }),
          { optional: true },
        ),
      ),
      form.more && context(t('reallocations:more', { count: form.rows.length })),
      input(
        'reason',
        t('reallocations:reason'),
        textInput({ multiline: true, maxLength: REALLOCATION_REASON_MAX }),
      ),
    ),
  });
}

const moneyOf =
  ({ currency }: { currency: string }, { locale }: CardReader) =>
  (minor: bigint) =>
    formatMoney(locale, { minor, currency });

/** 第1期 ¥100 → ¥0, a line each; at most eight. */
function changeLines(facts: ReallocationFacts, reader: CardReader): string[] {
  const { t } = reader;
  const money = moneyOf(facts, reader);
  const { changes, unapplied } = facts;
  const rest = changes.length - SHOWN_LINES;
  return present<string>(
    ...changes.slice(0, SHOWN_LINES).map((one) =>
      t('reallocations:line', {
        contract: escapeMrkdwn(one.contractNumber),
        n: one.seq,
        before: money(one.before),
        after: money(one.after),
      }),
    ),
    rest > 0 && t('reallocations:lines_more', { count: rest }),
    unapplied.before !== unapplied.after &&
      t('reallocations:unapplied', { before: money(unapplied.before), after: money(unapplied.after) }),
  );
}

/** The same for a list; null where it could not show all of it. */
export const listedChanges = (facts: ReallocationFacts, reader: CardReader): string | null =>
  facts.changes.length > SHOWN_LINES ? null : changeLines(facts, reader).join('\n');

const wordsOf = (facts: ReallocationFacts, reader: CardReader) => ({
  number: facts.receipt.number,
  customer: escapeMrkdwn(shortCustomer(reader.locale, facts.receipt.customerName)),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: facts.approval ? deciders(facts.approval, reader) : '—',
  reason: escapeMrkdwn(truncate(facts.reason, REALLOCATION_REASON_MAX)),
  changes: changeLines(facts, reader).join(reader.locale === 'en' ? ', ' : '，'),
});

type Asked = ReallocationFacts & { readonly approval: NonNullable<ReallocationFacts['approval']> };

const openReceipt = ({ receipt }: ReallocationFacts, { t }: CardReader) =>
  button(ACTION.receiptOpen, t('common:open'), { value: receiptValue(receipt.id) });

/** The card in finance's channel. */
export const reallocationCard = (facts: Asked, reader: RowReader): Full =>
  askedCard(
    {
      kind: 'reallocations',
      approval: facts.approval,
      words: wordsOf(facts, reader),
      heading: reallocationHeading(facts, reader),
      buttons: approveWords(facts, reader),
      open: openReceipt(facts, reader),
    },
    reader,
  );

/** What forms and cards about it begin with. */
export function reallocationHeading(facts: ReallocationFacts, reader: CardReader): KnownBlock[] {
  const { t, locale } = reader;
  return [
    fields([
      [t('reallocations:field.receipt'), facts.receipt.number],
      [t('reallocations:field.amount'), moneyOf(facts, reader)(facts.receipt.amount)],
      [t('reallocations:field.customer'), shortCustomer(locale, facts.receipt.customerName)],
      [t('reallocations:field.asker'), truncate(facts.askedBy.name, 40)],
    ]),
    section([`*${t('reallocations:changes')}*`, ...changeLines(facts, reader)].join('\n')),
    {
      type: 'section',
      text: plain(
        t('common:of_field', {
          label: t('reallocations:reason'),
          text: truncate(facts.reason, REALLOCATION_REASON_MAX),
        }),
      ),
    },
  ];
}

/** What its buttons say. */
const approveWords = (facts: ReallocationFacts, reader: CardReader): ButtonWords => ({
  label: `${facts.receipt.number} ${shortCustomer(reader.locale, facts.receipt.customerName)}`,
  title: reader.t('reallocations:approve.title'),
  text: reader.t('reallocations:approve.text', { number: facts.receipt.number }),
});

/** In the receipt's window: what waits, and what the reader may do about it. */
export function waitingReallocation(facts: ReallocationFacts, reader: RowReader): KnownBlock[] {
  const { approval } = facts;
  if (!approval) return [];
  return waitingBlocks(
    {
      kind: 'reallocations',
      approval,
      askedById: facts.askedBy.id,
      line: reader.t('reallocations:waits'),
      details: reallocationHeading(facts, reader).slice(1),
      buttons: approveWords(facts, reader),
      scope: SCOPE,
    },
    reader,
  );
}

/** In the thread of the receipt's card. */
export function reallocationLine(facts: ReallocationFacts, reader: CardReader): Full {
  const text = reader.t(
    facts.approval ? 'reallocations:thread_approved' : 'reallocations:thread',
    wordsOf(facts, reader),
  );
  return { text, blocks: [section(text)] };
}

/** To whoever proposed it. */
export function reallocationDecided(facts: Asked, reader: CardReader): Full {
  const key = facts.approval.status === 'approved' ? 'approved' : 'rejected';
  const words = {
    ...wordsOf(facts, reader),
    ...(key === 'rejected' && { reason: rejectionOf(facts.approval) }),
  };
  return openable(reader.t(`reallocations:decided.${key}`, words), openReceipt(facts, reader));
}

/** To whoever recorded the money, or owns a row that gets more or less. */
export function receiptReallocated(facts: ReallocationFacts, reader: CardReader): Full {
  const key = facts.approval ? 'told_approved' : 'told';
  return openable(reader.t(`reallocations:${key}`, wordsOf(facts, reader)), openReceipt(facts, reader));
}

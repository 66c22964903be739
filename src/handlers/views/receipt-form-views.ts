// The record-receipt modal (ux §4.5): from a row filled in, or from nothing; the split is shown before anything is sent.
// Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { CustomerChoice } from '../../domain/plans/plan-choices.queries.js';
import type { Proposal } from '../../domain/receipts/split.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatMoney, formatNames, shortCustomer, shortName, truncate } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  alert,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  externalSelect,
  fields,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { customerOption, remarkInput } from './plan-inputs.js';
import type { RowReader } from './row-views.js';

export const FORS = ['best', 'choose', 'prepayment'] as const;
export type For = (typeof FORS)[number];

/** What the money is for, as chosen so far. */
export interface ReceiptTarget {
  readonly customer: CustomerChoice | null;
  /** Recorded on a contract as a whole. */
  readonly contract: { readonly id: string; readonly number: string; readonly name: string } | null;
  readonly instalment: InstalmentRowData | null;
  /** Opened on a contract or a row: shown as fields, with [更换]. */
  readonly fixed: boolean;
  readonly for: For;
  readonly currency: string;
  readonly currencies: readonly string[];
}

export interface ReceiptFormState {
  readonly requestId: string;
  readonly target: ReceiptTarget;
  readonly amount: bigint | null;
  readonly proposal: Proposal | null;
  /** The split as a person chose it, encoded; null: the proposal. */
  readonly byHand: readonly string[] | null;
  /** Names the split shown, so that another one is never sent unseen. */
  readonly mark: string;
  /** First values of what the person types. */
  readonly initial: {
    readonly method: string | null;
    readonly receivedOn: LocalDate;
    readonly payerName: string | null;
    readonly bankSlipNo: string | null;
    readonly remark: string | null;
  };
  readonly replaces: {
    readonly id: string;
    readonly number: string;
    /** Names of its vouchers, which come along. */
    readonly vouchers: readonly string[];
  } | null;
  /** What the window below shows: drawn anew after recording. */
  readonly below: string;
  /** Words of a suspected duplicate: a tick is asked for. */
  readonly duplicate: string | null;
  readonly notice: string | null;
}

const SHOWN_LINES = 8;

/** The record-receipt modal. */
export function receiptForm(
  state: ReceiptFormState,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ModalView {
  const { t } = reader;
  const { target, initial, replaces } = state;
  return modal({
    callbackId: VIEW.receiptNew,
    title: t('receipts:new.title'),
    submit: t('common:send_for_approval'),
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: state.requestId,
      c: target.customer?.id ?? null,
      k: target.contract?.id ?? null,
      i: target.instalment?.id ?? null,
      x: target.fixed,
      f: target.for,
      y: target.currency,
      s: state.mark,
      p: replaces?.id ?? null,
      d: state.duplicate !== null,
      h: state.byHand,
      b: state.below,
    }),
    blocks: present<KnownBlock>(
      state.notice !== null && { ...alert(state.notice), block_id: 'alert' },
      context(replaces ? t('receipts:new.again', { number: replaces.number }) : t('receipts:new.number')),
      ...targetBlocks(target, reader),
      input(
        amountBlockId(target),
        t('receipts:amount'),
        {
          ...textInput({
            initial: state.amount === null ? null : toDecimalString(state.amount, target.currency),
            maxLength: 40,
          }),
          action_id: ACTION.receiptAmount,
        },
        { dispatch: true, hint: t('receipts:amount_hint') },
      ),
      ...splitBlocks(state, reader),
      input('method', t('receipts:method'), methodSelect(methods, initial.method, reader)),
      input('receivedOn', t('receipts:received_on'), dateInput(initial.receivedOn)),
      input('payerName', t('receipts:payer'), textInput({ initial: initial.payerName }), { optional: true }),
      input('bankSlipNo', t('receipts:slip'), textInput({ initial: initial.bankSlipNo }), { optional: true }),
      input(
        'files',
        t('receipts:files'),
        { type: 'file_input', action_id: 'value', max_files: 10 },
        { optional: true },
      ),
      replaces && replaces.vouchers.length > 0 && context(voucherWords(replaces.vouchers, reader)),
      remarkInput(initial.remark, reader, 'remark'),
      state.duplicate !== null && { ...alert(state.duplicate), block_id: 'duplicate' },
      state.duplicate !== null &&
        input(
          'notDuplicate',
          t('receipts:not_duplicate_label'),
          { type: 'checkboxes', action_id: 'value', options: [option(t('receipts:not_duplicate'), 'yes')] },
          // Optional for Slack, asked again by the app: a required one could not be left for another amount.
          { optional: true },
        ),
    ),
  });
}

/** A refilled amount needs a new block_id, else Slack keeps the old value (ux §7). */
export const amountBlockId = ({ instalment, contract, fixed }: ReceiptTarget): string =>
  `amount|${fixed ? (instalment?.id ?? contract?.id ?? '') : (instalment?.id ?? '')}`;

function methodSelect(methods: readonly DictionaryEntry[], chosen: string | null, { locale }: RowReader) {
  const active = methods.filter((entry) => entry.active || entry.key === chosen);
  const offered = active.length > 0 ? active : methods;
  return selectInput(
    offered.map((entry) => option(dictionaryName(methods, entry.key, locale), entry.key)),
    chosen,
  );
}

function targetBlocks(target: ReceiptTarget, reader: RowReader): KnownBlock[] {
  return target.fixed ? fixedBlocks(target, reader) : choiceBlocks(target, reader);
}

/** Customer, contract, instalment as they were clicked, and the way to choose another. */
function fixedBlocks({ customer, contract, instalment }: ReceiptTarget, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  return [
    fields(
      present<readonly [string, string]>(
        customer && [t('receipts:customer'), `${shortCustomer(locale, customer.name)} · ${customer.code}`],
        contract && [t('receipts:contract'), `${contract.number} · ${shortName(locale, contract.name)}`],
        instalment && [
          t('receipts:instalment'),
          `${t('plans:row.nth', { n: instalment.seq })} · ${t('plans:row.money', {
            open: formatMoney(locale, { minor: instalment.outstanding, currency: instalment.currency }),
            total: formatMoney(locale, { minor: instalment.amount, currency: instalment.currency }),
          })}`,
        ],
      ),
    ),
    actions([button(ACTION.receiptChange, t('receipts:change'))]),
  ];
}

function choiceBlocks(target: ReceiptTarget, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const { customer, instalment, currencies } = target;
  const ofCustomer = customer?.id ?? '';
  return present<KnownBlock>(
    input(
      'customer',
      t('receipts:customer'),
      externalSelect(OPTIONS.receiptCustomer, {
        initial: customer ? customerOption(customer, reader) : undefined,
      }),
      { dispatch: true, hint: t('receipts:customer_hint') },
    ),
    customer &&
      input(
        `for|${ofCustomer}`,
        t('receipts:for'),
        selectInput(
          FORS.map((key) => option(t(`receipts:for.${key}`), key)),
          target.for,
          { actionId: ACTION.receiptFor },
        ),
        { dispatch: true },
      ),
    customer &&
      target.for === 'choose' &&
      input(
        `instalment|${ofCustomer}`,
        t('receipts:choose'),
        externalSelect(OPTIONS.instalment, {
          initial: instalment ? instalmentOption(instalment, reader) : undefined,
          placeholder: t('receipts:choose_hint'),
        }),
        { dispatch: true },
      ),
    customer &&
      currencies.length > 1 &&
      target.for !== 'choose' &&
      input(
        `currency|${ofCustomer}`,
        t('receipts:currency'),
        selectInput(
          currencies.map((currency) => option(currency, currency)),
          target.currency,
          { actionId: ACTION.receiptCurrency },
        ),
        { dispatch: true },
      ),
  );
}

/** `{contract} 第{n}期 · 未收 {x}`: never cut, and short. */
export function instalmentOption(row: InstalmentRowData, { t, locale }: Pick<RowReader, 't' | 'locale'>) {
  const open = formatMoney(locale, { minor: row.outstanding, currency: row.currency });
  return option(t('receipts:choose_option', { contract: row.contractNumber, n: row.seq, open }), row.id);
}

/** Where the money goes, at most eight lines, and what is over. */
function splitBlocks({ proposal, target, amount }: ReceiptFormState, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  if (!proposal || amount === null || amount <= 0n || !target.customer) {
    return [context(t('receipts:split.none'))];
  }
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: target.currency });
  const shown = proposal.lines.slice(0, SHOWN_LINES);
  const rest = proposal.lines.slice(SHOWN_LINES);
  const { unapplied } = proposal;
  const lines = present<string>(
    `*${t('receipts:split.title')}*`,
    ...shown.map((line) =>
      t('receipts:split.line', {
        contract: escapeMrkdwn(line.contractNumber),
        n: line.seq,
        amount: money(line.amount),
        reason: t(`receipts:split.${line.reason}`),
      }),
    ),
    rest.length > 0 &&
      t('receipts:split.more', {
        count: rest.length,
        amount: money(rest.reduce((sum, line) => sum + line.amount, 0n)),
      }),
    unapplied > 0n &&
      (proposal.lines.length > 0
        ? t('receipts:split.over', { amount: money(unapplied) })
        : t('receipts:lines.prepaid', { amount: money(unapplied) })),
    unapplied < 0n &&
      t('errors:receipt.split_exceeds', {
        split: money(amount - unapplied),
        amount: money(amount),
        excess: money(-unapplied),
      }),
  );
  const edit = target.for !== 'prepayment' && button(ACTION.receiptSplit, t('recording:split.edit'));
  return [{ ...section(lines.join('\n')), ...(edit && { accessory: edit }) }];
}

/** 已附凭证：a.png、b.pdf */
function voucherWords(names: readonly string[], { t, locale }: RowReader): string {
  const shown = names.map((name) => escapeMrkdwn(truncate(name, 60)));
  return t('recording:vouchers', { names: formatNames(locale, shown) });
}

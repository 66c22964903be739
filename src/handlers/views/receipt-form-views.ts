// The record-receipt modal (ux §4.5): from a row filled in, or from nothing; the split is shown before anything is sent.
// Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import { MAX_MINOR, toDecimalString } from '../../domain/money.js';
import { parseAmount } from '../../domain/parse-amount.js';
import type { Proposal } from '../../domain/receipts/split.queries.js';
import type { UnclaimedFacts } from '../../domain/receipts/unclaimed.queries.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import { formatMoney, formatNames, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import {
  alert,
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  textInput,
} from './blocks.js';
import { remarkInput } from './plan-inputs.js';
import { billInputs, doubtBlocks, foreignInputs, moneyInputs } from './receipt-money-views.js';
import { type ReceiptTarget, targetBlocks } from './receipt-target-views.js';
import type { RowReader } from './row-views.js';
import { unclaimedFields } from './unclaimed-views.js';

export interface ReceiptFormState {
  readonly requestId: string;
  readonly target: ReceiptTarget;
  readonly amount: bigint | null;
  readonly proposal: Proposal | null;
  /** The split as a person chose it, encoded; null: the proposal. */
  readonly byHand: readonly string[] | null;
  /** Rows that the window of the split could not list keep what they had, encoded; null: there are none. */
  readonly kept: string | null;
  /** Names the split shown, so that another one is never sent unseen. */
  readonly mark: string;
  /** First values of what the person types. */
  readonly initial: {
    readonly method: string | null;
    readonly receivedOn: LocalDate;
    readonly payerName: string | null;
    readonly bankSlipNo: string | null;
    readonly bankTxnId: string | null;
    readonly originalAmount: bigint | null;
    readonly billNo: string | null;
    readonly billDueOn: LocalDate | null;
    readonly remark: string | null;
  };
  readonly replaces: {
    readonly id: string;
    readonly number: string;
    /** Names of its vouchers, which come along. */
    readonly vouchers: readonly string[];
  } | null;
  /** What the money came in as, where that is not the target's currency, and what it may have come in as. */
  readonly paidIn: string | null;
  readonly paidInChoices: readonly string[];
  /** An acceptance bill: its number and the day it falls due are asked for. */
  readonly bill: boolean;
  /** What the window below shows: drawn anew after recording. */
  readonly below: string;
  /** The unclaimed money that this receipt claims: its amount, day and slip are not asked again. */
  readonly claim: UnclaimedFacts | null;
  /** The message it is recorded from: its text, amounts as `USD 12500.00`, the one that was picked. */
  readonly message: { readonly t: string; readonly a: readonly string[]; readonly p: number | null } | null;
  /** A suspected duplicate: a tick is asked for, which holds for this one alone. */
  readonly duplicate: { readonly number: string; readonly words: string } | null;
  /** A day so long ago that a tick is asked for, which holds for this day alone. */
  readonly oldDay: LocalDate | null;
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
    title: t(state.claim ? 'unclaimed:claim.title' : 'receipts:new.title'),
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
      h: state.byHand,
      w: state.kept,
      b: state.below,
      l: state.bill,
      o: state.paidIn,
      u: state.claim?.id ?? null,
      q: state.message,
    }),
    blocks: present<KnownBlock>(
      state.notice !== null && { ...alert(state.notice), block_id: 'alert' },
      // On top: below the last field nobody would see that anything was answered.
      ...doubtBlocks(state, reader),
      context(headWords(state, reader)),
      ...messageBlocks(state, reader),
      ...(state.claim ? [unclaimedFields(state.claim, reader, methods)] : []),
      ...targetBlocks(target, reader, state.claim !== null),
      (!state.claim || state.paidIn !== null) &&
        input(
          amountBlockId(target, state.message),
          t(state.claim ? 'unclaimed:form.amount' : 'receipts:amount', { currency: target.currency }),
          {
            ...textInput({
              initial: state.amount === null ? null : toDecimalString(state.amount, target.currency),
              maxLength: 40,
            }),
            action_id: ACTION.receiptAmount,
          },
          {
            dispatch: true,
            hint: state.claim
              ? t('unclaimed:form.amount_hint', { paidIn: state.claim.currency, currency: target.currency })
              : t('receipts:amount_hint'),
          },
        ),
      ...splitBlocks(state, reader),
      ...(state.claim ? [] : moneyInputs(initial, reader, methods)),
      ...(state.claim || target.for === 'unidentified' ? [] : foreignInputs(state, reader)),
      ...(state.bill && target.for !== 'unidentified' ? billInputs(initial, reader) : []),
      input(
        'files',
        t('receipts:files'),
        { type: 'file_input', action_id: 'value', max_files: 10 },
        { optional: true, hint: t('receipts:files_hint') },
      ),
      replaces && replaces.vouchers.length > 0 && context(voucherWords(replaces.vouchers, reader)),
      remarkInput(initial.remark, reader, 'remark'),
    ),
  });
}

function headWords({ replaces, claim }: ReceiptFormState, { t }: RowReader): string {
  if (claim) return t('unclaimed:form.context', { number: claim.number });
  return replaces ? t('receipts:new.again', { number: replaces.number }) : t('receipts:new.number');
}

/** The message quoted; of several amounts one is picked, without one it is typed. */
function messageBlocks({ message, target }: ReceiptFormState, { t, locale }: RowReader): KnownBlock[] {
  if (!message) return [];
  const { currency } = target;
  const read = saidIn(message, currency).map(({ index, minor }) => {
    const amount = formatMoney(locale, { minor, currency });
    return { index, words: index === TOGETHER ? t('recording:message.together', { amount }) : amount };
  });
  return present<KnownBlock>(
    context(
      `“${escapeMrkdwn(message.t)}”`,
      t(message.a.length > 0 ? 'recording:message.read' : 'recording:message.none'),
    ),
    read.length > 1 &&
      input(
        'picked',
        t('recording:message.pick'),
        {
          type: 'radio_buttons',
          action_id: ACTION.receiptPicked,
          options: read.map(({ index, words }) => option(words, `${index}`)),
        },
        { dispatch: true, optional: true },
      ),
  );
}

/** The place of all amounts of a message together. */
const TOGETHER = -1;

/** What a message said in this currency, with its place among all that it said; of several the sum comes last. */
export function saidIn(
  message: ReceiptFormState['message'],
  currency: string,
): { index: number; minor: bigint }[] {
  const said = (message?.a ?? []).flatMap((text, index) => {
    const [its, decimal = ''] = text.split(' ');
    const read = its === currency ? parseAmount(decimal, currency) : null;
    return read?.ok ? [{ index, minor: read.minor }] : [];
  });
  const minor = said.reduce((sum, one) => sum + one.minor, 0n);
  return said.length > 1 && minor <= MAX_MINOR ? [...said, { index: TOGETHER, minor }] : said;
}

/** A refilled amount needs a new block_id, else Slack keeps the old value (ux §7). */
export const amountBlockId = (
  { instalment, contract, fixed, currency }: ReceiptTarget,
  message: ReceiptFormState['message'],
): string => {
  const picked = message === null ? '' : `.${message.p ?? ''}${currency}`;
  return `amount|${fixed ? (instalment?.id ?? contract?.id ?? '') : (instalment?.id ?? '')}${picked}`;
};

/** Where the money goes, at most eight lines, and what is over. */
function splitBlocks({ proposal, target, amount }: ReceiptFormState, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  if (target.for === 'unidentified') return [context(t('unclaimed:form.split'))];
  if (!target.customer) return [context(t('receipts:split.no_customer'))];
  if (!proposal || amount === null || amount <= 0n) {
    return [context(t('receipts:split.none'))];
  }
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: target.currency });
  const shown = proposal.lines.slice(0, SHOWN_LINES);
  const rest = proposal.lines.slice(SHOWN_LINES);
  const { unapplied } = proposal;
  const lines = present<string>(
    `*${t('receipts:split.title')}*`,
    ...shown.map((line) => {
      const said = t('receipts:split.line', {
        contract: escapeMrkdwn(line.contractNumber),
        n: line.seq,
        amount: money(line.amount),
        reason: t(`receipts:split.${line.reason}`),
      });
      return line.left > 0n ? `${said}${t('receipts:split.left', { rest: money(line.left) })}` : said;
    }),
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
  // Bad debt is recovered by what is recorded on it; the rest of the money goes its usual way.
  const isRecovery = proposal.lines.some((line) => line.reason === 'recovery');
  const edit =
    target.for !== 'prepayment' && !isRecovery && button(ACTION.receiptSplit, t('recording:split.edit'));
  return [{ ...section(lines.join('\n')), ...(edit && { accessory: edit }) }];
}

/** 已附凭证：a.png、b.pdf */
function voucherWords(names: readonly string[], { t, locale }: RowReader): string {
  const shown = names.map((name) => escapeMrkdwn(truncate(name, 60)));
  return t('recording:vouchers', { names: formatNames(locale, shown) });
}

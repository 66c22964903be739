// 核销预收: from which receipt, how much, to which instalment (ux §4.5). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { toDecimalString } from '../../domain/money.js';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { AutoApplied } from '../../domain/receipts/auto-apply.queries.js';
import type { Credit } from '../../domain/receipts/credits.queries.js';
import { formatDate, formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import {
  button,
  context,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import type { Message } from './info-view.js';
import { instalmentOption } from './receipt-target-views.js';
import { type RowReader, roomOf, rowValue } from './row-views.js';

export interface ApplyForm {
  readonly requestId: string;
  /** Opened on an instalment, or on a receipt: what was clicked is not asked. */
  readonly on: 'instalment' | 'receipt';
  readonly sources: readonly Credit[];
  readonly targets: readonly InstalmentRowData[];
  readonly source: Credit;
  readonly target: InstalmentRowData;
  /** What the window below shows. */
  readonly below: string;
}

/** Source, amount, target; the amount is what both can take. */
export function applyModal(form: ApplyForm, reader: RowReader): ModalView {
  const { t, locale, today } = reader;
  const { source, target } = form;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: source.currency });
  const room = roomOf(target);
  const most = source.unapplied < room ? source.unapplied : room;
  const sourceText = (credit: Credit) =>
    t('prepayments:source', {
      number: credit.number,
      date: formatDate(locale, credit.receivedOn, today),
      amount: money(credit.unapplied),
    });
  return modal({
    callbackId: VIEW.prepaymentApply,
    title: t('prepayments:title'),
    submit: t('prepayments:apply'),
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: form.requestId,
      o: form.on,
      s: source.id,
      v: source.version,
      i: target.id,
      b: form.below,
    }),
    blocks: present<KnownBlock>(
      section(`*${escapeMrkdwn(shortCustomer(locale, source.customerName))}*`),
      form.on === 'receipt'
        ? section(sourceText(source))
        : input(
            'source',
            t('prepayments:source_label'),
            selectInput(
              form.sources.map((credit) => option(sourceText(credit), credit.id)),
              source.id,
              { actionId: ACTION.prepaymentPick },
            ),
            { dispatch: true },
          ),
      form.on === 'instalment'
        ? section(instalmentOption(target, reader).text.text)
        : input(
            'target',
            t('prepayments:target_label'),
            selectInput(
              form.targets.map((row) => instalmentOption(row, reader)),
              target.id,
              { actionId: ACTION.prepaymentPick },
            ),
            { dispatch: true },
          ),
      input(
        `amount|${source.id}.${target.id}`,
        t('receipts:amount'),
        textInput({ initial: toDecimalString(most, source.currency), maxLength: 40 }),
        { hint: t('prepayments:amount_hint', { max: money(most) }) },
      ),
      context(t('prepayments:hint')),
    ),
  });
}

/** [核销] of a receipt with money left. */
export const applyButton = (receiptId: string, about: string, { t }: Pick<RowReader, 't'>) =>
  button(ACTION.prepaymentApply, t('prepayments:apply'), {
    value: JSON.stringify({ q: receiptId }),
    label: `${t('prepayments:apply')} ${about}`,
  });

/** Money of a customer that waits to be applied, with its button. */
export function creditRow(credit: Credit, reader: RowReader): KnownBlock {
  const { t, locale, today } = reader;
  const text = t('prepayments:row', {
    number: credit.number,
    customer: escapeMrkdwn(shortCustomer(locale, credit.customerName)),
    date: formatDate(locale, credit.receivedOn, today),
    amount: formatMoney(locale, { minor: credit.unapplied, currency: credit.currency }),
  });
  return section(text, applyButton(credit.id, credit.number, reader));
}

/** What the owner of the instalment is told. */
export function appliedMessage(
  fact: { number: string; amount: bigint; who: string; row: InstalmentRowData },
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const { t, locale } = reader;
  const { row } = fact;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const text = t('prepayments:told', {
    who: escapeMrkdwn(truncate(fact.who, 40)),
    number: fact.number,
    amount: money(fact.amount),
    contract: row.contractNumber,
    n: row.seq,
    open: money(row.outstanding),
  });
  return { text, blocks: [section(text, openRow(row, reader))] };
}

/** What a run applied by itself for a customer; of many lines the first ones. */
export function autoAppliedMessage(
  { customerName, currency, who, count, total, lines }: AutoApplied,
  reader: RowReader,
): Message & { blocks: KnownBlock[] } {
  const { t, locale } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const text = t('prepayments:auto', {
    customer: escapeMrkdwn(shortCustomer(locale, customerName)),
    amount: money(total),
    count,
    who: escapeMrkdwn(truncate(who, 40)),
  });
  const rest = {
    count: count - lines.length,
    amount: money(total - lines.reduce((sum, line) => sum + line.amount, 0n)),
  };
  const line = ({ number, amount, row }: AutoApplied['lines'][number]) =>
    section(
      t('prepayments:auto_line', {
        number,
        amount: money(amount),
        contract: row.contractNumber,
        n: row.seq,
        open: money(row.outstanding),
      }),
      openRow(row, reader),
    );
  return {
    text,
    blocks: present<KnownBlock>(
      section(text),
      ...lines.map(line),
      rest.count > 0 && context(t('prepayments:auto_more', rest)),
    ),
  };
}

const openRow = (row: InstalmentRowData, { t }: RowReader) =>
  button(ACTION.instalmentOpen, t('common:open'), { value: rowValue(row.id) });

// For whom and what a receipt is, as the form shows and asks it. Pure.
import type { KnownBlock } from '@slack/types';
import type { InstalmentRowData } from '../../domain/plans/instalment.queries.js';
import type { CustomerChoice } from '../../domain/plans/plan-choices.queries.js';
import { formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION, OPTIONS } from '../ids.js';
import { actions, button, externalSelect, fields, input, option, present, selectInput } from './blocks.js';
import { customerOption } from './plan-inputs.js';
import { type RowReader, roomOf, takesMoney } from './row-views.js';

export const FORS = ['best', 'choose', 'prepayment', 'unidentified'] as const;
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

/** Customer, purpose and instalment: as they were clicked, or to be chosen. */
export function targetBlocks(target: ReceiptTarget, reader: RowReader, isClaim: boolean): KnownBlock[] {
  return target.fixed ? fixedBlocks(target, reader) : choiceBlocks(target, reader, isClaim);
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
          `${t('plans:row.nth', { n: instalment.seq })} · ${standing(instalment, reader)}`,
        ],
      ),
    ),
    actions([button(ACTION.receiptChange, t('receipts:change'))]),
  ];
}

/** What is open of it; of bad debt, of which nothing is, what can be recovered. */
function standing(row: InstalmentRowData, { t, locale }: RowReader): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  return takesMoney(row)
    ? t('plans:row.money', { open: money(row.outstanding), total: money(row.amount) })
    : t('adjustments:badge.adjusted', { amount: money(row.recoverable) });
}

function choiceBlocks(target: ReceiptTarget, reader: RowReader, isClaim: boolean): KnownBlock[] {
  const { t } = reader;
  const { customer, instalment, currencies } = target;
  const ofCustomer = customer?.id ?? '';
  const isUnknown = target.for === 'unidentified';
  return present<KnownBlock>(
    !isUnknown &&
      input(
        'customer',
        t('receipts:customer'),
        externalSelect(OPTIONS.receiptCustomer, {
          initial: customer ? customerOption(customer, reader) : undefined,
        }),
        { dispatch: true, hint: t('receipts:customer_hint') },
      ),
    (customer || isUnknown || !isClaim) &&
      input(
        `for|${ofCustomer}`,
        t('receipts:for'),
        selectInput(
          FORS.filter((key) => key !== 'unidentified' || !isClaim).map((key) =>
            option(t(`receipts:for.${key}`), key),
          ),
          target.for,
          { actionId: ACTION.receiptFor },
        ),
        { dispatch: true, hint: t('receipts:for_hint') },
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
    (customer || isUnknown) &&
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
  const open = formatMoney(locale, { minor: roomOf(row), currency: row.currency });
  return option(t('receipts:choose_option', { contract: row.contractNumber, n: row.seq, open }), row.id);
}

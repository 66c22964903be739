// The rows of the list of receipts. Pure.
import type { KnownBlock } from '@slack/types';
import { can } from '../../domain/access.js';
import type { ReceiptPage, ReceiptRowData } from '../../domain/receipts/receipt.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, escapeMrkdwn, present, section } from './blocks.js';
import type { ListParts, ListPlace } from './list-views.js';
import { receiptValue } from './receipt-card-views.js';
import type { RowReader } from './row-views.js';

/** A receipt in two lines with [打开]. */
export function receiptListRow(
  row: ReceiptRowData,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock {
  const { t, locale, today } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const customer = shortCustomer(locale, row.customerName);
  const facts = t('receipts:list.facts', {
    state: t(`common:receipt_state.${row.status}`),
    amount: money(row.amount),
    date: formatDate(locale, row.receivedOn, today),
    method: escapeMrkdwn(dictionaryName(methods, row.method, locale)),
  });
  const bill =
    row.billDueOn !== null &&
    t('bills:row', {
      number: escapeMrkdwn(row.billNo ?? '—'),
      date: formatDate(locale, row.billDueOn, today),
    });
  const unapplied = row.unapplied > 0n && t('receipts:list.unapplied', { amount: money(row.unapplied) });
  const title = t('receipts:list.line', { number: row.number, customer: escapeMrkdwn(customer) });
  return section(
    `${title}\n${present<string>(facts, bill, unapplied).join(' · ')}`,
    button(ACTION.receiptOpen, t('common:open'), {
      value: receiptValue(row.id),
      label: `${t('common:open')} ${row.number} ${customer}`,
    }),
  );
}

/** One page of receipts: a section a row; with what stands around it at most 27 blocks. */
export function receiptListParts(
  place: ListPlace<'receipt'>,
  list: ReceiptPage,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ListParts<'receipt'> {
  const { t, actor } = reader;
  return {
    ...place,
    counted: list,
    sums: sumWords(list, reader),
    rows: list.rows.map((row) => receiptListRow(row, reader, methods)),
    none: t('receipts:list.none'),
    buttons: [
      actor && can(actor, 'receipt.record') && button(ACTION.receiptNew, t('plans:record')),
      actor && can(actor, 'receipt.record') && button(ACTION.unclaimedList, t('unclaimed:button')),
    ],
  };
}

/** `{n} 笔 · 已收 {x} · 待审批 {y} · 待核销预收 {z}`, a line a currency: they are never added. */
function sumWords(list: ReceiptPage, { t, locale }: RowReader): string[] {
  return list.totals.map(({ currency, count, received, waiting, unapplied }) => {
    const money = (minor: bigint) => formatMoney(locale, { minor, currency });
    return present<string>(
      t('receipts:list.total', { count, received: money(received) }),
      waiting > 0n && t('receipts:list.total_waiting', { amount: money(waiting) }),
      unapplied > 0n && t('receipts:list.total_unapplied', { amount: money(unapplied) }),
    ).join(' · ');
  });
}

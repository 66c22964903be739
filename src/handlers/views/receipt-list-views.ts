// The list of receipts with its search (ux §4.8). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { LocalDate } from '../../domain/local-date.js';
import type { FilterNames } from '../../domain/plans/filter-names.queries.js';
import type { ReceiptStatus } from '../../domain/receipts/receipt.js';
import type { ReceiptFilter, ReceiptPage, ReceiptRowData } from '../../domain/receipts/receipt.queries.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { listHead, pager } from './list-views.js';
import { amountInputs, customerInput, rangeWords, type SearchForm, statesInput } from './plan-list-views.js';
import { receiptValue } from './receipt-card-views.js';
import type { RowReader } from './row-views.js';

export const RECEIPT_STATES = [
  'submitted',
  'approved',
  'rejected',
  'draft',
  'partly_reversed',
  'reversed',
] as const satisfies readonly ReceiptStatus[];

/** A filter and a page as a button's value or private_metadata; read again by parseReceiptList (handlers). */
export function encodeReceiptList(filter: ReceiptFilter, page: number): string {
  return JSON.stringify({ f: filter, p: page }, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

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
  const unapplied = row.unapplied > 0n && t('receipts:list.unapplied', { amount: money(row.unapplied) });
  const title = t('receipts:list.line', { number: row.number, customer: escapeMrkdwn(customer) });
  return section(
    `${title}\n${present<string>(facts, unapplied).join(' · ')}`,
    button(ACTION.receiptOpen, t('common:open'), {
      value: receiptValue(row.id),
      label: `${t('common:open')} ${row.number} ${customer}`,
    }),
  );
}

/** One page of receipts: what it is narrowed to, sums by currency, rows, pages; at most 24 blocks. */
export function receiptListBlocks(
  list: ReceiptPage,
  filter: ReceiptFilter,
  names: FilterNames,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const { t } = reader;
  const narrowed = filterWords(filter, names, reader);
  if (list.rows.length === 0) return [section(t(narrowed === '' ? 'receipts:list.none' : 'lists:nothing'))];
  // Without a filter the sums say how many there are.
  return [
    ...(narrowed === '' ? [] : [listHead(t, list, narrowed)]),
    context(...sumWords(list, reader)),
    ...list.rows.map((row) => receiptListRow(row, reader, methods)),
    ...pager(t, list, ACTION.receiptPage, (page) => encodeReceiptList(filter, page)),
  ];
}

/** `{n} 笔 · 共 {x} · 待核销预收 {y}`, a line a currency: they are never added. */
function sumWords(list: ReceiptPage, { t, locale }: RowReader): string[] {
  return list.totals.map(({ currency, count, amount, unapplied }) => {
    const money = (minor: bigint) => formatMoney(locale, { minor, currency });
    const words = { count, amount: money(amount), unapplied: money(unapplied) };
    return t(unapplied > 0n ? 'receipts:list.total_unapplied' : 'receipts:list.total', words);
  });
}

/** The list as a modal: [搜索] [清除] [回款] above the rows. */
export function receiptListModal(
  list: ReceiptPage,
  filter: ReceiptFilter,
  names: FilterNames,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ModalView {
  const { t, actor } = reader;
  const state = encodeReceiptList(filter, list.page);
  const buttons = present(
    button(ACTION.receiptSearch, t('lists:search'), { value: state }),
    filterWords(filter, names, reader) !== '' &&
      button(`${ACTION.receiptPage}.clear`, t('lists:clear'), { value: encodeReceiptList({}, 1) }),
    actor && can(actor, 'receipt.record') && button(ACTION.receiptNew, t('plans:record')),
    actor && can(actor, 'receipt.record') && button(ACTION.unclaimedList, t('unclaimed:button')),
  );
  return modal({
    callbackId: VIEW.receiptList,
    title: t('receipts:list.title'),
    close: t('common:close'),
    blocks: [actions(buttons), ...receiptListBlocks(list, filter, names, reader, methods)],
    metadata: state,
  });
}

/** What the list is narrowed to, in words; '' for nothing. */
function filterWords(filter: ReceiptFilter, names: FilterNames, { t, locale, today }: RowReader): string {
  const money = (minor: bigint | undefined) =>
    minor === undefined || filter.currency === undefined
      ? undefined
      : formatMoney(locale, { minor, currency: filter.currency });
  const day = (date: LocalDate | undefined) => date && formatDate(locale, date, today);
  const received = rangeWords(t, day(filter.from), day(filter.to));
  const amount = rangeWords(t, money(filter.amountFrom), money(filter.amountTo));
  return present<string>(
    names.customer && shortCustomer(locale, names.customer.name),
    filter.words,
    filter.states?.map((state) => t(`common:receipt_state.${state}`)).join('/'),
    filter.unapplied === true && t('receipts:filter.unapplied'),
    received !== null && t('receipts:filter.received', { range: received }),
    amount === null ? filter.currency : t('receipts:filter.amount', { range: amount }),
  ).join(' · ');
}

/** Search: every field narrows, none is needed. */
export function receiptSearchModal(form: SearchForm<ReceiptFilter>, { t }: RowReader): ModalView {
  const { filter } = form;
  const optional = { optional: true };
  const sorts = [
    option(t('lists:sort.newest'), 'newest'),
    option(t('receipts:sort.received'), 'received'),
    option(t('lists:sort.amount'), 'amount'),
  ];
  const unapplied = option(t('receipts:filter.unapplied'), 'yes');
  return modal({
    callbackId: VIEW.receiptSearch,
    title: t('receipts:list.search_title'),
    submit: t('common:search'),
    close: t('common:cancel'),
    metadata: form.metadata,
    blocks: [
      input('words', t('receipts:search.words'), textInput({ initial: filter.words ?? null }), optional),
      customerInput(form.names, t),
      statesInput(
        t('receipts:search.state'),
        RECEIPT_STATES.map((state) => option(t(`common:receipt_state.${state}`), state)),
        filter.states,
      ),
      input('from', t('receipts:search.from'), dateInput(filter.from), optional),
      input('to', t('receipts:search.to'), dateInput(filter.to), optional),
      ...amountInputs(form, {
        currency: t('receipts:search.currency'),
        from: t('receipts:search.amount_from'),
        to: t('receipts:search.amount_to'),
      }),
      input(
        'unapplied',
        t('receipts:search.unapplied'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: [unapplied],
          ...(filter.unapplied === true && { initial_options: [unapplied] }),
        },
        optional,
      ),
      input('sort', t('lists:sort'), selectInput(sorts, filter.sort ?? 'newest')),
    ],
  });
}

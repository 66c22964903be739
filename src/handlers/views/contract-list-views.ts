// The list of contracts with its search; used by /hk-contract list and by Home. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import { CONTRACT_STATUSES } from '../../domain/contracts/contract.js';
import type {
  ContractFilter,
  ContractPage,
  ContractRow,
} from '../../domain/contracts/contract-list.queries.js';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  button,
  dateInput,
  escapeMrkdwn,
  externalSelect,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { listHead, pager } from './list-views.js';
import type { RowReader } from './row-views.js';

/** A filter and a page as a button's value or private_metadata; read again by contractListState (handlers). */
export function encodeContractList(filter: ContractFilter, page: number): string {
  return JSON.stringify({ f: filter, p: page }, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Value of a button about one contract; parsed by contractValue (handlers). */
export const contractValue = (contractId: string): string => JSON.stringify({ c: contractId });

/** Share received, rounded down: 100 is only what is wholly paid. */
export function percentReceived(row: { received: bigint; amount: bigint }): number {
  return Number((row.received * 100n) / row.amount);
}

/** ▓▓▓▓▓▓░░░░: ten cells, a full one only for a full tenth. */
export function progressBar(percent: number): string {
  const full = Math.min(10, Math.floor(percent / 10));
  return '▓'.repeat(full) + '░'.repeat(10 - full);
}

/**
 * One page of contracts: what it is narrowed to, a section a row, the pages; at most 23 blocks.
 * `pageAction` is the prefix of the paging buttons' action_id, for surfaces that redraw themselves (Home).
 */
export function contractListBlocks(
  list: ContractPage,
  filter: ContractFilter,
  reader: RowReader,
  pageAction: string = ACTION.contractPage,
): KnownBlock[] {
  const { t } = reader;
  const narrowed = filterWords(list, filter, reader);
  if (list.rows.length === 0) return [section(t(narrowed === '' ? 'contracts:list.first' : 'lists:nothing'))];
  return [
    listHead(t, list, narrowed),
    ...list.rows.map((row) => listRow(row, reader)),
    ...pager(t, list, pageAction, (page) => encodeContractList(filter, page)),
  ];
}

function listRow(row: ContractRow, { t, locale }: RowReader): KnownBlock {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const percent = percentReceived(row);
  const customer = shortCustomer(locale, row.customerName);
  const text = t('contracts:list.row', {
    customer: escapeMrkdwn(customer),
    number: row.number,
    name: escapeMrkdwn(shortName(locale, row.name)),
    state: t(`common:contract_state.${row.status}`),
    pct: percent,
    bar: progressBar(percent),
    received: money(row.received),
    amount: money(row.amount),
  });
  const label = t('contracts:list.open', { number: row.number, customer });
  return section(
    text,
    button(ACTION.contractOpen, t('common:open'), { value: contractValue(row.id), label }),
  );
}

/** The list as a modal: [搜索] [清除] [新建合同] above the rows. */
export function contractListModal(list: ContractPage, filter: ContractFilter, reader: RowReader): ModalView {
  const { t, actor } = reader;
  const state = encodeContractList(filter, list.page);
  const isNarrowed = filterWords(list, filter, reader) !== '';
  const buttons = present(
    button(ACTION.contractSearch, t('lists:search'), { value: state }),
    isNarrowed &&
      button(`${ACTION.contractPage}.clear`, t('lists:clear'), { value: encodeContractList({}, 1) }),
    actor && can(actor, 'contract.create') && button(ACTION.contractNew, t('contracts:new')),
  );
  return modal({
    callbackId: VIEW.contractList,
    title: t('contracts:list.title'),
    close: t('common:close'),
    blocks: [actions(buttons), ...contractListBlocks(list, filter, reader)],
    metadata: state,
  });
}

/** What the list is narrowed to, in words; '' for nothing. */
function filterWords(list: ContractPage, filter: ContractFilter, reader: RowReader): string {
  const { t, locale, today } = reader;
  const { currency } = filter;
  const money = (minor: bigint | undefined) =>
    minor === undefined || currency === undefined ? undefined : formatMoney(locale, { minor, currency });
  const day = (date: LocalDate | undefined) => date && formatDate(locale, date, today);
  const amount = range(t, money(filter.amountFrom), money(filter.amountTo));
  const signed = range(t, day(filter.signedFrom), day(filter.signedTo));
  return present(
    list.filterNames.customer && shortCustomer(locale, list.filterNames.customer),
    filter.words,
    filter.states?.map((state) => t(`common:contract_state.${state}`)).join('/'),
    list.filterNames.owner,
    amount === null ? currency : t('contracts:filter.amount', { range: amount }),
    signed !== null && t('contracts:filter.signed', { range: signed }),
  ).join(' · ');
}

function range(t: RowReader['t'], from: string | undefined, to: string | undefined): string | null {
  if (from !== undefined && to !== undefined) return t('lists:range', { from, to });
  if (from !== undefined) return t('lists:at_least', { from });
  return to === undefined ? null : t('lists:at_most', { to });
}

export interface ContractSearchData {
  readonly filter: ContractFilter;
  readonly customer: { readonly id: string; readonly name: string } | null;
  readonly currencies: readonly string[];
  /** People who see only their own are not asked whose. */
  readonly asksOwner: boolean;
  /** Serialised private_metadata. */
  readonly metadata: string;
}

/** Search: every field narrows, none is needed. */
export function contractSearchModal(data: ContractSearchData, { t }: RowReader): ModalView {
  const { filter } = data;
  const currency = filter.currency ?? null;
  const decimal = (minor: bigint | undefined) =>
    minor === undefined || currency === null ? null : toDecimalString(minor, currency);
  const optional = { optional: true };
  const states = CONTRACT_STATUSES.map((state) => option(t(`common:contract_state.${state}`), state));
  const chosen = states.filter((state) => filter.states?.some((status) => status === state.value));
  const sorts = (['newest', 'amount', 'customer'] as const).map((sort) =>
    option(t(`lists:sort.${sort}`), sort),
  );
  const initial = data.customer ? option(data.customer.name, data.customer.id) : undefined;
  return modal({
    callbackId: VIEW.contractSearch,
    title: t('contracts:search.title'),
    submit: t('common:search'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: present<KnownBlock>(
      input('words', t('contracts:search.words'), textInput({ initial: filter.words ?? null }), optional),
      input('customerId', t('contracts:customer'), externalSelect(OPTIONS.customer, { initial }), optional),
      input(
        'states',
        t('contracts:search.states'),
        {
          type: 'multi_static_select',
          action_id: 'value',
          options: states,
          ...(chosen.length > 0 && { initial_options: chosen }),
        },
        optional,
      ),
      data.asksOwner &&
        input(
          'owner',
          t('lists:owner'),
          {
            type: 'users_select',
            action_id: 'value',
            ...(filter.ownerSlackId !== undefined && { initial_user: filter.ownerSlackId }),
          },
          optional,
        ),
      input(
        'currency',
        t('contracts:currency'),
        selectInput(
          data.currencies.map((code) => option(code, code)),
          currency,
        ),
        optional,
      ),
      input(
        'amountFrom',
        t('contracts:search.amount_from'),
        textInput({ initial: decimal(filter.amountFrom) }),
        {
          ...optional,
          hint: t('contracts:amount_hint'),
        },
      ),
      input(
        'amountTo',
        t('contracts:search.amount_to'),
        textInput({ initial: decimal(filter.amountTo) }),
        optional,
      ),
      input('signedFrom', t('contracts:search.signed_from'), dateInput(filter.signedFrom), optional),
      input('signedTo', t('contracts:search.signed_to'), dateInput(filter.signedTo), optional),
      input('sort', t('lists:sort'), selectInput(sorts, filter.sort ?? 'newest')),
    ),
  });
}

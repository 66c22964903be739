// A customer as a modal: its card, the form to make or change one, the list with its search. Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type {
  CustomerDetails,
  CustomerFilter,
  CustomerPage,
  CustomerRow,
} from '../../domain/customers/customer.queries.js';
import type { Money } from '../../domain/money.js';
import { formatMoney, formatNames, shortCustomer, shortName, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  alert,
  button,
  context,
  escapeMrkdwn,
  fields,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { encodeContractList } from './contract-list-views.js';
import { backButton, listHead, pager } from './list-views.js';
import type { RowReader } from './row-views.js';

const REMARK_LENGTH = 80;

/** A filter and a page as a button's value or private_metadata; read again by customerListState (handlers). */
export const encodeCustomerList = (filter: CustomerFilter, page: number): string =>
  JSON.stringify({ f: filter, p: page });

/** Value of a button about one customer; parsed by customerValue (handlers). */
export const customerValue = (customerId: string): string => JSON.stringify({ k: customerId });

export interface CustomerFormData {
  /** The customer that is changed; null for a new one. */
  readonly customer: CustomerDetails | null;
  readonly metadata: string;
}

/** Every field of a customer, and its billing contact. */
export function customerFormModal({ customer, metadata }: CustomerFormData, { t }: RowReader): ModalView {
  const billing = customer?.contacts.find((contact) => contact.isBilling) ?? customer?.contacts[0];
  const line = (
    field: string,
    label: Parameters<Translate>[0],
    initial: string | null | undefined,
    more: { multiline?: boolean; hint?: string } = {},
  ) =>
    input(field, t(label), textInput({ initial: initial ?? null, multiline: more.multiline ?? false }), {
      optional: field !== 'name',
      ...(more.hint !== undefined && { hint: more.hint }),
    });
  return modal({
    callbackId: customer ? VIEW.customerEdit : VIEW.customerNew,
    title: t(customer ? 'customers:edit.title' : 'customers:new'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      line('name', 'customers:name', customer?.name),
      line('shortName', 'customers:short_name', customer?.shortName),
      line('type', 'customers:type', customer?.type, { hint: t('customers:type_hint') }),
      line('industry', 'customers:industry', customer?.industry),
      line('contactName', 'customers:contact_name', billing?.name),
      line('contactPhone', 'customers:contact_phone', billing?.phone),
      line('contactEmail', 'customers:contact_email', billing?.email),
      line('contactRole', 'customers:contact_role', billing?.role),
      line('address', 'customers:address', customer?.address),
      line('taxTitle', 'customers:tax_title', customer?.taxTitle),
      line('taxNo', 'customers:tax_no', customer?.taxNo),
      line('bank', 'customers:bank', customer?.bank),
      line('bankAccount', 'customers:bank_account', customer?.bankAccount),
      line('remark', 'customers:remark', customer?.remark, { multiline: true }),
    ],
  });
}

/** private_metadata of the card: which customer, and the list behind it; read again by customerCardState (handlers). */
const cardMetadata = (customerId: string, list: string | undefined): string =>
  JSON.stringify(list === undefined ? { k: customerId } : { k: customerId, l: list });

/** The customer with its money and what the reader may do. */
export function customerCardModal(
  customer: CustomerDetails,
  reader: RowReader,
  extras: { list?: string | undefined; result?: string | undefined } = {},
): ModalView {
  const { t, locale } = reader;
  const billing = customer.contacts.find((contact) => contact.isBilling) ?? customer.contacts[0];
  const file = present(
    pair(t('customers:short_name'), customer.shortName),
    pair(t('customers:type'), customer.type),
    pair(t('customers:industry'), customer.industry),
    pair(t('customers:contact_name'), billing && contactWords(billing)),
    pair(t('customers:address'), customer.address),
    pair(t('customers:tax_title'), customer.taxTitle),
    pair(t('customers:tax_no'), customer.taxNo),
    pair(t('customers:bank'), customer.bank),
    pair(t('customers:bank_account'), customer.bankAccount),
  );
  const heading = t('customers:card.heading', {
    name: escapeMrkdwn(shortCustomer(locale, customer.name)),
    code: customer.code,
  });
  return modal({
    callbackId: VIEW.customerCard,
    title: t('customers:card.title'),
    close: t('common:close'),
    metadata: cardMetadata(customer.id, extras.list),
    blocks: present<KnownBlock>(
      extras.result !== undefined && alert(extras.result, 'success'),
      section(heading),
      fields([
        [t('customers:open'), moneyList(customer.open, reader)],
        [t('customers:unapplied'), moneyList(customer.unapplied, reader)],
        [t('customers:contracts'), t('customers:contracts_count', { count: customer.contracts })],
        [t('customers:owner'), shortName(locale, customer.owner.name)],
      ]),
      file.length > 0 && fields(file),
      customer.remark !== null && context(escapeMrkdwn(truncate(customer.remark, REMARK_LENGTH))),
      actions(cardButtons(customer, reader, extras.list)),
    ),
  });
}

const pair = (label: string, value: string | null | undefined) =>
  value ? ([label, truncate(value, 100)] as const) : null;

const contactWords = (contact: CustomerDetails['contacts'][number]): string =>
  present(contact.name, contact.role, contact.phone, contact.email).join(' · ');

/** Amounts of several currencies side by side: they are never added (ux §6). */
function moneyList(amounts: readonly Money[], { t, locale }: RowReader): string {
  if (amounts.length === 0) return t('common:none');
  return formatNames(
    locale,
    amounts.map((amount) => formatMoney(locale, amount)),
  );
}

function cardButtons(customer: CustomerDetails, { t, actor }: RowReader, list: string | undefined): Button[] {
  const value = customerValue(customer.id);
  const may = (action: Parameters<typeof can>[1]) => actor !== null && can(actor, action, customer.owner.id);
  return present<Button>(
    may('contract.create') &&
      button(ACTION.contractNew, t('customers:action.contract'), { value, style: 'primary' }),
    button(ACTION.contractList, t('customers:action.contracts'), {
      value: encodeContractList({ customerId: customer.id }, 1),
    }),
    may('customer.edit') && button(ACTION.customerEdit, t('common:edit'), { value }),
    list !== undefined && backButton(t, ACTION.customerPage, list),
  );
}

/** One page of customers: what it is narrowed to, a section a row, the pages; at most 23 blocks. */
export function customerListBlocks(
  list: CustomerPage,
  filter: CustomerFilter,
  reader: RowReader,
): KnownBlock[] {
  const { t } = reader;
  const narrowed = filterWords(list, filter);
  if (list.rows.length === 0) return [section(t(narrowed === '' ? 'customers:list.first' : 'lists:nothing'))];
  return [
    listHead(t, list, narrowed),
    ...list.rows.map((row) => listRow(row, reader)),
    ...pager(t, list, ACTION.customerPage, (page) => encodeCustomerList(filter, page)),
  ];
}

function listRow(row: CustomerRow, reader: RowReader): KnownBlock {
  const { t, locale } = reader;
  const name = shortCustomer(locale, row.name);
  const text = t('customers:list.row', {
    name: escapeMrkdwn(name),
    code: row.code,
    count: row.contracts,
    open: moneyList(row.open, reader),
    owner: escapeMrkdwn(shortName(locale, row.ownerName)),
  });
  const label = t('customers:list.open', { code: row.code, name });
  return section(
    text,
    button(ACTION.customerOpen, t('common:open'), { value: customerValue(row.id), label }),
  );
}

const filterWords = (list: CustomerPage, filter: CustomerFilter): string =>
  present(filter.words, list.filterNames.owner).join(' · ');

/** The list as a modal: [搜索] [清除] [新建客户] above the rows. */
export function customerListModal(list: CustomerPage, filter: CustomerFilter, reader: RowReader): ModalView {
  const { t, actor } = reader;
  const state = encodeCustomerList(filter, list.page);
  const buttons = present(
    button(ACTION.customerSearch, t('lists:search'), { value: state }),
    filterWords(list, filter) !== '' &&
      button(`${ACTION.customerPage}.clear`, t('lists:clear'), { value: encodeCustomerList({}, 1) }),
    actor && can(actor, 'customer.create') && button(ACTION.customerNew, t('customers:new')),
  );
  return modal({
    callbackId: VIEW.customerList,
    title: t('customers:list.title'),
    close: t('common:close'),
    blocks: [actions(buttons), ...customerListBlocks(list, filter, reader)],
    metadata: state,
  });
}

export interface CustomerSearchData {
  readonly filter: CustomerFilter;
  /** People who see only their own are not asked whose. */
  readonly asksOwner: boolean;
  readonly metadata: string;
}

/** Search: every field narrows, none is needed. */
export function customerSearchModal(data: CustomerSearchData, { t }: RowReader): ModalView {
  const sorts = (['newest', 'name'] as const).map((sort) => option(t(`lists:sort.${sort}`), sort));
  const owner = { type: 'users_select' as const, action_id: 'value' };
  const chosen = data.filter.ownerSlackId;
  const initial = chosen === undefined ? {} : { initial_user: chosen };
  return modal({
    callbackId: VIEW.customerSearch,
    title: t('customers:search.title'),
    submit: t('common:search'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: present<KnownBlock>(
      input('words', t('customers:search.words'), textInput({ initial: data.filter.words ?? null }), {
        optional: true,
      }),
      data.asksOwner && input('owner', t('lists:owner'), { ...owner, ...initial }, { optional: true }),
      input('sort', t('lists:sort'), selectInput(sorts, data.filter.sort ?? 'newest')),
    ),
  });
}

// A customer's card as a modal, and what other views say of a customer. Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import { can, type Locale } from '../../domain/access.js';
import type { CreditCheck } from '../../domain/customers/credit.js';
import type { CustomerDetails } from '../../domain/customers/customer.queries.js';
import type { CustomerBalance } from '../../domain/customers/customer-balance.queries.js';
import type { Money } from '../../domain/money.js';
import {
  type CompanySettings,
  type DictionaryEntry,
  dictionaryName,
} from '../../domain/settings/settings.js';
import { formatMoney, formatNames, shortName, truncate } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, alert, button, context, escapeMrkdwn, fields, modal, present, section } from './blocks.js';
import { proposeButton, waitingLimit } from './credit-views.js';
import { filesButton } from './files-views.js';
import { timelineValue } from './follow-up-list-views.js';
import { backButton, encodeList } from './list-views.js';
import type { RowReader } from './row-views.js';

const REMARK_LENGTH = 80;

/** Value of a button about one customer; parsed by customerValue (handlers). */
export const customerValue = (customerId: string): string => JSON.stringify({ k: customerId });

/** private_metadata of the card: which customer, and the list behind it; read again by customerCardState (handlers). */
const cardMetadata = (customerId: string, list: string | undefined): string =>
  JSON.stringify(list === undefined ? { k: customerId } : { k: customerId, l: list });

export interface CustomerCardExtras {
  readonly list?: string | undefined;
  readonly result?: string | undefined;
}

/** The customer with its money and what the reader may do. */
export function customerCardModal(
  customer: CustomerDetails,
  dictionaries: Pick<CompanySettings, 'customerTypes' | 'industries'>,
  reader: RowReader,
  extras: CustomerCardExtras = {},
): ModalView {
  const { t, locale } = reader;
  const named = (entries: readonly DictionaryEntry[], key: string | null) =>
    key && dictionaryName(entries, key, locale);
  const file = present(
    pair(t('customers:short_name'), customer.shortName),
    pair(t('customers:type'), named(dictionaries.customerTypes, customer.type)),
    pair(t('customers:industry'), named(dictionaries.industries, customer.industry)),
    pair(t('customers:address'), customer.address),
    pair(t('customers:tax_title'), customer.taxTitle),
    pair(t('customers:tax_no'), customer.taxNo),
    pair(t('customers:bank'), customer.bank),
    pair(t('customers:bank_account'), customer.bankAccount),
  );
  const terms = present(
    pair(t('customers:term_days'), customer.defaultTermDays?.toString()),
    ...creditPairs(customer.credit, reader),
    ...autoApplyPairs(customer.autoApply, t),
    pair(
      t('customers:template'),
      customer.template && `${customer.template.code} · ${customer.template.name}`,
    ),
    pair(t('customers:payers'), formatSome(locale, customer.relatedPayers)),
    pair(t('customers:files'), formatSome(locale, customer.files)),
  );
  const heading = t('customers:card.heading', {
    name: escapeMrkdwn(customer.name),
    code: customer.code,
  });
  const contacts = customer.contacts.map((contact) => escapeMrkdwn(truncate(contactWords(contact, t), 200)));
  return modal({
    callbackId: VIEW.customerCard,
    title: t('customers:card.title'),
    close: t('common:close'),
    metadata: cardMetadata(customer.id, extras.list),
    blocks: present<KnownBlock>(
      extras.result !== undefined && alert(extras.result, 'success'),
      section(heading),
      customer.status !== 'active' && context(t(`customers:status_means.${customer.status}`)),
      ...balanceBlocks(customer.balance, reader),
      ...waitingLimit(customer.proposal, reader),
      fields([
        [t('customers:contracts'), t('customers:contracts_count', { count: customer.contracts })],
        [t('customers:owner'), shortName(locale, customer.owner.name)],
      ]),
      file.length > 0 && fields(file),
      terms.length > 0 && fields(terms),
      contacts.length > 0 && section(`*${t('customers:contacts')}*\n${contacts.join('\n')}`),
      customer.remark !== null && context(escapeMrkdwn(truncate(customer.remark, REMARK_LENGTH))),
      actions(cardButtons(customer, reader, extras.list)),
    ),
  });
}

/** Who switched it on; nothing is applied once they may not do it by hand. */
function autoApplyPairs(auto: CustomerDetails['autoApply'], t: Translate) {
  if (auto === null) return [];
  const words = auto.works ? 'customers:auto_apply_on' : 'customers:auto_apply_lost';
  return [pair(t('customers:auto_apply'), t(words, { who: truncate(auto.name, 40) }))];
}

/** The limit, and how far it is used. */
function creditPairs(credit: CreditCheck | null, { t, locale }: RowReader) {
  if (credit === null) return [];
  const { limit, exposure, currency } = credit;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  return [
    pair(t('customers:credit_limit'), money(limit)),
    pair(t('customers:credit_exposure'), exposure === null ? t('customers:credit_unknown') : money(exposure)),
  ];
}

/** A line a currency; what is 0 is left out. */
function balanceBlocks(balance: readonly CustomerBalance[], { t, locale }: RowReader): KnownBlock[] {
  if (balance.length === 0) return [context(t('customers:balance.none'))];
  return balance.map(({ currency, ...line }) => {
    const money = (minor: bigint) => formatMoney(locale, { minor, currency });
    return fields(
      present(
        [t('customers:open'), money(line.open)] as const,
        line.overdue > 0n && ([t('customers:balance.overdue'), money(line.overdue)] as const),
        [t('customers:balance.received'), money(line.received)] as const,
        line.unapplied > 0n && ([t('customers:unapplied'), money(line.unapplied)] as const),
        line.inApproval > 0n && ([t('customers:balance.in_approval'), money(line.inApproval)] as const),
        [t('customers:balance.balance'), money(line.balance)] as const,
      ),
    );
  });
}

/** The first names, and how many more. */
function formatSome(locale: Locale, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const more = names.length > 3 ? ` +${names.length - 3}` : '';
  return formatNames(locale, names.slice(0, 3)) + more;
}

const pair = (label: string, value: string | null | undefined) =>
  value ? ([label, truncate(value, 100)] as const) : null;

const contactWords = (contact: CustomerDetails['contacts'][number], t: Translate): string =>
  present(
    contact.name,
    contact.role,
    contact.phone,
    contact.email,
    contact.isBilling === true && t('customers:contact_billing'),
  ).join(' · ');

/** Amounts of several currencies side by side: they are never added (ux §6). */
export function moneyList(amounts: readonly Money[], { t, locale }: RowReader): string {
  if (amounts.length === 0) return t('common:none');
  return formatNames(
    locale,
    amounts.map((amount) => formatMoney(locale, amount)),
  );
}

function cardButtons(customer: CustomerDetails, reader: RowReader, list: string | undefined): Button[] {
  const { t, actor } = reader;
  const value = customerValue(customer.id);
  const may = (action: Parameters<typeof can>[1]) => actor !== null && can(actor, action, customer.owner.id);
  return present<Button>(
    customer.status === 'active' &&
      may('contract.create') &&
      button(ACTION.contractNew, t('customers:action.contract'), { value, style: 'primary' }),
    may('receipt.record') &&
      button(ACTION.receiptNew, t('plans:record'), { value: JSON.stringify({ u: customer.id }) }),
    button(ACTION.contractList, t('customers:action.contracts'), {
      value: encodeList<'contract'>({ customerId: customer.id }, 1),
    }),
    customer.balance.some((line) => line.unapplied > 0n) &&
      button(ACTION.receiptList, t('customers:unapplied'), {
        value: encodeList<'receipt'>({ customerId: customer.id, unapplied: true }, 1),
      }),
    customer.files.length > 0 && filesButton({ type: 'customer', id: customer.id }, customer.code, t),
    proposeButton(customer, reader),
    may('customer.edit') && button(ACTION.customerEdit, t('common:edit'), { value }),
    button(`${ACTION.customerHistory}.open`, t('customers:action.history'), { value }),
    button(ACTION.followUpList, t('follow_ups:timeline'), {
      value: timelineValue({ customerId: customer.id }),
    }),
    button(ACTION.ledger, t('ledger:title'), { value: JSON.stringify({ u: customer.id }) }),
    may('customer.edit') && button(ACTION.customerEvent, t('customers:action.event'), { value }),
    may('customer.merge') && button(ACTION.customerMerge, t('customers:action.merge'), { value }),
    list !== undefined && backButton(t, ACTION.customerPage, list),
  );
}

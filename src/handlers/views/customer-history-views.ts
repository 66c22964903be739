// A customer's history as a window, and the form for a key event. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { approvalFact } from '../../domain/approvals/trail.js';
import { CUSTOMER_STATES } from '../../domain/customers/customer.js';
import type { CustomerHistory, HistoryEntry } from '../../domain/customers/customer-history.queries.js';
import { isKind, isResult } from '../../domain/follow-ups/follow-up.js';
import { isLocalDate } from '../../domain/local-date.js';
import { dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatInstant, formatMoney, truncate } from '../i18n/format.js';
import type { WordKey } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import { trailWords, whoDid } from './approval-trail-views.js';
import { auditButton } from './audit-views.js';
import {
  actions,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  input,
  modal,
  present,
  section,
  textInput,
} from './blocks.js';
import type { CustomerDictionaries } from './customer-form-views.js';
import { customerValue } from './customer-views.js';
import { followUpWords } from './follow-up-views.js';
import { listHead, pager } from './list-views.js';
import type { RowReader } from './row-views.js';

const VALUE_LENGTH = 60;
const CHANGES_SHOWN = 8;

/** The words of the fields that a change may name; what is not here is not told. */
const FIELDS: Readonly<Record<string, WordKey>> = {
  name: 'customers:name',
  shortName: 'customers:short_name',
  type: 'customers:type',
  industry: 'customers:industry',
  contacts: 'customers:contacts',
  address: 'customers:address',
  taxTitle: 'customers:tax_title',
  taxNo: 'customers:tax_no',
  bank: 'customers:bank',
  bankAccount: 'customers:bank_account',
  defaultTermDays: 'customers:term_days',
  creditLimit: 'customers:credit_limit',
  autoApplyById: 'customers:auto_apply',
  relatedPayers: 'customers:payers',
  remark: 'customers:remark',
  status: 'customers:status',
  ownerId: 'customers:owner',
  files: 'customers:files',
};
const EVENTS = [
  'created',
  'edited',
  'submitted',
  'approved',
  'rejected',
  'withdrawn',
  'deleted',
  'completed',
  'voided',
  'reversal_asked',
  'reversed',
  'refund_asked',
  'refunded',
  'reallocated',
  'handed_over',
] as const;

/** One page, newest first: what, when, who. */
export function customerHistoryModal(
  history: CustomerHistory,
  dictionaries: CustomerDictionaries,
  reader: RowReader,
  list: string | undefined,
): ModalView {
  const { t } = reader;
  const { id, code, name } = history.customer;
  const heading = t('customers:card.heading', { name: escapeMrkdwn(name), code });
  const page = (number: number) => JSON.stringify({ k: id, p: number });
  return modal({
    callbackId: VIEW.customerHistory,
    title: t('customers:history.title'),
    close: t('common:close'),
    metadata: JSON.stringify(list === undefined ? { k: id } : { k: id, l: list }),
    blocks: present<KnownBlock>(
      section(heading),
      actions([
        button(ACTION.customerOpen, t('lists:back'), { value: customerValue(id) }),
        button(ACTION.customerEvent, t('customers:action.event'), { value: customerValue(id) }),
        auditButton({ kind: 'customer', id }, reader),
      ]),
      ...(history.entries.length === 0
        ? [context(t('customers:history.none'))]
        : [
            listHead(t, history, ''),
            ...history.entries.map((entry) => entryBlock(entry, history, dictionaries, reader)),
          ]),
      ...pager(t, history, ACTION.customerHistory, page),
    ),
  });
}

function entryBlock(
  entry: HistoryEntry,
  history: CustomerHistory,
  dictionaries: CustomerDictionaries,
  reader: RowReader,
): KnownBlock {
  const { t, locale, now, timezone } = reader;
  const merged = entry.subject === 'customer' && entry.ref !== null ? `${entry.ref} · ` : '';
  const row = t('customers:history.row', {
    what: escapeMrkdwn(truncate(merged + whatHappened(entry, history, reader), 300)),
    when: formatInstant(locale, entry.at, now, timezone),
    who: escapeMrkdwn(whoDid(entry, t)),
  });
  const changes =
    entry.action === 'customer.edited' || isLimit(entry.action)
      ? changesOf(entry, history, dictionaries, reader)
      : [];
  return section([row, ...changes].join('\n'));
}

const isLimit = (action: string): boolean => action.startsWith('customer.limit_');

function whatHappened(entry: HistoryEntry, { names }: CustomerHistory, reader: RowReader): string {
  const { t, locale, today } = reader;
  if (entry.event) {
    return t('customers:history.event', {
      date: formatDate(locale, entry.event.on, today),
      text: entry.event.text,
    });
  }
  const { ref, after, before } = entry;
  const step = approvalFact(entry.action, after);
  const verb = EVENTS.find((event) => entry.action.endsWith(`.${event}`));
  const done = verb ? t(`customers:history.event.${verb}`) : t('customers:history.other');
  const event = step ? trailWords(step, t) : done;
  if (entry.action === 'follow_up.recorded') return followUpOf(entry, reader);
  if (entry.action.startsWith('adjustment.')) return adjustmentOf(entry, reader);
  if (entry.subject === 'contract') return t('customers:history.contract', { ref, event });
  if (entry.subject === 'receipt') {
    return t('customers:history.receipt', {
      ref,
      event,
      amount: entry.money && formatMoney(locale, entry.money),
    });
  }
  const nameOf = (id: unknown) => names.get(String(id)) ?? '—';
  switch (entry.action) {
    case 'customer.limit_proposed':
      return t('credit:history.limit_proposed');
    case 'customer.limit_approved':
      return t('credit:history.limit_approved');
    case 'customer.limit_rejected':
      return t('credit:history.limit_rejected');
    case 'customer.limit_withdrawn':
      return t('credit:history.limit_withdrawn');
    case 'customer.created':
      return t('customers:history.created');
    case 'customer.edited':
      return t('customers:history.edited');
    case 'customer.handed_over':
      return t('customers:history.handed_over', {
        before: nameOf(before?.ownerId),
        after: nameOf(after?.ownerId),
      });
    case 'customer.merged':
      return t('customers:history.merged', { code: after?.code });
    case 'customer.absorbed':
      return t('customers:history.absorbed', {
        code: after?.code,
        contracts: after?.contracts,
        receipts: after?.receipts,
      });
    default:
      return step ? event : t('customers:history.other');
  }
}

/** A write-off of one of the customer's instalments, or its undoing. */
function adjustmentOf({ action, ref, after, money }: HistoryEntry, { t, locale }: RowReader): string {
  const kind = after?.kind === 'small_difference' ? 'small_difference' : 'bad_debt';
  return t('adjustments:history.of_row', {
    contract: ref,
    n: after?.seq,
    what: t(`adjustments:what.${action === 'adjustment.undone' ? (`undo_${kind}` as const) : kind}`),
    amount: money && formatMoney(locale, money),
  });
}

/** A follow-up of one of the customer's instalments. */
function followUpOf({ ref, after, money }: HistoryEntry, reader: RowReader): string {
  const text = (key: string) => (typeof after?.[key] === 'string' ? after[key] : null);
  const day = (key: string) => {
    const found = text(key);
    return found !== null && isLocalDate(found) ? found : null;
  };
  const kind = text('kind');
  const result = text('result');
  const told = {
    kind: isKind(kind) ? kind : 'other',
    result: isResult(result) ? result : null,
    content: text('content'),
    reason: text('reason'),
    promisedOn: day('promisedOn'),
    promisedAmount: money?.minor ?? null,
    pauseUntil: day('pauseUntil'),
    nextOn: day('nextOn'),
  } as const;
  const what = followUpWords(told, money?.currency ?? 'CNY', reader);
  return reader.t('follow_ups:history.of_row', { contract: ref, n: after?.seq, what });
}

/** What was changed: field, before → after. */
function changesOf(
  entry: HistoryEntry,
  { names, baseCurrency: currency }: CustomerHistory,
  { customerTypes, industries }: CustomerDictionaries,
  { t, locale }: RowReader,
): string[] {
  const fields = [...new Set([...Object.keys(entry.before ?? {}), ...Object.keys(entry.after ?? {})])];
  const words = (field: string, value: unknown): string => {
    if (value === null || value === undefined || value === '') return t('customers:history.empty');
    if (field === 'creditLimit') return formatMoney(locale, { minor: BigInt(String(value)), currency });
    if (field === 'type') return dictionaryName(customerTypes, String(value), locale);
    if (field === 'industry') return dictionaryName(industries, String(value), locale);
    const state = CUSTOMER_STATES.find((one) => field === 'status' && one === value);
    if (state) return t(`customers:status.${state}`);
    if (field === 'ownerId' || field === 'autoApplyById') return names.get(String(value)) ?? '—';
    if (field === 'contacts' && Array.isArray(value)) {
      return (
        value.map((contact: { name?: unknown }) => String(contact.name ?? '')).join(' ') ||
        t('customers:history.empty')
      );
    }
    if (Array.isArray(value)) return value.join(' ') || t('customers:history.empty');
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
  return fields
    .flatMap((field) => {
      const label = FIELDS[field];
      if (label === undefined) return [];
      const show = (value: unknown) => escapeMrkdwn(truncate(words(field, value), VALUE_LENGTH));
      return t('customers:history.change', {
        field: t(label),
        before: show(entry.before?.[field]),
        after: show(entry.after?.[field]),
      });
    })
    .slice(0, CHANGES_SHOWN);
}

/** A day and what happened on it. */
export function customerEventModal(today: string, metadata: string, { t }: RowReader): ModalView {
  return modal({
    callbackId: VIEW.customerEvent,
    title: t('customers:event.title'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      input('day', t('customers:event.day'), dateInput(today)),
      input('text', t('customers:event.text'), textInput({ multiline: true }), {
        hint: t('customers:event.hint'),
      }),
    ],
  });
}

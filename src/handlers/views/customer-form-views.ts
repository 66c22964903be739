// The form of a customer's file: every field, its contacts one below the other, and the question whether it is a twin. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can, scopeOf } from '../../domain/access.js';
import { CUSTOMER_STATES, type CustomerContact } from '../../domain/customers/customer.js';
import type { CustomerDetails } from '../../domain/customers/customer.queries.js';
import { MAY_OWN } from '../../domain/members/member.js';
import { toDecimalString } from '../../domain/money.js';
import {
  type CompanySettings,
  type DictionaryEntry,
  dictionaryName,
} from '../../domain/settings/settings.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, VIEW } from '../ids.js';
import {
  actions,
  alert,
  button,
  context,
  input,
  modal,
  option,
  present,
  selectInput,
  textInput,
} from './blocks.js';
import { customerValue } from './customer-views.js';
import type { RowReader } from './row-views.js';

const MAX_FILES = 10;
/** So many contacts fit into a form; further ones (of an import) stay as they are. */
export const MAX_CONTACTS = 10;

/** Another customer of the same name or tax number. */
export interface Twin {
  readonly words: string;
  /** The how many-th question of this form it is: each has a tick of its own. */
  readonly count: number;
  /** Its id, if the person may see it. */
  readonly shown: string | null;
}

export interface CustomerFormData {
  /** The customer that is changed; null for a new one. */
  readonly customer: CustomerDetails | null;
  /** How many contacts are asked for. */
  readonly contacts: number;
  readonly templates: readonly { readonly id: string; readonly code: string; readonly name: string }[];
  readonly twin: Twin | null;
  /** Of the company: what a credit limit is in. */
  readonly baseCurrency: string;
  readonly metadata: string;
}

export type CustomerDictionaries = Pick<CompanySettings, 'customerTypes' | 'industries'>;

/** Ticked where finance has switched it on. */
function autoApplyBoxes({ autoApply }: CustomerDetails, t: Translate) {
  const options = [option(t('customers:auto_apply_option'), 'yes')];
  return {
    type: 'checkboxes' as const,
    action_id: 'value',
    options,
    // Of somebody who may not apply any more it has no effect: ticked anew, it is in the name of whoever saves.
    ...(autoApply?.works === true && { initial_options: options }),
  };
}

/** The contacts that a form shows, in its order: the billing one first. */
export function contactsInOrder(contacts: readonly CustomerContact[]): CustomerContact[] {
  return contacts.toSorted((a, b) => Number(b.isBilling ?? false) - Number(a.isBilling ?? false));
}

/** Every field of a customer. */
export function customerFormModal(
  data: CustomerFormData,
  dictionaries: CustomerDictionaries,
  { t, locale, actor }: RowReader,
): ModalView {
  const { customer, twin } = data;
  const optional = { optional: true };
  const line = (field: string, label: string, initial: string | null | undefined, hint?: string) =>
    input(field, label, textInput({ initial: initial ?? null }), {
      optional: field !== 'name',
      ...(hint !== undefined && { hint }),
    });
  const choice = (entries: readonly DictionaryEntry[], now: string | null | undefined) => {
    const offered = entries.filter((entry) => entry.active || entry.key === now);
    const options = offered.map((entry) => option(dictionaryName([entry], entry.key, locale), entry.key));
    const known = now === null || now === undefined || offered.some((entry) => entry.key === now);
    return selectInput(known ? options : [...options, option(now, now)], now);
  };
  const templates = data.templates.map((template) =>
    option(`${template.code} · ${template.name}`, template.id),
  );
  const assigns =
    actor !== null &&
    (customer === null
      ? can(actor, 'customer.assign', actor.id) || scopeOf(actor, 'customer.create') === 'all'
      : can(actor, 'customer.assign', customer.owner.id));
  const sells = actor !== null && MAY_OWN.some((role) => actor.roles.includes(role));
  const ownerNow = customer?.owner.slackUserId ?? (sells ? actor.slackUserId : undefined);
  const mayThaw = customer?.status !== 'frozen' || (actor !== null && can(actor, 'customer.unfreeze'));
  const blocks = present<KnownBlock>(
    twin !== null && alert(twin.words),
    twin !== null &&
      twin.shown !== null &&
      actions([button(ACTION.customerUse, t('customers:twin.use'), { value: customerValue(twin.shown) })]),
    twin !== null &&
      input(
        `checked|${twin.count}`,
        t('customers:twin.label'),
        { type: 'checkboxes', action_id: 'value', options: [option(t('customers:twin.checked'), 'yes')] },
        optional,
      ),
    line('name', t('customers:name'), customer?.name),
    line('shortName', t('customers:short_name'), customer?.shortName),
    input('type', t('customers:type'), choice(dictionaries.customerTypes, customer?.type), optional),
    input('industry', t('customers:industry'), choice(dictionaries.industries, customer?.industry), optional),
    ...contactBlocks(data, t),
    line('address', t('customers:address'), customer?.address),
    line('taxTitle', t('customers:tax_title'), customer?.taxTitle),
    line('taxNo', t('customers:tax_no'), customer?.taxNo),
    line('bank', t('customers:bank'), customer?.bank),
    line('bankAccount', t('customers:bank_account'), customer?.bankAccount),
    line(
      'termDays',
      t('customers:term_days'),
      customer?.defaultTermDays?.toString(),
      t('customers:term_days_hint'),
    ),
    actor !== null &&
      can(actor, 'credit.edit') &&
      line(
        'creditLimit',
        t('customers:credit_limit'),
        customer?.credit && toDecimalString(customer.credit.limit, data.baseCurrency),
        t('customers:credit_limit_hint', { currency: data.baseCurrency }),
      ),
    actor !== null &&
      customer !== null &&
      can(actor, 'receipt.apply') &&
      input('autoApply', t('customers:auto_apply'), autoApplyBoxes(customer, t), {
        ...optional,
        hint: t('customers:auto_apply_hint'),
      }),
    templates.length > 0 &&
      input('template', t('customers:template'), selectInput(templates, customer?.template?.id), {
        ...optional,
        hint: t('customers:template_hint'),
      }),
    input(
      'payers',
      t('customers:payers'),
      textInput({ initial: customer?.relatedPayers.join('\n') ?? null, multiline: true }),
      { ...optional, hint: t('customers:payers_hint') },
    ),
    assigns &&
      input(
        'owner',
        t('customers:owner'),
        {
          type: 'users_select',
          action_id: 'value',
          ...(ownerNow !== undefined && { initial_user: ownerNow }),
        },
        // Who does not sell has to name who does.
        { optional: ownerNow !== undefined, hint: t('customers:owner_hint') },
      ),
    !mayThaw && context(t('customers:status_frozen')),
    customer !== null &&
      mayThaw &&
      input(
        'status',
        t('customers:status'),
        selectInput(
          CUSTOMER_STATES.map((state) => option(t(`customers:status.${state}`), state)),
          customer.status,
        ),
        { hint: t('customers:status_hint') },
      ),
    input(
      'files',
      t('customers:files'),
      { type: 'file_input', action_id: 'value', max_files: MAX_FILES },
      { ...optional, hint: t('common:files_hint') },
    ),
    input(
      'remark',
      t('customers:remark'),
      textInput({ initial: customer?.remark ?? null, multiline: true }),
      optional,
    ),
  );
  return modal({
    callbackId: customer ? VIEW.customerEdit : VIEW.customerNew,
    title: t(customer ? 'customers:edit.title' : 'customers:new'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks,
  });
}

/** Name, phone, e-mail, position and billing of each contact; [加联系人] below. */
function contactBlocks({ customer, contacts }: CustomerFormData, t: Translate): KnownBlock[] {
  const known = contactsInOrder(customer?.contacts ?? []);
  const blocks = Array.from({ length: contacts }, (_, place): KnownBlock[] => {
    const contact = known[place];
    const field = (name: string, label: string, initial: string | undefined) =>
      input(`${name}${place}`, label, textInput({ initial: initial ?? null }), { optional: true });
    const billing = option(t('customers:contact_billing'), 'yes');
    const isBilling = contact?.isBilling ?? (place === 0 && known.length === 0);
    return [
      context(t('customers:contact_no', { number: place + 1 })),
      field('contactName', t('customers:contact_name'), contact?.name),
      field('contactPhone', t('customers:contact_phone'), contact?.phone),
      field('contactEmail', t('customers:contact_email'), contact?.email),
      field('contactRole', t('customers:contact_role'), contact?.role),
      input(
        `contactBilling${place}`,
        t('customers:contact_bills'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: [billing],
          ...(isBilling && { initial_options: [billing] }),
        },
        { optional: true },
      ),
    ];
  }).flat();
  return contacts < MAX_CONTACTS
    ? [...blocks, actions([button(ACTION.customerContact, t('customers:contact_add'))])]
    : blocks;
}

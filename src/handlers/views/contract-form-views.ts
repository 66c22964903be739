// The form to make or change a contract (ux §4.4 step 1). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { FORM_MILESTONES } from '../../domain/contracts/contract.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { toDecimalString } from '../../domain/money.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  button,
  dateInput,
  externalSelect,
  input,
  modal,
  option,
  present,
  selectInput,
  textInput,
} from './blocks.js';
import type { ContractDictionaries } from './contract-views.js';
import { customerOption } from './plan-inputs.js';
import type { RowReader } from './row-views.js';

const MAX_FILES = 10;

export interface ContractFormData {
  /** Chosen already: a new block_id makes Slack take it over what was chosen before. */
  readonly customer: { readonly id: string; readonly name: string; readonly code: string } | null;
  /** The contract that is changed; null for a new one. */
  readonly contract: ContractDetails | null;
  readonly baseCurrency: string;
  /** Whether [新建客户] is offered. */
  readonly offersNewCustomer: boolean;
  readonly metadata: string;
}

/** New: `下一步` leads to the card with its plan; edit: `保存`. */
export function contractFormModal(
  data: ContractFormData,
  dictionaries: ContractDictionaries,
  { t, locale }: RowReader,
): ModalView {
  const { contract } = data;
  const customer = contract?.customer ?? data.customer;
  const optional = { optional: true };
  const choices = (entries: readonly DictionaryEntry[], present: string | null) =>
    entries
      .filter((entry) => entry.active || entry.key === present)
      .map((entry) => option(dictionaryName([entry], entry.key, locale), entry.key));
  const blocks = present<KnownBlock>(
    input(
      customer ? `customerId|${customer.id}` : 'customerId',
      t('contracts:customer'),
      externalSelect(OPTIONS.customer, {
        initial: customer ? customerOption(customer, { locale }) : undefined,
      }),
      { hint: t('contracts:customer_hint') },
    ),
    data.offersNewCustomer && actions([button(ACTION.customerNew, t('contracts:customer_new'))]),
    input('name', t('contracts:name'), textInput({ initial: contract?.name ?? null })),
    input(
      'type',
      t('contracts:type'),
      selectInput(choices(dictionaries.contractTypes, contract?.type ?? null), contract?.type),
    ),
    input(
      'amount',
      t('contracts:amount'),
      textInput({ initial: contract && toDecimalString(contract.amount, contract.currency) }),
      { hint: t('contracts:amount_hint') },
    ),
    input(
      'currency',
      t('contracts:currency'),
      selectInput(
        [...new Set([...dictionaries.currencies, ...(contract ? [contract.currency] : [])])].map((code) =>
          option(code, code),
        ),
        contract?.currency ?? data.baseCurrency,
      ),
    ),
    input('signedOn', t('contracts:signed_on'), dateInput(contract?.signedOn)),
    input('startsOn', t('amendments:starts_on'), dateInput(contract?.startsOn), optional),
    input('endsOn', t('amendments:ends_on'), dateInput(contract?.endsOn), optional),
    ...FORM_MILESTONES.map((kind) =>
      input(
        kind,
        t(`contracts:milestone.${kind}`),
        dateInput(contract?.milestones[kind]?.expectedOn),
        optional,
      ),
    ),
    input(
      'paymentMethod',
      t('contracts:payment_method'),
      selectInput(
        choices(dictionaries.paymentMethods, contract?.paymentMethod ?? null),
        contract?.paymentMethod,
      ),
      optional,
    ),
    input(
      'files',
      t(contract ? 'contracts:files_more' : 'contracts:files'),
      { type: 'file_input', action_id: 'value', max_files: MAX_FILES },
      optional,
    ),
    input(
      'remark',
      t('contracts:remark'),
      textInput({ initial: contract?.remark ?? null, multiline: true }),
      optional,
    ),
  );
  return modal({
    callbackId: contract ? VIEW.contractEdit : VIEW.contractNew,
    title: t(contract ? 'contracts:edit.title' : 'contracts:new'),
    submit: t(contract ? 'common:save' : 'contracts:next'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks,
  });
}

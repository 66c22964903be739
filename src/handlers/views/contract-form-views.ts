// The form to make or change a contract: step 1 its fields, step 2 its plan (ux §4.4). The preview is that of plans. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { UploadedFile } from '../../domain/attachments.js';
import { FORM_MILESTONES } from '../../domain/contracts/contract.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { toDecimalString } from '../../domain/money.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatMoney, shortName, truncate } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import { RECORD } from '../record-ids.js';
import {
  actions,
  button,
  context,
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
import { contractHeading } from './contract-approval-views.js';
import type { ContractDictionaries } from './contract-views.js';
import { customerOption } from './plan-inputs.js';
import { type How, PLAN_HOWS, type PlanBasis, type PlanStep, planStepBlocks } from './plan-step-views.js';
import { type OfferedDraft, offerBlocks } from './plan-views.js';
import type { RowReader } from './row-views.js';

const MAX_FILES = 10;

export interface ContractFormData {
  /** Chosen already: a new block_id makes Slack take it over what was chosen before. */
  readonly customer: { readonly id: string; readonly name: string; readonly code: string } | null;
  /** The contract that is changed; null for a new one. */
  readonly contract: ContractDetails | null;
  readonly baseCurrency: string;
  /** Who of finance may answer for it. */
  readonly financePeople: readonly { readonly id: string; readonly name: string }[];
  /** Files chosen before the form was drawn anew: a file input cannot show them. */
  readonly files: readonly UploadedFile[];
  /** What was typed last time and can be continued. */
  readonly offered: OfferedDraft | null;
  readonly metadata: string;
}

/** `{no.} · {name}`; only the name is cut. */
export const frameworkOption = (contract: {
  readonly id: string;
  readonly number: string;
  readonly name: string;
}) => {
  const room = Math.max(1, 75 - [...contract.number].length - 3);
  return option(`${contract.number} · ${truncate(contract.name, room)}`, contract.id);
};

/** Step 1: the fields. */
export function contractFormModal(
  data: ContractFormData,
  dictionaries: ContractDictionaries,
  reader: RowReader,
): ModalView {
  const { t, locale } = reader;
  const { contract } = data;
  const customer = data.customer ?? contract?.customer;
  const optional = { optional: true };
  const choices = (entries: readonly DictionaryEntry[], present: string | null) =>
    entries
      .filter((entry) => entry.active || entry.key === present)
      .map((entry) => option(dictionaryName([entry], entry.key, locale), entry.key));
  const blocks = present<KnownBlock>(
    ...(data.offered ? offerBlocks(data.offered, reader) : []),
    input(
      customer ? `customerId|${customer.id}` : 'customerId',
      t('contracts:customer'),
      externalSelect(OPTIONS.contractCustomer, {
        initial: customer ? customerOption(customer, { locale }) : undefined,
      }),
      { hint: t('contracts:customer_hint') },
    ),
    actions([button(ACTION.customerNew, t('contracts:customer_new'))]),
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
    input('endsOn', t('amendments:ends_on'), dateInput(contract?.endsOn), {
      ...optional,
      hint: t('contracts:ends_hint'),
    }),
    ...FORM_MILESTONES.map((kind) =>
      input(kind, t(`contracts:milestone.${kind}`), dateInput(contract?.milestones[kind]?.expectedOn), {
        ...optional,
        hint: t('contracts:milestone_hint'),
      }),
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
    !contract &&
      reader.actor !== null &&
      can(reader.actor, 'contract.assign') &&
      input(
        'owner',
        t('contracts:field.owner'),
        { type: 'users_select', action_id: 'value' },
        { optional: true, hint: t('contract_life:owner_hint') },
      ),
    ...financeInput(data, reader),
    // One that the reader does not see stays: an empty select would take it away.
    (contract?.framework != null || !contract?.parentContractId) &&
      input(
        'parentContractId',
        t('contracts:framework'),
        externalSelect(OPTIONS.framework, {
          initial: contract?.framework ? frameworkOption(contract.framework) : undefined,
        }),
        { optional: true, hint: t('contracts:framework_hint') },
      ),
    ...fileInputs(data, reader),
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
    submit: t('contracts:next'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks,
  });
}

/** Another finance owner of a contract in force. */
export function financeOwnerModal(
  contract: ContractDetails,
  financePeople: ContractFormData['financePeople'],
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  return modal({
    callbackId: VIEW.contractFinance,
    title: t('contracts:finance_owner'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(contractHeading(contract, reader)),
      ...financeInput({ contract, financePeople }, reader),
      context(t('contracts:finance_owner.hint')),
    ],
  });
}

/** Another owner of a contract. */
export function contractOwnerModal(
  contract: ContractDetails,
  metadata: string,
  reader: RowReader,
): ModalView {
  const { t } = reader;
  return modal({
    callbackId: RECORD.assign,
    title: t('contract_life:assign'),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(contractHeading(contract, reader)),
      context(
        t('contract_life:assign.now', { owner: escapeMrkdwn(shortName(reader.locale, contract.owner.name)) }),
      ),
      input(
        'to',
        t('contract_life:assign.to'),
        { type: 'users_select', action_id: 'value' },
        { hint: t('contract_life:assign.hint') },
      ),
    ],
  });
}

/** Nobody in finance: nothing to choose from. */
function financeInput(
  { contract, financePeople }: Pick<ContractFormData, 'contract' | 'financePeople'>,
  { t, locale }: RowReader,
): KnownBlock[] {
  const present = contract?.financeOwner ?? null;
  const known = financePeople.some((person) => person.id === present?.id);
  const people = [...(present && !known ? [present] : []), ...financePeople];
  if (people.length === 0) return [];
  const options = people.map((person) => option(shortName(locale, person.name), person.id));
  const select = selectInput(options, present?.id);
  return [
    input('financeOwnerId', t('contracts:finance_owner'), select, {
      optional: true,
      hint: t('contracts:finance_owner.hint'),
    }),
  ];
}

function fileInputs({ contract, files }: ContractFormData, { t }: RowReader): KnownBlock[] {
  const kept = files.slice(0, MAX_FILES).map((file) => option(truncate(file.name, 75), file.slackFileId));
  const room = MAX_FILES - kept.length;
  const label = t(contract ? 'contracts:files_more' : 'contracts:files');
  const chooser = { type: 'file_input', action_id: 'value', max_files: room } as const;
  return present<KnownBlock>(
    kept.length > 0 &&
      input(
        `keptFiles|${kept.length}`,
        t('contracts:files.kept'),
        { type: 'checkboxes', action_id: 'value', options: kept, initial_options: kept },
        { optional: true },
      ),
    room > 0 &&
      input(`files|${kept.length}`, label, chooser, { optional: true, hint: t('common:files_hint') }),
  );
}

export interface ContractPlanData {
  readonly basis: PlanBasis;
  readonly step: PlanStep;
  /** Of a contract that is changed: whether it has a plan to keep. */
  readonly isEdit: boolean;
  readonly hasPlan: boolean;
  readonly metadata: string;
}

/** Step 2: how the plan is made, or that it is made later. */
export function contractPlanModal(
  data: ContractPlanData,
  dictionaries: Pick<ContractDictionaries, 'paymentMethods'>,
  reader: RowReader,
): ModalView {
  const { t, locale } = reader;
  const { basis, hasPlan } = data;
  const amount = formatMoney(locale, { minor: basis.amount, currency: basis.currency });
  const hows: readonly How[] = hasPlan ? ['keep', ...PLAN_HOWS] : [...PLAN_HOWS, 'later'];
  const heading = [basis.contractNumber, escapeMrkdwn(truncate(basis.contractName, 40)), amount];
  return modal({
    callbackId: VIEW.contractPlan,
    title: t(data.isEdit ? 'contracts:edit.title' : 'contracts:new'),
    submit: t('plans:preview'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: [
      section(`*${heading.filter(Boolean).join(' · ')}*`),
      ...planStepBlocks(basis, data.step, hows, reader, dictionaries.paymentMethods),
      actions([button(ACTION.contractBack, t('planning:back'))]),
    ],
  });
}

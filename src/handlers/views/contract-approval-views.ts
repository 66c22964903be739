// A contract in approval: the card in the approver's DM, before and after the decision; sending for approval; what the
// submitter is told. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer, shortName, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { type ButtonWords, cardActions, stepTitle } from './approval-views.js';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  fields,
  header,
  input,
  modal,
  option,
  present,
  section,
} from './blocks.js';
import { contractValue } from './contract-list-views.js';
import { approvalLine, planLines, rejectionReason, termsLines } from './contract-terms-views.js';
import { deciderNames } from './decider-words.js';
import type { RowReader } from './row-views.js';

const CARD_ROWS = 8;
const REMARK_LENGTH = 80;

/** A message: the sentence for notifications, and its blocks. */
interface CardMessage {
  readonly text: string;
  readonly blocks: KnownBlock[];
}
type Dictionaries = Pick<CompanySettings, 'contractTypes' | 'paymentMethods'>;

/** The approver's card; once decided without buttons, with who and when (ux §4.4, §4.6). */
export function contractCardMessage(
  contract: ContractDetails & { readonly approval: ApprovalDetails },
  dictionaries: Dictionaries,
  reader: RowReader,
): CardMessage {
  const { t, locale, today } = reader;
  const { approval, number } = contract;
  const isOpen = approval.status === 'open';
  const text = t(`contracts:approval.text.${approval.status}`, {
    number,
    customer: shortCustomer(locale, contract.customer.name),
    amount: formatMoney(locale, { minor: contract.amount, currency: contract.currency }),
    who: isOpen ? approval.requestedBy.name : deciderNames(approval, locale),
  });
  const blocks = present<KnownBlock>(
    header(stepTitle(approval, t(`contracts:approval.header.${approval.status}`, { number }), t)),
    cardFields(contract, dictionaries, reader),
    contract.remark !== null && context(escapeMrkdwn(truncate(contract.remark, REMARK_LENGTH))),
    section(planLines(contract, reader, CARD_ROWS, false)),
    isOpen && section(termsLines(contract, today, reader)),
    context(approvalLine(approval, reader)),
    isOpen && cardActions(approval, approveWords(contract, reader), reader),
  );
  return { text, blocks };
}

function cardFields(
  contract: ContractDetails & { approval: ApprovalDetails },
  dictionaries: Dictionaries,
  { t, locale, today }: RowReader,
): KnownBlock {
  const { signedOn, paymentMethod } = contract;
  const files = contract.fileNames.length;
  return fields(
    present(
      [t('contracts:field.customer'), shortCustomer(locale, contract.customer.name)] as const,
      [t('contracts:field.name'), shortName(locale, contract.name)] as const,
      [
        t('contracts:amount'),
        formatMoney(locale, { minor: contract.amount, currency: contract.currency }),
      ] as const,
      [t('contracts:type'), dictionaryName(dictionaries.contractTypes, contract.type, locale)] as const,
      signedOn && ([t('contracts:signed_on'), formatDate(locale, signedOn, today)] as const),
      paymentMethod !== null &&
        ([
          t('contracts:payment_method'),
          dictionaryName(dictionaries.paymentMethods, paymentMethod, locale),
        ] as const),
      [t('contracts:field.owner'), contract.owner.name] as const,
      [t('contracts:field.submitter'), contract.approval.requestedBy.name] as const,
      files > 0 && ([t('contracts:field.files'), filesWords(contract.fileNames, t)] as const),
    ),
  );
}

/** How many files, and the first names. */
export function filesWords(names: readonly string[], t: RowReader['t']): string {
  const first = names.slice(0, 3).map((name) => truncate(name, 24));
  return t('contracts:files.list', {
    count: names.length,
    names: names.length > 3 ? `${first.join(t('common:comma'))}…` : first.join(t('common:comma')),
  });
}

/** What its buttons say. */
export function approveWords(contract: ContractDetails, { t, locale }: RowReader): ButtonWords {
  const { number } = contract;
  const amount = formatMoney(locale, { minor: contract.amount, currency: contract.currency });
  const count = contract.rows.length;
  return {
    label: `${number} ${shortCustomer(locale, contract.customer.name)}`,
    title: t('contracts:approve.confirm_title', { number }),
    text:
      count === 0
        ? t('contracts:approve.confirm_text_none', { amount })
        : t('contracts:approve.confirm_text', { amount, count }),
  };
}

/** Before sending: sum, dates and anchors checked; a plan below the amount needs its tick. */
export function contractSubmitModal(
  contract: ContractDetails,
  reader: RowReader,
  metadata: string,
): ModalView {
  const { t, today } = reader;
  const words = contract.rows.length === 0 ? 'contracts:submit.plan_later' : 'contracts:submit.leave';
  const leave = option(t(words), 'yes');
  return modal({
    callbackId: VIEW.contractSubmit,
    title: t('contracts:submit.title'),
    submit: t('common:send_for_approval'),
    close: t('common:cancel'),
    metadata,
    blocks: present<KnownBlock>(
      section(contractHeading(contract, reader)),
      section(planLines(contract, reader, CARD_ROWS, false)),
      section(termsLines(contract, today, reader)),
      contract.planned < contract.amount &&
        input(
          'planLater',
          t('contracts:submit.plan'),
          { type: 'checkboxes', action_id: 'value', options: [leave] },
          { optional: true },
        ),
    ),
  });
}

/** Customer, number and name at the head of a window about it, whole; escaped. */
export function contractHeading(contract: ContractDetails, { t }: Pick<RowReader, 't'>): string {
  return t('contracts:card.heading', {
    customer: escapeMrkdwn(contract.customer.name),
    number: contract.number,
    name: escapeMrkdwn(contract.name),
  });
}

/** To the submitter: what was decided, and the next step. */
export function contractDecidedMessage(
  contract: ContractDetails & { readonly approval: ApprovalDetails },
  reader: RowReader,
): CardMessage {
  const { t, locale } = reader;
  const { approval } = contract;
  const count = contract.rows.length;
  const facts = {
    number: contract.number,
    name: shortName(locale, contract.name),
    who: deciderNames(approval, locale),
    count,
  };
  const value = contractValue(contract.id);
  const open = button(ACTION.contractOpen, t('common:open'), { value });
  if (approval.status === 'rejected') {
    const text = t('contracts:decided.rejected', { ...facts, reason: rejectionReason(approval, reader) });
    const edit = button(ACTION.contractEdit, t('contracts:decided.edit'), { value, style: 'primary' });
    const canEdit = contract.status === 'rejected';
    return { text, blocks: [section(escapeMrkdwn(text)), actions(canEdit ? [edit, open] : [open])] };
  }
  const text = t(count === 0 ? 'contracts:decided.approved_none' : 'contracts:decided.approved', facts);
  return { text, blocks: [section(escapeMrkdwn(text)), actions([open])] };
}

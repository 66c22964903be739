// A contract as a modal: its card with what may be done now, and the form to make or change one. Pure.

import type { Button, KnownBlock, ModalView } from '@slack/types';
import { type Actor, can } from '../../domain/access.js';
import { isUndecided } from '../../domain/approvals/approval.js';
import type { ApprovalDetails } from '../../domain/approvals/approval.queries.js';
import { allowsEvent, hasFinanceOwner, MILESTONE_KINDS } from '../../domain/contracts/contract.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { type CompanySettings, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer, shortName, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { RECORD } from '../record-ids.js';
import { changeBlocks, openChangeButtons } from './amendment-views.js';
import { approvalValue, windowButtons } from './approval-views.js';
import { auditButton } from './audit-views.js';
import {
  actions,
  alert,
  button,
  confirm,
  context,
  escapeMrkdwn,
  fields,
  modal,
  present,
  section,
} from './blocks.js';
import { approveWords, contractHeading, filesWords } from './contract-approval-views.js';
import { archiveButton, voidButton } from './contract-end-views.js';
import { contractValue, percentReceived, progressBar } from './contract-list-views.js';
import { approvalLine, planLines } from './contract-terms-views.js';
import { waitingVoid } from './contract-void-views.js';
import { filesButton } from './files-views.js';
import { timelineValue } from './follow-up-list-views.js';
import { backButton } from './list-views.js';
import { milestoneValue } from './milestone-views.js';
import type { RowReader } from './row-views.js';

const CARD_ROWS = 12;
const REMARK_LENGTH = 80;

export type ContractDictionaries = Pick<CompanySettings, 'contractTypes' | 'paymentMethods' | 'currencies'>;

/** Serialised state of the list the card was opened from, and what has just happened, as a sentence. */
export interface CardExtras {
  readonly list?: string | undefined;
  readonly result?: string | undefined;
  readonly level?: 'success' | 'warning';
}

/** private_metadata of the card: which contract, and the list behind it; read again by contractCardState (handlers). */
export const cardMetadata = (contractId: string, list: string | undefined): string =>
  JSON.stringify(list === undefined ? { c: contractId } : { c: contractId, l: list });

/** The contract with its plan, its approval and the actions that its state and the reader's role allow. */
export function contractCardModal(
  contract: ContractDetails,
  dictionaries: ContractDictionaries,
  reader: RowReader,
  extras: CardExtras = {},
): ModalView {
  const { t, locale, today } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: contract.currency });
  const percent = percentReceived(contract);
  const dates = MILESTONE_KINDS.flatMap((kind) => {
    const milestone = contract.milestones[kind];
    const day = milestone?.actualOn ?? milestone?.expectedOn;
    if (!day) return [];
    const date = formatDate(locale, day, today);
    const words = milestone?.actualOn ? date : t('contracts:date.expected', { date });
    return [[t(`contracts:milestone_name.${kind}`), words] as const];
  });
  const { approval, signedOn, paymentMethod, remark } = contract;
  const buttons = cardButtons(contract, reader, extras.list);
  return modal({
    callbackId: VIEW.contractCard,
    title: t('contracts:card.title'),
    close: t('common:close'),
    metadata: cardMetadata(contract.id, extras.list),
    blocks: present<KnownBlock>(
      extras.result !== undefined && alert(extras.result, extras.level ?? 'success'),
      section(contractHeading(contract, reader)),
      fields([
        [t('contracts:field.state'), t(`common:contract_state.${contract.status}`)],
        [t('contracts:amount'), money(contract.amount)],
        [t('contracts:field.planned'), money(contract.planned)],
        [t('contracts:field.balance'), money(contract.amount - contract.planned)],
        [
          t('contracts:field.received'),
          t('contracts:progress', {
            received: money(contract.received),
            pct: percent,
            bar: progressBar(percent),
          }),
        ],
        ...(contract.outstanding > 0n
          ? ([[t('contract_life:outstanding'), money(contract.outstanding)]] as const)
          : []),
        ...(contract.adjusted > 0n ? ([[t('adjustments:field'), money(contract.adjusted)]] as const) : []),
        ...(contract.overdue > 0n ? ([[t('contract_life:overdue'), money(contract.overdue)]] as const) : []),
        [t('contracts:type'), dictionaryName(dictionaries.contractTypes, contract.type, locale)],
        [t('contracts:field.owner'), shortName(locale, contract.owner.name)],
      ]),
      ...endLines(contract, reader),
      ...inTens(
        present(
          signedOn && ([t('contracts:signed_on'), formatDate(locale, signedOn, today)] as const),
          contract.startsOn &&
            ([t('amendments:starts_on'), formatDate(locale, contract.startsOn, today)] as const),
          contract.endsOn && ([t('amendments:ends_on'), formatDate(locale, contract.endsOn, today)] as const),
          paymentMethod !== null &&
            ([
              t('contracts:payment_method'),
              dictionaryName(dictionaries.paymentMethods, paymentMethod, locale),
            ] as const),
          contract.financeOwner &&
            ([t('contracts:finance_owner'), shortName(locale, contract.financeOwner.name)] as const),
          ...dates,
          contract.fileNames.length > 0 &&
            ([t('contracts:field.files'), filesWords(contract.fileNames, t)] as const),
          contract.children > 0 &&
            ([
              t('contracts:framework_children'),
              t('contracts:framework_count', { count: contract.children }),
            ] as const),
        ),
      ),
      contract.framework && frameworkLine(contract.framework, reader),
      remark !== null && context(escapeMrkdwn(truncate(remark, REMARK_LENGTH))),
      section(planLines(contract, reader, CARD_ROWS, true)),
      approval && context(approvalWords(approval, reader)),
      ...waitingVoid(contract, reader),
      ...changeBlocks(contract, dictionaries.paymentMethods, reader),
      buttons.length > 0 && actions(buttons),
    ),
  });
}

/** Fields in blocks of ten, which is all that Slack takes in one. */
const inTens = (pairs: readonly (readonly [string, string])[]): KnownBlock[] =>
  Array.from({ length: Math.ceil(pairs.length / 10) }, (_none, block) =>
    fields(pairs.slice(block * 10, block * 10 + 10)),
  );

/** The framework contract, with the way to it. */
function frameworkLine(
  framework: NonNullable<ContractDetails['framework']>,
  { t, locale }: RowReader,
): KnownBlock {
  const name = escapeMrkdwn(shortName(locale, framework.name));
  return section(
    `*${t('contracts:framework')}*\n${framework.number} ${name}`,
    button(ACTION.contractOpen, t('common:open'), {
      value: contractValue(framework.id),
      label: `${t('common:open')} ${framework.number}`,
    }),
  );
}

/** When it was paid in full, or why it is void. */
function endLines(contract: ContractDetails, { t, locale, today }: RowReader): KnownBlock[] {
  const { completedOn, voided } = contract;
  return present<KnownBlock>(
    completedOn && context(t('contract_life:completed', { date: formatDate(locale, completedOn, today) })),
    voided &&
      context(
        t('contract_life:voided', {
          date: formatDate(locale, voided.on, today),
          reason: escapeMrkdwn(truncate(voided.reason, REMARK_LENGTH * 3)),
        }),
      ),
  );
}

/** Who is waited for, or what was decided, by whom and when. */
function approvalWords(approval: ApprovalDetails, reader: RowReader): string {
  const line = approvalLine(approval, reader);
  return approval.status === 'open'
    ? line
    : `${reader.t(`contracts:approval.state.${approval.status}`)} · ${line}`;
}

/** In the order of what comes next; at most one is primary. */
function cardButtons(contract: ContractDetails, reader: RowReader, list: string | undefined): Button[] {
  const { t, actor } = reader;
  const value = contractValue(contract.id);
  const owner = contract.owner.id;
  const may = (action: Parameters<typeof can>[1]) => actor !== null && can(actor, action, owner);
  const isPlanned = contract.planned >= contract.amount;
  const primary = (isFirst: boolean) => (isFirst ? { style: 'primary' as const } : {});
  return present<Button>(
    ...decisions(contract, reader, actor),
    ...openChangeButtons(contract, reader),
    allowsEvent(contract.status, 'plan') &&
      !isPlanned &&
      may('plan.create') &&
      button(ACTION.planNew, t('contracts:action.plan'), { value, ...primary(contract.rows.length === 0) }),
    allowsEvent(contract.status, 'submit') &&
      may('contract.submit') &&
      button(ACTION.contractSubmit, t('common:send_for_approval'), {
        value,
        ...primary(contract.rows.length > 0),
      }),
    contract.rows.length > 0 && button(ACTION.planOf, t('contracts:action.plans'), { value }),
    (contract.status === 'active' || contract.status === 'completed') &&
      may('receipt.record') &&
      button(ACTION.receiptNew, t('plans:record'), { value }),
    ['active', 'completed', 'archived'].includes(contract.status) &&
      button(ACTION.followUpList, t('follow_ups:timeline'), {
        value: timelineValue({ contractId: contract.id }),
      }),
    ['active', 'completed', 'archived', 'void'].includes(contract.status) &&
      button(ACTION.ledger, t('ledger:title'), { value }),
    contract.fileNames.length > 0 && filesButton({ type: 'contract', id: contract.id }, contract.number, t),
    allowsEvent(contract.status, 'milestone') &&
      may('milestone.set') &&
      button(ACTION.milestoneOpen, t('milestones:button'), { value: milestoneValue(contract.id, null) }),
    allowsEvent(contract.status, 'edit') &&
      may('contract.edit') &&
      button(ACTION.contractEdit, t('common:edit'), { value }),
    allowsEvent(contract.status, 'amend') &&
      may('contract.amend') &&
      contract.changes.every((change) => change.status !== 'open') &&
      button(ACTION.contractAmend, t('amendments:button'), { value }),
    hasFinanceOwner(contract.status) &&
      may('contract.finance') &&
      button(ACTION.contractFinance, t('contracts:finance_owner'), { value }),
    allowsEvent(contract.status, 'correct') &&
      may('contract.edit') &&
      button(RECORD.correct, t('contract_life:correct'), { value }),
    allowsEvent(contract.status, 'assign') &&
      may('contract.assign') &&
      button(RECORD.assign, t('contract_life:assign'), { value }),
    allowsEvent(contract.status, 'archive') && may('contract.archive') && archiveButton(contract, reader),
    allowsEvent(contract.status, 'void') &&
      may('contract.void') &&
      contract.voiding === null &&
      voidButton(contract, reader),
    allowsEvent(contract.status, 'delete') && may('contract.delete') && deleteButton(contract, reader),
    actor !== null && auditButton({ kind: 'contract', id: contract.id }, reader),
    list !== undefined && backButton(t, ACTION.contractPage, list),
  );
}

/** While it waits: the approver decides, the submitter may take it back. */
function decisions(contract: ContractDetails, reader: RowReader, actor: Actor | null): Button[] {
  const { approval } = contract;
  if (approval?.status !== 'open' || actor === null || !allowsEvent(contract.status, 'decide')) return [];
  const withApproval: ContractDetails & { approval: ApprovalDetails } = { ...contract, approval };
  const scope = { action: 'contract.approve', ownerId: contract.owner.id } as const;
  return [
    ...windowButtons(approval, approveWords(contract, reader), reader, scope),
    ...(approval.requestedBy.id === actor.id && isUndecided(approval)
      ? [withdrawButton(withApproval, reader)]
      : []),
  ];
}

function withdrawButton(contract: ContractDetails & { approval: ApprovalDetails }, { t }: RowReader): Button {
  const { number, approval } = contract;
  return button(ACTION.approvalWithdraw, t('contracts:action.withdraw'), {
    value: approvalValue(approval),
    confirm: confirm(
      t('contracts:withdraw.confirm_title', { number }),
      t('contracts:withdraw.confirm_text'),
      t('contracts:action.withdraw'),
      t('contracts:withdraw.confirm_keep'),
    ),
  });
}

function deleteButton(contract: ContractDetails, { t, locale }: RowReader): Button {
  const { number, rows } = contract;
  const customer = shortCustomer(locale, contract.customer.name);
  return button(ACTION.contractDelete, t('common:delete'), {
    value: JSON.stringify({ c: contract.id, v: contract.version }),
    style: 'danger',
    label: `${t('common:delete')} ${number} ${customer}`,
    confirm: confirm(
      t('contracts:delete.confirm_title', { number }),
      rows.length === 0
        ? t('contracts:delete.confirm_text_none')
        : t('contracts:delete.confirm_text', { count: rows.length }),
      t('common:delete'),
      t('common:keep'),
      true,
    ),
  });
}

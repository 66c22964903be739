// How a contract ends: the form for voiding it, its buttons, and what its owner is told. Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import type { VoidFacts } from '../../domain/contracts/contract-void.queries.js';
import { type CreditCheck, isAboveLimit } from '../../domain/customers/credit.js';
import { formatDate, formatMoney, shortCustomer, shortName, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { actions, button, confirm, escapeMrkdwn, input, modal, section, textInput } from './blocks.js';
import { contractHeading } from './contract-approval-views.js';
import { contractValue } from './contract-list-views.js';
import { creditLine } from './contract-terms-views.js';
import type { RowReader } from './row-views.js';

const REASON_LENGTH = 200;
export const VOID_REASON_MAX = 500;

/** Value of [归档]: which contract, and the version that was shown. */
const versioned = ({ id, version }: ContractDetails): string => JSON.stringify({ c: id, v: version });

/** [归档] with its confirm. */
export function archiveButton(contract: ContractDetails, { t, locale }: RowReader): Button {
  const { number } = contract;
  return button(ACTION.contractArchive, t('contract_life:archive'), {
    value: versioned(contract),
    label: `${t('contract_life:archive')} ${number} ${shortCustomer(locale, contract.customer.name)}`,
    confirm: confirm(
      t('contract_life:archive.title', { number }),
      t('contract_life:archive.text'),
      t('contract_life:archive'),
      t('contract_life:archive.keep'),
    ),
  });
}

/** [作废]: asks for the reason first. */
export function voidButton(contract: ContractDetails, { t, locale }: RowReader): Button {
  return button(ACTION.contractVoid, t('contract_life:void'), {
    value: contractValue(contract.id),
    style: 'danger',
    label: `${t('contract_life:void')} ${contract.number} ${shortCustomer(locale, contract.customer.name)}`,
  });
}

/** What voiding does, and why it is done. */
export function voidModal(contract: ContractDetails, reader: RowReader, metadata: string): ModalView {
  const { t, locale } = reader;
  const amount = formatMoney(locale, { minor: contract.outstanding, currency: contract.currency });
  const count = contract.rows.length;
  return modal({
    callbackId: VIEW.contractVoid,
    title: t('contract_life:void.title'),
    submit: t(contract.received > 0n ? 'common:send_for_approval' : 'contract_life:void'),
    close: t('common:cancel'),
    metadata,
    blocks: [
      section(contractHeading(contract, reader)),
      section(
        count === 0 ? t('contract_life:void.effect_none') : t('contract_life:void.effect', { count, amount }),
      ),
      ...(contract.received > 0n
        ? [
            section(
              t('voids:effect', {
                amount: formatMoney(locale, { minor: contract.received, currency: contract.currency }),
              }),
            ),
          ]
        : []),
      input(
        'reason',
        t('contract_life:void.reason'),
        textInput({ multiline: true, maxLength: VOID_REASON_MAX }),
        { hint: t('contract_life:void.reason_hint') },
      ),
    ],
  });
}

/** What happened to a contract without its owner's doing, and the way to it. */
export function contractChangedMessage(
  contract: ContractDetails,
  change: {
    readonly event: 'completed' | 'reopened' | 'voided' | 'assigned' | 'corrected';
    readonly who: string;
    /** Told where it is above the limit. */
    readonly credit: CreditCheck | null;
    /** Voided with money: who proposed it, and what became prepayment. */
    readonly moved: Pick<VoidFacts, 'amount' | 'askedBy'> | null;
  },
  reader: RowReader,
): { text: string; blocks: KnownBlock[] } {
  const { t, locale } = reader;
  const { credit, moved } = change;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: contract.currency });
  // What was written off did not come in: such a contract is complete, and not paid in full.
  const isShort = change.event === 'completed' && contract.adjusted > 0n;
  const kind = isShort ? 'completed_short' : moved ? 'voided_money' : change.event;
  const text = t(`contract_life:changed.${kind}`, {
    number: contract.number,
    name: shortName(locale, contract.name),
    amount: money(change.event === 'completed' ? contract.received : contract.outstanding),
    lost: money(contract.adjusted),
    who: truncate(change.who, 40),
    owner: truncate(contract.owner.name, 40),
    signed: contract.signedOn === null ? '' : formatDate(locale, contract.signedOn, reader.today),
    reason: truncate(contract.voided?.reason ?? '', REASON_LENGTH),
    asker: truncate(moved?.askedBy.name ?? '', 40),
    moved: money(moved?.amount ?? 0n),
  });
  const open = button(ACTION.contractOpen, t('common:open'), { value: contractValue(contract.id) });
  const above = credit !== null && isAboveLimit(credit) ? [section(creditLine(credit, reader))] : [];
  return { text, blocks: [section(escapeMrkdwn(text)), ...above, actions([open])] };
}

/** To its owner: there is nothing left to open. */
export function contractDeletedMessage(
  { number, name, customer, who }: Readonly<Record<'number' | 'name' | 'customer' | 'who', string>>,
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
): { text: string; blocks: KnownBlock[] } {
  const text = t('contract_life:changed.deleted', {
    number,
    name: shortName(locale, name),
    customer: shortCustomer(locale, customer),
    who: truncate(who, 40),
  });
  return { text, blocks: [section(escapeMrkdwn(text))] };
}

// Voiding a contract that brought money: the card, what its own card and whoever asked are told. Pure.
import type { KnownBlock } from '@slack/types';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import type { VoidFacts } from '../../domain/contracts/contract-void.queries.js';
import { formatInstant, formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import {
  approvalValue,
  type ButtonWords,
  cardActions,
  decider,
  historyLines,
  openLine,
  windowButtons,
} from './approval-views.js';
import { actions, button, context, escapeMrkdwn, fields, header, plain, present, section } from './blocks.js';
import { contractHeading } from './contract-approval-views.js';
import { contractValue } from './contract-list-views.js';
import type { Message } from './info-view.js';
import type { RowReader } from './row-views.js';

type Full = Message & { blocks: KnownBlock[] };
const REASON = 300;
const SCOPE = { action: 'contract.void_approve', ownerId: null } as const;

const wordsOf = (facts: VoidFacts, contract: ContractDetails, { t, locale }: RowReader) => ({
  number: contract.number,
  customer: escapeMrkdwn(shortCustomer(locale, contract.customer.name)),
  amount: formatMoney(locale, { minor: facts.amount, currency: contract.currency }),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: decider(facts.approval, { t }),
});

/** The card in finance's channel; once decided without buttons, with who and when. */
export function voidCard(facts: VoidFacts, contract: ContractDetails, reader: RowReader): Full {
  const { t } = reader;
  const { status } = facts.approval;
  const words = wordsOf(facts, contract, reader);
  const open = button(ACTION.contractOpen, t('common:open'), { value: contractValue(contract.id) });
  return {
    text: t(`voids:text.${status}`, words),
    blocks: present<KnownBlock>(
      header(
        status === 'open' && facts.approval.step > 1
          ? t('approvals:second', words)
          : t(`voids:header.${status}`, words),
      ),
      ...voidHeading(facts, contract, reader),
      context(stateLine(facts, reader)),
      status === 'open'
        ? cardActions(facts.approval, approveWords(facts, contract, reader), reader)
        : actions([open]),
    ),
  };
}

/** What forms and cards about it begin with. */
export function voidHeading(facts: VoidFacts, contract: ContractDetails, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  return [
    section(contractHeading(contract, reader)),
    fields([
      [t('voids:field.amount'), wordsOf(facts, contract, reader).amount],
      [t('voids:field.asker'), truncate(facts.askedBy.name, 40)],
    ]),
    { type: 'section', text: plain(`${t('contract_life:void.reason')}: ${truncate(facts.reason, REASON)}`) },
  ];
}

/** Who is waited for, or who decided, when and why; escaped. */
function stateLine({ approval }: VoidFacts, reader: RowReader): string {
  const { t, locale, now, timezone } = reader;
  if (approval.status === 'withdrawn') return t('voids:state.withdrawn');
  if (approval.status === 'open') return openLine(approval, reader, 'deciders');
  const facts = {
    who: decider(approval, reader),
    at: approval.decidedAt ? formatInstant(locale, approval.decidedAt, now, timezone) : '—',
    reason: escapeMrkdwn(truncate(approval.comment ?? '', REASON)),
  };
  return [...historyLines(approval, reader), t(`voids:state.${approval.status}`, facts)].join(' · ');
}

/** What its buttons say. */
const approveWords = (facts: VoidFacts, contract: ContractDetails, reader: RowReader): ButtonWords => ({
  label: contract.number,
  title: reader.t('voids:approve.title', { number: contract.number }),
  text: reader.t('voids:approve.text', wordsOf(facts, contract, reader)),
});

/** In the contract's card: what waits, and what the reader may do about it. */
export function waitingVoid(contract: ContractDetails, reader: RowReader): KnownBlock[] {
  const { voiding } = contract;
  if (voiding === null) return [];
  const { t, actor } = reader;
  const buttons = [
    ...windowButtons(voiding.approval, approveWords(voiding, contract, reader), reader, SCOPE),
    ...(actor?.id === voiding.askedBy.id
      ? [button(ACTION.approvalWithdraw, t('receipts:withdraw'), { value: approvalValue(voiding.approval) })]
      : []),
  ];
  const line = t('voids:waits', wordsOf(voiding, contract, reader));
  return present<KnownBlock>(
    section(`⚠️ ${line}\n${stateLine(voiding, reader)}`),
    ...voidHeading(voiding, contract, reader).slice(2),
    buttons.length > 0 && actions(buttons),
  );
}

/** To whoever asked. */
export function voidDecided(facts: VoidFacts, contract: ContractDetails, reader: RowReader): Full {
  const { t } = reader;
  const words = wordsOf(facts, contract, reader);
  const reason = escapeMrkdwn(truncate(facts.approval.comment ?? '', REASON));
  const { status } = facts.approval;
  const text = t(`voids:decided.${status === 'open' ? 'withdrawn' : status}`, { ...words, reason });
  const open = button(ACTION.contractOpen, t('common:open'), { value: contractValue(contract.id) });
  return { text, blocks: [section(text), actions([open])] };
}

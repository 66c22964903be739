// Voiding a contract that brought money: the card, what its own card and whoever asked are told. Pure.
import type { KnownBlock } from '@slack/types';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import type { VoidFacts } from '../../domain/contracts/contract-void.queries.js';
import { formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import type { ButtonWords } from './approval-views.js';
import { askedCard, type Full, openable, rejectionOf, waitingBlocks } from './asked-card-views.js';
import { button, escapeMrkdwn, fields, plain, section } from './blocks.js';
import { contractHeading } from './contract-approval-views.js';
import { contractValue } from './contract-list-views.js';
import { deciders } from './decider-words.js';
import type { RowReader } from './row-views.js';

const REASON = 300;
const SCOPE = { action: 'contract.void_approve', ownerId: null } as const;

const wordsOf = (facts: VoidFacts, contract: ContractDetails, { t, locale }: RowReader) => ({
  number: contract.number,
  customer: escapeMrkdwn(shortCustomer(locale, contract.customer.name)),
  amount: formatMoney(locale, { minor: facts.amount, currency: contract.currency }),
  asker: escapeMrkdwn(truncate(facts.askedBy.name, 40)),
  who: deciders(facts.approval, { t, locale }),
});

const openContract = ({ id }: ContractDetails, { t }: RowReader) =>
  button(ACTION.contractOpen, t('common:open'), { value: contractValue(id) });

/** The card in finance's channel. */
export const voidCard = (facts: VoidFacts, contract: ContractDetails, reader: RowReader): Full =>
  askedCard(
    {
      kind: 'voids',
      approval: facts.approval,
      words: wordsOf(facts, contract, reader),
      heading: voidHeading(facts, contract, reader),
      buttons: approveWords(facts, contract, reader),
      open: openContract(contract, reader),
    },
    reader,
  );

/** What forms and cards about it begin with. */
export function voidHeading(facts: VoidFacts, contract: ContractDetails, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  return [
    section(contractHeading(contract, reader)),
    fields([
      [t('voids:field.amount'), wordsOf(facts, contract, reader).amount],
      [t('voids:field.asker'), truncate(facts.askedBy.name, 40)],
    ]),
    {
      type: 'section',
      text: plain(
        t('common:of_field', { label: t('contract_life:void.reason'), text: truncate(facts.reason, REASON) }),
      ),
    },
  ];
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
  return waitingBlocks(
    {
      kind: 'voids',
      approval: voiding.approval,
      askedById: voiding.askedBy.id,
      line: reader.t('voids:waits', wordsOf(voiding, contract, reader)),
      details: voidHeading(voiding, contract, reader).slice(2),
      buttons: approveWords(voiding, contract, reader),
      scope: SCOPE,
    },
    reader,
  );
}

/** To whoever asked: decided, or over because the contract is void without it. */
export function voidDecided(facts: VoidFacts, contract: ContractDetails, reader: RowReader): Full {
  const { status } = facts.approval;
  const words = { ...wordsOf(facts, contract, reader), reason: rejectionOf(facts.approval) };
  const text = reader.t(`voids:decided.${status === 'open' ? 'withdrawn' : status}`, words);
  return openable(text, openContract(contract, reader));
}

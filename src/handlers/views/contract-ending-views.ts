// 即将到期合同: what its owner is told before a contract ends (F29). Pure.
import type { KnownBlock } from '@slack/types';
import type { EndingContract } from '../../domain/contracts/contract-endings.queries.js';
import { formatDate, formatMoney, formatRelative, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, context, escapeMrkdwn, header, section } from './blocks.js';
import { contractValue } from './contract-list-views.js';
import type { RowReader } from './row-views.js';

const MAX_ROWS = 20;

/** One message for all contracts that are told of that morning; within a message's limits by its rows. */
export function endingsMessage(
  contracts: readonly EndingContract[],
  reader: RowReader,
): { text: string; blocks: KnownBlock[] } | null {
  const { t } = reader;
  const [first] = contracts;
  if (!first) return null;
  const rest = contracts.length - MAX_ROWS;
  return {
    text: t('contract_life:ending.text', {
      count: contracts.length,
      number: first.number,
      date: formatDate(reader.locale, first.endsOn, reader.today),
    }),
    blocks: [
      header(t('contract_life:ending.title', { count: contracts.length })),
      ...contracts.slice(0, MAX_ROWS).map((contract) => endingRow(contract, reader)),
      ...(rest > 0 ? [context(t('contract_life:ending.more', { count: rest }))] : []),
    ],
  };
}

function endingRow(contract: EndingContract, { t, locale, today }: RowReader): KnownBlock {
  const customer = shortCustomer(locale, contract.customerName);
  const facts = {
    customer: escapeMrkdwn(customer),
    number: contract.number,
    name: escapeMrkdwn(shortName(locale, contract.name)),
    date: formatDate(locale, contract.endsOn, today),
    relative: formatRelative(locale, contract.endsOn, today),
    amount: formatMoney(locale, { minor: contract.outstanding, currency: contract.currency }),
  };
  return section(
    t('contract_life:ending.row', facts),
    button(ACTION.contractOpen, t('common:open'), {
      value: contractValue(contract.id),
      label: `${t('common:open')} ${contract.number} ${customer}`,
    }),
  );
}

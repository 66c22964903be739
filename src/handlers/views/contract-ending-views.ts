// 即将到期合同 in the digest of its owner: what ends when, and what is still open (F29). Pure.
import type { KnownBlock } from '@slack/types';
import type { EndingContract } from '../../domain/contracts/contract-endings.queries.js';
import type { ContractFilter } from '../../domain/contracts/contract-list.queries.js';
import { formatDate, formatMoney, formatRelative, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, escapeMrkdwn, section } from './blocks.js';
import { contractValue } from './contract-list-views.js';
import { encodeList } from './list-views.js';
import type { RowReader } from './row-views.js';

/** The first of them, and how many more there are. */
export function endingBlocks(
  contracts: readonly EndingContract[],
  reader: RowReader,
  max: number,
): KnownBlock[] {
  if (contracts.length === 0) return [];
  const { t } = reader;
  const more = contracts.length - max;
  return [
    section(t('contract_life:ending.title', { count: contracts.length })),
    ...contracts.slice(0, max).map((contract) => endingRow(contract, reader)),
    ...(more > 0
      ? [
          section(
            t('contract_life:ending.more', { count: more }),
            button(ACTION.contractList, t('home:contracts'), {
              value: encodeList(allOf(contracts, reader), 1),
            }),
          ),
        ]
      : []),
  ];
}

/** The list in which the others are found too; for whoever sees a team's, their own alone. */
function allOf(contracts: readonly EndingContract[], { today }: RowReader): ContractFilter {
  const [owner, ...others] = new Set(contracts.map((contract) => contract.ownerId));
  return {
    ownerId: others.length === 0 ? owner : undefined,
    endFrom: today,
    endTo: contracts.at(-1)?.endsOn,
    states: ['active', 'completed'],
    sort: 'end',
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
    t(contract.outstanding > 0n ? 'contract_life:ending.row' : 'contract_life:ending.row_paid', facts),
    button(ACTION.contractOpen, t('common:open'), {
      value: contractValue(contract.id),
      label: `${t('common:open')} ${contract.number} ${customer}`,
    }),
  );
}

// The rows of the list of contracts. Pure.
import type { KnownBlock } from '@slack/types';
import { can } from '../../domain/access.js';
import type {
  ContractFilter,
  ContractPage,
  ContractRow,
} from '../../domain/contracts/contract-list.queries.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, escapeMrkdwn, present, section } from './blocks.js';
import type { ListParts, ListPlace } from './list-views.js';
import type { RowReader } from './row-views.js';

/** Value of a button about one contract; parsed by contractValue (handlers). */
export const contractValue = (contractId: string): string => JSON.stringify({ c: contractId });

/** Share received, rounded down: 100 is only what is wholly paid. */
export function percentReceived(row: { received: bigint; amount: bigint }): number {
  return Number((row.received * 100n) / row.amount);
}

/** ▓▓▓▓▓▓░░░░: ten cells, a full one only for a full tenth. */
export function progressBar(percent: number): string {
  const full = Math.min(10, Math.floor(percent / 10));
  return '▓'.repeat(full) + '░'.repeat(10 - full);
}

/** One page of contracts: a section a row; with what stands around it at most 27 blocks. */
export function contractListParts(
  place: ListPlace<'contract'>,
  list: ContractPage,
  reader: RowReader,
): ListParts<'contract'> {
  const { t, locale, actor } = reader;
  const mayCreate = actor !== null && can(actor, 'contract.create');
  return {
    ...place,
    counted: list,
    sums: list.totals.map(({ currency, count, amount, inactive }) => {
      const money = (minor: bigint) => formatMoney(locale, { minor, currency });
      return present<string>(
        t('contracts:list.total', { count, amount: money(amount) }),
        inactive > 0n && t('plans:list.inactive', { amount: money(inactive) }),
      ).join(' · ');
    }),
    // Whoever looks for ends, or goes by them, reads them.
    rows: list.rows.map((row) => contractRow(row, reader, isAboutEnds(place.filter))),
    none: t(mayCreate ? 'contracts:list.first' : 'contracts:list.none'),
    buttons: [mayCreate && button(ACTION.contractNew, t('contracts:new'))],
  };
}

const isAboutEnds = ({ endFrom, endTo, sort }: ContractFilter) =>
  endFrom !== undefined || endTo !== undefined || sort === 'end';

/** A contract in two lines with its progress and [打开], and the day of its end where that is what counts. */
export function contractRow(row: ContractRow, { t, locale, today }: RowReader, withEnd = false): KnownBlock {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: row.currency });
  const percent = percentReceived(row);
  const customer = shortCustomer(locale, row.customerName);
  const text = t('contracts:list.row', {
    customer: escapeMrkdwn(customer),
    number: row.number,
    name: escapeMrkdwn(shortName(locale, row.name)),
    state: t(`common:contract_state.${row.status}`),
    pct: percent,
    bar: progressBar(percent),
    received: money(row.received),
    amount: money(row.amount),
  });
  const end = withEnd && row.endsOn && formatDate(locale, row.endsOn, today);
  const label = t('contracts:list.open', { number: row.number, customer });
  return section(
    end ? `${text} · ${t('lists:filter.ends', { range: end })}` : text,
    button(ACTION.contractOpen, t('common:open'), { value: contractValue(row.id), label }),
  );
}

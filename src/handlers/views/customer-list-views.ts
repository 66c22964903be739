// The rows of the list of customers. Pure.
import type { KnownBlock } from '@slack/types';
import { can } from '../../domain/access.js';
import type { CustomerPage, CustomerRow } from '../../domain/customers/customer.queries.js';
import { shortCustomer, shortName } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { button, escapeMrkdwn, section } from './blocks.js';
import { customerValue, moneyList } from './customer-views.js';
import type { ListParts, ListPlace } from './list-views.js';
import type { RowReader } from './row-views.js';

/** One page of customers: a section a row; with what stands around it at most 26 blocks. */
export function customerListParts(
  place: ListPlace<'customer'>,
  list: CustomerPage,
  reader: RowReader,
): ListParts<'customer'> {
  const { t, actor } = reader;
  const mayCreate = actor !== null && can(actor, 'customer.create');
  return {
    ...place,
    counted: list,
    sums: [],
    rows: list.rows.map((row) => listRow(row, reader)),
    none: t(mayCreate ? 'customers:list.first' : 'customers:list.none'),
    buttons: [mayCreate && button(ACTION.customerNew, t('customers:new'))],
  };
}

function listRow(row: CustomerRow, reader: RowReader): KnownBlock {
  const { t, locale } = reader;
  const name = shortCustomer(locale, row.name);
  const text = t('customers:list.row', {
    name: escapeMrkdwn(name),
    code: row.code,
    count: row.contracts,
    open: moneyList(row.open, reader),
    owner: escapeMrkdwn(shortName(locale, row.ownerName)),
  });
  const label = t('customers:list.open', { code: row.code, name });
  return section(
    text,
    button(ACTION.customerOpen, t('common:open'), { value: customerValue(row.id), label }),
  );
}

// The list of a Home: contracts, plans or receipts, the way to the others, its search and its pages (ux §4.8). Pure.
import type { KnownBlock } from '@slack/types';
import type { HomeData, HomeState } from '../../domain/home/home.queries.js';
import { type HomeTab, tabsOf } from '../../domain/home/home-kinds.js';
import type { ReceiptRowData } from '../../domain/receipts/receipt.queries.js';
import type { Setup } from '../../domain/settings/setup.queries.js';
import { formatDate, formatMoney, shortCustomer } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { ACTION, listId } from '../ids.js';
import { actions, button, escapeMrkdwn, header, section } from './blocks.js';
import { casesBlocks } from './case-list-views.js';
import { contractRow } from './contract-list-views.js';
import { pager } from './list-views.js';
import { instalmentRow, type RowReader } from './row-views.js';
import { receiptOpenButton } from './waiting-views.js';

/** Which Home is shown; comes back with every click on it. */
export const homeState = ({ kind, page, tab }: Omit<HomeState, 'tab'> & { tab?: HomeTab }): string =>
  JSON.stringify({ k: kind, p: page, t: tab });

type Rows = Exclude<HomeData['list'], { setup: Setup }>;

/** Its title, the other lists, its rows and pages. */
export function homeList(list: Rows, state: HomeState, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  return [header(t(listTitle(state))), tabs(state, t), ...rowsOf(list, state, reader)];
}

const PLAN_TITLES = {
  rep: 'home:my_plans',
  manager: 'home:overdue_plans',
  finance: 'home:all_plans',
  auditor: 'home:all_plans',
  admin: 'home:all_plans',
} as const;

function listTitle({ kind, tab }: HomeState) {
  if (tab === 'cases') return 'reminders:cases.title';
  if (tab === 'plans') return PLAN_TITLES[kind];
  if (tab === 'contracts') return kind === 'rep' ? 'home:my_contracts' : 'home:contracts';
  return kind === 'finance' ? 'home:receipts_waiting' : 'home:receipts';
}

/** The lists that can be searched. */
const SEARCHED = { contracts: 'contract', plans: 'plan', receipts: 'receipt' } as const;

/** The other lists, and the search of this one. */
function tabs({ kind, tab }: HomeState, t: Translate): KnownBlock {
  const others = tabsOf(kind).filter((one) => one !== tab);
  return actions([
    ...others.map((one) =>
      button(`${ACTION.homeTab}.${one}`, t(`home:tab.${one}`), {
        value: homeState({ kind, tab: one, page: 1 }),
      }),
    ),
    ...(tab === 'cases' ? [] : [searchButton(SEARCHED[tab], t)]),
  ]);
}

const searchButton = (kind: (typeof SEARCHED)[keyof typeof SEARCHED], t: Translate) =>
  button(listId(kind, 'search'), t('lists:search'), { label: t(`lists:search.title.${kind}`) });

function rowsOf(list: Rows, state: HomeState, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const toPage = (page: number) => homeState({ ...state, page });
  if ('cases' in list)
    return [...casesBlocks(list.cases, reader), ...pager(t, list.cases, ACTION.homeTab, toPage)];
  const [counted, rows, none] =
    'contracts' in list
      ? ([
          list.contracts,
          list.contracts.rows.map((row) => contractRow(row, reader)),
          'no_contracts',
        ] as const)
      : 'receipts' in list
        ? ([
            list.receipts,
            list.receipts.rows.map((row) => receiptRow(row, reader)),
            state.kind === 'finance' ? 'no_receipts' : 'no_receipts_yet',
          ] as const)
        : ([
            list.plans,
            list.plans.rows.flatMap((row) => instalmentRow(row, reader)),
            state.kind === 'manager' ? 'no_overdue' : 'no_plans',
          ] as const);
  if (counted.total === 0) return [section(t(`home:${none}`))];
  return [...rows, ...pager(t, counted, ACTION.homeTab, toPage)];
}

function receiptRow(row: ReceiptRowData, { t, locale, today }: RowReader): KnownBlock {
  const customer = shortCustomer(locale, row.customerName);
  const text = t('home:receipt_row', {
    number: row.number,
    customer: escapeMrkdwn(customer),
    amount: formatMoney(locale, { minor: row.amount, currency: row.currency }),
    date: formatDate(locale, row.receivedOn, today),
    state: t(`common:receipt_state.${row.status}`),
  });
  return section(text, receiptOpenButton(t, row.id, `${row.number} ${customer}`));
}

// What stands around the rows of every list: its buttons, what it is narrowed to, how many there are, the pages. Pure.
import type { Button, KnownBlock, ModalView } from '@slack/types';
import type { Counted } from '../../domain/lists/counted.js';
import type { FilterNames } from '../../domain/lists/filter-names.queries.js';
import { filterJson, type ListFilter, type ListKind } from '../../domain/lists/list-filter.js';
import type { LocalDate } from '../../domain/local-date.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import type { Translate } from '../i18n/index.js';
import { listId, VIEW } from '../ids.js';
import { actions, button, context, escapeMrkdwn, modal, present, section } from './blocks.js';
import type { RowReader } from './row-views.js';

/** Where a list stands: its filter and page. */
export interface ListPlace<K extends ListKind> {
  readonly kind: K;
  readonly filter: ListFilter<K>;
  readonly names: FilterNames;
}

/** A filter and a page as a button's value or private_metadata; read again by readPlace (handlers). */
export const encodeList = <K extends ListKind>(filter: ListFilter<K>, page: number): string =>
  filterJson({ f: filter, p: page });

export const LIST_VIEWS: Record<ListKind, string> = {
  customer: VIEW.customerList,
  contract: VIEW.contractList,
  plan: VIEW.planList,
  receipt: VIEW.receiptList,
  todo: VIEW.todoList,
};

export interface ListParts<K extends ListKind> extends ListPlace<K> {
  readonly counted: Counted;
  /** Sums, a line a currency: they are never added. */
  readonly sums: readonly string[];
  readonly rows: readonly KnownBlock[];
  /** What an empty list says where nothing narrows it. */
  readonly none: string;
  /** Beside [搜索] [清除] [导出]. */
  readonly buttons?: readonly (Button | null | false | undefined)[];
}

/** Any list as a modal: [搜索] [清除] [导出] and its own buttons above the rows. */
export function listModal<K extends ListKind>(parts: ListParts<K>, reader: RowReader): ModalView {
  const { t } = reader;
  const { kind, filter, counted } = parts;
  const state = encodeList(filter, counted.page);
  const narrowed = filterWords(parts, reader) !== '';
  const all = encodeList<ListKind>({}, 1);
  const buttons = present<Button>(
    button(listId(kind, 'search'), t('lists:search'), { value: state }),
    narrowed && button(`${listId(kind, 'page')}.clear`, t('lists:clear'), { value: all }),
    parts.rows.length > 0 && button(listId(kind, 'export'), t('lists:export'), { value: state }),
    ...(parts.buttons ?? []),
  );
  return modal({
    callbackId: LIST_VIEWS[kind],
    title: t(`lists:title.${kind}`),
    close: t('common:close'),
    blocks: [actions(buttons), ...listBlocks(parts, reader)],
    metadata: state,
  });
}

/** What the list is narrowed to, its sums, rows and pages. */
export function listBlocks<K extends ListKind>(parts: ListParts<K>, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const { kind, filter, counted, rows, sums } = parts;
  const narrowed = filterWords(parts, reader);
  if (rows.length === 0) {
    return narrowed === ''
      ? [section(parts.none)]
      : [listHead(t, counted, narrowed), section(t('lists:nothing'))];
  }
  return [
    // Without a filter the sums say how many there are.
    ...(narrowed === '' && sums.length > 0 ? [] : [listHead(t, counted, narrowed)]),
    ...(sums.length === 0 ? [] : [context(sums.join('\n'))]),
    ...(counted.more ? [context(t('lists:more_hint', { count: counted.total }))] : []),
    ...rows,
    ...pager(t, counted, listId(kind, 'page'), (page) => encodeList(filter, page)),
  ];
}

/** `filter` as words, '' for none; [清除] beside it asks for the unfiltered list. */
export function listHead(
  t: Translate,
  info: { readonly total: number; readonly more?: boolean },
  filter: string,
): KnownBlock {
  const count = info.more ? t('lists:more_than', { count: info.total }) : info.total;
  if (filter === '') return context(t('lists:total', { count }));
  return context(t('lists:filter', { filter: escapeMrkdwn(filter), count }));
}

const MOVES = ['first', 'previous', 'next', 'last'] as const;

/** The buttons of a pager, and others (`more`) that go to a page of it too. */
export const pagerButtons = (pageAction: string, ...more: string[]): RegExp =>
  new RegExp(`^${pageAction.replaceAll('.', '\\.')}\\.(${[...MOVES, ...more].join('|')})$`);

/** 第 2 页，共 7 页 [第一页] [上一页] [下一页] [最后一页], the ends where they are further than one page; nothing for a single page. `stateOf` gives the value that leads to a page. */
export function pager(
  t: Translate,
  info: { readonly page: number; readonly pages: number },
  pageAction: string,
  stateOf: (page: number) => string,
): KnownBlock[] {
  if (info.pages <= 1) return [];
  const to = (where: (typeof MOVES)[number], page: number) =>
    button(`${pageAction}.${where}`, t(`lists:${where}`), { value: stateOf(page) });
  return [
    context(t('lists:page', { page: info.page, pages: info.pages })),
    actions(
      present(
        info.page > 2 && to('first', 1),
        info.page > 1 && to('previous', info.page - 1),
        info.page < info.pages && to('next', info.page + 1),
        info.page < info.pages - 1 && to('last', info.pages),
      ),
    ),
  ];
}

/** The way back to the list that a card was opened from. */
export const backButton = (t: Translate, pageAction: string, state: string) =>
  button(`${pageAction}.back`, t('lists:back'), { value: state });

/** What a list is narrowed to, in words; '' for nothing. */
export function filterWords<K extends ListKind>(
  { kind, filter, names }: ListPlace<K>,
  { t, locale, today }: RowReader,
): string {
  const { words, states, from, to, currency, amountFrom, amountTo, unapplied, bills, endFrom, endTo } =
    asAny(filter);
  const money = (minor: bigint | undefined) =>
    minor === undefined || currency === undefined ? undefined : formatMoney(locale, { minor, currency });
  const day = (date: LocalDate | undefined) => date && formatDate(locale, date, today);
  const dates = rangeWords(t, day(from), day(to));
  const ends = rangeWords(t, day(endFrom), day(endTo));
  const amount = rangeWords(t, money(amountFrom), money(amountTo));
  return present<string>(
    names.customer && shortCustomer(locale, names.customer.name),
    words,
    states?.map((state) => stateWord(t, kind, state)).join('/'),
    ...(names.classes ?? []),
    names.owner && t('lists:filter.owner', { name: shortName(locale, names.owner.name) }),
    names.finance && t('lists:filter.finance', { name: shortName(locale, names.finance.name) }),
    names.framework && t('lists:filter.framework', { name: shortCustomer(locale, names.framework.name) }),
    dates !== null && t(`lists:filter.date.${datedOf(kind)}`, { range: dates }),
    ends !== null && t('lists:filter.ends', { range: ends }),
    amount === null ? currency : t('lists:filter.amount', { range: amount }),
    unapplied === true && t('lists:filter.unapplied'),
    bills === true && t('bills:filter'),
  ).join(' · ');
}

/** What the lists of all kinds may be narrowed to. */
export type AnyFilter = Omit<
  ListFilter<'receipt'> & ListFilter<'plan'> & ListFilter<'contract'> & ListFilter<'customer'>,
  'states' | 'sort'
> & {
  readonly states?: readonly string[] | undefined;
  readonly sort?: string | undefined;
};
export const asAny = (filter: ListFilter<ListKind>): AnyFilter => filter;

/** Which day a list's days are. */
export const datedOf = (kind: ListKind): 'contract' | 'plan' | 'receipt' =>
  kind === 'contract' || kind === 'receipt' ? kind : 'plan';

/** A state of a kind of record, in words. */
export function stateWord(t: Translate, kind: ListKind, state: string): string {
  switch (kind) {
    case 'customer':
      return t(`customers:status.${state}` as Parameters<Translate>[0]);
    case 'contract':
      return t(`common:contract_state.${state}` as Parameters<Translate>[0]);
    case 'receipt':
      return t(`common:receipt_state.${state}` as Parameters<Translate>[0]);
    case 'plan':
    case 'todo':
      return t(`common:state.${state}` as Parameters<Translate>[0]);
  }
}

/** `a 至 b`, `a 起`, `至 b`; null without either end. */
function rangeWords(t: Translate, from: string | undefined, to: string | undefined): string | null {
  if (from !== undefined && to !== undefined) return t('lists:range', { from, to });
  if (from !== undefined) return t('lists:at_least', { from });
  return to === undefined ? null : t('lists:at_most', { to });
}

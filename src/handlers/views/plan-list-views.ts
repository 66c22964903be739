// The list of instalments with its search, and the plan of one contract (ux §4.8). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { can } from '../../domain/access.js';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import type { FilterNames } from '../../domain/plans/filter-names.queries.js';
import type { DisplayState } from '../../domain/plans/instalment.js';
import type { RowFilter, RowPage } from '../../domain/plans/instalment.queries.js';
import type { PlanTarget } from '../../domain/plans/plan-choices.queries.js';
import { formatDate, formatMoney, shortCustomer, shortName } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  externalSelect,
  fields,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { listHead, pager } from './list-views.js';
import { instalmentRow, type RowReader } from './row-views.js';

export const LIST_STATES = [
  'overdue',
  'open',
  'postponed',
  'undated',
  'inactive',
  'paid',
  'written_off',
  'cancelled',
] as const satisfies readonly DisplayState[];

/** A filter and a page as a button's value or private_metadata; read again by parsePlanList (handlers). */
export function encodePlanList(filter: RowFilter, page: number): string {
  return JSON.stringify({ f: filter, p: page }, (_key, value) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** One page of instalments: what it is narrowed to, sums by currency, rows, pages; at most 45 blocks. */
export function planListBlocks(
  list: RowPage,
  filter: RowFilter,
  names: FilterNames,
  reader: RowReader,
): KnownBlock[] {
  const { t } = reader;
  if (list.rows.length === 0) return [section(t('lists:nothing'))];
  const narrowed = filterWords(filter, names, reader);
  // Without a filter the sums say how many there are.
  return [
    ...(narrowed === '' ? [] : [listHead(t, list, narrowed)]),
    context(...sumWords(list, reader)),
    ...list.rows.flatMap((row) => instalmentRow(row, reader)),
    ...pager(t, list, ACTION.planPage, (page) => encodePlanList(filter, page)),
  ];
}

/** `{n} 期 · 共 {x} · 未收 {y}`, a line a currency: they are never added. */
function sumWords(list: RowPage, { t, locale }: RowReader): string[] {
  return list.totals.map(({ currency, count, amount, outstanding }) =>
    t('plans:list.total', {
      count,
      amount: formatMoney(locale, { minor: amount, currency }),
      open: formatMoney(locale, { minor: outstanding, currency }),
    }),
  );
}

/** The list as a modal: [搜索] [清除] [新建计划] above the rows. */
export function planListModal(
  list: RowPage,
  filter: RowFilter,
  names: FilterNames,
  reader: RowReader,
): ModalView {
  const { t, actor } = reader;
  const state = encodePlanList(filter, list.page);
  const buttons = present(
    button(ACTION.planSearch, t('lists:search'), { value: state }),
    filterWords(filter, names, reader) !== '' &&
      button(`${ACTION.planPage}.clear`, t('lists:clear'), { value: encodePlanList({}, 1) }),
    actor && can(actor, 'plan.create') && button(ACTION.planNew, t('plans:new.button')),
  );
  return modal({
    callbackId: VIEW.planList,
    title: t('plans:list.title'),
    close: t('common:close'),
    blocks: [actions(buttons), ...planListBlocks(list, filter, names, reader)],
    metadata: state,
  });
}

/** What the list is narrowed to, in words; '' for nothing. */
function filterWords(filter: RowFilter, names: FilterNames, { t, locale, today }: RowReader): string {
  const money = (minor: bigint | undefined) =>
    minor === undefined || filter.currency === undefined
      ? undefined
      : formatMoney(locale, { minor, currency: filter.currency });
  const day = (date: LocalDate | undefined) => date && formatDate(locale, date, today);
  const due = rangeWords(t, day(filter.dueFrom), day(filter.dueTo));
  const amount = rangeWords(t, money(filter.amountFrom), money(filter.amountTo));
  return present<string>(
    names.customer && shortCustomer(locale, names.customer.name),
    filter.words,
    filter.states?.map((state) => t(`common:state.${state}`)).join('/'),
    names.owner,
    due !== null && t('plans:filter.due', { range: due }),
    amount === null ? filter.currency : t('plans:filter.amount', { range: amount }),
  ).join(' · ');
}

/** `a 至 b`, `a 起`, `至 b`; null without either end. */
export function rangeWords(
  t: RowReader['t'],
  from: string | undefined,
  to: string | undefined,
): string | null {
  if (from !== undefined && to !== undefined) return t('lists:range', { from, to });
  if (from !== undefined) return t('lists:at_least', { from });
  return to === undefined ? null : t('lists:at_most', { to });
}

export interface SearchForm<F> {
  readonly filter: F;
  readonly names: FilterNames;
  readonly currencies: readonly string[];
  /** People who see only their own are not asked whose. */
  readonly asksOwner: boolean;
  /** Serialised private_metadata. */
  readonly metadata: string;
}

/** Search: every field narrows, none is needed. */
export function planSearchModal(form: SearchForm<RowFilter>, { t }: RowReader): ModalView {
  const { filter } = form;
  const optional = { optional: true };
  const sorts = [
    option(t('plans:sort.due'), 'due'),
    option(t('lists:sort.newest'), 'newest'),
    option(t('lists:sort.amount'), 'amount'),
    option(t('lists:sort.customer'), 'customer'),
  ];
  return modal({
    callbackId: VIEW.planSearch,
    title: t('plans:list.search_title'),
    submit: t('common:search'),
    close: t('common:cancel'),
    metadata: form.metadata,
    blocks: present<KnownBlock>(
      input('words', t('plans:search.words'), textInput({ initial: filter.words ?? null }), optional),
      customerInput(form.names, t),
      statesInput(
        t('plans:search.state'),
        LIST_STATES.map((state) => option(t(`common:state.${state}`), state)),
        filter.states,
      ),
      form.asksOwner && ownerInput(t, filter.ownerSlackId),
      input('dueFrom', t('plans:search.due_from'), dateInput(filter.dueFrom), optional),
      input('dueTo', t('plans:search.due_to'), dateInput(filter.dueTo), optional),
      ...amountInputs(form, {
        currency: t('plans:search.currency'),
        from: t('plans:search.amount_from'),
        to: t('plans:search.amount_to'),
      }),
      input('sort', t('lists:sort'), selectInput(sorts, filter.sort ?? 'due')),
    ),
  });
}

/** 客户, any that the reader sees. */
export function customerInput({ customer }: FilterNames, t: RowReader['t']): KnownBlock {
  const initial = customer ? option(customer.name, customer.id) : undefined;
  return input('customerId', t('plans:field.customer'), externalSelect(OPTIONS.customer, { initial }), {
    optional: true,
  });
}

/** Several states at once. */
export function statesInput(
  label: string,
  options: ReturnType<typeof option>[],
  chosen: readonly string[] | undefined,
): KnownBlock {
  const initial = options.filter((state) => chosen?.includes(state.value ?? ''));
  const element = {
    type: 'multi_static_select' as const,
    action_id: 'value',
    options,
    ...(initial.length > 0 && { initial_options: initial }),
  };
  return input('states', label, element, { optional: true });
}

function ownerInput(t: RowReader['t'], slackId: string | undefined): KnownBlock {
  const element = {
    type: 'users_select' as const,
    action_id: 'value',
    ...(slackId !== undefined && { initial_user: slackId }),
  };
  return input('owner', t('lists:owner'), element, { optional: true });
}

/** 币种, 金额从, 金额到. */
export function amountInputs(
  form: SearchForm<{
    readonly currency?: string | undefined;
    readonly amountFrom?: bigint | undefined;
    readonly amountTo?: bigint | undefined;
  }>,
  labels: { currency: string; from: string; to: string },
): KnownBlock[] {
  const { filter } = form;
  const currency = filter.currency ?? null;
  const decimal = (minor: bigint | undefined) =>
    minor === undefined || currency === null ? null : toDecimalString(minor, currency);
  const codes = form.currencies.map((code) => option(code, code));
  return [
    input('currency', labels.currency, selectInput(codes, currency), { optional: true }),
    input('amountFrom', labels.from, textInput({ initial: decimal(filter.amountFrom) }), { optional: true }),
    input('amountTo', labels.to, textInput({ initial: decimal(filter.amountTo) }), { optional: true }),
  ];
}

const FULL_ROWS = 20;
const MAX_ROWS = 80;

/** The plan of one contract: its sums and every instalment, with one button each when there are many. */
export function planOfModal(target: PlanTarget, list: RowPage, reader: RowReader): ModalView {
  const { t, locale, actor } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: target.currency });
  const balance = target.amount - target.planned;
  const shown = list.rows.slice(0, MAX_ROWS);
  const rest = list.total - shown.length;
  const buttons = shown.length > FULL_ROWS ? ('compact' as const) : ('full' as const);
  const mayPlan = actor && can(actor, 'plan.create', target.ownerId) && balance > 0n;
  return modal({
    callbackId: VIEW.planOf,
    title: t('plans:plan_of.title'),
    close: t('common:close'),
    metadata: JSON.stringify({ k: 'plan', c: target.contractId }),
    blocks: present<KnownBlock>(
      section(
        `*${escapeMrkdwn(shortCustomer(locale, target.customerName))}* · ${target.contractNumber} ${escapeMrkdwn(shortName(locale, target.contractName))}`,
      ),
      fields([
        [t('plans:contract_amount'), money(target.amount)],
        [t('plans:planned'), money(target.planned)],
        [t('plans:balance'), money(balance)],
      ]),
      ...shown.flatMap((row) => instalmentRow(row, reader, { buttons })),
      shown.length === 0 && section(t('plans:plan_of.none')),
      rest > 0 && context(t('plans:plan_of.more', { count: rest })),
      mayPlan &&
        actions([
          button(ACTION.planNew, t('plans:new.button'), { value: JSON.stringify({ c: target.contractId }) }),
        ]),
    ),
  });
}

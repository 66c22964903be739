// The search of every list: customer, words, states, owner, days, amounts, order. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { LIST_FILTERS, type ListKind } from '../../domain/lists/list-filter.js';
import { toDecimalString } from '../../domain/money.js';
import type { Translate } from '../i18n/index.js';
import { listId, OPTIONS } from '../ids.js';
import {
  dateInput,
  externalSelect,
  input,
  modal,
  option,
  present,
  selectInput,
  textInput,
} from './blocks.js';
import { type AnyFilter, asAny, datedOf, type ListPlace, stateWord } from './list-views.js';

export interface SearchForm<K extends ListKind> extends ListPlace<K> {
  readonly currencies: readonly string[];
  /** People who see only their own are not asked whose. */
  readonly asksOwner: boolean;
  /** People of finance, for lists of contracts. */
  readonly finance: readonly { readonly id: string; readonly name: string }[];
  /** The company's lists that its records are sorted into, each with the entries it may be narrowed to. */
  readonly classes: readonly ListClass[];
  /** Serialised private_metadata. */
  readonly metadata: string;
}

/** A field of the filter, its name for people, and its entries. */
export interface ListClass {
  readonly field: 'type' | 'industry';
  readonly label: string;
  readonly entries: readonly { readonly key: string; readonly name: string }[];
}

const OPTIONAL = { optional: true };

/** The states and the orders that a list knows, as its filter does. */
export const statesOf = (kind: ListKind): readonly string[] =>
  LIST_FILTERS[kind].shape.states.unwrap().unwrap().element.options;
export const sortsOf = (kind: ListKind): readonly string[] => LIST_FILTERS[kind].shape.sort.unwrap().options;

/** Every field narrows, none is needed. */
export function listSearchModal<K extends ListKind>(form: SearchForm<K>, t: Translate): ModalView {
  const { kind, names, asksOwner } = form;
  const filter = asAny(form.filter);
  const withMoney = kind !== 'customer';
  const dated = datedOf(kind);
  return modal({
    callbackId: listId(kind, 'search'),
    title: t(`lists:search.title.${kind}`),
    submit: t('common:search'),
    close: t('common:cancel'),
    metadata: form.metadata,
    blocks: present<KnownBlock>(
      input('words', t(`lists:search.words.${kind}`), textInput({ initial: filter.words ?? null }), OPTIONAL),
      withMoney &&
        input('customerId', t('lists:customer'), choice(OPTIONS.customer, names.customer), OPTIONAL),
      statesInput(t, kind, filter),
      ...form.classes.map(({ field, label, entries }) =>
        input(
          field,
          label,
          selectInput(
            entries.map(({ key, name }) => option(name, key)),
            filter[field] ?? null,
          ),
          OPTIONAL,
        ),
      ),
      asksOwner && input('ownerId', t('lists:owner'), choice(OPTIONS.owner, names.owner), OPTIONAL),
      ...(kind === 'contract' ? contractInputs(t, form) : []),
      ...(withMoney
        ? [
            input('from', t(`lists:search.from.${dated}`), dateInput(filter.from), OPTIONAL),
            input('to', t(`lists:search.to.${dated}`), dateInput(filter.to), OPTIONAL),
            ...(kind === 'contract' ? endInputs(t, filter) : []),
            ...amountInputs(t, filter, form.currencies),
          ]
        : []),
      kind === 'receipt' &&
        tick(
          'unapplied',
          t('lists:search.unapplied'),
          t('lists:filter.unapplied'),
          filter.unapplied === true,
        ),
      kind === 'receipt' && tick('bills', t('bills:label'), t('bills:filter'), filter.bills === true),
      ...orderInputs(t, kind, filter),
    ),
  });
}

/** 财务负责人, 框架合同. */
function contractInputs(
  t: Translate,
  { names, finance }: Pick<SearchForm<ListKind>, 'names' | 'finance'>,
): KnownBlock[] {
  const people = finance.map(({ id, name }) => option(name, id));
  return [
    ...(people.length > 0
      ? [
          input(
            'financeOwnerId',
            t('audit:field.financeOwnerId'),
            selectInput(people, names.finance?.id),
            OPTIONAL,
          ),
        ]
      : []),
    input(
      'parentContractId',
      t('audit:field.parentContractId'),
      choice(OPTIONS.framework, names.framework ?? null),
      OPTIONAL,
    ),
  ];
}

/** 结束日期从, 结束日期到. */
const endInputs = (t: Translate, filter: AnyFilter): KnownBlock[] => [
  input('endFrom', t('lists:search.end_from'), dateInput(filter.endFrom), OPTIONAL),
  input('endTo', t('lists:search.end_to'), dateInput(filter.endTo), OPTIONAL),
];

const choice = (actionId: string, chosen: { id: string; name: string } | null) =>
  externalSelect(actionId, { initial: chosen ? option(chosen.name, chosen.id) : undefined });

/** Several states at once. */
function statesInput(t: Translate, kind: ListKind, filter: AnyFilter): KnownBlock {
  const options = statesOf(kind).map((state) => option(stateWord(t, kind, state), state));
  const initial = options.filter((state) => filter.states?.includes(state.value ?? ''));
  const element = {
    type: 'multi_static_select' as const,
    action_id: 'value',
    options,
    ...(initial.length > 0 && { initial_options: initial }),
  };
  return input('states', t('lists:state'), element, OPTIONAL);
}

/** 币种, 金额从, 金额到. */
function amountInputs(t: Translate, filter: AnyFilter, currencies: readonly string[]): KnownBlock[] {
  const currency = filter.currency ?? null;
  const decimal = (minor: bigint | undefined) =>
    minor === undefined || currency === null ? null : toDecimalString(minor, currency);
  const codes = currencies.map((code) => option(code, code));
  const amount = (minor: bigint | undefined) => textInput({ initial: decimal(minor) });
  return [
    input('currency', t('lists:currency'), selectInput(codes, currency), OPTIONAL),
    input('amountFrom', t('lists:search.amount_from'), amount(filter.amountFrom), {
      ...OPTIONAL,
      hint: t('contracts:amount_hint'),
    }),
    input('amountTo', t('lists:search.amount_to'), amount(filter.amountTo), OPTIONAL),
  ];
}

function tick(name: string, label: string, words: string, chosen: boolean): KnownBlock {
  const only = option(words, 'yes');
  const element = {
    type: 'checkboxes' as const,
    action_id: 'value',
    options: [only],
    ...(chosen && { initial_options: [only] }),
  };
  return input(name, label, element, OPTIONAL);
}

function orderInputs(t: Translate, kind: ListKind, filter: AnyFilter): KnownBlock[] {
  const sorts = sortsOf(kind).map((sort) => option(sortWord(t, kind, sort), sort));
  const ways = (['forward', 'reversed'] as const).map((way) => option(t(`lists:order.${way}`), way));
  return [
    input('sort', t('lists:sort'), selectInput(sorts, filter.sort ?? sortsOf(kind)[0] ?? null)),
    input('order', t('lists:order'), selectInput(ways, filter.reversed ? 'reversed' : 'forward')),
  ];
}

/** An order in words; of a date, which one. */
const sortWord = (t: Translate, kind: ListKind, sort: string): string =>
  t(
    (sort === 'date' ? `lists:sort.date.${datedOf(kind)}` : `lists:sort.${sort}`) as Parameters<Translate>[0],
  );

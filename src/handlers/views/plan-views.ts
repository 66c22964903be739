// The new-plan modal (ux §4.3), redrawn as customer, contract and way of planning are chosen. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { DEFAULT_REMIND_DAYS } from '../../domain/plans/plan.js';
import type { CustomerChoice, PlanTarget } from '../../domain/plans/plan-choices.queries.js';
import type { PlanLine } from '../../domain/plans/plan-lines.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate, formatMoney, shortCustomer, truncate } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
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
import type { RowReader } from './row-views.js';

export const HOWS = ['one', 'equal', 'several'] as const;
export type How = (typeof HOWS)[number];
export const INTERVALS = ['m1', 'm2', 'm3', 'm6', 'm12', 'd7', 'd14'] as const;

/** Everything the form shows that Slack does not keep by itself. */
export interface PlanFormState {
  readonly requestId: string;
  readonly customer: CustomerChoice | null;
  readonly target: PlanTarget | null;
  readonly how: How;
  /** A past date was refused: ask whether it is meant. */
  readonly askAlreadyDue: boolean;
  /** The rows as they would be saved. */
  readonly preview: PlanPreview | null;
  /** private_metadata of the contract's card below, which is drawn anew when the plan is saved. */
  readonly below?: string | null;
}

export interface PlanPreview {
  readonly rows: readonly PlanLine[];
  /** Of the contract; minor units; negative when there is too much. */
  readonly unplanned: bigint;
  /** Names what was previewed, so that a later change is previewed again. */
  readonly mark: string;
}

/** The new-plan modal. */
export function planForm(
  state: PlanFormState,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ModalView {
  const { t } = reader;
  const { customer, target, how, preview } = state;
  const submit =
    how === 'one'
      ? t('common:save')
      : preview
        ? t('plans:preview.save', { count: preview.rows.length })
        : t('plans:preview');
  return modal({
    callbackId: VIEW.planNew,
    title: t('plans:new.title'),
    submit,
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: state.requestId,
      c: customer?.id ?? null,
      k: target?.contractId ?? null,
      b: state.below ?? null,
      h: how,
      d: state.askAlreadyDue,
      p: preview?.mark ?? null,
    }),
    blocks: [
      input(
        'customer',
        t('plans:customer'),
        externalSelect(OPTIONS.planCustomer, {
          initial: customer ? customerOption(customer, reader) : undefined,
        }),
        { dispatch: true, hint: t('plans:customer_hint') },
      ),
      // Without a customer there is nothing to choose from, and the placeholder says so.
      input(
        `contract|${customer?.id ?? ''}`,
        t('plans:contract'),
        externalSelect(OPTIONS.planContract, {
          initial: target ? contractOption(target, reader) : undefined,
          ...(customer ? {} : { placeholder: t('plans:contract_first') }),
        }),
        { dispatch: true },
      ),
      ...(target ? targetBlocks(target, state, reader, methods) : []),
    ],
  });
}

/** `{name} · {code}`: the name first, cut before the code. */
export const customerOption = (customer: CustomerChoice, { locale }: Pick<RowReader, 'locale'>) =>
  option(`${shortCustomer(locale, customer.name)} · ${customer.code}`, customer.id);

/** `{no.} · {name} · 余额 {x}`; only the name is cut. */
export function contractOption(target: PlanTarget, { t, locale }: Pick<RowReader, 't' | 'locale'>) {
  const words = (name: string) =>
    t('plans:contract_option', {
      number: target.contractNumber,
      name,
      balance: formatMoney(locale, { minor: target.amount - target.planned, currency: target.currency }),
    });
  const room = 75 - [...words('')].length;
  return option(words(truncate(target.contractName, Math.max(1, room))), target.contractId);
}

function targetBlocks(
  target: PlanTarget,
  state: PlanFormState,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const { t, locale } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: target.currency });
  const balance = target.amount - target.planned;
  return present<KnownBlock>(
    fields([
      [t('plans:contract_amount'), money(target.amount)],
      [t('plans:planned'), money(target.planned)],
      [t('plans:balance'), money(balance)],
    ]),
    balance <= 0n && context(t('plans:contract_full')),
    input(
      `how|${target.contractId}`,
      t('plans:how'),
      {
        type: 'radio_buttons',
        action_id: ACTION.planHow,
        options: HOWS.map((how) => option(t(`plans:how.${how}`), how)),
        initial_option: option(t(`plans:how.${state.how}`), state.how),
      },
      { dispatch: true },
    ),
    ...rowInputs(target, state, reader),
    // Right below what was typed: further down nobody would see that it appeared.
    ...(state.preview ? previewBlocks(target, state.preview, reader) : []),
    methodInput(methods, target.paymentMethod, reader, `plannedMethod|${target.contractId}`),
    remindInput(DEFAULT_REMIND_DAYS, reader, `remind|${target.contractId}`),
    state.how === 'one' && remarkInput(null, reader, `remark|${target.contractId}`),
    state.askAlreadyDue &&
      input(
        `alreadyDue|${target.contractId}`,
        t('plans:already_due_label'),
        { type: 'checkboxes', action_id: 'value', options: [option(t('plans:already_due'), 'yes')] },
        { optional: true },
      ),
  );
}

/** What differs by the way of planning; block ids carry contract and way, so that nothing old is kept. */
function rowInputs(target: PlanTarget, { how }: PlanFormState, reader: RowReader): KnownBlock[] {
  const { t } = reader;
  const id = (field: string) => `${field}|${target.contractId}|${how}`;
  const balance = target.amount - target.planned;
  switch (how) {
    case 'one':
      return [
        input(
          id('name'),
          t('plans:name'),
          textInput({ initial: t('plans:row.nth', { n: target.nextSeq }), maxLength: 60 }),
        ),
        amountInput(balance > 0n ? toDecimalString(balance, target.currency) : null, reader, id('amount')),
        input(id('dueOn'), t('plans:due'), dateInput()),
      ];
    case 'equal':
      return [
        input(id('count'), t('plans:count'), textInput({ initial: '3', maxLength: 4 }), {
          hint: t('plans:count_hint'),
        }),
        input(id('dueOn'), t('plans:first'), dateInput()),
        input(
          id('every'),
          t('plans:every'),
          selectInput(
            INTERVALS.map((key) => option(t(`plans:every.${key}`), key)),
            'm1',
          ),
        ),
      ];
    case 'several':
      return [
        input(id('lines'), t('plans:lines'), textInput({ multiline: true, maxLength: 3000 }), {
          hint: t('plans:lines_hint'),
        }),
      ];
  }
}

/** The rows as they would be saved, in blocks of ten, and whether they make up the contract. */
function previewBlocks(target: PlanTarget, preview: PlanPreview, reader: RowReader): KnownBlock[] {
  const { t, locale, today } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: target.currency });
  const lines = preview.rows.map((row, index) =>
    t('plans:preview.line', {
      n: target.nextSeq + index,
      name: escapeMrkdwn(truncate(row.name, 40)),
      amount: money(row.amount),
      date: dateWords(row.dueOn, locale, today) ?? t('common:state.undated'),
    }),
  );
  const sum = money(preview.rows.reduce((total, row) => total + row.amount, target.planned));
  return present<KnownBlock>(
    ...chunks(lines, 10).map((part) => section(part.join('\n'))),
    section(
      preview.unplanned === 0n
        ? t('plans:preview.equal', { sum })
        : t('plans:preview.missing', { sum, missing: money(preview.unplanned) }),
    ),
    preview.unplanned > 0n &&
      input(
        `keepRest|${preview.mark}`,
        t('plans:keep_rest_label'),
        { type: 'checkboxes', action_id: 'value', options: [option(t('plans:keep_rest'), 'yes')] },
        { optional: true },
      ),
  );
}

const dateWords = (date: LocalDate | null, locale: RowReader['locale'], today: LocalDate): string | null =>
  date && formatDate(locale, date, today);

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) =>
    items.slice(index * size, (index + 1) * size),
  );
}

/** 本期回款金额, as people type it. */
export const amountInput = (initial: string | null, { t }: RowReader, blockId: string): KnownBlock =>
  input(blockId, t('plans:amount'), textInput({ initial, maxLength: 40 }), { hint: t('plans:amount_hint') });

/** 计划回款方式, from the company's list; one no longer offered stays chosen. */
export function methodInput(
  methods: readonly DictionaryEntry[],
  chosen: string | null,
  { t, locale }: RowReader,
  blockId: string,
): KnownBlock {
  const active = methods.filter((entry) => entry.active || entry.key === chosen);
  const offered = active.length > 0 ? active : methods;
  const options = offered.map((entry) => option(dictionaryName(methods, entry.key, locale), entry.key));
  return input(blockId, t('plans:method'), selectInput(options, chosen), { optional: true });
}

/** 提前几天提醒, 0-90. */
export const remindInput = (days: number, { t }: RowReader, blockId: string): KnownBlock =>
  input(blockId, t('plans:remind'), textInput({ initial: String(days), maxLength: 4 }), {
    hint: t('plans:remind_hint'),
  });

/** 备注; longer ones are refused with words by the form, not cut silently. */
export const remarkInput = (initial: string | null, { t }: RowReader, blockId: string): KnownBlock =>
  input(blockId, t('plans:remark'), textInput({ initial, multiline: true }), { optional: true });

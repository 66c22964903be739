// One line of a template as a form, and trying a template out (ux §4.9). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { ANCHOR_KINDS, type AnchorDates, type AnchorKind } from '../../domain/plans/anchor.js';
import { DEFAULT_REMIND_DAYS } from '../../domain/plans/plan.js';
import { percentOf, type TemplateLine, type TemplateRow } from '../../domain/templates/template.js';
import { formatDate, formatMoney, shortName } from '../i18n/format.js';
import { OPTIONS, VIEW } from '../ids.js';
import { undatedWords } from './anchor-words.js';
import {
  alert,
  dateInput,
  escapeMrkdwn,
  externalSelect,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { anchorName } from './plan-inputs.js';
import type { RowReader } from './row-views.js';

export const LINE_KINDS = ['share', 'fixed', 'remainder'] as const;
export const SIDES = ['after', 'before'] as const;
export const ROLLS = ['none', 'next_workday', 'previous_workday'] as const;

export interface LineFormState {
  readonly requestId: string;
  readonly draftId: string;
  readonly draftVersion: number;
  /** Index of the line; null: a new one. */
  readonly index: number | null;
}

/** A line of the template; `line` null: a new one. */
export function lineForm(
  line: TemplateLine | null,
  state: LineFormState,
  currency: string,
  { t }: RowReader,
): ModalView {
  const kind = line === null || line.shareBp !== null ? 'share' : line.isRemainder ? 'remainder' : 'fixed';
  const kinds = LINE_KINDS.map((one) => option(t(`templates:line.kind.${one}`), one));
  const value =
    line === null || line.isRemainder
      ? null
      : line.shareBp !== null
        ? percentOf(line.shareBp)
        : toDecimalString(line.fixedAmount ?? 0n, currency);
  const { months = 0, days = 0, dayOfMonth, endOfMonth } = line?.anchorOffset ?? {};
  const isBefore = months < 0 || (months === 0 && days < 0);
  const sides = SIDES.map((one) => option(t(`templates:line.side.${one}`), one));
  const anchors = ANCHOR_KINDS.map((one) => option(anchorName(one, { t }), one));
  const rolls = ROLLS.map((one) => option(t(`templates:line.roll.${one}`), one));
  const box = (field: string, ticked: boolean) => {
    const options = [
      option(
        t(field === 'monthEnd' ? 'templates:line.month_end_box' : 'templates:line.retention_box'),
        'yes',
      ),
    ];
    return {
      type: 'checkboxes' as const,
      action_id: 'value',
      options,
      ...(ticked && { initial_options: options }),
    };
  };
  const whole = (number: number) => textInput({ initial: String(number), maxLength: 5 });
  return modal({
    callbackId: VIEW.templateLine,
    title:
      state.index === null
        ? t('templates:line.title_new')
        : t('templates:line.title', { n: state.index + 1 }),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: JSON.stringify({ r: state.requestId, d: state.draftId, v: state.draftVersion, n: state.index }),
    blocks: [
      input('name', t('templates:line.name'), textInput({ initial: line?.name ?? null, maxLength: 60 })),
      input('kind', t('templates:line.kind'), selectInput(kinds, kind)),
      input('size', t('templates:line.value'), textInput({ initial: value, maxLength: 30 }), {
        optional: true,
        hint: t('templates:line.value_hint'),
      }),
      input('anchor', t('templates:line.anchor'), selectInput(anchors, line?.anchorKind ?? 'signing')),
      input('side', t('templates:line.side'), selectInput(sides, isBefore ? 'before' : 'after')),
      input('months', t('templates:line.months'), whole(Math.abs(months))),
      input('days', t('templates:line.days'), whole(isBefore ? Math.abs(days) : days), {
        hint: t('templates:line.days_hint'),
      }),
      input(
        'dayOfMonth',
        t('templates:line.day_of_month'),
        textInput({ initial: dayOfMonth === undefined ? null : String(dayOfMonth), maxLength: 2 }),
        { optional: true, hint: t('templates:line.day_of_month_hint') },
      ),
      input('monthEnd', t('templates:line.month_end'), box('monthEnd', endOfMonth === true), {
        optional: true,
      }),
      input('roll', t('templates:line.roll'), selectInput(rolls, line?.roll ?? 'none'), {
        hint: t('templates:line.roll_hint'),
      }),
      input('remind', t('templates:line.remind'), whole(line?.remindDaysAhead ?? DEFAULT_REMIND_DAYS), {
        hint: t('plans:remind_hint'),
      }),
      input('retention', t('templates:line.retention'), box('retention', line?.isRetention === true), {
        optional: true,
        hint: t('templates:line.retention_hint'),
      }),
    ],
  });
}

export interface TestState {
  readonly requestId: string;
  /** A kept template, or the draft being edited. */
  readonly source: { template: string } | { draft: string; version: number };
  readonly contract: { id: string; text: string } | null;
  readonly amount: string | null;
  readonly currency: string;
  readonly dates: AnchorDates;
  /** Anchors that the template's lines hang on. */
  readonly anchors: readonly AnchorKind[];
  readonly result: { rows: readonly TemplateRow[]; total: bigint } | { problem: string } | null;
}

/** Amounts and dates that a template would make, for a contract or for what is typed. */
export function testForm(state: TestState, currencies: readonly string[], reader: RowReader): ModalView {
  const { t } = reader;
  // Of another contract other values are shown: fields carry its id.
  const of = state.contract?.id ?? '';
  return modal({
    callbackId: VIEW.templateTest,
    title: t('templates:test.title'),
    submit: t('templates:test.submit'),
    close: t('common:close'),
    metadata: JSON.stringify({ r: state.requestId, s: state.source }),
    blocks: present<KnownBlock>(
      state.result !== null && 'problem' in state.result && alert(state.result.problem),
      input(
        'contract',
        t('templates:test.contract'),
        externalSelect(OPTIONS.templateContract, {
          initial: state.contract ? option(state.contract.text, state.contract.id) : undefined,
        }),
        { optional: true, dispatch: true, hint: t('templates:test.contract_hint') },
      ),
      input(`amount|${of}`, t('templates:test.amount'), textInput({ initial: state.amount, maxLength: 30 })),
      input(
        `currency|${of}`,
        t('templates:test.currency'),
        selectInput(
          [...new Set([...currencies, state.currency])].map((code) => option(code, code)),
          state.currency,
        ),
      ),
      ...state.anchors.map((kind) =>
        input(
          `${kind}|${of}`,
          t('templates:test.date', { anchor: t(`milestones:anchor.${kind}`) }),
          dateInput(state.dates[kind]),
          { optional: true, hint: t('templates:test.date_hint') },
        ),
      ),
      ...resultBlocks(state, reader),
    ),
  });
}

function resultBlocks({ result, currency }: TestState, { t, locale, today }: RowReader): KnownBlock[] {
  if (result === null || 'problem' in result) return [];
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const day = (row: TemplateRow, date: LocalDate | null) =>
    date === null ? undatedWords(t, row) : formatDate(locale, date, today);
  const rows = result.rows.map((row, index) =>
    t('templates:test.row', {
      n: index + 1,
      name: escapeMrkdwn(shortName(locale, row.name)),
      amount: money(row.amount),
      date: day(row, row.effectiveDue),
    }),
  );
  // 60 long rows do not fit one section.
  const parts = Array.from({ length: Math.ceil(rows.length / 20) }, (_, index) =>
    rows.slice(index * 20, (index + 1) * 20).join('\n'),
  );
  return [
    section(t('templates:test.result')),
    ...parts.map((text) => section(text)),
    section(t('templates:test.total', { sum: money(result.total) })),
  ];
}

// How a plan is made: one row, a template, equal parts, lines of text; of a contract that is there or being made. Pure.
import type { KnownBlock } from '@slack/types';
import { addDays, type LocalDate } from '../../domain/local-date.js';
import { toDecimalString } from '../../domain/money.js';
import { ANCHOR_KINDS, type AnchorKind } from '../../domain/plans/anchor.js';
import { DEFAULT_REMIND_DAYS } from '../../domain/plans/plan.js';
import type { KnownAnchors } from '../../domain/plans/plan-anchors.service.js';
import type { PlanTarget } from '../../domain/plans/plan-choices.queries.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import type { StoredTemplate } from '../../domain/templates/template.queries.js';
import { formatDate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import {
  context,
  dateInput,
  escapeMrkdwn,
  input,
  option,
  present,
  selectInput,
  textInput,
} from './blocks.js';
import { amountInput, anchorName, methodInput, remarkInput, remindInput, tickInput } from './plan-inputs.js';
import type { RowReader } from './row-views.js';

/** `later`: only of a contract that is being made; `keep`: only of one that has a plan. */
export const HOWS = ['keep', 'one', 'template', 'equal', 'several', 'later'] as const;
export type How = (typeof HOWS)[number];
export const PLAN_HOWS: readonly How[] = ['one', 'template', 'equal', 'several'];
export const INTERVALS = ['m1', 'm2', 'm3', 'm6', 'm12', 'd7', 'd14'] as const;

/** What a plan is made for; `contractId` is empty while the contract is being made. */
export interface PlanBasis
  extends Pick<
    PlanTarget,
    | 'contractId'
    | 'contractNumber'
    | 'contractName'
    | 'contractStatus'
    | 'contractType'
    | 'customerId'
    | 'currency'
    | 'amount'
    | 'planned'
    | 'paymentMethod'
    | 'nextSeq'
  > {
  readonly anchors: KnownAnchors;
  /** Those that fit first. */
  readonly templates: readonly StoredTemplate[];
  /** 账期: so many days after signing (or today) the customer usually pays; null: not agreed. */
  readonly termDays: number | null;
}

export interface PlanStep {
  readonly how: How;
  /** Null: the first that is offered. */
  readonly templateId: string | null;
  /** A past date was refused: ask whether it is meant. */
  readonly askAlreadyDue: boolean;
}

/** The template that is chosen. */
export const templateOf = (basis: PlanBasis, templateId: string | null): StoredTemplate | undefined =>
  basis.templates.find((template) => template.id === templateId) ?? basis.templates[0];

/** The anchors that a template's lines hang on, in their order. */
export const anchorsOf = (template: StoredTemplate): AnchorKind[] =>
  ANCHOR_KINDS.filter((kind) => template.lines.some((line) => line.anchorKind === kind));

/** The choice of the way, and the inputs of the chosen one. */
export function planStepBlocks(
  basis: PlanBasis,
  step: PlanStep,
  hows: readonly How[],
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const { t } = reader;
  const { how } = step;
  const id = (field: string) => `${field}|${basis.contractId}`;
  const isRow = how !== 'later' && how !== 'keep';
  const method = methodInput(methods, basis.paymentMethod, reader, id('plannedMethod'));
  return present<KnownBlock>(
    input(
      id('how'),
      t('plans:how'),
      {
        type: 'radio_buttons',
        action_id: ACTION.planHow,
        options: hows.map((one) => option(t(`plans:how.${one}`), one)),
        initial_option: option(t(`plans:how.${how}`), how),
      },
      { dispatch: true },
    ),
    ...rowInputs(basis, step, reader, method),
    isRow && how !== 'one' && method,
    isRow && how !== 'template' && remindInput(DEFAULT_REMIND_DAYS, reader, id('remind')),
    how === 'one' && remarkInput(null, reader, id('remark')),
    step.askAlreadyDue && tickInput(id('alreadyDue'), t('plans:already_due_label'), t('plans:already_due')),
  );
}

/** The day that the customer's term gives (F8): counted from signing, from today where that is past or not known. */
export function firstDueOf(
  { termDays, anchors }: Pick<PlanBasis, 'termDays' | 'anchors'>,
  today: LocalDate,
): LocalDate | null {
  if (termDays === null) return null;
  const { signing } = anchors.dates;
  const fromSigning = signing === undefined ? null : addDays(signing, termDays);
  return fromSigning !== null && fromSigning >= today ? fromSigning : addDays(today, termDays);
}

/** What differs by the way; block ids carry contract and way, so that nothing old is kept. */
function rowInputs(
  basis: PlanBasis,
  { how, templateId }: PlanStep,
  reader: RowReader,
  method: KnownBlock,
): KnownBlock[] {
  const { t } = reader;
  const id = (field: string) => `${field}|${basis.contractId}|${how}`;
  const balance = basis.amount - basis.planned;
  const due = firstDueOf(basis, reader.today);
  const termHint = due === null ? {} : { hint: t('plans:due_by_term', { count: basis.termDays }) };
  switch (how) {
    case 'one':
      return [
        input(
          id('name'),
          t('plans:name'),
          textInput({ initial: t('plans:row.nth', { n: basis.nextSeq }), maxLength: 60 }),
        ),
        amountInput(balance > 0n ? toDecimalString(balance, basis.currency) : null, reader, id('amount')),
        // As in the window of one instalment.
        method,
        input(id('dueOn'), t('plans:due'), dateInput(due), termHint),
      ];
    case 'template':
      return templateInputs(basis, templateId, reader);
    case 'equal':
      return [
        input(id('count'), t('plans:count'), textInput({ initial: '3', maxLength: 4 }), {
          hint: t('plans:count_hint'),
        }),
        input(id('dueOn'), t('plans:first'), dateInput(due), termHint),
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
    case 'later':
    case 'keep':
      return [context(t(`planning:${how}`))];
  }
}

/** The template, and the day of each anchor it hangs on: what is fixed is told, the rest is asked. */
function templateInputs(basis: PlanBasis, templateId: string | null, reader: RowReader): KnownBlock[] {
  const { t, locale, today } = reader;
  const template = templateOf(basis, templateId);
  if (!template) return [context(t('errors:template.none'))];
  const { dates, fixed } = basis.anchors;
  const kinds = anchorsOf(template);
  const known = kinds.filter((kind) => fixed.includes(kind));
  const facts = known.map((kind) => {
    const date = dates[kind];
    return t('planning:anchor.fact', {
      name: anchorName(kind, reader),
      date: date ? formatDate(locale, date, today) : t('common:state.undated'),
    });
  });
  return present<KnownBlock>(
    input(
      `template|${basis.contractId}`,
      t('plans:how.template'),
      selectInput(
        basis.templates.map((one) => option(`${one.name} · ${one.code}`, one.id)),
        template.id,
        { actionId: ACTION.planTemplate },
      ),
      { dispatch: true },
    ),
    facts.length > 0 && context(escapeMrkdwn(facts.join(' · '))),
    ...kinds
      .filter((kind) => !fixed.includes(kind))
      .map((kind) =>
        input(
          `anchor_${kind}|${basis.contractId}|${template.id}`,
          t('planning:anchor.date', { name: anchorName(kind, reader) }),
          dateInput(dates[kind]),
          { optional: true, hint: t('planning:anchor.hint') },
        ),
      ),
  );
}

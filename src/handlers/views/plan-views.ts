// The new-plan modal (ux §4.3), redrawn as customer, contract and way of planning are chosen. Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { CustomerChoice, PlanTarget } from '../../domain/plans/plan-choices.queries.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import { formatInstant, formatMoney, truncate } from '../i18n/format.js';
import { ACTION, OPTIONS, VIEW } from '../ids.js';
import {
  actions,
  button,
  context,
  escapeMrkdwn,
  externalSelect,
  fields,
  input,
  modal,
  option,
  present,
  section,
} from './blocks.js';
import { customerOption } from './plan-inputs.js';
import { PLAN_HOWS, type PlanBasis, type PlanStep, planStepBlocks } from './plan-step-views.js';
import type { RowReader } from './row-views.js';

/** A draft that may be continued. */
export interface OfferedDraft {
  readonly id: string;
  readonly version: number;
  /** What it is about, and how many rows it has. */
  readonly name: string;
  readonly rows: number;
  readonly at: Date;
}

/** Everything the form shows that Slack does not keep by itself. */
export interface PlanFormState extends PlanStep {
  readonly requestId: string;
  readonly customer: CustomerChoice | null;
  readonly basis: PlanBasis | null;
  readonly offered: OfferedDraft | null;
  /** private_metadata of the contract's card below, which is drawn anew when the plan is saved. */
  readonly below?: string | null;
}

/** The new-plan modal. */
export function planForm(
  state: PlanFormState,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ModalView {
  const { t } = reader;
  const { customer, basis, how } = state;
  return modal({
    callbackId: VIEW.planNew,
    title: t('plans:new.title'),
    submit: how === 'one' ? t('common:save') : t('plans:preview'),
    close: t('common:cancel'),
    metadata: JSON.stringify({
      r: state.requestId,
      c: customer?.id ?? null,
      k: basis?.contractId ?? null,
      b: state.below ?? null,
      h: how,
      m: state.templateId,
      d: state.askAlreadyDue,
      o: state.offered !== null,
    }),
    blocks: [
      ...(state.offered ? offerBlocks(state.offered, reader) : []),
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
          initial: basis ? contractOption(basis, reader) : undefined,
          ...(customer ? {} : { placeholder: t('plans:contract_first') }),
        }),
        { dispatch: true },
      ),
      ...(basis ? basisBlocks(basis, state, reader, methods) : []),
    ],
  });
}

/** 继续上次填写 (ux §1.4). */
export function offerBlocks(offered: OfferedDraft, { t, locale, now, timezone }: RowReader): KnownBlock[] {
  const value = JSON.stringify({ d: offered.id, v: offered.version });
  const at = formatInstant(locale, offered.at, now, timezone);
  const name = truncate(offered.name, 40) || '—';
  return [
    section(escapeMrkdwn(t('planning:offer', { name, count: offered.rows, at }))),
    actions([
      button(ACTION.draftContinue, t('planning:continue'), { value, style: 'primary' }),
      button(ACTION.draftRestart, t('planning:restart'), { value }),
    ]),
  ];
}

/** `{no.} · {name} · 余额 {x}`; only the name is cut. */
export function contractOption(
  target: Pick<
    PlanTarget,
    'contractId' | 'contractNumber' | 'contractName' | 'amount' | 'planned' | 'currency'
  >,
  { t, locale }: Pick<RowReader, 't' | 'locale'>,
) {
  const words = (name: string) =>
    t('plans:contract_option', {
      number: target.contractNumber,
      name,
      balance: formatMoney(locale, { minor: target.amount - target.planned, currency: target.currency }),
    });
  const room = 75 - [...words('')].length;
  return option(words(truncate(target.contractName, Math.max(1, room))), target.contractId);
}

function basisBlocks(
  basis: PlanBasis,
  step: PlanStep,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const { t, locale } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: basis.currency });
  const balance = basis.amount - basis.planned;
  return present<KnownBlock>(
    fields([
      [t('plans:contract_amount'), money(basis.amount)],
      [t('plans:planned'), money(basis.planned)],
      [t('plans:balance'), money(balance)],
    ]),
    balance <= 0n && context(t('plans:contract_full')),
    ...planStepBlocks(basis, step, PLAN_HOWS, reader, methods),
  );
}

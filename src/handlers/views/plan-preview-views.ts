// The rows of a plan before they are saved: each can be changed, removed or added; the sum is counted anew each time (ux §4.3). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import { toDecimalString } from '../../domain/money.js';
import { DEFAULT_REMIND_DAYS, type PlanRow, unplannedOf } from '../../domain/plans/plan.js';
import { MAX_PLAN_LINES } from '../../domain/plans/plan-lines.js';
import type { DictionaryEntry } from '../../domain/settings/settings.js';
import { formatMoney, shortName, truncate } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { anchorWords } from './anchor-words.js';
import {
  actions,
  alert,
  button,
  context,
  dateInput,
  escapeMrkdwn,
  input,
  modal,
  option,
  present,
  section,
  textInput,
} from './blocks.js';
import { amountInput, dueWords, methodInput, remarkInput, remindInput, tickInput } from './plan-inputs.js';
import type { PlanBasis } from './plan-step-views.js';
import type { RowReader } from './row-views.js';

/** Each row two blocks up to here, one beyond: a window takes 100. */
const WIDE_ROWS = 30;

export interface PreviewState {
  readonly basis: PlanBasis;
  readonly rows: readonly PlanRow[];
  /** private_metadata: which draft, which version of it. */
  readonly metadata: string;
  /** What was just done, or what is wrong. */
  readonly result?: string | undefined;
  readonly warning?: string | undefined;
  /** Of a contract that is being made: the terms check; it is sent for approval. */
  readonly terms?: string | undefined;
  /** Of a contract that is changed. */
  readonly isEdit?: boolean;
  /** The plan is made later: no box to tick for what is missing. */
  readonly isLater?: boolean;
}

/** The preview: what changed and the sum on top, where the person looks; then the rows. */
export function planPreview(state: PreviewState, reader: RowReader): ModalView {
  const { t, today } = reader;
  const { basis, rows } = state;
  const unplanned = unplannedOf(basis, rows);
  const isContract = state.terms !== undefined;
  const isPast = rows.some((row) => row.dueOn !== null && row.dueOn < today);
  return modal({
    callbackId: VIEW.planPreview,
    title: t(state.isEdit ? 'contracts:edit.title' : isContract ? 'contracts:new' : 'plans:new.title'),
    submit: isContract ? t('common:send_for_approval') : t('plans:preview.save', { count: rows.length }),
    close: t('common:cancel'),
    metadata: state.metadata,
    blocks: present<KnownBlock>(
      state.warning !== undefined && alert(state.warning),
      section(`${headingOf(basis)}\n${sumWords(state, reader)}`),
      state.result !== undefined && section(`✅ ${escapeMrkdwn(state.result)}`),
      state.isLater && context(t('planning:later')),
      unplanned > 0n &&
        !state.isLater &&
        tickInput(
          `keepRest|${basis.contractId}|${unplanned}`,
          t('plans:keep_rest_label'),
          t('plans:keep_rest'),
        ),
      isPast && tickInput('alreadyDue', t('plans:already_due_label'), t('plans:already_due')),
      ...rows.flatMap((row, index) => rowBlocks(state, row, index, reader)),
      state.terms !== undefined && section(state.terms),
      actions(
        present(
          button(ACTION.planBack, t('planning:back')),
          rows.length < MAX_PLAN_LINES && button(ACTION.planRowAdd, t('planning:add')),
          isContract && button(ACTION.contractKeep, t('planning:keep_draft')),
        ),
      ),
    ),
  });
}

const headingOf = ({ contractNumber, contractName }: PlanBasis): string =>
  `*${[contractNumber, escapeMrkdwn(truncate(contractName, 40))].filter(Boolean).join(' · ')}*`;

/** 合计 {s}，与合同一致 | 还差 {d} | 超出 {d}. */
function sumWords({ basis, rows }: Pick<PreviewState, 'basis' | 'rows'>, { t, locale }: RowReader): string {
  const money = (minor: bigint) => formatMoney(locale, { minor, currency: basis.currency });
  const unplanned = unplannedOf(basis, rows);
  const sum = money(basis.amount - unplanned);
  if (unplanned === 0n) return t('plans:preview.equal', { sum });
  return unplanned > 0n
    ? t('plans:preview.missing', { sum, missing: money(unplanned) })
    : `⚠️ ${t('planning:preview.excess', { sum, excess: money(-unplanned) })}`;
}

function rowBlocks(
  { basis, rows }: PreviewState,
  row: PlanRow,
  index: number,
  reader: RowReader,
): KnownBlock[] {
  const { t, locale } = reader;
  const n = basis.nextSeq + index;
  // 第1期 says its number itself.
  const isDefault = [`第${n}期`, `#${n}`].includes(row.name);
  const line = t(isDefault ? 'plans:preview.line_plain' : 'plans:preview.line', {
    n,
    name: escapeMrkdwn(truncate(row.name, 40)),
    amount: formatMoney(locale, { minor: row.amount, currency: basis.currency }),
    date: dueWords(row, reader),
  });
  const text = row.isRetention ? `${line} · ${t('plans:badge.retention')}` : line;
  const edit = JSON.stringify({ a: 'edit', n: index });
  const remove = JSON.stringify({ a: 'remove', n: index });
  if (rows.length > WIDE_ROWS) {
    const options = [option(t('common:edit'), edit), option(t('planning:remove'), remove)];
    return [section(text, { type: 'overflow', action_id: ACTION.planRow, options })];
  }
  const label = (verb: string) => `${verb} ${n}. ${shortName(locale, row.name)}`;
  return [
    section(text),
    actions([
      button(ACTION.planRowEdit, t('common:edit'), { value: edit, label: label(t('common:edit')) }),
      button(ACTION.planRowRemove, t('planning:remove'), {
        value: remove,
        label: label(t('planning:remove')),
      }),
    ]),
  ];
}

export interface RowFormState {
  readonly basis: PlanBasis;
  readonly rows: readonly PlanRow[];
  /** Which row; null: one more. */
  readonly index: number | null;
  readonly metadata: string;
}

/** One row of a plan that is being made, on top of the preview. */
export function planRowForm(
  state: RowFormState,
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): ModalView {
  const { t, locale } = reader;
  const { basis, rows, index } = state;
  const row = index === null ? undefined : rows[index];
  const n = basis.nextSeq + (index ?? rows.length);
  const others = rows.filter((_row, at) => at !== index);
  const room = unplannedOf(basis, others);
  const most = formatMoney(locale, { minor: room > 0n ? room : 0n, currency: basis.currency });
  const amount = row?.amount ?? (room > 0n ? room : null);
  return modal({
    callbackId: VIEW.planRow,
    title: t('planning:row.title', { n }),
    submit: t('common:save'),
    close: t('common:cancel'),
    metadata: state.metadata,
    blocks: present<KnownBlock>(
      context(sumWords({ basis, rows }, reader)),
      input(
        'name',
        t('plans:name'),
        textInput({ initial: row?.name ?? t('plans:row.nth', { n }), maxLength: 60 }),
      ),
      amountInput(
        amount === null ? null : toDecimalString(amount, basis.currency),
        reader,
        'amount',
        t('planning:row.amount_hint', { most }),
      ),
      methodInput(methods, row ? row.plannedMethod : basis.paymentMethod, reader, 'plannedMethod'),
      input('dueOn', t('plans:due'), dateInput(row?.dueOn), {
        optional: true,
        hint:
          row?.anchorKind && row.anchorOffset
            ? t('planning:row.anchor_hint', { anchor: anchorWords(t, row.anchorKind, row.anchorOffset) })
            : t('planning:row.date_hint'),
      }),
      remindInput(row?.remindDaysAhead ?? DEFAULT_REMIND_DAYS, reader, 'remind'),
      tickInput('retention', t('templates:line.retention'), t('planning:row.retention'), row?.isRetention),
      remarkInput(row?.remark ?? null, reader, 'remark'),
    ),
  });
}

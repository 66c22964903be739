// The form of an amendment: the contract's fields, a line an unpaid instalment, new lines, the sum, and before it is sent
// what would change (ux §4.4). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { AmendmentSide, PresentContract, PresentRow } from '../../domain/contracts/amendment.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { toDecimalString } from '../../domain/money.js';
import { MAX_PLAN_LINES } from '../../domain/plans/plan-lines.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
import { diffLines } from './amendment-lines.js';
import {
  actions,
  button,
  context,
  dateInput,
  input,
  modal,
  option,
  present,
  section,
  selectInput,
  textInput,
} from './blocks.js';
import { contractHeading } from './contract-approval-views.js';
import type { RowReader } from './row-views.js';

export const REASON_MAX = 500;
/** Lines of a preview a section: 20 lines stay below its 3,000 characters. */
const LINES_A_SECTION = 12;
const OPTIONS = ['keep_rest', 'already_due'] as const;

export interface AmendmentFormData {
  readonly contract: ContractDetails;
  readonly present: PresentContract;
  readonly paymentMethods: readonly DictionaryEntry[];
  /** What would change, once it was counted; null before. */
  readonly preview: {
    readonly before: AmendmentSide;
    readonly after: AmendmentSide;
    readonly planned: bigint;
  } | null;
  readonly metadata: string;
}

/** A row as a person writes it; read again by readRow (handlers). */
export function rowText(row: PresentRow, currency: string, { t }: Pick<RowReader, 't'>): string {
  return `${row.name} ${toDecimalString(row.amount, currency)} ${row.dueOn ?? t('amendments:undated')}`;
}

/** `预览` shows what would change; sent again unchanged it goes out. */
export function amendmentForm(data: AmendmentFormData, reader: RowReader): ModalView {
  const { t } = reader;
  const { contract, present: now, preview } = data;
  return modal({
    callbackId: VIEW.contractAmend,
    title: t('amendments:title'),
    submit: t(preview ? 'common:send_for_approval' : 'amendments:preview'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: [
      section(contractHeading(contract, reader)),
      ...previewBlocks(data, reader),
      input('reason', t('amendments:reason'), textInput({ multiline: true, maxLength: REASON_MAX })),
      ...fieldInputs(data, reader),
      ...rowInputs(now, contract.currency, reader),
      input('added', t('amendments:added'), textInput({ multiline: true }), {
        optional: true,
        hint: t('amendments:added.hint'),
      }),
      input(
        'options',
        t('amendments:options'),
        {
          type: 'checkboxes',
          action_id: 'value',
          options: OPTIONS.map((one) => option(t(`amendments:option.${one}`), one)),
        },
        { optional: true },
      ),
      actions([button(ACTION.contractAmendTotal, t('amendments:total'))]),
    ],
  });
}

function fieldInputs({ present: now, contract, paymentMethods }: AmendmentFormData, reader: RowReader) {
  const { t, locale } = reader;
  const { fields } = now;
  const optional = { optional: true };
  const methods = paymentMethods
    .filter((entry) => entry.active || entry.key === fields.paymentMethod)
    .map((entry) => option(dictionaryName([entry], entry.key, locale), entry.key));
  return [
    input('name', t('amendments:name'), textInput({ initial: fields.name })),
    input(
      'amount',
      t('amendments:amount'),
      textInput({ initial: toDecimalString(fields.amount, contract.currency) }),
      { hint: t('contracts:amount_hint') },
    ),
    input('startsOn', t('amendments:starts_on'), dateInput(fields.startsOn), optional),
    input('endsOn', t('amendments:ends_on'), dateInput(fields.endsOn), optional),
    input(
      'paymentMethod',
      t('amendments:payment_method'),
      selectInput(methods, fields.paymentMethod),
      optional,
    ),
  ];
}

function rowInputs(now: PresentContract, currency: string, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const open = now.rows.filter((row) => row.isOpen);
  const paid = now.rows.filter((row) => !row.isOpen);
  const rest = open.length - MAX_PLAN_LINES;
  return present<KnownBlock>(
    section(t('amendments:rows.title')),
    paid.length > 0 &&
      context(
        t('amendments:paid.line', {
          count: paid.length,
          amount: money(paid.reduce((sum, row) => sum + row.amount, 0n)),
        }),
      ),
    ...open
      .slice(0, MAX_PLAN_LINES)
      .map((row) =>
        input(
          `row:${row.id}`,
          row.paid > 0n
            ? t('amendments:row.paid', { n: row.seq, amount: money(row.paid) })
            : t('amendments:row', { n: row.seq }),
          textInput({ initial: rowText(row, currency, reader) }),
          { optional: true },
        ),
      ),
    rest > 0 && context(t('amendments:rows.rest', { count: rest })),
  );
}

function previewBlocks(data: AmendmentFormData, reader: RowReader): KnownBlock[] {
  const { t, locale } = reader;
  const { preview, contract, paymentMethods } = data;
  if (!preview) return [];
  const { currency } = contract;
  const lines = diffLines({ ...preview, currency, paymentMethods }, reader);
  const chunks = Array.from({ length: Math.ceil(lines.length / LINES_A_SECTION) }, (_, index) =>
    lines.slice(index * LINES_A_SECTION, (index + 1) * LINES_A_SECTION).join('\n'),
  );
  const money = (minor: bigint) => formatMoney(locale, { minor, currency });
  const difference = preview.after.fields.amount - preview.planned;
  const sum = { sum: money(preview.planned), difference: money(difference < 0n ? -difference : difference) };
  const words =
    difference === 0n
      ? 'amendments:sum.equal'
      : difference > 0n
        ? 'amendments:sum.missing'
        : 'amendments:sum.excess';
  return [
    section(t('amendments:diff.title')),
    ...chunks.map((chunk) => section(chunk)),
    section(t(words, sum)),
  ];
}

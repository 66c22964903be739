// The form of an amendment: the contract's fields, a line an unpaid instalment, new lines, the sum (ux §4.4). Pure.
import type { KnownBlock, ModalView } from '@slack/types';
import type { PresentContract, PresentRow } from '../../domain/contracts/amendment.js';
import type { ContractDetails } from '../../domain/contracts/contract.queries.js';
import { toDecimalString } from '../../domain/money.js';
import { MAX_PLAN_LINES } from '../../domain/plans/plan-lines.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatMoney } from '../i18n/format.js';
import { ACTION, VIEW } from '../ids.js';
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

export interface AmendmentFormData {
  readonly contract: ContractDetails;
  readonly present: PresentContract;
  readonly paymentMethods: readonly DictionaryEntry[];
  /** The sum of what is typed, or why there is none, once it was asked for. */
  readonly counted: string | null;
  readonly metadata: string;
}

/** A row as a person writes it; read again by readRow (handlers). */
export function rowText(row: PresentRow, currency: string, { t }: Pick<RowReader, 't'>): string {
  return `${row.name} ${toDecimalString(row.amount, currency)} ${row.dueOn ?? t('amendments:undated')}`;
}

/** `预览` leads to what would change. */
export function amendmentForm(data: AmendmentFormData, reader: RowReader): ModalView {
  const { t } = reader;
  const { contract, present: now, counted } = data;
  return modal({
    callbackId: VIEW.contractAmend,
    title: t('amendments:title'),
    submit: t('amendments:preview'),
    close: t('common:cancel'),
    metadata: data.metadata,
    blocks: [
      section(contractHeading(contract, reader)),
      input('reason', t('amendments:reason'), textInput({ multiline: true, maxLength: REASON_MAX })),
      ...fieldInputs(data, reader),
      ...rowInputs(now, contract.currency, reader),
      input('added', t('amendments:added'), textInput({ multiline: true }), {
        optional: true,
        hint: t('amendments:added.hint'),
      }),
      actions([button(ACTION.contractAmendTotal, t('amendments:total'))]),
      ...(counted === null ? [] : [section(counted)]),
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

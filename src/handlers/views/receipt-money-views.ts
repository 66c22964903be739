// How and when money came, and what about that may be a slip of the pen, in the form of a receipt (ux §4.5). Pure.
import type { KnownBlock } from '@slack/types';
import { toDecimalString } from '../../domain/money.js';
import { type DictionaryEntry, dictionaryName } from '../../domain/settings/settings.js';
import { formatDate } from '../i18n/format.js';
import { ACTION } from '../ids.js';
import { alert, dateInput, input, option, present, selectInput, textInput } from './blocks.js';
import type { ReceiptFormState } from './receipt-form-views.js';
import type { RowReader } from './row-views.js';

/** How and when the money came, and from whom. */
export function moneyInputs(
  initial: ReceiptFormState['initial'],
  reader: RowReader,
  methods: readonly DictionaryEntry[],
): KnownBlock[] {
  const { t } = reader;
  const optional = { optional: true };
  return [
    input('method', t('receipts:method'), methodSelect(methods, initial.method, reader), { dispatch: true }),
    input('receivedOn', t('receipts:received_on'), dateInput(initial.receivedOn)),
    input('payerName', t('receipts:payer'), textInput({ initial: initial.payerName }), {
      ...optional,
      hint: t('receipts:payer_hint'),
    }),
    input('bankSlipNo', t('receipts:slip'), textInput({ initial: initial.bankSlipNo }), {
      ...optional,
      hint: t('receipts:slip_hint'),
    }),
  ];
}

/** A select cannot be emptied again in Slack: that nothing is said is a choice of its own, and no currency. */
const AS_CONTRACT = '-';

/** The bank's own number, and what came in where that is not the currency of the contract. */
export function foreignInputs(
  { initial, paidIn, paidInChoices, target: { currency } }: ReceiptFormState,
  { t }: RowReader,
): KnownBlock[] {
  return present<KnownBlock>(
    input('bankTxnId', t('recording:txn'), textInput({ initial: initial.bankTxnId, maxLength: 64 }), {
      optional: true,
      hint: t('recording:txn_hint'),
    }),
    paidInChoices.length > 0 &&
      input(
        `paidIn|${currency}`,
        t('recording:paid_in'),
        selectInput(
          [option(t('recording:paid_in_none'), AS_CONTRACT), ...paidInChoices.map((one) => option(one, one))],
          paidIn ?? AS_CONTRACT,
          { actionId: ACTION.receiptPaidIn },
        ),
        { dispatch: true, hint: t('recording:paid_in_hint') },
      ),
    paidIn !== null &&
      input(
        `originalAmount|${paidIn}`,
        t('recording:original_label', { currency: paidIn }),
        textInput({
          initial: initial.originalAmount === null ? null : toDecimalString(initial.originalAmount, paidIn),
          maxLength: 40,
        }),
        { hint: t('recording:original_hint', { currency }) },
      ),
  );
}

/** A bill's number, and when it falls due. */
export const billInputs = (
  { billNo, billDueOn }: ReceiptFormState['initial'],
  { t }: RowReader,
): KnownBlock[] => [
  input('billNo', t('bills:number'), textInput({ initial: billNo, maxLength: 64 })),
  input('billDueOn', t('bills:due'), dateInput(billDueOn), { hint: t('bills:due_hint') }),
];

function methodSelect(methods: readonly DictionaryEntry[], chosen: string | null, { locale }: RowReader) {
  const active = methods.filter((entry) => entry.active || entry.key === chosen);
  const offered = active.length > 0 ? active : methods;
  return selectInput(
    offered.map((entry) => option(dictionaryName(methods, entry.key, locale), entry.key)),
    chosen,
    { actionId: ACTION.receiptMethod },
  );
}

/** What may be a slip of the pen, each with the tick that says it is not. */
export function doubtBlocks({ duplicate, oldDay }: ReceiptFormState, reader: RowReader): KnownBlock[] {
  const { t, locale, today } = reader;
  const tick = (name: string, label: string, text: string, value: string) =>
    input(
      `${name}|${value}`,
      label,
      { type: 'checkboxes', action_id: 'value', options: [option(text, value)] },
      // Optional for Slack, asked again by the app: a required one could not be left for another amount.
      { optional: true },
    );
  return [
    ...(oldDay === null
      ? []
      : [
          alert(t('receipts:old_day', { date: formatDate(locale, oldDay, today) })),
          tick('oldDay', t('receipts:old_day_label'), t('receipts:old_day_tick'), oldDay),
        ]),
    ...(duplicate === null
      ? []
      : [
          { ...alert(duplicate.words), block_id: 'duplicate' },
          tick(
            'notDuplicate',
            t('receipts:not_duplicate_label'),
            t('receipts:not_duplicate'),
            duplicate.number,
          ),
        ]),
  ];
}

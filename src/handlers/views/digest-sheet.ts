// All rows of a digest as a spreadsheet's cells, for the file in its thread (ux §4.7). Pure.
import { toDecimalString } from '../../domain/money.js';
import type { DigestData } from '../../domain/reminders/digest.queries.js';
import type { RowReader } from './row-views.js';

export interface SheetData {
  readonly name: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A line a row, in the order of the message; amounts as plain decimals. */
export function digestSheet(data: DigestData, { t }: Pick<RowReader, 't'>): SheetData {
  const header = [
    t('reminders:sheet.group'),
    t('plans:field.customer'),
    t('plans:field.contract'),
    t('reminders:sheet.instalment'),
    t('plans:field.owner'),
    t('reminders:case.due'),
    t('plans:field.amount'),
    t('plans:field.open'),
    t('reminders:sheet.currency'),
    t('reminders:sheet.state'),
  ];
  const rows = data.sections.flatMap((section) =>
    section.rows.map((row) => [
      t(`reminders:group.${section.kind}`),
      row.customerName,
      row.contractNumber,
      `${row.seq} ${row.name}`,
      row.ownerName,
      row.effectiveDue ?? t('common:state.undated'),
      toDecimalString(row.amount, row.currency),
      toDecimalString(row.outstanding, row.currency),
      row.currency,
      t(`common:state.${row.state}`),
    ]),
  );
  const bills = data.bills.map((bill) => [
    t('bills:group'),
    bill.customerName,
    bill.contractNumber ?? '',
    [bill.number, bill.billNo].filter(Boolean).join(' '),
    '',
    bill.dueOn,
    toDecimalString(bill.amount, bill.currency),
    '',
    bill.currency,
    t(`common:receipt_state.${bill.status}`),
  ]);
  return { name: `huikuan-${data.date}.xlsx`, header, rows: [...rows, ...bills] };
}

// Reads the invoice file of a replay: one row an invoice, dates as M/D/YYYY, amounts in dollars.
import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import { type LocalDate, localDate } from '../../src/domain/local-date.js';
import { fromDecimalString } from '../../src/domain/money.js';

export const CURRENCY = 'USD';

/** One invoice; `amount` in cents. */
export interface Invoice {
  readonly number: string;
  readonly customer: string;
  readonly invoicedOn: LocalDate;
  readonly dueOn: LocalDate;
  readonly settledOn: LocalDate;
  readonly amount: bigint;
  readonly disputed: boolean;
}

/** @throws Error naming the line and column that cannot be read */
export async function readInvoices(path: string): Promise<Invoice[]> {
  const rows: Record<string, string>[] = parse(await readFile(path, 'utf8'), {
    columns: true,
    bom: true,
    trim: true,
  });
  return rows.map((row, index) => {
    const text = (column: string): string => {
      const value = row[column];
      if (value === undefined || value === '')
        throw new Error(`Line ${index + 2}: column ${column} is missing or empty.`);
      return value;
    };
    const amount = fromDecimalString(text('InvoiceAmount'), CURRENCY);
    if (amount === undefined)
      throw new Error(`Line ${index + 2}: InvoiceAmount “${row.InvoiceAmount}” is not an amount.`);
    return {
      number: text('invoiceNumber'),
      customer: text('customerID'),
      invoicedOn: usDate(text('InvoiceDate'), index),
      dueOn: usDate(text('DueDate'), index),
      settledOn: usDate(text('SettledDate'), index),
      amount,
      disputed: text('Disputed') === 'Yes',
    };
  });
}

function usDate(text: string, index: number): LocalDate {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text);
  if (!match) throw new Error(`Line ${index + 2}: “${text}” is not a date like 1/31/2013.`);
  const [, month = '', day = '', year = ''] = match;
  return localDate(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

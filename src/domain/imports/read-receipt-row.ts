// A row of receipts, new ones or opening balances. Pure.

import { asSlip, BILL_METHOD, receiptInput } from '../receipts/receipt.js';
import { type RowError, readAmount, readCurrency, readLimit, readMethod } from './read-values.js';
import { foldKey, given, type ReadRow, type RowCells } from './row-cells.js';

/** Known by its slip, else by everything it says, its other numbers too: the second of two equal payments counts as another. */
export function readReceiptRow(row: RowCells): Omit<ReadRow, 'errors'> {
  const { options, paymentMethods, today } = row.context;
  const [contract, customer, typed] = [row.text('contract'), row.text('customer'), row.text('slip')];
  const slip = typed === null ? null : asSlip(typed);
  if (contract === null && customer === null) row.refuse('contract', 'target_missing');
  const currency = row.currency();
  const amount =
    row.required('amount') === '' ? null : row.read('amount', (text) => readAmount(text, currency));
  const net = row.read('net', (text) => readLimit(text, currency));
  if (net !== null && amount !== null && net > amount)
    row.refuse('net', 'net_above', { amount: row.text('amount') ?? '' });
  const receivedOn = row.required('receivedOn') === '' ? null : row.date('receivedOn');
  if (receivedOn !== null && receivedOn > today) row.refuse('receivedOn', 'date_future');
  const method =
    row.read('method', (text) => readMethod(text, paymentMethods)) ??
    (row.text('method') === null ? (options.method ?? row.refuse('method', 'required')) : null);
  const bill = method === BILL_METHOD ? readBill(row) : {};
  const txn = row.text('txn');
  // Of what is left of it nobody knows what it was in the other currency.
  const isWhole = net === null || net === 0n || net === amount;
  const original = isWhole ? readOriginal(row, currency) : {};
  const fields = given({
    contract,
    customer,
    // What was given back or reversed since is not brought in again.
    amount: (net || amount)?.toString(),
    gross: isWhole ? null : amount?.toString(),
    isUncounted: net === 0n ? true : null,
    currency,
    receivedOn,
    method,
    payerName: row.text('payer'),
    bankSlipNo: slip,
    bankTxnId: txn === null ? null : asSlip(txn),
    ...original,
    ...bill,
    receiptNumber: row.text('receiptNumber'),
    remark: row.text('remark'),
  });
  if (row.errors.length === 0) {
    const checked = receiptInput.safeParse({ ...fields, originalAmount: null, amount, customerId: '' });
    if (!checked.success)
      row.schema(checked.error.issues, { payerName: 'payer', bankSlipNo: 'slip', bankTxnId: 'txn' });
  }
  // Of a row that is none, all is told at once; one that is in already may lack what bills have needed since.
  if (row.errors.length > 0)
    for (const { field, code, params } of billErrors(fields))
      if (!row.errors.some((known) => known.field === field)) row.refuse(field, code, params);
  const target = foldKey(contract ?? customer ?? '');
  const { payerName, remark } = fields;
  // What does not count leaves its slip to what was recorded in its place.
  const unique = slip !== null && net !== 0n;
  if (unique) return { fields, ownerId: null, key: JSON.stringify([target, slip]), unique };
  const said = [target, fields.amount, currency, receivedOn, payerName, remark];
  const former = [...said, ...(net === 0n ? ['uncounted'] : [])];
  const numbers = given({ txn: fields.bankTxnId, bill: fields.billNo });
  const isNumbered = Object.keys(numbers).length > 0;
  return {
    ...{ fields, ownerId: null, unique },
    key: JSON.stringify(isNumbered ? [...former, numbers] : former),
    ...(isNumbered && { formerKey: JSON.stringify(former) }),
  };
}

/** What came in where that is another currency: both or neither; the contract's own says nothing new. */
function readOriginal(row: RowCells, currency: string) {
  const { currencies } = row.context;
  if (row.text('originalCurrency') === null && row.text('originalAmount') === null) return {};
  if (row.required('originalCurrency') === '') return {};
  const originalCurrency = row.read('originalCurrency', (text) => readCurrency(text, currencies));
  if (originalCurrency === null || originalCurrency === currency) return {};
  if (row.required('originalAmount') === '') return {};
  const amount = row.read('originalAmount', (text) => readAmount(text, originalCurrency));
  return { originalCurrency, originalAmount: amount?.toString() };
}

function readBill(row: RowCells) {
  const billNo = asSlip(row.text('billNo') ?? '');
  return { billNo: billNo === '' ? null : billNo, billDueOn: row.date('billDueOn') };
}

/** A bill that comes in has a number and a day, else nobody would be reminded of it. */
export function billErrors({ method, billNo, billDueOn, receivedOn }: ReadRow['fields']): RowError[] {
  if (method !== BILL_METHOD) return [];
  const required = (field: string): RowError => ({ code: 'required', field, params: {} });
  const isEarly = typeof billDueOn === 'string' && typeof receivedOn === 'string' && billDueOn < receivedOn;
  return [
    ...(billNo === undefined ? [required('billNo')] : []),
    ...(billDueOn === undefined ? [required('billDueOn')] : []),
    ...(isEarly ? [{ code: 'bill_due', field: 'billDueOn', params: { date: receivedOn } } as const] : []),
  ];
}

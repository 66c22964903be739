// What becomes of a row of receipts or opening balances. Pure.

import { twinKey } from '../customers/customer.js';
import type { OriginalMoney } from '../receipts/receipt.js';
import type { FindCustomer } from './decide-contract.js';
import { asStaged, type Decision, decided, failed, type Remembered, type StagedRow } from './import-row.js';
import { billErrors } from './read-receipt-row.js';

/** A contract that money may be for, in the importer's scope. */
export interface PayableContract {
  readonly id: string;
  readonly customerId: string;
  readonly currency: string;
  readonly status: string;
  /** Whoever owns it: a file names it beside the contract. */
  readonly customer: { readonly code: string; readonly name: string; readonly shortName: string | null };
}

/** What a payment is known by at a bank. */
export interface PaymentNumbers {
  readonly slip: string | null;
  readonly bankTxnId: string | null;
  readonly billNo: string | null;
}

/** Money that is there already, or waits to be claimed. */
export interface SameMoney extends OriginalMoney, PaymentNumbers {
  readonly number: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly receivedOn: string;
}

/** A receipt that counts or waits to count. */
export interface LiveReceipt extends SameMoney {
  readonly id: string;
  readonly customerId: string;
}

/** A receipt by its number, whatever became of it. */
export interface NumberedReceipt extends Pick<SameMoney, 'amount' | 'currency' | 'receivedOn'> {
  readonly id: string;
  readonly customerId: string;
  /** It counts or waits to count. */
  readonly lives: boolean;
  /** All of it was taken back: it is not what was corrected and is sent again. */
  readonly isReversed: boolean;
}

export interface ReceiptFacts extends Remembered {
  readonly findCustomer: FindCustomer;
  readonly byNumber: ReadonlyMap<string, PayableContract>;
  /** Receipts of these numbers that this file has not made. */
  readonly byReceiptNumber: ReadonlyMap<string, NumberedReceipt>;
  readonly byId: (id: string) => LiveReceipt | undefined;
  /** By a number of the bank's, in whichever column it was entered: that of the row first. */
  readonly byBankNumber: (customerId: string, number: BankNumber, text: string) => LiveReceipt | undefined;
  /** Of money that no card of its own warns about: a receipt of another customer with this number; null for the others. */
  readonly elsewhere: ((customerId: string, text: string) => { readonly number: string } | undefined) | null;
  /** What waits to be claimed with this number, whoever it is from. */
  readonly unclaimedNumber: (text: string) => SameMoney | undefined;
  /**
   * One that this file has not made, of the same customer (or to be claimed by one), and that no number tells apart: the
   * same bill, or the same amount and a day within the window of rules §3.
   */
  readonly twinOf: (customerId: string, money: Omit<SameMoney, 'number'>) => SameMoney | undefined;
}

/**
 * Decides about rows in their order: a slip and a bank's number are used once a customer, in the books and within the file;
 * once for all of them where no card of the receipt would warn of it.
 */
export function decideReceipts(rows: readonly StagedRow[], facts: ReceiptFacts): Decision[] {
  const lineOf = new Map<string, number>();
  return rows.map((row) => {
    const decision = decideReceipt(row, facts);
    if (decision.outcome !== 'new') return decision;
    const used = NUMBERS.flatMap(({ field, column }) => {
      const number = row.fields[field];
      return typeof number === 'string'
        ? [{ column, key: `${facts.elsewhere ? '' : decision.customerId} ${number}` }]
        : [];
    });
    for (const { column, key } of used) {
      const line = lineOf.get(key);
      if (line !== undefined) return failed(row, 'slip_twice', column, { line });
    }
    for (const { key } of used) lineOf.set(key, row.line);
    return decision;
  });
}

/** Numbers of the bank's by which a payment is known; the same one stands in either column. */
const NUMBERS = [
  { field: 'bankSlipNo', column: 'slip' },
  { field: 'bankTxnId', column: 'txn' },
] as const;
export type BankNumber = (typeof NUMBERS)[number]['field'];

function decideReceipt(row: StagedRow, facts: ReceiptFacts): Decision {
  const staged = asStaged(row);
  if (staged) return staged;
  const { fields } = row;
  // This line of this very file: the columns may have been taken for others than now.
  const before = facts.byLine.get(row.line);
  if (before !== undefined) return decided(row, 'duplicate', { subjectId: before });
  const target = findTarget(row, facts);
  // A list that was exported here names the receipt itself; one of another system may have given the number to other money.
  const { receiptNumber } = fields;
  const numbered = typeof receiptNumber === 'string' ? facts.byReceiptNumber.get(receiptNumber) : undefined;
  const isSame =
    numbered !== undefined && saysSame(row, numbered, 'outcome' in target ? null : target.customerId);
  if (isSame && (numbered.lives || fields.isUncounted === true))
    return decided(row, 'duplicate', { subjectId: numbered.id });
  if (fields.isUncounted === true) return failed(row, 'not_counted', 'net');
  if ('outcome' in target) return target;
  if (isSame && numbered.isReversed)
    return failed(row, 'receipt_reversed', 'receiptNumber', { number: String(receiptNumber) });
  if (numbered?.lives && !isSame)
    return failed(row, 'receipt_differs', 'receiptNumber', { number: String(receiptNumber) });
  const { customerId } = target;
  const known = knownId(row, facts);
  const numbers = NUMBERS.flatMap(({ field, column }) => {
    const text = fields[field];
    return typeof text === 'string' ? [{ field, column, text }] : [];
  });
  let isTaken = false;
  for (const { field, column, text } of numbers) {
    const taken = facts.byBankNumber(customerId, field, text);
    // The key of a row with a slip does not say how much: another amount is no repetition.
    if (taken && !saysAmount(row, taken)) return failed(row, 'slip_taken', column, { number: taken.number });
    isTaken ||= taken !== undefined;
  }
  if (known !== undefined) return decided(row, 'duplicate', { subjectId: known });
  if (isTaken) return decided(row, 'duplicate');
  for (const { column, text } of numbers) {
    const other = facts.elsewhere?.(customerId, text);
    if (other) return failed(row, 'slip_elsewhere', column, { number: other.number });
    const waiting = facts.unclaimedNumber(text);
    if (waiting) return failed(row, 'slip_unclaimed', column, { number: waiting.number });
  }
  const lacks = billErrors(fields);
  if (lacks.length > 0) return { ...decided(row, 'new'), outcome: 'error', errors: lacks };
  return suspect(row, customerId, facts) ?? decided(row, 'new', { customerId });
}

/** Somebody may have recorded it by hand, or it came in another file. */
function suspect(row: StagedRow, customerId: string, facts: ReceiptFacts): Decision | null {
  const { fields } = row;
  const text = (field: string) => (typeof fields[field] === 'string' ? fields[field] : null);
  const original = text('originalAmount');
  const money = {
    ...{ currency: String(fields.currency), receivedOn: String(fields.receivedOn) },
    ...{ slip: text('bankSlipNo'), bankTxnId: text('bankTxnId'), billNo: text('billNo') },
    originalCurrency: text('originalCurrency'),
    originalAmount: original === null ? null : BigInt(original),
  };
  const twins = amountsOf(row).map((amount) =>
    facts.twinOf(customerId, { ...money, amount: BigInt(amount) }),
  );
  const twin = twins.find((one) => one !== undefined);
  if (!twin) return null;
  const { number } = twin;
  return money.slip !== null && twin.slip === null
    ? failed(row, 'suspected_txn', 'txn', { number })
    : failed(row, 'suspected', 'amount', { number });
}

/**
 * Whether numbers tell two payments of one amount apart: each has one of the same kind, and another; or one has a slip where
 * the other has no number of the bank's at all, as people are asked to fill in. A number of one kind says nothing of one
 * of another.
 */
export function areApart(row: PaymentNumbers, other: PaymentNumbers): boolean {
  const differs = (one: string | null, its: string | null) => one !== null && its !== null && one !== its;
  return (
    differs(row.slip, other.slip) ||
    differs(row.bankTxnId, other.bankTxnId) ||
    differs(row.billNo, other.billNo) ||
    (row.slip !== null && other.slip === null && other.bankTxnId === null)
  );
}

/** What the row has become already; other money that says the same, but has another number, is not it. */
function knownId({ rowKey, fields }: StagedRow, { byKey, byId }: ReceiptFacts): string | undefined {
  /** Whether a number of the row is that of the receipt; null where one of them has none. */
  const compare = (id: string) =>
    (['bankTxnId', 'billNo'] as const).map((field) => {
      const has = byId(id)?.[field] ?? null;
      return has === null || fields[field] === undefined ? null : fields[field] === has;
    });
  const known = byKey.get(rowKey);
  if (known !== undefined && !compare(known).includes(false)) return known;
  const former = byKey.get(String(fields.formerKey));
  return former !== undefined && compare(former).includes(true) ? former : undefined;
}

/** What it came to in the books, and as it came in, where a part was given back since. */
const amountsOf = ({ fields }: StagedRow): string[] =>
  [fields.amount, fields.gross].filter((amount) => typeof amount === 'string');

const saysAmount = (row: StagedRow, money: Pick<SameMoney, 'amount' | 'currency'>): boolean =>
  amountsOf(row).includes(money.amount.toString()) && row.fields.currency === money.currency;

/** Whose it is counts where the row's customer is found at all. */
const saysSame = (row: StagedRow, receipt: NumberedReceipt, customerId: string | null): boolean =>
  saysAmount(row, receipt) &&
  row.fields.receivedOn === receipt.receivedOn &&
  (customerId === null || customerId === receipt.customerId);

function findTarget(row: StagedRow, facts: ReceiptFacts): { customerId: string } | Decision {
  const { contract, customer, currency } = row.fields;
  const found = typeof customer === 'string' ? facts.findCustomer(customer) : [];
  if (typeof contract === 'string') {
    const known = facts.byNumber.get(contract);
    if (!known) return failed(row, 'contract_unknown', 'contract', { value: contract });
    const belongs =
      typeof customer !== 'string' ||
      found.some(({ id }) => id === known.customerId) ||
      isCalled(known.customer, customer);
    if (!belongs) return failed(row, 'contract_customer', 'customer', { value: contract });
    if (known.status !== 'active' && known.status !== 'completed')
      return failed(row, 'contract_state', 'contract');
    if (known.currency !== currency)
      return failed(row, 'currency_differs', 'currency', { currency: known.currency });
    return { customerId: known.customerId };
  }
  const [only] = found;
  if (!only) return failed(row, 'customer_unknown', 'customer', { value: String(customer) });
  return found.length > 1
    ? failed(row, 'customer_ambiguous', 'customer', { value: String(customer) })
    : { customerId: only.id };
}

/** Also of a customer that is another person's: the contract is the importer's. */
const isCalled = ({ code, name, shortName }: PayableContract['customer'], text: string): boolean =>
  [code, name, shortName].some((word) => word !== null && twinKey(word) === twinKey(text));

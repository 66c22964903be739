// A receipt's fields and its state table (rules §3). Pure.
import { z } from 'zod';
import { addDays, type LocalDate } from '../local-date.js';
import { exponentOf, MAX_MINOR, type Money, toDecimalString } from '../money.js';

export type ReceiptStatus = 'draft' | 'submitted' | 'approved' | 'rejected' | 'partly_reversed' | 'reversed';

/** Statuses in which money counts or waits to count: what a duplicate is looked for in. */
export const LIVE_STATUSES = [
  'submitted',
  'approved',
  'partly_reversed',
] as const satisfies readonly ReceiptStatus[];

/** Statuses of money that is or was in the books. */
export const BOOKED_STATUSES: readonly ReceiptStatus[] = ['approved', 'partly_reversed', 'reversed'];

/** Kinds that bring money; reversals and refunds take of theirs. */
export const MONEY_IN_KINDS = ['payment', 'prepayment', 'opening'] as const;

/** 冲销 takes money back that should not be booked, 退款 gives money back that belongs to no instalment. */
export type MovementKind = 'reversal' | 'refund';

/** The payment method that is a bill: money that is certain only when it falls due. */
export const BILL_METHOD = 'acceptance_bill';

/** Days around received_on in which the same amount from the same customer is suspicious (rules §3). */
export const DUPLICATE_WINDOW_DAYS = 3;

/** Money of more than a year ago is more often a slip of the pen than money that nobody had recorded. */
const OLD_DAYS = 366;
export const isOldDay = (receivedOn: LocalDate, today: LocalDate): boolean =>
  receivedOn < addDays(today, -OLD_DAYS);

export const REJECT_REASONS = [
  'not_in_bank',
  'amount_differs',
  'wrong_instalment',
  'voucher_unclear',
  'duplicate',
  'other',
] as const;

/** One line of a split; `amount` in minor units of the receipt's currency. */
export interface SplitLine {
  readonly instalmentId: string;
  readonly amount: bigint;
  /** On bad debt, which it recovers. */
  readonly recovery?: boolean;
}

/** A bank's number is one number however it is typed: full-width, in small letters, in groups. */
export const asSlip = (text: string): string => text.normalize('NFKC').replace(/\s+/gu, '').toUpperCase();

/** The numbers by which a bank knows a payment. Its slip's and its own are mixed up: each is compared with both. */
export const bankNumbersOf = (money: { bankSlipNo: string | null; bankTxnId: string | null }): string[] =>
  [money.bankSlipNo, money.bankTxnId].filter((number) => number !== null);

/** As a filter of receipts: one of these numbers, as slip or as the bank's own. */
export const sameNumber = (numbers: readonly string[]) => [
  { bankSlipNo: { in: [...numbers] } },
  { bankTxnId: { in: [...numbers] } },
];

/** What came in where that is another currency than the receipt's. */
export interface OriginalMoney {
  readonly originalAmount: bigint | null;
  readonly originalCurrency: string | null;
}

/** What came in as money, or null where the receipt says it all. */
export const originalOf = ({ originalAmount, originalCurrency }: OriginalMoney): Money | null =>
  originalAmount === null || originalCurrency === null
    ? null
    : { minor: originalAmount, currency: originalCurrency };

/** Each way to say what came in: a payment recorded in the contract's currency is the one that the bank has in its own. */
export const saidAs = (receipt: { amount: bigint; currency: string } & OriginalMoney): Money[] => {
  const original = originalOf(receipt);
  return [{ minor: receipt.amount, currency: receipt.currency }, ...(original ? [original] : [])];
};

/** As what came in on a receipt of another currency. */
export const asOriginal = ({ amount, currency }: { amount: bigint; currency: string }) => ({
  originalAmount: amount,
  originalCurrency: currency,
});

const RATE_DECIMALS = 6;

/** Units of the receipt's currency for one unit of what came in, to six decimals, halves up; null where it is the same. */
export function rateOf(receipt: { amount: bigint; currency: string } & OriginalMoney): string | null {
  const original = originalOf(receipt);
  if (!original) return null;
  const top = receipt.amount * 10n ** BigInt(RATE_DECIMALS + exponentOf(original.currency));
  const bottom = original.minor * 10n ** BigInt(exponentOf(receipt.currency));
  const digits = `${(2n * top + bottom) / (2n * bottom)}`.padStart(RATE_DECIMALS + 1, '0');
  const fraction = digits.slice(-RATE_DECIMALS).replace(/0+$/, '');
  return `${digits.slice(0, -RATE_DECIMALS)}${fraction === '' ? '' : `.${fraction}`}`;
}

/** What a person enters; `amount` in minor units of `currency`. */
export const receiptInput = z.object({
  customerId: z.string(),
  contractId: z.string().nullable().default(null),
  instalmentId: z.string().nullable().default(null),
  /** prepayment: money before anything is due, applied later. */
  kind: z.enum(['payment', 'prepayment']).default('payment'),
  amount: z.bigint().positive().max(MAX_MINOR),
  currency: z.string(),
  method: z.string(),
  receivedOn: z.custom<LocalDate>(),
  payerName: z.string().trim().max(120).nullable().default(null),
  bankSlipNo: z.string().transform(asSlip).pipe(z.string().max(64)).nullable().default(null),
  /** The bank's own number of the transfer. */
  bankTxnId: z.string().transform(asSlip).pipe(z.string().max(64)).nullable().default(null),
  /** What came in, in minor units of its currency, where the contract is in another (rules §1): for information. */
  originalAmount: z.bigint().positive().max(MAX_MINOR).nullable().default(null),
  originalCurrency: z.string().nullable().default(null),
  /** Of an acceptance bill. */
  billNo: z.string().transform(asSlip).pipe(z.string().max(64)).nullable().default(null),
  billDueOn: z.custom<LocalDate>().nullable().default(null),
  remark: z.string().trim().max(3000).nullable().default(null),
  replacesId: z.string().nullable().default(null),
  /** The unclaimed money that this receipt claims. */
  unclaimedId: z.string().nullable().default(null),
});

/** Money of an unknown customer as a person enters it. */
export const unclaimedInput = receiptInput.pick({
  amount: true,
  currency: true,
  method: true,
  receivedOn: true,
  payerName: true,
  bankSlipNo: true,
  remark: true,
});
export type UnclaimedInput = z.input<typeof unclaimedInput>;
export type ReceiptInput = z.input<typeof receiptInput>;
export type ParsedReceipt = z.output<typeof receiptInput>;

/** As the trail keeps it: what came in with its currency, which is not the one of the other amounts. */
export function asTold({ originalAmount, originalCurrency, ...rest }: ParsedReceipt) {
  const original = originalOf({ originalAmount, originalCurrency });
  return {
    ...rest,
    ...(original && {
      original: `${original.currency} ${toDecimalString(original.minor, original.currency)}`,
      rate: rateOf({ ...rest, originalAmount, originalCurrency }),
    }),
  };
}

/** The contract that all lines are of; '' where they are of several, or there are none. */
export function onlyContract(lines: readonly { readonly contractNumber: string }[]): string {
  const [number = '', ...others] = new Set(lines.map((line) => line.contractNumber));
  return others.length === 0 ? number : '';
}

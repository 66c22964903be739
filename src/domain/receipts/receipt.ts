// A receipt's fields and its state table (rules §3). Pure.
import { z } from 'zod';
import { addDays, type LocalDate } from '../local-date.js';

export type ReceiptStatus = 'draft' | 'submitted' | 'approved' | 'rejected' | 'partly_reversed' | 'reversed';

/** Statuses in which money counts or waits to count: what a duplicate is looked for in. */
export const LIVE_STATUSES = [
  'submitted',
  'approved',
  'partly_reversed',
] as const satisfies readonly ReceiptStatus[];

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

/** What a person enters; `amount` in minor units of `currency`. */
export const receiptInput = z.object({
  customerId: z.string(),
  contractId: z.string().nullable().default(null),
  instalmentId: z.string().nullable().default(null),
  /** prepayment: money before anything is due, applied later. */
  kind: z.enum(['payment', 'prepayment']).default('payment'),
  amount: z.bigint().positive(),
  currency: z.string(),
  method: z.string(),
  receivedOn: z.custom<LocalDate>(),
  payerName: z.string().trim().max(120).nullable().default(null),
  bankSlipNo: z.string().transform(asSlip).pipe(z.string().max(64)).nullable().default(null),
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

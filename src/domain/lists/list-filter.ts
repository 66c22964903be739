// What each list can be narrowed to and sorted by: one object for its rows, its count, its sums and its export, and for
// the buttons and jobs that carry it. Pure.
import { z } from 'zod';
import { CONTRACT_STATUSES } from '../contracts/contract.js';
import { CUSTOMER_STATES } from '../customers/customer.js';
import { isLocalDate, type LocalDate } from '../local-date.js';
import type { DisplayState } from '../plans/instalment.js';
import type { ReceiptStatus } from '../receipts/receipt.js';

export const LIST_KINDS = ['customer', 'contract', 'plan', 'receipt', 'todo'] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export const PLAN_STATES = [
  'overdue',
  'open',
  'postponed',
  'undated',
  'inactive',
  'paid',
  'written_off',
  'cancelled',
] as const satisfies readonly DisplayState[];
/** Instalments that wait for their money, with or without a day. */
export const UNPAID_STATES = [
  'overdue',
  'open',
  'postponed',
  'undated',
] as const satisfies readonly DisplayState[];
/** What a to-do list may have. */
const TODO_STATES = ['overdue', 'open', 'postponed'] as const satisfies readonly DisplayState[];
export const RECEIPT_STATES = [
  'submitted',
  'approved',
  'rejected',
  'draft',
  'partly_reversed',
  'reversed',
] as const satisfies readonly ReceiptStatus[];

/** UTF-16 units that a search may have: buttons carry them. */
export const MAX_WORDS = 200;

const day = z.string().refine((text): text is LocalDate => isLocalDate(text));
/** Minor units; as text where JSON carries them. */
const minor = z.union([
  z.bigint().nonnegative(),
  z
    .string()
    .regex(/^\d{1,18}$/)
    .transform(BigInt),
]);

/** A key of one of the company's lists. */
const listKey = z.string().max(40).optional();

const who = {
  /** Every word must occur; where, each list says. */
  words: z.string().max(MAX_WORDS).optional(),
  /** Never more than the reader's scope, whoever it names. */
  ownerId: z.uuid().optional(),
  /** Against the sort's own direction (newest and largest first, names and due dates from the start). */
  reversed: z.boolean().optional(),
};
const money = {
  ...who,
  customerId: z.uuid().optional(),
  /** Both days and both amounts are included. */
  from: day.optional(),
  to: day.optional(),
  /** Amounts are minor units of this currency. */
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .optional(),
  amountFrom: minor.optional(),
  amountTo: minor.optional(),
};

/** The filter of each list, as its buttons and exports carry it. The days are of signing, due date or receipt. */
export const LIST_FILTERS = {
  customer: z.object({
    ...who,
    type: listKey,
    industry: listKey,
    states: z.array(z.enum(CUSTOMER_STATES)).readonly().optional(),
    sort: z.enum(['newest', 'name']).optional(),
  }),
  contract: z.object({
    ...money,
    /** Whom finance has named for it; the framework contract that it was made under. */
    financeOwnerId: z.uuid().optional(),
    parentContractId: z.uuid().optional(),
    /** The days of its end; both are included. */
    endFrom: day.optional(),
    endTo: day.optional(),
    type: listKey,
    states: z.array(z.enum(CONTRACT_STATUSES)).readonly().optional(),
    sort: z.enum(['newest', 'amount', 'customer', 'date', 'end']).optional(),
  }),
  plan: z.object({
    ...money,
    contractId: z.uuid().optional(),
    /** Narrower than the scope: only their own rows, or those of their team and themselves. */
    owners: z.enum(['own', 'team', 'all']).optional(),
    states: z.array(z.enum(PLAN_STATES)).readonly().optional(),
    sort: z.enum(['due', 'newest', 'amount', 'customer']).optional(),
  }),
  receipt: z.object({
    ...money,
    contractId: z.uuid().optional(),
    states: z.array(z.enum(RECEIPT_STATES)).readonly().optional(),
    /** Only with money that belongs to no instalment. */
    unapplied: z.boolean().optional(),
    /** Only acceptance bills. */
    bills: z.boolean().optional(),
    sort: z.enum(['newest', 'date', 'amount', 'customer']).optional(),
  }),
  todo: z.object({
    ...money,
    states: z.array(z.enum(TODO_STATES)).readonly().optional(),
    sort: z.enum(['due', 'amount', 'customer']).optional(),
  }),
} as const;
export type ListFilter<K extends ListKind> = z.infer<(typeof LIST_FILTERS)[K]>;

/** JSON of a filter, as buttons and jobs carry it. */
export const filterJson = (value: unknown): string =>
  JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? item.toString() : item));

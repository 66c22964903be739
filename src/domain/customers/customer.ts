// A customer's file: its fields. Pure.
import { z } from 'zod';
import { DomainError } from '../errors.js';

// zod counts code points, as Slack and the forms do.
const requiredText = (max: number) => z.string().trim().min(1).max(max);
const optionalText = (max: number) => z.string().trim().max(max).nullable().default(null);

/** frozen: money goes on, no new contract; closed: nothing is open any more, and it is not offered. */
export const CUSTOMER_STATES = ['active', 'frozen', 'closed'] as const;
export type CustomerState = (typeof CUSTOMER_STATES)[number];
export const MAX_TERM_DAYS = 3650;
export const MAX_PAYERS = 20;
export const MAX_CONTACTS = 20;

export const customerContact = z.object({
  name: requiredText(60),
  phone: requiredText(40).optional(),
  email: requiredText(120).optional(),
  role: requiredText(60).optional(),
  isBilling: z.boolean().optional(),
});
/** Whether mail could be sent there: a name, @, a domain with a dot. */
export const isEmailAddress = (text: string): boolean => /^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$/.test(text);

export type CustomerContact = z.output<typeof customerContact>;

/** What a person enters. */
export const customerInput = z.object({
  name: requiredText(120),
  shortName: optionalText(40),
  type: optionalText(40),
  industry: optionalText(40),
  contacts: z.array(customerContact).max(MAX_CONTACTS).default([]),
  address: optionalText(200),
  taxTitle: optionalText(120),
  // As it is printed, whatever way it was typed: it is compared.
  taxNo: optionalText(40).transform(
    (text) => text?.normalize('NFKC').replace(/\s/gu, '').toUpperCase() ?? null,
  ),
  bank: optionalText(120),
  bankAccount: optionalText(40),
  /** Days from an anchor that this customer usually has, and the plan template offered first (F8). */
  defaultTermDays: z.number().int().min(0).max(MAX_TERM_DAYS).nullable().default(null),
  defaultTemplateId: z.uuid().nullable().default(null),
  relatedPayers: z.array(requiredText(120)).max(MAX_PAYERS).default([]),
  remark: optionalText(3000),
  status: z.enum(CUSTOMER_STATES).default('active'),
});
export type CustomerInput = z.input<typeof customerInput>;
export type ParsedCustomer = z.output<typeof customerInput>;

/** What makes two names the same: width of letters, case and spaces do not. As the index customer_twin_name_idx. */
export const twinKey = (name: string): string => name.normalize('NFKC').replace(/\s/gu, '').toLowerCase();

/**
 * New business only with a customer in good standing (rules §3: submit).
 * @throws DomainError customer.not_active
 */
export function requireActiveCustomer(customer: {
  readonly code: string;
  readonly status: CustomerState;
}): void {
  if (customer.status === 'active') return;
  const { code, status } = customer;
  throw new DomainError('customer.not_active', { code, customerState: status }, 'customerId');
}

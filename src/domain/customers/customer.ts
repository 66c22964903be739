// A customer's file: its fields. Pure.
import { z } from 'zod';

// zod counts code points, as Slack and the forms do.
const requiredText = (max: number) => z.string().trim().min(1).max(max);
const optionalText = (max: number) => z.string().trim().max(max).nullable().default(null);

export const customerContact = z.object({
  name: requiredText(60),
  phone: requiredText(40).optional(),
  email: requiredText(120).optional(),
  role: requiredText(60).optional(),
  isBilling: z.boolean().optional(),
});
export type CustomerContact = z.output<typeof customerContact>;

/** What a person enters. */
export const customerInput = z.object({
  name: requiredText(120),
  shortName: optionalText(40),
  type: optionalText(40),
  industry: optionalText(40),
  contacts: z.array(customerContact).max(20).default([]),
  address: optionalText(200),
  taxTitle: optionalText(120),
  taxNo: optionalText(40),
  bank: optionalText(120),
  bankAccount: optionalText(40),
  remark: optionalText(3000),
});
export type CustomerInput = z.input<typeof customerInput>;
export type ParsedCustomer = z.output<typeof customerInput>;

// Which steps an approval takes: flows by amount, method and type (rules §6). Pure. The company's own flows are in its
// settings; these are what it starts with.
import { z } from 'zod';
import { exponentOf, type Money } from '../money.js';
import { APPROVER_ROLES, type FlowStep } from './approval.js';

/** Kinds of subjects that flows are for; which of them the app asks about is SUBJECTS (subjects.ts). */
export const FLOW_SUBJECTS = [
  'receipt',
  'contract',
  'contract_void',
  'postponement',
  'write_off',
  'small_difference',
  'reversal',
  'refund',
  'reallocation',
  'credit_limit',
  'opening',
] as const;
export type FlowSubject = (typeof FLOW_SUBJECTS)[number];

export const MAX_STEPS = 5;
export const MAX_FLOWS = 60;

export const approvalFlow = z.object({
  key: z.string().regex(/^[a-z0-9_-]{1,40}$/),
  subject: z.enum(FLOW_SUBJECTS),
  /** In minor units of the base currency; null: any amount. */
  minAmount: z.number().int().positive().nullable(),
  method: z.string().nullable(),
  contractType: z.string().nullable(),
  creditExceeded: z.boolean().default(false),
  steps: z
    .array(
      z
        .object({
          mode: z.enum(['any', 'all']),
          roles: z.array(z.enum(APPROVER_ROLES)),
          people: z.array(z.uuid()),
        })
        .refine((step) => step.roles.length + step.people.length > 0),
    )
    .min(1)
    .max(MAX_STEPS),
});
export type ApprovalFlow = z.infer<typeof approvalFlow>;

/** What a flow's conditions are held against. `amountInBase`: null where no exchange rate is known. */
export interface FlowFacts {
  readonly amountInBase: bigint | null;
  readonly method?: string;
  readonly contractType?: string;
  readonly creditExceeded?: boolean;
}

const any = (...roles: FlowStep['roles']): ApprovalFlow['steps'][number] => ({
  mode: 'any',
  roles: [...roles],
  people: [],
});
const flow = (
  key: string,
  subject: FlowSubject,
  when: Partial<Pick<ApprovalFlow, 'minAmount' | 'method' | 'creditExceeded'>>,
  ...steps: ApprovalFlow['steps']
): ApprovalFlow => ({
  key,
  subject,
  minAmount: null,
  method: null,
  contractType: null,
  creditExceeded: false,
  ...when,
  steps,
});

/** rules §6; amounts in 分. */
export const DEFAULT_FLOWS: readonly ApprovalFlow[] = [
  flow('receipt', 'receipt', {}, any('finance', 'finance_manager')),
  flow('receipt_cash', 'receipt', { method: 'cash', minAmount: 10_000_00 }, any('finance_manager')),
  flow('receipt_large', 'receipt', { minAmount: 500_000_00 }, any('finance'), any('finance_manager')),
  flow('contract', 'contract', {}, any('manager')),
  flow(
    'contract_large',
    'contract',
    { minAmount: 1_000_000_00 },
    any('manager'),
    any('sales_director'),
    any('finance_manager'),
  ),
  flow(
    'contract_credit',
    'contract',
    { creditExceeded: true },
    any('manager'),
    any('sales_director'),
    any('finance_manager'),
  ),
  flow('contract_void', 'contract_void', {}, any('finance_manager')),
  flow('postponement', 'postponement', {}, any('manager')),
  flow('write_off', 'write_off', {}, any('finance_manager')),
  flow(
    'write_off_large',
    'write_off',
    { minAmount: 50_000_00 },
    any('finance_manager'),
    any('sales_director'),
  ),
  flow('small_difference', 'small_difference', {}, any('finance', 'finance_manager')),
  flow('reversal', 'reversal', {}, any('finance_manager')),
  flow('refund', 'refund', {}, any('finance_manager')),
  flow('reallocation', 'reallocation', {}, any('finance_manager')),
  flow('credit_limit', 'credit_limit', {}, any('finance_manager')),
  flow('opening', 'opening', {}, any('finance', 'finance_manager')),
];

/** Whether the conditions of a flow hold; an amount that cannot be compared counts as above every threshold. */
export function matchesFlow(candidate: ApprovalFlow, facts: FlowFacts): boolean {
  const { minAmount, method, contractType, creditExceeded } = candidate;
  return (
    (minAmount === null || facts.amountInBase === null || facts.amountInBase >= BigInt(minAmount)) &&
    (method === null || method === facts.method) &&
    (contractType === null || contractType === facts.contractType) &&
    (!creditExceeded || facts.creditExceeded === true)
  );
}

/**
 * The flow that an approval takes: of those whose conditions hold the strictest (more steps, then the higher threshold,
 * then more conditions). A subject without a flow takes the defaults: nothing passes by itself.
 */
export function chooseFlow(
  subject: FlowSubject,
  facts: FlowFacts,
  flows: readonly ApprovalFlow[],
): ApprovalFlow {
  const of = (list: readonly ApprovalFlow[]) =>
    list.filter((one) => one.subject === subject && matchesFlow(one, facts)).toSorted(byStrictness);
  const matching = [...of(flows), ...of(DEFAULT_FLOWS)];
  const [strictest] = matching;
  if (!strictest) throw new RangeError(`no flow for ${subject}`);
  const credit = matching.find((one) => one.creditExceeded);
  return credit === undefined ? strictest : withSteps(strictest, credit.steps);
}

/** With the steps of another that it does not have: what is above a credit limit is approved by more people (rules §10). */
function withSteps(chosen: ApprovalFlow, extra: ApprovalFlow['steps']): ApprovalFlow {
  const whom = ({ mode, roles, people }: ApprovalFlow['steps'][number]) =>
    JSON.stringify([mode, roles, people]);
  const asked = new Set(chosen.steps.map(whom));
  return { ...chosen, steps: [...chosen.steps, ...extra.filter((step) => !asked.has(whom(step)))] };
}

function byStrictness(a: ApprovalFlow, b: ApprovalFlow): number {
  return (
    b.steps.length - a.steps.length ||
    (b.minAmount ?? 0) - (a.minAmount ?? 0) ||
    conditionsOf(b) - conditionsOf(a) ||
    a.key.localeCompare(b.key)
  );
}

/** Besides the threshold, which is compared before. */
const conditionsOf = ({ method, contractType, creditExceeded }: ApprovalFlow): number =>
  [method !== null, contractType !== null, creditExceeded].filter(Boolean).length;

/** Units of the base currency for one unit of another, as finance writes them: at most six decimals. */
export const exchangeRate = z.object({
  currency: z.string().regex(/^[A-Z]{3}$/),
  rate: z.string().regex(/^(?=.*[1-9])\d{1,9}(\.\d{1,6})?$/),
});
export type ExchangeRate = z.infer<typeof exchangeRate>;

const RATE_DECIMALS = 6;

/** An amount in minor units of the base currency, rounded up: a threshold is never missed by a fraction. */
export function toBase(amount: Money, base: string, rates: readonly ExchangeRate[]): bigint | null {
  if (amount.currency === base) return amount.minor;
  const known = rates.find((one) => one.currency === amount.currency);
  if (!known) return null;
  const top = amount.minor * scaledRate(known) * 10n ** BigInt(exponentOf(base));
  const bottom = 10n ** BigInt(RATE_DECIMALS + exponentOf(amount.currency));
  return (top + bottom - 1n) / bottom;
}

/** The other way round, rounded down: what may be let go is never more than the company meant. 0 where no rate is known. */
export function fromBase(
  minor: bigint,
  currency: string,
  base: string,
  rates: readonly ExchangeRate[],
): bigint {
  if (currency === base) return minor;
  const known = rates.find((one) => one.currency === currency);
  if (!known) return 0n;
  return (
    (minor * 10n ** BigInt(RATE_DECIMALS + exponentOf(currency))) /
    (scaledRate(known) * 10n ** BigInt(exponentOf(base)))
  );
}

/** A rate in millionths. */
function scaledRate({ rate }: ExchangeRate): bigint {
  const [whole = '', fraction = ''] = rate.split('.');
  return BigInt(whole + fraction.padEnd(RATE_DECIMALS, '0'));
}

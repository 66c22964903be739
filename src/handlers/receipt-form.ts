// What the record-receipt form shows next, worked out from what was opened, chosen and typed. Reads only.
import { z } from 'zod';
import { authorize } from '../domain/access.js';
import { DomainError, type ErrorCode } from '../domain/errors.js';
import { newId } from '../domain/ids.js';
import { type ParsedAmount, parseAmount } from '../domain/parse-amount.js';
import { findRow } from '../domain/plans/instalment.queries.js';
import { findPlanTarget } from '../domain/plans/plan-choices.queries.js';
import type { AllocationTarget } from '../domain/receipts/allocation.js';
import { loadReceiptFacts, type ReceiptFacts } from '../domain/receipts/receipt-facts.queries.js';
import {
  listCurrencies,
  type Proposal,
  proposeSplit,
  searchPayingCustomers,
} from '../domain/receipts/split.queries.js';
import { sentence } from './errors.js';
import { Form, type StateValues } from './forms.js';
import { markOf } from './mark.js';
import { recordId } from './show-view.js';
import { formMetadata, type Turn } from './turns.js';
import {
  amountBlockId,
  FORS,
  type ReceiptFormState,
  type ReceiptTarget,
} from './views/receipt-form-views.js';

/** Ids of what is chosen; everything else is read again. */
export const receiptMetadata = formMetadata({
  c: z.uuid().nullable(),
  k: z.uuid().nullable(),
  i: z.uuid().nullable(),
  x: z.boolean(),
  f: z.enum(FORS),
  y: z.string(),
  s: z.string(),
  p: z.uuid().nullable(),
  d: z.boolean(),
});
export type ReceiptMetadata = z.infer<typeof receiptMetadata>;

/** What a receipt form may be opened with; `amount` in minor units of the target's currency. */
export interface ReceiptPrefill {
  readonly instalmentId?: string;
  readonly contractId?: string;
  readonly customerId?: string;
  readonly amount?: bigint;
  /** As it was typed after a command; what cannot be read is left for the person to type. */
  readonly amountText?: string;
  /** A rejected or withdrawn receipt to record anew. */
  readonly replacesId?: string;
}

type Reading = Pick<Turn, 'ctx'>;
const UNPAID: readonly string[] = ['open', 'postponed', 'overdue', 'undated'];

/**
 * The form as it opens.
 * @throws DomainError not_found, access.denied, contract.bad_state, request.repeated (it was recorded anew already)
 */
export async function openedForm(turn: Reading, prefill: ReceiptPrefill): Promise<ReceiptFormState> {
  const { ctx } = turn;
  authorize(ctx.actor, 'receipt.record');
  const replaced = prefill.replacesId === undefined ? null : await loadReplaced(turn, prefill.replacesId);
  const target = await openedTarget(turn, replaced ? placeOf(replaced) : prefill);
  const read = parseAmount(prefill.amountText ?? '', target.currency);
  const given = replaced?.amount ?? prefill.amount ?? (read.ok ? read.minor : null);
  const amount = given ?? target.instalment?.outstanding ?? null;
  return {
    requestId: newId(ctx.now),
    target,
    amount,
    ...(await splitOf(turn, target, amount)),
    initial: {
      method: replaced?.method ?? ctx.company.settings.paymentMethods[0]?.key ?? null,
      receivedOn: replaced?.receivedOn ?? ctx.today,
      payerName: replaced?.payerName ?? null,
      bankSlipNo: replaced?.bankSlipNo ?? null,
      remark: replaced?.remark ?? null,
    },
    replaces: replaced && { id: replaced.id, number: replaced.number },
    duplicate: null,
    notice: prefill.amountText === undefined || read.ok ? null : unreadable(turn, read),
  };
}

/** Why the amount after the command is not in the form. */
function unreadable({ ctx }: Reading, read: Extract<ParsedAmount, { ok: false }>): string {
  const { actor, now, today } = ctx;
  const reader = { locale: actor.locale, now, today, timezone: actor.timezone };
  return sentence(new DomainError<ErrorCode>(read.code, read.params), reader);
}

const placeOf = (facts: ReceiptFacts): ReceiptPrefill => ({
  customerId: facts.customerId,
  ...(facts.contractId !== null && { contractId: facts.contractId }),
  ...(facts.instalmentId !== null && { instalmentId: facts.instalmentId }),
});

async function loadReplaced({ ctx }: Reading, id: string): Promise<ReceiptFacts> {
  const facts = await loadReceiptFacts(ctx, id);
  const open = facts?.status === 'rejected' || facts?.status === 'draft';
  if (!open || facts.recordedById !== ctx.actor.id) throw new DomainError('not_found', { ref: '' });
  if (!facts.successor) return facts;
  const { id: subjectId, number: reference } = facts.successor;
  throw new DomainError('request.repeated', { reference, subjectType: 'receipt', subjectId });
}

async function openedTarget(turn: Reading, prefill: ReceiptPrefill): Promise<ReceiptTarget> {
  const { instalmentId, contractId, customerId } = prefill;
  if (instalmentId !== undefined) return fixedOnRow(turn, instalmentId);
  if (contractId !== undefined) return fixedOnContract(turn, contractId);
  return chosenTarget(turn, {
    customerId: customerId ?? null,
    for: 'best',
    instalmentId: null,
    currency: null,
  });
}

/** A row as it was clicked; one that is paid meanwhile leaves its contract. */
async function fixedOnRow(turn: Reading, instalmentId: string): Promise<ReceiptTarget> {
  const row = await findRow(turn.ctx, recordId(instalmentId));
  if (!row) throw new DomainError('not_found', { ref: '' });
  const target = await fixedOnContract(turn, row.contractId);
  return UNPAID.includes(row.state) ? { ...target, instalment: row } : target;
}

async function fixedOnContract({ ctx }: Reading, contractId: string): Promise<ReceiptTarget> {
  const found = await findPlanTarget(ctx, recordId(contractId));
  if (!found) throw new DomainError('not_found', { ref: '' });
  if (found.contractStatus !== 'active' && found.contractStatus !== 'completed') {
    throw new DomainError('contract.bad_state', { state: found.contractStatus, action: 'receipt' });
  }
  authorize(ctx.actor, 'receipt.record', found.ownerId);
  return {
    customer: { id: found.customerId, name: found.customerName, code: found.customerCode },
    contract: { id: found.contractId, number: found.contractNumber, name: found.contractName },
    instalment: null,
    fixed: true,
    for: 'best',
    currency: found.currency,
    currencies: [found.currency],
  };
}

/** What is chosen in the form: a customer, and for what; an instalment of another customer falls out. */
async function chosenTarget(
  { ctx }: Reading,
  choice: {
    customerId: string | null;
    for: ReceiptTarget['for'];
    instalmentId: string | null;
    currency: string | null;
  },
): Promise<ReceiptTarget> {
  const base = ctx.company.baseCurrency;
  const [customer] =
    choice.customerId === null ? [] : await searchPayingCustomers(ctx, '', recordId(choice.customerId));
  const currencies = customer ? await listCurrencies(ctx, customer.id, base) : [base];
  const row =
    choice.for === 'choose' && choice.instalmentId !== null
      ? await findRow(ctx, recordId(choice.instalmentId))
      : null;
  const instalment = row && row.customerId === customer?.id ? row : null;
  const wanted = currencies.find((currency) => currency === choice.currency);
  const usual = currencies.includes(base) ? base : (currencies[0] ?? base);
  return {
    customer: customer ?? null,
    contract: null,
    instalment,
    fixed: false,
    for: choice.for,
    currency: instalment?.currency ?? wanted ?? usual,
    currencies,
  };
}

/** The form as it stands: read from the modal that was clicked in or submitted. `release`: [更换] was clicked. */
export async function currentForm(
  turn: Reading,
  shown: ReceiptMetadata,
  values: StateValues,
  release = false,
): Promise<ReceiptFormState> {
  const form = new Form(values);
  const { ctx } = turn;
  const fixed = shown.x && !release;
  const target = fixed
    ? await openedTarget(turn, {
        ...(shown.i !== null && { instalmentId: shown.i }),
        ...(shown.k !== null && { contractId: shown.k }),
      })
    : await chosenTarget(turn, {
        customerId: release ? shown.c : form.choice('customer'),
        for: release
          ? 'choose'
          : z
              .enum(FORS)
              .catch('best')
              .parse(form.choice('for') ?? shown.f),
        instalmentId: release ? shown.i : form.choice('instalment'),
        currency: form.choice('currency') ?? shown.y,
      });
  const amount = currentAmount(form, target);
  const [replaced] = shown.p === null ? [] : [await loadReplaced(turn, shown.p)];
  return {
    requestId: shown.r,
    target,
    amount,
    ...(await splitOf(turn, target, amount)),
    initial: {
      method: null,
      receivedOn: ctx.today,
      payerName: null,
      bankSlipNo: null,
      remark: null,
    },
    replaces: replaced ? { id: replaced.id, number: replaced.number } : null,
    duplicate: null,
    notice: null,
  };
}

/** What was typed; for a row just chosen its open amount. */
function currentAmount(form: Form, target: ReceiptTarget): bigint | null {
  const isSame = form.blockIdOf('amount') === amountBlockId(target);
  const read = parseAmount(form.text('amount', { max: 40 }) ?? '', target.currency);
  if (target.instalment && !isSame) return target.instalment.outstanding;
  return read.ok ? read.minor : null;
}

async function splitOf(
  { ctx }: Reading,
  target: ReceiptTarget,
  amount: bigint | null,
): Promise<{ proposal: Proposal | null; mark: string }> {
  const { customer, currency } = target;
  if (!customer || amount === null || amount <= 0n) return { proposal: null, mark: '' };
  const where = allocationTarget(target);
  const proposal = await proposeSplit(ctx, { customerId: customer.id, currency, amount, target: where });
  return {
    proposal,
    mark: markOf([`${amount}`, ...proposal.lines.map((line) => `${line.instalmentId} ${line.amount}`)]),
  };
}

/** The narrowest thing the money is for; null: nothing, it is a prepayment. */
function allocationTarget({
  customer,
  contract,
  instalment,
  for: way,
}: ReceiptTarget): AllocationTarget | null {
  if (instalment) return { instalmentId: instalment.id };
  if (contract) return { contractId: contract.id };
  return way === 'prepayment' || !customer ? null : { customerId: customer.id };
}

// What a receipt is recorded for: the row, contract or customer that it was opened on, or what was chosen in the form.
// Reads only.
import { authorize } from '../domain/access.js';
import { DomainError } from '../domain/errors.js';
import { findRow, type InstalmentRowData } from '../domain/plans/instalment.queries.js';
import { findPlanTarget, type PlanTarget } from '../domain/plans/plan-choices.queries.js';
import type { AllocationTarget } from '../domain/receipts/allocation.js';
import { listCurrencies, searchPayingCustomers } from '../domain/receipts/split.queries.js';
import { recordId } from './show-view.js';
import type { Turn } from './turns.js';
import type { ReceiptTarget } from './views/receipt-target-views.js';
import { roomOf } from './views/row-views.js';

type Reading = Pick<Turn, 'ctx'>;
interface TargetIds {
  readonly instalmentId?: string;
  readonly contractId?: string;
  readonly customerId?: string;
  readonly for?: ReceiptTarget['for'];
  readonly only?: string | undefined;
  readonly claimed?: string | undefined;
  /** What a message says came in, where that may be chosen. */
  readonly currency?: string | undefined;
}

/** As it was opened. @throws DomainError not_found, access.denied, contract.bad_state */
export async function openedTarget(turn: Reading, prefill: TargetIds): Promise<ReceiptTarget> {
  const { instalmentId, contractId, customerId } = prefill;
  if (instalmentId !== undefined) return fixedOnRow(turn, instalmentId);
  if (contractId !== undefined) return fixedOnContract(turn, contractId);
  return chosenTarget(turn, {
    customerId: customerId ?? null,
    for: prefill.for ?? 'best',
    instalmentId: null,
    currency: prefill.currency ?? null,
    only: prefill.only,
    claimed: prefill.claimed,
  });
}

/** A row as it was clicked; one that is paid meanwhile leaves its contract. */
async function fixedOnRow(turn: Reading, instalmentId: string): Promise<ReceiptTarget> {
  const row = await findRow(turn.ctx, recordId(instalmentId));
  if (!row) throw new DomainError('not_found', { ref: '' });
  if (roomOf(row) === 0n) return fixedOnContract(turn, row.contractId);
  // It may have another owner than its contract (改派): what the reader sees of it is asked of the row.
  requireTaking(row);
  authorize(turn.ctx.actor, 'receipt.record', row.ownerId);
  return fixedOn(row, row);
}

async function fixedOnContract({ ctx }: Reading, contractId: string): Promise<ReceiptTarget> {
  const found = await findPlanTarget(ctx, recordId(contractId));
  if (!found) throw new DomainError('not_found', { ref: '' });
  requireTaking(found);
  authorize(ctx.actor, 'receipt.record', found.ownerId);
  return fixedOn(found, null);
}

function requireTaking({ contractStatus: state }: Pick<PlanTarget, 'contractStatus'>): void {
  if (state !== 'active' && state !== 'completed')
    throw new DomainError('contract.bad_state', { state, action: 'receipt' });
}

const fixedOn = (
  found: Pick<
    PlanTarget,
    | 'customerId'
    | 'customerName'
    | 'customerCode'
    | 'contractId'
    | 'contractNumber'
    | 'contractName'
    | 'currency'
  >,
  instalment: InstalmentRowData | null,
): ReceiptTarget => ({
  customer: { id: found.customerId, name: found.customerName, code: found.customerCode },
  contract: { id: found.contractId, number: found.contractNumber, name: found.contractName },
  instalment,
  fixed: true,
  for: 'best',
  currency: found.currency,
  currencies: [found.currency],
});

/** What is chosen in the form: a customer, and for what; an instalment of another customer falls out. */
export async function chosenTarget(
  { ctx }: Reading,
  choice: {
    customerId: string | null;
    for: ReceiptTarget['for'];
    instalmentId: string | null;
    currency: string | null;
    /** The money is there already: its currency is no choice. */
    only?: string | undefined;
    /** What the money that is claimed came in as: it may be booked so, or as what the customer owes in. */
    claimed?: string | undefined;
  },
): Promise<ReceiptTarget> {
  const base = ctx.company.baseCurrency;
  if (choice.for === 'unidentified') return unknownTarget(ctx.company, choice.currency);
  const [customer] =
    choice.customerId === null ? [] : await searchPayingCustomers(ctx, '', recordId(choice.customerId));
  const native = choice.claimed ?? base;
  const open =
    customer && choice.only === undefined ? await listCurrencies(ctx, customer.id, native) : [native];
  const offered = choice.claimed === undefined ? open : [...new Set([...open, choice.claimed])];
  const currencies = choice.only === undefined ? offered : [choice.only];
  const row =
    choice.for === 'choose' && choice.instalmentId !== null
      ? await findRow(ctx, recordId(choice.instalmentId))
      : null;
  const fits = row?.customerId === customer?.id && (choice.only ?? row?.currency) === row?.currency;
  const instalment = fits ? row : null;
  const wanted = currencies.find((currency) => currency === choice.currency);
  const usual = [native, ...currencies].find((one) => open.includes(one) && currencies.includes(one));
  return {
    customer: customer ?? null,
    contract: null,
    instalment,
    fixed: false,
    for: choice.for,
    currency: instalment?.currency ?? wanted ?? usual ?? currencies[0] ?? native,
    currencies,
  };
}

/** Nobody knows whose it is: any currency of the company. */
function unknownTarget(
  { baseCurrency, settings }: Turn['ctx']['company'],
  wanted: string | null,
): ReceiptTarget {
  const { currencies } = settings;
  const known = currencies.find((currency) => currency === wanted);
  return {
    customer: null,
    contract: null,
    instalment: null,
    fixed: false,
    for: 'unidentified',
    currency: known ?? baseCurrency,
    currencies,
  };
}

/** The narrowest thing the money is for; null: nothing, it is a prepayment. */
export function allocationTarget({
  customer,
  contract,
  instalment,
  for: way,
}: ReceiptTarget): AllocationTarget | null {
  if (instalment) return { instalmentId: instalment.id };
  if (contract) return { contractId: contract.id };
  return way === 'prepayment' || !customer ? null : { customerId: customer.id };
}

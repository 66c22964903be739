// What a receipt is checked against before it is recorded: where it goes, what it repeats (rules §3). What it replaces is
// receipt-replaced.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { isUniqueViolation } from '../../db/transact.js';
import type { ContractStatus, Receipt } from '../../generated/prisma/client.js';
import { authorize, visibleOwners } from '../access.js';
import { customersOf } from '../customers/customer-search.queries.js';
import { DomainError } from '../errors.js';
import { addDays, fromUtcDate, toUtcDate } from '../local-date.js';
import { holdBankNumbers } from './bank-numbers.service.js';
import {
  asOriginal,
  BILL_METHOD,
  bankNumbersOf,
  DUPLICATE_WINDOW_DAYS,
  LIVE_STATUSES,
  MONEY_IN_KINDS,
  originalOf,
  type ParsedReceipt,
  saidAs,
  sameNumber,
} from './receipt.js';
import { askAboutTwins, type NotDuplicate } from './receipt-twins.service.js';
import { lockUnclaimed } from './unclaimed.service.js';

/**
 * What was entered, by itself: a day that has come, a known method and, of a bill, its number and day.
 * @throws DomainError receipt.future_date, choice.unknown, text.required, receipt.bill_due
 */
export function checkEntered(ctx: Ctx, input: ParsedReceipt): void {
  const { method, receivedOn, billNo, billDueOn } = input;
  if (receivedOn > ctx.today)
    throw new DomainError('receipt.future_date', { today: ctx.today }, 'receivedOn');
  if (!ctx.company.settings.paymentMethods.some((entry) => entry.key === method))
    throw new DomainError('choice.unknown', { value: method }, 'method');
  checkOriginal(ctx, input);
  if (method !== BILL_METHOD) return;
  if (billNo === null || billNo === '') throw new DomainError('text.required', {}, 'billNo');
  if (billDueOn === null) throw new DomainError('text.required', {}, 'billDueOn');
  if (billDueOn < receivedOn) throw new DomainError('receipt.bill_due', { date: receivedOn }, 'billDueOn');
}

/** What came in is an amount of another of the company's currencies, or nothing is said of it. */
function checkOriginal({ company }: Ctx, input: ParsedReceipt): void {
  const { originalAmount, originalCurrency, currency } = input;
  if (originalAmount === null && originalCurrency === null) return;
  if (originalAmount === null) throw new DomainError('text.required', {}, 'originalAmount');
  if (originalCurrency === null) throw new DomainError('text.required', {}, 'originalCurrency');
  if (originalCurrency === currency || !company.settings.currencies.includes(originalCurrency))
    throw new DomainError('choice.unknown', { value: originalCurrency }, 'originalCurrency');
}

/**
 * Customer, contract and instalment must exist, belong together and lie in the recorder's scope.
 * @throws DomainError not_found, access.denied, contract.bad_state, choice.unknown (a currency the company does not use)
 */
export async function checkTarget(tx: Tx, ctx: Ctx, input: ParsedReceipt): Promise<void> {
  const target = await findTarget(tx, input);
  if (!target) throw new DomainError('not_found', { ref: '' });
  if (input.contractId === null && input.instalmentId === null) {
    if (!(await paysSomethingOf(tx, ctx, input.customerId)))
      authorize(ctx.actor, 'receipt.record', target.customerOwnerId);
    if (!ctx.company.settings.currencies.includes(input.currency)) {
      throw new DomainError('choice.unknown', { value: input.currency }, 'currency');
    }
    return;
  }
  const { contract } = target;
  if (!contract || contract.currency !== input.currency) throw new DomainError('not_found', { ref: '' });
  // A row may have another owner than its contract (改派): who gave it away would pay another of theirs.
  authorize(ctx.actor, 'receipt.record', target.rowOwnerId ?? contract.ownerId);
  if (contract.status !== 'active' && contract.status !== 'completed') {
    throw new DomainError('contract.bad_state', { state: contract.status, action: 'receipt' });
  }
}

/** The customer is one of those the form offers: theirs, or one with a contract or an open row of theirs. */
async function paysSomethingOf(tx: Tx, ctx: Ctx, customerId: string): Promise<boolean> {
  const scope = customersOf(visibleOwners(ctx.actor, 'receipt.record'), { contractsToo: true });
  if (scope === null) return true;
  const found = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM customer k WHERE k.id = ${customerId}::uuid AND ${scope.holds}`;
  return found.length > 0;
}

interface Target {
  customerOwnerId: string;
  /** Of the instalment named. */
  rowOwnerId: string | null;
  /** The contract named, or that of the instalment named; null unless all that is named belongs together. */
  contract: { ownerId: string; currency: string; status: ContractStatus } | null;
}

/** The customer stays who it is until the transaction ends: one that is being merged into another is waited for. */
async function findTarget(tx: Tx, input: ParsedReceipt): Promise<Target | undefined> {
  const [target] = await tx.$queryRaw<Target[]>`
    SELECT k.owner_id::text AS "customerOwnerId", i.owner_id::text AS "rowOwnerId", CASE WHEN c.id IS NOT NULL THEN
      jsonb_build_object('ownerId', c.owner_id, 'currency', c.currency, 'status', c.status) END AS contract
    FROM customer k
    LEFT JOIN instalment i ON i.id = ${input.instalmentId}::uuid
    LEFT JOIN contract c ON c.customer_id = k.id AND c.deleted_at IS NULL
      AND c.id = CASE WHEN ${input.instalmentId}::uuid IS NULL THEN ${input.contractId}::uuid
        WHEN COALESCE(${input.contractId}::uuid, i.contract_id) = i.contract_id THEN i.contract_id END
    WHERE k.id = ${input.customerId}::uuid AND k.deleted_at IS NULL FOR KEY SHARE OF k`;
  return target;
}

/**
 * The same slip is refused; the same bill, or the same amount within a few days, from the customer or from nobody knows
 * whom, is asked about (rules §3), once for each newest twin: another amount or customer has another one.
 * @throws DomainError receipt.duplicate_slip, receipt.duplicate_suspected
 */
export async function checkDuplicates(
  tx: Tx,
  input: ParsedReceipt,
  notDuplicate: NotDuplicate,
): Promise<void> {
  const numbers = bankNumbersOf(input);
  if (numbers.length > 0) {
    await holdBankNumbers(tx, numbers);
    const taken = await findSlip(tx, input);
    if (taken) throw slipError(taken, input);
    const waiting = await findUnclaimedSlip(tx, input);
    if (waiting) throw slipError({ ...waiting, bankTxnId: null }, input);
  }
  if (notDuplicate === true) return;
  const near = {
    gte: toUtcDate(addDays(input.receivedOn, -DUPLICATE_WINDOW_DAYS)),
    lte: toUtcDate(addDays(input.receivedOn, DUPLICATE_WINDOW_DAYS)),
  };
  const said = saidAs(input).map(({ minor: amount, currency }) => ({ amount, currency }));
  const recorded = await tx.receipt.findFirst({
    where: {
      OR: [
        { receivedOn: near, OR: [...said, ...said.map(asOriginal)] },
        ...(input.billNo === null ? [] : [{ billNo: input.billNo }]),
      ],
      customerId: input.customerId,
      kind: { in: [...MONEY_IN_KINDS] },
      status: { in: [...LIVE_STATUSES] },
    },
    orderBy: { id: 'desc' },
  });
  // Of another customer finance is warned; who claims is asked: nobody has said yet whose the money is.
  const elsewhere = input.unclaimedId === null ? null : await findSlipElsewhere(tx, input);
  // Whoever does not know that it waits to be claimed would record it a second time.
  const waiting =
    input.unclaimedId === null
      ? await tx.unclaimedMoney.findFirst({
          where: { receivedOn: near, OR: said, ...UNCLAIMED },
          orderBy: { id: 'desc' },
        })
      : null;
  await askAboutTwins(tx, [recorded, elsewhere, waiting], notDuplicate);
}

const UNCLAIMED = {
  withdrawnAt: null,
  receipts: { none: { status: { in: [...LIVE_STATUSES] } } },
};

/** The same slip on money that waits to be claimed: it is to be claimed, not recorded again. */
function findUnclaimedSlip(
  tx: Tx,
  input: ParsedReceipt,
): Promise<{ number: string; bankSlipNo: string | null } | null> {
  return tx.unclaimedMoney.findFirst({
    where: {
      bankSlipNo: { in: bankNumbersOf(input) },
      ...UNCLAIMED,
      ...(input.unclaimedId !== null && { id: { not: input.unclaimedId } }),
    },
    select: { number: true, bankSlipNo: true },
  });
}

/**
 * A claim is for all of the money: as it came in, or booked in another currency with what came in beside it (rules §1).
 * @throws DomainError not_found, unclaimed.claimed, unclaimed.withdrawn
 */
export async function checkClaim(tx: Tx, input: ParsedReceipt): Promise<void> {
  if (input.unclaimedId === null) return;
  const money = await lockUnclaimed(tx, input.unclaimedId);
  const came = originalOf(input) ?? { minor: input.amount, currency: input.currency };
  const isWhole =
    money.amount === came.minor &&
    money.currency === came.currency &&
    fromUtcDate(money.receivedOn) === input.receivedOn &&
    money.bankSlipNo === input.bankSlipNo;
  if (!isWhole) throw new DomainError('not_found', { ref: money.number });
}

type Slip = Pick<ParsedReceipt, 'customerId' | 'bankSlipNo' | 'bankTxnId'>;

/** A living receipt of the customer with the same slip, or the same number of the bank's. */
const findSlip = (db: Tx | Ctx['db'], input: Slip): Promise<Receipt | null> =>
  db.receipt.findFirst({
    where: {
      customerId: input.customerId,
      OR: sameNumber(bankNumbersOf(input)),
      status: { in: [...LIVE_STATUSES] },
    },
  });

/** A living receipt of any other customer with one of these numbers. */
const findSlipElsewhere = (tx: Tx, input: Slip): Promise<Receipt | null> =>
  tx.receipt.findFirst({
    where: {
      customerId: { not: input.customerId },
      OR: sameNumber(bankNumbersOf(input)),
      kind: { in: [...MONEY_IN_KINDS] },
      status: { in: [...LIVE_STATUSES] },
    },
    orderBy: { id: 'desc' },
  });

const slipError = (
  taken: Pick<Receipt, 'number' | 'bankSlipNo' | 'bankTxnId'> | null,
  { bankSlipNo }: Slip,
): DomainError => {
  const isSlip = bankSlipNo !== null && (taken === null || bankNumbersOf(taken).includes(bankSlipNo));
  return new DomainError(
    'receipt.duplicate_slip',
    { number: taken?.number ?? '' },
    isSlip ? 'bankSlipNo' : 'bankTxnId',
  );
};

/** Two bring the same number of the bank's for a customer at the same moment: the index decided. */
export const isNumberTaken = (error: unknown): boolean =>
  isUniqueViolation(error, 'receipt_slip_key') || isUniqueViolation(error, 'receipt_txn_key');

/** The refusal that names the receipt which has the slip. */
export const slipTaken = async (db: Ctx['db'], input: Slip): Promise<DomainError> =>
  slipError(await findSlip(db, input), input);

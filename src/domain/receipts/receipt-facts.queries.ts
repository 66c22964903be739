// One receipt with everything its card, window, thread lines and messages tell, as of now. Changes nothing.
// No scope of its own: cards go to finance, and windows ask findReceiptId first.
import type { CompanyInfo } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import type { Prisma } from '../../generated/prisma/client.js';
import { isSmallRest } from '../adjustments/adjustment.js';
import { type ApprovalDetails, findApproval } from '../approvals/approval.queries.js';
import { findOpeningDecision } from '../imports/opening.queries.js';
import { fromUtcDate, type LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import type { Money } from '../money.js';
import type { DisplayState } from '../plans/instalment.js';
import { loadRows } from '../plans/instalment.queries.js';
import { smallDifferenceIn } from '../settings/small-amounts.js';
import { findOpenReallocation, type ReallocationFacts } from './reallocation.queries.js';
import { BOOKED_STATUSES, originalOf, type ReceiptStatus } from './receipt.js';
import { findSuccessor, type Successor } from './receipt-replaced.service.js';
import { findWarnings, type Warning } from './receipt-warnings.queries.js';
import { findOpenReversal, listReversed, type ReversalFacts, type ReversedFact } from './reversal.queries.js';

/** Amounts in minor units of `currency`. */
export interface ReceiptFacts {
  readonly id: string;
  readonly version: number;
  readonly number: string;
  readonly kind: string;
  readonly status: ReceiptStatus;
  readonly amount: bigint;
  readonly currency: string;
  readonly unapplied: bigint;
  readonly method: string;
  readonly receivedOn: LocalDate;
  readonly payerName: string | null;
  readonly bankSlipNo: string | null;
  readonly bankTxnId: string | null;
  /** What came in, where that is another currency, and units of `currency` for one of it. */
  readonly original: Money | null;
  readonly rate: string | null;
  readonly billNo: string | null;
  readonly billDueOn: LocalDate | null;
  readonly remark: string | null;
  readonly splitByHand: boolean;
  /** The unclaimed money that it claims. */
  readonly unclaimedId: string | null;
  /** That money as it was recorded. */
  readonly claims: ClaimedFact | null;
  readonly customerId: string;
  readonly customerName: string;
  readonly contractId: string | null;
  readonly contractNumber: string | null;
  readonly contractName: string | null;
  readonly instalmentId: string | null;
  readonly recordedById: string;
  readonly lastEditedById: string;
  readonly recorderName: string;
  readonly lines: readonly SplitFact[];
  readonly attachmentIds: readonly string[];
  readonly attachmentNames: readonly string[];
  /** None of an opening balance, which came into the books with its file. */
  readonly approval: ApprovalDetails | null;
  /** Of an opening balance: who agreed to its file. */
  readonly agreedByName: string | null;
  readonly warnings: readonly Warning[];
  /** What it records anew, with the decision that ended that. */
  readonly predecessor: { readonly number: string; readonly approval: ApprovalDetails | null } | null;
  /** What was recorded anew in its place. */
  readonly successor: Successor | null;
  /** What was taken back or refunded of it. */
  readonly reversed: readonly ReversedFact[];
  /** A reversal or refund that waits. */
  readonly reversal: ReversalFacts | null;
  /** A re-allocation that waits. */
  readonly reallocation: ReallocationFacts | null;
}

/** Money that nobody had claimed; its amount in its own currency. */
export interface ClaimedFact {
  readonly number: string;
  readonly money: Money;
  readonly payerName: string | null;
  readonly receivedOn: LocalDate;
}

const DONE: readonly DisplayState[] = ['cancelled', 'inactive', 'written_off', 'paid'];

/** A receipt that was sent for approval. */
export type AskedReceipt = ReceiptFacts & { readonly approval: ApprovalDetails };

/** Where money goes, and what is open there now. */
export interface SplitFact {
  readonly instalmentId: string;
  readonly ownerId: string;
  readonly contractNumber: string;
  readonly seq: number;
  readonly amount: bigint;
  readonly outstanding: bigint;
  readonly state: DisplayState;
  /** On bad debt. */
  readonly recovery: boolean;
  /** What is left of it now may be let go as 尾差, and nobody has asked about it. */
  readonly smallRest: boolean;
}

type Found = Prisma.ReceiptGetPayload<{
  include: { customer: true; contract: true; allocations: true; unclaimed: true };
}>;

interface FactsCtx {
  readonly db: Db | Tx;
  readonly today: LocalDate;
  readonly company: Pick<CompanyInfo, 'baseCurrency' | 'settings'>;
}

/** The receipt's facts with one of its approvals, or null if either is unknown. */
export async function loadAskedReceipt(
  ctx: FactsCtx,
  receiptId: string,
  approvalId?: string,
): Promise<AskedReceipt | null> {
  const facts = await loadReceiptFacts(ctx, receiptId, approvalId);
  return facts && isAsked(facts) ? facts : null;
}

const isAsked = (facts: ReceiptFacts): facts is AskedReceipt => facts.approval !== null;

/** The receipt's facts, with its newest approval unless another is named; null if it is unknown. */
export async function loadReceiptFacts(
  ctx: FactsCtx,
  receiptId: string,
  approvalId?: string,
): Promise<ReceiptFacts | null> {
  const { db } = ctx;
  const [receipt, approval] = await Promise.all([
    db.receipt.findUnique({
      where: { id: receiptId },
      include: { customer: true, contract: true, allocations: { orderBy: { id: 'asc' } }, unclaimed: true },
    }),
    findApproval(ctx, { type: 'receipt', id: receiptId }, approvalId),
  ]);
  if (!receipt) return null;
  const shown = byRow(shownAllocations(receipt));
  const rows = await loadRows(
    ctx,
    shown.map((line) => line.instalmentId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  const asked = await db.adjustment.findMany({
    where: { instalmentId: { in: [...byId.keys()] }, status: 'open' },
    select: { instalmentId: true },
  });
  const isAskedAbout = new Set(asked.map((one) => one.instalmentId));
  const isBooked = BOOKED_STATUSES.includes(receipt.status);
  const agreed =
    receipt.kind === 'opening' && receipt.importId !== null
      ? await findOpeningDecision(db, receipt.importId)
      : null;
  const [people, attachments, predecessor, successor, warnings, reversed, reversal, reallocation] =
    await Promise.all([
      findPeople(db, [receipt.recordedById, ...(agreed ? [agreed.approverId] : [])]),
      db.attachment.findMany({
        where: { ownerType: 'receipt', ownerId: receiptId },
        select: { id: true, name: true },
        orderBy: { id: 'asc' },
      }),
      receipt.replacesId === null ? null : findPredecessor(ctx, receipt.replacesId),
      receipt.status === 'rejected' || receipt.status === 'draft' ? findSuccessor(db, receiptId) : null,
      approval?.status === 'open' ? findWarnings(db, receipt) : [],
      isBooked ? listReversed(ctx, receiptId) : [],
      isBooked ? findOpenReversal(ctx, receiptId) : null,
      isBooked ? findOpenReallocation(ctx, receiptId) : null,
    ]);
  const lines = shown.flatMap((line): SplitFact[] => {
    const row = byId.get(line.instalmentId);
    if (!row) return [];
    const { ownerId, contractNumber, seq, outstanding, state } = row;
    const { amount, recovery } = line;
    const lifecycle = DONE.includes(state) ? 'settled' : 'open';
    const smallRest =
      !isAskedAbout.has(row.id) &&
      isSmallRest({ ...row, lifecycle }, smallDifferenceIn(ctx.company, row.currency));
    return [
      { instalmentId: row.id, ownerId, contractNumber, seq, outstanding, state, amount, recovery, smallRest },
    ];
  });
  // Lines of one split have no order of their own.
  lines.sort((a, b) => a.contractNumber.localeCompare(b.contractNumber) || a.seq - b.seq);
  return {
    id: receipt.id,
    version: receipt.version,
    number: receipt.number,
    kind: receipt.kind,
    status: receipt.status,
    amount: receipt.amount,
    currency: receipt.currency,
    // Before it is booked: what would become prepayment.
    unapplied: isBooked
      ? receipt.unapplied
      : receipt.amount - lines.reduce((sum, line) => sum + line.amount, 0n),
    method: receipt.method,
    receivedOn: fromUtcDate(receipt.receivedOn),
    payerName: receipt.payerName,
    bankSlipNo: receipt.bankSlipNo,
    bankTxnId: receipt.bankTxnId,
    original: originalOf(receipt),
    rate: receipt.rate,
    billNo: receipt.billNo,
    billDueOn: receipt.billDueOn && fromUtcDate(receipt.billDueOn),
    remark: receipt.remark,
    splitByHand: receipt.splitByHand,
    unclaimedId: receipt.unclaimedId,
    claims: receipt.unclaimed && claimedOf(receipt.unclaimed),
    customerId: receipt.customerId,
    customerName: receipt.customer.name,
    contractId: receipt.contractId,
    contractNumber: receipt.contract?.number ?? null,
    contractName: receipt.contract?.name ?? null,
    instalmentId: receipt.instalmentId,
    recordedById: receipt.recordedById,
    lastEditedById: receipt.lastEditedById,
    recorderName: people.get(receipt.recordedById)?.name ?? '',
    lines,
    attachmentIds: attachments.map((file) => file.id),
    attachmentNames: attachments.map((file) => file.name),
    approval,
    agreedByName: agreed && (people.get(agreed.approverId)?.name ?? ''),
    warnings,
    predecessor,
    successor,
    reversed,
    reversal,
    reallocation,
  };
}

const claimedOf = (found: NonNullable<Found['unclaimed']>): ClaimedFact => ({
  number: found.number,
  money: { minor: found.amount, currency: found.currency },
  payerName: found.payerName,
  receivedOn: fromUtcDate(found.receivedOn),
});

async function findPredecessor(ctx: Parameters<typeof findApproval>[0], id: string) {
  const [replaced, approval] = await Promise.all([
    ctx.db.receipt.findUniqueOrThrow({ where: { id }, select: { number: true } }),
    findApproval(ctx, { type: 'receipt', id }),
  ]);
  return { number: replaced.number, approval };
}

/** One line a row, however often money of the receipt came to it: what is open of it, and offered about it, is said once. */
function byRow(allocations: Found['allocations']): Pick<SplitFact, 'instalmentId' | 'amount' | 'recovery'>[] {
  const lines = new Map<string, Pick<SplitFact, 'instalmentId' | 'amount' | 'recovery'>>();
  for (const { instalmentId, amount, recovery } of allocations) {
    const key = `${instalmentId} ${recovery}`;
    lines.set(key, { instalmentId, amount: amount + (lines.get(key)?.amount ?? 0n), recovery });
  }
  return [...lines.values()];
}

/** What counts or waits; on a receipt that did not come through, what it had asked for. */
function shownAllocations(receipt: Found): Found['allocations'] {
  const live = receipt.allocations.filter((line) => line.status !== 'released');
  if (live.length > 0 || receipt.status === 'submitted' || receipt.status === 'approved') return live;
  // A reversed one pays nothing any more.
  return receipt.allocations.filter((line) => ['rejected', 'withdrawn'].includes(line.releaseReason ?? ''));
}

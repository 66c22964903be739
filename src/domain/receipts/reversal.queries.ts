// Reads reversals and refunds with their receipt and approval. Changes nothing; no scope of its own: cards go to finance, and
// windows ask findReceiptId first.
import type { Db, Tx } from '../../db/client.js';
import { type ApprovalDetails, findApproval, type NamedPerson } from '../approvals/approval.queries.js';
import type { LocalDate } from '../local-date.js';
import { findPeople } from '../members/member.queries.js';
import { loadRows } from '../plans/instalment.queries.js';
import { isBooked } from './movement.service.js';
import type { MovementKind } from './receipt.js';
import { planReversal } from './reversal.js';

/** A reversal or refund with what its card tells; amounts in minor units of `currency`. */
export interface ReversalFacts {
  readonly id: string;
  readonly kind: MovementKind;
  readonly number: string;
  readonly amount: bigint;
  readonly currency: string;
  readonly reason: string;
  readonly askedBy: NamedPerson;
  readonly receipt: {
    readonly id: string;
    readonly number: string;
    readonly amount: bigint;
    /** Of it, what belongs to no instalment now. */
    readonly unapplied: bigint;
    readonly status: 'approved' | 'partly_reversed' | 'reversed';
    readonly customerName: string;
    readonly recorderName: string;
  };
  /** While a reversal waits: what it would take, and from where. */
  readonly takes: {
    readonly fromUnapplied: bigint;
    readonly lines: readonly {
      readonly contractNumber: string;
      readonly seq: number;
      readonly amount: bigint;
      /** It had recovered bad debt, which stays bad. */
      readonly recovery: boolean;
    }[];
  } | null;
  readonly approval: ApprovalDetails;
}

/** What was approved, as its receipt tells of it. */
export interface ReversedFact {
  readonly kind: MovementKind;
  readonly number: string;
  readonly amount: bigint;
  readonly reason: string;
  readonly askedBy: string;
  /** Whoever approved a step of it, in their order. */
  readonly approvedBy: readonly string[];
}

type ReadCtx = { readonly db: Db | Tx; readonly today: LocalDate };

/** A reversal or refund with one of its approvals; null if either is unknown. */
export const findReversal = (
  ctx: ReadCtx,
  movementId: string,
  approvalId?: string,
): Promise<ReversalFacts | null> => read(ctx, { id: movementId }, approvalId);

/** What waits on a receipt, or null. */
export const findOpenReversal = (ctx: ReadCtx, receiptId: string): Promise<ReversalFacts | null> =>
  read(ctx, { reversesId: receiptId, status: 'submitted' });

async function read(
  ctx: ReadCtx,
  where: { id: string } | { reversesId: string; status: 'submitted' },
  approvalId?: string,
): Promise<ReversalFacts | null> {
  const found = await ctx.db.receipt.findFirst({
    where: { ...where, kind: { in: ['reversal', 'refund'] } },
    include: { reverses: { include: { customer: true, allocations: { where: { status: 'effective' } } } } },
  });
  const receipt = found?.reverses;
  if (!found || !receipt) return null;
  const kind = found.kind === 'refund' ? 'refund' : 'reversal';
  const [approval, people] = await Promise.all([
    findApproval(ctx, { type: kind, id: found.id }, approvalId),
    findPeople(ctx.db, [found.recordedById, receipt.recordedById]),
  ]);
  if (!approval) return null;
  const nameOf = (id: string) => people.get(id)?.name ?? '';
  return {
    id: found.id,
    kind,
    number: found.number,
    amount: found.amount,
    currency: found.currency,
    reason: found.remark ?? '',
    askedBy: { id: found.recordedById, name: nameOf(found.recordedById) },
    receipt: {
      id: receipt.id,
      number: receipt.number,
      amount: receipt.amount,
      unapplied: receipt.unapplied,
      status:
        receipt.status === 'reversed' || receipt.status === 'partly_reversed' ? receipt.status : 'approved',
      customerName: receipt.customer.name,
      recorderName: nameOf(receipt.recordedById),
    },
    takes:
      kind === 'reversal' && approval.status === 'open' && isBooked(receipt)
        ? await takesOf(ctx, found.amount, receipt)
        : null,
    approval,
  };
}

async function takesOf(
  ctx: ReadCtx,
  amount: bigint,
  receipt: {
    unapplied: bigint;
    allocations: readonly {
      id: string;
      instalmentId: string;
      amount: bigint;
      recovery: boolean;
      bookedAt: Date | null;
    }[];
  },
): Promise<ReversalFacts['takes']> {
  const lines = receipt.allocations.map((line) => ({ ...line, bookedAt: line.bookedAt ?? new Date(0) }));
  const plan = planReversal(amount, { unapplied: receipt.unapplied, lines });
  const rows = await loadRows(
    ctx,
    plan.lines.map(({ line }) => line.instalmentId),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return {
    fromUnapplied: plan.fromUnapplied,
    lines: plan.lines.flatMap(({ line, taken }) => {
      const row = byId.get(line.instalmentId);
      if (!row) return [];
      const { contractNumber, seq } = row;
      return [{ contractNumber, seq, amount: taken, recovery: line.recovery }];
    }),
  };
}

/** What a number is that the caller found: a reversal's, a refund's, or null for a receipt's own. */
export async function findMovementKind(
  { db }: Pick<ReadCtx, 'db'>,
  number: string,
): Promise<MovementKind | null> {
  const found = await db.receipt.findFirst({ where: { number, reversesId: { not: null } } });
  if (!found) return null;
  return found.kind === 'refund' ? 'refund' : 'reversal';
}

/** The approved reversals and refunds of a receipt, the oldest first. */
export async function listReversed(ctx: Pick<ReadCtx, 'db'>, receiptId: string): Promise<ReversedFact[]> {
  return ctx.db.$queryRaw<ReversedFact[]>`
    SELECT r.kind::text, r.number, r.amount, COALESCE(r.remark, '') AS reason, u.name AS "askedBy",
      ARRAY(SELECT d.name FROM approval a JOIN approval_step s ON s.approval_id = a.id JOIN app_user d ON d.id = s.decided_by
        WHERE a.subject_type = r.kind::text AND a.subject_id = r.id AND a.status = 'approved' ORDER BY s.seq) AS "approvedBy"
    FROM receipt r JOIN app_user u ON u.id = r.recorded_by
    WHERE r.reverses_id = ${receiptId}::uuid AND r.status = 'approved' ORDER BY r.id`;
}

// Asks to take money of an approved receipt out again (rules §3): by a reversal, or by a refund of what belongs to no
// instalment. Nothing changes until another person approves; what the approval does is the kind's own subject file.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import { isUniqueViolation, transact } from '../../db/transact.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import { takeNumber } from '../numbering.service.js';
import { claimRequest } from '../requests.service.js';
import { leaveTraces } from '../traces.service.js';
import { involvedInMovement } from './involved.service.js';
import { cardRewrites } from './movement-subject.service.js';
import { MONEY_IN_KINDS, type MovementKind } from './receipt.js';

export interface MovementInput {
  readonly receiptId: string;
  /** Minor units of the receipt's currency. */
  readonly amount: bigint;
  readonly reason: string;
}

/** Who is asked; nobody found: the admins are told. */
export interface AskedMovement {
  readonly id: string;
  readonly number: string;
  readonly names: string[];
}

/** What each kind is called in access, requests and the trail. */
const ACTIONS = { reversal: 'receipt.reverse', refund: 'receipt.refund' } as const;
const OPEN = { reversal: 'receipt.reversal_open', refund: 'receipt.refund_open' } as const;

/**
 * Proposes a movement; `check` refuses what the receipt, which is held, cannot give.
 * @throws DomainError access.denied, role.missing, not_found, receipt.reversal_open, receipt.refund_open,
 *   request.repeated, and what `check` throws
 */
export async function askMovement(
  ctx: Ctx,
  kind: MovementKind,
  { receiptId, amount, reason }: MovementInput,
  check: (tx: Tx, receipt: Receipt) => Promise<void>,
): Promise<AskedMovement> {
  const action = ACTIONS[kind];
  authorize(ctx.actor, action);
  const number = await takeNumber(ctx, 'receipt');
  const id = newId(ctx.now);
  try {
    return await transact(ctx.db, async (tx) => {
      const receipt = await lockRow(tx, 'receipt', receiptId);
      if (!receipt) throw new DomainError('not_found', { ref: '' });
      const about = { subjectType: 'receipt', subjectId: receipt.id };
      await claimRequest(tx, ctx, action, { reference: receipt.number, ...about });
      const open = await openMovement(tx, receipt.id);
      if (isBooked(receipt) && open) throw new DomainError(OPEN[open], { number: receipt.number });
      await check(tx, receipt);
      await tx.receipt.create({
        data: {
          id,
          number,
          kind,
          reversesId: receipt.id,
          customerId: receipt.customerId,
          amount,
          currency: receipt.currency,
          method: receipt.method,
          receivedOn: toUtcDate(ctx.today),
          remark: reason,
          recordedById: ctx.actor.id,
          lastEditedById: ctx.actor.id,
          createdAt: ctx.now,
          updatedAt: ctx.now,
          updatedById: ctx.actor.id,
        },
      });
      const approval = await openApproval(tx, ctx, {
        type: kind,
        id,
        version: receipt.version,
        amount: { minor: amount, currency: receipt.currency },
        method: receipt.method,
        ownerId: null,
        involved: await involvedInMovement(tx, receipt),
      });
      const asking = { type: kind, subjectId: id, approvalId: approval.id } as const;
      const { notices, homes } = await askNotices(tx, ctx, asking, approval.asked);
      const entry = { action: `receipt.${kind}_asked`, ...about, after: { number, amount, reason } };
      const rewrites = await cardRewrites(tx, receipt.id, `asked:${id}`);
      await leaveTraces(tx, ctx, { audit: [entry], notices, rewrites, homes: [ctx.actor.id, ...homes] });
      return { id, number: receipt.number, names: approval.asked.map((one) => one.name) };
    });
  } catch (error) {
    // Two people propose at the same moment: the index decides.
    if (!isUniqueViolation(error, 'receipt_movement_key')) throw error;
    const found = await ctx.db.receipt.findUnique({ where: { id: receiptId } });
    const open = (await openMovement(ctx.db, receiptId)) ?? kind;
    throw new DomainError(OPEN[open], { number: found?.number ?? '' });
  }
}

/** What waits on a receipt: one movement at a time, of either kind. */
async function openMovement(db: Pick<Tx, 'receipt'>, receiptId: string): Promise<MovementKind | null> {
  const open = await db.receipt.findFirst({ where: { reversesId: receiptId, status: 'submitted' } });
  return open && (open.kind === 'refund' ? 'refund' : 'reversal');
}

/** Money that came in, is booked and not taken back whole. */
export const isBooked = ({ kind, status }: Pick<Receipt, 'kind' | 'status'>): boolean =>
  MONEY_IN_KINDS.some((one) => one === kind) && (status === 'approved' || status === 'partly_reversed');

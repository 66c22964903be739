// Asks for a re-allocation, or does it at once where a finance manager asks (P4; rules §3): what an approved receipt has
// paid goes elsewhere, never to another customer or currency. The decision is reallocation-subject.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import { openApproval } from '../approvals/approval.service.js';
import { askNotices } from '../approvals/ask.service.js';
import { DomainError } from '../errors.js';
import { newId } from '../ids.js';
import { listHolders } from '../members/member.queries.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import type { ChosenLine } from './allocation.js';
import { isBooked } from './movement.service.js';
import { asJson, gainers, isSameSplit, sumByRow } from './reallocation.js';
import { type HeldMoney, holdMoney, postReallocation } from './reallocation-post.service.js';
import { reallocatedTraces } from './reallocation-subject.service.js';

export interface ReallocationInput {
  readonly receiptId: string;
  /** The receipt's version as it was shown. */
  readonly version: number;
  /** The whole new split; what is left of the receipt becomes prepayment. */
  readonly lines: readonly ChosenLine[];
  readonly reason: string;
}

/** Done at once, or who is asked; nobody found: the admins are told. */
export type ReallocationResult =
  | { readonly done: true; readonly id: string; readonly number: string }
  | { readonly done: false; readonly id: string; readonly number: string; readonly names: string[] };

/**
 * Gives a receipt another split.
 * @throws DomainError receipt.not_reallocatable, receipt.exceeds_outstanding, reallocation.exceeds_left,
 *   reallocation.nothing, reallocation.open, receipt.self_approval, version.conflict, not_found, access.denied,
 *   request.repeated
 */
export async function reallocate(ctx: Ctx, input: ReallocationInput): Promise<ReallocationResult> {
  authorize(ctx.actor, 'receipt.reallocate');
  const wanted = sumByRow(input.lines.filter((line) => line.amount > 0n));
  return transact(ctx.db, async (tx) => {
    const held = await holdMoney(
      tx,
      input.receiptId,
      wanted.map((line) => line.instalmentId),
    );
    const { receipt } = held;
    const { number } = receipt;
    const about = { subjectType: 'receipt', subjectId: receipt.id };
    await claimRequest(tx, ctx, 'receipt.reallocate', { reference: number, ...about });
    if (!isBooked(receipt)) throw new DomainError('receipt.not_reallocatable', { number });
    const open = await tx.reallocation.count({ where: { receiptId: receipt.id, status: 'open' } });
    if (open > 0) throw new DomainError('reallocation.open', { number });
    if (receipt.version !== input.version) throw await versionConflict(tx, receipt);
    requireFit(held, wanted);
    const alone = ctx.actor.roles.includes('finance_manager');
    const id = newId(ctx.now);
    await tx.reallocation.create({
      data: {
        id,
        receiptId: receipt.id,
        receiptVersion: receipt.version,
        before: asJson(sumByRow(held.lines)),
        after: asJson(wanted),
        left: held.left,
        reason: input.reason,
        status: alone ? 'approved' : 'open',
        createdAt: ctx.now,
        createdById: ctx.actor.id,
      },
    });
    if (alone) {
      await requireOthers(tx, ctx, held, wanted);
      const posted = await postReallocation(tx, ctx, held, wanted);
      await leaveTraces(
        tx,
        ctx,
        joinTraces(posted, await reallocatedTraces(tx, ctx, { id, held, wanted, reason: input.reason })),
      );
      return { done: true, id, number };
    }
    const approval = await openApproval(tx, ctx, {
      type: 'reallocation',
      id,
      version: receipt.version,
      amount: { minor: receipt.amount, currency: receipt.currency },
      method: receipt.method,
      ownerId: null,
      involved: gainers(held.rows, wanted),
    });
    const asking = { type: 'reallocation', subjectId: id, approvalId: approval.id } as const;
    const { notices, homes } = await askNotices(tx, ctx, asking, approval.asked);
    const entry = {
      action: 'receipt.reallocation_asked',
      ...about,
      after: { lines: wanted, reason: input.reason },
    };
    await leaveTraces(tx, ctx, { audit: [entry], notices, homes: [ctx.actor.id, ...homes] });
    return { done: false, id, number, names: approval.asked.map((one) => one.name) };
  });
}

/** @throws DomainError not_found (another customer's row), receipt.exceeds_outstanding, reallocation.exceeds_left, reallocation.nothing */
function requireFit({ receipt, rows, lines, left }: HeldMoney, wanted: readonly ChosenLine[]): void {
  const { currency } = receipt;
  const money = (minor: bigint) => ({ minor, currency });
  for (const { instalmentId, amount } of wanted) {
    const found = rows.find((row) => row.instalmentId === instalmentId);
    if (!found) throw new DomainError('not_found', { ref: '' });
    const max = found.current + found.room;
    if (amount > max) {
      const params = { seq: found.row.seq, max: money(max), instalmentId };
      throw new DomainError('receipt.exceeds_outstanding', params);
    }
  }
  const split = wanted.reduce((sum, line) => sum + line.amount, 0n);
  if (split > left) {
    const params = { split: money(split), left: money(left), excess: money(split - left) };
    throw new DomainError('reallocation.exceeds_left', params);
  }
  if (isSameSplit(lines, wanted)) throw new DomainError('reallocation.nothing', { number: receipt.number });
}

/** Alone, but never for rows of their own. */
async function requireOthers(
  tx: Tx,
  ctx: Ctx,
  held: HeldMoney,
  wanted: readonly ChosenLine[],
): Promise<void> {
  if (!isInvolved(ctx.actor.id, gainers(held.rows, wanted))) return;
  const holders = await listHolders(tx, 'finance_manager');
  const names = holders.filter((person) => person.id !== ctx.actor.id).map((person) => person.name);
  throw new DomainError('receipt.self_approval', { names });
}

// 核销预收 (F58, P2): finance applies money that belongs to no instalment. The money itself was approved by two people;
// where it goes now is booked by one of finance who does not gain from it (rules §5, §6), on the day it is done (§2).
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow, lockRows } from '../../db/lock-rows.js';
import { transact } from '../../db/transact.js';
import { Prisma, type Receipt } from '../../generated/prisma/client.js';
import { authorize } from '../access.js';
import { isInvolved } from '../approvals/approval.js';
import { rewriteOf } from '../approvals/ask.service.js';
import { isSubjectType } from '../approvals/subjects.js';
import { DomainError } from '../errors.js';
import { listHolders } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import type { Rewrite } from '../notices/outbox.service.js';
import { claimRequest } from '../requests.service.js';
import { joinTraces, leaveTraces, type Traces } from '../traces.service.js';
import { versionConflict } from '../versions.service.js';
import { bookProposed, lockProposed, type ProposedLine } from './booking.service.js';
import { proposeLines, redrawsOf } from './receipt.service.js';

export interface ApplyInput {
  readonly receiptId: string;
  /** The receipt's version as it was shown. */
  readonly version: number;
  readonly instalmentId: string;
  /** Minor units of the receipt's currency. */
  readonly amount: bigint;
}

export interface ApplyOptions {
  /** By the mode of the customer, not by a click: who is told of it, in place of the owner alone. */
  readonly auto?: (ownerId: string) => readonly Notice[];
}

/**
 * Applies unapplied money of an approved receipt to one open instalment of its customer, or to bad debt of theirs.
 * @throws DomainError receipt.unapplied_exceeded, prepayment.exceeds_outstanding, receipt.self_approval, version.conflict,
 *   not_found, access.denied, request.repeated
 */
export async function applyPrepayment(
  ctx: Ctx,
  input: ApplyInput,
  { auto }: ApplyOptions = {},
): Promise<Receipt> {
  const { receiptId, instalmentId, amount } = input;
  return transact(ctx.db, async (tx) => {
    authorize(ctx.actor, 'receipt.apply');
    const receipt = await lockRow(tx, 'receipt', receiptId);
    if (!receipt) throw new DomainError('not_found', { ref: '' });
    await claimRequest(tx, ctx, 'receipt.apply', {
      reference: receipt.number,
      subjectType: 'receipt',
      subjectId: receiptId,
    });
    if (receipt.version !== input.version) throw await versionConflict(tx, receipt);
    checkSource(receipt, amount);
    // The contract before its row, as every writer locks: writing the line alone would hold the row first.
    await lockRows(
      tx,
      'contract',
      Prisma.sql`id = (SELECT contract_id FROM instalment WHERE id = ${instalmentId}::uuid)`,
    );
    const target = await tx.instalment.findUnique({ where: { id: instalmentId } });
    const recovery = target !== null && target.lifecycle !== 'open';
    await proposeLines(tx, ctx, receiptId, [{ instalmentId, amount, recovery }]);
    const lines = await lockProposed(tx, receiptId);
    const [line] = lines;
    if (!line) throw new DomainError('receipt.split_changed', {});
    await checkLine(tx, ctx, receipt, line);
    const booked = await bookProposed(tx, ctx, [receipt], lines, { on: ctx.today });
    const applied = await tx.receipt.update({
      where: { id: receiptId },
      data: {
        unapplied: { decrement: amount },
        version: { increment: 1 },
        updatedAt: ctx.now,
        updatedById: ctx.actor.id,
      },
    });
    await leaveTraces(tx, ctx, joinTraces(booked, await tracesOf(tx, ctx, applied, line, auto)));
    return applied;
  });
}

function checkSource(receipt: Receipt, amount: bigint): void {
  const { status, unapplied, currency, number } = receipt;
  const counts = status === 'approved' || status === 'partly_reversed';
  const left = counts ? unapplied : 0n;
  if (amount > 0n && amount <= left) return;
  throw new DomainError('receipt.unapplied_exceeded', { number, max: { minor: left, currency } }, 'amount');
}

async function checkLine(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  { row, room, amount }: ProposedLine,
): Promise<void> {
  if (row.customerId !== receipt.customerId || row.currency !== receipt.currency)
    throw new DomainError('not_found', { ref: '' });
  if (amount > room) {
    const max = { minor: room, currency: row.currency };
    throw new DomainError('prepayment.exceeds_outstanding', { seq: row.seq, max }, 'amount');
  }
  if (!isInvolved(ctx.actor.id, [row.ownerId])) return;
  const holders = await listHolders(tx, 'finance', 'finance_manager');
  const names = holders.filter((person) => person.id !== row.ownerId).map((person) => person.name);
  throw new DomainError('receipt.self_approval', { names });
}

/** The card shows where the money is now; the row's owner hears of it. */
async function tracesOf(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  { row, amount }: ProposedLine,
  auto: ApplyOptions['auto'],
): Promise<Traces> {
  const approval = await tx.approval.findFirst({
    where: { subjectType: 'receipt', subjectId: receipt.id, status: 'approved' },
    orderBy: { id: 'desc' },
  });
  const lines = [{ instalmentId: row.id }];
  const told = notice({
    kind: 'receipt.applied',
    key: `receipt.applied:${receipt.id}:${receipt.version}`,
    to: { user: row.ownerId },
    payload: { receiptId: receipt.id, instalmentId: row.id, byId: ctx.actor.id, amount: `${amount}` },
  });
  const byHand = row.ownerId === ctx.actor.id ? [] : [told];
  return {
    audit: [
      {
        action: 'receipt.applied',
        subjectType: 'receipt',
        subjectId: receipt.id,
        before: { unapplied: receipt.unapplied + amount },
        after: {
          instalmentId: row.id,
          amount,
          unapplied: receipt.unapplied,
          ...(auto && { auto: true }),
        },
      },
    ],
    rewrites: [
      ...(approval
        ? [rewriteOf({ type: 'receipt', subjectId: receipt.id, approvalId: approval.id }, receipt.version)]
        : []),
      ...(await movementCards(tx, receipt)),
    ],
    redraws: redrawsOf(ctx, receipt.id, lines),
    notices: auto ? auto(row.ownerId) : byHand,
    homes: [receipt.recordedById],
    concerned: [row.id],
  };
}

/** What waits to take money back or pay it out says how much is left: its card is drawn anew. */
async function movementCards(tx: Tx, { id, version }: Receipt): Promise<Rewrite[]> {
  const waiting = await tx.receipt.findMany({
    where: { reversesId: id, status: 'submitted' },
    select: { id: true },
  });
  const open = await tx.approval.findMany({
    where: { status: 'open', subjectId: { in: waiting.map((one) => one.id) } },
    select: { id: true, subjectId: true, subjectType: true },
  });
  return open.flatMap(({ id: approvalId, subjectId, subjectType: type }) =>
    isSubjectType(type) ? [rewriteOf({ type, subjectId, approvalId }, `applied.${version}`)] : [],
  );
}

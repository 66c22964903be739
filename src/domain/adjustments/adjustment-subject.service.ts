// A write-off or its undoing as a subject of approval (P28, P29; rules §3, §6): approved, the row's open amount is less, or
// more again, as of today; a row of which nothing is open is 坏账, or settled by a small difference.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Adjustment, Instalment } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { settleContracts } from '../contracts/contract-settle.service.js';
import { DomainError } from '../errors.js';
import { NO_DISPUTE, NO_PROMISE } from '../follow-ups/follow-up.js';
import { toUtcDate } from '../local-date.js';
import { notice } from '../notices/notice.js';
import { isQuiet, lockInstalment } from '../plans/instalment.service.js';
import { rowCardRewrites } from '../receipts/row-cards.service.js';
import { closeCasesOf, reopenCasesOf, tellCasesOf } from '../reminders/case.service.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { closedBy, decideWriteOff, recoverableOf, type WriteOffKind } from './adjustment.js';
import { listPosted } from './adjustment.queries.js';
import { adjustable, refusal, requireUndoable } from './adjustment-ask.service.js';

interface Held {
  readonly asked: Adjustment & { readonly kind: WriteOffKind };
  readonly row: Instalment;
}

/** Locks contract and row of an adjustment. @throws DomainError not_found */
export async function holdAdjustment(tx: Tx, ctx: Ctx, adjustmentId: string): Promise<HeldSubject> {
  const found = await tx.adjustment.findUnique({ where: { id: adjustmentId } });
  if (!found || found.kind === 'recovery') throw new DomainError('not_found', { ref: '' });
  const row = await lockInstalment(tx, found.instalmentId);
  const held: Held = { asked: { ...found, kind: found.kind }, row };
  return {
    ownerId: null,
    involved: [found.createdById, row.ownerId],
    about: { subjectType: 'instalment', subjectId: row.id },
    homes: [found.createdById, row.ownerId],
    recheck: async () => {
      await requireFit(tx, ctx, held);
      return null;
    },
    finish: async (ending) => {
      const ended = await (ending.status === 'approved'
        ? post(tx, ctx, held, ending)
        : drop(tx, held, ending));
      const rewrites = await rowCardRewrites(tx, [row.id], `${ending.status}:${found.id}`);
      return joinTraces(ended, { rewrites });
    },
  };
}

/** Money that came in or went meanwhile: what no longer fits is rejected, and asked for anew. @throws as askWriteOff */
async function requireFit(tx: Tx, ctx: Ctx, { asked, row }: Held): Promise<void> {
  if (asked.undoesId !== null) {
    const undo = await requireUndoable(tx, row);
    if (undo.id !== asked.undoesId || undo.amount < -asked.amount)
      throw new DomainError('adjustment.nothing', { seq: row.seq });
    return;
  }
  const { kind, amount } = asked;
  // The tolerance was asked about when it was proposed.
  const decision = decideWriteOff(await adjustable(tx, row), { kind, amount }, ctx.today, amount);
  if (!decision.ok) throw refusal(row, decision);
}

async function post(tx: Tx, ctx: Ctx, { asked, row }: Held, ending: Ending): Promise<Traces> {
  const today = toUtcDate(ctx.today);
  await tx.adjustment.update({
    where: { id: asked.id },
    data: { status: 'approved', effectiveOn: today, bookedAt: ctx.now },
  });
  const outstanding = row.outstanding - asked.amount;
  const badDebt = recoverableOf((await listPosted(tx, row.id)).filter((one) => one.id !== asked.id));
  const lifecycle = outstanding === 0n ? closedBy(asked.kind, badDebt) : 'open';
  const reopens = row.lifecycle !== 'open' && lifecycle === 'open';
  await tx.instalment.update({
    where: { id: row.id },
    data: {
      outstanding,
      lifecycle,
      // What was promised was about another amount.
      ...NO_PROMISE,
      ...(lifecycle !== 'open' && { ...NO_DISPUTE, nextContactOn: null }),
      ...(outstanding > row.outstanding && isQuiet(ctx, row) && { openedOn: today }),
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  const { kind, amount, reason } = asked;
  const action = asked.undoesId === null ? 'adjustment.posted' : 'adjustment.undone';
  const entry = {
    action,
    subjectType: 'instalment',
    subjectId: row.id,
    before: { outstanding: row.outstanding, lifecycle: row.lifecycle },
    after: { ...ending.audit, kind, amount, reason, outstanding, lifecycle },
  };
  const cause = asked.undoesId === null ? kind : 'undone';
  const revisions = lifecycle === row.lifecycle ? [] : [{ id: row.id, cause }];
  return joinTraces(
    { audit: [entry], revisions },
    await casesOf(tx, ctx, { asked, row }, lifecycle, reopens),
    await settleContracts(tx, ctx, [row.contractId]),
    tell(ctx, { asked, row }, ending),
  );
}

function casesOf(
  tx: Tx,
  ctx: Ctx,
  { asked, row }: Held,
  lifecycle: ReturnType<typeof closedBy>,
  reopens: boolean,
): Promise<Traces> {
  const facts = { byId: ctx.actor.id };
  // A small difference closes what is paid, it is no bad debt.
  if (lifecycle !== 'open')
    return closeCasesOf(tx, ctx, [row.id], lifecycle === 'settled' ? 'settled' : 'written_off', facts);
  if (reopens) return reopenCasesOf(tx, ctx, [row.id], facts);
  return tellCasesOf(tx, ctx, [row.id], asked.undoesId === null ? 'adjusted' : 'adjusted_back', facts);
}

/** Rejected or withdrawn: the row stays as it is. */
async function drop(tx: Tx, { asked, row }: Held, ending: Ending): Promise<Traces> {
  const status = ending.status === 'rejected' ? 'rejected' : 'withdrawn';
  await tx.adjustment.update({ where: { id: asked.id }, data: { status } });
  const entry = {
    action: `adjustment.${status}`,
    subjectType: 'instalment',
    subjectId: row.id,
    after: { ...ending.audit, kind: asked.kind, amount: asked.amount },
  };
  return { audit: [entry], notices: status === 'rejected' ? [decidedNotice(asked, ending)] : [] };
}

const decidedNotice = (asked: Adjustment, { approvalId, requestedById }: Ending) =>
  notice({
    kind: 'adjustment.decided',
    key: `adjustment.decided:${approvalId}`,
    to: { user: requestedById },
    payload: { adjustmentId: asked.id, approvalId },
  });

/** Whoever proposed it, and whose instalment it is. */
function tell(ctx: Ctx, { asked, row }: Held, ending: Ending): Traces {
  const told = notice({
    kind: 'adjustment.posted',
    key: `adjustment.posted:${asked.id}`,
    to: { user: row.ownerId },
    payload: { adjustmentId: asked.id },
  });
  const knows = [ending.requestedById, ctx.actor.id].includes(row.ownerId);
  return {
    notices: [decidedNotice(asked, ending), ...(knows ? [] : [told])],
    concerned: [row.id],
  };
}

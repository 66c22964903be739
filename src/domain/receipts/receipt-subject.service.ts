// A receipt as a subject of approval (F51, F52; rules §3, §6): booked exactly as its card showed, or split anew and asked
// again; rejected or withdrawn, its proposals are released. The decision itself is approvals/decisions.service.ts.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { Receipt } from '../../generated/prisma/client.js';
import { visibleOwners } from '../access.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { cardKey } from '../approvals/subjects.js';
import { DomainError } from '../errors.js';
import { toActor } from '../members/member.queries.js';
import { type Notice, notice } from '../notices/notice.js';
import { tellCasesOf } from '../reminders/case.service.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { proposeAllocation, redistribute } from './allocation.js';
import { bookProposed, lockProposed, type ProposedLine } from './booking.service.js';
import { involvedInReceipt } from './involved.service.js';
import { listOpenItems } from './open-items.queries.js';
import { marked, proposeLines, redrawsOf, releaseProposals, targetOf } from './receipt.service.js';
import { unclaimedRewrites } from './unclaimed.service.js';

/** Locks a receipt and what it proposes to pay. @throws DomainError not_found */
export async function holdReceipt(tx: Tx, ctx: Ctx, receiptId: string): Promise<HeldSubject> {
  const receipt = await lockRow(tx, 'receipt', receiptId);
  if (!receipt) throw new DomainError('not_found', { ref: '' });
  const lines = await lockProposed(tx, receipt.id);
  return {
    ownerId: null,
    involved: await involvedInReceipt(tx, receipt, lines),
    about: { subjectType: 'receipt', subjectId: receipt.id },
    homes: [receipt.recordedById],
    recheck: async () => {
      const fits = lines.every((line) => line.amount <= line.room);
      return fits ? null : redraw(tx, ctx, receipt, lines);
    },
    finish: (ending) =>
      ending.status === 'approved'
        ? book(tx, ctx, receipt, lines, ending)
        : release(tx, ctx, receipt, ending),
  };
}

async function book(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  lines: readonly ProposedLine[],
  ending: Ending,
): Promise<Traces> {
  const booked = await bookProposed(tx, ctx, [receipt], lines, { approves: true });
  const applied = lines.reduce((sum, line) => sum + line.amount, 0n);
  const unapplied = receipt.amount - applied;
  const saved = { ...receipt, version: receipt.version + 1 };
  const entry = {
    action: 'receipt.approved',
    subjectType: 'receipt',
    subjectId: receipt.id,
    before: { status: receipt.status },
    after: { ...ending.audit, status: 'approved', applied, unapplied },
  };
  const touched = lines.map((line) => ({ instalmentId: line.row.id }));
  return joinTraces({ audit: [entry] }, booked, tell(saved, ending, touched));
}

async function release(tx: Tx, ctx: Ctx, receipt: Receipt, ending: Ending): Promise<Traces> {
  const status = ending.status === 'rejected' ? 'rejected' : 'withdrawn';
  const released = await releaseProposals(tx, ctx, receipt.id, status);
  const saved = await tx.receipt.update({
    where: { id: receipt.id },
    data: {
      status: status === 'rejected' ? 'rejected' : 'draft',
      version: { increment: 1 },
      updatedAt: ctx.now,
      updatedById: ctx.actor.id,
    },
  });
  const entry = {
    action: `receipt.${status}`,
    subjectType: 'receipt',
    subjectId: receipt.id,
    before: { status: receipt.status },
    after: { ...ending.audit, status: saved.status },
  };
  const redraws = redrawsOf(ctx, receipt.id, released);
  const rowIds = [...new Set(released.map((line) => line.instalmentId))];
  const cases = await tellCasesOf(tx, ctx, rowIds, status, { byId: ctx.actor.id, receiptId: receipt.id });
  const told = { notices: cases.notices ?? [], rewrites: cases.rewrites ?? [] };
  return joinTraces({ audit: [entry], redraws }, told, tell(saved, ending, released));
}

/** Rows that its recorder could choose, and those that they did: it goes to nobody else's by itself. */
async function ownersFor(tx: Tx, { recordedById }: Receipt, asked: readonly ProposedLine[]) {
  const recorder = await toActor(tx, await tx.user.findUniqueOrThrow({ where: { id: recordedById } }));
  const owners = visibleOwners(recorder, 'receipt.record');
  return owners === 'all' ? owners : [...owners, ...asked.map((line) => line.row.ownerId)];
}

/** Splits anew over what is open now, or keeps what the recorder chose as far as it still fits. */
async function redraw(tx: Tx, ctx: Ctx, receipt: Receipt, asked: readonly ProposedLine[]) {
  const released = await releaseProposals(tx, ctx, receipt.id, 'outstanding_changed');
  const open = await listOpenItems(tx, {
    customerId: receipt.customerId,
    currency: receipt.currency,
    target: receipt.instalmentId,
    named: asked.map((line) => line.row.id),
    owners: await ownersFor(tx, receipt, asked),
  });
  const chosen = asked.map((line) => ({ instalmentId: line.row.id, amount: line.amount }));
  const split = receipt.splitByHand
    ? redistribute(chosen, open)
    : proposeAllocation({ amount: receipt.amount, target: targetOf(receipt), open, today: ctx.today });
  const lines = marked(split.lines, open);
  await proposeLines(tx, ctx, receipt.id, lines);
  const involved = await involvedInReceipt(tx, receipt, await lockProposed(tx, receipt.id));
  const approval = await tx.approval.findFirstOrThrow({
    where: { subjectType: 'receipt', subjectId: receipt.id, status: 'open' },
  });
  const entry = {
    action: 'receipt.split_recalculated',
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { lines },
  };
  const traces: Traces = {
    audit: [entry],
    redraws: redrawsOf(ctx, receipt.id, [...released, ...lines]),
    notices: [lineOf(receipt, approval.id, 'redrawn', `${approval.version + 1}`)],
  };
  return { traces, involved };
}

/** The card's thread says the decision, the recorder is told; of the many of a file only what did not come through. */
function tell(
  receipt: Pick<Receipt, 'id' | 'version' | 'recordedById' | 'unclaimedId' | 'importId'>,
  { approvalId, status }: Ending,
  lines: readonly { instalmentId: string }[],
): Traces {
  const told = notice({
    kind: 'receipt.decided',
    key: `receipt.decided:${approvalId}`,
    to: { user: receipt.recordedById },
    payload: { receiptId: receipt.id, approvalId },
  });
  const isTaken = status === 'withdrawn';
  const isOneOfMany = receipt.importId !== null && status === 'approved';
  return {
    rewrites: unclaimedRewrites(receipt),
    notices: isTaken
      ? [lineOf(receipt, approvalId, 'withdrawn', 'withdrawn')]
      : [lineOf(receipt, approvalId, 'decided', 'decided'), ...(isOneOfMany ? [] : [told])],
    homes: [receipt.recordedById],
    concerned: lines.map((line) => line.instalmentId),
  };
}

const lineOf = (
  receipt: Pick<Receipt, 'id'>,
  approvalId: string,
  event: 'decided' | 'redrawn' | 'withdrawn',
  tag: string,
): Notice =>
  notice({
    kind: 'receipt.line',
    key: `receipt.line:${approvalId}:${tag}`,
    to: { channel: 'finance', otherwise: [] },
    threadOf: cardKey('receipt', approvalId),
    payload: { receiptId: receipt.id, approvalId, event },
  });

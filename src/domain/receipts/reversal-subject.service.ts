// A reversal as a subject of approval (F54; rules §3, §6): approved, the money is taken back today. Allocations are
// released and what stays is made anew; rows, contracts, cases and reminders follow from today on.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { lockRow } from '../../db/lock-rows.js';
import type { Receipt } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { settleContracts } from '../contracts/contract-settle.service.js';
import { DomainError } from '../errors.js';
import { toUtcDate } from '../local-date.js';
import { joinTraces, type Traces } from '../traces.service.js';
import { involvedInMovement } from './involved.service.js';
import { isBooked } from './movement.service.js';
import { dropMovement, movementDecided, saveReceipt, tellOfReceipt } from './movement-subject.service.js';
import { type HeldLine, lockBooked, releaseLines } from './release.service.js';
import { planReversal, type ReversalPlan } from './reversal.js';
import { heldLeft, requireLeft } from './reversal.service.js';
import { unclaimedRewrites } from './unclaimed.service.js';

interface Held {
  readonly reversal: Receipt;
  readonly receipt: Receipt;
  readonly lines: readonly HeldLine[];
}

/** Locks the receipt of a reversal and what it has paid. @throws DomainError not_found */
export async function holdReversal(tx: Tx, ctx: Ctx, reversalId: string): Promise<HeldSubject> {
  const reversal = await tx.receipt.findFirst({ where: { id: reversalId, kind: 'reversal' } });
  const receipt = reversal?.reversesId ? await lockRow(tx, 'receipt', reversal.reversesId) : null;
  if (!reversal || !receipt) throw new DomainError('not_found', { ref: '' });
  const held: Held = { reversal, receipt, lines: await lockBooked(tx, receipt.id) };
  const involved = [reversal.recordedById, ...(await involvedInMovement(tx, receipt))];
  return {
    ownerId: null,
    involved,
    about: { subjectType: 'receipt', subjectId: receipt.id },
    homes: [reversal.recordedById],
    recheck: () => recheck(tx, held, involved),
    finish: (ending) =>
      ending.status === 'approved'
        ? post(tx, ctx, held, ending)
        : dropMovement(tx, ctx, 'reversal', { movement: reversal, receipt }, ending),
  };
}

/** Money that was applied meanwhile is taken from elsewhere than the card showed: it is drawn anew and asked again. */
async function recheck(
  tx: Tx,
  { reversal, receipt, lines }: Held,
  involved: readonly (string | null)[],
): ReturnType<Recheck> {
  if (!isBooked(receipt)) throw new DomainError('receipt.not_reversible', { number: receipt.number });
  requireLeft(reversal.amount, heldLeft(receipt, lines), receipt.currency);
  const { count } = await tx.approval.updateMany({
    where: { subjectId: reversal.id, status: 'open', NOT: { subjectVersion: receipt.version } },
    data: { subjectVersion: receipt.version },
  });
  if (count === 0) return null;
  const plan = planReversal(reversal.amount, { unapplied: receipt.unapplied, lines });
  const entry = {
    action: 'receipt.reversal_recalculated',
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { number: reversal.number, amount: reversal.amount, ...takenBy(plan) },
  };
  return { traces: { audit: [entry] }, involved };
}
type Recheck = NonNullable<HeldSubject['recheck']>;

async function post(tx: Tx, ctx: Ctx, held: Held, ending: Ending): Promise<Traces> {
  const { reversal, receipt } = held;
  const plan = planReversal(reversal.amount, { unapplied: receipt.unapplied, lines: held.lines });
  const released = await releaseLines(tx, ctx, [receipt], plan.lines, 'reversed');
  // Refunded money came in and went out: a receipt is reversed only by all of it.
  const isWhole = (await sumReversed(tx, receipt.id)) + reversal.amount === receipt.amount;
  const status = isWhole ? 'reversed' : 'partly_reversed';
  await saveReceipt(tx, ctx, receipt, { status, unapplied: receipt.unapplied - plan.fromUnapplied });
  await saveReceipt(tx, ctx, reversal, { status: 'approved', receivedOn: toUtcDate(ctx.today) });
  const contracts = plan.lines.map(({ line }) => line.row.contractId);
  return joinTraces(
    {
      audit: [
        {
          action: 'receipt.reversed',
          subjectType: 'receipt',
          subjectId: receipt.id,
          before: { status: receipt.status },
          after: {
            ...ending.audit,
            number: reversal.number,
            amount: reversal.amount,
            reason: reversal.remark,
            status,
            ...takenBy(plan),
          },
        },
      ],
    },
    released,
    await settleContracts(tx, ctx, contracts),
    await tell(tx, ctx, held, plan, ending),
  );
}

/** What a reversal takes, as the trail keeps it. */
const takenBy = ({ fromUnapplied, lines }: ReversalPlan<HeldLine>) => ({
  fromUnapplied,
  lines: lines.map(({ line, taken }) => ({ instalmentId: line.instalmentId, amount: taken })),
});

async function sumReversed(tx: Tx, receiptId: string): Promise<bigint> {
  const { _sum } = await tx.receipt.aggregate({
    where: { reversesId: receiptId, kind: 'reversal', status: 'approved' },
    _sum: { amount: true },
  });
  return _sum.amount ?? 0n;
}

/** Whoever proposed it, whoever recorded the money or thought a row paid; money that was claimed can be claimed again. */
async function tell(
  tx: Tx,
  ctx: Ctx,
  { reversal, receipt }: Held,
  plan: ReversalPlan<HeldLine>,
  ending: Ending,
): Promise<Traces> {
  const payload = { reversalId: reversal.id };
  const told = await tellOfReceipt(tx, receipt.id, {
    tag: 'reversed',
    id: reversal.id,
    line: { kind: 'reversal.line', payload },
    message: { kind: 'receipt.reversed', payload },
    people: [receipt.recordedById, ...plan.lines.map(({ line }) => line.row.ownerId)],
    knowing: [ending.requestedById, ctx.actor.id],
  });
  const touched = plan.lines.map(({ line }) => ({ instalmentId: line.instalmentId }));
  return joinTraces(told, {
    rewrites: unclaimedRewrites({ ...receipt, version: receipt.version + 1 }),
    notices: [movementDecided('reversal', reversal, ending)],
    // An acceptance bill that was told of this morning.
    redraws: receipt.billDueOn === null ? [] : [{ receiptId: receipt.id, tag: `reversed:${reversal.id}` }],
    homes: [receipt.recordedById],
    concerned: touched.map((line) => line.instalmentId),
  });
}

// A re-allocation as a subject of approval (P4; rules §3, §6): approved, the money moves today, exactly as the card showed;
// where rows or the receipt changed meanwhile, the split is cut to what fits and asked about again.
import { z } from 'zod';
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import type { Reallocation } from '../../generated/prisma/client.js';
import type { Ending, HeldSubject } from '../approvals/subject.service.js';
import { DomainError } from '../errors.js';
import { notice } from '../notices/notice.js';
import { joinTraces, type Traces } from '../traces.service.js';
import type { ChosenLine } from './allocation.js';
import { isBooked } from './movement.service.js';
import { tellOfReceipt } from './movement-subject.service.js';
import { asJson, fitSplit, gainers, isSameSplit, sumByRow } from './reallocation.js';
import { type HeldMoney, holdMoney, postReallocation } from './reallocation-post.service.js';

const lines = z.array(z.object({ instalmentId: z.string(), amount: z.string().transform(BigInt) }));

/** Lines as they were kept. */
export const splitOf = (json: unknown): ChosenLine[] => lines.parse(json);

/** Locks the receipt of a re-allocation, what it has paid and what it is to pay. @throws DomainError not_found */
export async function holdReallocation(tx: Tx, ctx: Ctx, reallocationId: string): Promise<HeldSubject> {
  const asked = await tx.reallocation.findUnique({ where: { id: reallocationId } });
  if (!asked) throw new DomainError('not_found', { ref: '' });
  const wanted = splitOf(asked.after);
  const held = await holdMoney(
    tx,
    asked.receiptId,
    wanted.map((line) => line.instalmentId),
  );
  const { receipt } = held;
  return {
    ownerId: null,
    involved: [asked.createdById, ...gainers(held.rows, wanted)],
    about: { subjectType: 'receipt', subjectId: receipt.id },
    homes: [asked.createdById],
    recheck: () => recheck(tx, asked, held, wanted),
    finish: (ending) =>
      ending.status === 'approved'
        ? post(tx, ctx, asked, held, wanted, ending)
        : drop(tx, asked, held, ending),
  };
}

type Recheck = NonNullable<HeldSubject['recheck']>;

/** @throws DomainError receipt.not_reallocatable, reallocation.nothing: nothing of what was asked is left to do */
async function recheck(
  tx: Tx,
  asked: Reallocation,
  held: HeldMoney,
  wanted: readonly ChosenLine[],
): ReturnType<Recheck> {
  const { receipt, rows, left } = held;
  const { number } = receipt;
  if (!isBooked(receipt)) throw new DomainError('receipt.not_reallocatable', { number });
  const fits = fitSplit(wanted, rows, left);
  if (isSameSplit(held.lines, fits)) throw new DomainError('reallocation.nothing', { number });
  if (asked.receiptVersion === receipt.version && isSameSplit(wanted, fits)) return null;
  const before = sumByRow(held.lines);
  await tx.reallocation.update({
    where: { id: asked.id },
    data: { receiptVersion: receipt.version, before: asJson(before), after: asJson(fits), left },
  });
  const entry = {
    action: 'receipt.reallocation_recalculated',
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { lines: fits },
  };
  return { traces: { audit: [entry] }, involved: [asked.createdById, ...gainers(held.rows, fits)] };
}

async function post(
  tx: Tx,
  ctx: Ctx,
  asked: Reallocation,
  held: HeldMoney,
  wanted: readonly ChosenLine[],
  ending: Ending,
): Promise<Traces> {
  await tx.reallocation.update({ where: { id: asked.id }, data: { status: 'approved' } });
  const posted = await postReallocation(tx, ctx, held, wanted);
  const { id, reason } = asked;
  return joinTraces(posted, await reallocatedTraces(tx, ctx, { id, held, wanted, reason, ending }), {
    notices: [decidedNotice(asked, ending)],
  });
}

/** Rejected or withdrawn: the receipt stays as it is. */
async function drop(tx: Tx, asked: Reallocation, { receipt }: HeldMoney, ending: Ending): Promise<Traces> {
  const status = ending.status === 'rejected' ? 'rejected' : 'withdrawn';
  await tx.reallocation.update({ where: { id: asked.id }, data: { status } });
  const entry = {
    action: `receipt.reallocation_${status}`,
    subjectType: 'receipt',
    subjectId: receipt.id,
    after: { ...ending.audit },
  };
  return { audit: [entry], notices: status === 'rejected' ? [decidedNotice(asked, ending)] : [] };
}

const decidedNotice = (asked: Reallocation, { approvalId, requestedById }: Ending) =>
  notice({
    kind: 'reallocation.decided',
    key: `reallocation.decided:${approvalId}`,
    to: { user: requestedById },
    payload: { reallocationId: asked.id, approvalId },
  });

/** What it leaves: the trail, the receipt's own card and its thread, whoever recorded the money or owns a touched row. */
export async function reallocatedTraces(
  tx: Tx,
  ctx: Ctx,
  done: {
    id: string;
    held: HeldMoney;
    wanted: readonly ChosenLine[];
    reason: string;
    ending?: Ending;
  },
): Promise<Traces> {
  const { id, held, wanted, reason, ending } = done;
  const { receipt, rows } = held;
  const payload = { reallocationId: id };
  const told = await tellOfReceipt(tx, receipt.id, {
    tag: 'reallocated',
    id,
    line: { kind: 'reallocation.line', payload },
    message: { kind: 'receipt.reallocated', payload },
    people: [receipt.recordedById, ...rows.map(({ row }) => row.ownerId)],
    knowing: [ending?.requestedById, ctx.actor.id],
  });
  const unapplied = wanted.reduce((rest, line) => rest - line.amount, held.left);
  const entry = {
    action: 'receipt.reallocated',
    subjectType: 'receipt',
    subjectId: receipt.id,
    before: { lines: sumByRow(held.lines), unapplied: receipt.unapplied },
    after: { ...ending?.audit, reallocationId: id, lines: wanted, unapplied, reason },
  };
  return { ...told, audit: [entry] };
}

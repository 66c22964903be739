// Takes booked money off instalments again: the one way that effective allocations are released (reversal, re-allocation,
// void contracts). Allocations are never changed: what stays of a line is allocated anew, as of today.
import type { Ctx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { columnsOf } from '../../db/lock-rows.js';
import { type Instalment, Prisma, type Receipt } from '../../generated/prisma/client.js';
import { unrecover } from '../adjustments/recovery.service.js';
import { newId } from '../ids.js';
import { toUtcDate } from '../local-date.js';
import type { Rewrite } from '../notices/outbox.service.js';
import { isQuietSql } from '../plans/instalment.service.js';
import { reopenCasesOf, tellCasesOf } from '../reminders/case.service.js';
import { smallDifferenceIn } from '../settings/small-amounts.js';
import { joinTraces, type Traces } from '../traces.service.js';
import type { BookedLine } from './reversal.js';
import { rowCardRewrites } from './row-cards.service.js';

/** An effective allocation with its instalment, both held by this transaction. */
export interface HeldLine extends BookedLine {
  readonly receiptId: string;
  /** On bad debt. */
  readonly recovery: boolean;
  readonly row: Instalment;
}

/** Locks what receipts have paid: contracts by id, each before its rows, as every writer does. */
export const lockBooked = (tx: Tx, receiptId: string): Promise<HeldLine[]> =>
  lockLines(tx, Prisma.sql`a.receipt_id = ${receiptId}::uuid`);

/** Locks what was paid on a contract, which is held. */
export const lockBookedOn = (tx: Tx, contractId: string): Promise<HeldLine[]> =>
  lockLines(tx, Prisma.sql`i.contract_id = ${contractId}::uuid`);

async function lockLines(tx: Tx, where: Prisma.Sql): Promise<HeldLine[]> {
  const lines = await tx.$queryRaw<
    (Instalment & { lineId: string; receiptId: string; recovery: boolean; taken: bigint; bookedAt: Date })[]
  >`
    SELECT a.id::text AS "lineId", a.receipt_id::text AS "receiptId", a.recovery, a.amount AS taken,
      a.booked_at AS "bookedAt", ${columnsOf('instalment', 'i')}
    FROM allocation a JOIN instalment i ON i.id = a.instalment_id JOIN contract c ON c.id = i.contract_id
    WHERE ${where} AND a.status = 'effective' ORDER BY c.id, i.id FOR UPDATE OF c, i`;
  return lines.map(({ lineId, receiptId, recovery, taken, bookedAt, ...row }) => ({
    id: lineId,
    receiptId,
    recovery,
    instalmentId: row.id,
    amount: taken,
    bookedAt,
    row,
  }));
}

/** What is taken of a line; less than its amount: the rest is allocated anew. */
export interface TakenLine {
  readonly line: HeldLine;
  readonly taken: bigint;
}

/**
 * Frees what is taken of receipts' lines. A row that was paid, but for what is worth no reminder, is open again as of
 * today: its steps of the past are not sent, what comes next is; bad debt that had come in is bad debt again. Contracts are the caller's to settle.
 */
export async function releaseLines(
  tx: Tx,
  ctx: Ctx,
  receipts: readonly Pick<Receipt, 'id' | 'number'>[],
  taken: readonly TakenLine[],
  reason: 'reversed' | 'reallocated' | 'contract_void',
): Promise<Traces> {
  if (taken.length === 0) return {};
  const today = toUtcDate(ctx.today);
  await tx.allocation.updateMany({
    where: { id: { in: taken.map(({ line }) => line.id) } },
    data: {
      status: 'released',
      releasedOn: today,
      releasedAt: ctx.now,
      releasedById: ctx.actor.id,
      releaseReason: reason,
    },
  });
  const kept = taken.filter((one) => one.taken < one.line.amount);
  if (kept.length > 0)
    await tx.allocation.createMany({
      data: kept.map(({ line, taken: part }) => ({
        id: newId(ctx.now),
        receiptId: line.receiptId,
        instalmentId: line.instalmentId,
        amount: line.amount - part,
        recovery: line.recovery,
        status: 'effective' as const,
        effectiveOn: today,
        bookedAt: ctx.now,
        createdAt: ctx.now,
      })),
    });
  const plain = taken.filter(({ line }) => !line.recovery);
  await returnToRows(tx, ctx, plain);
  const isClosed = ({ line }: TakenLine) => line.row.lifecycle !== 'open';
  const idsOf = (lines: readonly TakenLine[]) =>
    [...new Set(lines.map(({ line }) => line.row.id))].toSorted();
  const reopened = idsOf(plain.filter(isClosed));
  const numbers = new Map(receipts.map((one) => [one.id, one.number]));
  const [first] = receipts;
  const facts = { receiptId: first?.id ?? null };
  const recovered = await unrecover(
    tx,
    ctx,
    taken
      .filter(({ line }) => line.recovery)
      .map(({ line, taken: amount }) => ({
        instalmentId: line.instalmentId,
        receiptId: line.receiptId,
        number: numbers.get(line.receiptId) ?? '',
        amount,
      })),
  );
  // Rows of a void contract are cancelled at once: nothing of them is open again.
  if (reason === 'contract_void') return recovered;
  return joinTraces(
    {
      audit: reopened.map((id) => ({
        action: 'instalment.reopened',
        subjectType: 'instalment',
        subjectId: id,
        after: { receipt: first?.number, cause: reason },
      })),
      revisions: reopened.map((id) => ({ id, cause: reason })),
    },
    recovered,
    { rewrites: await offersGone(tx, ctx, receipts, plain, reason) },
    // Who reversed what is told; money that was only moved is not said to be reversed.
    await reopenCasesOf(tx, ctx, reopened, reason === 'reversed' ? facts : {}),
    await tellCasesOf(
      tx,
      ctx,
      idsOf(plain.filter((one) => !isClosed(one))),
      reason === 'reversed' ? 'reversed' : 'moved',
      facts,
    ),
  );
}

/** Cards of other receipts that offered to let the rest go, or said that none is left: it is large again. */
async function offersGone(
  tx: Tx,
  { company }: Ctx,
  receipts: readonly Pick<Receipt, 'id'>[],
  lines: readonly TakenLine[],
  reason: string,
): Promise<Rewrite[]> {
  const rows = lines.map(({ line }) => line.row);
  const small = rows.filter((row) => row.outstanding <= smallDifferenceIn(company, row.currency));
  return rowCardRewrites(
    tx,
    small.map((row) => row.id),
    `${reason}:${small[0]?.id}.${small[0]?.version}`,
    receipts.map((receipt) => receipt.id),
  );
}

async function returnToRows(tx: Tx, ctx: Ctx, taken: readonly TakenLine[]): Promise<void> {
  if (taken.length === 0) return;
  await tx.$executeRaw`
    UPDATE instalment i SET outstanding = i.outstanding + x.amount,
      opened_on = CASE WHEN ${isQuietSql(ctx)} THEN ${toUtcDate(ctx.today)}::date ELSE i.opened_on END,
      lifecycle = 'open', version = i.version + 1, updated_at = ${ctx.now}, updated_by = ${ctx.actor.id}::uuid
    FROM (SELECT id, SUM(amount) AS amount FROM unnest(${taken.map(({ line }) => line.instalmentId)}::uuid[],
      ${taken.map((one) => one.taken)}::bigint[]) AS l(id, amount) GROUP BY id) x
    WHERE i.id = x.id`;
}

// Which money a posted message is about, by where it stands in Slack. Changes nothing; no scope of its own: whoever is in
// its thread has the message.
import type { Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { VoucherOwner } from './voucher.js';

/**
 * The cards of a receipt and of money that nobody has claimed, the message that tells a recorder of the decision, and a
 * question about a receipt. As outbox_voucher_thread_idx.
 */
const ABOUT_MONEY = Prisma.sql`o.op = 'post'
  AND o.kind IN ('receipt.card', 'receipt.decided', 'approval.question_dm', 'unclaimed.card')`;

/** Whether messages about money were posted in a channel. */
export async function hasMoneyThreads(db: Db, channel: string): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM outbox o WHERE o.channel = ${channel} AND ${ABOUT_MONEY} LIMIT 1`;
  return found.length > 0;
}

/** The money that a message is about; null for any other message. */
export async function findMoneyOf(db: Db, place: Place): Promise<VoucherOwner | null> {
  const [found] = await db.$queryRaw<Found[]>`${moneyOfSql(place)}`;
  if (found?.receiptId) return { type: 'receipt', id: found.receiptId };
  return found?.unclaimedId ? { type: 'unclaimed', id: found.unclaimedId } : null;
}

/** Where a message stands, as Slack names it. */
interface Place {
  readonly channel: string;
  readonly ts: string;
}

interface Found {
  readonly receiptId: string | null;
  readonly unclaimedId: string | null;
}

/** It as a query. */
export const moneyOfSql = ({ channel, ts }: Place): Prisma.Sql => Prisma.sql`
    SELECT COALESCE(o.payload->>'receiptId', a.subject_id::text) AS "receiptId", o.payload->>'unclaimedId' AS "unclaimedId"
    FROM outbox o
    LEFT JOIN approval_question q ON q.id = (o.payload->>'questionId')::uuid
    LEFT JOIN approval a ON a.id = q.approval_id AND a.subject_type = 'receipt'
    WHERE o.channel = ${channel} AND o.ts = ${ts} AND ${ABOUT_MONEY} LIMIT 1`;

// Which receipt a posted message is about, by where it stands in Slack. Changes nothing; no scope of its own: whoever is in
// its thread has the message.
import type { Db } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';

/** Its card, the message that tells its recorder of the decision, and a question about it. As outbox_receipt_thread_idx. */
const ABOUT_RECEIPTS = Prisma.sql`o.op = 'post' AND o.kind IN ('receipt.card', 'receipt.decided', 'approval.question_dm')`;

/** Whether messages about receipts were posted in a channel. */
export async function hasReceiptThreads(db: Db, channel: string): Promise<boolean> {
  const found = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM outbox o WHERE o.channel = ${channel} AND ${ABOUT_RECEIPTS} LIMIT 1`;
  return found.length > 0;
}

/** The receipt that a message is about; null for any other message. */
export async function findReceiptOf(db: Db, place: Place): Promise<string | null> {
  const [found] = await db.$queryRaw<{ receiptId: string | null }[]>`${receiptOfSql(place)}`;
  return found?.receiptId ?? null;
}

/** Where a message stands, as Slack names it. */
interface Place {
  readonly channel: string;
  readonly ts: string;
}

/** It as a query. */
export const receiptOfSql = ({ channel, ts }: Place): Prisma.Sql => Prisma.sql`
    SELECT COALESCE(o.payload->>'receiptId', a.subject_id::text) AS "receiptId" FROM outbox o
    LEFT JOIN approval_question q ON q.id = (o.payload->>'questionId')::uuid
    LEFT JOIN approval a ON a.id = q.approval_id AND a.subject_type = 'receipt'
    WHERE o.channel = ${channel} AND o.ts = ${ts} AND ${ABOUT_RECEIPTS} LIMIT 1`;

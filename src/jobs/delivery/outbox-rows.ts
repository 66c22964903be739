// The outbox table as the deliverer uses it: claim, and the ways a claim ends. Times are the database's, so that several
// instances agree; no row is ever deleted.
import type { Db, Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { dropPassed } from '../../domain/reminders/drop-reminders.service.js';
import { Prisma } from '../../generated/prisma/client.js';
import { REWRITES } from './pacer.js';

/** A row this process may send until its lease ends. */
export interface ClaimedRow {
  readonly id: string;
  readonly op: 'post' | 'update';
  readonly kind: string;
  readonly dedupeKey: string;
  readonly anchorKey: string | null;
  readonly payload: unknown;
  /** `user:<id>`, `finance` or `escalation`. */
  readonly recipient: string;
  readonly priority: number;
  /** This attempt included. */
  readonly attempts: number;
  /** Somebody was sending it and never said how it ended: it may be there already. */
  readonly perhapsSent: boolean;
  /** Not later than any attempt whose end is unknown. */
  readonly firstTriedAt: Date;
}

export const LEASE_SECONDS = 60;

/**
 * Whether row `o` has nothing to wait for: what answers or rewrites a message waits until that message has an end, and
 * a line or rewrite of it until the one before has, so that a thread tells things in their order and the last rewrite
 * is the newest. A digest waits while nobody knows what became of another one of its person, and while one of an earlier
 * day is there to be taken back (digest.service.ts): what that has carried may have to come with it.
 */
const FREE = Prisma.sql`NOT (o.kind = 'digest' AND o.status = 'pending' AND (o.recipient IN (
    SELECT d.recipient FROM outbox d WHERE d.kind = 'digest' AND d.status = 'sending')
    OR o.id IN (SELECT e.id FROM (
      SELECT id, LAG(id) OVER (PARTITION BY recipient ORDER BY id) AS earlier FROM outbox
      WHERE kind = 'digest' AND status = 'pending') e WHERE e.earlier IS NOT NULL)))
  AND (o.anchor_key IS NULL OR NOT (
  EXISTS (SELECT 1 FROM outbox a WHERE a.dedupe_key = o.anchor_key AND a.status IN ('pending', 'sending'))
  OR EXISTS (SELECT 1 FROM outbox b WHERE b.anchor_key = o.anchor_key AND b.op = o.op AND b.kind = o.kind
    AND b.id < o.id AND b.status IN ('pending', 'sending'))))`;

/** Whether row `o` is a new message to one of these, whose channel may not be used yet, or a rewrite while those wait. */
const isHeld = (held: readonly string[]) => Prisma.sql`o.status = 'pending'
  AND CASE WHEN o.op = 'post' THEN o.recipient ELSE ${REWRITES} END = ANY(${[...held]}::text[])`;

/**
 * Takes what is due and free, most urgent first, then in the order in which it was written: what had to wait for its
 * channel's pace keeps its place. What is to go to one of `held` is left, so that a channel's backlog is not turned over
 * while others wait. A lease that ran out is taken over.
 */
export async function claimRows(db: Db, limit: number, held: readonly string[] = []): Promise<ClaimedRow[]> {
  return db.$queryRaw<ClaimedRow[]>`
    WITH due AS (
      SELECT o.id, o.status = 'sending' AS perhaps_sent FROM outbox o
      WHERE o.status IN ('pending', 'sending')
        -- The column keeps milliseconds, rounded: what is due at once may be due in half a one.
        AND CASE WHEN o.status = 'pending' THEN o.next_attempt_at <= now() + interval '1 ms' ELSE o.lease_until < now() END
        AND NOT (${isHeld(held)}) AND ${FREE}
      ORDER BY o.priority, o.id LIMIT ${limit} FOR UPDATE OF o SKIP LOCKED),
    taken AS (
      UPDATE outbox o SET status = 'sending', attempts = o.attempts + 1,
        lease_until = now() + make_interval(secs => ${LEASE_SECONDS})
      FROM due WHERE o.id = due.id RETURNING o.*, due.perhaps_sent)
    SELECT id::text, op, kind, dedupe_key AS "dedupeKey", anchor_key AS "anchorKey", payload, recipient, priority,
      attempts, perhaps_sent AS "perhapsSent", next_attempt_at AS "firstTriedAt"
    FROM taken ORDER BY priority, id`;
}

/** Still this claim: one that lost its lease writes nothing over what the next one does (each counts an attempt). */
const isOwn = (row: ClaimedRow) =>
  Prisma.sql`id = ${row.id}::uuid AND status = 'sending' AND attempts = ${row.attempts}`;

/**
 * Takes a whole lease again for the call that follows. False: it ran out and somebody else has taken the row over, so it
 * is theirs to send.
 */
export async function renewLease(db: Db, row: ClaimedRow): Promise<boolean> {
  const renewed = await db.$executeRaw`
    UPDATE outbox SET lease_until = now() + make_interval(secs => ${LEASE_SECONDS}) WHERE ${isOwn(row)}`;
  return renewed === 1;
}

/** Sent: remembers where, and that the reminders it carried are told. */
export async function markSent(db: Db, row: ClaimedRow, channel: string, ts: string | null): Promise<void> {
  await transact(db, async (tx) => {
    await tx.$executeRaw`
      UPDATE outbox SET status = 'sent', channel = ${channel}, ts = ${ts}, sent_at = now(), lease_until = NULL,
        last_error = NULL WHERE id = ${row.id}::uuid`;
    if (row.op === 'post') await endReminders(tx, row, { status: 'sent' });
  });
}

/** What the row still carries is told, or waits for the next digest. */
async function endReminders(
  tx: Tx,
  row: ClaimedRow,
  data: { status: 'sent' } | { outboxId: null },
): Promise<void> {
  if ('outboxId' in data) await dropPassed(tx, row.id);
  await tx.reminder.updateMany({ where: { outboxId: row.id, status: 'pending' }, data });
}

/** Nothing (left) to send; reminders that it still carries wait for the next digest. `then`: what follows from that. */
export async function markSkipped(
  db: Db,
  row: ClaimedRow,
  reason: string,
  then?: (tx: Tx) => Promise<void>,
): Promise<void> {
  await transact(db, async (tx) => {
    const skipped = await tx.$executeRaw`
      UPDATE outbox SET status = 'skipped', lease_until = NULL, last_error = ${reason} WHERE ${isOwn(row)}`;
    if (skipped === 0) return;
    if (row.op === 'post') await endReminders(tx, row, { outboxId: null });
    await then?.(tx);
  });
}

/**
 * It failed for good, or nobody can know whether it is there; said in the transaction that tells people of it. False:
 * somebody else has taken the row over.
 */
export async function markEnded(
  tx: Tx,
  row: ClaimedRow,
  status: 'failed' | 'unknown',
  reason: string,
): Promise<boolean> {
  const ended = await tx.$executeRaw`
    UPDATE outbox SET status = ${status}::"OutboxStatus", lease_until = NULL, last_error = ${reason}
    WHERE ${isOwn(row)}`;
  if (ended === 0) return false;
  // What may have arrived counts as told: it is not sent again (rules §4 no. 7). The rest goes with the next morning.
  if (row.op === 'post')
    await endReminders(tx, row, status === 'failed' ? { outboxId: null } : { status: 'sent' });
  return true;
}

/** Surely not sent: back into the queue. `counts`: whether it was a real attempt (a full queue is none). */
export async function release(
  db: Db,
  row: ClaimedRow,
  seconds: number,
  reason: string,
  counts = true,
): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET status = 'pending', lease_until = NULL, last_error = ${reason},
      attempts = attempts - ${counts ? 0 : 1}, next_attempt_at = now() + make_interval(secs => ${seconds})
    WHERE ${isOwn(row)}`;
}

/** Perhaps sent: whoever takes it next looks for it first. */
export async function keepInDoubt(db: Db, row: ClaimedRow, seconds: number, reason: string): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET lease_until = now() + make_interval(secs => ${seconds}), last_error = ${reason}
    WHERE ${isOwn(row)}`;
}

/**
 * It could not be looked for: that is no attempt to send it, however long it lasts, and is done again after a quarter of
 * the time for which it has been in doubt (5 seconds to 10 minutes), or when Slack said.
 */
export async function keepLooking(
  db: Db,
  row: ClaimedRow,
  reason: string,
  seconds: number | null,
): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET last_error = ${reason}, attempts = attempts - 1, lease_until = now() + make_interval(secs =>
      COALESCE(${seconds}::float8, GREATEST(5, LEAST(600, EXTRACT(EPOCH FROM now() - next_attempt_at)::float8 / 4))))
    WHERE ${isOwn(row)}`;
}

/** Has a message that is gone, or was given up, posted anew; what hangs on it waits for that. */
export async function revive(db: Db, dedupeKey: string): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET status = 'pending', ts = NULL, attempts = 0, next_attempt_at = now()
    WHERE dedupe_key = ${dedupeKey} AND op = 'post' AND status IN ('sent', 'failed')`;
}

/** Rewrites that were asked for before this post is rendered: it shows those facts already. */
export async function skipRewritesOf(db: Db, dedupeKey: string): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET status = 'skipped', last_error = 'not posted yet'
    WHERE anchor_key = ${dedupeKey} AND op = 'update' AND status = 'pending'`;
}

/** Other rewrites of the same message that were asked for before this one is rendered: it shows their facts too. */
export async function mergeRewrites(db: Db, row: ClaimedRow): Promise<void> {
  await db.$executeRaw`
    UPDATE outbox SET status = 'skipped', last_error = 'told by another rewrite'
    WHERE anchor_key = ${row.anchorKey} AND op = 'update' AND status = 'pending' AND kind = ${row.kind}
      AND payload = ${JSON.stringify(row.payload)}::jsonb`;
}

/** Milliseconds until something can be claimed; null when nothing waits but for something else, or for `held`. */
export async function nextDueInMs(db: Db, held: readonly string[] = []): Promise<number | null> {
  const [next] = await db.$queryRaw<{ ms: number | null }[]>`
    SELECT (EXTRACT(EPOCH FROM MIN(CASE WHEN o.status = 'pending' THEN o.next_attempt_at ELSE o.lease_until END) - now())
      * 1000)::float8 AS ms
    FROM outbox o WHERE o.status IN ('pending', 'sending') AND NOT (${isHeld(held)}) AND ${FREE}`;
  return next?.ms ?? null;
}

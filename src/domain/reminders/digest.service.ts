// Binds reminders to the one digest a person gets a morning, and has a digest redrawn when a row of it changes.
import type { SystemCtx } from '../../ctx.js';
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { isWorkday } from '../calendar.js';
import { newId } from '../ids.js';
import type { LocalDate } from '../local-date.js';
import { PRIORITY } from '../notices/notice.js';
import { DIGEST_ROWS } from './digest.js';
import { dropStale } from './drop-reminders.service.js';
import { LEVEL_IGNORING_HOLIDAYS } from './ladder.js';
import { passOnUnseen } from './pass-on.service.js';
import { digestDate, maySendNow, type PersonalTimes } from './send-times.js';

/** On the embedded engine everybody else waits for a statement. */
const PEOPLE_A_BATCH = 100;

/** Reminder `r` is not hidden by its recipient's own choice; escalation does not care (rules §7). */
const awake = (today: LocalDate) => Prisma.sql`NOT EXISTS (
  SELECT 1 FROM snooze s WHERE s.user_id = r.recipient_id AND s.instalment_id = r.instalment_id
    AND s.until > ${today}::date
    AND NOT EXISTS (SELECT 1 FROM reminder_rule l WHERE l.code = r.rule_code AND l.level >= 1))`;

/** What does not wait for a workday: steps of level 3 and above, planned that day (rules §7). */
const evenOnDaysOff = (date: LocalDate) => Prisma.sql`r.planned_on >= ${date}::date AND EXISTS (
  SELECT 1 FROM reminder_rule l WHERE l.code = r.rule_code AND l.level >= ${LEVEL_IGNORING_HOLIDAYS})`;

/** One digest a person and company date (rules §7). */
export const digestKey = (userId: string, date: LocalDate): string => `digest:${userId}:${date}`;

/**
 * Binds every reminder that waits to its recipient's digest of the day, if it is their hour, and makes that digest where
 * there is none. A digest that is sent, or being sent, takes nothing more: what came later waits for the next morning.
 * Digests of earlier days that were never sent give theirs back, so that an outage ends in one message. On days off only
 * what does not wait for a workday is bound: not what a new owner of that day is told.
 * @returns how many people have a digest to get
 */
export async function bindDigests(ctx: SystemCtx): Promise<number> {
  const date = digestDate(ctx.now, ctx.company);
  await giveBack(ctx, date);
  // Before anybody's message is made: one that carries nothing would take the place of the day's.
  await dropStale(ctx);
  const only = saidOn(ctx, date);
  const waiting = await ctx.db.$queryRaw<(PersonalTimes & { userId: string; isActive: boolean })[]>`
    SELECT u.id::text AS "userId", u.active AS "isActive", u.timezone, u.remind_at AS "remindAt",
      u.quiet_from AS "quietFrom", u.quiet_to AS "quietTo"
    FROM (SELECT DISTINCT r.recipient_id FROM reminder r
      WHERE r.status = 'pending' AND r.outbox_id IS NULL AND ${only} AND ${awake(ctx.today)}) w
    JOIN app_user u ON u.id = w.recipient_id`;
  const open = waiting.filter((person) => maySendNow(ctx.now, person, ctx.company));
  if (open.length === 0) return 0;
  await passOnUnseen(ctx);
  // What was planned just now for somebody who is out by now is passed on by the next run.
  const people = open.filter((person) => person.isActive);
  let digests = 0;
  for (let start = 0; start < people.length; start += PEOPLE_A_BATCH) {
    const users = people.slice(start, start + PEOPLE_A_BATCH).map((row) => row.userId);
    digests += await bindFor(ctx.db, ctx, users, date);
  }
  return digests;
}

/**
 * What a digest of an earlier day has carried, of which it is known only now that it was not sent, comes with its person's
 * digest of today, if that is not sent yet and it is their hour; what may wait for a workday does.
 */
export async function bindLate(tx: Tx, ctx: SystemCtx, userId: string, of: LocalDate): Promise<void> {
  const date = digestDate(ctx.now, ctx.company);
  if (of >= date) return;
  const user = await tx.user.findUnique({ where: { id: userId } });
  if (!user?.active || !maySendNow(ctx.now, user, ctx.company)) return;
  const [waits] = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM reminder r WHERE r.recipient_id = ${userId}::uuid AND r.status = 'pending' AND r.outbox_id IS NULL
      AND ${saidOn(ctx, date)} AND ${awake(ctx.today)} LIMIT 1`;
  if (waits !== undefined) await bindFor(tx, ctx, [userId], date);
}

/** Which reminders are told on a day. */
const saidOn = ({ company }: SystemCtx, date: LocalDate): Prisma.Sql =>
  isWorkday(company.calendar, date) ? Prisma.sql`TRUE` : evenOnDaysOff(date);

/** Takes back what unsent digests of earlier days carry: there is nothing left of those to send. */
async function giveBack(ctx: SystemCtx, date: LocalDate): Promise<void> {
  await ctx.db.$executeRaw`
    WITH old AS (
      UPDATE outbox o SET status = 'skipped', last_error = 'of an earlier day'
      WHERE o.kind = 'digest' AND o.status = 'pending' AND o.payload->>'date' < ${date} RETURNING o.id)
    UPDATE reminder r SET outbox_id = NULL FROM old WHERE r.outbox_id = old.id AND r.status = 'pending'`;
}

/** What was left out with a digest that had nothing to tell comes with it when it has. */
const AGAIN = Prisma.sql`
  ON CONFLICT (dedupe_key) DO UPDATE SET status = 'pending', next_attempt_at = now(), payload = excluded.payload,
    recipient = excluded.recipient WHERE o.status = 'skipped'`;

async function bindFor(
  db: Db | Tx,
  ctx: SystemCtx,
  users: readonly string[],
  date: LocalDate,
): Promise<number> {
  const newIds = () => users.map(() => newId(ctx.now));
  // The row lock of ON CONFLICT decides against a sender that takes the digest at the same moment.
  const bound = await db.$queryRaw<{ id: string }[]>`
    WITH person AS (
      SELECT x.*, jsonb_build_object('userId', x.user_id, 'date', ${date}::text) AS payload
      FROM unnest(${[...users]}::uuid[], ${users.map((userId) => digestKey(userId, date))}::text[], ${newIds()}::uuid[],
        ${newIds()}::uuid[], ${newIds()}::uuid[], ${newIds()}::uuid[])
        AS x(user_id, key, digest_id, file_id, copy_id, copy_file_id)),
    digest AS (
      INSERT INTO outbox AS o (id, op, kind, dedupe_key, payload, recipient, priority, created_at)
      SELECT x.digest_id, 'post', 'digest', x.key, x.payload, 'user:' || x.user_id, ${PRIORITY.digest}, ${ctx.now}
      FROM person x
      ON CONFLICT (dedupe_key) DO UPDATE SET status = 'pending', next_attempt_at = now()
        WHERE o.status IN ('pending', 'skipped')
      RETURNING o.id, (o.payload->>'userId')::uuid AS user_id),
    carried AS (
      UPDATE reminder r SET outbox_id = digest.id FROM digest
      WHERE r.recipient_id = digest.user_id AND r.status = 'pending' AND r.outbox_id IS NULL
        AND ${saidOn(ctx, date)} AND ${awake(ctx.today)}
      RETURNING r.outbox_id, r.instalment_id, r.receipt_id),
    -- More rows than a message holds, with what an earlier run of the day has bound to it.
    long_digest AS (
      SELECT x.* FROM person x JOIN digest ON digest.user_id = x.user_id
      WHERE (SELECT COUNT(DISTINCT row_id) FROM (
        SELECT COALESCE(instalment_id, receipt_id) AS row_id FROM carried WHERE outbox_id = digest.id
        UNION ALL
        SELECT COALESCE(instalment_id, receipt_id) FROM reminder
        WHERE outbox_id = digest.id AND status = 'pending') b) > ${DIGEST_ROWS}),
    -- Who stands in for somebody today gets theirs too (rules §14).
    standing_in AS (
      SELECT x.user_id, d.id AS delegate_id, x.payload || jsonb_build_object('delegateId', d.id) AS payload
      FROM person x JOIN app_user g ON g.id = x.user_id AND g.delegate_until >= ${ctx.today}::date
      JOIN app_user d ON d.id = g.delegate_id AND d.active AND d.roles <> '{}'),
    copies AS (
      INSERT INTO outbox AS o (id, op, kind, dedupe_key, payload, recipient, priority, created_at)
      SELECT x.copy_id, 'post', 'digest.copy', x.key || ':copy', s.payload, 'user:' || s.delegate_id,
        ${PRIORITY.digest}, ${ctx.now}
      FROM person x JOIN standing_in s ON s.user_id = x.user_id JOIN digest ON digest.user_id = x.user_id
      WHERE EXISTS (SELECT 1 FROM carried WHERE outbox_id = digest.id)
      ${AGAIN}),
    -- The long one as a file in its thread, for either of them.
    files AS (
      INSERT INTO outbox AS o (id, op, kind, dedupe_key, anchor_key, payload, recipient, priority, created_at)
      SELECT f.id, 'post', 'digest.rows', f.anchor_key || ':rows', f.anchor_key, f.payload, 'user:' || f.reader_id,
        ${PRIORITY.batch}, ${ctx.now}
      FROM (
        SELECT file_id AS id, key AS anchor_key, payload, user_id AS reader_id FROM long_digest
        UNION ALL
        SELECT x.copy_file_id, x.key || ':copy', s.payload, s.delegate_id
        FROM long_digest x JOIN standing_in s ON s.user_id = x.user_id
        WHERE EXISTS (SELECT 1 FROM carried JOIN digest ON digest.id = carried.outbox_id WHERE digest.user_id = x.user_id)
          -- Not into the conversation of who stood in until a moment ago.
          AND NOT EXISTS (SELECT 1 FROM outbox c WHERE c.dedupe_key = x.key || ':copy' AND c.status <> 'skipped'
            AND c.recipient <> 'user:' || s.delegate_id)) f
      ${AGAIN})
    SELECT DISTINCT outbox_id::text AS id FROM carried`;
  return bound.length;
}

/**
 * A row, the milestones of a contract, or a bill, that today's digests show; `tag` names the facts that changed, as no other
 * row of the same digest does: one tag redraws a digest once.
 */
export type Redraw = (
  | { readonly instalmentId: string }
  | { readonly contractId: string }
  | { readonly receiptId: string }
) & { readonly tag: string };

const idOf = (one: Redraw): string => {
  if ('contractId' in one) return one.contractId;
  return 'receiptId' in one ? one.receiptId : one.instalmentId;
};

/** Today's digests that show these rows, and those of who stands in for somebody: a query for findRewrites, or null. */
export function shownInDigests(ctx: SystemCtx, redraws: readonly Redraw[]): Prisma.Sql | null {
  if (redraws.length === 0) return null;
  // LATERAL with OFFSET: by index, row by row, also where a plan was made while the tables were small.
  return Prisma.sql`
    SELECT DISTINCT o.kind, o.payload, x.tag, o.dedupe_key AS "dedupeKey", o.recipient
    FROM unnest(${redraws.map(idOf)}::uuid[], ${redraws.map((one) => one.tag)}::text[]) AS x(id, tag)
    CROSS JOIN LATERAL (
      SELECT recipient_id, outbox_id FROM reminder WHERE instalment_id = x.id AND status IN ('sent', 'acked')
      UNION ALL
      SELECT recipient_id, outbox_id FROM reminder WHERE contract_id = x.id AND status IN ('sent', 'acked')
      UNION ALL
      SELECT recipient_id, outbox_id FROM reminder WHERE receipt_id = x.id AND status IN ('sent', 'acked') OFFSET 0) r
    CROSS JOIN LATERAL (SELECT dedupe_key FROM outbox
      WHERE id = r.outbox_id AND kind = 'digest' AND payload->>'date' >= ${digestDate(ctx.now, ctx.company)}
      OFFSET 0) d
    CROSS JOIN LATERAL (SELECT kind, payload, dedupe_key, recipient FROM outbox
      WHERE dedupe_key IN (d.dedupe_key, d.dedupe_key || ':copy')
        AND status IN ('pending', 'sending', 'sent', 'unknown') OFFSET 0) o`;
}

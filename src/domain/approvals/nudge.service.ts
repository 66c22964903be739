// Reminds those who may decide of what waits for them: after 4 working hours by itself or when whoever asked presses
// [催办]; after a working day whoever stands above them is told (rules §6). Computed from facts: run it at any time, however
// often and by however many, each asking is told once.
import type { Ctx, SystemCtx } from '../../ctx.js';
import type { Tx } from '../../db/client.js';
import { transact } from '../../db/transact.js';
import { Prisma } from '../../generated/prisma/client.js';
import { can } from '../access.js';
import { subtractWorkingHours } from '../calendar.js';
import { DomainError } from '../errors.js';
import { superiorSql } from '../members/reach.sql.js';
import { type Notice, notice } from '../notices/notice.js';
import { personalKey } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';
import { leaveTraces } from '../traces.service.js';
import { hold } from './hold.service.js';
import { asksInOwnRight, waitsForRow } from './waiting.queries.js';
import { WORK_CLOSES, WORK_OPENS } from './working-hours.js';

const NUDGE_HOURS = 4;
/** A working day. */
const SUPERIOR_HOURS = 9;
/** [催办] again before that would only annoy. */
const NUDGE_REST_MS = 60 * 60 * 1000;
/** Rows a transaction: on the embedded engine everybody else waits for it. */
const BATCH_ROWS = 200;

interface Told {
  readonly approvalId: string;
  readonly userId: string;
  readonly askedAt: Date;
}

/** Nudges what is due to be nudged, in working hours only; one message a person, however many run. @returns approvals told of */
export async function chaseApprovals(ctx: SystemCtx): Promise<{ nudged: number; superiors: number }> {
  const { timezone, calendar } = ctx.company;
  if (!isSendWindow(ctx.now, timezone, WORK_OPENS, WORK_CLOSES, calendar)) return { nudged: 0, superiors: 0 };
  const before = (hours: number) =>
    subtractWorkingHours(calendar, ctx.now, hours, timezone, WORK_OPENS, WORK_CLOSES);
  return {
    nudged: await inBatches(() => nudgeBatch(ctx, before(NUDGE_HOURS))),
    superiors: await inBatches(() => tellSuperiorsBatch(ctx, before(SUPERIOR_HOURS))),
  };
}

async function inBatches(run: () => Promise<number>): Promise<number> {
  let done = 0;
  for (;;) {
    const batch = await run();
    done += batch;
    if (batch < BATCH_ROWS) return done;
  }
}

/** Open approvals of which this was not told yet; what is being decided at this moment is left to the next run. */
const due = (column: 'nudged_at' | 'superiors_told_at', before: Date): Prisma.Sql => Prisma.sql`
  SELECT a.id FROM approval a WHERE a.status = 'open' AND a.${Prisma.raw(column)} IS NULL AND a.asked_at <= ${before}
  ORDER BY a.asked_at, a.id LIMIT ${BATCH_ROWS} FOR UPDATE SKIP LOCKED`;

/** Two runs at once would each take a part of what waits for a person, and write to them twice. */
const aloneSql = Prisma.sql`SELECT pg_advisory_xact_lock(hashtext('huikuan.approval.chase'))`;

async function nudgeBatch(ctx: SystemCtx, before: Date): Promise<number> {
  return transact(ctx.db, async (tx) => {
    await tx.$executeRaw(aloneSql);
    const told = await tx.$queryRaw<(Omit<Told, 'userId'> & { userId: string | null })[]>`
      WITH due AS (${due('nudged_at', before)}),
      a AS (UPDATE approval u SET nudged_at = ${ctx.now} FROM due WHERE u.id = due.id RETURNING u.*)
      SELECT a.id::text AS "approvalId", a.asked_at AS "askedAt", u.id::text AS "userId"
      FROM a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
      LEFT JOIN app_user u ON u.active AND ${waitsForRow('u', ctx.today)}
      ORDER BY a.asked_at, a.id, u.id`;
    await leaveTraces(tx, ctx, { notices: bundles('approval.nudge', present(told)) });
    return new Set(told.map((one) => one.approvalId)).size;
  });
}

/**
 * Who stands above those who may decide in their own right; nobody: the sales directors; nobody either: the admins. Who
 * may decide themselves has been nudged.
 */
async function tellSuperiorsBatch(ctx: SystemCtx, before: Date): Promise<number> {
  return transact(ctx.db, async (tx) => {
    await tx.$executeRaw(aloneSql);
    const told = await tx.$queryRaw<(Omit<Told, 'userId'> & { userId: string | null })[]>`
      WITH due AS (${due('superiors_told_at', before)}),
      a AS (UPDATE approval u SET superiors_told_at = ${ctx.now} FROM due WHERE u.id = due.id RETURNING u.*),
      asked AS (
        SELECT a.id, u.id AS user_id, ${Prisma.raw(superiorSql('u'))} AS above
        FROM a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
        JOIN app_user u ON u.active AND ${asksInOwnRight('u')}),
      above AS (
        SELECT DISTINCT q.id, m.id AS user_id FROM asked q JOIN app_user m ON m.id = q.above AND m.active
        WHERE NOT EXISTS (SELECT 1 FROM asked x WHERE x.id = q.id AND x.user_id = m.id)),
      directors AS (
        SELECT a.id, m.id AS user_id FROM a JOIN app_user m ON m.active AND 'sales_director' = ANY(m.roles)
        WHERE NOT EXISTS (SELECT 1 FROM above x WHERE x.id = a.id)
          AND NOT EXISTS (SELECT 1 FROM asked x WHERE x.id = a.id AND x.user_id = m.id)),
      admins AS (
        SELECT a.id, m.id AS user_id FROM a JOIN app_user m ON m.active AND 'admin' = ANY(m.roles)
        WHERE NOT EXISTS (SELECT 1 FROM above x WHERE x.id = a.id)
          AND NOT EXISTS (SELECT 1 FROM directors x WHERE x.id = a.id)),
      told AS (SELECT * FROM above UNION SELECT * FROM directors UNION SELECT * FROM admins)
      SELECT a.id::text AS "approvalId", a.asked_at AS "askedAt", told.user_id::text AS "userId"
      FROM a LEFT JOIN told ON told.id = a.id ORDER BY a.asked_at, a.id, told.user_id`;
    await leaveTraces(tx, ctx, { notices: bundles('approval.overdue', present(told)) });
    return new Set(told.map((one) => one.approvalId)).size;
  });
}

const present = (rows: readonly (Omit<Told, 'userId'> & { userId: string | null })[]): Told[] =>
  rows.flatMap(({ userId, ...row }) => (userId === null ? [] : [{ ...row, userId }]));

/** One message a person, of all that waits for them; its key is that of the one that waits longest. */
function bundles(kind: 'approval.nudge' | 'approval.overdue', told: readonly Told[]): Notice[] {
  const people = [...new Set(told.map((one) => one.userId))];
  return people.flatMap((userId) => {
    const mine = told.filter((one) => one.userId === userId);
    const [first] = mine;
    if (!first) return [];
    const key = `${kind}:${first.approvalId}:${first.askedAt.getTime()}`;
    const payload = { userId, approvalIds: mine.map((one) => one.approvalId) };
    return kind === 'approval.nudge'
      ? notice({
          kind,
          key: personalKey(key, userId),
          to: { user: userId },
          payload: { ...payload, byId: null },
        })
      : notice({ kind, key: personalKey(key, userId), to: { user: userId }, payload });
  });
}

/**
 * [催办]: whoever asked reminds those who may decide, at most once an hour.
 * @throws DomainError not_found, access.denied, approval.decided, approval.nudged
 */
export async function nudgeApprovers(ctx: Ctx, approvalId: string): Promise<{ names: readonly string[] }> {
  return transact(ctx.db, async (tx) => {
    const { approval, subject } = await hold(tx, ctx, approvalId);
    if (approval.requestedById !== ctx.actor.id) {
      if (subject.ownerId !== null && !can(ctx.actor, 'record.see', subject.ownerId))
        throw new DomainError('not_found', { ref: '' });
      const who = await tx.user.findUnique({ where: { id: approval.requestedById } });
      throw new DomainError('access.denied', {
        action: 'approval.nudge',
        needs: [],
        has: [...ctx.actor.roles],
        names: who ? [who.name] : [],
      });
    }
    const { nudgedAt } = approval;
    if (nudgedAt !== null && ctx.now.getTime() - nudgedAt.getTime() < NUDGE_REST_MS)
      throw new DomainError('approval.nudged', { at: nudgedAt });
    await tx.approval.update({ where: { id: approvalId }, data: { nudgedAt: ctx.now } });
    const people = await listWaitedFor(tx, ctx, approvalId);
    const key = `approval.nudge:${approvalId}:by:${ctx.now.getTime()}`;
    await leaveTraces(tx, ctx, {
      audit: [{ action: 'approval.nudged', ...subject.about, after: { approvalId } }],
      notices: people.map(({ id }) =>
        notice({
          kind: 'approval.nudge',
          key: personalKey(key, id),
          to: { user: id },
          payload: { userId: id, approvalIds: [approvalId], byId: ctx.actor.id },
        }),
      ),
    });
    return { names: people.map((one) => one.name) };
  });
}

/** Who may decide it now, delegates included. */
const listWaitedFor = (tx: Tx, ctx: SystemCtx, approvalId: string): Promise<{ id: string; name: string }[]> =>
  tx.$queryRaw`
    SELECT u.id::text, u.name FROM approval a JOIN approval_step s ON s.approval_id = a.id AND s.seq = a.current_step
    JOIN app_user u ON u.active AND ${waitsForRow('u', ctx.today)}
    WHERE a.id = ${approvalId}::uuid ORDER BY u.id`;

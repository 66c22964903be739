// Snooze (稍后提醒): a person's own messages leave a row out until a day, and remind of it on that day; escalation does not
// care (rules §7). Chosen by one person for themselves alone.
import type { Ctx, SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { authorize, can } from '../access.js';
import { isWorkday } from '../calendar.js';
import { DomainError } from '../errors.js';
import { addDays, type LocalDate, toUtcDate } from '../local-date.js';
import { listActors } from '../members/member.queries.js';
import { displayState } from '../plans/instalment.js';
import { toFacts } from '../plans/instalment.service.js';
import { claimRequest } from '../requests.service.js';
import { toleranceSql } from '../settings/tolerance.queries.js';
import { leaveTraces } from '../traces.service.js';
import { insertReminders } from './save-steps.service.js';

/** Longer is not later but never. */
export const MAX_SNOOZE_DAYS = 30;
/** The code of a reminder that comes because a snooze is over. */
const SNOOZE_CODE = 'S';
const BATCH_ROWS = 500;

/**
 * Leaves a row out of the actor's own messages until a day; a later choice replaces an earlier one.
 * @throws DomainError not_found, follow_up.not_open, follow_up.date_past, follow_up.date_too_far
 */
export async function snoozeRow(ctx: Ctx, input: { instalmentId: string; until: LocalDate }): Promise<void> {
  const { until, instalmentId } = input;
  await transact(ctx.db, async (tx) => {
    const row = await tx.instalment.findUnique({ where: { id: instalmentId } });
    if (!row) throw new DomainError('not_found', { ref: '' });
    const result = { reference: until, subjectType: 'instalment', subjectId: row.id };
    await claimRequest(tx, ctx, 'reminder.snooze', result);
    authorize(ctx.actor, 'record.see', row.ownerId);
    if (row.lifecycle !== 'open') {
      const state = displayState(toFacts(row), ctx.today);
      throw new DomainError('follow_up.not_open', { seq: row.seq, state });
    }
    const earliest = addDays(ctx.today, 1);
    if (until < earliest) throw new DomainError('follow_up.date_past', { earliest }, 'until');
    const max = addDays(ctx.today, MAX_SNOOZE_DAYS);
    if (until > max) throw new DomainError('follow_up.date_too_far', { max }, 'until');
    const key = { userId: ctx.actor.id, instalmentId };
    await tx.snooze.upsert({
      where: { userId_instalmentId: key },
      create: { ...key, until: toUtcDate(until), createdAt: ctx.now },
      update: { until: toUtcDate(until), createdAt: ctx.now },
    });
    await leaveTraces(tx, ctx, {
      audit: [{ action: 'reminder.snoozed', subjectType: 'instalment', subjectId: row.id, after: { until } }],
      redraws: [{ instalmentId, tag: `snoozed:${ctx.now.getTime()}` }],
      homes: [ctx.actor.id],
    });
  });
}

/** Whoever's snooze is over is reminded of the row, if it is still owed, on the first workday. Returns how many. */
export async function endSnoozes(ctx: SystemCtx): Promise<number> {
  if (!isWorkday(ctx.company.calendar, ctx.today)) return 0;
  let reminders = 0;
  for (;;) {
    const ended = await transact(ctx.db, async (tx) => {
      const rows = await tx.$queryRaw<
        {
          userId: string;
          slackUserId: string;
          id: string;
          ownerId: string;
          until: LocalDate;
          dueEpoch: number;
          isAlive: boolean;
        }[]
      >`
        DELETE FROM snooze s USING instalment i, app_user u
        WHERE i.id = s.instalment_id AND u.id = s.user_id AND (s.user_id, s.instalment_id) IN (
          SELECT user_id, instalment_id FROM snooze WHERE until <= ${ctx.today}::date LIMIT ${BATCH_ROWS})
        RETURNING s.user_id::text AS "userId", u.slack_user_id AS "slackUserId", i.id::text, i.owner_id::text AS "ownerId", s.until::text, i.due_epoch AS "dueEpoch",
          u.active AND i.lifecycle = 'open' AND i.outstanding > ${toleranceSql(ctx.company)} AS "isAlive"`;
      const alive = rows.filter((row) => row.isAlive);
      const actors = await listActors(tx, [...new Set(alive.map((row) => row.slackUserId))]);
      const byId = new Map(actors.map((actor) => [actor.id, actor]));
      const planned = alive
        .filter((row) => {
          // Whoever put it off may have lost sight of it since.
          const actor = byId.get(row.userId);
          return actor && can(actor, 'record.see', row.ownerId);
        })
        .map((row) => ({
          rows: { ids: [row.id], dueEpoch: row.dueEpoch },
          ruleCode: SNOOZE_CODE,
          occurrenceOn: row.until,
          recipientRole: 'snooze',
          recipientId: row.userId,
          superseded: false,
        }));
      return { count: rows.length, added: await insertReminders(tx, ctx, planned) };
    });
    reminders += ended.added;
    if (ended.count < BATCH_ROWS) return reminders;
  }
}

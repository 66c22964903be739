// Reminder effect (rules §9): of the rows that a step reminded of, how many were paid within seven days; by step.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { Prisma } from '../../generated/prisma/client.js';
import { addDays } from '../local-date.js';
import type { LadderRule } from '../reminders/ladder.js';
import type { Effect } from './measures.js';
import type { ReportQuery } from './report.js';
import { rowsInScope } from './standing.queries.js';

const EFFECT_DAYS = 7;

/** The day of a step, as the ladder has it now. */
export type StepDay = Pick<
  LadderRule,
  'offsetDays' | 'repeatEveryDays' | 'anchorWeekday' | 'replacedByRemindDays'
>;
/** A row counts once a step, whoever was told. */
export interface StepEffect extends Effect {
  readonly step: StepDay;
}

/** Steps sent in the period whose seven days were over at its end, by their distance from the due date. */
export async function readReminderEffect(ctx: ReadCtx, query: ReportQuery): Promise<StepEffect[]> {
  const { from, to } = query;
  const last = addDays(to, -EFFECT_DAYS);
  const until = Prisma.sql`(s.sent_on + ${EFFECT_DAYS}::int)`;
  const rows = await ctx.db.$queryRaw<
    {
      days: number;
      every: number | null;
      weekday: number | null;
      first: boolean;
      reminded: bigint;
      paid: bigint;
    }[]
  >`${PLANNED_ANEW}
    WITH sent AS MATERIALIZED (
      SELECT i.id, i.amount, rr.offset_days, rr.repeat_every_days, rr.anchor_weekday, rr.replaced_by_remind_days, MIN(m.planned_on) AS sent_on
      FROM reminder m JOIN instalment i ON i.id = m.instalment_id JOIN reminder_rule rr ON rr.code = m.rule_code
      WHERE m.status IN ('sent', 'acked') AND m.planned_on BETWEEN ${from}::date AND ${last}::date AND ${rowsInScope(ctx, query)}
      GROUP BY i.id, rr.id, m.due_epoch, m.occurrence_on)
    SELECT s.offset_days AS days, s.repeat_every_days AS every, s.anchor_weekday AS weekday, s.replaced_by_remind_days AS first,
      COUNT(*) AS reminded, COUNT(*) FILTER (WHERE s.amount <= COALESCE((
          SELECT SUM(a.amount) FROM allocation a WHERE a.instalment_id = s.id
            AND a.effective_on <= ${until} AND (a.released_on IS NULL OR a.released_on > ${until})), 0)
        + COALESCE((SELECT SUM(d.amount) FROM adjustment d
            WHERE d.instalment_id = s.id AND d.kind = 'small_difference' AND d.effective_on <= ${until}), 0)) AS paid
    FROM sent s GROUP BY 1, 2, 3, 4 ORDER BY s.offset_days, s.repeat_every_days NULLS FIRST`;
  return rows.map(({ days, every, weekday, first, reminded, paid }) => ({
    step: {
      offsetDays: days,
      ...(every !== null && { repeatEveryDays: every }),
      ...(weekday !== null && { anchorWeekday: weekday }),
      replacedByRemindDays: first,
    },
    reminded,
    paid,
  }));
}

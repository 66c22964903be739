// The default ladder and the Chinese calendar, as the reminder tests use them.
import type { WorkCalendar } from '../../../src/domain/calendar.js';
import { chineseCalendarDays } from '../../../src/domain/chinese-calendar.js';
import { DEFAULT_LADDER, isWeekly, type LadderRule } from '../../../src/domain/reminders/ladder.js';
import { rulesOfKind } from '../../../src/domain/reminders/ladders.js';

const china = chineseCalendarDays();

export const chinese: WorkCalendar = {
  workweek: [1, 2, 3, 4, 5],
  days: new Map(china.days.map((day) => [day.date, day.isWorkday])),
  coveredThrough: china.coveredThrough,
};

export const everyDay: WorkCalendar = {
  workweek: [1, 2, 3, 4, 5, 6, 7],
  days: new Map(),
  coveredThrough: null,
};

/** The ladder of an instalment below level 3: every step of it waits for a workday. */
export const ladder = rulesOfKind(DEFAULT_LADDER, 'normal').filter((rule) => (rule.level ?? 0) < 3);

/** Its steps, without the weekly line. */
export const steps = ladder.filter((rule) => !isWeekly(rule));

export function ruleOf(code: string): LadderRule {
  const rule = DEFAULT_LADDER.find((candidate) => candidate.code === code);
  if (!rule) throw new Error(`no rule ${code}`);
  return rule;
}

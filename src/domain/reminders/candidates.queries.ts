// Finds the rows of which something is due to be said, by index and not row by row. The selection may be wider than the
// decision (steps.ts) but never narrower.
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import { isWorkday, type WorkCalendar } from '../calendar.js';
import { HOLDING_PROMISES } from '../follow-ups/follow-up.js';
import { addDays, type LocalDate } from '../local-date.js';
import { DISPUTE_DAYS } from './hold.js';
import { isWeekly, type LadderRule, LEVEL_IGNORING_HOLIDAYS, maySendOn } from './ladder.js';
import {
  type Ladders,
  MAX_LADDER_DAYS_BEFORE,
  type OwnLadder,
  ROW_KINDS,
  rulesOfKind,
  type ScopeRef,
} from './ladders.js';
import { type Candidate, listAlike } from './rows-alike.queries.js';
import { latestDueForOffset, latestNominalForOffset, weeklyOccurrence } from './steps.js';

/** Longest run of days off over which a step before its day may be moved earlier. */
const MOST_DAYS_OFF = 15;

/** Open rows `i` with more than `tolerance` (an expression, as toleranceSql) outstanding that have not done the highest step due today. */
export async function listStepCandidates(
  db: Db | Tx,
  where: { ladders: Ladders; calendar: WorkCalendar; today: LocalDate; tolerance: Prisma.Sql },
): Promise<Candidate[]> {
  const due = stepCondition(where.ladders, where.calendar, where.today);
  if (due === null) return [];
  return listAlike(
    db,
    Prisma.sql`instalment i`,
    Prisma.sql`i.lifecycle = 'open' AND i.outstanding > ${where.tolerance} AND (${due})
      AND (i.block_until IS NULL OR i.block_until < ${where.today}::date)
      AND (i.promised_on IS NULL OR i.promised_on < ${where.today}::date OR i.promise_count > ${HOLDING_PROMISES}
        OR i.outstanding <= i.promised_left + ${where.tolerance})`,
  );
}

/** Rows whose promise was not kept, overdue or without a day, and overdue ones whose dispute goes to the manager by now (hold.ts). */
export async function listHoldCandidates(
  db: Db | Tx,
  where: { today: LocalDate; tolerance: Prisma.Sql },
): Promise<Candidate[]> {
  const { today, tolerance } = where;
  return listAlike(
    db,
    Prisma.sql`(
      SELECT i.id FROM instalment i WHERE i.lifecycle = 'open' AND i.promised_on < ${today}::date
        AND (i.effective_due < ${today}::date OR i.effective_due IS NULL)
        AND i.outstanding > i.promised_left + ${tolerance}
      UNION
      SELECT id FROM instalment WHERE lifecycle = 'open' AND disputed AND NOT dispute_told
        AND disputed_on < ${addDays(today, -DISPUTE_DAYS)}::date AND effective_due < ${today}::date) found
      JOIN instalment i ON i.id = found.id`,
    Prisma.sql`i.outstanding > ${tolerance}`,
  );
}

/**
 * So many different ladders of templates, customers and rows are looked at by their days; copies of one are one, and those
 * of templates, which have many rows, come first.
 */
const LADDERS_BY_DAYS = 12;

/**
 * Instalments by their ladder, retentions by theirs. Beyond LADDERS_BY_DAYS the rows of a ladder are looked at one by one,
 * from the first day on which any step may come.
 */
export function stepCondition(ladders: Ladders, calendar: WorkCalendar, today: LocalDate): Prisma.Sql | null {
  const { company, own, ranks } = ladders;
  const hasTemplate = (group: readonly OwnLadder[]) => group.some(({ scope }) => scope === 'template');
  const groups = [...groupEqual(own).values()].toSorted(
    (a, b) => Number(hasTemplate(b)) - Number(hasTemplate(a)) || b.length - a.length,
  );
  const byDays = groups
    .slice(0, LADDERS_BY_DAYS)
    .map((group) => ({ rules: group[0]?.rules ?? [], only: Prisma.sql`AND ${rowsOf(group)}` }));
  const conditions = [{ rules: company, only: Prisma.empty }, ...byDays].flatMap(({ rules, only }) =>
    ROW_KINDS.flatMap((kind) =>
      rankConditions(rulesOfKind(rules, kind), ranks, calendar, today).map(
        (due) => Prisma.sql`(${due} AND i.is_retention = ${kind === 'retention'} ${only})`,
      ),
    ),
  );
  const others = groups.slice(LADDERS_BY_DAYS).flat();
  const latest = addDays(today, MAX_LADDER_DAYS_BEFORE + MOST_DAYS_OFF);
  if (others.length > 0)
    conditions.push(Prisma.sql`(${rowsOf(others)} AND i.effective_due <= ${latest}::date)`);
  return conditions.length === 0 ? null : Prisma.join(conditions, ' OR ');
}

/** Ladders whose steps fall on the same days, together: most are copies of one that was changed a little. */
function groupEqual(own: readonly OwnLadder[]): Map<string, OwnLadder[]> {
  const groups = new Map<string, OwnLadder[]>();
  for (const ladder of own) {
    const days = ladder.rules.map(({ rank, offsetDays, level, replacedByRemindDays, appliesTo }) =>
      [rank, offsetDays, level, replacedByRemindDays, appliesTo].join(),
    );
    const key = days.join(' ');
    groups.set(key, [...(groups.get(key) ?? []), ladder]);
  }
  return groups;
}

const LADDER_COLUMNS = { template: 'template_id', customer: 'customer_id', instalment: 'id' } as const;

/** Rows that one of these ladders is for, if none is nearer. */
function rowsOf(ladders: readonly OwnLadder[]): Prisma.Sql {
  const parts = (['template', 'customer', 'instalment'] as const).flatMap((scope) => {
    const ids = ladders.flatMap((one) => (one.scope === scope ? [one.id] : []));
    return ids.length === 0 ? [] : [Prisma.sql`i.${Prisma.raw(LADDER_COLUMNS[scope])} = ANY(${ids}::uuid[])`];
  });
  return Prisma.sql`(${Prisma.join(parts, ' OR ')})`;
}

/** One index condition for each rank that a row may be at: the latest due date at which a higher step is due today. */
function rankConditions(
  ladder: readonly LadderRule[],
  known: readonly number[],
  calendar: WorkCalendar,
  today: LocalDate,
): Prisma.Sql[] {
  const rules = ladder.filter((rule) => !isWeekly(rule) && maySendOn(rule, calendar, today));
  // Also of steps that were taken out, or of another ladder that counted before.
  const ranks = [...new Set([0, ...known])];
  const bound = (rule: LadderRule): LocalDate =>
    rule.level !== null && rule.level >= LEVEL_IGNORING_HOLIDAYS
      ? addDays(today, -rule.offsetDays)
      : latestDueForOffset(rule.offsetDays, calendar, today);
  // What was late when it opened, and is only listed, waits for a workday (plan-row.ts): on days off it is not looked at.
  const unlisted = (rule: LadderRule): Prisma.Sql =>
    isWorkday(calendar, today)
      ? Prisma.empty
      : Prisma.sql`AND (i.opened_on IS NULL OR i.opened_on <= i.effective_due + ${Math.max(0, rule.offsetDays)}::int)`;
  return ranks.flatMap((rank) => {
    const higher = rules.filter((rule) => rule.rank > rank);
    if (higher.length === 0) return [];
    if (rank === 0 && higher.some((rule) => rule.replacedByRemindDays)) {
      // The first step: N days ahead, whatever N is.
      const first = latestNominalForOffset(0, calendar, today);
      return [Prisma.sql`i.step_rank = 0 AND i.first_remind_on <= ${first}::date`];
    }
    const fixed = higher.filter((rule) => !rule.replacedByRemindDays);
    const latest = fixed.map(bound).toSorted().at(-1);
    if (latest === undefined) return [];
    const exact = fixed.map((rule) =>
      rule.appliesTo === 'retention'
        ? Prisma.sql`(i.effective_due <= ${bound(rule)}::date ${unlisted(rule)})`
        : Prisma.sql`(i.effective_due <= ${bound(rule)}::date AND i.remind_days_ahead >= ${-rule.offsetDays}
          ${unlisted(rule)})`,
    );
    return [
      Prisma.sql`i.step_rank = ${rank} AND i.effective_due <= ${latest}::date AND (${Prisma.join(exact, ' OR ')})`,
    ];
  });
}

/** Ids of rows whose repeated line has not been said since its last day; none on days off. */
export async function listWeeklyCandidates(
  db: Db | Tx,
  where: {
    rule: LadderRule;
    /** Every rank that a row may have come to. */
    ranks: readonly number[];
    /** Of rows with a ladder of their own: which; else every row. */
    of?: ScopeRef;
    calendar: WorkCalendar;
    today: LocalDate;
    tolerance: Prisma.Sql;
  },
): Promise<string[]> {
  const { rule, calendar, today } = where;
  const isRetention = rule.appliesTo === 'retention';
  if (!isWorkday(calendar, today)) return [];
  if (rule.anchorWeekday === undefined) return listRepeats(db, where);
  const occurrenceOn = weeklyOccurrence(calendar, today, rule.anchorWeekday);
  if (occurrenceOn === null) return [];
  const ranks = [...new Set([0, ...where.ranks])];
  return listIds(
    db,
    Prisma.sql`i.outstanding > ${where.tolerance} AND i.step_rank = ANY(${ranks}::int[])
      AND i.is_retention = ${isRetention} AND i.effective_due < ${addDays(occurrenceOn, -rule.offsetDays)}::date
      AND (i.weekly_on IS NULL OR i.weekly_on < ${occurrenceOn}::date) ${scopeCondition(where.of)}`,
  );
}

function scopeCondition(of: ScopeRef | undefined): Prisma.Sql {
  switch (of?.scope) {
    case 'template':
      return Prisma.sql`AND i.template_id = ${of.id}::uuid`;
    case 'customer':
      return Prisma.sql`AND i.customer_id = ${of.id}::uuid`;
    case 'instalment':
      return Prisma.sql`AND i.id = ${of.id}::uuid`;
    default:
      return Prisma.sql``;
  }
}

/** Rows whose line comes every so many days from the rule's offset on, and was not said since the last of them. */
async function listRepeats(
  db: Db | Tx,
  {
    rule,
    today,
    tolerance,
    of,
  }: { rule: LadderRule; today: LocalDate; tolerance: Prisma.Sql; of?: ScopeRef },
): Promise<string[]> {
  const every = rule.repeatEveryDays ?? 7;
  const start = addDays(today, -rule.offsetDays);
  return listIds(
    db,
    Prisma.sql`i.outstanding > ${tolerance} AND i.is_retention = ${rule.appliesTo === 'retention'}
      AND i.effective_due <= ${addDays(start, -every)}::date
      AND (i.weekly_on IS NULL
        OR i.weekly_on < ${today}::date - (${start}::date - i.effective_due) % ${every}::int) ${scopeCondition(of)}`,
  );
}

/** Ids of open rows `i`, as one text on the way: on a Monday these are all that is late. */
async function listIds(db: Db | Tx, where: Prisma.Sql): Promise<string[]> {
  const [found] = await db.$queryRaw<{ ids: string | null }[]>`
    SELECT string_agg(i.id::text, ' ' ORDER BY i.id) AS ids FROM instalment i WHERE i.lifecycle = 'open' AND ${where}`;
  return found?.ids?.split(' ') ?? [];
}

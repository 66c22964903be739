// Finds the rows of which nothing falls due any more, because they were beyond their ladder when they opened (plan-row.ts).
import type { Db, Tx } from '../../db/client.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { WorkCalendar } from '../calendar.js';
import { addDays, type LocalDate } from '../local-date.js';
import { LISTED_DAYS } from './hold.js';
import { maySendOn } from './ladder.js';
import { type Ladders, ROW_KINDS, rulesOfKind } from './ladders.js';
import { lastLevel } from './plan-row.js';
import { type Candidate, listAlike } from './rows-alike.queries.js';

/**
 * Rows that were beyond the last level of their ladder when they opened, and have been listed, or asked about, for long
 * enough for it to come.
 */
export async function listLateCandidates(
  db: Db | Tx,
  where: { ladders: Ladders; calendar: WorkCalendar; today: LocalDate; tolerance: Prisma.Sql },
): Promise<Candidate[]> {
  const beyond = beyondLast(where.ladders, where.calendar, where.today);
  if (beyond.length === 0) return [];
  const before = Prisma.sql`${addDays(where.today, -LISTED_DAYS)}::date`;
  return listAlike(
    db,
    Prisma.sql`instalment i`,
    Prisma.sql`i.lifecycle = 'open' AND i.opened_on > i.effective_due AND i.opened_on <= ${before}
      AND i.outstanding > ${where.tolerance} AND (${Prisma.join(beyond, ' OR ')})
      AND (k.id IS NULL OR k.raised_on <= ${before}) AND (k.acked_until IS NULL OR k.acked_until <= ${where.today}::date)`,
  );
}

/** Of each kind by the least that any ladder asks for: rows that the last level of none can be for are not read. */
function beyondLast(ladders: Ladders, calendar: WorkCalendar, today: LocalDate): Prisma.Sql[] {
  return ROW_KINDS.flatMap((kind) => {
    const last = [ladders.company, ...ladders.own.map((own) => own.rules)].flatMap((rules) => {
      const rule = lastLevel(rulesOfKind(rules, kind));
      return rule && maySendOn(rule, calendar, today) ? [rule] : [];
    });
    if (last.length === 0) return [];
    const offset = Math.min(...last.map((rule) => rule.offsetDays));
    const highest = Math.max(...last.map((rule) => rule.level ?? 0));
    return [
      Prisma.sql`(i.is_retention = ${kind === 'retention'} AND i.opened_on - i.effective_due > ${offset}::int
        AND (k.id IS NULL OR k.level < ${highest}::int))`,
    ];
  });
}

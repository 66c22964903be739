// The company's work calendar (rules §7): a year of holidays at a time, the work week, and the warning that a year is
// missing. Every change raises the company's version: instances keep the calendar in memory by it.
import { createHash } from 'node:crypto';
import type { Ctx, SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { authorize } from '../access.js';
import { DomainError } from '../errors.js';
import { addDays, type LocalDate, localDate, maxDate, toUtcDate, weekday } from '../local-date.js';
import { listHolders } from '../members/member.queries.js';
import { notice, PRIORITY } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import { isSendWindow } from '../reminders/digest.js';
import { editCompany } from './company.service.js';
import { importableYears, missingYear, readHolidays } from './holidays.js';

/**
 * Replaces a year of the calendar by what was pasted. Reminders that are planned from now on keep to it; due dates that
 * stand stay as they are. `version`: the company's, as it was shown.
 * @throws DomainError calendar.line, calendar.empty, calendar.year, access.denied, version.conflict, request.repeated
 */
export async function importHolidays(
  ctx: Ctx,
  input: { version: number; year: number; text: string },
): Promise<{ off: number; worked: number }> {
  authorize(ctx.actor, 'settings.edit');
  const { version, year } = input;
  const years = importableYears(ctx.company.calendar, ctx.today);
  if (!years.includes(year)) throw new DomainError('calendar.year', { year: years.at(-1) ?? year });
  const { days, problem } = readHolidays(input.text, year);
  if (problem !== null) throw new DomainError('calendar.line', problem, 'days');
  if (days.length === 0) throw new DomainError('calendar.empty', {}, 'days');
  const counts = {
    off: days.filter((day) => !day.isWorkday).length,
    worked: days.filter((day) => day.isWorkday).length,
  };
  const end = localDate(`${year}-12-31`);
  const known = ctx.company.calendar.coveredThrough;
  const covered = known === null ? end : maxDate(known, end);
  await editCompany(ctx, version, { calendarCoveredThrough: toUtcDate(covered) }, async (tx) => {
    const before = await tx.calendarDay.findMany({
      where: { date: { gte: toUtcDate(localDate(`${year}-01-01`)), lte: toUtcDate(end) } },
    });
    const replaced = [...before.map((day) => day.date), ...days.map((day) => toUtcDate(day.date))];
    await tx.calendarDay.deleteMany({ where: { date: { in: replaced } } });
    await tx.calendarDay.createMany({ data: days.map((day) => ({ ...day, date: toUtcDate(day.date) })) });
    return {
      before: {
        holidays: {
          year,
          off: before.filter((day) => !day.isWorkday).length,
          worked: before.filter((day) => day.isWorkday).length,
        },
      },
      after: { holidays: { year, ...counts } },
    };
  });
  return counts;
}

/** Tells one text from another: what a preview was made of. */
export const fingerprintOf = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 16);

/**
 * Sets the days of the week that the company works (ISO, 1 Monday … 7 Sunday).
 * @throws DomainError calendar.no_workday, access.denied, version.conflict, request.repeated
 */
export async function setWorkweek(ctx: Ctx, version: number, weekdays: readonly number[]): Promise<void> {
  authorize(ctx.actor, 'settings.edit');
  const workweek = [1, 2, 3, 4, 5, 6, 7].filter((day) => weekdays.includes(day));
  if (workweek.length === 0) throw new DomainError('calendar.no_workday', {}, 'workweek');
  await editCompany(ctx, version, { workweek });
}

/**
 * Tells each admin once a week, in the sending hours of workdays, while a year of holidays is missing.
 * @returns how many were told
 */
export async function warnOfCalendar(ctx: SystemCtx): Promise<{ told: number }> {
  const { calendar, timezone, remindAt, remindUntil } = ctx.company;
  const year = missingYear(calendar, ctx.today);
  if (year === null || !isSendWindow(ctx.now, timezone, remindAt, remindUntil, calendar)) return { told: 0 };
  const monday = mondayOf(ctx.today);
  const keyOf = (userId: string) => `calendar.missing:${year}:${monday}@${userId}`;
  return transact(ctx.db, async (tx) => {
    const admins = await listHolders(tx, 'admin');
    const known = await tx.outbox.findMany({
      where: { dedupeKey: { in: admins.map(({ id }) => keyOf(id)) } },
      select: { dedupeKey: true },
    });
    const told = new Set(known.map((row) => row.dedupeKey));
    const untold = admins.filter(({ id }) => !told.has(keyOf(id)));
    const notices = untold.map(({ id }) =>
      notice({
        kind: 'calendar.missing',
        key: keyOf(id),
        to: { user: id },
        payload: { year },
        priority: PRIORITY.batch,
      }),
    );
    await enqueue(tx, ctx, ...notices);
    return { told: untold.length };
  });
}

const mondayOf = (date: LocalDate): LocalDate => addDays(date, 1 - weekday(date));

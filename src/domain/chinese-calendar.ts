// The public holidays and in-lieu workdays of mainland China, to seed the holiday table.
// Only years that are really published: the package calls every day of an unknown year an ordinary one (rules §7).
import chineseDays from 'chinese-days';
import { addDays, type LocalDate, localDate } from './local-date.js';

/** One published exception to the plain workweek, named in Chinese. */
export type ChineseCalendarDay = { date: LocalDate; isWorkday: boolean; name: string };

const FIRST_PUBLISHED_YEAR = 2004;

type Published = { readonly days: readonly ChineseCalendarDay[]; readonly coveredThrough: LocalDate };
let published: Published | undefined;

/** Every published day off and in-lieu workday, and the last day of the last published year. */
export function chineseCalendarDays(): Published {
  // The package is asked for each of thousands of days: once a process.
  published ??= readPublished();
  return published;
}

function readPublished(): Published {
  const days: ChineseCalendarDay[] = [];
  let year = FIRST_PUBLISHED_YEAR;
  while (isPublished(year)) {
    for (let date = localDate(`${year}-01-01`); date < `${year + 1}`; date = addDays(date, 1)) {
      const day = exceptionOn(date);
      if (day) days.push(day);
    }
    year += 1;
  }
  return { days, coveredThrough: localDate(`${year - 1}-12-31`) };
}

// A published year always has National Day; a stray January day of the next year does not publish it.
function isPublished(year: number): boolean {
  return exceptionOn(localDate(`${year}-10-01`)) !== undefined;
}

function exceptionOn(date: LocalDate): ChineseCalendarDay | undefined {
  const detail = chineseDays.getDayDetail(date);
  // Published days are named "Spring Festival,春节,4", all others by their weekday.
  const [, name] = detail.name.split(',');
  if (name === undefined) return undefined;
  // A weekend inside a holiday is listed too; keep it, since its name explains the day.
  return { date, isWorkday: detail.work, name };
}

// Keeps each Monday's forecast, so that its error can be told (F93, rules §11).
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { newId } from '../ids.js';
import { addDays, toUtcDate, weekday } from '../local-date.js';
import { readerForCompany } from './company-reader.js';
import { readForecastWeeks } from './forecast.queries.js';

/** On a Monday, once: the forecast from the evening before, a row a week and currency. Returns how many were kept. */
export async function keepForecasts(ctx: SystemCtx): Promise<{ kept: number }> {
  if (weekday(ctx.today) !== 1) return { kept: 0 };
  const { company, db, today } = ctx;
  const kept = await db.forecastWeek.findMany({
    where: { madeOn: toUtcDate(today) },
    select: { currency: true },
    distinct: ['currency'],
  });
  const missing = company.settings.currencies.filter((one) => kept.every(({ currency }) => currency !== one));
  const actor = readerForCompany(company);
  let count = 0;
  // One currency at a time, each short: a handful at most, and nobody waits for it.
  for (const currency of missing) {
    const weeks = await readForecastWeeks({ db, today, actor }, { currency, to: addDays(today, -1) });
    const rows = weeks.map(({ from, to, ...amounts }) => ({
      id: newId(ctx.now),
      madeOn: toUtcDate(today),
      currency,
      weekFrom: toUtcDate(from),
      weekTo: toUtcDate(to),
      ...amounts,
    }));
    const made = await transact(db, (tx) => tx.forecastWeek.createMany({ data: rows, skipDuplicates: true }));
    count += made.count;
  }
  return { kept: count };
}

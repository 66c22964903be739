// Keeps each Monday's forecast, so that its error can be told (F93, rules §11).
import type { SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { newId } from '../ids.js';
import { addDays, instantOf, mondayOf, toUtcDate } from '../local-date.js';
import { readerForCompany } from './company-reader.js';
import { readOutlook } from './forecast.queries.js';

/**
 * Once a week, on its Monday or as soon as the app is up again: the forecast as of the Sunday before, a row a week and
 * currency. Returns how many were kept; a company that began within the week has none.
 */
export async function keepForecasts(ctx: SystemCtx): Promise<{ kept: number }> {
  const { company, db, today } = ctx;
  const monday = mondayOf(today);
  const begun = { lt: instantOf(addDays(monday, 1), '00:00', company.timezone) };
  const old = await db.instalment.findFirst({ where: { createdAt: begun }, select: { id: true } });
  if (!old) return { kept: 0 };
  const kept = await db.forecastWeek.findMany({
    where: { madeOn: toUtcDate(monday) },
    select: { currency: true },
    distinct: ['currency'],
  });
  const missing = company.settings.currencies.filter((one) => kept.every(({ currency }) => currency !== one));
  const actor = readerForCompany(company);
  let count = 0;
  // One currency at a time, each short: a handful at most, and nobody waits for it.
  for (const currency of missing) {
    const asked = { currency, to: addDays(monday, -1) };
    const { weeks } = await readOutlook({ db, today, actor }, asked, company.timezone);
    const rows = weeks.map(({ from, to, ...amounts }) => ({
      id: newId(ctx.now),
      madeOn: toUtcDate(monday),
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

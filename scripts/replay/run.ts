// Runs a whole replay and collects what it prints.
import type { Database, Db } from '../../src/db/client.js';
import { addDays, addMonths, type LocalDate } from '../../src/domain/local-date.js';
import { createReplayCompany } from './company.js';
import { type Figures, Replay } from './day.js';
import type { Invoice } from './invoices.js';

export interface ReplayResult {
  readonly figures: Figures[];
  /** Distinct instalments by step. */
  readonly steps: Record<string, number>;
  readonly digests: number;
  readonly channelPosts: number;
  readonly lateInvoices: number;
  /** Cents. */
  readonly settled: bigint;
  readonly outstanding: bigint;
}

/**
 * Replays every day from the first invoice to the last settlement.
 * @param on days whose figures are wanted besides every month's end
 */
export async function replay(
  { prisma: db, vacuum }: Pick<Database, 'prisma' | 'vacuum'>,
  invoices: readonly Invoice[],
  on: readonly LocalDate[] = [],
  progress: (figures: Figures) => void = () => {},
): Promise<ReplayResult> {
  const dates = invoices.flatMap((invoice) => [invoice.invoicedOn, invoice.settledOn]).sort();
  const [first] = dates;
  const last = dates.at(-1);
  if (first === undefined || last === undefined) throw new RangeError('no invoices');
  const company = await createReplayCompany(db, first);
  const run = new Replay(company);
  const invoicedOn = groupBy(invoices, (invoice) => invoice.invoicedOn);
  const settledOn = groupBy(invoices, (invoice) => invoice.settledOn);
  const figures: Figures[] = [];
  for (let date = first; date <= last; date = addDays(date, 1)) {
    // The night before, as the job does it.
    await vacuum();
    await run.run(date, invoicedOn.get(date) ?? [], settledOn.get(date) ?? []);
    if (date === last || isMonthEnd(date) || on.includes(date)) {
      const shown = await run.figures(date);
      figures.push(shown);
      progress(shown);
    }
  }
  return { figures, ...(await totals(db)) };
}

async function totals(db: Db): Promise<Omit<ReplayResult, 'figures'>> {
  const steps = await db.$queryRaw<{ code: string; count: number }[]>`
    SELECT rule_code AS code, COUNT(DISTINCT instalment_id)::int AS count
    FROM reminder WHERE status IN ('sent', 'acked') GROUP BY rule_code ORDER BY rule_code`;
  const [late] = await db.$queryRaw<{ count: number }[]>`
    SELECT COUNT(DISTINCT a.instalment_id)::int AS count FROM allocation a JOIN instalment i ON i.id = a.instalment_id
    WHERE a.status = 'effective' AND a.effective_on > i.due_on`;
  const received = await db.allocation.aggregate({ where: { status: 'effective' }, _sum: { amount: true } });
  const open = await db.instalment.aggregate({ _sum: { outstanding: true } });
  return {
    steps: Object.fromEntries(steps.map(({ code, count }) => [code, count])),
    digests: await db.outbox.count({ where: { op: 'post', kind: 'digest' } }),
    channelPosts: await db.outbox.count({
      where: { op: 'post', kind: { in: ['case.card', 'case.line', 'case.summary'] } },
    }),
    lateInvoices: late?.count ?? 0,
    settled: received._sum.amount ?? 0n,
    outstanding: open._sum.outstanding ?? 0n,
  };
}

const isMonthEnd = (date: LocalDate) => addDays(date, 1).slice(0, 7) === addMonths(date, 1).slice(0, 7);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

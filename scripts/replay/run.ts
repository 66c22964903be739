// Runs a whole replay and collects what it prints.
import type { Database, Db } from '../../src/db/client.js';
import { addDays, addMonths, type LocalDate } from '../../src/domain/local-date.js';
import { createReplayCompany } from './company.js';
import { type Figures, Replay } from './day.js';
import type { Invoice } from './invoices.js';

export interface ReplayResult {
  /** The first invoice and the last settlement. */
  readonly firstDay: LocalDate;
  readonly lastDay: LocalDate;
  readonly figures: Figures[];
  /** Reminders, each instalment and step once, however many people were told. */
  readonly steps: Record<string, number>;
  /** A person's message of a morning: one each, whatever is in it. */
  readonly digests: number;
  /** By whom they go to. */
  readonly digestsOf: Record<string, number>;
  /** Messages in the two channels, lines in threads among them, rewrites not. */
  readonly channelPosts: number;
  /** By what they are. */
  readonly postsOf: Record<string, number>;
  readonly lateInvoices: number;
  /** Cents. */
  readonly settled: bigint;
  readonly outstanding: bigint;
}

/**
 * Replays every day from the first invoice to the last settlement.
 * @param on days whose figures are wanted besides every month's end
 * @throws RangeError without an invoice, or for a day of `on` outside of those days
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
  const outside = on.filter((date) => date < first || date > last);
  if (outside.length > 0)
    throw new RangeError(`${outside.join(', ')}: not in this ledger, whose days are ${first} to ${last}.`);
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
  return { firstDay: first, lastDay: last, figures, ...(await totals(db)) };
}

async function totals(db: Db): Promise<Omit<ReplayResult, 'figures' | 'firstDay' | 'lastDay'>> {
  const steps = await db.$queryRaw<{ code: string; count: number }[]>`
    SELECT rule_code AS code, COUNT(DISTINCT instalment_id)::int AS count
    FROM reminder WHERE status IN ('sent', 'acked') GROUP BY rule_code ORDER BY rule_code`;
  const [late] = await db.$queryRaw<{ count: number }[]>`
    SELECT COUNT(DISTINCT a.instalment_id)::int AS count FROM allocation a JOIN instalment i ON i.id = a.instalment_id
    WHERE a.status = 'effective' AND a.effective_on > i.due_on`;
  const received = await db.allocation.aggregate({ where: { status: 'effective' }, _sum: { amount: true } });
  const open = await db.instalment.aggregate({ _sum: { outstanding: true } });
  const digests = await db.$queryRaw<Counted[]>`
    SELECT u.name AS of, COUNT(*)::int AS count FROM outbox o JOIN app_user u ON o.recipient = 'user:' || u.id
    WHERE o.op = 'post' AND o.kind = 'digest' GROUP BY u.name ORDER BY u.name`;
  const posts = await db.$queryRaw<Counted[]>`
    SELECT kind AS of, COUNT(*)::int AS count FROM outbox
    -- No receipt of a ledger has vouchers: of their notice nothing would be posted.
    WHERE op = 'post' AND recipient IN ('finance', 'escalation') AND kind <> 'receipt.vouchers'
    GROUP BY kind ORDER BY kind`;
  return {
    steps: Object.fromEntries(steps.map(({ code, count }) => [code, count])),
    digests: sumOf(digests),
    digestsOf: recordOf(digests),
    channelPosts: sumOf(posts),
    postsOf: recordOf(posts),
    lateInvoices: late?.count ?? 0,
    settled: received._sum.amount ?? 0n,
    outstanding: open._sum.outstanding ?? 0n,
  };
}

interface Counted {
  readonly of: string;
  readonly count: number;
}
const sumOf = (counted: readonly Counted[]) => counted.reduce((sum, { count }) => sum + count, 0);
const recordOf = (counted: readonly Counted[]) =>
  Object.fromEntries(counted.map(({ of, count }) => [of, count]));

const isMonthEnd = (date: LocalDate) => addDays(date, 1).slice(0, 7) === addMonths(date, 1).slice(0, 7);

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

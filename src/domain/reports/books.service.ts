// Tells whoever can see to it that the books do not add up: looked for every night, and whenever a report is read whose
// check does not hold (ux §4.11).
import type { Ctx, SystemCtx } from '../../ctx.js';
import { transact } from '../../db/transact.js';
import { listHolders } from '../members/member.queries.js';
import { notice } from '../notices/notice.js';
import { enqueue } from '../notices/outbox.service.js';
import type { Difference } from './books.js';
import { findDifferences } from './books.queries.js';
import { type LongReport, type ReportData, readLongReport, readReport } from './read-report.queries.js';
import type { ReportQuery } from './report.js';
import { checkOf, differenceOf } from './report-check.js';

/** Looks everywhere. Returns how many differences there are; each day they are told again. */
export async function checkBooks(ctx: SystemCtx): Promise<{ differences: number }> {
  const differences = await findDifferences(ctx);
  if (differences.length > 0) await tellDifferences(ctx, differences);
  return { differences: differences.length };
}

/** A report for whoever asked; one that does not add up is told of besides. @throws as readReport */
export async function readChecked(
  ctx: ReaderCtx,
  query: ReportQuery,
  setting: Parameters<typeof readReport>[2],
): Promise<ReportData> {
  const data = await readReport(ctx, query, setting);
  await check(ctx, query, data);
  return data;
}

/** The same with very many lines, for a file. @throws as readReport */
export async function readLongChecked(
  ctx: ReaderCtx,
  query: ReportQuery,
  setting: Parameters<typeof readLongReport>[2],
): Promise<LongReport> {
  const report = await readLongReport(ctx, query, setting);
  await check(ctx, query, report.rest);
  return report;
}

type ReaderCtx = SystemCtx & Pick<Ctx, 'actor'>;

async function check(ctx: ReaderCtx, query: ReportQuery, data: ReportData): Promise<void> {
  const amount = differenceOf(checkOf(data));
  if (amount === 0n) return;
  const [what, count] =
    data.kind === 'aging' ? (['aging', data.aging.total.count] as const) : (['report', 1] as const);
  await tellDifferences(ctx, [{ check: what, currency: query.currency, count, amount }]);
}

/** Each admin and each of finance, once a day for each kind of difference and currency. */
export async function tellDifferences(ctx: SystemCtx, differences: readonly Difference[]): Promise<void> {
  const what = [...new Set(differences.map(({ check, currency }) => `${check}:${currency}`))]
    .toSorted()
    .join('+');
  const payload = {
    date: ctx.today,
    differences: differences.map((one) => ({ ...one, amount: String(one.amount) })),
  };
  await transact(ctx.db, async (tx) => {
    const people = await listHolders(tx, 'admin', 'finance', 'finance_manager');
    const notices = people.map(({ id }) =>
      notice({
        kind: 'books.differ',
        key: `books.differ:${ctx.today}:${what}@${id}`,
        to: { user: id },
        payload,
      }),
    );
    await enqueue(tx, ctx, ...notices);
  });
}

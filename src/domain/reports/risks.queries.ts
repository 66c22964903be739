// Customers at risk, those first whose open money and reasons weigh most; within the reader's scope and one currency.
import type { ReadCtx } from '../../ctx.js';
import { PLANNED_ANEW } from '../../db/statement-names.js';
import { queryWide } from '../../db/wide-query.js';
import { Prisma } from '../../generated/prisma/client.js';
import { addDays, addMonths } from '../local-date.js';
import { type Measures, noMeasures } from './measures.js';
import { readMeasures } from './measures.queries.js';
import type { ReportCompany, ReportQuery } from './report.js';
import { type Risk, risksOf, riskWeight } from './risks.js';
import { settledSql } from './settled.queries.js';
import { rowsInScope } from './standing.queries.js';

export interface RiskyCustomer {
  readonly key: string;
  readonly name: string;
  readonly open: bigint;
  readonly overdue: bigint;
  readonly risks: readonly Risk[];
}
export interface RiskReport {
  readonly lines: readonly RiskyCustomer[];
  readonly count: number;
  /** Of all of them. */
  readonly open: bigint;
  readonly overdue: bigint;
  /** What is open of all others, and of everybody. */
  readonly others: bigint;
  readonly all: bigint;
}

/** So many customers are looked at: those with the most open. */
const LOOKED_AT = 2000;

const OF_YEAR = [
  ...(['open', 'overdue', 'oldest', 'current', 'broken', 'disputed'] as const),
  ...(['judged', 'onTime', 'lateDays', 'lateAmount'] as const),
];

/** At most `limit` lines; counts and sums are of all customers at risk. */
export async function readRisks(
  ctx: ReadCtx,
  asked: ReportQuery,
  { limit, company }: { limit: number; company: ReportCompany },
): Promise<RiskReport> {
  const { to } = asked;
  const query: ReportQuery = { ...asked, by: 'customer', from: addMonths(to, -12) };
  const most = { order: 'open', limit: LOOKED_AT, company } as const;
  const year = await readMeasures(ctx, query, {
    ...most,
    sources: ['standing', 'due', 'holds'],
    firstOnly: ['due', 'holds'],
    measures: OF_YEAR,
  });
  const keys = year.lines.map(({ key }) => key);
  const lately = await readLately(ctx, query, keys);
  const judged = year.lines.map((line) => {
    return { line, risks: risksOf(line, lately.get(line.key) ?? noMeasures()) };
  });
  const calm = judged.reduce((total, { line, risks }) => total + (risks.length > 0 ? 0n : line.open), 0n);
  const risky = judged
    .filter(({ line, risks }) => risks.length > 0 && line.open > 0n)
    .toSorted(
      (a, b) => Number(b.line.open) * riskWeight(b.risks) - Number(a.line.open) * riskWeight(a.risks),
    );
  const sum = (pick: (line: (typeof risky)[number]['line']) => bigint) =>
    risky.reduce((total, { line }) => total + pick(line), 0n);
  return {
    lines: risky.slice(0, limit).map(({ line, risks }) => {
      return { key: line.key, name: line.name, open: line.open, overdue: line.overdue, risks };
    }),
    count: risky.length,
    open: sum((line) => line.open),
    overdue: sum((line) => line.overdue),
    others: calm + (year.others?.open ?? 0n),
    all: year.total.open,
  };
}

const LATELY_DAYS = 90;
type Lately = Pick<Measures, 'settled' | 'lateDays' | 'lateAmount'>;

/** How late what these customers settled in the last months was. */
async function readLately(
  ctx: ReadCtx,
  query: ReportQuery,
  keys: readonly string[],
): Promise<Map<string, Lately>> {
  const theirs = Prisma.sql`${rowsInScope(ctx, query)} AND i.customer_id = ANY(${[...keys]}::uuid[])`;
  const rows = await queryWide<Lately & { key: string }>(
    ctx.db,
    Prisma.sql`${PLANNED_ANEW}
      SELECT s.customer_id::text AS key, COUNT(*) AS settled,
        SUM(GREATEST(0, s.last_on - s.effective_due) * s.amount)::bigint AS "lateDays", SUM(s.amount)::bigint AS "lateAmount"
      FROM ${settledSql(addDays(query.to, -LATELY_DAYS), query.to, theirs)} s GROUP BY 1`,
  );
  return new Map(rows.map((row) => [row.key, row]));
}

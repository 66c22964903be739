// Customers at risk, those first whose open money and reasons weigh most; within the reader's scope and one currency.
import type { ReadCtx } from '../../ctx.js';
import { addDays, addMonths } from '../local-date.js';
import { noMeasures } from './measures.js';
import { readMeasures, readMeasuresOf } from './measures.queries.js';
import type { ReportQuery } from './report.js';
import { type Risk, risksOf, riskWeight } from './risks.js';

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
}

/** So many customers are looked at: those with the most open. */
const LOOKED_AT = 2000;

/** At most `limit` lines; counts and sums are of all customers at risk. */
export async function readRisks(
  ctx: ReadCtx,
  asked: ReportQuery,
  { limit, zone }: { limit: number; zone: string },
): Promise<RiskReport> {
  const { to } = asked;
  const query: ReportQuery = { ...asked, by: 'customer', from: addMonths(to, -12) };
  const most = { order: 'open', limit: LOOKED_AT, zone } as const;
  const year = await readMeasures(ctx, query, { ...most, sources: ['standing', 'due', 'holds'] });
  const keys = year.lines.map(({ key }) => key);
  const last = { ...query, from: addDays(to, -90) };
  const recent = await readMeasuresOf(ctx, last, keys, { sources: ['due'], zone });
  const lately = new Map(recent.map((line) => [line.key, line]));
  const risky = year.lines
    .map((line) => ({ line, risks: risksOf(line, lately.get(line.key) ?? noMeasures()) }))
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
  };
}

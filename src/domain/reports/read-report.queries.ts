// Any report from its query: what windows, messages and files are drawn from.
import type { ReadCtx } from '../../ctx.js';
import { authorize } from '../access.js';
import { type Aging, readAging, readLongAging } from './aging.queries.js';
import { type Forecast, readForecast } from './forecast.queries.js';
import type { Measure } from './measures.js';
import { type Measured, readLongMeasures, readMeasures } from './measures.queries.js';
import { readTrend, type Trend } from './months.queries.js';
import {
  type DetailRow,
  type ReceiptDetail,
  readLongDetail,
  readReceiptDetail,
} from './receipt-detail.queries.js';
import { type ReportCompany, type ReportKind, type ReportQuery, reportAction } from './report.js';
import { type RiskReport, readRisks } from './risks.queries.js';
import type { Source } from './sources.queries.js';

export type MeasuredKind = Exclude<ReportKind, 'aging' | 'receipts' | 'trend' | 'forecast' | 'risks'>;
export type ReportData =
  | { readonly kind: 'aging'; readonly aging: Aging }
  | { readonly kind: MeasuredKind; readonly measured: Measured }
  | { readonly kind: 'receipts'; readonly detail: ReceiptDetail }
  | ({ readonly kind: 'trend' } & Trend)
  | { readonly kind: 'forecast'; readonly forecast: Forecast }
  | { readonly kind: 'risks'; readonly risks: RiskReport };

/** What each report about groups reads, and which groups come first: those that its reader decides about. */
const MEASURED: {
  readonly [K in MeasuredKind]: {
    readonly sources: readonly Source[];
    /** All that is told of it: in its table, chart, words and check, and what can be looked into. */
    readonly measures: readonly Measure[];
    readonly order: Measure;
  };
} = {
  progress: {
    sources: ['contracts', 'due', 'standing'],
    measures: ['contracted', 'collected', 'due', 'duePaid', 'received', 'open', 'overdue', 'current'],
    order: 'open',
  },
  debts: {
    sources: ['standing', 'credit', 'holds'],
    measures: ['open', 'overdue', 'current', 'oldest', 'retention', 'disputed', 'promised', 'credit'],
    order: 'open',
  },
  overdue: {
    sources: ['standing', 'holds'],
    measures: [
      ...(['open', 'overdue', 'current', 'overdueCount', 'overdueDays', 'oldest'] as const),
      ...(['disputed', 'promised', 'broken', 'silent'] as const),
    ],
    order: 'overdue',
  },
  habits: {
    sources: ['due', 'promises', 'standing'],
    measures: [
      ...(['due', 'duePaid', 'judged', 'onTime', 'settled', 'lateDays', 'lateAmount'] as const),
      ...(['promisesDue', 'promisesKept', 'open', 'overdue', 'current'] as const),
    ],
    order: 'lateDays',
  },
  performance: {
    sources: ['due', 'standing', 'promises', 'follow_ups'],
    measures: [
      ...(['due', 'duePaid', 'received', 'judged', 'onTime', 'lateDays', 'lateAmount'] as const),
      ...(['open', 'overdue', 'current', 'promisesDue', 'promisesKept', 'followUps'] as const),
    ],
    order: 'due',
  },
};

/** Rows of a report that a message shows; the rest is one line (ux §4.11). */
export const SHOWN_ROWS = 15;
/** In a window, which turns pages of them: with the last lines a table of at most 100. */
export const WINDOW_ROWS = 90;

/** @throws DomainError role.missing, access.denied */
export async function readReport(
  ctx: ReadCtx,
  query: ReportQuery,
  { limit = SHOWN_ROWS, company }: { limit?: number; company: ReportCompany },
): Promise<ReportData> {
  const { kind } = query;
  authorize(ctx.actor, reportAction(kind));
  if (kind === 'aging') return { kind, aging: await readAging(ctx, query, limit) };
  if (kind === 'receipts') return { kind, detail: await readReceiptDetail(ctx, query, limit) };
  if (kind === 'forecast') return { kind, forecast: await readForecast(ctx, query, company.timezone) };
  if (kind === 'risks') return { kind, risks: await readRisks(ctx, query, { limit, company }) };
  if (kind === 'trend') return { kind, ...(await readTrend(ctx, query)) };
  return { kind, measured: await readMeasures(ctx, query, { ...MEASURED[kind], limit, company }) };
}

/** A report in parts of some lines each, which drawn one after another are its rows; and what stands below all of them. */
export interface LongReport {
  readonly parts: () => Iterable<ReportData>;
  readonly rest: ReportData;
}

/** For a file: very many lines, which are not held as objects all at once. @throws as readReport */
export async function readLongReport(
  ctx: ReadCtx,
  query: ReportQuery,
  setting: { limit: number; company: ReportCompany },
): Promise<LongReport> {
  const { kind } = query;
  const { limit } = setting;
  authorize(ctx.actor, reportAction(kind));
  if (kind === 'aging') {
    const { rest, parts } = await readLongAging(ctx, query, limit);
    return inParts(parts, (lines) => ({ kind, aging: { ...rest, lines } }));
  }
  if (kind === 'receipts') {
    const { rest, parts } = await readLongDetail(ctx, query, limit);
    const of = (rows: DetailRow[]) => ({ kind, detail: { ...rest, rows, count: rest.count + rows.length } });
    return inParts(parts, of);
  }
  if (kind === 'trend' || kind === 'forecast' || kind === 'risks') {
    const rest = await readReport(ctx, query, setting);
    return { parts: () => [rest], rest };
  }
  const { rest, parts } = await readLongMeasures(ctx, query, { ...MEASURED[kind], ...setting });
  return inParts(parts, (lines) => ({ kind, measured: { ...rest, lines } }));
}

function inParts<Line>(lines: () => Iterable<Line[]>, of: (lines: Line[]) => ReportData): LongReport {
  const parts = function* () {
    for (const part of lines()) yield of(part);
  };
  return { parts, rest: of([]) };
}

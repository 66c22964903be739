// What reports there are and what each can be asked: as data, so that buttons, exports and jobs carry the same. Pure.
import { z } from 'zod';
import type { Action } from '../access.js';
import { addDays, addMonths, diffDays, isLocalDate, type LocalDate, localDate } from '../local-date.js';
import type { SmallAmounts } from '../settings/small-amounts.js';

export const REPORT_KINDS = [
  'aging',
  'progress',
  'debts',
  'receipts',
  'overdue',
  'trend',
  'forecast',
  'risks',
  'habits',
  'performance',
] as const;
export type ReportKind = (typeof REPORT_KINDS)[number];

/** What the rows of a report stand for. */
export const GROUPS = ['customer', 'contract', 'rep', 'department', 'type'] as const;
export type Group = (typeof GROUPS)[number];

/** Which day counts: the date as it stands, postponed or not, or the one first agreed (rules §3, §9). */
export const DUE_BASES = ['effective', 'original'] as const;
export type DueBasis = (typeof DUE_BASES)[number];

/** Buckets of rules §9 by days since the due day: bounds inclusive. */
export const BUCKETS = ['not_due', 'd30', 'd60', 'd90', 'd180', 'older', 'undated'] as const;
export type Bucket = (typeof BUCKETS)[number];
/** The last day overdue of each bucket. */
const LAST_DAY = { d30: 30, d60: 60, d90: 90, d180: 180 } as const;

/** What reports ask of the company: in which zone a moment is a day, and what is too little to count. */
export type ReportCompany = SmallAmounts & { readonly timezone: string };

const day = z.string().refine((text): text is LocalDate => isLocalDate(text));
/** Of a type or a method, as the settings name them. */
const key = z.string().regex(/^[a-z0-9_]{1,40}$/);

/** What a report is narrowed to; never more than the reader's scope, whatever it names. */
const filters = {
  customerId: z.uuid().optional(),
  contractId: z.uuid().optional(),
  ownerId: z.uuid().optional(),
  /** With the departments below it. */
  departmentId: z.uuid().optional(),
  type: key.optional(),
  method: key.optional(),
};
export type ReportFilter = keyof typeof filters;

/** A report as it was asked. */
export const reportQuery = z.object({
  kind: z.enum(REPORT_KINDS),
  /** As of the end of this day; the end of the period, which begins with `from`. */
  to: day,
  from: day,
  by: z.enum(GROUPS),
  due: z.enum(DUE_BASES),
  currency: z.string().regex(/^[A-Z]{3}$/),
  ...filters,
});
export type ReportQuery = z.infer<typeof reportQuery>;

/** A report as it is asked without a wish. */
export const defaultQuery = (kind: ReportKind, today: LocalDate, currency: string): ReportQuery => ({
  kind,
  ...periodOf(kind === 'trend' || kind === 'habits' ? 'months12' : 'month', today),
  by: kind === 'performance' ? 'rep' : kind === 'progress' ? 'contract' : 'customer',
  due: 'effective',
  currency,
});

/** Periods that a report offers: until today, but for the last month. */
export const PERIODS = ['month', 'last_month', 'quarter', 'year', 'months12'] as const;
export type Period = (typeof PERIODS)[number];

/** First and last day of a period. */
export function periodOf(period: Period, today: LocalDate): { from: LocalDate; to: LocalDate } {
  const month = localDate(`${today.slice(0, 7)}-01`);
  switch (period) {
    case 'month':
      return { from: month, to: today };
    case 'last_month':
      return { from: addMonths(month, -1), to: addDays(month, -1) };
    case 'quarter':
      return { from: addMonths(month, -((Number(today.slice(5, 7)) - 1) % 3)), to: today };
    case 'year':
      return { from: localDate(`${today.slice(0, 4)}-01-01`), to: today };
    case 'months12':
      return { from: addMonths(month, -11), to: today };
  }
}

/** What one must be allowed to do to see it. */
export const reportAction = (kind: ReportKind): Action =>
  kind === 'performance' ? 'report.performance' : 'record.see';

/** Reports of a period; the others are of a day. */
export const isOfPeriod = (kind: ReportKind): boolean =>
  !['aging', 'debts', 'forecast', 'risks'].includes(kind);
/** Reports whose rows stand for groups; the others have rows of their own. */
export const isGrouped = (kind: ReportKind): boolean =>
  !['receipts', 'trend', 'forecast', 'risks'].includes(kind);

const COMMON = ['customerId', 'contractId', 'ownerId', 'departmentId', 'type'] as const;

/** What a report can be narrowed to: where it makes sense. */
export const filtersOf = (kind: ReportKind): readonly ReportFilter[] =>
  kind === 'receipts'
    ? [...COMMON, 'method']
    : kind === 'risks'
      ? COMMON.filter((one) => one !== 'contractId')
      : COMMON;

const ALL_FILTERS = Object.keys(filters) as ReportFilter[];

export const isNarrowed = (query: ReportQuery): boolean =>
  ALL_FILTERS.some((name) => query[name] !== undefined);

/** The same report of everything. */
export function unnarrowed({ kind, from, to, by, due, currency }: ReportQuery): ReportQuery {
  return { kind, from, to, by, due, currency };
}

/** Totals of a report that one can look into: buckets, what is open in some way, what fell due in the period. */
export const PARTS = [
  ...BUCKETS,
  'open',
  'overdue',
  'retention',
  'disputed',
  'broken',
  'silent',
  'due',
  'missing',
] as const;
export type Part = (typeof PARTS)[number];

/** What is looked into: a total, of one group or of all, due between two days or whenever. Short: 75 characters as JSON. */
export const reportPart = z.object({
  o: z.enum(PARTS),
  /** A group's key. */
  k: z.string().max(40).optional(),
  f: day.optional(),
  t: day.optional(),
});
export type ReportPart = z.infer<typeof reportPart>;

/** The totals that each report offers to look into, and which one a group of it is. */
const LOOKED_INTO: {
  readonly [K in ReportKind]?: { readonly totals: readonly Part[]; readonly group: Part };
} = {
  aging: { totals: BUCKETS, group: 'open' },
  progress: { totals: ['due', 'missing', 'open', 'overdue'], group: 'due' },
  debts: { totals: ['open', 'overdue', 'retention', 'disputed'], group: 'open' },
  overdue: { totals: ['overdue', 'disputed', 'broken', 'silent'], group: 'overdue' },
  habits: { totals: ['due', 'missing', 'overdue'], group: 'due' },
  performance: { totals: ['due', 'missing', 'overdue'], group: 'due' },
  risks: { totals: [], group: 'open' },
};
export const partsOf = (kind: ReportKind) => LOOKED_INTO[kind] ?? { totals: [], group: 'open' as const };

/** The bucket of what is due on a day, as of another. */
export function bucketOf(due: LocalDate | null, asOf: LocalDate): Bucket {
  if (due === null) return 'undated';
  const days = diffDays(asOf, due);
  if (days <= 0) return 'not_due';
  const found = (Object.keys(LAST_DAY) as (keyof typeof LAST_DAY)[]).find((one) => days <= LAST_DAY[one]);
  return found ?? 'older';
}

/** The first and last due day of a bucket as of a day; null: no end. Undated has no days. */
export function bucketDays(
  bucket: Exclude<Bucket, 'undated'>,
  asOf: LocalDate,
): { from: LocalDate | null; to: LocalDate | null } {
  switch (bucket) {
    case 'not_due':
      return { from: asOf, to: null };
    case 'd30':
      return { from: addDays(asOf, -30), to: addDays(asOf, -1) };
    case 'd60':
      return { from: addDays(asOf, -60), to: addDays(asOf, -31) };
    case 'd90':
      return { from: addDays(asOf, -90), to: addDays(asOf, -61) };
    case 'd180':
      return { from: addDays(asOf, -180), to: addDays(asOf, -91) };
    case 'older':
      return { from: null, to: addDays(asOf, -181) };
  }
}

// The measures of reports about a period, and the KPIs made of them (rules §9): each with its formula's two sides, so that
// a person sees what was divided by what. Pure. A division by nothing is none, never 0 %.
import type { Part } from './report.js';

export const MEASURES = [
  /** At the end: outstanding, and of it what is overdue, retention, or not yet due; Σ days × amount of what is overdue. */
  'open',
  'openCount',
  'overdue',
  'overdueCount',
  'overdueDays',
  'retention',
  'current',
  /** Days of the longest overdue row. */
  'oldest',
  /** Fallen due in the period, and of it what had been paid at its end. */
  'due',
  'duePaid',
  'dueCount',
  'retentionDue',
  'retentionPaid',
  /** Rows that fell due or were settled in the period, and of these settled on or before their due date. */
  'judged',
  'onTime',
  /** Settled in the period: rows, Σ days late × amount, Σ amount. */
  'settled',
  'lateDays',
  'lateAmount',
  /** Money applied in the period. */
  'received',
  /** Of contracts: their amounts, and what was paid on them until the end. */
  'contracted',
  'collected',
  'credit',
  /** Now: disputed and promised amounts, promises not kept, overdue rows without a follow-up for 7 days. */
  'disputed',
  'promised',
  'broken',
  'silent',
  /** Promises whose day fell in the period, and of these kept. */
  'promisesDue',
  'promisesKept',
  'followUps',
] as const;
export type Measure = (typeof MEASURES)[number];
export type Measures = { [M in Measure]: bigint };

/** The largest counts, not the sum. */
export const MAXIMA: readonly Measure[] = ['oldest'];

/** What measures say of a part of a report; of buckets they say nothing. */
const PART_SUMS: { readonly [P in Part]?: (measures: Measures) => bigint } = {
  open: ({ open }) => open,
  overdue: ({ overdue }) => overdue,
  retention: ({ retention }) => retention,
  disputed: ({ disputed }) => disputed,
  broken: ({ broken }) => broken,
  silent: ({ silent }) => silent,
  due: ({ due }) => due,
  missing: ({ due, duePaid }) => due - duePaid,
};
/** The amount or count behind a part; 0 where there is nothing to look into. */
export const sumOfPart = (measures: Measures, part: Part): bigint => PART_SUMS[part]?.(measures) ?? 0n;

/** Every measure at 0. */
export const noMeasures = (): Measures => Object.fromEntries(MEASURES.map((name) => [name, 0n])) as Measures;

export const KPIS = [
  'collection_rate',
  'cumulative_rate',
  'on_time_rate',
  'overdue_rate',
  'overdue_count_rate',
  'dso',
  'best_dso',
  'average_delinquent_days',
  'cei',
  'average_days_late',
  'retention_recovery',
  'promise_kept_rate',
  'reminder_effect',
] as const;
export type KpiName = (typeof KPIS)[number];

/** `part` ÷ `whole`: as a share, or × `times` as days. */
export interface Kpi {
  readonly name: KpiName;
  readonly unit: 'share' | 'days';
  readonly part: bigint;
  readonly whole: bigint;
  readonly times: number;
  /** Whether both sides are amounts of money; else they are counts, or money × days. */
  readonly sides: 'money' | 'count' | 'money_days';
}

/** Rows that steps reminded of, and those of them paid within seven days. */
export interface Effect {
  readonly reminded: bigint;
  readonly paid: bigint;
}

/** What the KPIs are made of beside the measures of their period. */
export interface KpiFacts {
  /** Days of the period. */
  readonly days: number;
  /** Outstanding on the day before it. */
  readonly begin: bigint;
  /** Of what was settled in the twelve months until its end (rules §9): a month has too few payments to tell. */
  readonly year: Pick<Measures, 'lateDays' | 'lateAmount'>;
  /** Of all steps. */
  readonly effect: Effect;
}

/** All KPIs of a period. */
export function kpisOf(m: Measures, { days, begin, year, effect }: KpiFacts): Kpi[] {
  const share = (name: KpiName, part: bigint, whole: bigint, sides: Kpi['sides'] = 'money'): Kpi => ({
    name,
    unit: 'share',
    part,
    whole,
    times: 1,
    sides,
  });
  const inDays = (name: KpiName, part: bigint, times: number): Kpi => ({
    name,
    unit: 'days',
    part,
    whole: m.due,
    times,
    sides: 'money',
  });
  return [
    share('collection_rate', m.duePaid, m.due),
    share('cumulative_rate', m.collected, m.contracted),
    share('on_time_rate', m.onTime, m.judged, 'count'),
    share('overdue_rate', m.overdue, m.open),
    share('overdue_count_rate', m.overdueCount, m.openCount, 'count'),
    inDays('dso', m.open, days),
    inDays('best_dso', m.current, days),
    inDays('average_delinquent_days', m.open - m.current, days),
    share('cei', begin + m.due - m.open, begin + m.due - m.current),
    { ...share('average_days_late', year.lateDays, year.lateAmount, 'money_days'), unit: 'days' },
    share('retention_recovery', m.retentionPaid, m.retentionDue),
    share('promise_kept_rate', m.promisesKept, m.promisesDue, 'count'),
    share('reminder_effect', effect.paid, effect.reminded, 'count'),
  ];
}

/** A KPI's value; null where there is nothing to divide by: a base below 0, as of new contracts, is none. */
export function kpiValue({ part, whole, times }: Pick<Kpi, 'part' | 'whole' | 'times'>): number | null {
  if (whole <= 0n) return null;
  return (Number((part * 1_000_000n) / whole) / 1_000_000) * times;
}

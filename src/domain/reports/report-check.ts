// What the sums of each report are held against (rules §9): parts that are to be a whole which was summed by itself. Pure.
import type { Measures } from './measures.js';
import { BUCKETS, type Bucket } from './report.js';

/** What of a report is checked, whichever it is. */
type Checked =
  | {
      readonly aging: {
        readonly total: { readonly buckets: Readonly<Record<Bucket, bigint>>; readonly open: bigint };
      };
    }
  | {
      readonly detail: {
        readonly total: Readonly<Record<'amount' | 'takenBack' | 'applied' | 'credit', bigint>>;
      };
    }
  | { readonly months: readonly { readonly due: bigint }[]; readonly due: bigint }
  | {
      readonly forecast: Readonly<Record<'later' | 'undated' | 'open', bigint>> & {
        readonly weeks: readonly { readonly contract: bigint }[];
      };
    }
  | { readonly risks: Readonly<Record<'open' | 'others' | 'all', bigint>> }
  | { readonly measured: { readonly total: Pick<Measures, 'current' | 'overdue' | 'open'> } };

export interface SumCheck {
  readonly of: 'buckets' | 'overdue' | 'money' | 'months' | 'weeks' | 'risks';
  /** Minor units. */
  readonly parts: readonly bigint[];
  readonly whole: bigint;
}

const sum = (amounts: readonly bigint[]): bigint => amounts.reduce((total, one) => total + one, 0n);

/** Anything but 0 means that the report must not be used. */
export const differenceOf = ({ parts, whole }: SumCheck): bigint => sum(parts) - whole;

export function checkOf(data: Checked): SumCheck {
  if ('aging' in data) {
    const { buckets, open } = data.aging.total;
    return { of: 'buckets', parts: [sum(BUCKETS.map((bucket) => buckets[bucket]))], whole: open };
  }
  if ('detail' in data) {
    const { amount, takenBack, applied, credit } = data.detail.total;
    return { of: 'money', parts: [takenBack, applied, credit], whole: amount };
  }
  if ('months' in data)
    return { of: 'months', parts: [sum(data.months.map(({ due }) => due))], whole: data.due };
  if ('forecast' in data) {
    const { weeks, later, undated, open } = data.forecast;
    return { of: 'weeks', parts: [sum(weeks.map(({ contract }) => contract)), later, undated], whole: open };
  }
  if ('risks' in data) {
    const { open, others, all } = data.risks;
    return { of: 'risks', parts: [open, others], whole: all };
  }
  const { current, overdue, open } = data.measured.total;
  return { of: 'overdue', parts: [current, overdue], whole: open };
}

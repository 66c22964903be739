// Customers at risk (风险客户, F12): what in their behaviour says that money may not come, each as a reason. Pure.
import { kpiValue, type Measures } from './measures.js';

export const RISK_REASONS = ['old', 'heavy', 'slowing', 'broken', 'disputed', 'late'] as const;
export type RiskReason = (typeof RISK_REASONS)[number];

/** A reason with the number that it stands on: days, or a share in percent, or a count. */
export interface Risk {
  readonly reason: RiskReason;
  readonly value: number;
}

/** What speaks for a risk, and from which value on; a reason alone of weight 1 is none yet. */
const WEIGHT: Record<RiskReason, number> = { old: 3, heavy: 2, slowing: 2, broken: 2, disputed: 1, late: 1 };
const ENOUGH = 2;

const OLD_DAYS = 60;
const HEAVY_SHARE = 30;
const SLOWING_DAYS = 7;
const DISPUTED_SHARE = 20;
const LATE_SHARE = 50;
/** Fewer rows say nothing about a habit. */
const FEW = 3n;

/** Reasons of one customer: twelve months, and of them the last three; [] where they do not add up to a risk. */
export function risksOf(
  year: Measures,
  recent: Pick<Measures, 'lateDays' | 'lateAmount' | 'settled'>,
): Risk[] {
  const share = (part: bigint, whole: bigint) => (whole === 0n ? 0 : Number((part * 100n) / whole));
  /** As the columns beside it say a share: to one decimal. */
  const shown = (part: bigint, whole: bigint) =>
    whole === 0n ? 0 : Math.round((Number(part) / Number(whole)) * 1000) / 10;
  const late = (one: Pick<Measures, 'lateDays' | 'lateAmount'>) =>
    kpiValue({ part: one.lateDays, whole: one.lateAmount, times: 1 });
  const [now, usual] = [late(recent), late(year)];
  const slower = now === null || usual === null || recent.settled < FEW ? 0 : Math.round(now - usual);
  const candidates: (Risk & { holds: boolean })[] = [
    { reason: 'old', value: Number(year.oldest), holds: year.oldest >= BigInt(OLD_DAYS) },
    {
      reason: 'heavy',
      value: shown(year.overdue, year.open),
      holds: share(year.overdue, year.open) >= HEAVY_SHARE,
    },
    { reason: 'slowing', value: slower, holds: slower >= SLOWING_DAYS },
    { reason: 'broken', value: Number(year.broken), holds: year.broken > 0n },
    {
      reason: 'disputed',
      value: shown(year.disputed, year.open),
      holds: share(year.disputed, year.open) >= DISPUTED_SHARE,
    },
    {
      reason: 'late',
      value: shown(year.onTime, year.judged),
      holds: year.judged >= FEW && share(year.onTime, year.judged) < LATE_SHARE,
    },
  ];
  const held = candidates.filter(({ holds }) => holds).map(({ reason, value }) => ({ reason, value }));
  return riskWeight(held) >= ENOUGH ? held : [];
}

export const riskWeight = (risks: readonly Risk[]): number =>
  risks.reduce((sum, { reason }) => sum + WEIGHT[reason], 0);

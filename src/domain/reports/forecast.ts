// The forecast (F93, rules §11): what comes in, week by week, of what is open at the end of a day. Contract view: on the due
// date. Expected view: as late or early as the customer has paid, with what others did standing in where there are few facts,
// and later facts counting for more. Pure. Amounts are minor units; expected ones are rounded at the end.
import { addDays, diffDays, type LocalDate, weekday } from '../local-date.js';

export const FORECAST_WEEKS = 13;
/** A fact so many days old counts half: customers change. Chosen on the training years of a real ledger. */
const HALF_LIFE_DAYS = 45;
/** Everybody's facts count like so many of the customer's own. */
const COMPANY_WEIGHT = 3;
/** With fewer facts in the whole company a bucket's experience is added (rules §11). */
const ENOUGH_FACTS = 30;
/**
 * Standard deviations to each side that hold four of five weeks. 1.28 would, were items paid independently of each other;
 * a customer pays several at once and everybody's habits drift, so it is what held them in the training year of a real
 * ledger (Mondays of July 2012 to June 2013).
 */
const SPREAD = 1.46;

/** Payments on instalments: `delay` days after the due date (before it: below 0), `age` days ago. */
export interface DelayFact {
  readonly customerId: string;
  readonly delay: number;
  readonly age: number;
  /** How many such facts there are. */
  readonly count: number;
}

/** What was open at the end of the day. */
export interface OpenItem {
  readonly customerId: string;
  readonly due: LocalDate | null;
  readonly amount: bigint;
  readonly disputed: boolean;
  /** The customer's word: what is promised comes on that day. */
  readonly promisedOn: LocalDate | null;
  readonly promisedAmount: bigint | null;
}

export interface ForecastWeek {
  readonly from: LocalDate;
  readonly to: LocalDate;
  /** Contract view: due in the week; what is overdue already stands in the first. */
  readonly contract: bigint;
  readonly expected: bigint;
  /** Four of five weeks lie between them. */
  readonly low: bigint;
  readonly high: bigint;
}

/** Chance that it is ever paid, by days overdue, until the company has facts of its own (rules §11). */
function chanceByAge(daysLate: number): number {
  if (daysLate <= 0) return 0.97;
  if (daysLate <= 30) return 0.9;
  if (daysLate <= 60) return 0.75;
  if (daysLate <= 90) return 0.55;
  return daysLate <= 180 ? 0.35 : 0.15;
}

/** Delays beyond these days count as these. */
const EARLIEST = -400;
const LATEST = 1000;
const clamp = (days: number): number => Math.min(LATEST, Math.max(EARLIEST, days));

/** Weights by delay, and their running sum: how much lies between two delays. */
class Delays {
  private readonly weights = new Map<number, number>();
  private running: { readonly delays: number[]; readonly sums: number[] } | null = null;
  facts = 0;

  add({ delay, age, count }: DelayFact): void {
    const at = clamp(delay);
    this.facts += count;
    this.weights.set(at, (this.weights.get(at) ?? 0) + count * 0.5 ** (Math.max(0, age) / HALF_LIFE_DAYS));
    this.running = null;
  }

  /** Weight of delays from one to another, both included. */
  between(from: number, to: number): number {
    return from > to ? 0 : this.until(to) - this.until(from - 1);
  }

  /** Weight of delays up to this one. */
  private until(delay: number): number {
    this.running ??= this.run();
    const { delays, sums } = this.running;
    let [low, high] = [0, delays.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((delays[middle] ?? 0) <= delay) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : (sums[low - 1] ?? 0);
  }

  private run() {
    const delays = [...this.weights.keys()].toSorted((a, b) => a - b);
    let sum = 0;
    const sums = delays.map((delay) => {
      sum += this.weights.get(delay) ?? 0;
      return sum;
    });
    return { delays, sums };
  }
}

const NEVER = LATEST;

/** Monday to Sunday; the first week is what is left of the one that the next day lies in. */
export function forecastWeeks(asOf: LocalDate): { from: LocalDate; to: LocalDate }[] {
  const first = addDays(asOf, 1);
  const sunday = addDays(first, 7 - weekday(first));
  return Array.from({ length: FORECAST_WEEKS }, (_, n) => ({
    from: n === 0 ? first : addDays(sunday, 7 * (n - 1) + 1),
    to: addDays(sunday, 7 * n),
  }));
}

/** Thirteen weeks from the day after `asOf`. What is paid never comes before tomorrow. */
export function forecast(
  items: readonly OpenItem[],
  facts: readonly DelayFact[],
  asOf: LocalDate,
): ForecastWeek[] {
  const company = new Delays();
  const own = new Map<string, Delays>();
  for (const fact of facts) {
    company.add(fact);
    const mine = own.get(fact.customerId) ?? new Delays();
    mine.add(fact);
    own.set(fact.customerId, mine);
  }
  const weeks = forecastWeeks(asOf).map((week) => ({ ...week, contract: 0n, expected: 0, variance: 0 }));
  for (const item of items) {
    const { due } = item;
    if (due !== null) {
      const week = weeks.find(({ to }) => due <= to);
      if (week) week.contract += item.amount;
    }
    for (const [index, share] of shares(item, own.get(item.customerId), company, asOf, weeks).entries()) {
      const week = weeks[index];
      if (!week || share.chance === 0) continue;
      week.expected += share.amount * share.chance;
      week.variance += share.amount ** 2 * share.chance * (1 - share.chance);
    }
  }
  return weeks.map(({ from, to, contract, expected, variance }) => {
    const spread = SPREAD * Math.sqrt(variance);
    const whole = (amount: number) => BigInt(Math.round(Math.max(0, amount)));
    return {
      from,
      to,
      contract,
      expected: whole(expected),
      low: whole(expected - spread),
      high: whole(expected + spread),
    };
  });
}

/** Chance and amount of an item in each week. */
function shares(
  item: OpenItem,
  own: Delays | undefined,
  company: Delays,
  asOf: LocalDate,
  weeks: readonly { from: LocalDate; to: LocalDate }[],
): { amount: number; chance: number }[] {
  const none = weeks.map(() => ({ amount: 0, chance: 0 }));
  if (item.disputed) return none;
  const age = item.due === null ? 0 : diffDays(asOf, item.due);
  if (item.promisedOn !== null && item.promisedOn > asOf) {
    const promised = item.promisedOn;
    const amount = Number(item.promisedAmount ?? item.amount);
    const chance = chanceByAge(age);
    return weeks.map(({ from, to }) =>
      from <= promised && promised <= to ? { amount, chance } : { amount: 0, chance: 0 },
    );
  }
  if (item.due === null) return none;
  const { due } = item;
  const later = company.between(age + 1, NEVER);
  const mine = own?.between(age + 1, NEVER) ?? 0;
  // Nobody has ever paid so late: what is known is only how seldom it happens.
  const ever = company.facts < ENOUGH_FACTS || later === 0 ? chanceByAge(age) : 1;
  const amount = Number(item.amount);
  if (later === 0) return weeks.map(() => ({ amount, chance: ever / (2 * FORECAST_WEEKS) }));
  return weeks.map(({ from, to }) => {
    const [first, last] = [Math.max(age + 1, diffDays(from, due)), diffDays(to, due)];
    if (last < first) return { amount: 0, chance: 0 };
    const others = (COMPANY_WEIGHT * company.between(first, last)) / later;
    return { amount, chance: (ever * ((own?.between(first, last) ?? 0) + others)) / (mine + COMPANY_WEIGHT) };
  });
}

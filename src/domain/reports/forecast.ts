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
export type Fact = Omit<DelayFact, 'customerId'>;

/** What was open at the end of the day. */
export interface OpenItem {
  readonly customerId: string;
  readonly due: LocalDate | null;
  readonly amount: bigint;
  readonly disputed: boolean;
  /** The customer's word: what is promised comes on that day, the rest as ever. */
  readonly promisedOn: LocalDate | null;
  readonly promisedAmount: bigint | null;
}
export type Item = Omit<OpenItem, 'customerId'>;

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
const weightOf = ({ age, count }: Fact): number => count * 0.5 ** (Math.max(0, age) / HALF_LIFE_DAYS);

/** Monday to Sunday; the first week is what is left of the one that the next day lies in. */
export function forecastWeeks(asOf: LocalDate): { from: LocalDate; to: LocalDate }[] {
  const first = addDays(asOf, 1);
  const sunday = addDays(first, 7 - weekday(first));
  return Array.from({ length: FORECAST_WEEKS }, (_, n) => ({
    from: n === 0 ? first : addDays(sunday, 7 * (n - 1) + 1),
    to: addDays(sunday, 7 * n),
  }));
}

/** How much lies in each week, and in all that is later than now. */
interface Spread {
  readonly weeks: readonly number[];
  readonly later: number;
}

/**
 * Thirteen weeks from the day after `asOf`, customer by customer: what all have done is told at the beginning. What is
 * paid never comes before tomorrow.
 */
export class Forecaster {
  private readonly weeks;
  /** Days of the first week: it may be short. */
  private readonly firstDays: number;
  /** Everybody's weights by delay. */
  private readonly delays = new Map<number, number>();
  private facts = 0;
  /** Everybody's spread of what is so many days late: the same for all items of a day. */
  private readonly spreads = new Map<number, Spread>();
  /** Days from now: a large company has hundreds of thousands of items on a few hundred days. */
  private readonly ahead = new Map<LocalDate, number>();

  constructor(
    private readonly asOf: LocalDate,
    everybody: Iterable<Fact>,
  ) {
    this.weeks = forecastWeeks(asOf).map((week) => ({ ...week, contract: 0n, expected: 0, variance: 0 }));
    this.firstDays = diffDays(this.weeks[0]?.to ?? asOf, asOf);
    for (const fact of everybody) {
      const delay = clamp(fact.delay);
      this.facts += fact.count;
      this.delays.set(delay, (this.delays.get(delay) ?? 0) + weightOf(fact));
    }
  }

  /** All that is open of a customer, and what that customer has done. */
  add(items: readonly Item[], facts: readonly Fact[]): void {
    const own = facts.map((fact) => [clamp(fact.delay), weightOf(fact)] as const);
    for (const item of items) {
      const { due, amount, promisedOn } = item;
      const week = due === null ? undefined : this.weeks[this.weekOf(this.daysTo(due))];
      if (week) week.contract += amount;
      if (item.disputed) continue;
      if (promisedOn === null || promisedOn <= this.asOf) this.expect(due, amount, own);
      else {
        const word = item.promisedAmount ?? amount;
        const promised = word < amount ? word : amount;
        this.expectAt(this.weekOf(this.daysTo(promisedOn)), promised, chanceByAge(this.ageOf(due)));
        this.expect(due, amount - promised, own);
      }
    }
  }

  result(): ForecastWeek[] {
    const whole = (amount: number) => BigInt(Math.round(Math.max(0, amount)));
    return this.weeks.map(({ from, to, contract, expected, variance }) => {
      const spread = SPREAD * Math.sqrt(variance);
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

  private ageOf(due: LocalDate | null): number {
    return due === null ? 0 : -this.daysTo(due);
  }

  private daysTo(day: LocalDate): number {
    const known = this.ahead.get(day);
    if (known !== undefined) return known;
    const days = diffDays(day, this.asOf);
    this.ahead.set(day, days);
    return days;
  }

  /** The week so many days ahead; what is past belongs to the first. */
  private weekOf(days: number): number {
    return days <= this.firstDays ? 0 : 1 + Math.floor((days - this.firstDays - 1) / 7);
  }

  private expectAt(index: number, amount: bigint, chance: number): void {
    const week = this.weeks[index];
    if (!week || chance === 0) return;
    week.expected += Number(amount) * chance;
    week.variance += Number(amount) ** 2 * chance * (1 - chance);
  }

  /** As late as the customer pays, everybody standing in where little is known. */
  private expect(due: LocalDate | null, amount: bigint, own: readonly (readonly [number, number])[]): void {
    if (due === null || amount === 0n) return;
    const age = this.ageOf(due);
    const all = this.spreadOf(age);
    // Nobody has ever paid so late: what is known is only how seldom it happens.
    const ever = this.facts < ENOUGH_FACTS || all.later === 0 ? chanceByAge(age) : 1;
    if (all.later === 0) {
      for (const index of this.weeks.keys()) this.expectAt(index, amount, ever / (2 * FORECAST_WEEKS));
      return;
    }
    const mine = spreadFrom(own, age, (days) => this.weekOf(days));
    for (const [index, weight] of mine.weeks.entries()) {
      const others = (COMPANY_WEIGHT * (all.weeks[index] ?? 0)) / all.later;
      this.expectAt(index, amount, (ever * (weight + others)) / (mine.later + COMPANY_WEIGHT));
    }
  }

  private spreadOf(age: number): Spread {
    const known = this.spreads.get(age);
    if (known) return known;
    const spread = spreadFrom(this.delays, age, (days) => this.weekOf(days));
    this.spreads.set(age, spread);
    return spread;
  }
}

/** Of delays with their weights, those of what is so many days late already and not paid. */
function spreadFrom(
  delays: Iterable<readonly [number, number]>,
  age: number,
  weekOf: (days: number) => number,
): Spread {
  const weeks = Array.from({ length: FORECAST_WEEKS }, () => 0);
  let later = 0;
  for (const [delay, weight] of delays) {
    if (delay <= age) continue;
    later += weight;
    const index = weekOf(delay - age);
    if (index < FORECAST_WEEKS) weeks[index] = (weeks[index] ?? 0) + weight;
  }
  return { weeks, later };
}

/** The forecast of items and facts of all customers. */
export function forecast(
  items: readonly OpenItem[],
  facts: readonly DelayFact[],
  asOf: LocalDate,
): ForecastWeek[] {
  const all = new Forecaster(asOf, facts);
  const factsOf = byCustomer(facts);
  for (const [customerId, open] of byCustomer(items)) all.add(open, factsOf.get(customerId) ?? []);
  return all.result();
}

function byCustomer<T extends { readonly customerId: string }>(list: readonly T[]): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of list) {
    const mine = found.get(one.customerId);
    if (mine) mine.push(one);
    else found.set(one.customerId, [one]);
  }
  return found;
}

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
/** The same of one customer, its days counted from now: due below 0 is overdue. */
export interface Item {
  readonly due: number | null;
  readonly amount: bigint;
  readonly disputed: boolean;
  readonly promisedIn: number | null;
  readonly promised: bigint;
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

/**
 * What is so many days late, and what everybody's payments say of it: the same for all customers, so it is multiplied once,
 * at the end, with the sums of what is open. An item is expected in a week with the chance factor × (own + others).
 */
interface Late {
  /** Chance that it is ever paid. */
  readonly ever: number;
  /** Weight of everybody's facts in each week. */
  readonly others: readonly number[];
  /** Σ amount × factor, Σ amount² × factor, Σ amount² × factor². */
  sum: number;
  squares: number;
  variance: number;
}

/**
 * Thirteen weeks from the day after `asOf`, customer by customer: what all have done is told first. What is paid never comes
 * before tomorrow.
 */
export class Forecaster {
  private readonly weeks;
  /** Days of the first week: it may be short. */
  private readonly firstDays: number;
  private readonly contract: bigint[] = Array.from({ length: FORECAST_WEEKS }, () => 0n);
  private readonly expected = new Float64Array(FORECAST_WEEKS);
  private readonly variance = new Float64Array(FORECAST_WEEKS);
  /** Everybody's weights by delay. */
  private readonly delays = new Map<number, number>();
  private facts = 0;
  private readonly late = new Map<number, Late>();
  /** Of the item that is looked at: weight of the customer's own facts in each week. */
  private readonly own = new Float64Array(FORECAST_WEEKS);

  constructor(asOf: LocalDate) {
    this.weeks = forecastWeeks(asOf);
    this.firstDays = diffDays(this.weeks[0]?.to ?? asOf, asOf);
  }

  /** What some of all have done; nothing may have been added yet. */
  learn(facts: Iterable<Fact>): void {
    for (const fact of facts) {
      const delay = clamp(fact.delay);
      this.facts += fact.count;
      this.delays.set(delay, (this.delays.get(delay) ?? 0) + weightOf(fact));
    }
  }

  /** All that is open of a customer, and what that customer has done. */
  add(items: readonly Item[], facts: readonly Fact[]): void {
    const own = facts.map((fact) => [clamp(fact.delay), weightOf(fact)] as const);
    for (const { due, amount, disputed, promisedIn, promised } of items) {
      const week = due === null ? FORECAST_WEEKS : this.weekOf(due);
      if (week < FORECAST_WEEKS) this.contract[week] = (this.contract[week] ?? 0n) + amount;
      if (disputed) continue;
      const word = promisedIn === null || promisedIn <= 0 ? 0n : promised < amount ? promised : amount;
      if (promisedIn !== null && word > 0n)
        this.expectAt(this.weekOf(promisedIn), Number(word), chanceByAge(due === null ? 0 : -due));
      if (due !== null && amount > word) this.expect(-due, Number(amount - word), own);
    }
  }

  result(): ForecastWeek[] {
    for (const { others, sum, squares, variance } of this.late.values())
      for (const [week, weight] of others.entries()) {
        this.put(this.expected, week, sum * weight);
        this.put(this.variance, week, squares * weight - variance * weight ** 2);
      }
    this.late.clear();
    const whole = (amount: number) => BigInt(Math.round(Math.max(0, amount)));
    return this.weeks.map(({ from, to }, week) => {
      const expected = this.expected[week] ?? 0;
      const spread = SPREAD * Math.sqrt(Math.max(0, this.variance[week] ?? 0));
      return {
        from,
        to,
        contract: this.contract[week] ?? 0n,
        expected: whole(expected),
        low: whole(expected - spread),
        high: whole(expected + spread),
      };
    });
  }

  /** The week so many days ahead; what is past belongs to the first. */
  private weekOf(days: number): number {
    return days <= this.firstDays ? 0 : 1 + Math.floor((days - this.firstDays - 1) / 7);
  }

  private put(sums: Float64Array, week: number, amount: number): void {
    sums[week] = (sums[week] ?? 0) + amount;
  }

  private expectAt(week: number, amount: number, chance: number): void {
    if (week >= FORECAST_WEEKS) return;
    this.put(this.expected, week, amount * chance);
    this.put(this.variance, week, amount ** 2 * chance * (1 - chance));
  }

  /** As late as the customer pays, everybody standing in where little is known. */
  private expect(age: number, amount: number, own: readonly (readonly [number, number])[]): void {
    const late = this.lateBy(age);
    let weight = COMPANY_WEIGHT;
    let most = -1;
    for (const [delay, of] of own) {
      if (delay <= age) continue;
      weight += of;
      const week = this.weekOf(delay - age);
      if (week >= FORECAST_WEEKS) continue;
      this.put(this.own, week, of);
      if (week > most) most = week;
    }
    const factor = late.ever / weight;
    late.sum += amount * factor;
    late.squares += amount ** 2 * factor;
    late.variance += (amount * factor) ** 2;
    for (let week = 0; week <= most; week += 1) {
      const mine = this.own[week] ?? 0;
      if (mine === 0) continue;
      this.own[week] = 0;
      const chance = factor * mine;
      this.put(this.expected, week, amount * chance);
      this.put(
        this.variance,
        week,
        amount ** 2 * chance * (1 - chance - 2 * factor * (late.others[week] ?? 0)),
      );
    }
  }

  private lateBy(age: number): Late {
    const known = this.late.get(age);
    if (known) return known;
    const weeks = Array.from({ length: FORECAST_WEEKS }, () => 0);
    let later = 0;
    for (const [delay, weight] of this.delays) {
      if (delay <= age) continue;
      later += weight;
      const week = this.weekOf(delay - age);
      if (week < FORECAST_WEEKS) weeks[week] = (weeks[week] ?? 0) + weight;
    }
    // Nobody has ever paid so late: what is known is only how seldom it happens.
    const ever = this.facts < ENOUGH_FACTS || later === 0 ? chanceByAge(age) : 1;
    const others = weeks.map(
      (weight) => COMPANY_WEIGHT * (later === 0 ? 1 / (2 * FORECAST_WEEKS) : weight / later),
    );
    const late = { ever, others, sum: 0, squares: 0, variance: 0 };
    this.late.set(age, late);
    return late;
  }
}

/** The forecast of items and facts of all customers. */
export function forecast(
  items: readonly OpenItem[],
  facts: readonly DelayFact[],
  asOf: LocalDate,
): ForecastWeek[] {
  const all = new Forecaster(asOf);
  all.learn(facts);
  const factsOf = byCustomer(facts);
  const ahead = (day: LocalDate | null) => (day === null ? null : diffDays(day, asOf));
  for (const [customerId, open] of byCustomer(items)) {
    const counted = open.map(({ due, amount, disputed, promisedOn, promisedAmount }) => {
      return {
        due: ahead(due),
        amount,
        disputed,
        promisedIn: ahead(promisedOn),
        promised: promisedAmount ?? amount,
      };
    });
    all.add(counted, factsOf.get(customerId) ?? []);
  }
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

// How well the forecast does on a file of real invoices: made on the evening before every Monday from what was known then,
// compared with what came in, beside "everybody pays on the due date, and what is overdue today".
// `npm run forecast -- test/data/ibm-watson-accounts-receivable.csv`
import { argv } from 'node:process';
import { addDays, type LocalDate, localDate } from '../src/domain/local-date.js';
import { type DelayFact, forecast, type OpenItem } from '../src/domain/reports/forecast.js';
import { readInvoices } from './replay/invoices.js';

const daysBetween = (from: LocalDate, to: LocalDate): number =>
  (Date.parse(to) - Date.parse(from)) / 86_400_000;

/** In minor units; sums over all Mondays. */
export interface Evaluation {
  readonly mondays: number;
  /** Σ |forecast − received| of the expected view, and of the naive one, by week ahead from 1. */
  readonly error: readonly number[];
  readonly naive: readonly number[];
  /** Σ (forecast − received) of the first week, and Σ of what was open. */
  readonly bias: number;
  readonly open: number;
  /** Weeks whose receipts lay within the range, by week ahead from 1. */
  readonly inRange: readonly number[];
}

const WEEKS_AHEAD = 4;

/** Forecasts made for every week that begins within the days, from invoices settled before. */
export async function evaluateForecast(path: string, first: LocalDate, last: LocalDate): Promise<Evaluation> {
  const invoices = await readInvoices(path);
  const error = Array.from({ length: WEEKS_AHEAD }, () => 0);
  const naive = Array.from({ length: WEEKS_AHEAD }, () => 0);
  const inRange = Array.from({ length: WEEKS_AHEAD }, () => 0);
  let [mondays, bias, open] = [0, 0, 0];
  for (let monday = first; addDays(monday, 7 * WEEKS_AHEAD - 1) <= last; monday = addDays(monday, 7)) {
    const evening = addDays(monday, -1);
    const known = invoices.filter((one) => one.invoicedOn <= evening && one.settledOn > evening);
    const items = known.map(({ customer, dueOn, amount }): OpenItem => {
      return {
        customerId: customer,
        due: dueOn,
        amount,
        disputed: false,
        promisedOn: null,
        promisedAmount: null,
      };
    });
    const facts = invoices
      .filter((one) => one.settledOn <= evening)
      .map(({ customer, dueOn, settledOn }): DelayFact => {
        return {
          customerId: customer,
          delay: daysBetween(dueOn, settledOn),
          age: daysBetween(settledOn, evening),
          count: 1,
        };
      });
    for (const [week, { from, to, expected, contract, low, high }] of forecast(
      items,
      facts,
      evening,
    ).entries()) {
      if (week >= WEEKS_AHEAD) break;
      const received = known
        .filter((one) => one.settledOn >= from && one.settledOn <= to)
        .reduce((sum, one) => sum + one.amount, 0n);
      error[week] = (error[week] ?? 0) + Math.abs(Number(expected - received));
      naive[week] = (naive[week] ?? 0) + Math.abs(Number(contract - received));
      if (low <= received && received <= high) inRange[week] = (inRange[week] ?? 0) + 1;
      if (week > 0) continue;
      mondays += 1;
      bias += Number(expected - received);
      open += known.reduce((sum, one) => sum + Number(one.amount), 0);
    }
  }
  return { mondays, error, naive, bias, open, inRange };
}

/** The year before: what was chosen by it (the half-life, the range) is judged by the second half of 2013 alone. */
export const TRAINING_DAYS = [localDate('2012-07-02'), localDate('2013-06-30')] as const;
/** The second half of 2013; everything before it is what the forecast learnt from. */
export const TEST_DAYS = [localDate('2013-07-01'), localDate('2014-01-05')] as const;

const [, script, path] = argv;
if (script?.endsWith('evaluate-forecast.ts') && path !== undefined) {
  for (const [name, days] of [
    ['training year', TRAINING_DAYS],
    ['second half of 2013', TEST_DAYS],
  ] as const)
    report(name, await evaluateForecast(path, ...days));
}

function report(name: string, { mondays, error, naive, bias, open, inRange }: Evaluation): void {
  console.log(`${name}, ${mondays} Mondays`);
  const mean = (sum: number) => (sum / mondays / 100).toFixed(2);
  for (const [week, sum] of error.entries()) {
    const other = naive[week] ?? 0;
    console.log(
      `week ${week + 1}: mean error ${mean(sum)}, naive ${mean(other)}, ratio ${(sum / other).toFixed(2)}; ` +
        `${inRange[week] ?? 0} of ${mondays} within the range`,
    );
  }
  console.log(`bias of the first week ${((bias / open) * 100).toFixed(1)} % of open`);
}

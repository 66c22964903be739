// Money as integer minor units (分, cents) of one ISO 4217 currency.
// Never a float, never a sum over two currencies, never a rounding that loses or makes money.

/** An amount in minor units of its currency. */
export type Money = { readonly minor: bigint; readonly currency: string };

/** The largest amount accepted from people, in minor units: 9,999,999,999,999.99 (rules §14). */
export const MAX_MINOR = 999_999_999_999_999n;

const DEFAULT_EXPONENT = 2;
// ISO 4217, only what differs from two decimals.
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'.split(' ').map(withExponent(0)),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map(withExponent(3)),
  ...'CLF UYW'.split(' ').map(withExponent(4)),
]);

function withExponent(exponent: number): (currency: string) => [string, number] {
  return (currency) => [currency, exponent];
}

/** Makes a Money from minor units. @throws RangeError if the currency is not a three-letter code. */
export function money(minor: bigint, currency: string): Money {
  if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`not an ISO 4217 code: ${currency}`);
  return { minor, currency };
}

/** Adds two amounts. @throws RangeError on mixed currencies. */
export function add(a: Money, b: Money): Money {
  return { minor: a.minor + sameCurrency(a, b).minor, currency: a.currency };
}

/** Subtracts b from a; the result may be negative. @throws RangeError on mixed currencies. */
export function subtract(a: Money, b: Money): Money {
  return { minor: a.minor - sameCurrency(a, b).minor, currency: a.currency };
}

/** Sums a list; an empty list is zero of the given currency. @throws RangeError on mixed currencies. */
export function sum(list: readonly Money[], currency: string): Money {
  return list.reduce(add, money(0n, currency));
}

/** Sums one a currency, by its code: amounts of different currencies are never added. */
export function totals(list: readonly Money[]): Money[] {
  const currencies = [...new Set(list.map((one) => one.currency))].toSorted();
  return currencies.map((currency) =>
    sum(
      list.filter((one) => one.currency === currency),
      currency,
    ),
  );
}

/** Orders two amounts: negative if a < b, 0 if equal, positive if a > b. @throws RangeError on mixed currencies. */
export function compare(a: Money, b: Money): -1 | 0 | 1 {
  const other = sameCurrency(a, b).minor;
  if (a.minor === other) return 0;
  return a.minor < other ? -1 : 1;
}

/** Whether the amount is zero. */
export function isZero(amount: Money): boolean {
  return amount.minor === 0n;
}

/** The number of decimals of a currency by ISO 4217 (CNY 2, JPY 0, KWD 3). */
export function exponentOf(currency: string): number {
  return EXPONENTS.get(currency) ?? DEFAULT_EXPONENT;
}

/**
 * Splits a total over existing items by weight with the largest-remainder method (rules §4 no. 9):
 * the parts sum to the total, each is within one unit of its exact share, ties go to the earlier item.
 * @throws RangeError if total or a weight is negative, or no weight is positive.
 */
export function allocate(total: bigint, weights: readonly bigint[]): bigint[] {
  const weightSum = weights.reduce((whole, weight) => whole + weight, 0n);
  if (total < 0n || weights.some((weight) => weight < 0n)) throw new RangeError('cannot allocate below zero');
  if (weightSum === 0n) throw new RangeError('cannot allocate without a weight');
  const shares = weights.map((weight, index) => ({
    index,
    floor: (total * weight) / weightSum,
    remainder: (total * weight) % weightSum,
  }));
  const rest = total - shares.reduce((whole, share) => whole + share.floor, 0n);
  const byRemainder = shares.toSorted(
    (a, b) => Number(b.remainder > a.remainder) - Number(b.remainder < a.remainder),
  );
  const favoured = new Set(byRemainder.slice(0, Number(rest)).map((share) => share.index));
  return shares.map((share) => share.floor + (favoured.has(share.index) ? 1n : 0n));
}

/**
 * Splits a total into equal parts, each rounded down to the minor unit, the last taking the rest (rules §4 no. 9).
 * @throws RangeError if parts is not a positive integer or a part would be 0.
 */
export function splitEqually(total: bigint, parts: number): bigint[] {
  if (!Number.isSafeInteger(parts) || parts < 1) throw new RangeError(`not a number of parts: ${parts}`);
  const each = total / BigInt(parts);
  return withRemainderLast(
    total,
    Array.from({ length: parts - 1 }, () => each),
  );
}

/** Writes minor units as a plain decimal ("300000.00", "-0.05"), the form used in JSON and by Intl. */
export function toDecimalString(minor: bigint, currency: string): string {
  const exponent = exponentOf(currency);
  const sign = minor < 0n ? '-' : '';
  const digits = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, '0');
  if (exponent === 0) return sign + digits;
  return `${sign}${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`;
}

/** Reads a plain decimal into minor units; undefined if it is not one or has too many decimals. */
export function fromDecimalString(text: string, currency: string): bigint | undefined {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) return undefined;
  const [, sign = '', whole = '', fraction = ''] = match;
  const exponent = exponentOf(currency);
  if (fraction.length > exponent) return undefined;
  const minor = BigInt(whole + fraction.padEnd(exponent, '0'));
  return sign === '-' ? -minor : minor;
}

function withRemainderLast(total: bigint, lines: readonly bigint[]): bigint[] {
  const last = total - lines.reduce((whole, line) => whole + line, 0n);
  const all = [...lines, last];
  if (all.some((line) => line <= 0n)) throw new RangeError('a line would be 0');
  return all;
}

function sameCurrency(a: Money, b: Money): Money {
  if (a.currency !== b.currency) throw new RangeError(`mixed currencies: ${a.currency} and ${b.currency}`);
  return b;
}

// Reads an amount as people type it: 300000, 300,000.00, 30万, 1.5亿, ¥30万, full-width digits (spec/slack.md).
// What can be read two ways is never guessed: both readings come back and the person is asked.
import { exponentOf, MAX_MINOR, toDecimalString } from './money.js';
import { quoteInput } from './quote-input.js';

/** Minor units, or an error code of ux.md §5 with its values; amounts in them are plain decimals. */
export type ParsedAmount =
  | { ok: true; minor: bigint }
  | { ok: false; code: 'amount.unreadable'; params: { value: string } }
  | { ok: false; code: 'amount.ambiguous'; params: { value: string; a: string; b: string } }
  | { ok: false; code: 'amount.out_of_range'; params: { max: string; decimals: number } };

/** An exact decimal: digits × 10^-scale. */
type Decimal = { digits: bigint; scale: number };

const UNITS: ReadonlyMap<string, number> = new Map([
  ['百', 2],
  ['千', 3],
  ['k', 3],
  ['thousand', 3],
  ['万', 4],
  ['萬', 4],
  ['w', 4],
  ['百万', 6],
  ['m', 6],
  ['mn', 6],
  ['mio', 6],
  ['million', 6],
  ['千万', 7],
  ['亿', 8],
  ['億', 8],
  ['bn', 9],
  ['billion', 9],
]);
const UNIT_PATTERN = [...UNITS.keys()].toSorted((a, b) => b.length - a.length).join('|');
const PART = new RegExp(`^([\\d.,\\s]*\\d\\.?)\\s*(${UNIT_PATTERN})?\\s*`);

// Words that may stand around the number; another currency's word makes the text unreadable.
const CURRENCY_WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['CNY', ['rmb', 'cn¥', '¥', '人民币', '元整', '元正', '元', '圆整', '圆', '块钱', '块']],
  ['JPY', ['jp¥', '¥', '円', '日元']],
  ['USD', ['us$', '$', '美元', '美金']],
  ['EUR', ['€', '欧元']],
  ['GBP', ['£', '英镑']],
  ['HKD', ['hk$', '$', '港币', '港元']],
]);

const MAX_LENGTH = 64;

/** Whether nothing is meant, however it is written: 0, 0.00, ￥0. Where that says something, it is asked before. */
export function isZeroAmount(text: string, currency: string): boolean {
  const { body } = stripAffixes(text, currency);
  return /^0+([.,]0+)?$/.test(body);
}

/** Reads a positive amount of at most MAX_MINOR in the currency (rules §14). Never throws. */
export function parseAmount(text: string, currency: string): ParsedAmount {
  // As files write them: nothing in it can be read two ways.
  if (/^[1-9]\d{0,10}$/.test(text))
    return { ok: true, minor: BigInt(text) * 10n ** BigInt(exponentOf(currency)) };
  // A file has many amounts, nearly all of which can be read: what is said of another is made only for that one.
  const value = () => quoteInput(text);
  const { body, negative } = stripAffixes(text, currency);
  const readings = body.length > MAX_LENGTH ? [] : readCompound(body, exponentOf(currency));
  if (readings.length === 0) return { ok: false, code: 'amount.unreadable', params: { value: value() } };
  if (negative) return outOfRange(currency);
  const payable = readings
    .map((reading) => toMinor(reading, currency))
    .filter((minor) => minor !== undefined);
  const [first, second] = payable;
  if (first === undefined || payable.length < readings.length) return outOfRange(currency);
  if (second === undefined || first === second) return { ok: true, minor: first };
  const [a, b] = [toDecimalString(first, currency), toDecimalString(second, currency)];
  return { ok: false, code: 'amount.ambiguous', params: { value: value(), a, b } };
}

const outOfRange = (currency: string): ParsedAmount => ({
  ok: false,
  code: 'amount.out_of_range',
  params: { max: toDecimalString(MAX_MINOR, currency), decimals: exponentOf(currency) },
});

function stripAffixes(text: string, currency: string): { body: string; negative: boolean } {
  // NFKC turns full-width digits, letters and punctuation into plain ones.
  let body = text.normalize('NFKC').toLowerCase().replaceAll('−', '-').trim();
  let negative = false;
  const words = [...(CURRENCY_WORDS.get(currency) ?? []), currency.toLowerCase()];
  const strip = (found: string | undefined, rest: (word: string) => string) => {
    if (found !== undefined) body = rest(found).trim();
  };
  strip(
    words.find((word) => body.endsWith(word)),
    (word) => body.slice(0, -word.length),
  );
  // The sign stands before or after the currency: -¥300, ¥-300.
  for (let turn = 0; turn < 2; turn += 1) {
    if (!negative && body.startsWith('-')) {
      negative = true;
      body = body.slice(1).trim();
    }
    strip(turn === 0 ? words.find((word) => body.startsWith(word)) : undefined, (word) =>
      body.slice(word.length),
    );
  }
  return { body, negative };
}

// "1亿2000万", "3万5千", "30万5000": parts with falling units. "3万5" is 35,000 in speech and 30,005 in writing.
function readCompound(body: string, exponent: number): Decimal[] {
  let rest = body;
  let readings: Decimal[] = [];
  let lastUnit = Number.POSITIVE_INFINITY;
  while (rest !== '') {
    const match = PART.exec(rest);
    if (!match) return [];
    const [whole, number = '', unit] = match;
    const power = unit === undefined ? 0 : (UNITS.get(unit) ?? 0);
    const isFirst = readings.length === 0;
    const numbers = readNumber(number.trim(), unit === undefined ? exponent : undefined);
    if (numbers.length === 0 || power >= lastUnit || (!isFirst && numbers.length > 1)) return [];
    const powers = !isFirst && unit === undefined && /^[1-9]$/.test(number) ? [lastUnit - 1, 0] : [power];
    const terms = powers.flatMap((to) => numbers.map((decimal) => scaleUp(decimal, to)));
    if (!isFirst && terms.some((term) => term.digits >= 10n ** BigInt(lastUnit + term.scale))) return [];
    readings = isFirst ? terms : readings.flatMap((left) => terms.map((term) => addDecimals(left, term)));
    lastUnit = power;
    rest = rest.slice(whole.length);
  }
  return readings;
}

/**
 * The readings of one number. `exponent` is the currency's number of decimals, undefined before a unit such as 万,
 * where a point is always decimal (1.234万).
 */
function readNumber(text: string, exponent: number | undefined): Decimal[] {
  if (/^\d+\.?$/.test(text) || /^\d*\.\d+$/.test(text)) {
    const [whole = '', fraction = ''] = text.split('.');
    const decimal = decimalOf(whole, fraction);
    // 300.000 is three hundred, or three hundred thousand as written in Europe.
    const isGroup = exponent !== undefined && exponent < 3 && /^[1-9]\d{0,2}\.\d{3}$/.test(text);
    const isPayable = fraction.slice(exponent).replaceAll('0', '') === '';
    return isGroup && isPayable ? [decimal, decimalOf(whole + fraction, '')] : [decimal];
  }
  // 300,000.00 and 300 000.00; 300.000,00 and 1.234.567 can only be the other custom.
  if (/^[1-9]\d{0,2}(,\d{3})+(\.\d*)?$/.test(text) || /^[1-9]\d{0,2}(\s\d{3})+(\.\d*)?$/.test(text)) {
    const [whole = '', fraction = ''] = text.replaceAll(/[,\s]/g, '').split('.');
    return [decimalOf(whole, fraction)];
  }
  if (/^[1-9]\d{0,2}(\.\d{3})+,\d{1,2}$/.test(text) || /^[1-9]\d{0,2}(\.\d{3}){2,}$/.test(text)) {
    const [whole = '', fraction = ''] = text.replaceAll('.', '').split(',');
    return [decimalOf(whole, fraction)];
  }
  // 3,5 is three and a half, or 35 with a slip.
  const [, whole, fraction] = /^(\d+),(\d{1,2})$/.exec(text) ?? [];
  if (whole !== undefined && fraction !== undefined && (exponent ?? 2) >= fraction.length) {
    return [decimalOf(whole, fraction), decimalOf(whole + fraction, '')];
  }
  return [];
}

function decimalOf(whole: string, fraction: string): Decimal {
  return { digits: BigInt(whole + fraction), scale: fraction.length };
}

function scaleUp({ digits, scale }: Decimal, power: number): Decimal {
  if (scale >= power) return { digits, scale: scale - power };
  return { digits: digits * 10n ** BigInt(power - scale), scale: 0 };
}

function addDecimals(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale);
  const aligned = ({ digits, scale: own }: Decimal) => digits * 10n ** BigInt(scale - own);
  return { digits: aligned(a) + aligned(b), scale };
}

function trimZeros({ digits, scale }: Decimal): Decimal {
  return scale > 0 && digits % 10n === 0n
    ? trimZeros({ digits: digits / 10n, scale: scale - 1 })
    : { digits, scale };
}

function toMinor(reading: Decimal, currency: string): bigint | undefined {
  const { digits, scale } = trimZeros(reading);
  const exponent = exponentOf(currency);
  if (scale > exponent) return undefined;
  const minor = digits * 10n ** BigInt(exponent - scale);
  return minor > 0n && minor <= MAX_MINOR ? minor : undefined;
}

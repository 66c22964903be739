import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_MINOR, toDecimalString } from '../../src/domain/money.js';
import { isZeroAmount, parseAmount } from '../../src/domain/parse-amount.js';
import { quoteInput } from '../../src/domain/quote-input.js';

const minorOf = (text: string, currency = 'CNY') => {
  const parsed = parseAmount(text, currency);
  return parsed.ok ? parsed.minor : parsed.code;
};

const anyCharacter = fc.nat({ max: 0xd7ff }).map((point) => String.fromCodePoint(point));

describe('parseAmount', () => {
  it.each([
    ['300000', 30_000_000n],
    ['300,000.00', 30_000_000n],
    ['300 000.00', 30_000_000n],
    ['300,000', 30_000_000n],
    ['1,234', 123_400n],
    ['0.01', 1n],
    ['.5', 50n],
    ['300.', 30_000n],
    ['300.5', 30_050n],
    ['30万', 30_000_000n],
    ['30 万', 30_000_000n],
    ['30萬', 30_000_000n],
    ['30w', 30_000_000n],
    ['5千', 500_000n],
    ['2百万', 200_000_000n],
    ['1.25M', 125_000_000n],
    ['3k', 300_000n],
    ['261 thousand', 26_100_000n],
    ['1.5 million', 150_000_000n],
    ['2 mn', 200_000_000n],
    ['1.2bn', 120_000_000_000n],
    ['1.5亿', 15_000_000_000n],
    ['1.234万', 1_234_000n],
    ['1.23456万', 1_234_560n],
    ['1亿2000万', 12_000_000_000n],
    ['3万5千', 3_500_000n],
    ['30万5000', 30_500_000n],
    ['30万5000.5', 30_500_050n],
    ['¥30万', 30_000_000n],
    ['￥300,000元', 30_000_000n],
    ['CN¥300,000.00', 30_000_000n],
    ['人民币30万元整', 30_000_000n],
    ['CNY 300000', 30_000_000n],
    ['300000 cny', 30_000_000n],
    ['RMB 300000', 30_000_000n],
    ['５００元', 50_000n],
    ['３００，０００．５０', 30_000_050n],
    ['　30万　', 30_000_000n],
    ['300.000,50', 30_000_050n],
    ['1.234.567', 123_456_700n],
    ['9,999,999,999,999.99', MAX_MINOR],
  ])('reads %j', (text, minor) => {
    expect(parseAmount(text, 'CNY')).toEqual({ ok: true, minor });
  });

  it('reads other currencies by their own decimals and words', () => {
    expect(minorOf('¥300,000', 'JPY')).toBe(300_000n);
    expect(minorOf('300.00', 'JPY')).toBe(300n);
    expect(minorOf('US$1,250.50', 'USD')).toBe(125_050n);
    expect(minorOf('300.000', 'KWD')).toBe(300_000n);
    expect(minorOf('1.234', 'KWD')).toBe(1234n);
    expect(minorOf('500 TWD', 'TWD')).toBe(50_000n);
  });

  it.each([
    ['3,5', '3.50', '35.00'],
    ['300000,50', '300000.50', '30000050.00'],
    ['300.000', '300.00', '300000.00'],
    ['1.230', '1.23', '1230.00'],
    ['3,5万', '35000.00', '350000.00'],
    ['3万5', '35000.00', '30005.00'],
    ['1亿5', '150000000.00', '100000005.00'],
  ])('asks about %j with both readings', (text, a, b) => {
    expect(parseAmount(text, 'CNY')).toEqual({
      ok: false,
      code: 'amount.ambiguous',
      params: { value: text, a, b },
    });
  });

  it('asks about a European thousand in a currency without decimals', () => {
    expect(parseAmount('300.000', 'JPY')).toEqual({
      ok: false,
      code: 'amount.ambiguous',
      params: { value: '300.000', a: '300', b: '300000' },
    });
  });

  it.each([
    '0',
    '0.00',
    '-5',
    '¥-300',
    '-¥300',
    '−1',
    '1.234',
    '0.001',
    '0.0000001万',
    '1000000000000000000',
    '10000000000000',
  ])('refuses %j as out of range', (text) => {
    expect(parseAmount(text, 'CNY')).toEqual({
      ok: false,
      code: 'amount.out_of_range',
      params: { max: '9999999999999.99', decimals: 2 },
    });
  });

  it('names the decimals of the currency', () => {
    expect(parseAmount('1.5', 'JPY')).toEqual({
      ok: false,
      code: 'amount.out_of_range',
      params: { max: '999999999999999', decimals: 0 },
    });
  });

  it('takes no more of a currency of four decimals', () => {
    expect(minorOf('99999999999', 'CLF')).toBe(999_999_999_990_000n);
    expect(minorOf('999999999999', 'CLF')).toBe('amount.out_of_range');
  });

  it.each([
    '',
    ' ',
    'abc',
    '三十万',
    '30万元元',
    '1e18',
    '12 34',
    '1,2345',
    '1,23,456',
    '0,123',
    '3.5.1',
    '--5',
    '3万4亿',
    '3万50000',
    '1万0.5万',
    '3万5,5',
    'USD 300',
    '$300',
    '300€',
    'NaN',
    'Infinity',
    '0x10',
    '3,5 JPY',
    '1'.repeat(65),
    '💰',
  ])('does not guess at %j', (text) => {
    expect(parseAmount(text, 'CNY')).toEqual({
      ok: false,
      code: 'amount.unreadable',
      params: { value: quoteInput(text) },
    });
  });

  it('does not read half of a yen', () => {
    expect(minorOf('3,5', 'JPY')).toBe('amount.unreadable');
  });

  it('quotes at most 40 characters', () => {
    const quoted = quoteInput(`${'汉'.repeat(3000)}`);
    expect(Array.from(quoted)).toHaveLength(40);
    expect(quoted.endsWith('…')).toBe(true);
    expect(quoteInput('🀄'.repeat(40))).toBe('🀄'.repeat(40));
    expect(quoteInput(' 30万 ')).toBe('30万');
  });

  it('reads back every amount as the app writes it', () => {
    const amounts = fc.bigInt({ min: 1n, max: MAX_MINOR });
    fc.assert(
      fc.property(amounts, fc.constantFrom('CNY', 'USD', 'KWD'), (minor, currency) => {
        const decimal = toDecimalString(minor, currency);
        const grouped = decimal.replace(/\B(?=(\d{3})+(?=\.))/g, ',');
        const wide = decimal.replace(/\d/g, (digit) => String.fromCodePoint(digit.charCodeAt(0) + 0xfee0));
        for (const text of [decimal, grouped, wide, `${currency} ${grouped}`]) {
          expect(parseAmount(text, currency)).toEqual({ ok: true, minor });
        }
      }),
    );
  });

  it('reads back amounts in 万 exactly', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: MAX_MINOR }), (minor) => {
        const digits = minor.toString().padStart(7, '0');
        expect(minorOf(`${digits.slice(0, -6)}.${digits.slice(-6)}万`)).toBe(minor);
      }),
    );
  });

  it('never throws and never returns an amount out of range', () => {
    const noise = fc.string({
      unit: fc.constantFrom(...Array.from('0123456789.,-¥万亿千 w元eE')),
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        fc.oneof(noise, fc.string({ unit: anyCharacter })),
        fc.constantFrom('CNY', 'JPY', 'KWD'),
        (text, currency) => {
          const parsed = parseAmount(text, currency);
          if (parsed.ok) expect(parsed.minor > 0n && parsed.minor <= MAX_MINOR).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });
});

describe('words of every unit and currency', () => {
  it.each<[string, string, bigint]>([
    ['3百', 'CNY', 300_00n],
    ['2千万', 'CNY', 20_000_000_00n],
    ['1億', 'CNY', 100_000_000_00n],
    ['€5', 'EUR', 5_00n],
    ['5欧元', 'EUR', 5_00n],
    ['£5', 'GBP', 5_00n],
    ['5英镑', 'GBP', 5_00n],
    ['HK$5', 'HKD', 5_00n],
    ['$5', 'HKD', 5_00n],
    ['5港币', 'HKD', 5_00n],
    ['5港元', 'HKD', 5_00n],
    ['1 234 567', 'CNY', 1_234_567_00n],
    ['1 234', 'CNY', 1_234_00n],
    ['1.234.567,5', 'CNY', 1_234_567_50n],
  ])('%s in %s', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toEqual({ ok: true, minor });
  });

  it.each<[string, boolean]>([
    ['0', true],
    ['000', true],
    ['¥0.00', true],
    ['0,0', true],
    ['10', false],
    ['0.01', false],
    ['0x', false],
    ['0.x', false],
  ])('%s is nothing: %s', (text, expected) => {
    expect(isZeroAmount(text, 'CNY')).toBe(expected);
  });
});

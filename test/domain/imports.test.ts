// The pure part of an import: columns guessed from names, and cells as people write them.
import { describe, expect, it } from 'vitest';
import { FIELDS, IMPORT_KINDS } from '../../src/domain/imports/fields.js';
import {
  asksDateOrder,
  guessMapping,
  headerText,
  missingFields,
  REASON_COLUMNS,
  unusedColumns,
} from '../../src/domain/imports/mapping.js';
import {
  peopleFinder,
  readAmount,
  readCurrency,
  readDate,
  readMethod,
} from '../../src/domain/imports/read-values.js';
import { localDate } from '../../src/domain/local-date.js';
import { counterOf, DEFAULT_PATTERNS } from '../../src/domain/numbering.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { fieldLabel } from '../../src/handlers/views/import-mapping-views.js';

const TODAY = localDate('2026-11-21');
const IBM =
  'countryCode,customerID,PaperlessDate,invoiceNumber,InvoiceDate,DueDate,InvoiceAmount,Disputed,SettledDate,PaperlessBill,DaysToSettle,DaysLate'.split(
    ',',
  );

describe('columns', () => {
  it.each(IMPORT_KINDS)('of %s are recognised by their own labels in both languages', (kind) => {
    for (const locale of ['zh-CN', 'en'] as const) {
      const labels = FIELDS[kind].map(({ key }) => fieldLabel(translator(locale), kind, key));
      const mapping = guessMapping(kind, labels);
      expect(Object.fromEntries(FIELDS[kind].map(({ key }, index) => [key, index]))).toEqual(mapping);
    }
  });

  it('are recognised with units, stars and spaces, the best name first', () => {
    expect(
      guessMapping('contracts', [
        '编号',
        '* 合同编号',
        '客户 名称',
        '合同金额（元）',
        '第二期金额',
        '第2期日期',
      ]),
    ).toEqual({
      number: 1,
      customer: 2,
      amount: 3,
      part2Amount: 4,
      part2Due: 5,
    });
  });

  it('that name instalments beside each other, and a receipt’s method in one word, are recognised', () => {
    const header = ['合同号', '第1期名称', '第一期款项', '第1期金额', 'Instalment 2 name', 'Part 3 name'];
    expect(guessMapping('contracts', header)).toEqual({
      number: 0,
      part1Name: 1,
      part1Amount: 3,
      part2Name: 4,
      part3Name: 5,
    });
    expect(guessMapping('receipts', ['金额', '日期', '方式'])).toEqual({
      amount: 0,
      receivedOn: 1,
      method: 2,
    });
  });

  it('are recognised by the words of ledgers and of bank statements', () => {
    expect(guessMapping('contracts', ['合同总价', '甲方', '合同类别', '第一期时间'])).toEqual({
      amount: 0,
      customer: 1,
      type: 2,
      part1Due: 3,
    });
    expect(guessMapping('customers', ['单位名称', '联络人', '手机号码', '通讯地址', '税务登记号'])).toEqual({
      name: 0,
      contactName: 1,
      contactPhone: 2,
      address: 3,
      taxNo: 4,
    });
    expect(guessMapping('receipts', ['到账时间', '汇款人', '到账金额（元）', '交易流水'])).toEqual({
      receivedOn: 0,
      payer: 1,
      amount: 2,
      slip: 3,
    });
  });

  it('are recognised by the words of English ledgers and statements', () => {
    expect(guessMapping('receipts', ['Received', 'Client', 'Amount received'])).toEqual({
      receivedOn: 0,
      customer: 1,
      amount: 2,
    });
    expect(guessMapping('opening', ['Value date', 'Received', 'Amount paid'])).toEqual({
      receivedOn: 0,
      amount: 2,
    });
  });

  it('of a real ledger are recognised', () => {
    expect(guessMapping('contracts', IBM)).toEqual({
      customer: 1,
      number: 3,
      signedOn: 4,
      partDue: 5,
      amount: 6,
    });
    expect(guessMapping('receipts', IBM)).toMatchObject({ contract: 3, amount: 6, receivedOn: 8 });
    expect(guessMapping('customers', IBM)).toEqual({ name: 1 });
    expect(asksDateOrder('contracts', guessMapping('contracts', IBM), ['', '', '', '', '1/2/2013'])).toBe(
      true,
    );
  });

  it('that are needed and missing are named', () => {
    expect(missingFields('customers', {})).toEqual(['name']);
    expect(missingFields('receipts', { amount: 0 })).toEqual(['contract', 'receivedOn']);
    expect(missingFields('receipts', { amount: 0, receivedOn: 1, customer: 2 })).toEqual([]);
  });
});

describe('a file that came back with reasons', () => {
  it('has a column more, named as the words of imports name it', () => {
    expect((['zh-CN', 'en'] as const).map((locale) => translator(locale)('imports:reason'))).toEqual(
      REASON_COLUMNS,
    );
  });

  it.each(REASON_COLUMNS)('has the columns of the one it came from, beside %s', (reason) => {
    expect(headerText(['单位', '联络人', reason])).toBe(headerText(['单位', '联络人']));
    expect(headerText([reason, '单位'])).not.toBe(headerText(['单位']));
    expect(unusedColumns(['单位', '', '联络人', reason], { name: 0 })).toEqual(['联络人']);
  });
});

describe('dates', () => {
  it.each([
    ['2026-11-21', '2026-11-21'],
    ['2026/1/5', '2026-01-05'],
    ['2026年11月21日', '2026-11-21'],
    ['２０２６－１１－２１', '2026-11-21'],
    ['2026-11-21 00:00:00', '2026-11-21'],
    ['2026-11-21T08:30:00Z', '2026-11-21'],
    ['46347', '2026-11-21'],
    ['46347.5', '2026-11-21'],
    ['21 Nov 2026', '2026-11-21'],
    ['13/4/2026', '2026-04-13'],
  ])('%s', (cell, date) => expect(readDate(cell, null, TODAY)).toEqual({ ok: true, value: date }));

  it.each(['12/1', '明天', '+30d', '12345', '99999', '2026-02-30', 'x', '2026'])(
    '%s is no day of a file',
    (cell) =>
      expect(readDate(cell, null, TODAY)).toMatchObject({ ok: false, error: { code: 'date_unreadable' } }),
  );

  it('3/4/2026 is asked about, and then read as the person said', () => {
    expect(readDate('3/4/2026', null, TODAY)).toMatchObject({
      ok: false,
      error: { code: 'date_ambiguous', params: { a: '2026-03-04', b: '2026-04-03' } },
    });
    expect(readDate('3/4/2026', 'mdy', TODAY)).toEqual({ ok: true, value: '2026-03-04' });
    expect(readDate('3/4/2026', 'dmy', TODAY)).toEqual({ ok: true, value: '2026-04-03' });
    expect(readDate('13/4/2026', 'mdy', TODAY)).toMatchObject({ ok: false });
  });

  it('3/4/26 is asked about too, unless it can be one day only', () => {
    expect(readDate('3/4/26', null, TODAY)).toMatchObject({
      error: { code: 'date_ambiguous', params: { a: '2026-03-04', b: '2026-04-03' } },
    });
    // A year first.
    expect(readDate('26/03/05', null, TODAY)).toMatchObject({
      error: { code: 'date_ambiguous', params: { a: '2005-03-26', b: '2026-03-05' } },
    });
    expect(readDate('12/20/26', null, TODAY)).toEqual({ ok: true, value: '2026-12-20' });
    expect(readDate('3/4/26', 'mdy', TODAY)).toEqual({ ok: true, value: '2026-03-04' });
    expect(readDate('3.4.26', 'dmy', TODAY)).toEqual({ ok: true, value: '2026-04-03' });
    expect(readDate('20/12/26', 'mdy', TODAY)).toMatchObject({ error: { code: 'date_unreadable' } });
    // Neither order says that the year comes first: 2005 and 2031 are not what is meant.
    for (const cell of ['26/03/05', '26-12-31'])
      expect(readDate(cell, 'dmy', TODAY)).toMatchObject({ error: { code: 'date_unreadable' } });
    expect(readDate('20/12/26', 'dmy', TODAY)).toEqual({ ok: true, value: '2026-12-20' });
    expect(readDate('99/99/99', null, TODAY)).toMatchObject({ error: { code: 'date_unreadable' } });
  });
});

describe('amounts, currencies and people', () => {
  it.each([
    ['3万', 3_000_000n],
    ['￥1,234.50', 123_450n],
    ['１２３', 12_300n],
    ['3.3', 330n],
  ])('%s', (cell, minor) => expect(readAmount(cell, 'CNY')).toEqual({ ok: true, value: minor }));

  it('what is no amount says why', () => {
    expect(readAmount('=1+1', 'CNY')).toMatchObject({ error: { code: 'amount_unreadable' } });
    expect(readAmount('3万5', 'CNY')).toMatchObject({ error: { code: 'amount_ambiguous' } });
    expect(readAmount('-5', 'CNY')).toMatchObject({ error: { code: 'amount_range' } });
  });

  it('a method is known by what people write for it too, if the company has it', () => {
    const transfer = { key: 'transfer', zh: '银行转账', en: 'Bank transfer' };
    const own = { key: 'wire', zh: '电汇', en: 'Wire' };
    const read = (text: string, ...entries: (typeof own)[]) => {
      const found = readMethod(text, entries);
      return found.ok ? found.value : found.error.code;
    };
    for (const text of ['转账', ' 转账 ', '汇款', '电汇', 'transfer', '银行转账'])
      expect(read(text, transfer)).toBe('transfer');
    // The company's own names go first.
    expect(read('电汇', transfer, own)).toBe('wire');
    expect(read('转账', own)).toBe('choice_unknown');
    expect(read('constructor', transfer)).toBe('choice_unknown');
  });

  it('a currency must be one the company uses', () => {
    expect(readCurrency('美元', ['CNY', 'USD'])).toEqual({ ok: true, value: 'USD' });
    expect(readCurrency('usd', ['CNY'])).toMatchObject({ error: { code: 'choice_unknown' } });
  });

  it('people are found by name, mail and Slack id, never one of two', () => {
    const find = peopleFinder([
      { id: '1', name: '李雷', email: 'Li@x.cn', slackUserId: 'U1' },
      { id: '2', name: '王伟', email: null, slackUserId: 'U2' },
      { id: '3', name: '王伟', email: null, slackUserId: 'U3' },
    ]);
    for (const cell of ['李雷', ' li@X.CN ', 'u1', '<@U1>'])
      expect(find(cell)).toEqual({ ok: true, value: '1' });
    expect(find('王伟')).toMatchObject({ error: { code: 'owner_ambiguous' } });
    expect(find('谁')).toMatchObject({ error: { code: 'owner_unknown' } });
  });
});

it('numbers that look like ours tell their counter', () => {
  expect(counterOf(DEFAULT_PATTERNS.contract, 'HT-2026-0012')).toEqual({ period: '2026', counter: 12n });
  expect(counterOf(DEFAULT_PATTERNS.receipt, 'HK-20261121-1234')).toEqual({
    period: '20261121',
    counter: 1234n,
  });
  expect(counterOf(DEFAULT_PATTERNS.customer, 'KH-0007')).toEqual({ period: '', counter: 7n });
  for (const other of ['HT-2026-12', 'A-1', 'xHT-2026-0012'])
    expect(counterOf(DEFAULT_PATTERNS.contract, other)).toBeNull();
});

// The windows and messages of an import with the widest files and the longest names, in both languages, as Slack takes them.
import { describe, expect, it } from 'vitest';
import { IMPORT_KINDS } from '../../src/domain/imports/fields.js';
import type { ImportState } from '../../src/domain/imports/import.queries.js';
import { importOptions } from '../../src/domain/imports/mapping.js';
import { readChoice } from '../../src/domain/imports/read-values.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { columnOptions, importMappingModal } from '../../src/handlers/views/import-mapping-views.js';
import { importMessage, reasonsText, sentText } from '../../src/handlers/views/import-views.js';
import { expectMessage, expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const { contractTypes, paymentMethods } = companySettings.parse({});
const header = (columns: number) => Array.from({ length: columns }, (_, n) => `${nasty(80)} ${n}`);
const form = (columns: number, sheets: number) => ({
  fileName: nasty(200),
  sheets: Array.from({ length: sheets }, () => nasty(31)),
  header: header(columns),
  sample: header(columns),
  mapping: { name: columns - 1, amount: columns - 1 },
  options: importOptions.parse({}),
  ownerSlackId: null,
  currencies: ['CNY', 'USD'],
  contractTypes,
  paymentMethods,
  mayActivate: true,
  metadata: '{}',
});
const state: ImportState = {
  ...{ id: '0190a0a0-0000-7000-8000-000000000001', kind: 'contracts', fileName: nasty(200), status: 'done' },
  ...{ processed: 200_000, total: 200_000, created: 200_000, changed: 0, skipped: 0, failed: 0 },
};

describe.each(LOCALES)('%s', (locale) => {
  const who = reader(locale);

  it.each(IMPORT_KINDS)(
    'columns of %s: few, as many as a select holds, as many as a file may have',
    (kind) => {
      for (const columns of [1, 100, 200]) {
        for (const sheets of [0, 1, 40]) {
          const view = importMappingModal({ ...form(columns, sheets), kind }, who.t, who);
          expectModal(view);
          const text = JSON.stringify(view);
          // The last column is chosen, however many there are.
          expect(text).toContain(`"value":"${columns - 1}"`);
          expect(text.includes('external_select')).toBe(columns > 1);
          // What Slack takes of a window.
          expect(Buffer.byteLength(text)).toBeLessThan(250_000);
          expect(text.includes(who.t('imports:first_sheet', { sheet: '', others: '' }).slice(0, 6))).toBe(
            sheets > 1,
          );
        }
      }
    },
  );

  it('what must be chosen where the file does not say it says so', () => {
    const hints = {
      customers: ['owner'],
      contracts: ['owner', 'type'],
      receipts: ['method'],
      opening: ['method'],
    };
    for (const kind of IMPORT_KINDS) {
      const text = JSON.stringify(importMappingModal({ ...form(1, 0), kind }, who.t, who));
      for (const option of ['owner', 'type', 'method'] as const)
        expect(text.includes(who.t(`imports:opt.${option}_hint`))).toBe(hints[kind].includes(option));
    }
  });

  it('an order of dates that must be chosen has no word of what happens without it', () => {
    const hint = who.t('imports:opt.date_order_hint');
    const shown = (day: string) => {
      const facts = { ...form(1, 0), kind: 'contracts' as const, sample: [day], mapping: { signedOn: 0 } };
      return JSON.stringify(importMappingModal(facts, who.t, who)).includes(hint);
    };
    expect([shown('2026-03-04'), shown('3/4/2026')]).toEqual([true, false]);
  });

  it('the end of an import, with drafts to send and without', () => {
    for (const drafts of [0, 1, 50_000]) {
      const message = importMessage(state, who.t, IMPORT_KINDS, { drafts });
      expectMessage(message);
      expect(JSON.stringify(message).includes('"import.send"')).toBe(drafts > 0);
    }
    expect(
      JSON.stringify(importMessage({ ...state, status: 'running' }, who.t, IMPORT_KINDS, { drafts: 9 })),
    ).not.toContain('import.send');
  });

  it('what was sent, and what was not and why', () => {
    const left = (['plan', 'customer', 'access'] as const).flatMap((reason) =>
      Array.from({ length: 40 }, (_, n) => ({ number: `HT-${reason}-${n}`, reason })),
    );
    const text = sentText(who.t, { sent: 3, orphans: 2, left });
    expect(text.split('\n')).toHaveLength(5);
    expect(text).toContain('HT-plan-9 …');
    expect(text).not.toContain('HT-plan-10');
    expect(sentText(who.t, { sent: 1, orphans: 0, left: [] }).split('\n')).toHaveLength(1);
  });
});

it('a column is found while its name is typed, with its own place', () => {
  expect(columnOptions(['客户', '', '金额（元）', '本期 金额'], '金额')).toEqual([
    { text: '金额（元）', value: '2' },
    { text: '本期 金额', value: '3' },
  ]);
  expect(columnOptions(header(200), '')).toHaveLength(100);
});

it('a reason names its column, and what is missing where the file has no column for it', () => {
  const required = { code: 'required', field: 'method', params: {} } as const;
  expect(reasonsText(reader('zh-CN'), [{ error: required, column: '方式' }])).toBe('方式：不能空');
  expect(reasonsText(reader('zh-CN'), [{ error: required, column: null }])).toBe('收款方式：不能空');
});

it('a reason says what may stand there, and tells thousands apart', () => {
  const names = Array.from({ length: 10 }, (_, n) => ({ key: `k${n}`, zh: `类型${n}`, en: `Type ${n}` }));
  const wrong = (entries: typeof names) => {
    const read = readChoice('终端', entries);
    if (read.ok) throw new Error('it is on the list');
    return [{ error: { ...read.error, field: 'type' }, column: '类型' }];
  };
  expect(reasonsText(reader('zh-CN'), wrong(names))).toBe(
    '类型：“终端”不在列表里，可填：类型0、类型1、类型2、类型3、类型4、类型5、类型6、类型7，还有 2 项',
  );
  expect(reasonsText(reader('en'), wrong(names.slice(0, 2)))).toBe(
    '类型: “终端” is not on the list; allowed: Type 0, Type 1',
  );
  const high = {
    code: 'amount_range',
    field: 'amount',
    params: { max: '9999999999999.99', decimals: 2 },
  } as const;
  expect(
    reasonsText(reader('zh-CN'), [
      { error: high, column: null },
      { error: high, column: '金额' },
    ]),
  ).toContain('不超过 9,999,999,999,999.99、最多 2 位小数；金额：');
});

it('a day that is none is told with a form to write, not with a day to take', () => {
  const wrong = { code: 'date_unreadable', field: 'signedOn', params: { value: '2026-02-30' } } as const;
  const said = (locale: 'zh-CN' | 'en') => reasonsText(reader(locale), [{ error: wrong, column: null }]);
  expect(said('zh-CN')).toContain('没有“2026-02-30”这一天，写法如 2026-12-01');
  expect(said('en')).toContain('no such day “2026-02-30”; try a form like 2026-12-01');
});

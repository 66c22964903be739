import { describe, expect, it } from 'vitest';
import { addDays, localDate } from '../../src/domain/local-date.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { planRow } from '../../src/domain/plans/plan.js';
import { parsePlanLines } from '../../src/domain/plans/plan-lines.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { templateInput } from '../../src/domain/templates/template.js';
import { sentence } from '../../src/handlers/errors.js';
import { planPreview, planRowForm } from '../../src/handlers/views/plan-preview-views.js';
import { firstDueOf, PLAN_HOWS, type PlanBasis } from '../../src/handlers/views/plan-step-views.js';
import { contractOption, type PlanFormState, planForm } from '../../src/handlers/views/plan-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const METHODS = companySettings.parse({}).paymentMethods;
const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const TODAY = localDate('2026-11-20');

const line = (name: string, kind: string, extra = {}) => ({
  name,
  shareBp: 2500,
  anchorKind: kind,
  ...extra,
});
const template = {
  ...templateInput.parse({
    code: 'X'.repeat(20),
    name: nasty(60),
    lines: [
      line('a', 'signing'),
      line('b', 'shipment', { anchorOffset: { days: -7 } }),
      line('c', 'acceptance', { anchorOffset: { months: 1, days: 30 } }),
      line('d', 'warranty_end', { anchorOffset: { months: 120, dayOfMonth: 31 }, isRetention: true }),
    ],
  }),
  id: ID,
  version: 1,
};
const basis: PlanBasis = {
  contractId: ID,
  contractNumber: `HT-2026-${'9'.repeat(20)}`,
  contractName: nasty(120),
  contractStatus: 'active',
  contractType: 'vehicle',
  customerId: ID,
  currency: 'CNY',
  amount: MAX_MINOR,
  planned: 0n,
  paymentMethod: 'cash',
  nextSeq: 1,
  anchors: { dates: { signing: TODAY, shipment: TODAY }, fixed: ['signing', 'acceptance'] },
  templates: Array.from({ length: 120 }, () => template),
  termDays: 3650,
};
const empty: PlanFormState = {
  requestId: ID,
  customer: null,
  basis: null,
  how: 'one',
  templateId: null,
  askAlreadyDue: false,
  offered: null,
};
const customer = { id: ID, name: nasty(120), code: 'KH-0001' };
const offered = { id: ID, version: 1, name: nasty(200), rows: 60, at: new Date('2026-11-20T01:00:00Z') };
const row = planRow.parse({
  name: nasty(60),
  amount: MAX_MINOR,
  dueOn: null,
  remark: nasty(3000),
  anchorKind: 'acceptance',
  anchorOffset: { months: 12, days: 30, dayOfMonth: 31 },
  isRetention: true,
});

describe.each(LOCALES)('the new-plan modal in %s', (locale) => {
  const who = reader(locale);

  it('stands in every step', () => {
    expectModal(planForm({ ...empty, offered }, who, METHODS));
    expectModal(planForm({ ...empty, customer }, who, METHODS));
    for (const how of PLAN_HOWS) {
      expectModal(planForm({ ...empty, customer, basis, how, askAlreadyDue: true, offered }, who, METHODS));
      const full = { ...basis, planned: MAX_MINOR, templates: [] };
      expectModal(planForm({ ...empty, customer, basis: full, how }, who, METHODS));
    }
  });

  it.each([0, 1, 30, 31, 60])('previews %i rows', (count) => {
    const rows = Array.from({ length: count }, () => ({ ...row, dueOn: addDays(TODAY, -1) }));
    const state = { basis, rows, metadata: '{}', result: nasty(200), warning: nasty(300) };
    for (const planned of [0n, MAX_MINOR]) {
      const view = planPreview({ ...state, basis: { ...basis, planned }, terms: nasty(500) }, who);
      expectModal(view);
      expect(view.blocks.length).toBeLessThanOrEqual(68);
    }
    expectModal(planPreview({ ...state, rows: rows.map((one) => ({ ...one, dueOn: null })) }, who));
  });

  it('takes the longest row into its form', () => {
    for (const index of [null, 0])
      expectModal(planRowForm({ basis, rows: [row], index, metadata: '{}' }, who, METHODS));
  });

  it('cuts only the name in an option, never the number or the balance', () => {
    const { text } = contractOption(basis, who).text;
    expect([...text].length).toBeLessThanOrEqual(75);
    expect(text).toContain(basis.contractNumber);
    expect(text).toContain('9,999,999,999,999.99');
  });

  it('gives dependent fields ids with their parent, so that Slack forgets what belonged to another', () => {
    const ids = (how: 'one' | 'template') =>
      planForm({ ...empty, customer, basis, how }, who, METHODS).blocks.map((block) => block.block_id ?? '');
    expect(ids('one')).toContain(`contract|${ID}`);
    expect(ids('one')).toContain(`amount|${ID}|one`);
    expect(ids('template')).toContain(`anchor_shipment|${ID}|${ID}`);
  });

  it('asks for the days that are not fixed, and tells the others', () => {
    const view = planForm({ ...empty, customer, basis, how: 'template' }, who, METHODS);
    const text = JSON.stringify(view.blocks);
    expect(text.match(/"anchor_\w+/g)).toEqual(['"anchor_shipment', '"anchor_warranty_end']);
    expect(text).toContain(locale === 'en' ? 'Signing: Fri 20 Nov' : '签订：11月20日 周五');
  });
});

describe('the first day by a customer’s term', () => {
  it('is counted from signing, or from today where that is over; without a term none is proposed', () => {
    const of = (termDays: number | null, signing: string | null) =>
      firstDueOf(
        { termDays, anchors: { dates: signing === null ? {} : { signing: localDate(signing) }, fixed: [] } },
        TODAY,
      );
    expect(of(null, '2026-11-10')).toBeNull();
    expect(of(30, '2026-11-10')).toBe('2026-12-10');
    expect(of(0, '2026-11-20')).toBe('2026-11-20');
    expect(of(30, '2026-01-01')).toBe('2026-12-20');
    expect(of(30, null)).toBe('2026-12-20');
  });
});

describe('lines of a plan', () => {
  it('takes name, amount and date of each line, empty lines aside', () => {
    expect(parsePlanLines('首付款 30万 2026-12-01\n\n进度 款 ２０万 待定\n', 'CNY', TODAY)).toEqual({
      ok: true,
      rows: [
        { name: '首付款', amount: 300_000_00n, dueOn: '2026-12-01' },
        { name: '进度 款', amount: 200_000_00n, dueOn: null },
      ],
    });
  });

  it('takes a day of several words, the longest that is one', () => {
    const text =
      'Rest 500k 31 Dec 2027\nMiddle part 1 300000 end of month\nLast 200 9 Mar retention\n9 100 12/1';
    const parsed = parsePlanLines(text, 'CNY', TODAY);
    expect(parsed.ok && parsed.rows.map(({ name, amount, dueOn }) => [name, amount, dueOn])).toEqual([
      ['Rest', 50_000_000n, '2027-12-31'],
      ['Middle part 1', 30_000_000n, '2026-11-30'],
      ['Last', 20_000n, '2027-03-09'],
      ['9', 10_000n, '2026-12-01'],
    ]);
    expect(parsePlanLines('Rest 500k 31 Feb 2027', 'CNY', TODAY)).toMatchObject({ ok: false });
  });

  it('takes a milestone for a day, and retention as the last word', () => {
    const rows = (text: string) => {
      const parsed = parsePlanLines(text, 'CNY', TODAY);
      return parsed.ok ? parsed.rows : parsed.problem.code;
    };
    const on = (anchorKind: string, months: number, days: number) => ({
      ...{ anchorKind, anchorOffset: { months, days }, dueSource: 'anchor', dueOn: null },
    });
    const amount = 100n;
    expect(
      rows(
        'a 1 验收+30天\nb 1 验收后3个月\nc 1 质保到期 质保金\nd 1 acceptance＋2m retention\n质保金 1 2026-12-01',
      ),
    ).toEqual([
      { name: 'a', amount, ...on('acceptance', 0, 30) },
      { name: 'b', amount, ...on('acceptance', 3, 0) },
      { name: 'c', amount, ...on('warranty_end', 0, 0), isRetention: true },
      { name: 'd', amount, ...on('acceptance', 2, 0), isRetention: true },
      { name: '质保金', amount, dueOn: '2026-12-01' },
    ]);
    expect(rows('a 1 验收+9999天')).toBe('plan.line_word');
    expect(rows('a 1 随便+30天')).toBe('plan.line_word');
  });

  const problemOf = (text: string) => {
    const parsed = parsePlanLines(text, 'CNY', TODAY);
    return parsed.ok ? null : sentence(parsed.problem, reader('zh-CN'));
  };
  it.each([
    ['', '第 1 行没看懂。写成：名称 金额 日期。'],
    ['首付款 30万', '第 1 行没看懂。写成：名称 金额 日期。'],
    ['30万 2026-12-01', '第 1 行没看懂。写成：名称 金额 日期。'],
    [
      'a 1 2026-12-01\n\nb 1 2026-02-30',
      '第 3 行“2026-02-30”：没有“2026-02-30”这一天。例：2026-12-01、月底。',
    ],
    ['a 0 2026-12-01', '第 1 行“0”：须大于 0、不超过 9,999,999,999,999.99、最多 2 位小数。'],
    ['a 很多 2026-12-01', '第 1 行“很多”：没看懂“很多”。例：300000、30万。'],
    [`${'长'.repeat(61)} 1 2026-12-01`, `第 1 行“${'长'.repeat(61)}”：多 1 字，最多 60。删短。`],
    [Array.from({ length: 63 }, () => 'a 1 2026-12-01').join('\n'), '最多 60 行，多了 3 行。删去再预览。'],
  ])('says which word it cannot read, and why: %j', (text, words) => {
    expect(problemOf(text)).toBe(words);
  });
});

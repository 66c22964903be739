import { describe, expect, it } from 'vitest';
import { validateView } from '../../sandbox/server/validate-view.js';
import { localDate } from '../../src/domain/local-date.js';
import { ANCHOR_KINDS } from '../../src/domain/plans/anchor.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import {
  rowsOfTemplate,
  type Template,
  type TemplateLineInput,
  templateInput,
} from '../../src/domain/templates/template.js';
import { lineForm, testForm } from '../../src/handlers/views/template-line-views.js';
import {
  lineSentence,
  sumWords,
  templateDeleteModal,
  templateEditor,
  templateList,
} from '../../src/handlers/views/template-views.js';
import { expectModal, LOCALES, reader } from '../support/view-check.js';

const LONG = '超长名称<@U123>&*_`😀'.repeat(4);
const ID = '0190a0a0-0000-7000-8000-000000000001';
const SETTINGS = companySettings.parse({});
const CNY = { currency: 'CNY' };
const line = (more: Partial<TemplateLineInput>): TemplateLineInput => ({
  name: '预付款',
  anchorKind: 'signing',
  ...more,
});
const template = (lines: TemplateLineInput[], more: Partial<Template> = {}): Template => ({
  ...templateInput.parse({ code: '3331', name: '标准', lines }),
  ...more,
});
const BIGGEST = template(
  Array.from({ length: 60 }, (_, index) =>
    line({
      name: LONG.slice(0, 58),
      anchorKind: ANCHOR_KINDS[index % ANCHOR_KINDS.length] ?? 'custom',
      anchorOffset: { months: 120, days: -3650, dayOfMonth: 31 },
      roll: 'previous_workday',
      remindDaysAhead: 90,
      isRetention: true,
      ...(index < 59 ? { fixedAmount: 999_999_999_999n } : { isRemainder: true }),
    }),
  ),
  { currency: 'CNY', code: LONG.slice(0, 20), name: LONG.slice(0, 58), contractTypes: ['vehicle', 'gone'] },
);

describe.each(LOCALES)('templates in %s', (locale) => {
  const to = reader(locale);
  const state = { requestId: ID, draftId: ID, draftVersion: 1, continued: null };

  it('every window is valid: empty, usual, 60 of the longest lines, 200 templates', () => {
    const stored = { ...BIGGEST, id: ID, version: 1 };
    expectModal(templateList([], CNY, to));
    expectModal(
      templateList(
        Array.from({ length: 200 }, () => stored),
        CNY,
        to,
        { text: LONG },
      ),
    );
    expectModal(templateDeleteModal(stored, to, ID));
    const usual = template([line({ shareBp: 10_000 })]);
    for (const one of [usual, BIGGEST, { ...usual, code: '', name: '', lines: [] }])
      for (const id of [null, ID])
        expectModal(templateEditor({ id, version: 1, template: one }, state, SETTINGS, CNY, to));
    for (const one of [null, ...BIGGEST.lines.slice(-2), ...usual.lines])
      for (const index of [null, 59]) expectModal(lineForm(one, { ...state, index }, 'CNY', to));
  });

  it('a trial is valid: nothing chosen, 60 rows, a problem', () => {
    const rows = rowsOfTemplate(
      BIGGEST,
      99_999_999_999_999n,
      'CNY',
      { signing: localDate('2026-11-20') },
      {
        workweek: [1, 2, 3, 4, 5],
        days: new Map(),
        coveredThrough: null,
      },
    );
    const base = {
      requestId: ID,
      source: { template: ID },
      contract: null,
      amount: null,
      currency: 'XXX',
      dates: {},
      anchors: ANCHOR_KINDS,
      result: null,
    };
    for (const more of [
      {},
      {
        contract: { id: ID, text: LONG.slice(0, 70) },
        amount: '100.00',
        result: { rows, total: 99_999_999_999_999n },
      },
      { result: { problem: LONG } },
    ])
      expect(validateView(testForm({ ...base, ...more }, ['CNY'], to))).toEqual([]);
  });

  it('a live sum for each case', () => {
    const sums = [
      [line({ shareBp: 10_000 })],
      [line({ shareBp: 9_950 })],
      [line({ shareBp: 9_000 }), line({ shareBp: 2_000 })],
      [line({ shareBp: 9_000 }), line({ isRemainder: true })],
      [line({ fixedAmount: 5n }), line({ shareBp: 5_000 })],
      [line({ shareBp: 10_000 }), line({ isRemainder: true })],
      [line({ shareBp: 5_000 }), line({ isRemainder: true }), line({ shareBp: 5_000 })],
      [line({ fixedAmount: 5n }), line({ isRemainder: true }), line({ isRemainder: true })],
    ].map((lines) => sumWords(template(lines).lines, to));
    expect(sums).toEqual(
      locale === 'en'
        ? [
            'Total 100%',
            '⚠️ Shares make 99.5%, 0.5% missing',
            '⚠️ Shares make 110%, 10% too much',
            'Shares make 90%, the remainder line takes the rest',
            '⚠️ With fixed amounts the last line must be the remainder',
            '⚠️ Shares make 100%, nothing is left for the remainder line',
            '⚠️ The remainder line must be the only one, and the last',
            '⚠️ The remainder line must be the only one, and the last',
          ]
        : [
            '合计 100%',
            '⚠️ 比例合计 99.5%，还差 0.5%',
            '⚠️ 比例合计 110%，超出 10%',
            '比例合计 90%，其余归余款行',
            '⚠️ 有固定金额时最后要有一行余款',
            '⚠️ 比例合计 100%，没有留给余款行',
            '⚠️ 余款只能有一行，且放在最后',
            '⚠️ 余款只能有一行，且放在最后',
          ],
    );
  });

  it('lines as sentences', () => {
    const say = (more: Partial<TemplateLineInput>) => {
      const [one] = template([line(more)]).lines;
      return one && lineSentence(one, CNY, to);
    };
    const said = [
      say({ shareBp: 3000 }),
      say({
        fixedAmount: 500_00n,
        anchorKind: 'acceptance',
        anchorOffset: { days: 30 },
        roll: 'next_workday',
      }),
      say({ isRemainder: true, anchorKind: 'warranty_end', isRetention: true, remindDaysAhead: 30 }),
    ];
    expect(said).toEqual(
      locale === 'en'
        ? [
            '预付款 · 30% · on signing',
            '预付款 · CN¥500.00 fixed · acceptance + 30 days · moved to the next workday',
            '预付款 · remainder · on warranty end · reminder 30 days ahead · retention',
          ]
        : [
            '预付款 · 30% · 签订当天',
            '预付款 · 固定 ¥500.00 · 验收后30天 · 遇休息日顺延',
            '预付款 · 余款 · 质保到期当天 · 提前30天提醒 · 质保金',
          ],
    );
  });
});

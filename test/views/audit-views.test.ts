import { describe, expect, it } from 'vitest';
import { changesOf } from '../../src/domain/audit-changes.js';
import type { AuditStory } from '../../src/domain/audit-story.queries.js';
import { MAX_MINOR } from '../../src/domain/money.js';
import { companySettings } from '../../src/domain/settings/settings.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { auditForm, auditModal } from '../../src/handlers/views/audit-views.js';
import { expectModal, LOCALES, nasty, reader } from '../support/view-check.js';

const ID = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c60';
const OTHER = '01a1f6ae-9900-72e0-ad7e-d0bbdf900c61';
const AT = new Date('2026-11-20T02:00:00Z');
const settings = companySettings.parse({});

type Side = Record<string, unknown>;
const story = (action: string, before: Side | null, after: Side | null, more: Partial<AuditStory> = {}) =>
  ({
    subject: { kind: 'contract', id: ID },
    number: 'HT-2026-0001',
    name: '盾构机',
    seq: null,
    currency: 'CNY',
    entries: [{ at: AT, who: '李雷', action, seq: null, about: ID, changes: changesOf(before, after) }],
    total: 1,
    page: 1,
    pages: 1,
    names: new Map([[ID, '韩梅梅']]),
    rows: new Map([[OTHER, { contract: 'HT-2026-0001', n: 2 }]]),
    ...more,
  }) satisfies AuditStory;
const textOf = (told: AuditStory, locale: 'zh-CN' | 'en') =>
  auditModal(told, settings, reader(locale))
    .blocks.map((block) => ('text' in block && typeof block.text === 'object' ? block.text.text : ''))
    .join('\n');

describe.each(LOCALES)('in %s', (locale) => {
  it('tells how far an escalation went, and not the code of its step', () => {
    const text = textOf(story('case.opened', null, { step: 'E4', level: 3 }), locale);
    expect(text).toContain('3');
    expect(text).not.toContain('E4');
    // The number of an approval's step is what people know it by.
    expect(textOf(story('approval.step_approved', null, { step: 2 }), locale)).toContain('2');
  });

  it('names what was written off where the entry says which, and either where it does not', () => {
    const text = (after: Side) => textOf(story('adjustment.posted', null, after), locale);
    expect(text({ kind: 'bad_debt', amount: '100' })).toContain(
      locale === 'zh-CN' ? '记坏账*' : 'wrote off: bad debt*',
    );
    expect(text({ kind: 'small_difference', amount: '1' })).not.toContain('坏账');
    expect(text({ amount: '1' })).toContain(locale === 'zh-CN' ? '记坏账或尾差' : 'wrote off*');
  });

  it('heads the story of the settings, which have no number, and counts what a file of them changed', () => {
    const told = (settingsFile: Side) =>
      textOf(
        story('company.edited', {}, { settingsFile }, { subject: { kind: 'settings', id: ID }, number: '' }),
        locale,
      );
    expect(told({ days: 0, people: 0 })).toContain(locale === 'zh-CN' ? '*设置* · ' : '*Settings* · ');
    expect(told({ days: 0, people: 0 })).toContain(
      locale === 'zh-CN' ? '设置文件：是' : 'settings file: yes',
    );
    expect(told({ days: 0, people: 3 })).toMatch(/(设置文件：|settings file: )\D+3\n?$/);
  });

  it('takes anything that people typed, twenty entries a page', () => {
    const side = (n: number) =>
      Object.fromEntries(
        Array.from({ length: 30 }, (_, field) => [`field${field}${n}`, `${n}${nasty(3000)}`]),
      );
    const rows = Array.from({ length: 60 }, (_, seq) => ({
      seq,
      name: nasty(60),
      amount: `${MAX_MINOR}`,
      dueOn: null,
    }));
    const entry = {
      at: AT,
      who: nasty(200),
      action: 'contract.amended',
      seq: 999,
      about: ID,
      changes: [...changesOf({ rows: [] }, { rows }), ...changesOf(side(1), side(2))],
    };
    const told = story('', null, null, {
      name: nasty(300),
      number: `HT-${'9'.repeat(36)}`,
      entries: Array.from({ length: 20 }, () => entry),
      total: 9999,
      page: 3,
      pages: 500,
    });
    const view = auditModal(told, settings, reader(locale));
    expectModal(view);
    expect(Buffer.byteLength(JSON.stringify(view))).toBeLessThan(250_000);
    expectModal(auditModal(story('', null, null, { entries: [], total: 0 }), settings, reader(locale)));
    expectModal(auditForm(translator(locale), JSON.stringify({ r: ID })));
  });
});

it('says in words what became what', () => {
  const told = story(
    'contract.edited',
    {
      amount: '100000',
      ownerId: ID,
      signedOn: '2026-11-20',
      remark: null,
      paymentMethod: 'cash',
      name: '同',
    },
    {
      amount: '200050',
      ownerId: null,
      signedOn: '2026-12-01',
      remark: '新',
      paymentMethod: 'transfer',
      name: '同',
    },
  );
  const zh = textOf(told, 'zh-CN');
  expect(zh).toContain('*编辑合同* · 10:00 · 李雷');
  expect(zh).toContain('金额：¥1,000.00 → ¥2,000.50');
  expect(zh).toContain('负责人：韩梅梅 → 空');
  expect(zh).toContain('签订日期：11月20日 周五 → 12月1日 周二');
  expect(zh).toContain('付款方式：现金 → 银行转账');
  expect(zh).toContain('备注：空 → 新');
  expect(zh).not.toContain('名称');
  expect(textOf(told, 'en')).toContain('Amount: CN¥1,000.00 → CN¥2,000.50');
});

it('names rows, lines, states and reasons, and shows what nobody named as it is stored', () => {
  const rows = [
    { id: OTHER, seq: 2, name: '尾款', amount: '5000', dueOn: '2026-12-01' },
    { id: null, seq: null, name: '加', amount: '1', dueOn: null },
  ];
  expect(
    textOf(
      story('contract.amended', { fields: { amount: '1' }, rows: [] }, { fields: { amount: '2' }, rows }),
      'zh-CN',
    ),
  ).toContain('各期：空 → 第2期 尾款 ¥50.00 12月1日 周二、新增 加 ¥0.01 日期待定');
  const rejected = {
    approvalId: ID,
    reason: 'not_in_bank',
    status: 'partly_reversed',
    lines: [{ instalmentId: OTHER, amount: '5000' }],
    kind: 'acceptance',
    secret: 7,
  };
  const text = textOf(story('made.up', null, rejected), 'zh-CN');
  for (const part of [
    '*made.up*',
    '原因：未到账',
    '状态：部分冲销',
    '核销到：HT-2026-0001 第2期 ¥50.00',
    '种类：验收',
    'secret：7',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain(ID);
  expect(textOf(story('made.up', null, rejected), 'en')).toContain('HT-2026-0001 #2 CN¥50.00');
});

it('tells of settings by their own names, lists by their entries, people by what they are', () => {
  const told = story(
    'company.edited',
    { settings: { ...settings, ackDays: 3, toleranceMinor: 100 } },
    {
      settings: {
        ...settings,
        ackDays: 5,
        toleranceMinor: 500,
        industries: [...settings.industries, { key: 'air', zh: '航空', en: 'Aviation', active: true }],
        exchangeRates: [{ currency: 'USD', rate: '7.1' }],
      },
    },
    { subject: { kind: 'settings', id: ID }, number: '' },
  );
  const zh = textOf(told, 'zh-CN');
  expect(zh).toContain('改公司设置 · 韩梅梅');
  expect(zh).toContain('行业：空 → 航空');
  expect(zh).toContain('汇率：空 → USD 7.1');
  expect(zh).toContain('不提醒的未收：¥1.00 → ¥5.00');
  expect(textOf(told, 'en')).toContain('Workdays after an acknowledgement: 3 → 5');
  const roles = story(
    'member.changed',
    { roles: ['rep'] },
    { roles: ['rep', 'auditor'] },
    {
      subject: { kind: 'settings', id: ID },
    },
  );
  expect(textOf(roles, 'zh-CN')).toContain('角色：销售 → 销售、审计');
});

describe('rules of the settings are told as their own windows say them, and only those that differ', () => {
  const ofSettings = { subject: { kind: 'settings', id: ID }, number: '' } as const;

  it('who approves: from which amount, in which steps', () => {
    const flows = settings.approvalFlows;
    const changed = flows.map((flow) =>
      flow.key === 'receipt_large' ? { ...flow, minAmount: 300_000_00, steps: flow.steps.slice(1) } : flow,
    );
    const own = { ...changed[0], key: 'own_1', minAmount: 7_00 };
    const told = story(
      'company.edited',
      { settings: { approvalFlows: flows } },
      { settings: { approvalFlows: [...changed, own] } },
      ofSettings,
    );
    expect(textOf(told, 'zh-CN')).toContain(
      '审批步骤：回款 · ≥ ¥500,000.00（1 财务 → 2 财务主管） → ' +
        '回款 · ≥ ¥300,000.00（1 财务主管）；回款 · ≥ ¥7.00（1 财务或财务主管）',
    );
    expect(textOf(told, 'en')).toContain('Receipt · ≥ CN¥500,000.00 (1 Finance → 2 Finance manager)');
    // As many as a section holds.
    const many = Array.from({ length: 60 }, (_, n) => ({ ...own, key: `own_${n}`, minAmount: n + 1 }));
    const long = story('company.edited', { settings: {} }, { settings: { approvalFlows: many } }, ofSettings);
    expectModal(auditModal(long, settings, reader('en')));
    expect(textOf(long, 'en')).toMatch(/and \d+ more|\d+ more/);
  });

  it('how records are numbered: only the kind that changed, as its own window writes it', () => {
    const { numbering } = settings;
    const contract = { parts: [{ text: '合同' }, { date: 'YYYYMM' }, { counter: 3 }], reset: 'monthly' };
    const told = story(
      'company.edited',
      { settings: { numbering } },
      { settings: { numbering: { ...numbering, contract } } },
      ofSettings,
    );
    const zh = textOf(told, 'zh-CN');
    expect(zh).toContain('编号：合同编号 HT-{YYYY}-{0000} · 每年 → 合同编号 合同{YYYYMM}{000} · 每月');
    expect(zh).not.toContain('HK-');
    expect(textOf(told, 'en')).toContain('HT-{YYYY}-{0000} · every year → ');
    // Kept before patterns were: as it stands.
    const old = story('company.edited', null, { settings: { numbering: { contract: 'HT' } } }, ofSettings);
    expect(textOf(old, 'zh-CN')).toContain('HT');
  });

  it('when and who is reminded', () => {
    const of = (offsetDays: number) =>
      ({
        code: `S${offsetDays}`,
        rank: 1,
        offsetDays,
        roles: ['owner', 'sales_manager'],
        place: 'thread',
      }) as const;
    const kept = { ...of(1), needsAck: false, level: null, replacedByRemindDays: false, appliesTo: 'normal' };
    const before = { ...of(7), code: 'E3', level: 2, tone: 'plain', appliesTo: 'normal' };
    const after = { ...before, offsetDays: 10 };
    const zh = (from: unknown, to: unknown) =>
      textOf(story('ladder.changed', { ladder: from }, { ladder: to }, ofSettings), 'zh-CN');
    const words =
      '逾期 7 天 · 负责人、上级 · 升到 2 级，消息列里点“已知悉” → 逾期 10 天 · 负责人、上级 · 升到 2 级';
    expect(zh(before, after)).toContain(words);
    expect(zh([kept, before], [kept, after])).toContain(words);
    expect(zh([kept, before], [kept, after])).not.toContain('逾期 1 天');
    expect(zh(null, after)).toContain('空 → 逾期 10 天');
  });

  it('the lines of a template; in another order all of them', () => {
    const line = (name: string, shareBp: number | null, more: Side = {}) => ({
      ...{ name, shareBp, fixedAmount: null, isRemainder: shareBp === null, anchorKind: 'signing' },
      ...{
        anchorOffset: { months: 0, days: 0 },
        roll: 'none',
        remindDaysAhead: 7,
        isRetention: false,
        ...more,
      },
    });
    const [first, rest] = [line('首款', 6000), line('尾款', null)];
    const zh = (from: unknown[], to: unknown[]) =>
      textOf(story('template.edited', { lines: from }, { lines: to }, ofSettings), 'zh-CN');
    expect(zh([first, rest], [line('首款', 5000), rest])).toContain(
      '各行：首款 · 60% · 签订当天 → 首款 · 50% · 签订当天',
    );
    expect(zh([first, rest], [line('首款', 5000), rest])).not.toContain('尾款');
    expect(zh([first, rest], [rest, first])).toContain('首款 · 60% · 签订当天；尾款');
    // An amount is said in the template's currency, and without one not as money of the company.
    const fixed = { fixedAmount: '5000', isRemainder: false };
    expect(zh([], [line('定金', null, { ...fixed, currency: 'USD' })])).toContain('US$50.00');
    expect(zh([], [line('定金', null, fixed)])).not.toContain('50.00');
  });

  it('a channel by its name, a rounding in words', () => {
    const told = story(
      'x',
      { financeChannelId: null, rounding: 'fen' },
      { financeChannelId: 'C0FIN', rounding: 'yuan' },
    );
    expect(textOf(told, 'zh-CN')).toContain('空 → <#C0FIN>');
    expect(textOf(told, 'en')).toContain('To the cent → To whole units');
  });
});

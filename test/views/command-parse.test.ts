// What is understood from a slash command, and what is offered when it is not.
import { describe, expect, it } from 'vitest';
import {
  CUSTOMER_VERBS,
  LIST,
  NOUNS,
  ON_CONTRACT,
  ON_RECORD,
  REPORTS,
  WORDS,
} from '../../src/handlers/command-words.js';
import { translator } from '../../src/handlers/i18n/index.js';
import { type Intent, parseCommand } from '../../src/handlers/parse-command.js';
import { editDistance, inLanguage, suggest } from '../../src/handlers/suggest-commands.js';
import type { Numbering } from '../../src/handlers/typed-number.js';
import { HELP, HELP_PAGES } from '../../src/handlers/views/help-topics.js';

const cases: [command: string, text: string, intent: Intent][] = [
  ['/hk', '', { kind: 'today' }],
  ['/hk', '  今天 ', { kind: 'today' }],
  ['/hk', 'HELP', { kind: 'help' }],
  ['/hk', '帮助', { kind: 'help' }],
  ['/hk', '？', { kind: 'help' }],
  ['/hk-plan', 'help', { kind: 'help', topic: 'plan' }],
  ['/hk-todo', 'help', { kind: 'help', topic: 'work' }],
  ['/hk', 'receipts', { kind: 'list', noun: 'receipt', words: '' }],
  ['/hk', 'Contracts', { kind: 'list', noun: 'contract', words: '' }],
  ['/hk', 'receive', { kind: 'new', noun: 'receipt' }],
  ['/hk', 'help receipts', { kind: 'help', topic: 'receipt' }],
  ['/hk', '帮助 账龄', { kind: 'help', topic: 'report' }],
  ['/hk', '帮助 导入', { kind: 'help', topic: 'lists' }],
  ['/hk', '帮助 提醒', { kind: 'help', topic: 'settings' }],
  ['/hk', 'help reminder', { kind: 'help', topic: 'settings' }],
  ['/hk', '提醒', { kind: 'mine' }],
  ['/hk', '帮助 审批', { kind: 'help', topic: 'work' }],
  ['/hk', 'help approvals', { kind: 'help', topic: 'work' }],
  ['/hk', 'help Nonsense', { kind: 'help', unread: 'Nonsense' }],
  ['/hk', 'help help', { kind: 'help' }],
  ['/hk', '代理', { kind: 'own' }],
  ['/hk', '作废 HT-2026-0012', { kind: 'act', verb: 'void', ref: 'HT-2026-0012' }],
  ['/hk', 'amend ht-2026-0012', { kind: 'act', verb: 'amend', ref: 'HT-2026-0012' }],
  ['/hk', 'HT20260012', { kind: 'show', noun: 'contract', ref: 'HT-2026-0012' }],
  ['/hk', '作废 ht20260012', { kind: 'act', verb: 'void', ref: 'HT-2026-0012' }],
  ['/hk-receipt', 'HT20260012 30万', { kind: 'record', contract: 'HT-2026-0012', amount: '30万' }],
  ['/hk', 'hk20261128001', { kind: 'show', noun: 'receipt', ref: 'HK-20261128-001' }],
  ['/hk-customer', 'KH0001', { kind: 'show', noun: 'customer', ref: 'KH-0001' }],
  ['/hk', '延期 HT-2026-0012', { kind: 'show', noun: 'plan', ref: 'HT-2026-0012' }],
  ['/hk', 'approve HT-2026-0012', { kind: 'show', noun: 'contract', ref: 'HT-2026-0012' }],
  ['/hk', '冲销 HK-20261128-001', { kind: 'show', noun: 'receipt', ref: 'HK-20261128-001' }],
  ['/hk', '合并 KH-0001', { kind: 'customer', verb: 'merge', ref: 'KH-0001' }],
  // What only customers have needs no number.
  ['/hk', 'history Bluewater Shipyard', { kind: 'customer', verb: 'history', ref: 'Bluewater Shipyard' }],
  ['/hk', '往来 徐工', { kind: 'customer', verb: 'history', ref: '徐工' }],
  ['/hk', '往来明细 徐工', { kind: 'customer', verb: 'ledger', ref: '徐工' }],
  ['/hk', 'Hand over Bluewater', { kind: 'customer', verb: 'handover', ref: 'Bluewater' }],
  ['/hk', 'Unclaimed money', { kind: 'unclaimed' }],
  ['/hk-receipt', 'unclaimed money', { kind: 'unclaimed' }],
  ['/hk', 'export unclaimed money', { kind: 'export', noun: 'unclaimed', words: '' }],
  ['/hk', 'settings', { kind: 'settings' }],
  ['/hk', '设置', { kind: 'settings' }],
  ['/hk', 'settings holidays', { kind: 'calendar' }],
  ['/hk', '日历', { kind: 'calendar' }],
  ['/hk', '备份', { kind: 'backups' }],
  ['/hk', 'settings backups', { kind: 'backups' }],
  ['/hk', 'settings mine', { kind: 'mine' }],
  ['/hk', '免打扰', { kind: 'mine' }],
  ['/hk', '阶梯', { kind: 'ladder' }],
  ['/hk', 'roles', { kind: 'roles' }],
  ['/hk', 'audit HT-2026-0001 #2', { kind: 'audit', ref: 'HT-2026-0001 #2' }],
  ['/hk', '审计', { kind: 'audit', ref: '' }],
  ['/hk', '角色', { kind: 'roles' }],
  ['/hk-todo', '', { kind: 'todo', words: '' }],
  ['/hk', '待办 华为', { kind: 'todo', words: '华为' }],
  ['/hk-report', '', { kind: 'report', report: null, words: '' }],
  [
    '/hk-report',
    'Aging 2026-10-31 by owner',
    { kind: 'report', report: 'aging', words: '2026-10-31 by owner' },
  ],
  ['/hk', '报表', { kind: 'report', report: null, words: '' }],
  ['/hk-report', 'Receipts year', { kind: 'report', report: 'receipts', words: 'year' }],
  ['/hk', 'report 回款 本年', { kind: 'report', report: 'receipts', words: '本年' }],
  ['/hk', '账龄 月底 按负责人', { kind: 'report', report: 'aging', words: '月底 按负责人' }],
  ['/hk-todo', 'list', { kind: 'todo', words: '' }],
  ['/hk-todo', 'Waiting for me', { kind: 'todo', words: '' }],
  ['/hk', '待办 待审批', { kind: 'todo', words: '' }],
  ['/hk', '待办 列表 华为', { kind: 'todo', words: '华为' }],
  // A word after /hk is the command of that name.
  ['/hk', '计划', { kind: 'new', noun: 'plan' }],
  ['/hk-plan', '', { kind: 'new', noun: 'plan' }],
  ['/hk', '回款', { kind: 'new', noun: 'receipt' }],
  ['/hk', '合同', { kind: 'new', noun: 'contract' }],
  ['/hk', 'ｃｏｎｔｒａｃｔ　ｌｉｓｔ', { kind: 'list', noun: 'contract', words: '' }],
  ['/hk', '客户 列表', { kind: 'list', noun: 'customer', words: '' }],
  ['/hk-contract', 'list 挖掘机', { kind: 'list', noun: 'contract', words: '挖掘机' }],
  // Verb and noun as one word, in either order and language.
  ['/hk', '新建合同', { kind: 'new', noun: 'contract' }],
  ['/hk', '登记回款', { kind: 'new', noun: 'receipt' }],
  ['/hk', 'new contract', { kind: 'new', noun: 'contract' }],
  ['/hk', '合同列表', { kind: 'list', noun: 'contract', words: '' }],
  ['/hk', '回款计划管理', { kind: 'list', noun: 'plan', words: '' }],
  ['/hk', '回款管理', { kind: 'list', noun: 'receipt', words: '' }],
  // Number and amount in either order.
  ['/hk-receipt', '30万 HT-2026-0001', { kind: 'record', contract: 'HT-2026-0001', amount: '30万' }],
  ['/hk-receipt', '30万', { kind: 'record', contract: null, amount: '30万' }],
  // Numbers open what they name, whatever stands before them.
  ['/hk', 'ht-2026-0012', { kind: 'show', noun: 'contract', ref: 'HT-2026-0012' }],
  ['/hk', 'ＨＫ－20261121－003', { kind: 'show', noun: 'receipt', ref: 'HK-20261121-003' }],
  ['/hk', 'find KH-0001', { kind: 'show', noun: 'customer', ref: 'KH-0001' }],
  ['/hk-contract', 'HT-2026-0012', { kind: 'show', noun: 'contract', ref: 'HT-2026-0012' }],
  ['/hk-contract', 'approve HT-2026-0012', { kind: 'show', noun: 'contract', ref: 'HT-2026-0012' }],
  ['/hk-plan', 'HT-2026-0012', { kind: 'show', noun: 'plan', ref: 'HT-2026-0012' }],
  ['/hk-plan', 'postpone HT-2026-0012', { kind: 'show', noun: 'plan', ref: 'HT-2026-0012' }],
  ['/hk-plan', '延期', { kind: 'list', noun: 'plan', words: '' }],
  ['/hk-receipt', 'HK-20261121-003', { kind: 'show', noun: 'receipt', ref: 'HK-20261121-003' }],
  // A contract and money: a receipt, filled in.
  ['/hk-receipt', 'HT-2026-0012 300000', { kind: 'record', contract: 'HT-2026-0012', amount: '300000' }],
  ['/hk-receipt', 'HT-2026-0012　３０万', { kind: 'record', contract: 'HT-2026-0012', amount: '30万' }],
  ['/hk-receipt', 'HT-2026-0012', { kind: 'record', contract: 'HT-2026-0012', amount: null }],
  ['/hk', '回款 HT-2026-0012 300,000.00', { kind: 'record', contract: 'HT-2026-0012', amount: '300,000.00' }],
  ['/hk', 'HT-2026-0012 ￥30万', { kind: 'record', contract: 'HT-2026-0012', amount: '¥30万' }],
  [
    '/hk-receipt',
    'Eastport Terminal 300k yesterday',
    { kind: 'record', contract: null, customer: 'Eastport Terminal', amount: '300k yesterday' },
  ],
  ['/hk-receipt', '徐工 30万', { kind: 'record', contract: null, customer: '徐工', amount: '30万' }],
  [
    '/hk-receipt',
    'Expo 2026 CNY300,000',
    { kind: 'record', contract: null, customer: 'Expo 2026', amount: 'CNY300,000' },
  ],
  ['/hk-receipt', 'Building 9', { kind: 'find', noun: 'receipt', words: 'Building 9' }],
  ['/hk-receipt', 'list 徐工 30万', { kind: 'list', noun: 'receipt', words: '徐工 30万' }],
  ['/hk-receipt', '300000', { kind: 'record', contract: null, amount: '300000' }],
  // What is made, and what was said about it.
  ['/hk', 'record receipt 300000', { kind: 'record', contract: null, amount: '300000' }],
  ['/hk', '登记回款 30万', { kind: 'record', contract: null, amount: '30万' }],
  ['/hk', '登记 HT-2026-0012 30万', { kind: 'record', contract: 'HT-2026-0012', amount: '30万' }],
  ['/hk', 'record 300000', { kind: 'record', contract: null, amount: '300000' }],
  ['/hk', 'new contract 华为', { kind: 'new', noun: 'contract' }],
  ['/hk-customer', 'new 华为', { kind: 'new', noun: 'customer' }],
  ['/hk', '新建 计划', { kind: 'new', noun: 'plan' }],
  // Words are searched for.
  ['/hk-customer', '华为', { kind: 'find', noun: 'customer', words: '华为' }],
  ['/hk', 'export', { kind: 'export', noun: null, words: '' }],
  ['/hk', 'export follow-ups', { kind: 'export', noun: 'follow_up', words: '' }],
  ['/hk', '导出 跟进记录', { kind: 'export', noun: 'follow_up', words: '' }],
  ['/hk', '导出 待认领', { kind: 'export', noun: 'unclaimed', words: '' }],
  ['/hk', '导出 待办', { kind: 'export', noun: 'todo', words: '' }],
  ['/hk', 'export to-do', { kind: 'export', noun: 'todo', words: '' }],
  ['/hk', '导出 回款管理', { kind: 'export', noun: 'receipt', words: '' }],
  ['/hk', '导出 回款计划管理', { kind: 'export', noun: 'plan', words: '' }],
  ['/hk', '导出 合同列表', { kind: 'export', noun: 'contract', words: '' }],
  ['/hk', '导出 别的', { kind: 'export', noun: null, words: '别的' }],
  ['/hk', '导出 合同 徐工', { kind: 'export', noun: 'contract', words: '徐工' }],
  ['/hk-plan', 'export', { kind: 'export', noun: 'plan', words: '' }],
  ['/hk', 'find hw 挖掘机', { kind: 'find', noun: null, words: 'hw 挖掘机' }],
];

describe('numbers of other patterns', () => {
  const numbering = {
    contract: {
      parts: [{ text: 'SALE_' }, { date: 'YYYY' }, { text: '/' }, { counter: 3 }],
      reset: 'yearly',
    },
    receipt: { parts: [{ text: '收' }, { counter: 4 }], reset: 'never' },
    customer: { parts: [{ counter: 5 }], reset: 'never' },
  } as const satisfies Record<string, { parts: readonly object[]; reset: string }>;
  const own = structuredClone(numbering) as unknown as Numbering;
  it.each<[string, string, Intent]>([
    ['/hk', 'sale_2026/012', { kind: 'show', noun: 'contract', ref: 'SALE_2026/012' }],
    ['/hk', '收0012', { kind: 'show', noun: 'receipt', ref: '收0012' }],
    ['/hk-receipt', 'SALE_2026/012 30万', { kind: 'record', contract: 'SALE_2026/012', amount: '30万' }],
    ['/hk-plan', 'SALE_2026/012', { kind: 'show', noun: 'plan', ref: 'SALE_2026/012' }],
    ['/hk-contract', '节点 SALE_2026/012', { kind: 'act', verb: 'milestone', ref: 'SALE_2026/012' }],
    ['/hk-contract', 'delete SALE_2026/012', { kind: 'show', noun: 'contract', ref: 'SALE_2026/012' }],
    ['/hk-receipt', '冲销 收0012', { kind: 'show', noun: 'receipt', ref: '收0012' }],
    ['/hk-receipt', 'refund 收0012', { kind: 'show', noun: 'receipt', ref: '收0012' }],
    ['/hk-contract', 'milestone', { kind: 'list', noun: 'contract', words: '' }],
    ['/hk-contract', '作废 SALE_2026/012', { kind: 'act', verb: 'void', ref: 'SALE_2026/012' }],
    // From before the pattern was changed.
    ['/hk', 'HT-2026-0012', { kind: 'show', noun: 'contract', ref: 'HT-2026-0012' }],
    // Digits alone may be money.
    ['/hk-receipt', '30000', { kind: 'record', contract: null, amount: '30000' }],
    ['/hk-customer', '00012', { kind: 'find', noun: 'customer', words: '00012' }],
    ['/hk', 'SALE_26/012', { kind: 'unknown', words: 'SALE_26/012', suggestions: [] }],
  ])('%s %s', (command, text, intent) => {
    expect(parseCommand(command, text, own)).toEqual(intent);
  });
});

describe('parseCommand', () => {
  it.each(cases)('%s %s', (command, text, intent) => {
    expect(parseCommand(command, text)).toEqual(intent);
  });

  it.each([
    ['hlep', '/hk help'],
    ['setings', '/hk settings'],
    ['contrct', '/hk-contract'],
    ['recipt', '/hk-receipt'],
    ['tood', '/hk-todo'],
    ['日厉', '/hk calendar'],
    ['阶剃', '/hk ladder'],
    ['帮住', '/hk help'],
    ['合同裂表', '/hk-contract list'],
    ['登计回款', '/hk-receipt'],
    ['forcast', '/hk-report forecast'],
    ['handovr', '/hk-customer handover'],
    ['perfomance', '/hk-report performance'],
    ['calender', '/hk calendar'],
    ['milstone', '/hk-contract milestone'],
    ['revers', '/hk-receipt reverse'],
    ['退欵', '/hk-receipt 退款'],
    ['模板', '/hk settings'],
    ['templates', '/hk settings'],
    ['chanels', '/hk settings'],
  ])('offers the nearest command for %s', (typed, command) => {
    const intent = parseCommand('/hk', typed);
    expect(intent.kind).toBe('unknown');
    expect(suggest(typed)[0]).toBe(command);
  });

  it.each([
    ['my contracts', '/hk-contract list'],
    ['我的回款', '/hk-receipt list'],
    ['批量', '/hk-todo'],
    ['batch approval', '/hk-todo'],
  ])('offers what comes nearest to all of %s', (typed, command) => {
    expect(parseCommand('/hk', typed)).toMatchObject({ kind: 'unknown', words: typed });
    expect(parseCommand('/hk', typed)).toHaveProperty('suggestions.0', command);
  });

  it('takes hand over for one word', () => {
    expect(parseCommand('/hk', 'Hand over')).toMatchObject({ suggestions: ['/hk-customer handover'] });
    expect(parseCommand('/hk-customer', 'hand over')).toEqual(parseCommand('/hk-customer', 'handover'));
  });

  it.each([
    ['帮住', '/hk 帮助'],
    ['handovr', '/hk-customer 交接'],
    ['forcast', '/hk-report 预测'],
    ['合同裂表', '/hk-contract 列表'],
    ['milstone', '/hk-contract 节点'],
    ['contrct', '/hk-contract'],
  ])('offers it for %s in the words of who reads Chinese, and understands them', (typed, command) => {
    const [near = ''] = suggest(typed);
    expect(inLanguage(near, 'zh-CN')).toBe(command);
    expect(inLanguage(near, 'en-US')).toBe(near);
    const [name = '', ...words] = command.split(' ');
    const [was = '', ...had] = near.split(' ');
    expect(parseCommand(name, words.join(' '))).toEqual(parseCommand(was, had.join(' ')));
  });

  it('takes a name of no report for a slip, and offers the nearest or the menu', () => {
    const offered = (words: string) => parseCommand('/hk-report', words);
    expect(offered('agin')).toEqual({ kind: 'unknown', words: 'agin', suggestions: ['/hk-report aging'] });
    expect(offered('zebra now')).toEqual({
      kind: 'unknown',
      words: 'zebra now',
      suggestions: ['/hk-report'],
    });
    expect(offered('list')).toEqual({ kind: 'report', report: null, words: '' });
    expect(offered('帐龄')).toMatchObject({ report: 'aging' });
  });

  it('offers nothing where nothing is near, and never more than three', () => {
    expect(suggest('xyzzy')).toEqual([]);
    expect(suggest('天气')).toEqual([]);
    for (const typed of ['help', 'plan', 'list', 'l', '客', 'contact'])
      expect(suggest(typed).length).toBeLessThanOrEqual(3);
  });

  it('never throws, whatever is typed', () => {
    for (const text of ['-', '/', 'HT-', 'HK-x', '[', '\\', '🙂'.repeat(3000), 'list '.repeat(500), '\u0000'])
      expect(parseCommand('/hk', text).kind).toBeTypeOf('string');
  });

  it('counts a swap of neighbours as one slip', () => {
    expect(editDistance('hlep', 'help')).toBe(1);
    expect(editDistance('', 'ab')).toBe(2);
    expect(editDistance('计划', '计化')).toBe(1);
  });
});

describe('the help', () => {
  const SUBJECTS = { contract: 'HT-2026-0012', receipt: 'HK-20261121-003', customer: '星海重工' };
  const lines = HELP_PAGES.flatMap((page) => HELP[page].map(({ id }) => ({ page, id })));
  const typed = (locale: 'zh-CN' | 'en', id: (typeof lines)[number]['id']): Intent => {
    const [command = '', ...words] = translator(locale)(`helpExamples:try.${id}`, SUBJECTS).split(' ');
    return parseCommand(command, words.join(' '));
  };
  /** What an intent does, without what it does it to. */
  const deed = (intent: Intent): string =>
    [
      intent.kind,
      // Of an export the list is only an example.
      'noun' in intent && intent.kind !== 'export' ? intent.noun : '',
      'verb' in intent ? intent.verb : '',
      'report' in intent ? intent.report : '',
    ]
      .filter(Boolean)
      .join(' ');

  it.each(lines)('has an example of $id that is understood, the same in both languages', ({ id }) => {
    const intent = typed('zh-CN', id);
    expect(intent.kind).not.toBe('unknown');
    expect(deed(typed('en', id))).toBe(deed(intent));
  });

  it('has every command that the tables know, in the help of somebody', () => {
    const known = new Set(lines.map(({ id }) => deed(typed('en', id))));
    const commands: [string, string][] = [
      ...Object.keys(WORDS).map((key): [string, string] => ['/hk', WORDS[key as keyof typeof WORDS][0]]),
      ...Object.keys(NOUNS).flatMap((noun): [string, string][] => [
        [`/hk-${noun}`, ''],
        [`/hk-${noun}`, LIST[0] ?? ''],
        ...ON_RECORD[noun as keyof typeof NOUNS].map((verb): [string, string] => [
          `/hk-${noun}`,
          `${verb} ${noun === 'customer' ? '星海' : noun === 'receipt' ? SUBJECTS.receipt : SUBJECTS.contract}`,
        ]),
      ]),
      ...Object.values(CUSTOMER_VERBS).map((verb): [string, string] => ['/hk-customer', verb[0]]),
      ...Object.values(ON_CONTRACT).map((verb): [string, string] => [
        '/hk-contract',
        `${verb[0]} ${SUBJECTS.contract}`,
      ]),
      ...Object.values(REPORTS).map((words): [string, string] => ['/hk-report', words[0] ?? '']),
      ['/hk-todo', ''],
      ['/hk-report', ''],
      ['/hk', ''],
      ['/hk-receipt', 'HT-2026-0012 300000'],
      ['/hk-customer', '星海'],
    ];
    for (const [command, words] of commands)
      expect([...known], `${command} ${words}`).toContain(deed(parseCommand(command, words)));
  });
});
